"""Damaged and clean Excel files, made from the same good table."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime

import openpyxl
import xlsxwriter
from damage import GOOD, MEANS, broken, right
from grids import SALES_COLUMNS, SALES_KEY, Case, Grid, declare, put, values, written

AT = "data/sales.xlsx"
DECLARED = declare(SALES_COLUMNS, SALES_KEY, path=AT)
NUMBERS = ("units", "revenue", "price")


def declared(*settings: str, **rules: str) -> str:
    """The declaration of the workbook, with these further settings."""
    return declare(SALES_COLUMNS, SALES_KEY, *settings, path=AT, **rules)


def typed(name: str, cell: str):
    """A cell as a person would type it into Excel."""
    if name == "month" and re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
        return datetime.strptime(cell, "%Y-%m-%d")
    return float(cell) if name in NUMBERS and re.fullmatch(r"-?[0-9.]+", cell) else cell


def book(change: Callable | None = None, grid: Grid = GOOD, first: int = 1, sheet: str = "Sales") -> bytes:
    """Write a workbook, change it as a person would, and save it.

    first : the row of the header.
    """
    made = openpyxl.Workbook()
    page = made.active
    page.title = sheet
    for row, cells in enumerate(grid, first):
        for column, (name, cell) in enumerate(zip(grid[0], cells, strict=True), 1):
            page.cell(row, column, typed(name, cell) if row > first else cell)
    if change:
        change(made, page)
    return saved(made)


def saved(made: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def set_to(cell: str, value) -> Callable:
    """Change one cell."""

    def change(_, page):
        page[cell] = value
        if isinstance(value, int):  # else openpyxl shows it in the format of the date it replaces
            page[cell].number_format = "General"
        if isinstance(value, str) and value.startswith("#"):
            page[cell].data_type = "e"

    return change


def repacked(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Change one part inside of a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            inner = old.read(item)
            new.writestr(item.filename, change(inner) if item.filename == part else inner)
    return out.getvalue()


def in_sheet(content: bytes, old: bytes, new: bytes) -> bytes:
    """Replace some XML of the first sheet."""

    def change(inner: bytes) -> bytes:
        assert old in inner, old
        return inner.replace(old, new, 1)

    return repacked(content, "xl/worksheets/sheet1.xml", change)


def calculated(formula_value: object = None, **options) -> bytes:
    """A workbook whose revenues are formulas with the values Excel last calculated."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    page = made.add_worksheet("Sales")
    day, money = (
        made.add_format({"num_format": "dd mmm yyyy"}),
        made.add_format({"num_format": '#,##0.00 "$"'}),
    )
    page.write_row(0, 0, GOOD[0])
    for row, cells in enumerate(GOOD[1:], 1):
        for column, (name, cell) in enumerate(zip(GOOD[0], cells, strict=True)):
            cell = typed(name, cell)
            if name == "month":
                page.write_datetime(row, column, cell, day)
            elif name == "revenue":
                found = formula_value if formula_value is not None and row == 9 else cell
                page.write_formula(row, column, f"=F{row + 1}*H{row + 1}", money, found)
            elif isinstance(cell, float):
                page.write_number(row, column, cell)
            else:
                page.write_string(row, column, cell)
    made.close()
    return out.getvalue()


def encrypted() -> bytes:
    """What Excel saves under a password: an OLE container with an encrypted package."""
    sector = 512

    def entry(
        name: str, kind: int, child: int = -1, sibling: int = -1, start: int = -2, size: int = 0
    ) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        links = b"".join(place.to_bytes(4, "little", signed=True) for place in (-1, sibling, child))
        head = text.ljust(64, b"\0") + len(text).to_bytes(2, "little") + bytes([kind, 1]) + links
        return head + bytes(36) + start.to_bytes(4, "little", signed=True) + size.to_bytes(8, "little")

    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + bytes.fromhex("3e000300feff0900060000000000")
    header += bytes(6)[:2] + (0).to_bytes(4, "little") + (1).to_bytes(4, "little") + (1).to_bytes(4, "little")
    header += bytes(4) + (4096).to_bytes(4, "little") + (-2).to_bytes(4, "little", signed=True) + bytes(4)
    header += (-2).to_bytes(4, "little", signed=True) + bytes(4) + bytes(4) + b"\xff" * 432
    fat = b"".join(x.to_bytes(4, "little", signed=True) for x in (-3, -2, *range(3, 10), -2))
    directory = entry("Root Entry", 5, child=1) + entry("EncryptedPackage", 2, sibling=2, start=2, size=4096)
    directory += entry("EncryptionInfo", 2) + bytes(128)
    return (
        header[:sector].ljust(sector, b"\xff")
        + fat.ljust(sector, b"\xff")
        + directory
        + bytes(range(256)) * 16
    )


