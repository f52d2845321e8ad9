"""What a table holds, in counts: rows, periods and labels; by these two readings of it are compared."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from pmlib.data.checked import Checked
from pmlib.data.declaration import Table
from pmlib.data.sql import Name, Sql, joined, sql

SAMPLE, MOST_LABELS = 50_000, 20_000  # rows looked at, and labels in them above which they are ids or prose
KEPT = 5_000  # labels of a column that are kept from one reading to the next


@dataclass(frozen=True)
class Facts:
    """Rows of a table, in all, by period (ISO date) and by label of each column of labels."""

    rows: int
    periods: dict[str, int] = field(default_factory=dict)
    labels: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def newest(self) -> str:
        """The newest period, no finer than periods are: 1990, 1990-03, 1990-03-07."""
        if not self.periods:
            return ""
        length = 10 if any(day[8:10] != "01" for day in self.periods) else 7
        if length == 7 and all(day[5:7] == "01" for day in self.periods):
            length = 4
        return max(self.periods)[:length]


def period_of(table: Table) -> str | None:
    """Name the column of periods, if there is one."""
    return next((name for name, rule in table.columns.items() if rule.role == "period"), None)


def counted(checked: Checked, relation: Sql) -> list[str]:
    """Name the columns whose values are counted: the period, and labels that are no ids and no prose."""
    table = checked.table
    labels = [name for name, rule in table.columns.items() if rule.type in ("text", "category")]
    if labels:
        distinct = joined(", ", (sql("count(distinct {})", checked.column(name)) for name in labels))
        few = checked.run(
            sql("select {} from (select * from {} limit {})", distinct, relation, Sql(str(SAMPLE)))
        )
        labels = [
            name for name, column in zip(labels, few.columns, strict=True) if column[0].as_py() <= MOST_LABELS
        ]
    period = period_of(table)
    return ([period] if period else []) + labels


def facts(checked: Checked, relation: Sql) -> Facts:
    """Count the rows of a relation of typed columns."""
    names = counted(checked, relation)
    columns = [checked.column(name) for name in names]
    shown = joined("", (sql("{}, ", column) for column in columns))
    query = sql(
        "select {}{} as g, count(*) as n from {} group by grouping sets ({}())",
        *(shown, grouping(columns), relation, each(columns)),
    )
    return collect(checked, names, checked.run(query))


def grouping(columns: Sequence[Name]) -> Sql:
    """Tell by which of the columns a row of the result is grouped: its bit is 0, the first's the highest."""
    return sql("grouping({})", joined(", ", columns)) if columns else Sql("0")


def each(columns: Sequence[Name]) -> Sql:
    """Group by each column alone."""
    return joined("", (sql("({}), ", column) for column in columns))


def collect(checked: Checked, names: Sequence[str], found: pa.Table) -> Facts:
    """Sort the rows of such a result into facts."""
    everything, rows = (1 << len(names)) - 1, 0
    counts = {name: dict[str, int]() for name in names}
    values = [found[checked.column(name)].to_pylist() for name in names]
    for index, (group, size) in enumerate(zip(found["g"].to_pylist(), found["n"].to_pylist(), strict=True)):
        if group == everything:
            rows = size
            continue
        at = len(names) - (everything ^ group).bit_length()
        value = values[at][index]
        if value is not None:
            text = value.date().isoformat() if isinstance(value, datetime) else str(value)
            counts[names[at]][text] = size
    periods = counts.pop(period_of(checked.table) or "", {})
    return Facts(rows, {day if "-" in day else f"{day}-01-01": size for day, size in periods.items()}, counts)
