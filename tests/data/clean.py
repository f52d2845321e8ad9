"""Files that are in order, in the many forms that other people's tools write: none may be refused."""

import csv
import gzip
import io
import random
import re
from pathlib import Path

from damage import DECLARED, GOOD, right
from damaged_shapes import PHONES_DECLARED, SMALL, SMALL_COLUMNS
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
    put_all,
    sales,
    values,
    written,
)

HALVES_COLUMNS = {
    "Maker": 'type = "text", role = "product"',
    "Revenue": 'type = "number", role = "revenue"',
    "Share": 'type = "number", role = "share"',
}
HALVES = [
    list(HALVES_COLUMNS),
    ["Acme", "1000", "0.5"],
    ["Bolt", "600", "0.3"],
    ["Cargo", "200", "0.1"],
    ["Delta", "200", "0.1"],
]
PHONES_MEAN = values(PHONES, PHONES_COLUMNS)


def told(
    name: str, content: Grid | bytes, *settings: str, path: str = "data/sales.csv", **rules: str
) -> Case:
    """The good table, read with these further settings of the table and rules of columns."""
    declared = declare(SALES_COLUMNS, SALES_KEY, *settings, path=path, **rules)
    return right(name, content, declared=declared, path=path)


def phones(name: str, content: Grid | bytes, *settings: str, means=PHONES_MEAN, **rules: str) -> Case:
    """The same of the table without periods."""
    return right(name, content, declared=declare(PHONES_COLUMNS, PHONES_KEY, *settings, **rules), right=means)


def dialects() -> list[Case]:
    """Separators, quotes, line ends, encodings."""
    good = written(GOOD)
    text = good.decode()
    comma = each(GOOD, "revenue", lambda cell: cell.replace(".", ","))
    european = each(comma, "price", lambda cell: cell.replace(".", ","))
    grouped = each(GOOD, "revenue", lambda cell: f"{float(cell):,.2f}")
    german = each(
        each(GOOD, "revenue", lambda cell: f"{float(cell):,.2f}".translate({44: ".", 46: ","})),
        "price",
        lambda cell: cell.replace(".", ","),
    )
    at = "data/sales.csv.gz"
    return [
        right("plain", GOOD),
        right("line ends of Windows", written(GOOD, newline="\r\n")),
        right("no line end at the end", good.rstrip(b"\n")),
        right("empty lines at the end", good + b"\n\n\r\n"),
        right("empty lines at the start", b"\n\r\n" + good),
        right("an empty line in the middle", good.replace(b"\n", b"\n\n", 9)),
        right("everything quoted", written(GOOD, quoting=csv.QUOTE_ALL)),
        right("numbers bare, all else quoted", written(GOOD, quoting=csv.QUOTE_NONNUMERIC)),
        right("numbers with space around them", each(GOOD, "revenue", lambda cell: f"  {cell} ")),
        right(
            "plus signs and exponents",
            put_all(GOOD, "revenue", {2: "+" + GOOD[1][6], 3: f"{float(GOOD[2][6]):e}"}),
        ),
        right("zeros behind and before", each(GOOD, "price", lambda cell: f"0{cell}00")),
        right(
            "gzip", gzip.compress(good, mtime=0), path=at, declared=declare(SALES_COLUMNS, SALES_KEY, path=at)
        ),
        right(
            "gzip in two members",
            gzip.compress(good[:999], mtime=0) + gzip.compress(good[999:], mtime=0),
            path=at,
            declared=declare(SALES_COLUMNS, SALES_KEY, path=at),
        ),
        right("a BOM", b"\xef\xbb\xbf" + good),
        right("a BOM and quotes", b"\xef\xbb\xbf" + written(GOOD, newline="\r\n", quoting=csv.QUOTE_ALL)),
        right("UTF-16, little end first", text.encode("utf-16")),
        right("UTF-16, big end first", b"\xfe\xff" + text.encode("utf-16-be")),
        told(
            "UTF-16 as Excel writes text",
            b"\xff\xfe" + written(GOOD, "\t", "\r\n").decode().encode("utf-16-le"),
            'format = { separator = "\\t" }',
        ),
        told("UTF-16 declared", text.encode("utf-16-le"), 'format = { encoding = "utf-16-le" }'),
        told("Windows' encoding", text.encode("cp1252"), 'format = { encoding = "cp1252" }'),
        told("latin-1", text.encode("latin-1"), 'format = { encoding = "latin-1" }'),
        told("an old Mac's encoding", text.encode("mac_roman"), 'format = { encoding = "mac_roman" }'),
        told("semicolons", written(GOOD, ";"), 'format = { separator = ";" }'),
        told("tabs", written(GOOD, "\t"), 'format = { separator = "\\t" }'),
        told("bars", written(GOOD, "|"), 'format = { separator = "|" }'),
        told("a decimal comma", written(european, ";"), 'format = { separator = ";", decimal = "," }'),
        told("a decimal comma among commas", european, 'format = { decimal = "," }'),
        told("thousands", grouped, 'format = { thousands = "," }'),
        told(
            "a German number",
            written(german, ";"),
            'format = { separator = ";", decimal = ",", thousands = "." }',
        ),
        told(
            "a French number",
            written(
                each(
                    european,
                    "revenue",
                    lambda c: f"{float(c.replace(',', '.')):,.2f}".replace(",", "\u202f").replace(".", ","),
                ),
                ";",
            ),
            'format = { separator = ";", decimal = ",", thousands = "\u202f" }',
        ),
        told(
            "a Swiss number",
            each(GOOD, "revenue", lambda cell: f"{float(cell):,.2f}".replace(",", "'")),
            'format = { thousands = "\'" }',
        ),
        told(
            "a currency sign",
            each(GOOD, "revenue", lambda cell: f"${cell}"),
            revenue=SALES_COLUMNS["revenue"] + ', strip = ["$"]',
        ),
        told(
            "a unit behind",
            each(GOOD, "units", lambda cell: f"{cell} pcs"),
            units=SALES_COLUMNS["units"] + ', strip = ["pcs"]',
        ),
        told(
            "a currency after a no-break space",
            each(GOOD, "revenue", lambda cell: f"{cell}\u00a0kr"),
            revenue=SALES_COLUMNS["revenue"] + ', strip = ["kr"]',
        ),
    ]


