"""JSON: a list of objects, or one object a line, with every number as it is written."""

import unicodedata
from array import array
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pmlib.data.declaration import Table
from pmlib.data.formats.json_text import Numbered, numbered
from pmlib.data.formats.plain import unpacked
from pmlib.data.part import Part, scratch
from pmlib.data.words import RENAMED, DataError, shown

BATCH = 20_000  # rows; columns are those of the first batch, and the declared ones


def open_(gate: duckdb.DuckDBPyConnection, file: Path, path: str, table: Table) -> list[Part]:
    """Open a JSON or NDJSON file, plain or gzip; a key that a row lacks is a blank.

    Raises
    ------
    DataError : not JSON, cut off, a key twice in one object, no list of rows where it is declared, or a
        declared column that holds lists or objects.
    """
    with unpacked(file, path) as stream:
        return [_part(gate, numbered(stream, path, table.format.records), path, table)]


def _part(gate: duckdb.DuckDBPyConnection, rows: Numbered, path: str, table: Table) -> Part:
    first = list(islice(rows, BATCH))
    if not first:
        raise DataError(f"{path} holds no row; export the table again")
    numbers, keys = array("L"), dict.fromkeys(table.columns, False)
    for number, row in first:
        _check_row(row, number, path)
        keys |= dict.fromkeys(row, True)
    schema = pa.schema([(f"c{index}", pa.string()) for index in range(len(keys))])
    folder = scratch(gate)
    store = folder / f"{len(list(folder.iterdir()))}.parquet"
    # Into a file, as a list of millions of rows would not fit, and DuckDB reads only what it needs of it.
    with pq.ParquetWriter(store, schema) as out:
        while first:
            arrays = [_column(first, key, path, table) for key in keys]
            for key, cells in zip(keys, arrays, strict=True):
                keys[key] |= cells.null_count < len(cells)
            out.write_batch(pa.record_batch(arrays, schema=schema))
            numbers.extend(number for number, _ in first)
            first = list(islice(rows, BATCH))
            for number, row in first:
                _check_row(row, number, path)
    there = [index for index, key in enumerate(keys) if keys[key]]
    names = [unicodedata.normalize("NFC", key).strip() for key in keys if keys[key]]
    for name in names:
        if names.count(name) > 1:
            raise DataError(f"{path}: key {shown(name)} is written in two ways; rename one")
    columns = [duckdb.ColumnExpression(f"c{index}").alias(f"c{place}") for place, index in enumerate(there)]
    relation = gate.read_parquet(str(store)).select(*columns)
    said = (RENAMED,) if names != [key for key in keys if keys[key]] else ()
    return Part(path, names, relation, lambda index: f"row {numbers[index]}", said=said)


def _check_row(row: Any, number: int, path: str) -> None:
    if not isinstance(row, dict):
        wrong = f"found {shown(row)}, not an object"
        raise DataError(f'{path}, row {number}: {wrong}; write each row as in {{"name": "x", "price": 1}}')


def _column(rows: list[tuple[int, Any]], key: str, path: str, table: Table) -> pa.Array:
    cells = [row.get(key) for _, row in rows]
    try:
        return pa.array(cells, pa.string())
    except (pa.ArrowException, TypeError, UnicodeError):  # a truth, a list or an object; half a character
        rule = table.columns.get(key)
        truths = ("0", "1") if rule and rule.type == "flag" and not rule.values else ("false", "true")
        texts = list[str | None]()
        for cell, (number, _) in zip(cells, rows, strict=True):
            if isinstance(cell, bool):
                texts.append(truths[cell])
            elif wrong := rule and _wrong(cell):
                raise DataError(f"{path}, row {number}, column {shown(key)}: found {wrong}") from None
            else:  # what nobody declared is only shown to whoever looks at the file
                texts.append(cell if cell is None else str(cell).encode(errors="replace").decode())
        return pa.array(texts, pa.string())


def _wrong(cell: Any) -> str:
    """Say why a value is no text, number or truth."""
    if isinstance(cell, dict | list):
        kind = "an object" if isinstance(cell, dict) else "a list"
        return f"{kind}, not one value; export its parts as keys of their own"
    if isinstance(cell, str) and not cell.isascii() and cell != cell.encode(errors="replace").decode():
        return f"{shown(cell)}, half a character; export it again"
    return ""
