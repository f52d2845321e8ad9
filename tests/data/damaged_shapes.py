"""Damaged tables of other shapes, and damage beside what a declaration allows."""

import unicodedata

from damage import GOOD, LINES, MEANS, broken, mended, right
from grids import (
    MONTHS,
    PANEL_COLUMNS,
    PANEL_KEY,
    PHONES,
    PHONES_COLUMNS,
    PHONES_KEY,
    SALES_COLUMNS,
    SALES_KEY,
    Case,
    Grid,
    declare,
    each,
    panel,
    put,
    sales,
    values,
    written,
)

PHONES_DECLARED = declare(PHONES_COLUMNS, PHONES_KEY)


def cross_section() -> list[Case]:
    """A table without periods, where fewer checks can see the damage."""

    def phones(name: str, content: Grid | bytes, *says: str, **other) -> Case:
        return broken(name, content, *says, **{"declared": PHONES_DECLARED, **other})

    def summed(label: str, maker: str = "") -> Grid:
        price, sold = (sum(float(row[place]) for row in PHONES[1:]) for place in (2, 3))
        return [*PHONES, [label, maker, f"{price:g}", f"{sold:g}", "", ""]]

    means = values(PHONES, PHONES_COLUMNS)
    lines = written(PHONES).splitlines(keepends=True)
    blank = declare(PHONES_COLUMNS, PHONES_KEY, Maker='type = "text", role = "firm", nullable = true')
    return [
        phones(
            "a totals row that has every cell",
            summed("Total", "All"),
            "Total",
            "accept",
            row=10,
            column="Model",
        ),
        phones("a grand total", summed("Grand total", "all makers"), "Grand total", "accept", row=10),
        phones("a total in German", summed("Gesamt", "Alle"), "Gesamt", "accept", row=10),
        phones("a sum in French", summed("TOTAL GÉNÉRAL", "-"), "TOTAL", "accept", row=10),
        phones(
            "a subtotal",
            [*PHONES[:4], ["Subtotal", "Acme", "1927.5", "16300", "", ""], *PHONES[4:]],
            "Subtotal",
            "accept",
            row=5,
        ),
        phones("a total where makers may be blank", summed("Total:"), "Total", row=10, declared=blank),
        phones(
            "a note in the first column",
            [*PHONES, ["Source: our shop", "", "", "", "", ""]],
            "Source",
            row=10,
            declared=declare(
                PHONES_COLUMNS,
                PHONES_KEY,
                **{name: rule + ", nullable = true" for name, rule in list(PHONES_COLUMNS.items())[1:4]},
            ),
        ),
        phones("a product twice", [*PHONES, PHONES[3]], "Nova SE", "key", row=10),
        phones(
            "a product twice in another case", [*PHONES, ["NOVA SE", *PHONES[3][1:]]], "NOVA SE", "Nova SE"
        ),
        phones(
            "a firm in another case",
            put(PHONES, 8, "Maker", "CARGO"),
            "CARGO",
            "Cargo",
            column="Maker",
        ),
        phones(
            "a firm with a space behind it", put(PHONES, 8, "Maker", "Cargo "), "space", row=8, column="Maker"
        ),
        phones(
            "a price in cents among prices", put(PHONES, 8, "Price (EUR)", "89,00"), "89,00", "decimal", row=8
        ),
        phones("a price with thousands", put(PHONES, 6, "Price (EUR)", "1,249"), "1,249", "thousands", row=6),
        phones("sold in a remark", put(PHONES, 6, "Sold", "990 (est.)"), "990 (est.)", row=6, column="Sold"),
        phones(
            "a blank weight in words",
            put(PHONES, 4, "Weight", "unknown"),
            "unknown",
            "na",
            row=4,
            column="Weight",
        ),
        mended(
            "a firm decomposed in one row",
            put(PHONES, 5, "Maker", unicodedata.normalize("NFD", PHONES[4][1])),
            declared=PHONES_DECLARED,
            right=means,
        ),
        phones("cut in the last row", written(PHONES)[:-9], row=9),
        phones(
            "half the rows, since the last good read",
            b"".join(lines[:5]),
            "rows|shrink",
            before=b"".join(lines),
        ),
        phones(
            "a maker gone, since the last good read",
            [row for row in PHONES if row[1] != "Delta"],
            "rows|shrink|Delta",
            before=b"".join(lines),
        ),
        phones(
            "the header of another export",
            [["id", "name", "country"], ["1", "x", "FR"]],
            "Model",
            "columns",
            row=1,
        ),
    ]