def layouts() -> list[Case]:
    """Titles, footers, orders of rows and columns, columns that nobody declared."""
    good = written(GOOD)
    lines = good.splitlines(keepends=True)
    shuffled = GOOD[1:]
    random.Random(3).shuffle(shuffled)
    shuffled = [GOOD[0], *shuffled]
    reverse = [row[::-1] for row in GOOD]
    more = [[*GOOD[0], "Total", "comment"], *([*row, "12,5 €", "NA"] for row in GOOD[1:])]
    names = ", ".join(f'"{name}"' for name in GOOD[0])
    noted = [[*GOOD[0], "note"], *([*row, 'said "no",\nthen\nleft; ok'] for row in GOOD[1:])]
    note = {**SALES_COLUMNS, "note": 'type = "text"'}
    return [
        told("title rows", b"Sales by month\nof all shops\n" + good, "format = { skip = 2 }"),
        told("title rows and an empty one", b"Sales by month\n\n" + good, "format = { skip = 2 }"),
        told("title rows and an empty one after those to skip", b"Sales\n\n" + good, "format = { skip = 1 }"),
        told("a title that holds commas", b"Sales, by month, of all,,\n" + good, "format = { skip = 1 }"),
        told("a note below", good + b"Source: order system\n", "format = { footer = 1 }"),
        told("a total below", good + b"Total,,,,,5000,99999,,\n", "format = { footer = 1 }"),
        told("no header", b"".join(lines[1:]), f"format = {{ header = [{names}] }}"),
        right("rows in any order", shuffled, right=values(shuffled, SALES_COLUMNS)),
        right("newest first", [GOOD[0], *GOOD[:0:-1]], right=values([GOOD[0], *GOOD[:0:-1]], SALES_COLUMNS)),
        right("columns in any order", reverse),
        right("columns that nobody declared, not all clean", more),
        right(
            "a blank column that nobody declared", [[*GOOD[0], "unused"], *([*row, ""] for row in GOOD[1:])]
        ),
        right(
            "an index that pandas wrote",
            [["", *GOOD[0]], *([str(i), *row] for i, row in enumerate(GOOD[1:]))],
        ),
        right(
            "line breaks and quotes in a text",
            noted,
            declared=declare(note, SALES_KEY),
            right=values(noted, note),
        ),
        right(
            "more months than at the last good read",
            sales([*MONTHS, "2025-01-01"]),
            before=good,
            right=values(sales([*MONTHS, "2025-01-01"]), SALES_COLUMNS),
        ),
        right("the same as at the last good read", GOOD, before=good),
        right(
            "another order than at the last good read",
            shuffled,
            before=good,
            right=values(shuffled, SALES_COLUMNS),
        ),
        right(
            "corrected numbers since the last good read",
            put(GOOD, 10, "revenue", "990"),
            before=good,
            right=values(put(GOOD, 10, "revenue", "990"), SALES_COLUMNS),
        ),
        right(
            "a new product since the last good read",
            [*GOOD, ["2024-12-01", "Schools", "new", "1", "NO", "5", "50", "10", "no"]],
            before=good,
            right=values(
                [*GOOD, ["2024-12-01", "Schools", "new", "1", "NO", "5", "50", "10", "no"]], SALES_COLUMNS
            ),
        ),
        right(
            "fewer rows, within what may be missing",
            GOOD[:-2],
            before=good,
            declared=declare(SALES_COLUMNS, SALES_KEY, "shrink = 0.1"),
            right=values(GOOD[:-2], SALES_COLUMNS),
        ),
    ]


