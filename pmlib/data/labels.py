"""The labels of a large table's first rows: a row that holds one of them needs no other check of it."""

from dataclasses import dataclass, field

from pmlib.data.checked import ALL, Checked
from pmlib.data.facts import MOST, SAMPLE, are_few
from pmlib.data.rule import LABELS
from pmlib.data.sql import Name, Sql, joined, sql

FIRST = Sql("limit " + str(SAMPLE))
MANY = 1_000_000  # labels, more than any column of them has


@dataclass(frozen=True)
class Known:
    """Labels that were looked at one by one.

    tables : for each column of labels the table in the engine that holds the cells they are written as.
    labels : what those cells become, the commonest first.
    complete : columns of which every cell was looked at.
    """

    checked: Checked
    tables: dict[str, Name] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)
    complete: set[str] = field(default_factory=set)

    def relation(self) -> Sql:
        """All rows typed, whether anything but a label is wrong in them, and whether a label is not known."""
        parts = []
        for number, cells in enumerate(self.checked.cells):
            values = [sql("{} as {}", one.result, self.checked.column(name)) for name, one in cells.items()]
            seen = {*self.tables, *self.complete}
            wrong = [one.bad for name, one in cells.items() if name not in seen]
            other = []
            for name in sorted(seen):
                if not self.checked.table.columns[name].nullable:
                    wrong.append(sql("{} is null", cells[name].raw))
            for name, table in self.tables.items():
                other.append(sql("{} not in (select cell from {})", cells[name].raw, table))
            values.append(sql("({}) as bad", joined(" or ", wrong, "false")))
            values.append(sql("coalesce({}, false) as other_label", joined(" or ", other, "false")))
            parts.append(self.checked.staged(number, joined(", ", values)))
        return sql("({}) as typed", joined(" union all ", parts))

    def look(self, name: str, rows: Sql, most: int) -> None:
        """Check the cells of a column that are not known yet, and know them, if they are at most so many.

        Raises
        ------
        DataError : the first wrong cell of the file.
        """
        parts = []
        for number, cells in enumerate(self.checked.cells):
            one = cells[name]
            cell = sql("(select {} from {} {})", one.raw, Name(f"part_{number}"), rows)
            cell = sql("(select {}, count(*) as n from {} group by {})", one.raw, cell, one.raw)
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
            return
        self.labels.setdefault(name, []).extend(str(label) for label in found["label"].to_pylist())
        if rows == ALL and not table:
            self.complete.add(name)
            return
        table = table or Name(f"known_{len(self.tables)}")
        self.tables[name] = table
        gate = self.checked.gate
        gate.execute(sql("create table if not exists {} (cell varchar)", table).text).fetchall()
        gate.register("new_cells", found.select(["cell"]))
        gate.execute(sql("insert into {} select cell from new_cells", table).text).fetchall()
        gate.unregister("new_cells")


def known_labels(checked: Checked) -> Known:
    """Know the labels of a table's first rows, or of all where that is quick; ids and prose are left out."""
    known = Known(checked)
    columnar = all(part.columnar for part in checked.parts)
    for name, rule in checked.table.columns.items():
        as_text = all(str(part.relation.types[part.names.index(name)]) == "VARCHAR" for part in checked.parts)
        if rule.type in LABELS and as_text and (not columnar or are_few(checked, checked.relation, name)):
            known.look(name, ALL if columnar else FIRST, MANY if columnar else MOST)
    return known


def other_labels(known: Known) -> None:
    """Look at the labels that the first rows did not hold."""
    for name in list(known.tables):
        known.look(name, ALL, MANY)
