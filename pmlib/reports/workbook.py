"""All tables of a report as one XLSX: a sheet each, written as on the page, and not one live formula."""

import io
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from pmlib.reports.export import unique
from pmlib.visible import visible

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FIXED = datetime(2000, 1, 1)  # a file's date of creation must not make two equal files differ
SHEET, CELL = 31, 32_767  # UTF-16 units that Excel takes in a sheet's name and in a cell
ROWS, COLUMNS = 1_048_575, 16_384  # that a sheet holds, below its header
CONTENTS = "Contents"
OF_DATES = {"%Y": "yyyy", "%b %Y": "mmm yyyy"}  # as pages write dates, and as Excel says it
MINUS = "−"  # as pages write it
UNITS = {
    "%": "a fraction, shown as a percentage",
    "points": "a difference of two fractions, shown in percentage points",
}
ENDS = ("low", "high")  # how names of an interval's columns begin
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(results: list[dict[str, Any]], title: str = "", about: Iterable[str] = ()) -> bytes:
    """Write all tables as one XLSX, a sheet each, and before them a sheet that lists them.

    Parameters
    ----------
    results : what the results of a notebook say of themselves, each named once.
    title : the report's. about : lines below it, such as how far its data reach.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    held = [result for result in results if result["frame"]["columns"]]
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        book.set_properties({"created": FIXED})
        words = book.add_format({"quote_prefix": True})
        taken = {CONTENTS.casefold()}
        names = [sheet_name(result["name"], taken) for result in held]
        _contents(book, book.add_worksheet(CONTENTS), held, names, [title, *about], words)
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "quote_prefix": True})
        for result, name in zip(held, names, strict=True):
            _sheet(book, book.add_worksheet(name), result, bold, words)
    return buffer.getvalue()


def sheet_name(name: str, taken: set[str]) -> str:
    """Make a legal sheet name that is not taken yet, whatever its case; notes it as taken."""
    legal = re.sub(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]", "_", name).strip("'") or "table"
    legal = f"{legal}_" if legal.lower() == "history" else legal  # Excel keeps that one for itself
    short = cut(legal, SHEET).rstrip("'")
    number = 2
    while short.lower() in taken:
        short = cut(legal, SHEET - len(f"_{number}")) + f"_{number}"
        number += 1
    taken.add(short.lower())
    return short


def number_format(values: list[Any], unit: str = "", digits: int | None = None) -> str:
    """Choose Excel's format for a column of this unit and these decimals: true minus, and points signed."""
    known = [value for value in values if value is not None]
    places = "" if digits == 0 else "." + "0" * digits if digits else None
    if unit in ("%", "points"):
        form = f"0{'.0' if places is None else places}%"
        form = f'{form}" pts"' if unit == "points" else form
    elif places is None and not all(isinstance(value, int) for value in known):
        return "General"
    else:
        form = f"#,##0{places or ''}"
    if unit == "points":
        return f"+{form};{MINUS}{form};{form}"
    return f"{form};{MINUS}{form}" if min(known, default=0) < 0 else form


def cut(text: str, most: int) -> str:
    """Cut a text so that it takes so many UTF-16 units at most."""
    return text.encode("utf-16-le", "replace")[: 2 * most].decode("utf-16-le", "ignore")