def contents() -> list[Case]:
    """Values that look odd and are right."""

    def form(name: str, written_: str, form: str, more: str = "") -> Case:
        grid = each(GOOD, "month", lambda day: written_.format(y=day[:4], m=day[5:7], d=day[8:], s=day[2:4]))
        return told(name, grid, month=f'type = "date", role = "period", format = "{form}"{more}')

    def grid(name: str, cells: Grid, declared: str = DECLARED, columns=SALES_COLUMNS) -> Case:
        return right(name, cells, declared=declared, right=values(cells, columns))

    moment = "%Y-%m-%dT%H:%M:%S%z"
    growing = {row: f"{3 * 1.9 ** ((row - 2) // 4):.2f}" for row in range(2, 50, 4)}
    launch = put_all(GOOD, "units", {2: "0", 6: "3", 10: "800"})
    negative = put_all(GOOD, "revenue", {10: "-45.5", 14: "0"})
    accept = SALES_COLUMNS["segment"] + ', accept = ["consumer"]'
    total = SALES_COLUMNS["segment"] + ', accept = ["Total"]'
    totals = each(GOOD, "segment", lambda name: name.replace("Business", "Total"))
    yes = each(GOOD, "promo", {"yes": "Y", "no": "N"}.get)
    flag = SALES_COLUMNS["promo"].replace('"no", "yes"', '"N", "Y"')
    brackets = put(GOOD, 10, "revenue", "(45.5)")
    missing = put_all(GOOD, "revenue", {10: "n/a", 14: "-"})
    blank = put_all(GOOD, "revenue", {10: "", 14: ""})
    nullable = SALES_COLUMNS["revenue"] + ", nullable = true"
    codes = each(GOOD, "sku", lambda sku: f"A-{sku}")
    similar = {"NA": "Nord", "None": "Nord 2", "Consumer": "Norden", "Business": "Nord-West"}
    future = each(GOOD, "month", lambda day: day.replace("2024", "2094"))
    jump = put(GOOD, 10, "revenue", "925000")
    return [
        form("dates of Germany", "{d}.{m}.{y}", "%d.%m.%Y"),
        form("dates of America, the first of each month", "{m}/{d}/{y}", "%m/%d/%Y"),
        form("dates of England, the first of each month", "{d}/{m}/{y}", "%d/%m/%Y"),
        form("dates without dashes", "{y}{m}{d}", "%Y%m%d"),
        form("years of two digits", "{d}/{m}/{s}", "%d/%m/%y"),
        form("months", "{y}-{m}", "%Y-%m"),
        form("moments in a zone", "{y}-{m}-{d}T00:30:00+02:00", moment, ', zone = "Africa/Cairo"'),
        right(
            "months to come, as declared",
            future,
            declared=declare(SALES_COLUMNS, SALES_KEY, month='type = "date", role = "period", future = true'),
            right=values(future, SALES_COLUMNS),
        ),
        grid("growth of 90 % a month", put_all(GOOD, "revenue", growing)),
        grid("a launch", launch),
        grid("a refund and a zero", negative),
        grid(
            "a jump, as declared",
            jump,
            declare(SALES_COLUMNS, SALES_KEY, revenue=SALES_COLUMNS["revenue"] + ", jumps = true"),
        ),
        grid(
            "a leader with half of the market",
            HALVES,
            declare(HALVES_COLUMNS, ["Maker"]),
            HALVES_COLUMNS,
        ),
        grid("labels that begin alike", each(GOOD, "segment", similar.get)),
        grid(
            "a near twin, as declared",
            put(GOOD, 12, "segment", "consumer"),
            declare(SALES_COLUMNS, SALES_KEY, segment=accept),
        ),
        grid("Total is a segment, as declared", totals, declare(SALES_COLUMNS, SALES_KEY, segment=total)),
        grid("codes", codes),
        right("a flag of other words", yes, declared=declare(SALES_COLUMNS, SALES_KEY, promo=flag)),
        right(
            "accountants' parentheses, as declared",
            brackets,
            declared=declare(
                SALES_COLUMNS, SALES_KEY, revenue=SALES_COLUMNS["revenue"] + ", parentheses = true"
            ),
            right=values(put(GOOD, 10, "revenue", "-45.5"), SALES_COLUMNS),
        ),
        right(
            "marks for missing, as declared",
            missing,
            declared=declare(SALES_COLUMNS, SALES_KEY, 'na = ["n/a", "-"]', revenue=nullable),
            right=values(blank, SALES_COLUMNS),
        ),
        grid("blanks where they may be", blank, declare(SALES_COLUMNS, SALES_KEY, revenue=nullable)),
        grid(
            "a month without sales of one product",
            [row for row in GOOD if row[:3] != ["2024-05-01", "None", "07"]],
        ),
    ]


