"""An .xlsx file as a zip archive of XML: read in one pass, so that what is checked is what is read."""

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from pmlib.data.formats.markup import walk
from pmlib.data.formats.worksheet import YES, Meanings, Row, Sheet, rows, unescaped
from pmlib.data.words import DataError

# Sheets unpack to 10 to 40 times their size. A part that is large and unpacks to more than this is a bomb.
LARGE = 20 << 20  # bytes
GROWTH = 100
MOST = 2 << 30  # bytes that any part may unpack to
PARTS = 10_000

# ECMA-376 part 1, 18.8.30: formats that are known by number; 27 to 36 and 50 to 58 are dates in East Asia.
DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
PERCENT = {9, 10}
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|general', re.IGNORECASE)


@dataclass(frozen=True)
class Workbook:
    """An opened workbook.

    uncalculated : whether a program wrote it and asks Excel to work out its formulas.
    """

    path: str
    archive: ZipFile
    sheets: list[Sheet]
    meanings: Meanings
    uncalculated: bool

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        """Read the filled rows of a sheet."""
        with _whole(self.path):
            yield from rows(self.archive, sheet, self.meanings)


@contextmanager
def opened(file: Path, path: str) -> Iterator[Workbook]:
    """Open an .xlsx or .xlsm file, for as long as its rows are read.

    Raises
    ------
    DataError : damaged, locked by a password, no workbook, or a bomb.
    """
    with _whole(path):
        archive = ZipFile(file)
    with archive:
        archive.filename = path  # as errors name it
        with _whole(path):
            _check(archive, path)
            book = _workbook(archive, path)
        yield book


@contextmanager
def _whole(path: str) -> Iterator[None]:
    try:
        yield
    except DataError:
        raise
    except (
        *(BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError),
        *(expat.ExpatError, ValueError, LookupError, ArithmeticError),
    ):
        raise DataError(f"{path} is a damaged zip archive, or cut off; fetch or save it again") from None


def _check(archive: ZipFile, path: str) -> None:
    parts = archive.infolist()
    if len(parts) > PARTS:
        raise DataError(f"{path} is made of {len(parts):,} parts, as no table is; save the table again")
    if any(part.flag_bits & 1 for part in parts):
        raise DataError(f"{path} is locked by a password; save it without one")
    for (
        part
    ) in parts:  # one that unpacks to more than it says here fails by its checksum, once that much is read
        if part.file_size > max(LARGE, min(MOST, GROWTH * part.compress_size)):
            size = f"{part.file_size >> 20:,} MB from {part.compress_size >> 10:,} kB"
            raise DataError(f"{path}: {part.filename} would unpack to {size}; save the table again")
    if "xl/workbook.xml" not in archive.namelist():
        raise DataError(f"{path} is a zip archive without an Excel workbook; save the table as .xlsx")


def _workbook(archive: ZipFile, path: str) -> Workbook:
    targets, sheets, properties = dict[str, str](), list[Sheet](), dict[str, str]()

    def link(name: str, found: dict[str, str]) -> None:
        if name == "Relationship" and found["Type"].endswith("/worksheet"):
            target = found["Target"]
            targets[found["Id"]] = target[1:] if target.startswith("/") else f"xl/{target}"

    def part(name: str, found: dict[str, str]) -> None:
        if name in ("workbookPr", "calcPr"):
            properties.update(found)
        elif name == "sheet":
            link = next(value for key, value in found.items() if key.endswith(":id"))
            if link in targets:  # else it is a chart that fills a sheet
                hidden = found.get("state", "visible") != "visible"
                sheets.append(Sheet(found["name"], targets[link], hidden))

    walk(archive, "xl/_rels/workbook.xml.rels", link)
    walk(archive, "xl/workbook.xml", part)
    names = archive.namelist()
    meanings = Meanings(
        _strings(archive) if "xl/sharedStrings.xml" in names else [],
        _styles(archive) if "xl/styles.xml" in names else [],
        datetime(1904, 1, 1) if properties.get("date1904") in YES else datetime(1899, 12, 30),
    )
    return Workbook(path, archive, sheets, meanings, properties.get("fullCalcOnLoad") in YES)


def _strings(archive: ZipFile) -> list[str]:
    """Read the texts that cells share, each perhaps in several runs of differing fonts."""
    strings, runs, pieces, phonetic = list[str](), list[str](), list[str](), False

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal phonetic
        if name == "t":
            pieces.clear()
        elif name == "si":
            runs.clear()
        elif name == "rPh":
            phonetic = True

    def end(name: str) -> None:
        nonlocal phonetic
        if name == "t" and not phonetic:
            runs.append("".join(pieces))
        elif name == "si":
            strings.append(unescaped("".join(runs)))
        elif name == "rPh":
            phonetic = False

    walk(archive, "xl/sharedStrings.xml", start, end, pieces.append)
    return strings


def _styles(archive: ZipFile) -> list[str]:
    """Say of each style of cells whether it shows a number as a "date" or a "percent", or neither ("")."""
    codes, styles, inside = dict[str, str](), list[str](), False

    def start(name: str, found: dict[str, str]) -> None:
        nonlocal inside
        if name == "numFmt":
            codes[found["numFmtId"]] = found["formatCode"]
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            styles.append(_shows(found.get("numFmtId", "0"), codes))

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    walk(archive, "xl/styles.xml", start, end)
    return styles


def _shows(number: str, codes: dict[str, str]) -> str:
    if number not in codes:
        return "date" if int(number) in DATES else "percent" if int(number) in PERCENT else ""
    code = LITERAL.sub("", codes[number]).lower()
    return "date" if re.search("[ymdhs]", code) else "percent" if "%" in code else ""
