"""What a table holds, in counts: rows, periods and labels; by these two readings of it are compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pmlib.data.checked import Checked
from pmlib.data.declaration import Table
from pmlib.sql import Sql, joined, sql

SAMPLE = 50_000  # rows looked at first
MOST = 10_000  # labels of a column, above which they are ids or prose


@dataclass(frozen=True)
class Facts:
    """What a table holds.

    rows, periods : rows in all, and by period (ISO date).
    labels : of each column, the commonest first; ids and prose are left out.
    ended : whether its last line had an end.
    said : what was mended in its cells.
    written : columns of labels of which every cell is its label as it is written.
    different : whether every row was seen to have a key of its own; if not, it is still to be looked at.
    """

    rows: int
    periods: dict[str, int] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)
    ended: bool = True
    said: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    different: bool = False

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
    """Name the column of periods: that of the role, or else the only one of dates or years, in the key."""
    of_role = [name for name, rule in table.columns.items() if rule.role == "period"]
    of_type = [name for name in table.key or table.columns if table.columns[name].type in ("date", "year")]
    return of_role[0] if of_role else of_type[0] if len(of_type) == 1 else None


def facts(checked: Checked, relation: Sql) -> Facts:
    """Count what a relation of typed columns holds."""
    rows = checked.run(sql("select count(*) as n from {}", relation))["n"][0].as_py()
    labels = {}
    of_labels = [name for name, rule in checked.table.columns.items() if rule.type in ("text", "category")]
    for name in few(checked, relation, of_labels):
        held = sql("select {} as label from {}", checked.column(name), relation)
        found = checked.run(
            sql(
                "select label from ({}) where label is not null "
                "group by label order by count(*) desc, label limit {}",
                *(held, MOST + 1),
            )
        )
        if len(found) <= MOST:
            labels[name] = found["label"].to_pylist()
    return Facts(rows, periods(checked, relation), labels, checked.ended)


def periods(checked: Checked, relation: Sql) -> dict[str, int]:
    """Count rows by period."""
    period = period_of(checked.table)
    if not period:
        return {}
    column = checked.column(period)
    found = checked.run(
        sql("select {} as day, count(*) as n from {} group by 1 order by 1", column, relation)
    )
    return by_day(found["day"].to_pylist(), found["n"].to_pylist())


def few(checked: Checked, relation: Sql, names: Sequence[str]) -> list[str]:
    """Choose columns of which the first rows hold few enough labels for it to be worth counting them all."""
    columns = [checked.column(name) for name in names]
    if not columns:
        return []
    start = sql("(select {} from {} limit {})", joined(", ", columns), relation, Sql(str(SAMPLE)))
    counts = joined(", ", (sql("count(distinct {})", column) for column in columns))
    found = checked.run(sql("select {} from {}", counts, start))
    return [name for name, n in zip(names, found.columns, strict=True) if n[0].as_py() <= MOST]


def by_day(periods: Iterable[datetime | int], rows: Iterable[int]) -> dict[str, int]:
    """Write rows by the ISO date that their period, a date or a year, begins with."""
    counts = zip(periods, rows, strict=True)
    return {f"{day}-01-01" if isinstance(day, int) else day.date().isoformat(): n for day, n in counts if day}
