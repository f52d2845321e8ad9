"""Filter and add up a table where it stands, so that a small frame arrives however large it is."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pmlib.data.checked import Checked, compared
from pmlib.data.facts import Facts, collect, counted, each, grouping
from pmlib.data.rule import MEASURES
from pmlib.data.sql import Name, Sql, joined, sql
from pmlib.data.words import DataError, meant

GRAINS = ("year", "quarter", "month", "week", "day")
TAKES = ("sum", "mean", "min", "max", "count", "distinct")


def totals(
    checked: Checked, by: Sequence[str], take: Mapping[str, str], where: Mapping[str, Any]
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
    groups = [(Name(f"g{index}"), _grouped(checked, name)) for index, name in enumerate(by)]
    taken = [(Name(f"t{index}"), _taken(checked, *pair)) for index, pair in enumerate(take.items())]
    found, facts = _run(checked, checked.relation, compared(checked, where), groups, taken)
    if groups:
        found = found.sort_by([(alias, "ascending") for alias, _ in groups])
    found = found.select([alias for alias, _ in groups + taken])
    return found.rename_columns([*names, *take]), facts


def _run(
    checked: Checked, relation: Sql, keep: Sql, groups: list[tuple[Name, Sql]], taken: list[tuple[Name, Sql]]
) -> tuple[pa.Table, Facts | None]:
    values = joined("", (sql("{} as {}, ", value, alias) for alias, value in taken))
    if not checked.checks:
        keys = joined("", (sql("{} as {}, ", value, alias) for alias, value in groups))
        return checked.run(
            sql(
                "select {}{}true as keep from {} where {} group by {}keep",
                *(keys, values, relation, keep, joined("", (sql("{}, ", alias) for alias, _ in groups))),
            )
        ), None
    names = counted(checked, relation)
    columns = [checked.column(name) for name in names]
    keys = joined("", (sql("case when keep then {} end as {}, ", value, alias) for alias, value in groups))
    kept = sql("(select *, coalesce({}, false) as keep from {})", keep, relation)
    inner = sql("(select *, {}true as all_rows from {})", keys, kept)
    shown = joined("", (sql("{}, ", column) for column in [*columns, *(alias for alias, _ in groups)]))
    by = joined("", (sql("{}, ", alias) for alias, _ in groups))
    found = checked.run(
        sql(
            "select {}{}keep, grouping(keep) as other, {} as g, count(*) as n, bool_or(bad) as bad "
            "from {} group by grouping sets ({}(), ({}keep))",
            *(shown, values, grouping(columns), inner, each(columns), by),
        )
    )
    if pc.any(found["bad"]).as_py():
        checked.refuse()
    is_main = pc.equal(found["other"], 0)
    facts = collect(checked, names, found.filter(pc.invert(is_main)))
    return found.filter(pc.and_(is_main, found["keep"])), facts


def _grouped(checked: Checked, name: str) -> Sql:
    name, colon, grain = name.partition(":")
    column, type_ = checked.column(name), checked.table.columns[name].type
    if not colon:
        return sql("{}", column)
    if type_ != "date":
        raise DataError(f"by names {name}:{grain}, and only a date has a grain; {name} is of type {type_}")
    if grain not in GRAINS:
        raise DataError(f"by names {name}:{grain}; {meant(grain, GRAINS, 'it may be')}")
    return sql("cast(date_trunc({}, {}) as timestamp)", grain, column)


def _taken(checked: Checked, name: str, how: str) -> Sql:
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
            if type_ == "number":
                total = checked.total(column)
            else:
                total = sql("cast(sum({}) as bigint)", column)
            return total if how == "sum" else sql("cast({} as double precision) / count({})", total, column)
        case "min":
            return sql("min({})", column)
        case "max":
            return sql("max({})", column)
        case "count":
            return sql("count({})", column)
    return sql("count(distinct {})", column)
