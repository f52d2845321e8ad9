"""CSV, TSV and their kin: every cell as it is written, and each row where its header says."""

import csv
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NoReturn

import duckdb

from pmlib.data.declaration import Table
from pmlib.data.formats.plain import not_in, plain
from pmlib.data.part import Part, scratch
from pmlib.data.words import RENAMED, SOURCES, DataError, and_more, quoted, shown

SEPARATORS = (",", ";", "\t", "|")
GLOB = set("*?[]{}")
NOTES = 10  # lines of remarks that may stand below a table
LONGEST = 2_000_000  # characters of a row, beyond which DuckDB does not read on
csv.field_size_limit(1 << 27)


def open_(gate: duckdb.DuckDBPyConnection, file: Path, path: str, table: Table) -> list[Part]:
    """Open a text file with one row a line.

    The separator is the declared one, else the only one with which the header has the declared columns.

    Raises
    ------
    DataError : no text, no rows, a column twice, or a header that stands further down.
    """
    form = table.format
    text = plain(file, path, form, scratch(gate))
    first = form.skip + 1 + _empty(text.file, form.skip)
    separator, header = _header(text.file, path, table, first)
    names = [unicodedata.normalize("NFC", name.strip()) for name in form.header or header]
    said = list(text.said)
    if names != (form.header or header):
        said.append(RENAMED)
    if separator != (form.separator or ","):
        said.append(f"separated by {'tabs' if separator == chr(9) else shown(separator)}")
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"{path}, row 1: column {shown(twice)} stands there twice; rename or remove one")
    dialect = {"delimiter": separator, "strict": True}
    relation = gate.read_csv(
        _unglobbed(text.file, scratch(gate)),
        header=not form.header,
        skiprows=first - 1,
        sep=separator,
        quotechar='"',
        escapechar='"',
        auto_detect=False,
        columns={f"c{index}": "VARCHAR" for index in range(len(names))},
    )

    def explain() -> None:
        _explain(text.file, path, first, len(names), dialect)

    def locate(index: int) -> str:
        return _named(*_spot(text.file, first, index + (not form.header), dialect))

    return [Part(path, names, relation, locate, explain, tuple(said), f"row {first}", _ends(text.file))]


def _ends(file: Path) -> bool:
    with file.open("rb") as content:
        content.seek(-1, 2)
        return content.read() in (b"\n", b"\r")


def _unglobbed(file: Path, folder: Path) -> str:
    # DuckDB takes a name with a bracket in it for a pattern.
    if not GLOB & set(str(file)):
        return str(file)
    link = folder / f"{len(list(folder.iterdir()))}.txt"
    link.symlink_to(file)
    return str(link)


@contextmanager
def _opened(file: Path, first: int) -> Iterator[IO[str]]:
    with file.open(encoding="utf-8-sig", newline="", errors="replace") as lines:
        for _ in range(first - 1):
            lines.readline()
        yield lines


def _empty(file: Path, skip: int) -> int:
    """Count the empty lines that follow those to skip."""
    with _opened(file, skip + 1) as lines:
        return next((count for count, line in enumerate(lines) if line.strip()), 0)


def _header(file: Path, path: str, table: Table, first: int) -> tuple[str, list[str]]:
    form = table.format
    with _opened(file, first) as lines:
        start = lines.read(1 << 18)
    if not start.strip() and form.skip:
        raise DataError(
            f"{path}: nothing is left after the first {form.skip} lines; correct skip in {SOURCES}"
        )
    if not start.strip():
        raise DataError(f"{path}: the file is empty; put a header and rows in it")
    if form.header:
        return form.separator or _commonest(start), form.header
    tried = {
        separator: _record(start, separator)
        for separator in ([form.separator] if form.separator else SEPARATORS)
    }
    held = {separator: _held(header, table) for separator, header in tried.items()}
    best = max(held, key=lambda separator: held[separator])
    if held[best] < len(table.columns):
        _find_header(start, path, table, first)
        _refuse_none(start, path, table, first)
    if form.separator and len(tried[best]) == 1 < len(table.columns):
        found = f"the header holds no {shown(form.separator)}"
        raise DataError(f"{path}, row {first}: {found}; correct separator of format in {SOURCES}")
    return best, tried[best]


