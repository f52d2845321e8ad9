"""Filter and add up a table where it stands, so that a small frame arrives however large it is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pmlib.data.blocks import bits, block, lie_in_blocks
from pmlib.data.checked import Checked, Typed, compared
from pmlib.data.facts import Facts, by_day, period_of, periods
from pmlib.data.labels import Known, known_labels, other_labels
from pmlib.data.roles import MEASURES
from pmlib.data.words import DataError, meant
from pmlib.sql import Name, Sql, joined, sql

GRAINS = ("year", "quarter", "month", "week", "day")
TAKES = ("sum", "mean", "min", "max", "count", "distinct")


def totals(
    checked: Typed, by: Sequence[str], take: Mapping[str, str], where: Mapping[str, Any]
) -> tuple[pa.Table, Facts | None]:
    """Group the rows that meet `where`, check all rows, and count what they hold, in one pass.

    Parameters
    ----------
    by : declared columns; "day:month" groups a date by year, quarter, month, week or day.
    take : for each declared column one of TAKES; "rows" counts rows.
    where : as in checked.compared.

    Returns
    -------
    One row a group, in the order of the groups, with the columns of `by` and `take`; and the facts, where the
    rows were checked.
    """
    names = [name.partition(":")[0] for name in by]
    groups = grouped_by(checked, by)
    taken = [(Name(f"t{index}"), _taken(checked, *pair)) for index, pair in enumerate(take.items())]
    keep, now = compared(checked, where), None
    if isinstance(checked, Checked) and checked.checks:
        if all(part.columnar for part in checked.parts):
            now = _all_right(checked)
            found = plain(replace(checked, written=frozenset(now.written)), keep, groups, taken)
        else:
            found, now = _checked(checked, keep, groups, taken)
    else:
        found = plain(checked, keep, groups, taken)
    found = in_order(found, groups)
    found = found.select([alias for alias, _ in groups + taken])
    return found.rename_columns([*names, *take]), now


Columns = Sequence[tuple[Name, Sql]]  # each with what it is called in the result


def grouped_by(checked: Typed, by: Sequence[str]) -> list[tuple[Name, Sql]]:
    """Give the columns to group by."""
    return [(Name(f"g{index}"), _grouped(checked, name)) for index, name in enumerate(by)]


def in_order(found: pa.Table, groups: Columns) -> pa.Table:
    """Sort groups."""
    return found.sort_by([(alias, "ascending") for alias, _ in groups]) if groups else found


def plain(checked: Typed, keep: Sql, groups: Columns, taken: Columns) -> pa.Table:
    """Group rows without checking them."""
    columns = joined(", ", (sql("{} as {}", value, alias) for alias, value in [*taken, *groups]))
    by = sql("group by {}", joined(", ", (alias for alias, _ in groups)))
    some = by if groups else sql("having count(*) > 0")
    return checked.run(sql("select {} from {} where {} {}", columns, checked.relation, keep, some))


def _all_right(checked: Checked) -> Facts:
    """Check column by column, which is quick where a file keeps the extremes of each; in doubt row by row."""
    known = known_labels(checked)
    if not all(checked.run(known.at_a_glance())["is_right"].to_pylist()):
        found = checked.run(sql("select bool_or(bad) as bad from {}", known.relation()))
        if found["bad"][0].as_py():
            checked.refuse()
    rows = checked.run(sql("select count(*) as n from {}", checked.relation))["n"][0].as_py()
    days = periods(checked, checked.relation)
    return Facts(rows, days, known.labels, checked.ended, written=sorted(known.written))


def _checked(checked: Checked, keep: Sql, groups: Columns, taken: Columns) -> tuple[pa.Table, Facts]:
    known, in_blocks = known_labels(checked), lie_in_blocks(checked)
    while True:
        found = checked.run(_one_pass(known, keep, groups, taken, in_blocks))
        if pc.any(found["bad"]).as_py():
            checked.refuse()
        if not pc.any(found["other_label"]).as_py() or not other_labels(known):
            break
    days = found.filter(pc.equal(found["no_day"], 0))
    rows = pc.sum(days["n"]).as_py() or 0
    by_period = (
        by_day(days["day"].to_pylist(), days["n"].to_pylist()) if period_of(checked.table) and rows else {}
    )
    main = found.filter(pc.and_(pc.equal(found["no_group"], 0), found["keep"]))
    different = in_blocks and not pc.any(pc.equal(found["no_block"], 0)).as_py()
    now = Facts(rows, dict(sorted(by_period.items())), known.labels, checked.ended)
    return main, replace(now, written=sorted(known.written), different=different)


def _one_pass(known: Known, keep: Sql, groups: Columns, taken: Columns, in_blocks: bool) -> Sql:
    """Group what is kept, count the days of all rows, and find blocks in which keys repeat."""
    checked, period = known.checked, period_of(known.checked.table)
    day = sql("{}", checked.column(period)) if period else Sql("null")
    keys = joined("", (sql("case when keep then {} end as {}, ", value, alias) for alias, value in groups))
    kept = sql("(select *, coalesce({}, false) as keep from {})", keep, known.relation())
    columns = joined("", (sql("{} as {}, ", value, alias) for alias, value in taken))
    by = joined("", (sql("{}, ", alias) for alias, _ in groups))
    sets, no_block, whole, blocks = sql("(day), ({}keep)", by), Sql("1"), Sql(""), Sql("")
    if in_blocks:
        sets, no_block = sql("{}, (block)", sets), Sql("grouping(block)")
        blocks = sql("{} as block, ", block(checked))
        whole = sql("having grouping(block) = 1 or bit_count({}) is distinct from count(*)", bits(checked))
    return sql(
        "select {}{}keep, day, grouping(keep) as no_group, grouping(day) as no_day, {} as no_block, "
        "count(*) as n, bool_or(bad) as bad, bool_or(other_label) as other_label "
        "from (select *, {}{}{} as day from {}) group by grouping sets ({}) {}",
        *(columns, by, no_block, keys, blocks, day, kept, sets, whole),
    )


def _grouped(checked: Typed, name: str) -> Sql:
    name, colon, grain = name.partition(":")
    column, type_ = checked.column(name), checked.table.columns[name].type
    if not colon:
        return sql("{}", column)
    if type_ != "date":
        raise DataError(f"by names {name}:{grain}, and only a date has a grain; {name} is of type {type_}")
    if grain not in GRAINS:
        raise DataError(f"by names {name}:{grain}; {meant(grain, GRAINS, 'it may be')}")
    return sql("cast(date_trunc({}, {}) as timestamp)", grain, column)


def _taken(checked: Typed, name: str, how: str) -> Sql:
    if name == "rows":
        return Sql("count(*)")
    if how not in TAKES:
        raise DataError(f"take asks for the {how} of {name}; {meant(how, TAKES, 'it may be')}")
    column, type_ = checked.column(name), checked.table.columns[name].type
    if how in ("sum", "mean") and type_ not in (*MEASURES, "flag"):
        raise DataError(
            f"take asks for the {how} of {name}, which is of type {type_}; it may be count or distinct"
        )
    match how:
        case "sum" | "mean":
            total = checked.total(column) if type_ == "number" else sql("cast(sum({}) as bigint)", column)
            return total if how == "sum" else sql("cast({} as double precision) / count({})", total, column)
        case "min":
            return sql("min({})", column)
        case "max":
            return sql("max({})", column)
        case "count":
            return sql("count({})", column)
    return sql("count(distinct {})", column)
