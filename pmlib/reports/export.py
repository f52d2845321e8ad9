"""What stands beside a page: Numbers as JSON, and tables as CSV that no spreadsheet runs."""

import csv
import io
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from nbformat import NotebookNode

RESULT = "application/vnd.pmlib.result+json"
# What starts a formula in one spreadsheet or another: at the start of a text, or past what another country's
# spreadsheet takes for the end of a cell; spaces and quotes before it may be stripped.
SIGN = "=+\\-@＝＋－＠﹦﹢﹣﹫"
LIVE = re.compile(rf"(?:^|(?<=[;|\t\r\n]))(?=[\s\"'\ufeff\u200b-\u200f\u2060]*[{SIGN}])|^(?=[\t\r\n])")
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
    """Number a name that is taken, whatever its case; notes it as taken."""
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


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
