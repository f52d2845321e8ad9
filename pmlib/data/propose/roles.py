"""Which column is the product, the firm, the price: by what columns are called, and by what they hold."""

from collections.abc import Iterable
from itertools import combinations

from pmlib.data.propose import choices, deals, launches, vocabulary
from pmlib.data.propose.column import Guess, is_money, is_rate
from pmlib.data.propose.vocabulary import named
from pmlib.data.roles import MEASURES, RESERVED

MOST_FIRMS = 200
SPARSE = 0.3  # of its cells a column may lack and still be the likely one of its role
WIDEST = 4  # columns in a key
LIKELY = 12  # columns that a key is looked for in
NEARLY = (
    0.05  # of the rows may repeat a key, or lack what names them: that is damage, which the gate will name
)
# Roles that no row may lack.
WHOLE = (
    "product", "firm", "period", "units", "revenue", "share", "chooser", "occasion", "chosen", "unit",
    "variant", "treated", "launch", "effect", "effect_se",
)  # fmt: skip


def assign(columns: list[Guess]) -> list[str]:
    """Give columns their roles, and say which columns name a row once; nothing when none do."""
    key = deals.assign(columns) or launches.assign(columns)
    if not key:
        key = choices.assign(columns) or _of_market(columns)
        for column in columns:
            if column.role in WHOLE:
                column.settings.pop("nullable", None)
    return [name for name in key if name not in {c.name for c in columns if c.settings.get("nullable")}]


def _of_market(columns: list[Guess]) -> list[str]:
    usual = [column for column in columns if not named(column.name, vocabulary.OTHERWISE)]
    for role in ("share", "price", "revenue", "units"):
        _give(role, [c for c in usual if c.type in MEASURES])
    _sales([c for c in usual if c.type in MEASURES])
    _only_measure(columns)
    _period(usual)
    _latest(columns)
    _firm(usual)
    key = _snapshot(columns, _product(usual))
    _attributes(columns)
    launches.of_series(columns, key)
    if (share := holder(columns, "share")) and holder(columns, "units"):
        take(share)  # it follows from the units
    return key


def _give(role: str, columns: list[Guess]) -> Guess | None:
    """Give a role to the column that is best called by it; an earlier one goes before."""
    free = [c for c in columns if not c.role and not c.name.isdecimal()]
    called = [c for c in free if named(c.name, vocabulary.ROLES[role])]
    if not called:
        return None
    words = vocabulary.ROLES[role]  # "Unit Session Percentage" goes after "Units Ordered"
    chosen = max(
        called,
        key=lambda c: (role == "share" or not is_rate(c), c.gaps <= SPARSE, named(c.name, words)),
    )
    chosen.set("role", role)
    return chosen


def take(column: Guess) -> None:
    """Take a column's role away."""
    del column.settings["role"]
    column.guess.remove("role")


def holder(columns: Iterable[Guess], role: str) -> Guess | None:
    """Find the column that has a role."""
    return next((column for column in columns if column.role == role), None)


def _sales(columns: list[Guess]) -> None:
    """Sales are money where they have a currency or decimals, else pieces."""
    for column in columns:
        if not column.role and named(column.name, vocabulary.SALES):
            pieces = column.type == "integer" and not is_money(column)
            role = "units" if pieces and not holder(columns, "units") else "revenue"
            if not holder(columns, role):
                column.set("role", role)


def _only_measure(columns: list[Guess]) -> None:
    """A lone column of numbers is what the table is about."""
    measures = [c for c in columns if c.type in MEASURES]
    if len(measures) == 1 and not measures[0].role:
        measures[0].set("role", "units")


def _period(columns: list[Guess]) -> None:
    dates = [c for c in columns if c.type == "date" and c.gaps <= NEARLY]
    years = [c for c in columns if c.type == "year" and c.gaps <= NEARLY]
    chosen = _give("period", dates) or _give("period", years)
    if not chosen and len(dates) == 1:
        dates[0].set("role", "period")


def _latest(columns: list[Guess]) -> None:
    """Where years stand side by side as columns, the newest one holds the sales that can be used."""
    years = [c for c in columns if vocabulary.is_year(c.name) and c.type in MEASURES]
    if len(years) > 1 and not any(holder(columns, role) for role in ("units", "revenue", "period")):
        max(years, key=lambda c: c.name).set("role", "units")


