"""Parquet files: columns of their own types, left in the file so that DuckDB reads only what is asked for."""

import glob
import unicodedata
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pmlib.data.declaration import Table
from pmlib.data.part import Part
from pmlib.data.words import RENAMED, DataError, shown

MARK = b"PAR1"  # how the file starts and ends; PARE where it is encrypted


def open_(gate: duckdb.DuckDBPyConnection, file: Path, path: str, table: Table) -> list[Part]:
    """Open a Parquet file; columns of lists and of structures are left out, unless declared.

    Raises
    ------
    DataError : not Parquet, cut off, encrypted, a column twice, or a declared column of lists or structures.
    """
    _check(file, path)
    damaged = f"{path} is a damaged Parquet file; fetch or save it again"
    gate.execute("set parquet_metadata_cache = true").fetchall()  # else each query reads it anew
    try:
        schema = pq.read_schema(file)
        # Its names are not DuckDB's, to which "Price" and "price" are the same.
        found = gate.read_parquet(glob.escape(str(file)))
    except (pa.ArrowException, OSError, duckdb.Error):
        raise DataError(damaged) from None
    names = [unicodedata.normalize("NFC", name).strip() for name in schema.names]
    for name, field in zip(names, schema, strict=True):
        if names.count(name) > 1:
            raise DataError(f"{path}: column {shown(name)} stands there twice; rename or remove one")
        if pa.types.is_nested(field.type) and name in table.columns:
            holds = f"holds {shown(str(field.type))} in each cell, not one value"
            raise DataError(f"{path}, column {shown(name)}: it {holds}; save it as columns of their own")
    flat = [index for index, field in enumerate(schema) if not pa.types.is_nested(field.type)]
    columns = [duckdb.ColumnExpression(found.columns[index]).alias(f"c{at}") for at, index in enumerate(flat)]
    if not columns:
        raise DataError(f"{path} has no column of single values; save the table again")

    def explain() -> None:
        raise DataError(damaged)

    return [
        Part(
            path,
            [names[index] for index in flat],
            found.select(*columns),
            lambda row: f"row {row + 1}",
            explain,
            (RENAMED,) if names != schema.names else (),
            columnar=True,
        )
    ]


def _check(file: Path, path: str) -> None:
    with file.open("rb") as content:
        start = content.read(4)
        size = content.seek(0, 2)
        content.seek(max(0, size - 4))
        end = content.read(4)
    if start == b"PARE" or end == b"PARE":
        raise DataError(f"{path} is encrypted; save it without a key")
    if start != MARK:
        found = f"it starts with {shown(start)}" if size else "it is empty"
        raise DataError(
            f"{path} is not Parquet, {found}; name it by what it is, or save the table as Parquet"
        )
    if end != MARK or size < 12:
        raise DataError(f"{path} is a Parquet file that was cut off; fetch or save it again")
