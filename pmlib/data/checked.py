"""The declared columns of a source's parts, typed and checked by DuckDB in the same pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NoReturn, Protocol

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmlib.data.advice import advice, odd_row
from pmlib.data.cells import Cell, Wrong, cell
from pmlib.data.declaration import Table
from pmlib.data.part import Part
from pmlib.data.roles import LABELS
from pmlib.data.words import SOURCES, DataError, and_more, meant, shown
from pmlib.sql import Name, Sql, joined, sql

# A sum of floats depends on the order of adding, which differs from run to run; one of whole numbers does
# not: each value counts in units of 2**-60, exact for any of 1e-3 and more; sums may reach 1e20.
UNIT = float(2**60)
ALL = Sql("")


class Typed(Protocol):
    """What can be filtered and added up: rows that are checked here, or rows that a database holds."""

    @property
    def table(self) -> Table: ...
    @property
    def checks(self) -> bool: ...
    @property
    def relation(self) -> Sql: ...
    def column(self, name: str) -> Name: ...
    def total(self, column: Name) -> Sql: ...
    def run(self, query: Sql) -> pa.Table: ...


@dataclass(frozen=True)
class Checked:
    """The rows of all parts of a source, as one relation of typed columns v0, v1, … in declared order.

    checks : whether cells are checked; those of a file that has passed before need not be again.
    written : columns of labels of which each cell is known to be its label as it is written.
    """

    gate: duckdb.DuckDBPyConnection
    table: Table
    parts: Sequence[Part]
    today: date
    checks: bool = True
    written: frozenset[str] = frozenset()
    cells: list[dict[str, Cell]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cells", [self._compiled(part) for part in self.parts])
        for number, part in enumerate(self.parts):
            part.relation.create_view(f"part_{number}")

    def _compiled(self, part: Part) -> dict[str, Cell]:
        kinds = [str(kind) for kind in part.relation.types]
        found = {}
        for name, rule in self.table.columns.items():
            where = f"{part.path}, {part.header}" if part.header else part.path
            if name not in part.names:
                problem = f"column {shown(name)} is missing; {meant(name, part.names, 'the header has')}"
                raise DataError(f"{where}: {problem}; correct it, or columns in {SOURCES}")
            index = part.names.index(name)
            try:
                found[name] = cell(rule, self.table, Name(f"c{index}"), kinds[index], self.today)
            except ValueError as error:
                raise DataError(f"{part.path}, column {shown(name)}: it {error}; correct the type") from None
            # What has passed, and may not be missing, is a number: there is no NaN to look for.
            number = not self.checks and kinds[index] == "DOUBLE" and rule.type == "number"
            if name in self.written or (number and not rule.nullable):
                found[name] = replace(found[name], value=sql("{}", found[name].raw))
        return found

    def column(self, name: str) -> Name:
        """Name a declared column as it is called here."""
        return Name(f"v{list(self.table.columns).index(name)}")

    @property
    def ended(self) -> bool:
        """Whether the last line of every file has an end."""
        return all(part.ended for part in self.parts)

    def total(self, column: Name) -> Sql:
        """Add up a column of numbers, to the same bits in whatever order."""
        return sql("cast(sum(cast({} * {} as hugeint)) as double) / {}", column, UNIT, UNIT)

    def staged(self, number: int, columns: Sql, rows: Sql = ALL) -> Sql:
        """Select from the rows of a part, each cell as it is and as it is valued."""
        cells = self.cells[number].values()
        part = sql("(select * from {} {})", Name(f"part_{number}"), rows)
        values = joined("", (sql(", {} as {}", one.value, one.name) for one in cells))
        return sql("select {} from (select *{} from {})", columns, values, part)

    def typed(self, names: Sequence[str]) -> Sql:
        """Select these columns of all rows, and whether anything is wrong in the row."""
        selects = []
        for number, cells in enumerate(self.cells):
            values = [sql("{} as {}", cells[name].result, self.column(name)) for name in names]
            if self.checks:
                wrong = joined(" or ", (one.bad for one in cells.values()))
                values.append(sql("({}) as bad", wrong))
            selects.append(self.staged(number, joined(", ", values)))
        return joined(" union all ", selects)

    @property
    def relation(self) -> Sql:
        """All rows, with every declared column."""
        return sql("({}) as typed", self.typed(list(self.table.columns)))

    def rows(self, condition: Sql | None = None) -> pa.Table:
        """Read every row; or without checking, those that meet a condition on typed columns.

        Raises
        ------
        DataError : the first thing wrong in the file.
        """
        columns = joined(", ", (self.column(name) for name in self.table.columns))
        if condition is not None:
            return self.run(sql("select {} from {} where {}", columns, self.relation, condition))
        found = self.run(self.typed(list(self.table.columns)))
        if not self.checks:
            return found
        if pc.any(found["bad"]).as_py():
            self.refuse()
        return found.drop_columns("bad")

    def run(self, query: Sql) -> pa.Table:
        """Run a query; what keeps a file from being read is said by the file's own part."""
        try:
            return self.gate.sql(query.text, params=list(query.parameters)).to_arrow_table()
        except duckdb.Error as error:
            for part in self.parts:
                part.explain()
            said = str(error).splitlines()[0]
            raise DataError(f"{self.parts[0].path} cannot be read: {said}; export it again") from None

    def refuse(self) -> NoReturn:
        """Say what is wrong with the first wrong cell of each column, in the order of the declaration."""
        said = dict[str, str]()
        for number, cells in enumerate(self.cells):
            wrong = [(name, what) for name, one in cells.items() for what in one.wrong]
            counts = joined(
                ", ",
                (sql("count(*) filter ({}), min(i) filter ({})", what.when, what.when) for _, what in wrong),
            )
            query = sql("select {} from ({})", counts, self._numbered(number, Sql("*")))
            found = [column[0].as_py() for column in self.run(query).columns]
            for index, (name, what) in enumerate(wrong):
                count, row = found[2 * index : 2 * index + 2]
                if count and name not in said:
                    said[name] = self._complaint(number, row, name, what, count)
        if not said:
            raise AssertionError("a row was called bad in which nothing is")
        raise DataError.of(list(dict.fromkeys(said.values())))

    def _complaint(self, number: int, row: int, name: str, what: Wrong, count: int) -> str:
        part = self.parts[number]
        cells = dict(zip(self.table.columns, self.raw(number, row, list(self.table.columns)), strict=True))
        if odd := odd_row(self.table, name, cells):
            return f"{part.path}, {part.locate(row)}: {odd}"
        found = cells[name]
        remedy = advice(self.table, name, part.names, found, what)
        where = f"{part.path}, {part.locate(row)}, column {shown(name)}"
        return f"{where}: found {shown(found)}, {what.what}{and_more(count - 1)}; {remedy}"

    def numbered(self, names: Sequence[str]) -> Sql:
        """Select these columns of all rows, and where each row stands: its part and its index there."""
        selects = []
        for number, cells in enumerate(self.cells):
            values = joined(", ", (sql("{} as {}", cells[name].result, self.column(name)) for name in names))
            selects.append(self._numbered(number, values))
        return joined(" union all ", selects)

    def _numbered(self, number: int, columns: Sql) -> Sql:
        at = sql("{}, {} as part, row_number() over () - 1 as i", columns, Sql(str(number)))
        return self.staged(number, at)

    def first(self, names: Sequence[str], condition: Sql) -> tuple[int, int]:
        """Find the first row for which a condition on typed columns holds: its part and its index there."""
        query = sql("select part, i from ({}) where {} order by all limit 1", self.numbered(names), condition)
        found = self.run(query)
        return found["part"][0].as_py(), found["i"][0].as_py()

    def raw(self, number: int, row: int, names: Sequence[str]) -> list[Any]:
        """Give cells of a row as they are written."""
        raws = joined(", ", (self.cells[number][name].raw for name in names))
        found = self.run(sql("select {} from ({}) where i = {}", raws, self._numbered(number, Sql("*")), row))
        return ["" if column[0].as_py() is None else column[0].as_py() for column in found.columns]

    def mended(self) -> list[str]:
        """Say which columns hold labels that were not in Unicode's usual form, and are now."""
        found = []
        for number, (part, cells) in enumerate(zip(self.parts, self.cells, strict=True)):
            labels = [name for name in cells if self.table.columns[name].type in ("text", "category")]
            counts = (
                sql("count(*) filter ({} <> {})", cells[name].known, cells[name].name) for name in labels
            )
            row = self.run(self.staged(number, joined(", ", counts, "0")))
            for name, count in zip(labels, row.columns, strict=False):
                if count[0].as_py():
                    found.append(
                        f"{part.path}, column {shown(name)}: {count[0].as_py():,} labels were not in NFC"
                    )
        return found

    def place(self, number: int, row: int) -> str:
        """Say where a row stands."""
        return f"{self.parts[number].path}, {self.parts[number].locate(row)}"


