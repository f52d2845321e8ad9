"""A table of decided deals: a row for each, and a flag at those that were won."""

from pmlib.data.propose import vocabulary
from pmlib.data.propose.column import OUTCOMES, Guess
from pmlib.data.propose.vocabulary import named
from pmlib.data.roles import MEASURES, RESERVED

LABELS = ("text", "category")


def assign(columns: list[Guess]) -> list[str]:
    """Give the columns of a table of deals their roles, and its key; nothing, and no role, to any other."""
    won = next((column for column in columns if _is_outcome(column)), None)
    key = next((column for column in columns if _is_key(column)), None)
    if won is None or key is None:
        return []
    won.set("role", "won")
    won.settings.pop("nullable", None)  # a blank is damage, or a deal that is not decided
    free = [column for column in columns if column not in (won, key)]
    _give("firm", vocabulary.RIVAL, free, LABELS)
    _give("reason", vocabulary.REASON, free, LABELS)
    dates = [c for c in free if not c.has_blanks]
    usual = [c for c in dates if not named(c.name, vocabulary.OTHERWISE)]
    if not _give("period", vocabulary.CLOSED, dates, ("date",)):
        _give("period", vocabulary.ROLES["period"], usual, ("date",))
    for column in free:
        described = column.type in (*MEASURES, "flag", "category") and column.count > 1
        if described and not column.role and column.name not in RESERVED and not _is_id(column):
            column.set("role", "attribute")
    return [key.name]


def _is_outcome(column: Guess) -> bool:
    """Tell whether a flag says of deals how they ended, by its labels or by what it is called."""
    if column.type != "flag":
        return False
    labels = tuple(str(one).casefold() for one in column.settings.get("values", []))
    return labels in OUTCOMES or named(column.name, vocabulary.WON) == 2


def _is_key(column: Guess) -> bool:
    """Tell whether a column numbers deals."""
    is_numbered = _is_id(column) or named(column.name, vocabulary.DEAL)
    types = (*LABELS, "integer")
    return bool(is_numbered) and column.type in types and column.count == len(column.values)


def _is_id(column: Guess) -> bool:
    return bool(named(column.name, vocabulary.IDS))


def _give(role: str, words: str, columns: list[Guess], types: tuple[str, ...]) -> bool:
    """Give a role to the column that is best called by it."""
    called = [c for c in columns if c.type in types and not c.role and named(c.name, words)]
    for column in sorted(called, key=lambda c: (-named(c.name, words), c.gaps))[:1]:
        column.set("role", role)
    return bool(called)
