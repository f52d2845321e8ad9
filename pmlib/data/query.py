"""A query over several files, answered by DuckDB: it sees those files by their names, and nothing else."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pmlib.data.binding import bound, one_statement
from pmlib.data.declaration import Table
from pmlib.data.formats import open_file
from pmlib.data.part import Part, scratch
from pmlib.data.place import local
from pmlib.data.words import SOURCES, DataError
from pmlib.sql import Name, Sql, joined, sql


def open_(gate: duckdb.DuckDBPyConnection, home: Path, name: str, table: Table) -> Part:
    """Run the declared query over the declared files; text files give text, for the query to cast.

    Raises
    ------
    DataError : a file that is not what its name says, or a query that is no single select or does not run.
    """
    path = f"the query of [{name}]"
    plain = table.model_copy(update={"columns": {}})
    files, opened = list[Path](), list[Part]()
    for alias, pattern in table.files.items():
        parts = list[Part]()
        for file, shown in local(home, pattern, f"correct files of [{name}] in {SOURCES}"):
            files.append(file)
            parts += open_file(gate, file, shown, plain)
        opened += parts
        _view(gate, alias, parts)
    _close(gate, files)
    query = bound(table.query, table.parameters, f"[{name}]: query")
    one_statement(table.query, f"[{name}]: query")
    try:
        found = gate.sql(query.text, params=list(query.parameters))
        names = list(found.columns)
        renamed = sql("select * from ({}) as answer({})", query, _columns(len(names)))
        gate.execute(sql("create temp table answer as {}", renamed).text, list(query.parameters)).fetchall()
    except (duckdb.Error, RuntimeError) as error:
        for part in opened:
            part.explain()
        reason = str(error).splitlines()[0]
        raise DataError(f"{path} does not run: {reason}; correct query in {SOURCES}") from None
    answer, said = gate.table("answer"), [one for part in opened for one in part.said]
    return Part(path, names, answer, lambda index: f"row {index + 1}", said=tuple(said), columnar=True)


def _view(gate: duckdb.DuckDBPyConnection, alias: str, parts: Sequence[Part]) -> None:
    selects = []
    for number, part in enumerate(parts):
        raw = Name(f"{alias} {number}")
        part.relation.create_view(raw)
        named = joined(
            ", ", (sql("{} as {}", Name(f"c{at}"), Name(each)) for at, each in enumerate(part.names))
        )
        selects.append(sql("select {} from {}", named, raw))
    gate.execute(
        sql("create view {} as {}", Name(alias), joined(" union all by name ", selects)).text
    ).fetchall()


def _columns(count: int) -> Sql:
    return joined(", ", (Name(f"c{index}") for index in range(count)))


def _close(gate: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    """Let the query open no other file, whatever it says."""
    for setting, value in (
        ("allowed_paths", [str(file) for file in files]),
        ("allowed_directories", [str(scratch(gate))]),
    ):
        gate.execute(sql("set {} = {}", Name(setting), value).text, [value]).fetchall()
    gate.execute("set enable_external_access = false").fetchall()
    gate.execute("set lock_configuration = true").fetchall()
