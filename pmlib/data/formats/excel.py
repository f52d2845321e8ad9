"""Workbooks of Excel: one sheet becomes rows of text, as its columns are declared."""

import json
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

import duckdb
import pyarrow as pa

from pmlib.data.declaration import Table
from pmlib.data.formats.excel_cells import WRONG, Column, Problem
from pmlib.data.formats.workbook import Workbook, opened
from pmlib.data.formats.worksheet import Cell, Row, Sheet
from pmlib.data.part import Part
from pmlib.data.words import RENAMED, SOURCES, DataError, and_more, listed, meant, shown

OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # how the older .xls starts, and any workbook with a password
TITLES = 30  # rows in which a header is looked for that is not where it should be
FAR = (100_000, 1000)  # rows below and columns right of the table, beyond which no one puts a remark
MOST = 30_000_000  # cells; a full sheet of 28 columns
BATCH = 200_000  # cells held as Python objects


def open_(gate: duckdb.DuckDBPyConnection, file: Path, path: str, table: Table) -> list[Part]:
    """Open the declared sheet of an .xlsx or .xlsm file.

    A number is written with its fewest digits, a date in the column's format, a truth as TRUE or FALSE (1 or
    0 in a flag that declares no values). Rows without a cell under the header are left out, hidden ones not.

    Raises
    ------
    DataError : no such workbook or sheet; or a declared column has an error, a formula without its result,
        merged cells, a date where none is declared, text among dates, or an id that has lost digits.
    """
    with file.open("rb") as content:
        start = content.read(512)
    if not start.startswith(b"PK"):
        raise DataError(f"{path} {_instead(start, file)}")
    with opened(file, path) as book:
        return [_Reader(book, _chosen(book, table.format.sheet), table).part(gate)]


def _instead(start: bytes, file: Path) -> str:
    if not start:
        return "is empty, it has no byte; save or fetch it again"
    if start.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in file.read_bytes():
        return "is locked by a password; save it without one"
    if start.startswith(OLE):
        return "is an older workbook (.xls), which does not tell errors from blanks; save it as .xlsx"
    if start.lstrip().lower().startswith((b"<!doctype", b"<html", b"<head", b"<body", b"<table")):
        return (
            "is not an Excel workbook but a web page (HTML), perhaps of an error or a login; fetch it again"
        )
    return f"is not an Excel workbook, it starts with {shown(start[:8])}; name it by what it is, such as .csv"


def _chosen(book: Workbook, name: str) -> Sheet:
    if name:
        for sheet in book.sheets:
            if sheet.name == name:
                return sheet
        there = meant(name, [sheet.name for sheet in book.sheets])
        raise DataError(f"{book.path} has no sheet {shown(name)}; {there}; correct sheet in {SOURCES}")
    filled = [sheet for sheet in book.sheets if next(book.rows(sheet), None)]
    if not filled:
        raise DataError(f"{book.path}: every sheet is empty; put a header and rows in one, and save it again")
    visible = [sheet for sheet in filled if not sheet.hidden]
    if len(visible) == 1:
        return visible[0]
    names = [sheet.name for sheet in visible or filled]
    which = f"{len(names)} sheets with data" if visible else "data on hidden sheets only"
    raise DataError(f"{book.path} has {which}: {listed(names)}; say which in {_line('sheet', names[0])}")


def _line(setting: str, value: str | int) -> str:
    return f"{SOURCES}, as in format = {{ {setting} = {json.dumps(value, ensure_ascii=False)} }}"


def _name(cell: Cell) -> str:
    text = cell[2].isoformat()[:10] if isinstance(cell[2], datetime) else cell[2]
    return unicodedata.normalize("NFC", text).strip()