def _contents(
    book: Any, sheet: Any, results: list[dict[str, Any]], names: list[str], head: list[str], words: Any
) -> None:
    """List the sheets: name, title, finding, source, rows; the names lead there."""
    bold = book.add_format({"bold": True, "quote_prefix": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
    link = book.add_format({"font_color": "#2a4fb0", "underline": 1, "valign": "top", "quote_prefix": True})
    count = book.add_format({"num_format": "#,##0", "valign": "top"})
    said = list(filter(None, [*head, "" if results else "This report has no tables."]))
    for line, text in enumerate(said):
        sheet.write_string(line, 0, cut(text, CELL), words if line else bold)
    top = len(said) + bool(said)
    for at, (label, width) in enumerate(
        (("Sheet", 28), ("Title", 44), ("Finding", 80), ("Source", 60), ("Rows", 10))
    ):
        sheet.write_string(top, at, label, bold)
        sheet.set_column(at, at, width)
    for line, (result, name) in enumerate(zip(results, names, strict=True), top + 1):
        quoted = name.replace("'", "''")
        sheet.write_url(line, 0, f"internal:'{quoted}'!A1", link, name)
        for at, key in enumerate(("title", "finding", "source"), 1):
            sheet.write_string(line, at, cut(str(result.get(key, "")), CELL), wrapped)
        rows, columns = len(result["frame"]["data"]), len(result["frame"]["columns"])
        sheet.write_number(line, 4, rows, count)
        if rows > ROWS or columns > COLUMNS:
            sheet.write_string(line, 5, "More than a sheet holds: all of it is in the CSV.", words)
    sheet.freeze_panes(top + 1, 0)


def _sheet(book: Any, sheet: Any, result: dict[str, Any], bold: Any, words: Any) -> None:
    rows, columns = result["frame"]["data"][:ROWS], result["frame"]["columns"][:COLUMNS]
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
    for at, (name, heading) in enumerate(zip(columns, _headings(result), strict=False)):
        values = [row[at] for row in rows]
        style, days = _style(book, values, result, name)
        sheet.write_string(0, at, cut(heading, CELL), bold)
        sheet.write_comment(0, at, _note(result, name), {"author": "", "x_scale": 2})
        longest = max((len(str(value)) for value in values if isinstance(value, str)), default=8)
        sheet.set_column(at, at, min(max(10, longest + 1), 48))
        if all(type(value) in (int, float) for value in values):  # most columns, and soon written
            for line, value in enumerate(values, start=1):
                sheet.write_number(line, at, value, style)
            continue
        for line, value in enumerate(values, start=1):
            value = date.fromisoformat(value) if days and value else value
            _write(sheet, line, at, value, words if isinstance(value, str) else style)


def _style(book: Any, values: list[Any], result: dict[str, Any], name: str) -> tuple[Any, bool]:
    """Format a column as the page writes it; also tells whether it holds days."""
    declared, form = result["columns"].get(name, {}), _form(result, name)
    if _are_days(values):
        return book.add_format({"num_format": OF_DATES.get(str(form), "yyyy-mm-dd")}), True
    if not all(value is None or isinstance(value, int | float) for value in values):
        return book.add_format(), False
    digits = form if isinstance(form, int) else declared.get("digits")
    return book.add_format({"num_format": number_format(values, declared.get("unit", ""), digits)}), False


def _headings(result: dict[str, Any]) -> list[str]:
    """Name the columns as the page's table does; what it does not show has its own name."""
    taken, table = set[str](), result.get("table") or {"names": [], "heads": []}
    heads = dict(zip(table["names"], table["heads"], strict=True))
    return [unique(heads.get(name) or _label(result, name), taken) for name in result["frame"]["columns"]]


def _label(result: dict[str, Any], name: str) -> str:
    column = result["columns"].get(name)
    if not column:
        return name
    return f"{column['label']} ({column['unit']})" if column["unit"] else str(column["label"])


def _form(result: dict[str, Any], name: str) -> int | str | None:
    """Tell how the page's table writes a column (see pmlib.table.shown)."""
    table = result.get("table") or {"names": [], "forms": []}
    found: dict[str, int | str | None] = dict(zip(table["names"], table["forms"], strict=True))
    return found.get(name)


def _note(result: dict[str, Any], name: str) -> str:
    """Say what a column is: its label, its unit, its name in the data, and of which interval it is an end."""
    column = result["columns"].get(name, {})
    unit = column.get("unit", "")
    levels = {number["level"] for number in result["numbers"] if number.get("level")}
    lines = [column.get("label", ""), f"Unit: {UNITS.get(unit, unit)}" if unit else "", f"Column: {name}"]
    if name.lower().startswith(ENDS) and len(levels) == 1:
        lines.append(f"An end of the {round(100 * levels.pop(), 6):g}% interval")
    return cut("\n".join(visible(line) for line in lines if line), CELL)


def _write(sheet: Any, line: int, at: int, value: Any, style: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(line, at, value)
    elif isinstance(value, date):
        sheet.write_datetime(line, at, datetime(value.year, value.month, value.day), style)
    elif isinstance(value, int | float):
        sheet.write_number(line, at, value, style)
    elif value is not None:
        # A string is no formula; its style's mark keeps it from becoming one when somebody edits the cell.
        sheet.write_string(line, at, cut(str(value), CELL), style)


def _are_days(values: list[Any]) -> bool:
    known = [value for value in values if value is not None]
    try:  # Excel knows no day before 1900
        return bool(known) and all(DAY.fullmatch(v) and date.fromisoformat(v).year >= 1900 for v in known)
    except (TypeError, ValueError):
        return False