def damaged() -> list[Case]:
    """Every damaged workbook."""

    def bad(name: str, content: bytes, *says: str, **other) -> Case:
        return broken(name, content, *says, **{"path": AT, "declared": DECLARED, **other})

    def cell(name: str, where: str, value, *says: str, **other) -> Case:
        place = {"A": "month", "B": "segment", "C": "sku", "D": "order", "F": "units", "G": "revenue"}
        return bad(
            name,
            book(set_to(where, value)),
            *says,
            **{"row": int(where[1:]), "column": place[where[0]], **other},
        )

    good = book()
    html = b"<html><body><table><tr><td>month</td></tr></table></body></html>"

    def two(made, page):
        made.create_sheet("Notes", 0)["A1"] = "How these numbers were made"

    def formulas(_, page):
        for row in range(2, 50):
            page[f"G{row}"] = f"=F{row}*H{row}"

    def merged(_, page):
        page.merge_cells("B10:B13")

    def titled(_, page):
        page["A1"], page["A2"] = "Sales by month", "as of January"

    def summed(_, page):
        page["A50"], page["G50"] = "Total", "=SUM(G2:G49)"

    def hidden(made, page):
        page.sheet_state = "hidden"
        made.create_sheet("Summary")["A1"] = "see there"

    def dated(_, page):
        page["F10"].number_format = "yyyy-mm-dd"

    cut = zipfile.ZipFile(io.BytesIO(good)).getinfo("xl/worksheets/sheet1.xml").header_offset
    flipped = bytearray(good)
    flipped[cut + 400] ^= 0x55
    rename = repacked(good, "xl/worksheets/sheet1.xml", lambda inner: inner)
    nameless = re.sub(rb"sheet1\.xml", b"sheet9.xml", rename)
    return [
        bad("formulas never calculated", book(formulas), "formula", row=2, column="revenue"),
        cell("one formula never calculated", "G10", "=F10*H10", "formula"),
        cell("a division by zero", "G10", "#DIV/0!", "#DIV/0!"),
        bad("a formula whose last value is an error", calculated("#N/A"), "#N/A", row=10, column="revenue"),
        cell("not available among labels", "B10", "#N/A", "#N/A"),
        bad("merged labels", book(merged), "merge", "B10:B13"),
        bad("a sheet of notes first", book(two), "Notes", "Sales", "sheet"),
        bad(
            "the sheet that is declared is not there",
            good,
            "Data",
            "Sales",
            declared=declared('format = { sheet = "Data" }'),
        ),
        bad("a hidden sheet of data behind an empty summary", book(hidden), "Sales|month", right=MEANS),
        cell("a date typed as text among dates", "A10", "01/03/2024", "01/03/2024"),
        cell("a date that lost its format", "A10", 45352, "45352"),
        cell("a number for a date", "A10", 2024, "2024"),
        cell("a time of day", "A10", datetime(2024, 3, 1, 17, 45)),
        cell("a year mistyped", "A10", datetime(2204, 3, 1), "2204", "future"),
        bad("a number in the form of a date", book(dated), row=10, column="units"),
        cell("a 16-digit id kept as a number", "D10", 1234567890123456, "1234567890123"),
        cell("a number with a remark", "G10", "n.a. (est.)", "n.a. (est.)"),
        cell("a number as text with a comma", "G10", "1,234.5", "1,234.5", "thousands"),
        cell("a blank number", "G10", None, "nullable"),
        cell("a number a thousand times too large", "G10", 925000, "jumps"),
        cell("a fraction in a whole number", "F10", 84.5, "84.5", "whole"),
        cell("a label with a trailing space", "B12", "Consumer ", "space"),
        cell("a label of another case", "B12", "consumer", "Consumer"),
        bad("title rows", book(titled, first=4), "skip"),
        bad("a totals row with a formula", book(summed), "Total|formula", row=50),
        bad("a totals row", book(grid=[*GOOD, ["Total", *[""] * 5, "99999", "", ""]]), "Total", row=50),
        bad("a column renamed", book(set_to("G1", "Net revenue")), "revenue", "Net revenue"),
        bad("a column twice", book(set_to("H1", "revenue")), "revenue", "twice"),
        bad("a row twice", book(grid=[*GOOD, GOOD[4]]), "key", row=50),
        bad("rows gone since the last good read", book(grid=GOOD[:-3]), "rows|shrink", before=good),
        bad("an empty sheet", book(grid=[]), "empty|header"),
        bad("a header alone", book(grid=GOOD[:1]), "row"),
        bad("no byte", b"", "empty"),
        bad("cut short", good[: len(good) // 2], "damaged|zip|cut"),
        bad("its last bytes missing", good[:-30], "damaged|zip|cut"),
        bad("a byte changed inside", bytes(flipped), "damaged|zip|CRC"),
        bad(
            "a sheet that is not in the file",
            nameless if nameless != good else good[:100],
            "damaged|sheet|zip",
        ),
        bad("a password", encrypted(), "password"),
        bad("a page under the name of a workbook", html, "HTML"),
        bad(
            "a CSV under the name of a workbook",
            written(GOOD),
            "CSV|not a workbook|not an Excel|not Excel",
            right=MEANS,
        ),
        bad("a zip archive that is no workbook", zipped({"sales.csv": written(GOOD)}), "workbook|Excel|zip"),
        bad(
            "a Word document",
            zipped({"word/document.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}),
            "workbook|Excel|zip",
        ),
        broken("a workbook under the name of a CSV", good, "Excel|xlsx|workbook", right=MEANS),
    ]


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def clean() -> list[Case]:
    """Every clean workbook."""

    def good(name: str, content: bytes, *settings: str, means=MEANS, **rules: str) -> Case:
        return right(name, content, path=AT, declared=declared(*settings, **rules), right=means)

    def notes(made, page):
        made.create_sheet("Notes", 0)["A1"] = "How these numbers were made"

    def blank(made, page):
        made.create_sheet("Sheet2")

    def hide(_, page):
        for row in (5, 6, 7):
            page.row_dimensions[row].hidden = True
        page.auto_filter.ref = "A1:I49"

    def fancy(_, page):
        page["A1"].font = openpyxl.styles.Font(bold=True)
        page.freeze_panes = "A2"
        page.column_dimensions["A"].width = 30
        page["G3"].number_format = "#,##0"
        page["G4"].number_format = "0%"
        page["G3"].comment = openpyxl.comments.Comment("checked", "me")
        page["K3"] = "a remark beside the table"

    def beside(_, page):
        page.merge_cells("K1:M3")
        page["K1"] = "#DIV/0!"

    def styled(_, page):
        for row in range(50, 400):
            page.cell(row, 3).fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")

    def titled(_, page):
        page["A1"] = "Sales by month"

    texts = openpyxl.Workbook()
    for row in GOOD:
        texts.active.append(row)
    empty = (
        b"".join(b'<row r="%d" spans="1:9"/>' % n for n in range(50, 60)) + b'<row r="1048576"/></sheetData>'
    )
    cell = put(GOOD, 10, "segment", "#REF")
    return [
        good("plain", book()),
        good("everything typed as text", saved(texts)),
        good("formulas that Excel calculated", calculated()),
        good("dates counted from 1904", calculated(date_1904=True)),
        good("strings inside of cells", calculated(in_memory=True, strings_to_numbers=False)),
        good("memory-saving strings", calculated(constant_memory=True)),
        good("the sheet named", book(notes), 'format = { sheet = "Sales" }'),
        good("an empty second sheet", book(blank)),
        good("hidden and filtered rows", book(hide)),
        good("formats, comments, a frozen header", book(fancy)),
        good("merged cells and errors beside the table", book(beside)),
        good("coloured cells below the table", book(styled)),
        good("a row number of a million, all empty", in_sheet(book(), b"</sheetData>", empty)),
        good("a title above, as declared", book(titled, first=4), "format = { skip = 3 }"),
        good(
            "a total below, as declared",
            book(grid=[*GOOD, ["Total", *[""] * 5, "99999", "", ""]]),
            "format = { footer = 1 }",
        ),
        good("columns in another order", book(grid=[row[::-1] for row in GOOD])),
        good("a label that looks like an error", book(grid=cell), means=values(cell, SALES_COLUMNS)),
        good(
            "dates declared in another form",
            book(),
            month='type = "date", role = "period", format = "%d.%m.%Y"',
        ),
    ]