class _Reader:
    """Turns the rows of one sheet into a Part."""

    def __init__(self, book: Workbook, sheet: Sheet, table: Table) -> None:
        self.book, self.sheet, self.table = book, sheet, table
        self.path = f"{book.path}, sheet {shown(sheet.name)}"
        self.rules = {unicodedata.normalize("NFC", name): rule for name, rule in table.columns.items()}
        self.beside = list[Problem]()
        self.numbers = list[int]()  # of the rows, as Excel shows them
        self.hidden = 0
        self.renamed = False
        rows = (row for row in book.rows(sheet) if row.number > table.format.skip)
        self.header, self.columns, self.rows = self._header(rows)

    def part(self, gate: duckdb.DuckDBPyConnection) -> Part:
        """Read all rows and refuse the first wrong cell."""
        schema = pa.schema([(f"c{index}", pa.string()) for index in range(len(self.columns))])
        cells = pa.Table.from_batches(self._batches(schema), schema)
        kept = max(0, len(self.numbers) - self.table.format.footer)
        numbers = self.numbers[:kept]
        self._refuse(numbers[-1] if numbers else self.header)
        said = [f"sheet {shown(self.sheet.name)} is hidden"] if self.sheet.hidden else []
        if self.renamed:
            said.append(RENAMED)
        if self.hidden:
            said.append(f"{self.hidden:,} hidden or filtered rows are read too")
        return Part(
            self.path,
            [column.name for column in self.columns.values()],
            gate.from_arrow(cells.slice(0, kept)),
            lambda index: f"row {numbers[index]}",
            said=tuple(said),
            header="" if self.table.format.header else f"row {self.header}",
        )

    def _header(self, rows: Iterator[Row]) -> tuple[int, dict[int, Column], Iterator[Row]]:
        """Find the header's row, the columns by their place, and the rows that follow."""
        if names := self.table.format.header:
            return self.table.format.skip, self._columns(dict(enumerate(names)), 0), rows
        first = next(rows, None)
        if first is None:
            remedy = f"put a header and rows in it, or correct skip in {SOURCES}"
            raise DataError(f"{self.path}: the sheet is empty; {remedy}")
        found = {cell[0]: name for cell in first.cells if (name := _name(cell))}
        self.renamed = any(
            name != cell[2] for cell in first.cells if cell[1] == "text" and (name := _name(cell))
        )
        looked = list(islice(rows, TITLES))
        for row in [] if self.rules.keys() <= set(found.values()) else looked:
            if self.rules.keys() <= {_name(cell) for cell in row.cells}:
                wrong = f"the header stands in row {row.number}, not in row {first.number}"
                raise DataError(f"{self.path}: {wrong}; say so in {_line('skip', row.number - 1)}")
        return first.number, self._columns(found, first.number), chain(looked, rows)

    def _columns(self, names: dict[int, str], row: int) -> dict[int, Column]:
        columns: dict[str, Column] = {}
        for name in names.values():
            if name in columns:
                twice = f"column {shown(name)} stands there twice; rename or remove one"
                raise DataError(f"{self.path}, row {row}: {twice}")
            columns[name] = Column(name, self.rules.get(name), self.table, self.book.uncalculated)
        return dict(zip(names, columns.values(), strict=True))

    def _batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        width, lines = len(self.columns), list[list[str | None]]()
        for line in self._lines():
            lines.append(line)
            if len(lines) * width > BATCH:
                yield _batch(lines, schema)
                lines.clear()
            if len(self.numbers) * width > MOST:
                remedy = "save it as CSV or Parquet, or leave out the columns that nobody needs"
                raise DataError(f"{self.path} has more than {MOST:,} cells; {remedy}")
        if lines:
            yield _batch(lines, schema)

    def _lines(self) -> Iterator[list[str | None]]:
        columns = {
            place: (index, column, column.easy) for index, (place, column) in enumerate(self.columns.items())
        }
        width, last = len(columns), self.header
        for number, hidden, cells in self.rows:
            line: list[str | None] = [None] * width
            for cell in cells:
                place, kind, value, formula = cell
                if place not in columns:
                    self._not_under_header(number, last, cell)
                    continue
                index, column, easy = columns[place]
                line[index] = value if kind in easy and not formula else column.text(number, cell)  # type: ignore[assignment]
            if any(line):
                if number > last + FAR[0]:
                    self.beside.append(Problem(number, "", cells[0][2], "far"))
                self.numbers.append(number)
                self.hidden += hidden
                last = number
                yield line

    def _not_under_header(self, number: int, last: int, cell: Cell) -> None:
        end = max(self.columns, default=0)
        if number > last + FAR[0] or cell[0] > end + FAR[1]:
            self.beside.append(Problem(number, "", cell[2], "far"))
        elif cell[0] == end + 1:  # where a cell lands that slipped to the right
            self.beside.append(Problem(number, "", cell[2], "beside"))

    def _refuse(self, last: int) -> None:
        """Refuse the first wrong cell; what stands below the last row is a footer's."""
        problems = [*self._merged(last), *self.beside]
        for column in self.columns.values():
            problems += column.problems
        problems = [problem for problem in problems if problem.row <= last or problem.what == "far"]
        if problems:
            first = min(problems, key=lambda problem: problem.row)
            alike = sum(problem.what == first.what for problem in problems)
            raise DataError(f"{self.path}, {first}{and_more(alike - 1)}; {WRONG[first.what][1]}")

    def _merged(self, last: int) -> Iterator[Problem]:
        for top, left, bottom, right, area in self.sheet.merged:
            names = [
                each.name for place, each in self.columns.items() if each.rule and left <= place <= right
            ]
            if names and bottom > self.header and top <= last and (top, left) != (bottom, right):
                yield Problem(max(top, self.header + 1), names[0], area, "merged")


def _batch(lines: list[list[str | None]], schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array(cells, pa.string()) for cells in zip(*lines, strict=True)], schema=schema
    )
