"""The labels of a large table's first rows: a row that holds one of them needs no other check of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from pmlib.data.checked import Checked
from pmlib.data.facts import MOST, SAMPLE, few
from pmlib.data.part import Part
from pmlib.data.roles import LABELS
from pmlib.sql import Name, Sql, joined, sql

FIRST = Sql("limit " + str(SAMPLE))
MANY = 1_000_000  # labels, above which each cell is checked by itself


@dataclass(frozen=True)
class Known:
    """Labels that were looked at one by one.

    tables : for each column of labels the table in the engine that holds the cells they are written as.
    labels : what those cells become, the commonest first.
    complete : columns of which every cell was looked at.
    mended : columns of which a cell is not its label as it is written.
    """

    checked: Checked
    tables: dict[str, Name] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)
    complete: set[str] = field(default_factory=set)
    mended: set[str] = field(default_factory=set)

    @property
    def written(self) -> frozenset[str]:
        """Columns of which each known cell is its label as it is written."""
        return frozenset({*self.tables, *self.complete} - self.mended)

    def relation(self) -> Sql:
        """All rows typed, whether anything but a label is wrong in them, and whether a label is not known."""
        parts, checked = [], replace(self.checked, written=self.written)
        seen = {*self.tables, *self.complete}
        for number, cells in enumerate(checked.cells):
            values = [sql("{} as {}", one.result, checked.column(name)) for name, one in cells.items()]
            wrong = [one.bad for name, one in cells.items() if name not in seen]
            other = []
            for name in sorted(seen):
                if not checked.table.columns[name].nullable:
                    wrong.append(sql("{} is null", cells[name].raw))
            for name, table in self.tables.items():
                other.append(sql("{} not in (select cell from {})", cells[name].raw, table))
            values.append(sql("({}) as bad", joined(" or ", wrong, "false")))
            values.append(sql("coalesce({}, false) as other_label", joined(" or ", other, "false")))
            parts.append(checked.staged(number, joined(", ", values)))
        return sql("({}) as typed", joined(" union all ", parts))

    def at_a_glance(self) -> Sql:
        """For each column whether nothing is wrong in it, as its counts and its extremes show; or NULL."""
        columns, checked = [], replace(self.checked, written=self.written)
        for number, cells in enumerate(checked.cells):
            for name, one in cells.items():
                right = one.right
                if name in self.complete:
                    if checked.table.columns[name].nullable:
                        continue
                    right = sql("count({}) = count(*)", one.raw)
                columns.append(checked.staged(number, sql("{} as is_right", right)))
        return joined(" union all ", columns, "select true as is_right")

    def look(self, name: str, rows: str, most: int) -> bool:
        """Check the cells of a column that are not known yet, and know them, if they are at most so many.

        Parameters
        ----------
        rows : "part" for all of them, "first" for those that first_rows has set aside.

        Raises
        ------
        DataError : the first wrong cell of the file.
        """
        parts = []
        for number, cells in enumerate(self.checked.cells):
            one, part = cells[name], Name(f"{rows}_{number}")
            cell = sql("(select {}, count(*) as n from {} group by {})", one.raw, part, one.raw)
            value = sql("(select *, {} as {} from {})", one.value, one.name, cell)
            parts.append(
                sql(
                    "select {} as cell, {} as label, {} as bad, n from {}",
                    one.raw,
                    one.result,
                    one.bad,
                    value,
                )
            )
        table = self.tables.get(name)
        new = sql("cell not in (select cell from {})", table) if table else Sql("cell is not null")
        found = self.checked.run(
            sql(
                "select cell, any_value(label) as label, bool_or(bad) as bad, sum(n) as n from ({}) "
                "where {} group by cell order by n desc, cell limit {}",
                *(joined(" union all ", parts), new, most + 1),
            )
        )
        if any(found["bad"].to_pylist()):
            self.checked.refuse()
        if len(found) > most:
            return False
        labels = found["label"].to_pylist()
        self.labels.setdefault(name, []).extend(str(label) for label in labels)
        if labels != found["cell"].to_pylist():
            self.mended.add(name)
        if rows == "part" and not table:
            self.complete.add(name)
        else:
            self._keep(name, found.select(["cell"]))
        return True

    def _keep(self, name: str, cells: pa.Table) -> None:
        """Let the engine know cells."""
        table, gate = self.tables.setdefault(name, Name(f"known_{len(self.tables)}")), self.checked.gate
        gate.execute(sql("create table if not exists {} (cell varchar)", table).text).fetchall()
        gate.register("new_cells", cells)
        gate.execute(sql("insert into {} select cell from new_cells", table).text).fetchall()
        gate.unregister("new_cells")


def first_rows(checked: Checked, names: Sequence[str]) -> None:
    """Set the labels of each part's first rows aside, as tables first_0, first_1, …"""
    for number, cells in enumerate(checked.cells):
        raws = joined(", ", (cells[name].raw for name in names), "1")
        start = sql("select {} from {} {}", raws, Name(f"part_{number}"), FIRST)
        checked.gate.register(f"first_{number}", checked.run(start))


def known_labels(checked: Checked) -> Known:
    """Know the labels of a table's first rows, or of all where that is quick; ids and prose are left out."""
    known = Known(checked)
    names = [name for name, rule in checked.table.columns.items() if rule.type in LABELS]
    names = [name for name in names if all(_as_text(part, name) for part in checked.parts)]
    if all(part.columnar for part in checked.parts):
        for name in few(checked, checked.relation, names):
            known.look(name, "part", MANY)
        return known
    first_rows(checked, names)
    for name in names:
        known.look(name, "first", MOST)
    return known


def _as_text(part: Part, name: str) -> bool:
    return str(part.relation.types[part.names.index(name)]) == "VARCHAR"


def other_labels(known: Known) -> bool:
    """Look at the labels that the first rows did not hold; say whether the rows are to be typed again."""
    before = set(known.tables), known.written
    for name in list(known.tables):
        if not known.look(name, "part", MANY):
            del known.tables[name]
    return before != (set(known.tables), known.written)