def _record(text: str, separator: str) -> list[str]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    try:
        return next((record for record in reader if record), [])
    except csv.Error:
        return []


def _held(header: list[str], table: Table) -> int:
    names = {unicodedata.normalize("NFC", name.strip()) for name in header}
    return len(names & set(table.columns))


def _commonest(text: str) -> str:
    return max(SEPARATORS, key=text[:4096].count)


def _find_header(text: str, path: str, table: Table, first: int) -> None:
    """Refuse a file whose header stands below titles, by the line that would accept it."""
    for row, line in enumerate(text.splitlines()[1:30], first + 1):
        if any(_held(_record(line, mark), table) == len(table.columns) for mark in SEPARATORS):
            raise DataError(
                f"{path}, row {row}: the header stands here, below what is no part of the table; "
                f"remove the rows above it, or set format = {{ skip = {row - 1} }} in {SOURCES}"
            )


def _refuse_none(text: str, path: str, table: Table, first: int) -> None:
    """Refuse a file that begins with its first row, by the line that would accept it."""
    for mark in SEPARATORS:
        record = _record(text, mark)
        if len(record) == len(table.columns) and not _held(record, table) and any(map(_is_number, record)):
            names = ", ".join(map(quoted, table.columns))
            raise DataError(
                f"{path}, row {first}: found {shown(record[0])} and a number where the header is due, as if "
                f"there were none; put one in, or if the columns are in this order, set "
                f"format = {{ header = [{names}] }} in {SOURCES}"
            )


def _is_number(cell: str) -> bool:
    try:
        return float(cell) > 0
    except ValueError:
        return False


def _spot(file: Path, first: int, index: int, dialect: dict[str, Any]) -> tuple[int, int]:
    """Find the row of a record, as a spreadsheet counts, and the line it starts at; empty lines count."""
    with _opened(file, first) as lines:
        row, start, filled = first - 1, first, -1
        reader = csv.reader(lines, **dialect)
        for record in reader:
            row += 1
            filled += bool(record)
            if filled == index:
                break
            start = first + reader.line_num
    return row, start


def _named(row: int, line: int) -> str:
    """Name a row by its line; and as a spreadsheet does, where a line break in a cell makes that another."""
    return f"row {line}" if row == line else f"row {line} ({row} in a spreadsheet)"


def _explain(file: Path, path: str, first: int, width: int, dialect: dict[str, Any]) -> None:
    """Find what keeps a file from being read: bytes, a quote, or rows of another length."""
    _check_bytes(file, path)
    ragged, whole_below = 0, False
    where, found = "", 0
    with _opened(file, first) as lines:
        reader = csv.reader(lines, **dialect)
        start = first
        try:
            for row, record in enumerate(reader, first):
                whole_below |= bool(ragged) and len(record) == width
                if record and len(record) != width:
                    ragged += 1
                    if ragged == 1:
                        where, found = _named(row, start), len(record)
                start = first + reader.line_num
        except csv.Error as error:
            _refuse_quote(path, start, error)
    is_cut = ragged == 1 and 1 < found < width and not whole_below and not _ends(file)
    if ragged:
        cells = f"{found} cell{'s' if found > 1 else ''}"
        problem = f"{cells} where the header has {width}{and_more(ragged - 1)}"
        remedy = "complete it" if found < width else "remove a cell, or quote text that holds a comma"
        if is_cut:
            remedy = "the file ends within this row, as if cut off; fetch or export it again"
        elif found < width and not whole_below and ragged <= NOTES:
            remedy += (
                f", or leave out what stands below the table: format = {{ footer = {ragged} }} in {SOURCES}"
            )
        raise DataError(f"{path}, {where}: {problem}; {remedy}")


def _refuse_quote(path: str, row: int, error: csv.Error) -> NoReturn:
    if "unexpected end" in str(error):
        raise DataError(f"{path}, row {row}: a quote opens here and is never closed; close or remove it")
    raise DataError(f"{path}, row {row}: not well-formed ({error}); double the quotes inside a quoted cell")


def _check_bytes(file: Path, path: str) -> None:
    row = 1
    with file.open("rb") as lines:
        for row, line in enumerate(lines, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise not_in("utf-8", row, path, error) from None
