"""The history of one series, checked: what sold, or stood, in each period, and what came after `until`."""

from dataclasses import dataclass
from numbers import Integral

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.data.source import check_source
from pmlib.data.words import meant, shown
from pmlib.result import Absent
from pmlib.table import Column, dates, number

ROLES = {"sales": ("units",), "stock": ("units",), "share": ("penetration", "share")}
KEYS = ("product", "segment", "market")  # what may tell series of one table apart
DAYS = 365.25
FALLEN = 0.8  # of its peak: a stock below has no ceiling ahead of it that a curve of adoption could find
IDLE = 3  # periods without any adoption that a history may begin with
MOST = 1e100  # whose squares are numbers still


@dataclass(frozen=True, eq=False)
class History:
    """One series.

    dates, seen : of the periods known; later : those after `until`, the truth to compare with.
    months : between periods, where they are of months or years; days otherwise.
    times : periods since launch, the first one being 1.
    """

    name: str
    kind: str
    dates: pd.Series
    seen: np.ndarray
    later: pd.Series
    step: int
    unit_of_step: str
    column: Column
    source: Source

    @property
    def times(self) -> np.ndarray:
        return self.since(self.dates)

    @property
    def even(self) -> bool:
        """Whether no period is missing between the first and the last."""
        return len(self.seen) < 2 or bool((np.diff(self.times) == 1).all())

    @property
    def increments(self) -> np.ndarray:
        """What was added each period, of a stock or a share."""
        return np.diff(self.seen)

    def since(self, when: pd.Series) -> np.ndarray:
        """Periods since launch; launch is the period before the first."""
        return 1 + _places(when, self.unit_of_step, self.dates.iloc[0]) / self.step

    def ahead(self, years: int) -> pd.DatetimeIndex:
        """The dates of the next years."""
        a_year = 12 / self.step if self.unit_of_step == "months" else DAYS / self.step
        count = max(1, round(years * a_year))
        return pd.DatetimeIndex([self.at(self.times[-1] + i) for i in range(1, count + 1)])

    def at(self, time: float) -> pd.Timestamp:
        """The date of a time since launch."""
        away = round((time - 1) * self.step)
        return self.dates.iloc[0] + pd.DateOffset(**{self.unit_of_step: away})

    def said(self, when: pd.Timestamp) -> str:
        """Write a date as finely as the periods are."""
        return str(dates(pd.concat([self.dates, pd.Series([when])])).iloc[-1])


def history(
    source: Source, title: str, *, kind: str | None, series: str | None, until: int | None
) -> History | Absent:
    """Read one series of a table; what is missing altogether is absent, what is wrong is refused.

    Raises
    ------
    ValueError : an unknown kind, several series and none chosen, a period twice, a gap, a value that is
        missing,
        negative or beyond 100%, nothing but zeros, or an `until` outside the table.
    """
    check_source(source)
    if kind is None:
        kind = "share" if source.lacks("units") and any(map(source.has, ROLES["share"])) else "sales"
    if kind not in tuple(ROLES):
        raise ValueError(f"kind is {shown(kind)}; {meant(str(kind), ROLES, 'it may be')}")
    check_until(until)
    value = next((role for role in ROLES[kind] if source.has(role)), None)
    if lacks := source.lacks("period") + ([] if value else [" or ".join(ROLES[kind])]):
        hint = ' (kind="share" reads penetration)' if kind != "share" and source.has("penetration") else ""
        return Absent(title=title, reason=f"{source.name} has no column of role {' or '.join(lacks)}{hint}.")
    assert value
    if source.frame.empty:
        return Absent(title=title, reason=f"{source.name} has no rows.")
    frame, name = _chosen(source, series)
    check_values(source.name, name, frame, value, kind)
    when = _begun(frame["period"].reset_index(drop=True))
    values = pd.Series(frame[value].to_numpy(float), index=pd.DatetimeIndex(when))
    step, unit = _step(when)
    if kind == "sales":
        _check_gaps(source.name, name, when, step, unit)
    past = values if until is None else values[values.index.year <= until]
    if kind != "sales" and len(past) and past.iloc[-1] < FALLEN * past.max():
        fell = number(1 - past.iloc[-1] / past.max(), "%", 0)
        return Absent(
            title=title,
            reason=f"{name} has fallen {fell} from its peak of {past.idxmax().year}; curves of adoption only "
            "rise: look at sales, or at generations of the product.",
        )
    if until is not None and (past.empty or until > values.index[-1].year):
        ends = f"{values.index[0].year} to {values.index[-1].year}"
        raise ValueError(f"until is {until}; {name} is known from {ends}: take a year in it")
    if not past.to_numpy().any():
        raise ValueError(f"{name} is 0 in every period up to {until}; take a later until")
    if len(past) > IDLE and not past.to_numpy()[: IDLE + 1].any():
        raise ValueError(f"{name} is 0 in its first {IDLE + 1} periods; leave out those before its launch")
    return History(
        name=name,
        kind=kind,
        dates=past.index.to_series(index=range(len(past))),
        seen=past.to_numpy(float),
        later=values[len(past) :],
        step=step,
        unit_of_step=unit,
        column=source.columns[value],
        source=source,
    )


def check_until(until: object) -> None:
    """Refuse a last year that is no year.

    Raises
    ------
    TypeError : it is no whole number.
    """
    if until is not None and (isinstance(until, bool) or not isinstance(until, Integral)):
        raise TypeError(f"until is {shown(until)}; give a year as a whole number, or None for all of them")