def long_panels() -> list[Case]:
    """Damage far down in many rows."""
    declared = declare(PANEL_COLUMNS, PANEL_KEY)
    grid = panel(300, 5, 5)
    end = written(grid)
    far = len(grid) - 7

    def deep(name: str, content: Grid | bytes, *says: str, **other) -> Case:
        return broken(f"{name} in row {far} of 7,501", content, *says, **{"declared": declared, **other})

    return [
        deep("a remark", put(grid, far, "units", "n/a"), "n/a", row=far, column="units"),
        deep("a blank", put(grid, far, "price", ""), row=far, column="price"),
        deep("a comma for a point", put(grid, far, "price", "7,50"), "7,50", row=far, column="price"),
        deep(
            "another case", put(grid, far, "item", "ITEM 002"), "ITEM 002", "Item 002", row=far, column="item"
        ),
        deep("a repeated row", [*grid[:far], grid[far - 1], *grid[far:]], "key", row=far + 1),
        deep(
            "a number a thousand times too large",
            put(grid, far, "price", "4500"),
            "4500",
            "jumps",
            row=far,
            column="price",
        ),
        deep("an open quote", end[:-250] + end[-250:].replace(b"Shop", b'"Shop', 1), "quote"),
        deep("a cell less", end[:-250] + end[-250:].replace(b",Shop", b"Shop", 1)),
        deep("a missing day", [row for row in grid if row[0] != "2023-09-29"], "2023-09-29", before=end),
        deep("a missing shop", [row for row in grid if row[1] != "Shop 3"], "Shop 3|rows|shrink", before=end),
        deep(
            "a file of half the length",
            end[: end.index(b"\n", len(end) // 2) + 1],
            "rows|shrink|2024",
            before=end,
        ),
        deep("a byte that is not UTF-8", end[:-60] + b"\xe9" + end[-60:], "UTF-8|encoding"),
    ]


def options() -> list[Case]:
    """Damage beside what a declaration allows: to allow one form is not to allow all."""

    def told(
        name: str, content: Grid | bytes, *says: str, setting: str = "", column: str = "", **other
    ) -> Case:
        rules = other.pop("rules", {})
        declared = declare(SALES_COLUMNS, SALES_KEY, *([setting] if setting else []), **rules)
        return broken(name, content, *says, column=column, declared=declared, **other)

    def revenue(more: str) -> dict[str, str]:
        return {"revenue": f"{SALES_COLUMNS['revenue']}, {more}"}

    def one(name: str, value: str, setting: str = "", rules: dict | None = None) -> Case:
        content = put(GOOD, 10, "revenue", value)
        more = {"setting": setting, "rules": rules or {}, "row": 10, "column": "revenue"}
        return told(f"{name}, declared otherwise", content, repr(value)[1:-1], **more)

    good = written(GOOD)
    comma = each(each(GOOD, "revenue", lambda x: x.replace(".", ",")), "price", lambda x: x.replace(".", ","))
    german = 'format = { decimal = ",", thousands = "." }'
    names = ", ".join(f'"{name}"' for name in GOOD[0])
    segment = f"{SALES_COLUMNS['segment']}, accept"
    return [
        one("thousands in groups of two", "12,34.50", 'format = { thousands = "," }'),
        one("thousands after the point", "984.500,000", 'format = { thousands = "," }'),
        one("thousands twice", "1,,234.50", 'format = { thousands = "," }'),
        told(
            "a decimal point among decimal commas",
            put(comma, 10, "revenue", "984.50"),
            "984.50",
            "thousands|decimal",
            setting=german,
            row=10,
            column="revenue",
        ),
        told(
            "a decimal point where only a comma is declared",
            put(comma, 10, "revenue", "984.50"),
            "984.50",
            setting='format = { decimal = "," }',
            row=10,
            column="revenue",
        ),
        one("another currency", "€984.50", rules=revenue('strip = ["$"]')),
        one("two signs of currency", "$$984.50", rules=revenue('strip = ["$"]')),
        one("a sign of currency alone", "$", rules=revenue('strip = ["$"]')),
        one("a sign of currency in the middle", "98$4.50", rules=revenue('strip = ["$"]')),
        one("a parenthesis that is not closed", "(984.50", rules=revenue("parentheses = true")),
        one("a minus in parentheses", "(-984.50)", rules=revenue("parentheses = true")),
        one("another mark for missing", "--", 'na = ["-"]', revenue("nullable = true")),
        told(
            "a mark for missing where nothing may be missing",
            put(GOOD, 10, "revenue", "-"),
            "'-'",
            "nullable",
            setting='na = ["-"]',
            row=10,
            column="revenue",
        ),
        told(
            "one title row more than declared",
            b"Sales\nby month\nof all shops\n" + good,
            "skip",
            setting="format = { skip = 2 }",
        ),
        told("the declared title row is gone", good, "skip|header|month", setting="format = { skip = 1 }"),
        told("the declared footer is gone", good, "footer", row=49, setting="format = { footer = 1 }"),
        told(
            "one line of footer more than declared",
            good + b"Total,,,,,5000,99999,,\nSource: orders\n",
            "Total",
            row=50,
            setting="format = { footer = 1 }",
        ),
        told("more rows skipped than there are", good, "skip", setting="format = { skip = 60 }"),
        told(
            "a header where none is declared",
            good,
            "month",
            row=1,
            setting=f"format = {{ header = [{names}] }}",
        ),
        told(
            "a column more than the declared names",
            b"".join(line.strip() + b",1\n" for line in LINES[1:]),
            row=1,
            setting=f"format = {{ header = [{names}] }}",
        ),
        told(
            "UTF-8 under a declared encoding of Windows",
            good,
            "UTF-8|encoding",
            setting='format = { encoding = "cp1252" }',
        ),
        told(
            "UTF-8 under a declared UTF-16",
            good,
            "utf-16|UTF-16|encoding",
            setting='format = { encoding = "utf-16" }',
        ),
        told(
            "a total of another name than the accepted one",
            [*GOOD, ["2024-12-01", "Grand total", "all", "1", "NO", "5000", "99999", "12", "no"]],
            "Grand total",
            row=50,
            rules={"segment": f'{segment} = ["Total"]'},
        ),
        told(
            "another near twin than the accepted one",
            put(GOOD, 12, "segment", "CONSUMER"),
            "CONSUMER",
            row=12,
            rules={"segment": f'{segment} = ["consumer"]'},
        ),
        broken(
            "a date without its zeros", put(GOOD, 10, "month", "2024-3-1"), "2024-3-1", row=10, right=MEANS
        ),
        broken(
            "last year's file", sales([day.replace("2024", "2023") for day in MONTHS]), "2024-", before=good
        ),
        broken(
            "half a year, since the last good read of a whole one",
            sales(MONTHS[:6]),
            "2024-12|rows|shrink",
            before=good,
        ),
    ]


SMALL_COLUMNS = {
    "date": 'type = "date"',
    "segment": 'type = "category"',
    "sku": 'type = "text"',
    "amount": 'type = "number"',
}
SMALL: Grid = [
    list(SMALL_COLUMNS),
    *(
        [f"2025-0{month}-01", segment, sku, str(start + 25 * month)]
        for month in range(1, 5)
        for segment, sku, start in (("NA", "007", 275), ("None", "7", 575), ("Café", "07", 875))
    ),
]


def small() -> list[Case]:
    """A dozen rows, declared by types and a key alone, without roles, ranges or labels."""
    declared = declare(SMALL_COLUMNS, ["date", "segment"])
    means = values(SMALL, SMALL_COLUMNS)
    good = written(SMALL)
    lines = good.splitlines(keepends=True)

    def bad(name: str, content: Grid | bytes, *says: str, **other) -> Case:
        return broken(f"{name}, in a small table", content, *says, **{"declared": declared, **other})

    return [
        right("a small table", SMALL, declared=declared, right=means),
        right(
            "a small table, sorted by segment",
            [SMALL[0], *sorted(SMALL[1:], key=lambda row: row[1])],
            declared=declared,
            right=values([SMALL[0], *sorted(SMALL[1:], key=lambda row: row[1])], SMALL_COLUMNS),
        ),
        bad(
            "a number a thousand times too large",
            put(SMALL, 8, "amount", "350000"),
            "350000",
            "jumps",
            row=8,
            column="amount",
        ),
        bad(
            "a number a thousand times too small",
            put(SMALL, 8, "amount", "0.35"),
            "0.35",
            "jumps",
            row=8,
            column="amount",
        ),
        bad("a totals row", [*SMALL, ["2025-04-01", "Total", "", "8000"]], row=14),
        bad(
            "a totals row with every cell",
            [*SMALL, ["2025-04-01", "Total", "all", "8000"]],
            "Total",
            "accept",
            row=14,
        ),
        bad(
            "a totals row at the top",
            [SMALL[0], ["2025-04-01", "All segments", "all", "2025"], *SMALL[1:]],
            row=2,
        ),
        bad("another case", put(SMALL, 9, "segment", "none"), "none", "None", row=9, column="segment"),
        bad("a trailing space", put(SMALL, 9, "segment", "None "), "space", row=9, column="segment"),
        mended(
            "a decomposed label, in a small table",
            put(SMALL, 10, "segment", "Cafe\u0301"),
            declared=declared,
            right=means,
        ),
        bad("a row twice", [*SMALL, SMALL[5]], "key", row=14),
        bad("the last rows gone", b"".join(lines[:-2]), "rows|shrink", before=good),
        bad("a month gone", b"".join([*lines[:4], *lines[7:]]), "2025-02|rows|shrink", before=good),
        bad("a segment gone", [row for row in SMALL if row[1] != "NA"], "NA|rows|shrink", before=good),
        bad("a zero lost in an id", each(SMALL, "sku", lambda sku: sku.lstrip("0")), "07", before=good),
        bad(
            "days and months swapped",
            each(SMALL, "date", lambda day: f"01/0{day[6]}/2025"),
            column="date",
            declared=declare(SMALL_COLUMNS, ["date", "segment"], date='type = "date", format = "%m/%d/%Y"'),
        ),
        bad("a remark", put(SMALL, 9, "amount", "n.a. (est.)"), "n.a. (est.)", row=9, column="amount"),
        bad("a footnote", good + b"* preliminary\n", "footer", row=14),
        bad("a decimal comma", put(SMALL, 9, "amount", "650,5"), "650,5", "decimal", row=9, column="amount"),
        bad("no header", b"".join(lines[1:]), "header", row=1),
        bad("cut in the last number", good[:-3], before=good),
    ]


def shapes() -> list[Case]:
    """Every damaged file of these."""
    return [case for part in (options, small, cross_section, long_panels) for case in part()]
