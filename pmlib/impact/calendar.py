"""Calendars: how long the periods of a series are, and dates put onto one without gaps."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from pmlib.data import DataError
from pmlib.data.words import shown


@dataclass(frozen=True)
class Step:
    """How long a period is.

    name : "day", "week", "month", "quarter" or "year". year : periods in one. seasons : lengths, in
        periods, of the seasons to look for, shortest first. days : that a period has at most.
    """

    name: str
    year: float
    seasons: tuple[float, ...]
    days: int

    def several(self, count: int) -> str:
        """Write so many periods in words: "28 days", "1 month"."""
        return f"{count:,} {self.name}{'s' if count != 1 else ''}"

    def place(self, dates: pd.DatetimeIndex) -> np.ndarray:
        """Number the periods that dates lie in; neighbours differ by one."""
        if self.name == "day":
            return dates.to_numpy("datetime64[D]").astype(int)
        if self.name == "week":
            return dates.to_numpy("datetime64[D]").astype(int) // 7
        months = dates.year.to_numpy() * 12 + dates.month.to_numpy() - 1
        return months // {"month": 1, "quarter": 3, "year": 12}[self.name]

    def dates(self, first: pd.Timestamp, count: int) -> pd.DatetimeIndex:
        """List the dates on which `count` periods begin, the first at `first`; at ends of months, the 1st."""
        if self.name in ("month", "quarter", "year") and first.day > 28:
            first = first.replace(day=1)
        lengths = {"day": {"days": 1}, "week": {"weeks": 1}, "month": {"months": 1}, "quarter": {"months": 3}}
        length = pd.DateOffset(**lengths.get(self.name, {"years": 1}))
        return pd.date_range(first, periods=count, freq=length)


STEPS = (
    Step("day", 365.25, (7, 365.25), 1),
    Step("week", 52.1775, (52.1775,), 7),
    Step("month", 12, (12,), 31),
    Step("quarter", 4, (4,), 92),
    Step("year", 1, (), 366),
)


def step_of(name: str, dates: pd.DatetimeIndex) -> Step:
    """Tell how long the periods are from the distance that most dates have from the next.

    Parameters
    ----------
    name : of the table. dates : sorted, each once.

    Raises
    ------
    DataError : fewer than two, or most are at no distance that a period has.
    """
    if len(dates) < 2:
        several = "1 date" if len(dates) == 1 else "no dates"
        raise DataError(f"{name} has {several}; a series needs more of them")
    gaps = np.diff(dates.to_numpy("datetime64[D]").astype(int))
    usual = float(np.median(gaps))
    for step, (least, most) in zip(STEPS, [(1, 1), (7, 7), (28, 31), (89, 92), (365, 366)], strict=True):
        if least <= usual <= most:
            _check_places(name, dates, step)
            return step
    raise DataError(
        f"{name}: most dates are {usual:g} days apart, which is no day, week, month, quarter or year; "
        "add the rows up to one of these first"
    )


def _check_places(name: str, dates: pd.DatetimeIndex, step: Step) -> None:
    """Refuse dates that begin periods at different days: 1 March and 15 April."""
    if step.name in ("day", "week"):
        begins = dates.day_of_week if step.name == "week" else pd.Index([0])
    else:
        begins = dates.day if not dates.is_month_end.all() else pd.Index([0])
    if begins.nunique() > 1:
        usual = begins.value_counts().index[0]
        odd = dates[begins != usual][0]
        raise DataError(
            f"{name}: {step.name}s begin on different days, as on {dates[begins == usual][0].date()} and "
            f"{odd.date()}; let all begin on the same"
        )


def moment(when: str | date | pd.Timestamp, called: str) -> pd.Timestamp:
    """Read a date: an ISO text, or a date. A year or a month is its first day.

    Raises
    ------
    ValueError : it is none; day and month are never guessed.
    """
    written = str(when)
    if isinstance(when, date) and when is not pd.NaT:
        return pd.Timestamp(when).tz_localize(None).normalize()
    for form in ("%Y-%m-%d", "%Y-%m", "%Y"):
        found = pd.to_datetime(written, format=form, errors="coerce")
        if found is not pd.NaT:
            return found
    raise ValueError(f"{called} is {shown(when)}; write a date such as 2024-03-07")
