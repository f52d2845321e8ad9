"""Tables that a database answers: one read-only query with bound parameters, streamed into the engine."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from pmlib.data import drivers, postgres
from pmlib.data.binding import bound, one_statement
from pmlib.data.declaration import Table
from pmlib.data.part import Part, engine
from pmlib.data.variables import address, expanded, scrub
from pmlib.data.words import SOURCES, DataError, shown
from pmlib.sql import Name, Sql, joined, sql

Stream = Callable[[Sql], pa.RecordBatchReader]


@dataclass(frozen=True)
class Database:
    """One table's query while it is read, in one transaction that sees one state and changes nothing.

    path : the query, as errors name it.
    stream : runs a query with a ? for each parameter and gives its rows, a batch at a time.
    types : the columns of the query and their types, where it is PostgreSQL's.
    """

    path: str
    name: str
    table: Table
    query: Sql
    version: Sql | None
    stream: Stream = field(repr=False)
    types: dict[str, str]
    loaded: dict[int, list[str]] = field(
        default_factory=dict, repr=False
    )  # by engine: the header of its rows
    checks = False  # what it adds up itself are rows that have passed before

    def part(self, gate: duckdb.DuckDBPyConnection) -> Part:
        """Bring the rows into the engine, which spills to disk what is too much for memory.

        Raises
        ------
        DataError : what the database says against it, or a cell of a kind that no column can hold.
        """
        if id(gate) not in self.loaded:
            query = self.query
            if self.types:
                query = postgres.declared(self.path, self.query, self.types, self.table)
            with _one_line(self.name):
                self.loaded[id(gate)] = self._load(gate, self.stream(query))
        header = [unicodedata.normalize("NFC", name).strip() for name in self.loaded[id(gate)]]
        return Part(self.path, header, gate.table("fetched"), lambda index: f"row {index + 1}", columnar=True)

    def _load(self, gate: duckdb.DuckDBPyConnection, reader: pa.RecordBatchReader) -> list[str]:
        names = reader.schema.names
        self._check_names(names)
        # Other names before the engine sees them: to it, "a" and "A" are one.
        schema = pa.schema([pa.field(f"c{at}", column.type) for at, column in enumerate(reader.schema)])
        refused: list[Exception] = []

        def batches() -> Iterator[pa.RecordBatch]:
            rows = 0
            try:
                for batch in reader:
                    if self.types:
                        postgres.checked(self.path, batch, rows)
                    rows += batch.num_rows
                    yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)
            except Exception as error:  # the engine would wrap it in words of its own
                refused.append(error)

        gate.register("incoming", pa.RecordBatchReader.from_batches(schema, batches()))
        gate.execute("create or replace temp table fetched as select * from incoming")
        gate.unregister("incoming")
        if refused:
            raise refused[0]
        return names

    def _check_names(self, names: list[str]) -> None:
        for name in names:
            if names.count(name) > 1:
                raise DataError(
                    f"{self.path} gives column {shown(name)} twice; rename one, as in `a.x as a_x`"
                )

    def sha256(self, gate: duckdb.DuckDBPyConnection | None = None) -> str:
        """Hash what the version query answers, or else every row, whatever their order.

        gate : where `part` has brought or will find the rows; without it, an engine that goes.
        """
        with _one_line(self.name):
            if self.version:
                said = self.stream(self.version).read_all().to_pylist()
            elif self.types:
                rows = postgres.declared(self.path, self.query, self.types, self.table)
                said = self.stream(postgres.hashed(rows)).read_all().to_pylist()
            else:
                with nullcontext(gate) if gate else engine() as held:
                    self.part(held)
                    said = _hashed(held)
                if gate is None:  # the next engine may stand in the same place in memory
                    self.loaded.clear()
        return hashlib.sha256(repr(said).encode()).hexdigest()

    # What totals.py needs of a table that it adds up where it stands.

    def pushes(self, names: list[str]) -> bool:
        """Whether the server itself can filter and add up these declared columns."""
        return all(self._typed(name) is not None for name in names) if self.types else False

    def column(self, name: str) -> Name:
        """Name a declared column as it is called in `relation`."""
        return Name(f"v{list(self.table.columns).index(name)}")

    @property
    def relation(self) -> Sql:
        """All rows, with each declared column that the server can type."""
        typed = {name: self._typed(name) for name in self.table.columns}
        columns = [sql("{} as {}", one, self.column(name)) for name, one in typed.items() if one]
        return sql("(select {} from ({}) as source) as typed", joined(", ", columns), self.query)

    def total(self, column: Name) -> Sql:
        """Add up a column of numbers."""
        return postgres.total(column)

    def run(self, query: Sql) -> pa.Table:
        """Have the server run a query, such as one over `relation`.

        Raises
        ------
        DataError : what the database says against it.
        """
        with _one_line(self.name):
            found = self.stream(query).read_all()
        return found.cast(pa.schema([(column.name, column.type) for column in found.schema]))

    def _typed(self, name: str) -> Sql | None:
        if name not in self.types:
            return None
        return postgres.typed(self.table.columns[name], self.types[name], name, self.table.na)


@contextmanager
def opened(home: Path, name: str, table: Table) -> Iterator[Database]:
    """Connect to the database of a table.

    Raises
    ------
    DataError : a variable that is not set, no connection, or a query that is refused.
    """
    where, path = f"[{name}]: ", f"the query of [{name}]"
    values = {
        key: expanded(value, f"{where}parameters") if isinstance(value, str) else value
        for key, value in table.parameters.items()
    }
    one_statement(table.query, f"{where}query")
    query, version = bound(table.query, values, f"{where}query"), None
    if table.version:
        one_statement(table.version, f"{where}version")
        version = bound(table.version, {}, f"{where}version")
    url = address(table.database, f"{where}database")
    with _one_line(name), drivers.connected(home, name, url) as stream:
        types = {}
        if drivers.is_postgres(url):
            shape = stream(sql("select * from ({}) as source limit 0", query))
            types = postgres.types(shape)
        found = Database(path, name, table, query, version, stream, types)
        if types:
            found._check_names(shape.schema.names)
        yield found


def digest(home: Path, name: str, table: Table) -> str:
    """Say what a table of a database holds now, as `Database.sha256` does."""
    with opened(home, name, table) as found:
        return found.sha256()


def _hashed(gate: duckdb.DuckDBPyConnection) -> list[tuple]:
    return gate.execute("select count(*), sum(hash(fetched)), bit_xor(hash(fetched)) from fetched").fetchall()


@contextmanager
def _one_line(name: str) -> Iterator[None]:
    try:
        yield
    except DataError:
        raise
    except ImportError:
        raise DataError(f'[{name}] needs a package for databases; run: pip install "pmlib[sql]"') from None
    except Exception as error:  # whatever a driver raises, its words may hold an address or a value
        says = drivers.said(scrub(str(error).strip() or type(error).__name__))
        remedy = f"correct query or database of [{name}] in {SOURCES}"
        raise DataError(f"the query of [{name}] was not answered: {says}; {remedy}") from None
