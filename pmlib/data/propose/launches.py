"""Tables about what a launch does: users of a test, units by period, launches with their effects."""

from pmlib.data.propose import vocabulary
from pmlib.data.propose.column import Guess
from pmlib.data.propose.vocabulary import named
from pmlib.data.roles import MEASURES, RESERVED
from pmlib.data.source import MEASURED

MOST_ARMS = 20
FEWEST = 10  # users in an arm, on average


def assign(columns: list[Guess]) -> list[str]:
    """Give the columns of such a table their roles, and its key; nothing, and no role, to any other."""
    return _ledger(columns) or _test(columns) or _panel(columns)


def _ledger(columns: list[Guess]) -> list[str]:
    """Past launches: their effects, and the standard errors of these."""
    labels = [c for c in columns if c.is_label and c.count == len(c.values)]
    effect = _called(columns, "effect lift uplift effekt", MEASURES)
    error = _called([c for c in columns if c is not effect], "se stderr error standardfehler", MEASURES)
    if not labels or effect is None or error is None:
        return []
    labels[0].set("role", "launch")
    effect.set("role", "effect")
    error.set("role", "effect_se")
    for role, words, types in (
        ("grade", "grade quality", ("text", "category")),
        ("domain", "domain area", ("text", "category")),
        ("reach", "reach", MEASURES),
        ("period", vocabulary.ROLES["period"] + " launched", ("date", "year")),
    ):
        if found := _called([c for c in columns if not c.role], words, types):
            found.set("role", role)
    return [labels[0].name]


def _test(columns: list[Guess]) -> list[str]:
    """Users of a randomised test: their arm, and what was measured of each."""
    arms = _called(columns, vocabulary.ARM, ("text", "category", "flag", "integer"))
    measured = [c for c in columns if c is not arms and _is_measured(c)]
    if arms is None or not measured or not 2 <= arms.count <= min(MOST_ARMS, len(arms.values) // FEWEST):
        return []
    arms.set("role", "variant")
    users = [c for c in columns if c is not arms and c.count == len(c.values) and _is_name(c)]
    for user in users[:1]:
        user.set("role", "unit")
    for column in measured:
        if column not in users:
            _measure(column, "covariate" if named(column.name, vocabulary.BEFORE) else "kpi")
    return [user.name for user in users[:1]]


def _panel(columns: list[Guess]) -> list[str]:
    """Units by period, of which some got something."""
    treated = _called(columns, "treated treat treatment", ("flag",))
    dates = [c for c in columns if c.type in ("date", "year") and not c.has_blanks]
    names = [c for c in columns if c is not treated and _is_name(c) and not c.has_blanks]
    keys = [(name, when) for name in names for when in dates if _unique(name, when)]
    measured = [c for c in columns if c is not treated and c.type in MEASURES]
    measured = [c for c in measured if not keys or c not in keys[0]]
    if treated is None or not keys or not measured:
        return []
    name, when = keys[0]
    for column, role in ((treated, "treated"), (name, "unit"), (when, "period")):
        column.set("role", role)
    for column in measured:
        if not named(column.name, vocabulary.IDS):
            _measure(column, "kpi")
    return [name.name, when.name]


def of_series(columns: list[Guess], key: list[str]) -> None:
    """Where the period alone names a row, every other number is measured over time."""
    period = next((c for c in columns if c.role == "period"), None)
    if period is None or key != [period.name]:
        return
    for column in columns:
        if not column.role and column.type in MEASURES and not named(column.name, vocabulary.IDS):
            column.set("role", "kpi")


def _measure(column: Guess, role: str) -> None:
    # No column without the role may be called revenue, say; it is a KPI by that role, too.
    if column.name in MEASURED:
        column.set("role", column.name)
    elif column.name not in RESERVED:
        column.set("role", role)


def _called(columns: list[Guess], words: str, types: tuple[str, ...]) -> Guess | None:
    """Find the first column with a word of these in its name."""
    return next((c for c in columns if c.type in types and named(c.name, words) == 2), None)


def _is_measured(column: Guess) -> bool:
    is_id = column.count == len(column.values) and _is_name(column)
    return column.type in (*MEASURES, "flag") and column.count > 1 and not is_id


def _is_name(column: Guess) -> bool:
    words = f"{vocabulary.IDS} {vocabulary.CHOOSER} unit"
    return column.is_label or (column.type == "integer" and bool(named(column.name, words)))


def _unique(*columns: Guess) -> bool:
    rows = list(zip(*(column.values for column in columns), strict=True))
    return len(set(rows)) == len(rows)