def shapes() -> list[Case]:
    """Other tables than a small monthly one."""
    tiny = sales(MONTHS[:1])[:3]
    one = sales(MONTHS[:1])[:2]
    big = panel()
    ragged = [row for index, row in enumerate(panel(60, 5, 5)) if index % 7 or index == 0]
    wide = [[*PHONES[0], *(f"x{i}" for i in range(300))], *([*row, *["1"] * 300] for row in PHONES[1:])]
    single = [["x"], ["1"], ["2"], ["3"]]
    number = {"x": 'type = "integer"'}
    text = {"x": 'type = "text"'}
    years = [
        ["year", "firm", "product", "units"],
        *([str(year), f, f, "5"] for year in range(1990, 2020) for f in "AB"),
    ]
    yearly = {
        "year": 'type = "year", role = "period"',
        "firm": 'type = "text", role = "firm"',
        "product": 'type = "text", role = "product"',
        "units": 'type = "number", role = "units"',
    }
    quarters = [
        ["day", "units"],
        *([f"20{y}-{m:02d}-01", str(100 + y)] for y in range(10, 24) for m in (1, 4, 7, 10)),
    ]
    daily = {"day": 'type = "date", role = "period"', "units": 'type = "number", role = "units"'}
    weekdays = [
        ["day", "units"],
        *([f"2024-01-{d:02d}", str(50 + d)] for d in range(2, 31) if d % 7 not in (6, 0)),
    ]
    quoted = [
        ["Model", "Maker"],
        ['5" screen', "O'Neil, Inc."],
        ["a\\b", "100%"],
        ["=cmd", "+1"],
        ["{x}", "--"],
    ]
    words = {"Model": 'type = "text", role = "product"', "Maker": 'type = "text", role = "firm"'}
    sums = [PHONES[0], *([f"Model {n}", f"Maker {n}", "10", "100", "", ""] for n in range(1, 9))]

    def shape(name: str, grid: Grid, columns: dict[str, str], key: list[str]) -> Case:
        return right(name, grid, declared=declare(columns, key), right=values(grid, columns))

    return [
        phones("a table without periods", PHONES),
        phones("semicolons without periods", written(PHONES, ";", "\r\n"), 'format = { separator = ";" }'),
        right(
            "half the makers sorted otherwise",
            [PHONES[0], *sorted(PHONES[1:])],
            declared=PHONES_DECLARED,
            right=values([PHONES[0], *sorted(PHONES[1:])], PHONES_COLUMNS),
        ),
        shape("two rows", tiny, SALES_COLUMNS, SALES_KEY),
        shape("one row", one, SALES_COLUMNS, SALES_KEY),
        shape("50,000 rows of a panel", big, PANEL_COLUMNS, PANEL_KEY),
        shape("a panel with holes", ragged, PANEL_COLUMNS, PANEL_KEY),
        shape("three hundred columns that nobody declared", wide, PHONES_COLUMNS, PHONES_KEY),
        shape("one column of numbers", single, number, []),
        shape("one column of text", [["x"], ["NA"], ["inf"], ["007"], ["1e5"], ["2024-13-45"]], text, []),
        shape("years", years, yearly, ["year", "product"]),
        shape("quarters", quarters, daily, ["day"]),
        shape("working days", weekdays, daily, ["day"]),
        shape("signs in labels", quoted, words, ["Model"]),
        shape("the same numbers in every row", sums, PHONES_COLUMNS, PHONES_KEY),
        right(
            "rows that repeat, with no key declared",
            [*SMALL, SMALL[1]],
            declared=declare(SMALL_COLUMNS, []),
            right=values([*SMALL, SMALL[1]], SMALL_COLUMNS),
        ),
    ]


