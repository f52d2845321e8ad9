"""Means and covariances of a large table by group, added up where it stands: no row of it arrives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from pmlib.data.checked import Typed, compared
from pmlib.data.declaration import Table
from pmlib.data.totals import Columns, grouped_by, in_order
from pmlib.data.words import SOURCES, DataError, quoted
from pmlib.sql import Name, Sql, joined, sql
from pmlib.stats.moments import Grouped, GroupMoments

MOMENTS = "moments"  # what `take` asks for them by
PARTS = 2**30  # into which a column's range is cut at most: a product of two is a whole number of 63 bits
FINE = 1e7  # into which each is cut again where values are added up, and not their products
MOST = 290  # decimals of the smallest values


@dataclass(frozen=True)
class _Part:
    """How values of a column become whole numbers: (value - least) * times; a whole number is one already."""

    least: float
    times: float = 1
    lacks: bool = False  # whether a row has no value

    @property
    def is_whole(self) -> bool:
        return isinstance(self.least, int)


def moments(
    typed: Typed, by: Sequence[str], columns: Sequence[str], where: Mapping[str, Any]
) -> tuple[pd.DataFrame, GroupMoments]:
    """Add up the rows that meet `where`; what is typed here has been checked.

    A sum of floats depends on the order of adding, which differs from run to run. So each value counts in
    whole parts of its column's range, to as many decimals as there are parts for (prices below 1,000 to five,
    when they are multiplied), and whole numbers are added.

    Returns
    -------
    One row a group: the columns of `by`, rows, and the mean of each column; and all that was added up.
    """
    parts = _parts(typed, columns)
    nullable = [name for name, part in parts.items() if part.lacks]
    lacking = [(Name(f"l{i}"), sql("({} is null)", typed.column(name))) for i, name in enumerate(nullable)]
    groups = grouped_by(typed, by)
    found = in_order(_sums(typed, where, [*groups, *lacking], parts), [*groups, *lacking])
    lacks = np.zeros((len(found), len(columns)), bool)
    for (alias, _), name in zip(lacking, nullable, strict=True):
        lacks[:, columns.index(name)] = found[alias].to_numpy()
    grouped = _grouped(found, list(parts.values()))
    frame = found.select([alias for alias, _ in groups]).rename_columns([n.partition(":")[0] for n in by])
    means = np.where(lacks, np.nan, grouped.mean)
    amounts = {"rows": grouped.n} | dict(zip(columns, means.T, strict=True))
    frame = frame.to_pandas().assign(**amounts)
    return frame, GroupMoments(
        tuple(columns), lacks, Grouped(grouped.n, np.nan_to_num(means), grouped.scatter)
    )


def arms(name: str, table: Table) -> list[str]:
    """Name the columns by which a test is divided: arms, and strata and clusters where there are.

    Raises
    ------
    DataError : no column says who got what, or users may be there twice.
    """
    of_role = {rule.role: column for column, rule in table.columns.items()}
    if "variant" not in of_role:
        raise DataError(f'take="moments" needs by, as in by=["region"]: {name} has no column of role variant')
    if "unit" in of_role and table.unique != [of_role["unit"]]:
        remedy = f"key = [{quoted(of_role['unit'])}] of [{name}] in {SOURCES} holds that each has one row"
        raise DataError(f'take="moments" never sees a user twice: {remedy}')
    return [of_role[role] for role in ("variant", "stratum", "cluster") if role in of_role]


def measured(name: str, table: Table) -> list[str]:
    """Name the columns of which moments are taken: those of the roles kpi and covariate.

    Raises
    ------
    DataError : there is none.
    """
    found = [column for column, rule in table.columns.items() if rule.role in ("kpi", "covariate")]
    if not found:
        raise DataError(f'take="moments" is of kpis and covariates, and {name} has no column of these roles')
    return found


def _parts(typed: Typed, columns: Sequence[str]) -> dict[str, _Part]:
    """Cut the range of each column into parts."""
    ends = []
    for i, name in enumerate(columns):
        column = typed.column(name)
        ends.append(sql("min({}) as {}, max({}) as {}", column, Name(f"a{i}"), column, Name(f"b{i}")))
        if typed.table.columns[name].nullable:
            ends.append(sql("count(*) > count({}) as {}", column, Name(f"c{i}")))
    found = typed.run(sql("select {} from {}", joined(", ", ends), typed.relation))
    parts = {}
    for i, name in enumerate(columns):
        low, high = (found[f"{end}{i}"][0].as_py() or 0 for end in "ab")
        lacks = f"c{i}" in found.column_names and found[f"c{i}"][0].as_py()
        if typed.table.columns[name].type != "number" and high - low <= PARTS:
            parts[name] = _Part(int(low), lacks=lacks)
        else:
            most = PARTS / (float(high) - float(low) or 1)
            tens = 10.0 ** min(floor(log10(most)), MOST)
            finest = max(times * tens for times in (1, 2, 5) if times * tens <= most)
            parts[name] = _Part(float(low), finest, lacks)
    return parts


def _sums(typed: Typed, where: Mapping[str, Any], groups: Columns, parts: Mapping[str, _Part]) -> pa.Table:
    """Count rows by group, and add up values and products of two in whole parts."""
    columns, sums = list[Sql](), [Sql("count(*) as n")]
    for i, (name, part) in enumerate(parts.items()):
        whole, value = Name(f"x{i}"), sql("({} - {})", typed.column(name), part.least)
        if not part.is_whole:
            value = sql(
                "(cast({} as double precision) - {}) * {}", typed.column(name), part.least, part.times
            )
            columns.append(sql("{} * {} as {}", value, FINE, Name(f"y{i}")))
            sums.append(_total(sql("cast({} as bigint)", Name(f"y{i}")), Name(f"f{i}")))
            value = sql("cast({} as bigint)", value)
        columns.append(sql("{} as {}", value, whole))
        sums.append(_total(sql("{}", whole), Name(f"s{i}")))
        for j in range(i + 1):
            sums.append(_total(sql("{} * {}", whole, Name(f"x{j}")), Name(f"p{i}_{j}")))
    by = [alias for alias, _ in groups]
    columns += [sql("{} as {}", value, alias) for alias, value in groups]
    kept = compared(typed, where)
    rows = sql("(select {} from {} where {}) as rows", joined(", ", columns), typed.relation, kept)
    end = sql("group by {}", joined(", ", by)) if by else Sql("having count(*) > 0")
    return typed.run(sql("select {} from {} {}", joined(", ", [*sums, *by]), rows, end))


def _total(value: Sql, alias: Name) -> Sql:
    # As text, for no number of the engine's or of Arrow's holds it whole wherever the rows stand.
    return sql("coalesce(cast(sum({}) as varchar), '0') as {}", value, alias)


def _grouped(found: pa.Table, parts: Sequence[_Part]) -> Grouped:
    """Turn sums of whole parts back into means and products of deviations from them."""
    n, wide = found["n"].to_numpy(), len(parts)
    rows = np.maximum(n, 1).astype(object)
    mean, scatter = np.empty((len(n), wide)), np.empty((len(n), wide, wide))
    for i, part in enumerate(parts):
        exact = _whole(found, f"s{i}") if part.is_whole else _whole(found, f"f{i}") / FINE
        mean[:, i] = (exact / rows).astype(float) / part.times + part.least
        for j, other in enumerate(parts[: i + 1]):
            apart = rows * _whole(found, f"p{i}_{j}") - _whole(found, f"s{i}") * _whole(found, f"s{j}")
            scatter[:, i, j] = scatter[:, j, i] = (apart / rows).astype(float) / part.times / other.times
    return Grouped(n, mean, scatter)


def _whole(found: pa.Table, name: str) -> np.ndarray:
    """Read a column of sums as Python's whole numbers, which have no end."""
    return np.array([int(text) for text in found[name].to_pylist()], object)