def _firm(columns: list[Guess]) -> None:
    labels = [c for c in columns if c.is_label and 2 <= c.count <= MOST_FIRMS and c.gaps <= 0.5]
    if _give("firm", labels):
        return
    other = f"{vocabulary.PLACES} {vocabulary.ROLES['product']} {vocabulary.ROLES['period']}"
    few = [
        c for c in labels if not named(c.name, other) and 2 * c.count <= len(c.values) and not c.has_blanks
    ]
    if few:
        few[0].set("role", "firm")


def _product(columns: list[Guess]) -> list[str]:
    """Choose the product so that rows are named once, with the period and perhaps a place; gives the key."""
    known = [c for c in columns if (c.gaps <= NEARLY and c.count > 1) or c.role in ("period", "firm")]
    labels = [c for c in known if c.is_label and c.role == "" and c.count > 1]
    called = sorted(
        (c for c in labels if named(c.name, vocabulary.ROLES["product"])),
        key=lambda c: (named(c.name, vocabulary.IDS), -c.count),
    )
    another = f"{vocabulary.PLACES} {vocabulary.ROLES['firm']} {vocabulary.ROLES['period']}"
    others = [c for c in labels if c not in called and not named(c.name, another)]
    others.sort(key=lambda c: -c.count)
    fixed = [c for c in known if c.role == "period"]
    firm = [c for c in known if c.role == "firm"]
    for repeated in (0, NEARLY):
        for product in (*called, *others[:1]):
            for key in ([*fixed, product], [*fixed, *firm, product]):
                if unique(key, repeated):
                    return _named(product, called, key)
        if unique([*fixed, *firm], repeated):
            return [c.name for c in (*fixed, *firm)]
    more = [c for c in known if c.role == "" and c.type not in MEASURES][:LIKELY]
    for size in range(1, WIDEST):
        for start in (fixed, [*fixed, *firm]):
            for chosen in combinations(more, size):
                if unique([*start, *chosen]):
                    found = next((c for c in (*called, *chosen) if c in chosen and _may_name(c)), None)
                    return _named(found, called, [*start, *chosen])
    for column in called[:1]:  # a product that does not name rows is a name only
        column.set("role", "name")
    return []


def _may_name(column: Guess) -> bool:
    """Tell whether a column of a key may be the product: a brand of a maker, and no country."""
    return column.is_label and not named(column.name, f"{vocabulary.PLACES} {vocabulary.ROLES['period']}")


def _snapshot(columns: list[Guess], key: list[str]) -> list[str]:
    """Drop a period that gives each product a row of its own: it says when one was seen or entered."""
    product, period = holder(columns, "product"), holder(columns, "period")
    if not product or not period or period.type != "date" or period.count < 2 or not unique([product]):
        return key
    take(period)
    return [product.name]


def _named(product: Guess | None, called: list[Guess], key: list[Guess]) -> list[str]:
    if product:
        product.set("role", "product")
        words = next((c for c in called if c is not product and not named(c.name, vocabulary.IDS)), None)
        if words and named(product.name, vocabulary.IDS):
            words.set("role", "name")
    return [column.name for column in key]


def unique(columns: list[Guess], repeated: float = 0) -> bool:
    """Tell whether these columns together name each row once, save for a share of them that may repeat."""
    if not columns:
        return False
    rows = list(zip(*(column.values for column in columns), strict=True))
    return len(set(rows)) >= len(rows) * (1 - repeated)


def _attributes(columns: list[Guess]) -> None:
    """What varies between products and is no id, no place and no result of selling describes them."""
    product = holder(columns, "product") or holder(columns, "name")
    if product is None:
        return
    for column in columns:
        measured = column.type in (*MEASURES, "flag")
        other = f"{vocabulary.OTHERWISE} {vocabulary.IDS} {vocabulary.SALES} {vocabulary.PLACES}"
        sold = ("share", "price", "revenue", "units", *(() if column.settings.get("unit") else ("period",)))
        roles = " ".join(vocabulary.ROLES[role] for role in sold)
        if column.role or not measured or vocabulary.is_year(column.name) or is_money(column):
            continue
        if column.count > 1 and not named(column.name, f"{other} {roles}") and column.name not in RESERVED:
            column.set("role", "attribute")
            _direction(column)


def _direction(column: Guess) -> None:
    """Say which direction buyers like, where that goes without saying."""
    likely = {way: named(column.name, vocabulary.BETTER[way]) for way in vocabulary.BETTER}
    best = max(likely, key=lambda way: likely[way])
    if likely[best] == 2 and sorted(likely.values()) != [2, 2]:
        column.set("better", best)
