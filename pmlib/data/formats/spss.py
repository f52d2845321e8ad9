"""SPSS files: labels where text is declared, numbers and dates where these are, missing answers as blanks."""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pmlib.data.declaration import Table
from pmlib.data.formats.worksheet import plain
from pmlib.data.part import Part
from pmlib.data.roles import LABELS
from pmlib.data.words import SOURCES, DataError, shown

TYPES = {float: pa.float64(), str: pa.string(), datetime: pa.timestamp("us"), date: pa.date32()}


def open_(gate: duckdb.DuckDBPyConnection, file: Path, path: str, table: Table) -> list[Part]:
    """Open a .sav or .zsav file.

    An answer is its label where labels are declared (text, a category, a flag); one that the file calls
    missing is blank.

    Raises
    ------
    DataError : pyreadstat is not installed, or the file is damaged or in another encoding; in a declared
        column of labels, two answers share a label, or an id has lost digits.
    """
    values, meta = _read(file, path, table.format.encoding)
    names = [unicodedata.normalize("NFC", name).strip() for name in values]
    arrays, said = [], list[str]()
    for name, given in zip(names, values, strict=True):
        cells = [None if cell == "" else cell for cell in values[given]]
        known = [None if _missing(cell, meta.missing_ranges.get(given, [])) else cell for cell in cells]
        if blanked := known.count(None) - cells.count(None):
            said.append(f"{blanked:,} answers of {shown(name)}, which the file declares missing, are blank")
        labels = meta.variable_value_labels.get(given, {})
        rule = table.columns.get(name)
        if rule.type in LABELS if rule else labels:
            known = _labelled(known, labels, f"{path}, column {shown(name)}")
        arrays.append(_array(known))
    cells = pa.table(arrays, [f"c{index}" for index in range(len(names))])
    return [Part(path, names, gate.from_arrow(cells), lambda index: f"row {index + 1}", said=tuple(said))]


def _read(file: Path, path: str, encoding: str) -> tuple[dict[str, list[Any]], Any]:
    try:
        import pyreadstat
    except ImportError:
        raise DataError(f'{path} needs pyreadstat; install it: pip install "pmlib[spss]"') from None
    try:
        found: tuple[dict[str, list[Any]], Any] = pyreadstat.read_sav(
            file, encoding=encoding or None, user_missing=True, output_format="dict"
        )
    except Exception as error:  # its own class derives from Exception alone, and it raises others too
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        remedy = f"save it again, or set encoding in {SOURCES} if it is in another one"
        raise DataError(f"{path} is a damaged SPSS file, or none ({why}); {remedy}") from None
    return found


def _missing(cell: Any, ranges: Sequence[dict[str, Any]]) -> bool:
    return cell is not None and any(
        isinstance(cell, type(each["lo"])) and each["lo"] <= cell <= each["hi"] for each in ranges
    )


def _labelled(cells: list[Any], labels: dict[Any, str], where: str) -> list[str | None]:
    """Put labels for codes; a code without one stays as it is written."""
    codes = {cell: labels.get(cell) or _written(cell) for cell in set(cells) if cell is not None}
    for code, label in codes.items():
        twins = [shown(_written(other)) for other, its in codes.items() if its == label]
        if len(twins) > 1:
            wrong = f"found {shown(label)} as the label of {' and '.join(sorted(twins))}"
            raise DataError(
                f"{where}: {wrong}; give each its own, or declare the column as number in {SOURCES}"
            )
        if isinstance(code, float) and abs(code) >= 1e15 and code not in labels:
            wrong = f"found {shown(label)}, a number of over 15 digits, of which SPSS keeps 15"
            raise DataError(f"{where}: {wrong}; save the column as text")
    return [None if cell is None else codes[cell] for cell in cells]


def _written(code: Any) -> str:
    return plain(repr(code)) if isinstance(code, float) else str(code)


def _array(cells: list[Any]) -> pa.Array:
    kind = next((type(cell) for cell in cells if cell is not None), float)
    if kind not in TYPES:  # a time of day
        return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())
    return pa.array(cells, TYPES[kind])
