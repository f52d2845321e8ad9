"""Good tables of several shapes, how to write and to change them, and what a case expects of the gate."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

Grid = list[list[str]]  # the header, then the rows, every cell as text
SALES = "data/sales.csv"


@dataclass(frozen=True)
class Case:
    """One file, its declaration, and what a careful analyst expects of the gate.

    name : what was done to the file, in words.
    content : the bytes of the file.
    declared : the text of sources.toml; its one table is called sales.
    path : of the file, as the declaration has it.
    before : the bytes of a good file of that name that was read first.
    says : the words the refusal must hold, beside the file; with alternatives between bars.
    row, column : where the damage is, as the refusal must name it; a row counts lines of the file.
    right : the values the gate may read instead of refusing; None: it must refuse.
    must_read : a refusal would be a false alarm.
    said : it must also say what it mended.
    """

    name: str
    content: bytes
    declared: str
    path: str = SALES
    before: bytes | None = None
    says: tuple[str, ...] = ()
    row: int | None = None
    column: str = ""
    right: dict[str, list] | None = field(default=None, repr=False)
    must_read: bool = False
    said: bool = False


# A long table of months: labels that look like missing values, ids that look like numbers.
SALES_COLUMNS = {
    "month": 'type = "date", role = "period"',
    "segment": 'type = "text", role = "firm"',
    "sku": 'type = "text", role = "product"',
    "order": 'type = "text"',
    "region": 'type = "category", values = ["North", "South", "NO"]',
    "units": 'type = "integer", role = "units", range = [0, 100000]',
    "revenue": 'type = "number", role = "revenue", unit = "$"',
    "price": 'type = "number", role = "price", unit = "$", range = [0, 1000]',
    "promo": 'type = "flag", values = ["no", "yes"]',
}
SALES_KEY = ["month", "sku"]
PRODUCTS = [  # sku, segment, region, price
    ("007", "NA", "North", 12.5),
    ("07", "None", "South", 8.0),
    ("7", "Consumer", "NO", 20.25),
    ("Größe L", "Business", "North", 101.0),
]
MONTHS = [f"2024-{month:02d}-01" for month in range(1, 13)]


def sales(months: Iterable[str] = tuple(MONTHS)) -> Grid:
    """Sales of four products by month, sorted by month: 48 rows, row 2 of the file being the first."""
    grid = [list(SALES_COLUMNS)]
    for index, month in enumerate(months):
        for which, (sku, segment, region, price) in enumerate(PRODUCTS):
            units = 60 + 7 * index + 30 * which - 5 * (index % 3)
            order = f"1234567890123{len(grid):03d}"
            promo = "yes" if (index + which) % 4 == 0 else "no"
            revenue = f"{units * price:.2f}"
            grid.append([month, segment, sku, order, region, str(units), revenue, f"{price:.2f}", promo])
    return grid


# One row a product, no periods.
PHONES_COLUMNS = {
    "Model": 'type = "text", role = "product"',
    "Maker": 'type = "text", role = "firm"',
    "Price (EUR)": 'type = "number", role = "price", unit = "€"',
    "Sold": 'type = "integer", role = "units"',
    "Weight": 'type = "number", role = "attribute", unit = "g", nullable = true',
    "Note": 'type = "text", nullable = true',
}
PHONES_KEY = ["Model"]
PHONES: Grid = [
    list(PHONES_COLUMNS),
    ["Nova 5", "Acme", "799", "5200", "180.5", ""],
    ["Nova 5 mini", "Acme", "699.5", "3100", "140", "small"],
    ["Nova SE", "Acme", "429", "8000", "", ""],
    ["Pixelo 3", "Bolt & Söhne", "649", "2750", "171", ""],
    ["Pixelo 3 Pro", "Bolt & Söhne", "999", "990", "205.25", "large, heavy"],
    ["Totalis", "Cargo", "149.99", "12000", "190", 'called "the brick"'],
    ["Sum 41", "Cargo", "89", "310", "99", ""],
    ["Ω-phone", "Delta", "1249", "75", "221", ""],
]

# Days, shops and goods: a long panel.
PANEL_COLUMNS = {
    "day": 'type = "date", role = "period"',
    "shop": 'type = "text", role = "firm"',
    "item": 'type = "text", role = "product"',
    "units": 'type = "integer", role = "units"',
    "price": 'type = "number", role = "price"',
}
PANEL_KEY = ["day", "shop", "item"]


def panel(days: int = 500, shops: int = 10, items: int = 10) -> Grid:
    """Sales a day, shop and item; 50,000 rows unless told."""
    calendar = pd.date_range("2023-01-01", periods=days).strftime("%Y-%m-%d")
    grid = [list(PANEL_COLUMNS)]
    for index, day in enumerate(calendar):
        for shop in range(shops):
            for item in range(items):
                units = (index * 7 + shop * 13 + item * 29) % 40  # with days on which nothing was sold
                grid.append([day, f"Shop {shop}", f"Item {item:03d}", str(units), f"{3 + item * 0.5:.2f}"])
    return grid


def declare(
    columns: dict[str, str], key: list[str], *settings: str, path: str = SALES, **changed: str | None
) -> str:
    """Write sources.toml with one table, sales.

    settings : further lines of the table.
    changed : columns that are declared otherwise, or not at all (None).
    """
    rules = {name: rule for name, rule in {**columns, **changed}.items() if rule is not None}
    lines = [
        "[sales]",
        'title = "Sales"',
        *(
            []
            if any(line.startswith(("url", "database", "files")) for line in settings)
            else [f'path = "{path}"']
        ),
        'origin = "Us"',
        'licence = "internal"',
        f"key = [{', '.join(quoted(name) for name in key)}]",
        *settings,
        "[sales.columns]",
        *(f"{quoted(name)} = {{ {rule} }}" for name, rule in rules.items()),
    ]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """Quote a text for TOML."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def written(grid: Grid, separator: str = ",", newline: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    """Write a grid as CSV in UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=newline, quoting=quoting).writerows(grid)
    return text.getvalue().encode()


