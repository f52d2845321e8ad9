"""The databases that can be read, each as a function from a query to its rows in batches."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pmlib.data import postgres
from pmlib.data.binding import marked
from pmlib.data.place import local
from pmlib.data.words import SOURCES, DataError, shown
from pmlib.sql import Sql, sql

BATCH = 50_000  # rows brought at a time
READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
CLOSED: dict[str, str | bool | int | float | list[str]] = {  # DuckDB sees that one file, and no variable
    "enable_external_access": "false",
    "python_enable_replacements": "false",
}
Stream = Callable[[Sql], pa.RecordBatchReader]


def connected(home: Path, name: str, url: str) -> AbstractContextManager[Stream]:
    """Connect to the database of a SQLAlchemy URL, to read only."""
    if is_postgres(url):
        return postgres.connected(url)
    if url.startswith(("sqlite:", "duckdb:")):
        kind, path = url.split(":")[0], url.partition(":///")[2]
        remedy = f'write database = "{kind}:///data/…" in [{name}] of {SOURCES}'
        if not path or path == ":memory:":
            raise DataError(f"[{name}] names no file of a database; {remedy}")
        ((file, _),) = local(home, path, remedy)
        return (_sqlite if kind == "sqlite" else _duckdb)(f"the query of [{name}]", file)
    return _any(f"the query of [{name}]", url)


def is_postgres(url: str) -> bool:
    """Whether a URL names PostgreSQL, by whatever driver."""
    return re.match(r"postgres(ql)?(\+\w+)?://", url) is not None


def said(error: str) -> str:
    """Take the one thing that matters from what a driver says."""
    says = re.split(r" LINE \d+:| DETAIL:| Query was:|\.? SQLSTATE| \(Background on", error)[0]
    return re.split(r"(?:ERROR|FATAL): +", says)[-1][:300].rstrip(". ")


@contextmanager
def _duckdb(path: str, file: Path) -> Iterator[Stream]:
    with duckdb.connect(file, read_only=True, config=CLOSED) as connection:

        def stream(query: Sql) -> pa.RecordBatchReader:
            for statement in connection.extract_statements(query.text):
                if statement.type != duckdb.StatementType.SELECT:
                    raise ValueError(f"it is no select but {statement.type.name.lower()}")
            return connection.sql(query.text, params=list(query.parameters)).to_arrow_reader(BATCH)

        yield stream


@contextmanager
def _sqlite(path: str, file: Path) -> Iterator[Stream]:
    # Used by one thread at a time, but not always the same: the engine asks for the rows from its own.
    connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, check_same_thread=False)
    connection.set_authorizer(_reading)

    def stream(query: Sql) -> pa.RecordBatchReader:
        cursor = connection.execute(query.text, query.parameters)
        return _batches(path, [one[0] for one in cursor.description], lambda: cursor.fetchmany(BATCH))

    try:
        yield stream
    finally:
        connection.close()


def _reading(action: int, first: str | None, second: str | None, *_: Any) -> int:
    reads = action in READS and second != "load_extension"
    return sqlite3.SQLITE_OK if reads else sqlite3.SQLITE_DENY


@contextmanager
def _any(path: str, url: str) -> Iterator[Stream]:
    from sqlalchemy import create_engine, text

    database = create_engine(url, hide_parameters=True)
    try:
        with database.connect() as connection:  # nothing is ever committed

            def stream(query: Sql) -> pa.RecordBatchReader:
                values = {f"p{at}": value for at, value in enumerate(query.parameters, 1)}
                # Within another query it can only be a query itself; Oracle knows no `as` there.
                escaped = re.sub(
                    r"(?<!:):(?=\w)", r"\\:", query.text
                )  # what SQLAlchemy would take for a name
                statement = text(marked(sql("select * from ({}) source", Sql(escaped)), ":p{}".format))
                rows = connection.execution_options(stream_results=True).execute(statement, values)
                return _batches(path, list(rows.keys()), lambda: rows.fetchmany(BATCH))

            yield stream
    finally:
        database.dispose()


def _batches(path: str, names: list[str], fetch: Callable[[], Sequence[Any]]) -> pa.RecordBatchReader:
    """Turn rows into batches of text: in these databases, each cell may have a type of its own."""
    schema = pa.schema([(name, pa.string()) for name in names])

    def batches() -> Iterator[pa.RecordBatch]:
        before = 0
        while rows := fetch():
            columns = []
            for name, cells in zip(names, zip(*rows, strict=True), strict=True):
                try:
                    columns.append(pa.array([_text(cell) for cell in cells], pa.string()))
                except TypeError:
                    row, kind = next((at, type(c).__name__) for at, c in enumerate(cells) if not _fits(c))
                    where = f"{path}, row {before + row + 1}, column {shown(name)}"
                    raise DataError(
                        f"{where}: found {kind}, which no column can hold; leave it out"
                    ) from None
            before += len(rows)
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _text(cell: Any) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if not _fits(cell):
        raise TypeError
    return str(cell)


def _fits(cell: Any) -> bool:
    return not isinstance(cell, bytes | bytearray | memoryview | list | tuple | dict | set)
