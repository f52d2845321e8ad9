"""Panel: one quantity of many units over time, and when each got the feature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from pmlib.data import DataError, Source
from pmlib.data.source import check_amounts, check_sizes, check_source
from pmlib.data.words import meant, shown
from pmlib.given import ungiven
from pmlib.impact.calendar import moment
from pmlib.impact.panel.timing import NEVER, first_treated, unit_names
from pmlib.result import Absent
from pmlib.table import Column, date_form

TITLE = "Units with and without the feature"
MISSING = ("keep", "refuse", "drop")


@dataclass(frozen=True, eq=False)
class Panel:
    """Units by periods, in the order of their names and of time.

    name : of the table. column : label and unit of the outcome.
    outcomes : a row a unit, a column a period (dates); nan where nothing was observed.
    first : position of the first period in which a unit had the feature; -1 where it never did.
    periods : the columns as a reader writes them: 1989, or 2011-07-01.
    clusters : of each unit, which errors are shared within; the unit itself where none are declared.
    covariates : as outcomes, by column. labels : theirs.
    source : the table's line of origin.
    found : what was found and done, one row each: rule, rows, when (words), done (words).
    """

    name: str
    column: Column
    outcomes: pd.DataFrame
    first: pd.Series
    periods: tuple[str, ...]
    clusters: pd.Series
    covariates: Mapping[str, pd.DataFrame]
    labels: Mapping[str, Column]
    source: str
    found: pd.DataFrame

    @property
    def label(self) -> str:
        return self.column.label

    @property
    def units(self) -> list[str]:
        return list(self.outcomes.index)

    @property
    def treated_units(self) -> list[str]:
        """The units that got the feature within the data."""
        return list(self.first.index[self.first != NEVER])

    @property
    def treated(self) -> np.ndarray:
        """Units by periods: whether the unit had the feature."""
        first = self.first.to_numpy()[:, None]
        return (first != NEVER) & (np.arange(self.outcomes.shape[1]) >= first)

    @property
    def cohorts(self) -> list[int]:
        """Positions at which units got it, each once, the earliest first."""
        return sorted({int(at) for at in self.first if at != NEVER})

    @property
    def staggered(self) -> bool:
        return len(self.cohorts) > 1

    @property
    def balanced(self) -> bool:
        return bool(self.outcomes.notna().to_numpy().all())

    def keep(self, units: Sequence[str]) -> "Panel":
        """Keep some units, in the order of the panel."""
        chosen = self.outcomes.index.isin(units)
        parts = {
            "outcomes": self.outcomes[chosen],
            "first": self.first[chosen],
            "clusters": self.clusters[chosen],
            "covariates": {name: values[chosen] for name, values in self.covariates.items()},
        }
        return Panel(**{**{name: getattr(self, name) for name in self.__dataclass_fields__}, **parts})


def panel(
    table: Source | None,
    column: str | None = None,
    *,
    treated: str | Sequence[str] | None = None,
    launch: str | date | None = None,
    until: str | date | None = None,
    missing: str = "keep",
) -> Panel | Absent:
    """Lay a quantity out by unit and period, and find when each unit got the feature.

    Who got it is told by the table: a flag `treated` of the row that is 0, then 1 for ever, or a date
    `launched` of the unit (empty or 0: never). A period in which it was launched counts as treated. Else the
    parameters tell: the names of the units, and one date for all of them; a flag that does not change over
    time names the units too.

    Units that had the feature from their first period on have nothing before to compare with; they are left
    out, and said in `found`.

    Parameters
    ----------
    table : one row a unit and period; roles unit, period, kpi, and treated or launched; also covariate, and
        cluster (in which units share what happens to them: a state of its counties).
    column : which kpi; by default the first.
    treated, launch : who got it, and when, where the table does not tell.
    until : last date that is used.
    missing : "keep" leaves cells without a value empty; "drop" leaves out the units that have any;
        "refuse" stops.

    Raises
    ------
    DataError : a unit with two rows of a period, or that had the feature and lost it; an infinite value; no
        unit that got it, or none to compare with; a single period; an outcome that never varies.
    """
    if absent := ungiven(TITLE, table, "table of units by period"):
        return absent
    check_source(table)
    assert table is not None
    if missing not in MISSING:
        raise ValueError(f'missing is {missing!r}; give "keep", "drop" or "refuse"')
    if absent := _lacking(table, treated, launch):
        return absent
    chosen = _chosen(table, column)
    check_amounts(table, chosen, *table.covariates)
    for name in (chosen, *table.covariates):
        check_sizes(table.name, name, table.frame[name].to_numpy(float, na_value=np.nan))
    rows = _rows(table, until)
    outcomes = _wide(rows, chosen)
    _check_shape(table.name, outcomes)
    first, notes = first_treated(table, rows, pd.DatetimeIndex(outcomes.columns), treated, launch)
    outcomes, first, more = _usable(table.name, outcomes, first, missing)
    kept = list(outcomes.index)
    form = date_form(pd.DatetimeIndex(outcomes.columns))
    return Panel(
        name=table.name,
        column=table.columns[chosen],
        outcomes=outcomes,
        first=first,
        periods=tuple(day.strftime(form) for day in outcomes.columns),
        clusters=_clusters(table, rows).reindex(kept),
        covariates={name: _wide(rows, name).loc[kept] for name in table.covariates},
        labels={name: table.columns[name] for name in table.covariates},
        source=table.line or table.title,
        found=pd.DataFrame([*notes, *more], columns=["rule", "rows", "when", "done"]),
    )


def _lacking(table: Source, treated: object, launch: object) -> Absent | None:
    for role in ("unit", "period"):
        if not table.has(role):
            return Absent(title=TITLE, reason=f"{table.title} has no column of role {role}.")
    if not table.measured:
        return Absent(title=TITLE, reason=f"{table.title} has no column of role kpi.")
    told = table.has("treated") or table.has("launched") or (treated is not None and launch is not None)
    if not told:
        reason = f"{table.title} has no column of role treated or launched; name the units and the launch."
        return Absent(title=TITLE, reason=reason)
    return None


def _chosen(table: Source, column: str | None) -> str:
    if column is not None and column not in table.measured:
        raise ValueError(f"{table.name} has no kpi {column!r}; {meant(column, table.measured)}")
    return column or table.measured[0]


def _rows(table: Source, until: str | date | None) -> pd.DataFrame:
    """The rows up to the last date, by unit and period, each once."""
    frame = table.frame.assign(unit=unit_names(table), period=table.frame["period"].dt.tz_localize(None))
    if until is not None:
        last = moment(until, "until")
        if last < frame["period"].min():
            raise ValueError(f"until {last.date()} is before the first, {frame['period'].min().date()}")
        frame = frame[frame["period"] <= last]
    twice = np.flatnonzero(frame.duplicated(["unit", "period"]))
    if len(twice):
        row = frame.iloc[twice[0]]
        raise DataError(
            f"{table.name} has two rows of {shown(row['unit'])} on {row['period'].date()} ({len(twice):,} "
            "such rows); keep one, or add them up"
        )
    return frame.sort_values(["unit", "period"], kind="stable")


def _wide(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    wide = rows.pivot_table(column, "unit", "period", dropna=False, sort=True)
    return wide.astype(float)


def _check_shape(name: str, outcomes: pd.DataFrame) -> None:
    if outcomes.shape[1] < 2:
        raise DataError(f"{name} has one period; a comparison needs one before and one after the launch")
    values = outcomes.to_numpy()
    if np.isnan(values).all():
        raise DataError(f"{name} has no value of the kpi at all; give numbers")
    if np.nanmax(values) == np.nanmin(values):
        raise DataError(
            f"{name}: the kpi is {np.nanmax(values):g} in every row; of what never varies no effect is found"
        )
    if (outcomes.max(axis=1) == outcomes.min(axis=1)).all():
        raise DataError(
            f"{name}: no unit's kpi ever changes, so no launch moved it; give what varies over time"
        )


def _usable(
    name: str, outcomes: pd.DataFrame, first: pd.Series, missing: str
) -> tuple[pd.DataFrame, pd.Series, list[tuple[str, int, str, str]]]:
    """Leave out what has nothing before its launch, and what has holes where asked."""
    notes = []
    holes = outcomes.isna()
    if holes.to_numpy().any():
        count, owners = int(holes.to_numpy().sum()), outcomes.index[holes.any(axis=1)]
        at = f"{owners[0]}{f' and {len(owners) - 1:,} more' if len(owners) > 1 else ''}"
        if missing == "refuse":
            raise DataError(f"{name}: {count:,} values of unit and period are missing ({at}); fill, or drop")
        if missing == "drop":
            outcomes, first = outcomes[~holes.any(axis=1)], first[~holes.any(axis=1)]
        done = "units left out" if missing == "drop" else "left missing"
        notes.append(("No value of a unit and period", count, at, done))
    values = outcomes.notna().to_numpy()
    before = (values & (np.arange(values.shape[1]) < first.to_numpy()[:, None])).any(axis=1)
    early = (first != NEVER) & ~before
    if early.any():
        notes.append(("Had it from their first period on", int(early.sum()), "", "left out"))
    late = (
        (first != NEVER)
        & ~early
        & ~(values & (np.arange(values.shape[1]) >= first.to_numpy()[:, None])).any(axis=1)
    )
    if late.any():
        notes.append(("No value since they got it", int(late.sum()), "", "left out"))
    kept = ~early & ~late & values.any(axis=1)
    if late.any() and not (first[kept] != NEVER).any():
        raise DataError(
            f"{name}: none of the {int((early | late).sum())} units with the feature has a value since it "
            "got it; give later periods"
        )
    if early.any() and not (first[kept] != NEVER).any():
        raise DataError(
            f"{name}: all {int(early.sum())} units with the feature have it in their first period already; "
            "give periods before, or, if treated marks who gets it at all, give launch= too"
        )
    outcomes, first = outcomes[kept], first[kept]
    _check_comparison(name, first)
    if not (first == NEVER).any():
        notes.append(("Every unit got it in the end", len(first), "", "compared with those that did not yet"))
    return outcomes, first, notes


def _check_comparison(name: str, first: pd.Series) -> None:
    if not (first != NEVER).any():
        raise DataError(f"{name}: no unit got the feature within the data; name who did, and when")
    if (first != NEVER).all() and first.nunique() == 1:
        raise DataError(
            f"{name}: all {len(first)} units got it at the same time, so none shows what would have been; "
            "add units without it, or look at the series before and after"
        )


def _clusters(table: Source, rows: pd.DataFrame) -> pd.Series:
    if not table.has("cluster"):
        names = rows["unit"].drop_duplicates()
        return pd.Series(names.to_numpy(), index=names.to_numpy(), name="cluster")
    several = rows.groupby("unit")["cluster"].nunique(dropna=False)
    if (several > 1).any():
        unit = several.index[several > 1][0]
        raise DataError(f"{table.name}: {shown(unit)} is in {several[unit]} clusters; a unit stays in one")
    found = rows.drop_duplicates("unit").set_index("unit")["cluster"]
    if found.isna().any():
        raise DataError(f"{table.name}: {shown(found.index[found.isna()][0])} has no cluster; fill it in")
    return found.astype("str")