SHIPPED = Path(__file__).parents[2] / "data"


def shipped() -> list[Case]:
    """The tables that this project ships, in the forms in which they might have come."""
    tables = re.split(r"^(?=\[)", (SHIPPED / "sources.toml").read_text(encoding="utf-8"), flags=re.MULTILINE)
    cases = []
    for name, means in (("us_cars", ("product_id", "share")), ("cars_1993", ("Make", "Price"))):
        mine = [table for table in tables if table.startswith((f"[{name}]", f"[{name}."))]
        own = [table.replace(f"[{name}", "[sales", 1) for table in mine]
        path = re.search(r'^path = "(.+)"', own[0], re.MULTILINE)[1]
        content = (SHIPPED.parent / path).read_bytes()
        text = (gzip.decompress(content) if path.endswith(".gz") else content).decode()
        grid = list(csv.reader(io.StringIO(text)))
        labels, amounts = ([row[grid[0].index(column)] for row in grid[1:]] for column in means)
        held = {"product": labels, means[1].lower(): [float(cell) for cell in amounts]}
        backwards = {column: cells[::-1] for column, cells in held.items()}

        def declared(path: str, setting: str = "", own: list[str] = own) -> str:
            head = re.sub(r'^path = ".+"', f'path = "{path}"\n{setting}', own[0], flags=re.MULTILINE)
            return "".join([head, *own[1:]])

        cases += [
            right(f"{name} as shipped", content, path=path, declared=declared(path), right=held),
            right(f"{name} again", content, path=path, declared=declared(path), right=held, before=content),
            right(
                f"{name} in UTF-16", text.encode("utf-16"), declared=declared("data/sales.csv"), right=held
            ),
            right(
                f"{name} with semicolons, quoted, of Windows",
                written(grid, ";", "\r\n", csv.QUOTE_ALL),
                declared=declared("data/sales.csv", 'format = { separator = ";" }'),
                right=held,
            ),
            right(
                f"{name} from its end",
                [grid[0], *grid[:0:-1]],
                declared=declared("data/sales.csv"),
                right=backwards,
            ),
        ]
    return cases


def clean() -> list[Case]:
    """Every clean text file."""
    return [case for part in (dialects, layouts, contents, shapes, shipped) for case in part()]
