"""What stands beside a page: Numbers as JSON, tables as CSV and as one XLSX without a live formula."""

import csv
import io
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from nbformat import NotebookNode

RESULT = "application/vnd.pmlib.result+json"
# What starts a formula in one spreadsheet or another: at the start of a text, or past what another country's
# spreadsheet takes for the end of a cell; spaces and quotes before it may be stripped.
SIGN = "=+\\-@＝＋－＠﹦﹢﹣﹫"
LIVE = re.compile(rf"(?:^|(?<=[;|\t\r\n]))(?=[\s\"'\ufeff\u200b-\u200f\u2060]*[{SIGN}])|^(?=[\t\r\n])")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FIXED = datetime(2000, 1, 1)  # a file's date of creation must not make two equal files differ
SHEET, CELL = 31, 32_767  # UTF-16 units that Excel takes in a sheet's name and in a cell
LONGEST = 60  # characters of a file's name; four bytes each at most, and a file system takes 255
RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.I)  # Windows keeps these for itself


def results(notebook: NotebookNode) -> list[dict[str, Any]]:
    """Collect what the results of a notebook say of themselves, in the order shown.

    A result shown twice is listed once; two that differ and share a name are told apart by a number. What an
    answer shows without repeating it below is listed after it.
    """
    return _distinct({**payload, "name": file_name(payload["name"])} for payload in _payloads(notebook))


def numbers(report: str, results: list[dict[str, Any]]) -> bytes:
    """Write numbers.json: the report's name and every Number, by name."""
    listed = _distinct(
        {key: _finite(value) for key, value in number.items()}
        for result in results
        for number in result["numbers"]
    )
    listed.sort(key=lambda number: number["name"])
    text = json.dumps({"report": report, "numbers": listed}, indent=1, sort_keys=True, ensure_ascii=False)
    return text.encode() + b"\n"


def tables(results: list[dict[str, Any]]) -> dict[str, bytes]:
    """Write a CSV of each result, in full precision."""
    return {f"{result['name']}.csv": _csv(result) for result in results if result["frame"]["columns"]}


def workbook(results: list[dict[str, Any]]) -> bytes:
    """Write all tables as one XLSX, a sheet each."""
    import xlsxwriter

    buffer, names = io.BytesIO(), set[str]()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": FIXED})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "quote_prefix": True})
        words = book.add_format({"quote_prefix": True})
        for result in results:
            if result["frame"]["columns"]:
                _sheet(book, book.add_worksheet(sheet_name(result["name"], names)), result, bold, words)
        if not names:
            book.add_worksheet("empty").write_string(0, 0, "This report has no tables.")
    return buffer.getvalue()


def sheet_name(name: str, taken: set[str]) -> str:
    """Make a legal sheet name that is not taken yet, whatever its case; notes it as taken."""
    legal = re.sub(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]", "_", name).strip("'") or "table"
    legal = f"{legal}_" if legal.lower() == "history" else legal  # Excel keeps that one for itself
    short = _cut(legal, SHEET).rstrip("'")
    number = 2
    while short.lower() in taken:
        short = _cut(legal, SHEET - len(f"_{number}")) + f"_{number}"
        number += 1
    taken.add(short.lower())
    return short


def inert(value: Any) -> Any:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    return LIVE.sub("'", value) if isinstance(value, str) else value


def file_name(name: str) -> str:
    """Make a name that is a file's on any system, and stays in its folder."""
    legal = re.sub(r"[^\w-]+", "_", unicodedata.normalize("NFKC", name)).strip("_")[:LONGEST] or "table"
    return f"{legal}_" if RESERVED.fullmatch(legal) else legal


def _payloads(notebook: NotebookNode) -> Iterator[dict[str, Any]]:
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            payload = output.get("data", {}).get(RESULT)
            if payload and payload["kind"] != "absent":
                yield payload
                if "lead" in payload:
                    yield payload["lead"]


def _distinct(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found, names = list[dict[str, Any]](), set[str]()
    for item in items:
        if item not in found:
            found.append(item)
    return [{**item, "name": unique(item["name"], names)} for item in found]


def unique(name: str, taken: set[str]) -> str:
    """Tell a name apart from those that are taken, whatever their case; notes it as taken."""
    free, number = name, 2
    while free.casefold() in taken:
        free, number = f"{name}_{number}", number + 1
    taken.add(free.casefold())
    return free


def _headings(result: dict[str, Any]) -> list[str]:
    taken = set[str]()
    return [unique(_heading(result, name), taken) for name in result["frame"]["columns"]]


def _heading(result: dict[str, Any], name: str) -> str:
    column = result["columns"].get(name)
    if not column:
        return name
    unit = (
        "fraction" if column["unit"] in ("%", "points") else column["unit"]
    )  # values are written as they are
    return f"{column['label']} ({unit})" if unit else column["label"]


def _csv(result: dict[str, Any]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(map(inert, _headings(result)))
    writer.writerows([inert(value) for value in row] for row in result["frame"]["data"])
    return text.getvalue().encode("utf-8-sig")  # Excel reads UTF-8 only where the mark says so


def _sheet(book: Any, sheet: Any, result: dict[str, Any], bold: Any, words: Any) -> None:
    rows = result["frame"]["data"]
    sheet.freeze_panes(1, 0)
    for at, (name, heading) in enumerate(zip(result["frame"]["columns"], _headings(result), strict=True)):
        values = [row[at] for row in rows]
        unit_and_digits = result["columns"].get(name, {})
        days = _are_days(values)
        style = book.add_format(
            {"num_format": "yyyy-mm-dd" if days else number_format(values, **unit_and_digits)}
        )
        sheet.write_string(0, at, _cut(heading, CELL), bold)
        longest = max((len(str(value)) for value in values if isinstance(value, str)), default=8)
        sheet.set_column(at, at, min(max(10, longest + 1), 48))
        if all(type(value) in (int, float) for value in values):  # most columns, and soon written
            for line, value in enumerate(values, start=1):
                sheet.write_number(line, at, value, style)
            continue
        for line, value in enumerate(values, start=1):
            value = date.fromisoformat(value) if days and value else value
            _write(sheet, line, at, value, words if isinstance(value, str) else style)


def _write(sheet: Any, line: int, at: int, value: Any, style: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(line, at, value)
    elif isinstance(value, date):
        sheet.write_datetime(line, at, datetime(value.year, value.month, value.day), style)
    elif isinstance(value, int | float):
        sheet.write_number(line, at, value, style)
    elif value is not None:
        # A string is no formula; its style's mark keeps it from becoming one when somebody edits the cell.
        sheet.write_string(line, at, _cut(str(value), CELL), style)


def _cut(text: str, most: int) -> str:
    return text.encode("utf-16-le", "replace")[: 2 * most].decode("utf-16-le", "ignore")


def number_format(values: list[Any], unit: str = "", digits: int | None = None, label: str = "") -> str:
    """Choose Excel's format for a column of this unit and these decimals."""
    whole = all(isinstance(value, int) for value in values if value is not None)
    places = "" if digits == 0 else "." + "0" * digits if digits else None
    if unit in ("%", "points"):
        return f"0{'.0' if places is None else places}%"
    if places is None:
        return "#,##0" if whole else "General"
    return f"#,##0{places}"


def _are_days(values: list[Any]) -> bool:
    known = [value for value in values if value is not None]
    try:  # Excel knows no day before 1900
        return bool(known) and all(DAY.fullmatch(v) and date.fromisoformat(v).year >= 1900 for v in known)
    except (TypeError, ValueError):
        return False


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
