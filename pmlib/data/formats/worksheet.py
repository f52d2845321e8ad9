"""The cells of a worksheet as stored: numbers, texts, dates, errors, and formulas without a result."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Literal, NamedTuple
from zipfile import ZipFile

from pmlib.data.formats.markup import steps

YES = ("1", "true")
Kind = Literal["text", "number", "percent", "truth", "date", "time", "error", "empty formula"]
Cell = tuple[int, Kind, str | datetime, bool]  # of a filled cell: column from 0, …, whether a formula gave it


class Row(NamedTuple):
    """A row with a filled cell; its number is the one that Excel shows."""

    number: int
    hidden: bool
    cells: list[Cell]


@dataclass
class Sheet:
    """A worksheet; its merged cells (top, left, bottom, right, as written) are known once it is read."""

    name: str
    part: str
    hidden: bool
    merged: list[tuple[int, int, int, int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Meanings:
    """What the cells of a workbook refer to: shared texts, what a style shows a number as, when day 0 was."""

    strings: list[str]
    styles: list[str]
    first_day: datetime


def rows(archive: ZipFile, sheet: Sheet, meanings: Meanings) -> Iterator[Row]:
    """Read the filled rows of a sheet, in bounded memory.

    Raises
    ------
    ValueError, LookupError, ExpatError : the sheet is damaged.
    """
    sheet.merged.clear()
    reader = _Rows(sheet, meanings)
    for _ in steps(archive, sheet.part, reader.start, reader.end, reader.text.append):
        yield from reader.ready
        reader.ready.clear()


class _Rows:
    """Gathers rows while the parser walks by; called for every tag, and so written for speed."""

    def __init__(self, sheet: Sheet, meanings: Meanings) -> None:
        self.sheet, self.meanings = sheet, meanings
        self.text = list[str]()  # pieces of the element being read
        self.ready = list[Row]()
        self.number, self.row = 0, "0"
        self.hidden = self.formula = self.phonetic = False
        self.cells = list[Cell]()
        self.last = -1
        self.cell: dict[str, str] = {}
        self.value = ""

    def start(self, name: str, found: dict[str, str]) -> None:
        if name == "v" or name == "t":
            self.text.clear()
        elif name == "c":
            self.cell, self.value, self.formula = found, "", False
        elif name == "row":
            self.row = row = found.get("r") or str(self.number + 1)
            if int(row) <= self.number:
                raise ValueError("rows out of order")
            self.number, self.cells, self.last = int(row), [], -1
            self.hidden = found.get("hidden") in YES
            self.text.clear()
        elif name == "f":
            self.formula = True
        elif name == "rPh":  # how a Japanese text is pronounced
            self.phonetic = True
        elif name == "mergeCell":
            first, _, last = found["ref"].partition(":")
            self.sheet.merged.append((*_place(first), *_place(last or first), found["ref"]))

    def end(self, name: str) -> None:
        if name == "v":
            self.value = "".join(self.text)
        elif name == "c":
            column = self.last + 1
            if "r" in self.cell:
                column = _column(self.cell["r"].removesuffix(self.row))  # fails where it names another row
            if column <= self.last:
                raise ValueError("cells out of order")
            self.last = column
            kind = self.cell.get("t")
            if self.value or (self.formula and kind != "str"):
                self.cells.append(self.filled(column, kind, self.value))
        elif name == "row":
            if self.cells:
                self.ready.append(Row(self.number, self.hidden, self.cells))
        elif name == "t":
            if not self.phonetic:
                self.value += "".join(self.text)
        elif name == "rPh":
            self.phonetic = False

    def filled(self, column: int, kind: str | None, value: str) -> Cell:
        if kind == "s" and value:
            return column, "text", self.meanings.strings[_index(value)], self.formula
        if not value:
            return column, "empty formula", "", True
        if kind is None or kind == "n":
            style = self.cell.get("s")
            shows = self.meanings.styles[_index(style)] if style and self.meanings.styles else ""
            if shows == "date":
                moment = _moment(value, self.meanings.first_day)
                return column, "date" if moment else "time", moment or plain(value), self.formula
            return column, "percent" if shows else "number", plain(value), self.formula
        if kind == "b":
            return column, "truth", "TRUE" if value == "1" else "FALSE", self.formula
        if kind == "e":
            return column, "error", value, self.formula
        if kind == "d":
            return column, "date", datetime.fromisoformat(value.removesuffix("Z")), self.formula
        return column, "text", unescaped(value), self.formula


@lru_cache(1 << 16)
def _index(value: str) -> int:
    """Read a place in a list of the workbook's; one below 0 would count from its end."""
    if not value.isdecimal():
        raise ValueError(f"no place in a list: {value}")
    return int(value)


def plain(value: str) -> str:
    """Write a stored number with the fewest digits that mean it: 12 for 12.0, 0.1 for 0.10000000000000001."""
    if value.isdecimal() and len(value) < 16:
        return value
    number = float(value)
    if number.is_integer() and abs(number) < 1e22:
        return str(int(number))
    return repr(number)


def unescaped(text: str) -> str:
    """Put characters in that Excel writes as _x000D_."""
    if "_x" not in text:
        return text
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


@lru_cache(1 << 16)
def _moment(value: str, first_day: datetime) -> datetime | None:
    """Find the moment that a serial number means; None for a time of day or for no day at all."""
    days = float(value)
    if not 1 <= days < 2_957_000:  # late in the year 9999
        return None
    if (
        first_day.year == 1899 and days < 61
    ):  # Lotus 1-2-3 had a 29 February 1900, and Excel keeps it as day 60
        if days >= 60:
            return None
        days += 1
    return first_day + timedelta(milliseconds=round(days * 86_400_000))


@cache
def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter) + 1
    if not 1 <= number <= 16_384:
        raise ValueError(f"no column {letters}")
    return number - 1


def _place(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    return int(reference[len(letters) :]), _column(letters)