def compared(checked: Typed, where: Mapping[str, Any]) -> Sql:
    """Compile a choice of rows: for a column a value, a list of values, or a tuple of first and last.

    Of a date, years and ISO texts such as 2024 and "2024-03" stand for all their days.
    """
    conditions = []
    for name, wanted in where.items():
        column = checked.column(name)
        _check_wanted(name, checked.table.columns[name].type, wanted)
        if isinstance(wanted, tuple):
            low, high = (
                _span(end)[side] if checked.table.columns[name].type == "date" else end
                for side, end in enumerate(wanted)
            )
            if low is not None:
                conditions.append(sql("{} >= {}", column, low))
            if high is not None:
                conditions.append(sql("{} <= {}", column, high))
        elif checked.table.columns[name].type == "date":
            spans = [_span(value) for value in (wanted if isinstance(wanted, list) else [wanted])]
            either = joined(" or ", (sql("{} between {} and {}", column, *span) for span in spans), "false")
            conditions.append(sql("({})", either))
        else:
            values = wanted if isinstance(wanted, list) else [wanted]
            one_of = sql("{} in ({})", column, joined(", ", values, "null"))
            if isinstance(checked, Checked) and checked.table.columns[name].type in LABELS:
                # Labels are compared more quickly above DuckDB's scan of a file than inside it.
                one_of = sql("coalesce({}, false)", one_of)
            conditions.append(one_of)
    return joined(" and ", conditions, "true")


def _check_wanted(name: str, type_: str, wanted: Any) -> None:
    if isinstance(wanted, tuple) and len(wanted) != 2:
        found = f"where asks for {name} in {shown(wanted)}"
        raise DataError(f"{found}; a range is a tuple of the first and the last, None where it is open")
    for value in wanted if isinstance(wanted, list | tuple) else [wanted]:
        if value is not None and not _may_be(type_, value):
            example = {"date": '2024 or "2024-03"', "text": '"A"', "category": '"A"'}.get(type_, "1")
            found = f"where asks for {name} {shown(value)}, and {name} is of type {type_}"
            raise DataError(f"{found}; give such a value, as in {example}")


def _may_be(type_: str, value: Any) -> bool:
    if type_ in ("text", "category"):
        return isinstance(value, str)
    try:
        return _span(value)[0] is not pd.NaT if type_ == "date" else float(value) is not None
    except (ValueError, TypeError, AttributeError):
        return False


def _span(value: Any) -> tuple[Any, Any]:
    """First and last moment of a year, a month or a day."""
    if value is None:
        return None, None
    span = pd.Period(str(value))
    return span.start_time.to_pydatetime(), span.end_time.floor("us").to_pydatetime()