def every_series(source: Source, *, kind: str) -> dict[str, np.ndarray]:
    """Read all series of a table of analogues: sales each, or what was added each period."""
    value = next((role for role in ROLES[kind] if source.has(role)), None)
    if value is None or source.lacks("period"):
        raise ValueError(f"analogues: {source.name} needs the roles period and {' or '.join(ROLES[kind])}")
    key = [role for role in KEYS if source.has(role)]
    groups = source.frame.groupby(key, sort=False, dropna=False) if key else [((source.name,), source.frame)]
    found = {}
    for names, rows in groups:
        name = ", ".join(str(part) for part in names)
        rows = rows.sort_values("period")
        check_values(source.name, name, rows, value, kind)
        when = _begun(rows["period"].reset_index(drop=True))
        _check_gaps(source.name, name, when, *_step(when))
        values = rows[value].to_numpy(float)
        found[name] = values if kind == "sales" else np.maximum(np.diff(values), 0.0)
    return found


def even_times(name: str, when: pd.DatetimeIndex, years: int) -> tuple[np.ndarray, pd.DatetimeIndex]:
    """Number periods from 1 on, and give the dates of the years after them.

    Raises
    ------
    ValueError : a period is missing.
    """
    known = _begun(pd.Series(when))
    step, unit = _step(known)
    _check_gaps(name, name, known, step, unit)
    count = max(1, round(years * (12 if unit == "months" else DAYS) / step))
    ahead = [known.iloc[-1] + pd.DateOffset(**{unit: step * i}) for i in range(1, count + 1)]
    return np.arange(1.0, len(when) + 1), pd.DatetimeIndex(ahead)


def _chosen(source: Source, series: str | None) -> tuple[pd.DataFrame, str]:
    frame = source.frame.sort_values("period")
    keys = [role for role in KEYS if source.has(role)]
    named = (
        frame[keys].astype("str").agg(", ".join, axis=1)
        if keys
        else pd.Series(source.name, index=frame.index)
    )
    there = list(dict.fromkeys(named))
    if series is None and len(there) > 1:
        shown = ", ".join(there[:4]) + (", …" if len(there) > 4 else "")
        raise ValueError(
            f'{source.name} holds {len(there)} series ({shown}); choose one: series="{there[0]}"'
        )
    if series is not None and series not in there:
        raise ValueError(f'{source.name} has no series "{series}"; it has {", ".join(there[:6])}')
    name = series or there[0]
    return frame[named == name], name


def check_values(table: str, name: str, frame: pd.DataFrame, value: str, kind: str) -> None:
    """Refuse values of one series that no adoption has.

    Raises
    ------
    ValueError : a period twice; a value that is missing, infinite, negative, beyond 100%; nothing but zeros.
    """
    where = table if name == table else f"{table}, {name}"
    values, when = frame[value].to_numpy(float, na_value=np.nan), dates(frame["period"]).tolist()
    if len(twice := np.flatnonzero(frame["period"].duplicated())):
        raise ValueError(f"{where} has two rows of {when[twice[0]]}; add them up, or keep one")
    for wrong, what, remedy in (
        (np.isnan(values), "missing", "fill it in, or start after it"),
        (np.isinf(values), "infinite", "correct it"),
        (values > MOST, "too large", "give it in thousands or millions"),
        ((values > 0) & (values < 1 / MOST), "too small", "correct it, or give it in a smaller unit"),
        (values < 0, "negative", "correct it"),
        ((values > 1) & (kind == "share"), "more than 100%", "a share is from 0 to 1: divide percent by 100"),
    ):
        if wrong.any():
            found = "" if what == "missing" else f" ({values[wrong.argmax()]:g})"
            raise ValueError(f"{where}: {value} of {when[wrong.argmax()]} is {what}{found}; {remedy}")
    if not values.any():
        raise ValueError(
            f"{where}: {value} is 0 in every period; nothing was adopted yet, so nothing can be foreseen"
        )


def _check_gaps(table: str, name: str, when: pd.Series, step: int, unit: str) -> None:
    where = table if name == table else f"{table}, {name}"
    gaps = np.diff(_places(when, unit, when.iloc[0]))
    if len(wide := np.flatnonzero(gaps != step)):
        before, after = dates(when).iloc[[wide[0], wide[0] + 1]]
        raise ValueError(
            f"{where}: nothing is said between {before} and {after}; fill it in, 0 if nothing sold"
        )


def _begun(when: pd.Series) -> pd.Series:
    # Years, quarters and months that are dated by their last day are dated by their first instead.
    if not when.dt.is_month_end.all():
        return when
    months = when.dt.month
    length = "Y" if (months == 12).all() else "Q" if (months % 3 == 0).all() else "M"
    return when.dt.to_period(length).dt.to_timestamp()


def _step(when: pd.Series) -> tuple[int, str]:
    unit = "months" if when.dt.day.nunique() == 1 else "days"
    gaps = np.diff(_places(when, unit, when.iloc[0]))
    return (int(gaps.min()), unit) if len(gaps) else (12, "months")


def _places(when: pd.Series, unit: str, first: pd.Timestamp) -> np.ndarray:
    if unit == "months":
        return np.asarray((when.dt.year - first.year) * 12 + when.dt.month - first.month)
    return np.asarray((when - first).dt.days)