def put(grid: Grid, row: int, column: str, value: str) -> Grid:
    """Change one cell; row 1 is the header, as in the file."""
    return put_all(grid, column, {row: value})


def put_all(grid: Grid, column: str, values: dict[int, str]) -> Grid:
    """Change some cells of a column, by row of the file."""
    place = grid[0].index(column)
    copy = [list(row) for row in grid]
    for row, value in values.items():
        copy[row - 1][place] = value
    return copy


def each(grid: Grid, column: str, change) -> Grid:
    """Change every cell of a column."""
    place = grid[0].index(column)
    return put_all(grid, column, {row: change(cells[place]) for row, cells in enumerate(grid[1:], 2)})


def without(grid: Grid, *columns: str) -> Grid:
    """Leave columns out."""
    kept = [place for place, name in enumerate(grid[0]) if name not in columns]
    return [[row[place] for place in kept] for row in grid]


def values(grid: Grid, columns: dict[str, str], formats: dict[str, str] | None = None) -> dict[str, list]:
    """Say what a grid of plainly written cells means, by role: the values a right reading gives."""
    means: dict[str, list] = {}
    for place, name in enumerate(grid[0]):
        if name in columns:
            cells = [row[place].strip() for row in grid[1:]]
            means[role(name, columns)] = [
                value(cell, columns[name], (formats or {}).get(name, "%Y-%m-%d")) for cell in cells
            ]
    return means


def role(name: str, columns: dict[str, str]) -> str:
    """The name of a column in the frame."""
    _, marked, rest = columns[name].partition('role = "')
    found = rest.partition('"')[0]
    return found if marked and found not in ("attribute", "name") else name


def value(cell: str, rule: str, form: str):
    """What one cell means."""
    if not cell:
        return None
    kind = rule.partition('type = "')[2].partition('"')[0]
    match kind:
        case "date":
            return cell if form == "%Y-%m-%d" else datetime.strptime(cell, form).date().isoformat()
        case "year":
            return f"{int(cell)}-01-01"
        case "number" | "integer":
            return float(cell)
        case "flag":
            return float(rule.partition("values = [")[2].index(quoted(cell)) > 0)
    return cell


def read_values(frame: pd.DataFrame) -> dict[str, list]:
    """The values of a frame that the gate gave, in the same plain form."""
    plain = {}
    for name in frame:
        column = frame[name]
        if pd.api.types.is_datetime64_any_dtype(column.dtype):
            days = (column.dropna() == column.dropna().dt.normalize()).all()
            cells = column.dt.strftime("%Y-%m-%d" if days else "%Y-%m-%dT%H:%M:%S").tolist()
        elif pd.api.types.is_numeric_dtype(column.dtype):
            cells = column.astype(float).tolist()
        else:
            cells = column.astype("object").tolist()
        plain[str(name)] = [None if pd.isna(cell) else cell for cell in cells]
    return plain


def same(means: dict[str, list], frame: pd.DataFrame) -> bool:
    """Whether a frame holds just these values, in this order; further columns (a joined name) are its own."""
    found = read_values(frame)
    return all(found.get(name) == cells for name, cells in means.items())
