"""Users of two groups at two times, read from a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from pmlib.data import DataError, Source
from pmlib.data.source import check_amounts, check_sizes
from pmlib.data.words import listed, meant, shown
from pmlib.impact.calendar import moment
from pmlib.impact.panel.comparison import four_means
from pmlib.impact.panel.errors import codes
from pmlib.table import Column


@dataclass(frozen=True)
class Rows:
    """Users of two groups at two times.

    outcome, exposed, after : a value a row, the last two 1 and 0. more : covariates. cluster : of each row.
    clustered : whether clusters were declared. dropped : rows without a value.
    """

    column: Column
    outcome: np.ndarray
    exposed: np.ndarray
    after: np.ndarray
    more: np.ndarray
    cluster: np.ndarray
    clustered: bool
    dropped: int

    @property
    def matrix(self) -> np.ndarray:
        """The effect's term first."""
        both = self.exposed * self.after
        return np.column_stack([both, self.exposed, self.after, np.ones(len(both)), self.more])


def rows_of(
    table: Source,
    column: str,
    *,
    exposed: str | None,
    after: str | None,
    launch: str | date | None,
    covariates: Sequence[str],
) -> Rows:
    """Tell the two groups and the two times apart.

    Parameters
    ----------
    table : one row a user; roles variant (the group) and period, or a column of 0 and 1 named by `after`.
    exposed : the group that got the feature, where the groups are not 0 and 1.
    launch : first date of the time after, where there are more than two periods.

    Raises
    ------
    DataError, ValueError : groups or times are not two, or one of the four cells has no rows.
    """
    for name in covariates:
        if name not in table.frame:
            raise ValueError(f"{table.name} has no column {name!r}; {meant(name, table.frame)}")
    check_amounts(table, column, *covariates)
    for name in (column, *covariates):
        check_sizes(table.name, name, table.frame[name].to_numpy(float, na_value=np.nan))
    group, time = _group(table, exposed), _time(table, after, launch)
    values = table.frame[[column, *covariates]].to_numpy(float, na_value=np.nan)
    known = ~np.isnan(values).any(axis=1)
    clustered = table.has("cluster")
    names = table.frame["cluster"].astype("str").to_numpy() if clustered else np.arange(len(known))
    found = Rows(
        column=table.columns[column],
        outcome=values[known, 0],
        exposed=group[known],
        after=time[known],
        more=values[known, 1:],
        cluster=codes(names[known]),
        clustered=clustered,
        dropped=int((~known).sum()),
    )
    for row in four_means(found.outcome, found.exposed, found.after).itertuples():
        if row.n < 2:
            who, when = "with" if row.exposed else "without", "after" if row.after else "before"
            raise DataError(
                f"{table.name} has {row.n} rows {who} the feature {when} the launch; each of the four groups "
                "needs two"
            )
    return found


def _group(table: Source, exposed: str | None) -> np.ndarray:
    names = table.frame["variant"]
    if names.isna().any():
        row = int(names.isna().to_numpy().argmax())
        raise DataError(f"{table.name}, row {row}: no variant; fill it in, or leave the row out")
    written = names.astype("str").str.removesuffix(".0").replace({"False": "0", "True": "1"})
    groups = sorted(written.unique())
    if exposed is None and groups != ["0", "1"]:
        raise ValueError(
            f"{table.name}: the variants are {listed(groups)}; name the one with the feature: exposed="
        )
    chosen = "1" if exposed is None else str(exposed)
    if chosen not in groups:
        raise ValueError(
            f"exposed is {shown(exposed)}, which no row of {table.name} is; {meant(chosen, groups)}"
        )
    if len(groups) != 2:
        raise DataError(f"{table.name} has {len(groups)} variants; a comparison before and after takes two")
    return (written == chosen).to_numpy(float)


def _time(table: Source, after: str | None, launch: str | date | None) -> np.ndarray:
    if after is not None:
        name = table.called(after)
        if name not in table.frame:
            raise ValueError(f"{table.name} has no column {after!r}; {meant(after, table.frame)}")
        flags = table.frame[name]
        odd = np.flatnonzero(~flags.isin([0, 1]).to_numpy(bool))
        if len(odd):
            raise DataError(
                f"{table.name}, row {odd[0]}: {after} is {shown(flags.tolist()[odd[0]])}; write 1 after the "
                "launch and 0 before"
            )
        return flags.to_numpy(float)
    dates = table.frame["period"].dt.tz_localize(None)
    if launch is not None:
        start = moment(launch, "launch")
        if not dates.min() < start <= dates.max():
            raise ValueError(
                f"launch {start.date()} is not within {dates.min().date()} to {dates.max().date()}"
            )
        return (dates >= start).to_numpy(float)
    if dates.nunique() != 2:
        raise ValueError(
            f"{table.name} has {dates.nunique()} periods; say which are after the launch: launch="
        )
    return (dates == dates.max()).to_numpy(float)
