"""Kpi: one quantity over time, made regular; every model of a series starts from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from pmlib.data import DataError, Source
from pmlib.data.source import check_amounts, check_sizes, check_source
from pmlib.data.words import meant
from pmlib.given import ungiven
from pmlib.impact.calendar import Step, moment, step_of
from pmlib.result import Absent
from pmlib.table import Column

TITLE = "The KPI over time"
COMPLETE = 0.9  # of a period: observed for less, it is no value of the whole period
MISSING = ("mask", "refuse")
ADDS = ("sum", "mean")
MOST = 0.3  # of the periods may be missing
FEWEST = 8  # periods, below which nothing can be said of a series


@dataclass(frozen=True, eq=False)
class Kpi:
    """One series on a regular calendar.

    name : of the table. label, column : of the quantity, in words and with its unit.
    values : by period (DatetimeIndex without gaps); nan where nothing, or not the whole period, was observed.
    covariates : the same periods, one column each; nan where missing. labels : theirs, by column.
    step : how long a period is. source : the table's line of origin.
    found : what was found and done, one row each: rule, rows, when (words), done (words).
    """

    name: str
    column: Column
    values: pd.Series
    covariates: pd.DataFrame
    labels: Mapping[str, Column]
    step: Step
    source: str
    found: pd.DataFrame

    @property
    def label(self) -> str:
        return self.column.label

    @property
    def dates(self) -> pd.DatetimeIndex:
        return pd.DatetimeIndex(self.values.index)

    @property
    def multiplies(self) -> bool:
        """Whether effects are a share of the level: no value is 0 or below, so that it has a logarithm."""
        return bool((self.values.dropna() > 0).all())

    def known(self, until: pd.Timestamp | None) -> "Kpi":
        """Keep the periods up to and including a date."""
        kept = self.dates <= (self.dates[-1] if until is None else until)
        parts = {"values": self.values[kept], "covariates": self.covariates[kept]}
        return Kpi(**{**{name: getattr(self, name) for name in self.__dataclass_fields__}, **parts})

    def at(self, when: str | date | pd.Timestamp, called: str = "launch") -> int:
        """Find the first period that begins on a date or later: that is its place.

        Raises
        ------
        ValueError : no date, or none within the data.
        """
        found = moment(when, called)
        if not self.dates[0] < found <= self.dates[-1]:
            ends = f"{self.dates[0].date()} to {self.dates[-1].date()}"
            raise ValueError(f"{called} {found.date()} is not within the data, {ends}; choose a date in it")
        return int(self.dates.searchsorted(found))


def kpi(
    source: Source | None,
    column: str | None = None,
    *,
    until: str | date | None = None,
    add: str | None = None,
    missing: str = "mask",
    complete: float = COMPLETE,
) -> Kpi | Absent:
    """Put a quantity on a regular calendar, with what is missing left missing.

    Rows are sorted by period. A period without a row, with a blank, or observed for less than `complete` of
    its length is missing, never 0. Times with a zone count at their own clock's date.

    Parameters
    ----------
    source : one row a period; roles period and kpi (or units, revenue, share, price), also covariate (moved
        by what moves the KPI, and not by a launch) and observed (share of the period that was, 0-1).
    column : which kpi; by default the first.
    until : last date that is used.
    add : how several rows of a period become one: "sum" or "mean"; they are refused otherwise.
    missing : "mask" leaves what is missing out; "refuse" stops at it.

    Raises
    ------
    DataError : an infinite value, two rows of a period, periods of no regular length, too many missing.
    """
    if absent := ungiven(TITLE, source, "table of a KPI by period"):
        return absent
    check_source(source)
    assert source is not None
    if missing not in MISSING:
        raise ValueError(f'missing is {missing!r}; give "mask" or "refuse"')
    if add is not None and add not in ADDS:
        raise ValueError(f'add is {add!r}; give "sum" or "mean"')
    if absent := _lacking(source):
        return absent
    chosen = _chosen(source, column)
    last = None if until is None else moment(until, "until")
    check_amounts(source, chosen, *source.covariates, *(["observed"] if source.has("observed") else []))
    for name in [chosen, *source.covariates]:
        check_sizes(source.name, name, source.frame[name].to_numpy(float, na_value=np.nan))
    _check_observed(source)
    frame, notes = _rows(source, [chosen, *source.covariates], last, add)
    step = step_of(source.name, pd.DatetimeIndex(frame.index))
    return _on_calendar(source, chosen, frame, notes, step, missing=missing, complete=complete)


def check_kpi(kpi: object) -> None:
    """Refuse what is no Kpi.

    Raises
    ------
    TypeError : it is a table, or anything else.
    """
    if not isinstance(kpi, Kpi):
        named = kpi.name if isinstance(kpi, Source) else f"a {type(kpi).__name__}"
        raise TypeError(f"{named} is no KPI by period; give what impact.kpi makes of a table")


def _lacking(source: Source) -> Absent | None:
    if not source.has("period"):
        return Absent(title=TITLE, reason=f"{source.title} has no column of role period.")
    if not source.measured:
        return Absent(title=TITLE, reason=f"{source.title} has no column of role kpi.")
    return None


def _chosen(source: Source, column: str | None) -> str:
    known = source.measured
    if column is None:
        return known[0]
    if (named := source.called(column)) not in known:
        raise ValueError(f"{source.name} has no kpi {column!r}; {meant(column, known)}")
    return named


def _check_observed(source: Source) -> None:
    if not source.has("observed"):
        return
    shares = source.frame["observed"].to_numpy(float, na_value=np.nan)
    odd = ~((shares >= 0) & (shares <= 1 + 1e-9))  # 24 hours by 1/24 may be a little more
    if odd.any():
        row = int(odd.argmax())
        found = "blank" if np.isnan(shares[row]) else f"{shares[row]:g}"
        raise DataError(
            f"{source.name}, row {row}: observed is {found}; write the share of the period that was, 0 to 1"
        )


def _rows(
    source: Source, columns: list[str], last: pd.Timestamp | None, add: str | None
) -> tuple[pd.DataFrame, list[tuple[str, int, str, str]]]:
    """One row a period, in the order of time, up to the last that is used."""
    kept = [*columns, *(["observed"] if source.has("observed") else [])]
    frame = source.frame[kept].astype(float)
    dates = pd.DatetimeIndex(source.frame["period"]).tz_localize(None)
    frame.index = dates.normalize() if add is None else dates.floor("D")
    if add is None and not dates.equals(frame.index):
        at = int((dates != frame.index).argmax())
        raise DataError(f'{source.name}, row {at}: {dates[at]} has a time of day; give add="sum" or "mean"')
    notes = []
    if not frame.index.is_monotonic_increasing:
        notes.append(("Rows out of order", len(frame), "", "sorted by date"))
    frame = frame.sort_index(kind="stable")
    if last is not None:
        frame = frame[frame.index <= last]
        if frame.empty:
            raise ValueError(
                f"until {last.date()} is before the first date, {dates.min().date()}; choose later"
            )
    twice = frame.index.duplicated()
    if twice.any() and add is None:
        first = frame.index[twice][0].date()
        raise DataError(
            f"{source.name} has two rows of {first} ({int(twice.sum())} such rows); keep one, or "
            'give add="sum" or "mean"'
        )
    if twice.any():
        notes.append(("Several rows of a period", int(twice.sum()), "", f"taken together by their {add}"))
        how = dict.fromkeys(frame, "mean") | {columns[0]: add}
        frame = frame.groupby(level=0).agg(how)
    return frame, notes


def _on_calendar(
    source: Source,
    chosen: str,
    frame: pd.DataFrame,
    notes: list[tuple[str, int, str, str]],
    step: Step,
    *,
    missing: str,
    complete: float,
) -> Kpi:
    places = step.place(pd.DatetimeIndex(frame.index))
    dates = step.dates(frame.index[0], int(places[-1] - places[0]) + 1)
    full = frame.set_axis(places - places[0]).reindex(range(len(dates))).set_axis(dates)
    values, absent = full[chosen].copy(), ~np.isin(np.arange(len(dates)), places - places[0])
    notes = [*notes, *_noted("No row", dates[absent], "left missing")]
    notes += _noted("Blank", dates[values.isna().to_numpy() & ~absent], "left missing")
    if "observed" in full:
        part = (full["observed"] < complete).to_numpy() & values.notna().to_numpy()
        notes += _noted(
            f"Observed for less than {complete:.0%} of the {step.name}", dates[part], "left missing"
        )
        values[part] = np.nan
    lost = int(values.isna().sum())
    if lost and missing == "refuse":
        first = dates[values.isna().to_numpy()][0].date()
        raise DataError(
            f'{source.name}: {step.several(lost)} without a value, the first {first}; fill in, or "mask"'
        )
    if lost > MOST * len(values):
        raise DataError(
            f"{source.name}: {lost} of {step.several(len(values))} are missing, more than {MOST:.0%}; "
            "choose a time in which it was observed"
        )
    if len(values) - lost < FEWEST:
        raise DataError(f"{source.name} has {step.several(len(values) - lost)}; a series needs {FEWEST}")
    return Kpi(
        name=source.name,
        column=source.columns[chosen],
        values=values.rename(chosen),
        covariates=full[list(source.covariates)],
        labels={column: source.columns[column] for column in source.covariates},
        step=step,
        source=source.line or source.title,
        found=pd.DataFrame(notes, columns=["rule", "rows", "when", "done"]),
    )


def _noted(rule: str, dates: pd.DatetimeIndex, done: str) -> list[tuple[str, int, str, str]]:
    if dates.empty:
        return []
    named = ", ".join(str(day.date()) for day in dates[:3])
    when = named if len(dates) <= 3 else f"{named}, … {dates[-1].date()}"
    return [(rule, len(dates), when, done)]
