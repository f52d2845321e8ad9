"""A table of choices: a row for each thing that one could choose, and a flag at the one that was chosen."""

import re
from collections import defaultdict
from itertools import product

from pmlib.data.propose import vocabulary
from pmlib.data.propose.column import Guess
from pmlib.data.propose.vocabulary import named
from pmlib.data.roles import MEASURES, RESERVED

MOSTLY = 0.95  # of the choices are as choices are; the others are damage, which the analysis will name
ALTERNATIVES = (*MEASURES, "text", "category")  # types that may number or name what can be chosen

Sets = list[list[int]]  # the rows of each choice


def assign(columns: list[Guess]) -> list[str]:
    """Give the columns of a table of choices their roles, and its key; nothing, and no role, to any other."""
    for chosen in _called(columns, vocabulary.CHOSEN, ("flag",)):
        for of_set in _who_and_when(columns):
            sets = _sets(of_set, chosen)
            if sets:
                chosen.set("role", "chosen")
                return _describe(columns, of_set, sets)
    return []


def _called(columns: list[Guess], words: str, types: tuple[str, ...]) -> list[Guess]:
    found = [c for c in columns if c.type in types and not c.role and named(c.name, words)]
    return sorted(found, key=lambda c: -named(c.name, words))


def _who_and_when(columns: list[Guess]) -> list[dict[str, Guess]]:
    """List what may set one choice apart from another, the likeliest first: roles and their columns."""
    types = ("integer", "text", "category", "date")
    when = _called(columns, vocabulary.OCCASION, types)
    dates = [c for c in columns if c.type == "date" and c not in when]
    called = _called(columns, vocabulary.CHOOSER, types)
    who = [c for c in called if c not in when] + [c for c in columns if c.name.casefold() == "id"]
    pairs = [{"chooser": one, "occasion": other} for one, other in product(who, [*when, *dates])]
    return [*pairs, *({"occasion": one} for one in when), *({"chooser": one} for one in who)]


def _sets(of_set: dict[str, Guess], chosen: Guess) -> Sets:
    """Find the choices; none unless nearly all have several rows, and most one of them chosen, none two."""
    found = defaultdict[tuple[str, ...], list[int]](list)
    for row, values in enumerate(zip(*(column.values for column in of_set.values()), strict=True)):
        found[values].append(row)
    counts = [sum(chosen.values[row] == chosen.yes for row in rows) for rows in found.values()]
    several = sum(len(rows) > 1 for rows in found.values())
    fits = several >= MOSTLY * len(found) and sum(n <= 1 for n in counts) >= MOSTLY * len(found)
    return list(found.values()) if fits and 2 * sum(counts) > len(found) > 1 else []


def _describe(columns: list[Guess], of_set: dict[str, Guess], sets: Sets) -> list[str]:
    for role, column in of_set.items():
        column.set("role", role)
        if all(re.fullmatch("0|[1-9][0-9]{0,14}", value) for value in column.values):
            column.settings["type"] = "integer"  # the tenth choice comes after the second
    for role, words in (("price", vocabulary.ROLES["price"]), ("cost", "cost costs kosten")):
        for column in _called(columns, words, MEASURES)[:1]:
            column.set("role", role)
    costs = [column for column in columns if column.role == "cost"]
    if costs and not any(column.role == "price" for column in columns):
        costs[0].settings["role"] = "price"  # what a choice costs the one who chooses
    for column in _called(columns, vocabulary.AVAILABLE, ("flag",))[:1]:
        column.set("role", "available")
    name = _alternative(columns, sets)
    firms = _called(columns, vocabulary.ROLES["firm"], ("text", "category"))
    for column in firms[:1]:
        column.set("role", "firm")
    for column in columns:
        _attribute(column, sets)
    return [column.name for column in (*of_set.values(), *name)]


def _alternative(columns: list[Guess], sets: Sets) -> list[Guess]:
    """Find the column that names what can be chosen, or numbers it; only a name is a product."""
    free = [c for c in columns if c.type in ALTERNATIVES and not c.role and _is_once(c, sets)]
    wanted = f"{vocabulary.ROLES['product']} {vocabulary.ROLES['firm']} {vocabulary.ALTERNATIVE}"
    names = [c for c in free if c.is_label and c.count < len(sets)]
    names.sort(key=lambda c: (not named(c.name, wanted), not named(c.name, vocabulary.ROLES["product"])))
    if names:
        names[0].set("role", "product")
        return names[:1]
    return [c for c in free if named(c.name, f"{vocabulary.ALTERNATIVE} {vocabulary.IDS}")][:1]


def _is_once(column: Guess, sets: Sets) -> bool:
    once = sum(len({column.values[row] for row in rows}) == len(rows) for rows in sets)
    return once >= MOSTLY * len(sets) and not column.has_blanks


def _attribute(column: Guess, sets: Sets) -> None:
    """What differs between the things to choose from describes them; what does not is about who chooses."""
    described = column.type in (*MEASURES, "flag", "category")
    other = f"{vocabulary.ALTERNATIVE} {vocabulary.IDS}"
    if column.role or not described or column.name in RESERVED or named(column.name, other):
        return
    if any(len({column.values[row] for row in rows}) > 1 for rows in sets):
        column.set("role", "attribute")
