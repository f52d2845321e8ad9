"""From a file's bytes to checked columns: cells are read as text, then turned into what is declared."""

import csv
import gzip
import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from pmlib.data.declaration import SOURCES, DataError, Rule, Table, and_more, listed, meant, shown

# How a number is written, its name in an error, and the remedy. No separators, signs of money, inf or nan.
WRITTEN = {
    "number": (
        r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?",
        "a number",
        "write digits and a decimal point only, as in 1234.5",
    ),
    "integer": (
        r"[+-]?[0-9]{1,15}",  # a longer one is an id, and would lose digits
        "a whole number of at most 15 digits",
        "write digits only, as in 1234, or declare it as number or text",
    ),
    "year": (r"[12][0-9]{3}", "a year", "write four digits, as in 1990"),
}


@dataclass(frozen=True)
class Sheet:
    """The cells of one file as text, and where each row stands in it.

    path : as errors name it.
    cells : the column under each header, as text; a blank cell is "".
    text : the whole file, from which line numbers are counted when one is needed.
    """

    path: str
    cells: dict[str, tuple[str, ...]]
    text: str = field(repr=False)

    def row(self, index: int) -> int:
        """Find the line of a row, the header being line 1; quoted line breaks and empty lines count."""
        start, filled = 1, -1
        lines = csv.reader(io.StringIO(self.text, newline=""))
        for record in lines:
            filled += bool(record)
            if filled == index + 1:
                break
            start = lines.line_num + 1
        return start


def parse(content: bytes, path: str) -> Sheet:
    """Read a CSV file (UTF-8, comma, plain or gzip) without guessing at anything.

    Raises
    ------
    DataError : cannot be unpacked or decoded, is empty, repeats a column, or a row is short or long.
    """
    text = _text(content, path)
    try:
        # Not pandas' own reader: it fills short rows and shifts long ones without a word.
        records = [record for record in csv.reader(io.StringIO(text, newline=""), strict=True) if record]
    except csv.Error as error:
        problem = f"not a well-formed CSV ({error}); look for a quote that is not closed"
        raise DataError(f"{path}: {problem}") from None
    if not records:
        raise DataError(f"{path}: the file is empty; put a header and rows in it")
    header, *rows = records
    for name in header:
        if header.count(name) > 1:
            raise DataError(f"{path}, row 1: column {shown(name)} stands there twice; rename or remove one")
    if not rows:
        raise DataError(f"{path}: there is a header but no row; export the table again")
    ragged = [index for index, row in enumerate(rows) if len(row) != len(header)]
    if ragged:
        found, where = len(rows[ragged[0]]), Sheet(path, {}, text).row(ragged[0])
        cells = "1 cell" if found == 1 else f"{found} cells"
        problem = f"{cells} where the header has {len(header)}{and_more(len(ragged) - 1)}"
        remedy = "complete it" if found < len(header) else "remove a cell, or quote text that holds a comma"
        raise DataError(f"{path}, row {where}: {problem}; {remedy}")
    return Sheet(path, dict(zip(header, zip(*rows, strict=True), strict=True)), text)


def _text(content: bytes, path: str) -> str:
    try:
        if path.endswith(".gz"):
            content = gzip.decompress(content)
        return content.decode("utf-8-sig")
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise DataError(f"{path} is damaged or not gzip; fetch the file again") from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = shown(content[error.start : error.end])
        raise DataError(f"{path}, row {line}: found {found}, not UTF-8; save the file as UTF-8") from None


def typed(sheet: Sheet, table: Table) -> pd.DataFrame:
    """Turn the declared columns of a sheet into their types; leave the others out.

    Raises
    ------
    DataError : a column is missing; a cell is blank, ill-typed, out of range or not allowed; a key repeats.
    """
    for name in table.columns:
        if name not in sheet.cells:
            problem = f"column {shown(name)} is missing; {meant(name, sheet.cells, 'the header has')}"
            raise DataError(f"{sheet.path}, row 1: {problem}; correct it, or columns in {SOURCES}")
    frame = pd.DataFrame({name: _column(sheet, table, name, rule) for name, rule in table.columns.items()})
    _check_key(sheet, table, frame)
    return frame


def _column(sheet: Sheet, table: Table, name: str, rule: Rule) -> pd.Series:
    cells = pd.Series(sheet.cells[name], dtype="str")

    def refuse(bad: pd.Series, wrong: str, remedy: str) -> None:
        rows = np.flatnonzero(bad.reindex(cells.index, fill_value=False))
        if len(rows):
            where = f"{sheet.path}, row {sheet.row(rows[0])}, column {shown(name)}"
            found = f"found {shown(cells[rows[0]])}, {wrong}{and_more(len(rows) - 1)}"
            raise DataError(f"{where}: {found}; {remedy}")

    missing = cells.str.strip().isin(["", *table.na])
    if not rule.nullable:
        refuse(missing, "a missing value", f"fill it, or allow it with nullable = true in {SOURCES}")
    known = cells[~missing]
    if rule.type in ("text", "category", "flag"):
        padded = known.str.strip() != known
        refuse(padded, "with space around it, which makes it another label", "remove the spaces")
    if rule.allowed:
        wrong = f"not one of {listed(rule.allowed)}"
        refuse(~known.isin(rule.allowed), wrong, f"correct it, or values in {SOURCES}")
    values = _converted(known, rule, refuse)
    if rule.range:
        low, high = rule.range
        refuse(values < low, f"below {low:.15g}", f"correct it, or range in {SOURCES}")
        refuse(values > high, f"above {high:.15g}", f"correct it, or range in {SOURCES}")
    if rule.nullable and values.dtype.kind == "i":
        values = values.astype(float)  # whether or not this file has a blank
    return (values * rule.scale if rule.scale != 1 else values).reindex(cells.index)


def _converted(known: pd.Series, rule: Rule, refuse: Callable[[pd.Series, str, str], None]) -> pd.Series:
    match rule.type:
        case "text":
            return known
        case "category":
            labels = rule.allowed or known.unique()
            return known.astype(pd.CategoricalDtype(labels, ordered=bool(rule.allowed)))
        case "flag":
            return known.eq(rule.allowed[1]).astype("int64")
        case "date":
            dates = pd.to_datetime(known, format=rule.format, errors="coerce")
            example = date(1990, 12, 31).strftime(rule.format)
            remedy = f"write dates as {example}, or set format in {SOURCES}"
            refuse(dates.isna(), "not a date", remedy)
            return dates
    pattern, is_a, remedy = WRITTEN[rule.type]
    known = known.str.strip()
    refuse(~known.str.fullmatch(pattern), f"not {is_a}", remedy)
    values = known.astype(float)
    refuse(np.isinf(values), "too large for a number", "correct it")
    return values if rule.type == "number" else values.astype("int64")


def _check_key(sheet: Sheet, table: Table, frame: pd.DataFrame) -> None:
    twins = np.flatnonzero(frame.duplicated(table.unique)) if table.unique else np.array([], int)
    if len(twins) == 0:
        return
    second = twins[0]
    group = frame.groupby(table.unique, observed=True).ngroup()
    first = np.flatnonzero(group == group[second])[0]
    found = ", ".join(shown(sheet.cells[name][second]) for name in table.unique)
    raise DataError(
        f"{sheet.path}, rows {sheet.row(first)} and {sheet.row(second)}: "
        f"the same {' and '.join(table.unique)} ({found}){and_more(len(twins) - 1)}; "
        f"keep one row, or correct key in {SOURCES}"
    )
