"""Whether more or fewer deals are won over time."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.deals.logistic import NoFit, fit_logit, slope
from pmlib.competitive.deals.table import Deals, check_minimum, decided, undecided
from pmlib.competitive.proportion import difference, effective_size, wilson
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import count, level_words
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, number

TITLE = "Win rate over time"
GRAINS = {"month": "M", "quarter": "Q", "year": "Y"}  # pandas' codes
PERIODS = 3  # fewer show no course
DAYS = 365.25
RATE = Column("Won", "%", 0)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WinTrend(Result):
    """Win rates by month, quarter or year, and their trend.

    change, low, high : of the rate in a year, a difference of fractions. halves : the rate of the later half
        of the deals minus that of the earlier, with its interval.
    """

    change: float
    low: float
    high: float
    halves: tuple[float, float, float]

    def plot(self, ax: Any = None) -> Any:
        """Draw the rates over time with their intervals."""
        from pmlib import chart

        known = self.frame.dropna(subset="estimate")
        return chart.bands(known, "period", spec=RATE, ax=ax) if len(known) > 1 else None


def win_trend(deals: Source, *, minimum: int = 30, level: float = 0.95) -> WinTrend | Absent:
    """Follow the share of decided deals that were won, and say how fast it moves.

    The trend is a logistic regression of each deal on its date (robust errors, clustered by customer where
    customers return), told as the average change of the rate in a year. Rates are shown by the finest of
    month, quarter and year whose typical period has `minimum` deals.

    Parameters
    ----------
    deals : as for win_loss, with period (the date decided).
    minimum : decided deals below which a period's rate is withheld. level : of the intervals.

    Returns
    -------
    WinTrend : frame has one row a period, newest first: period (its first day), decided, won, estimate, low,
        high (Wilson's interval; missing below the minimum).

    Raises
    ------
    ValueError : a deal both won and lost, or given twice.
    """
    check_level(level)
    check_minimum(minimum)
    if (absent := undecided(TITLE, deals, "period")) is not None:
        return absent
    table = decided(deals)
    dates = table.frame["period"] if len(table.frame) else deals.frame["period"]
    if len(table.frame) < 2 * minimum or dates.nunique() < 2:
        found = f"{count(len(table.frame))} decided on {count(dates.nunique())} dates"
        return Absent(
            title=TITLE, reason=f"Too few: {found}; a trend needs {count(2 * minimum)} on two dates."
        )
    years = ((dates - dates.min()).dt.days / DAYS).to_numpy(float)
    if table.won.min() == table.won.max():
        return Absent(title=TITLE, reason="All decided deals went one way.")
    if table.customers is not None and table.customers.max() < PERIODS:
        return Absent(title=TITLE, reason="Too few customers to tell a trend from one of them.")
    try:
        model = fit_logit(years[:, None], table.won, table.customers)
    except (NoFit, np.linalg.LinAlgError):
        return Absent(title=TITLE, reason="Deals went one way before a date and the other way after it.")
    change, error = slope(model, 1)
    half = model.half(level) * error
    ends = change, change - half, change + half
    grain, frame = _by_period(table, minimum, level)
    halves = _halves(table, level)
    finding = _finding(ends, table.when)
    return WinTrend(
        title=_title(ends),
        finding=finding,
        headline=finding,
        subtitle=f"Share of decided deals won by {grain}, {table.when}; {level_words(level)}",
        frame=frame,
        columns={
            "period": Column(grain.capitalize()),
            "decided": Column("Decided", "", 0),
            "won": Column("Deals won", "", 0),
            "estimate": RATE,
            "low": Column("Low", "%", 0),
            "high": Column("High", "%", 0),
        },
        source=deals.line,
        numbers=(
            Number(
                name="win_rate_change",
                label="change of the win rate in a year",
                value=change,
                low=ends[1],
                high=ends[2],
                level=level,
                unit="points",
                period=table.when,
                source=deals.name,
            ),
        ),
        checks=(*table.checks, *_checks(frame, years, ends, halves)),
        change=change,
        low=ends[1],
        high=ends[2],
        halves=halves,
    )


def _by_period(table: Deals, minimum: int, level: float) -> tuple[str, pd.DataFrame]:
    dates = table.frame["period"]
    by_grain = {grain: dates.dt.to_period(code).dt.start_time for grain, code in GRAINS.items()}
    enough = (grain for grain, starts in by_grain.items() if starts.value_counts().median() >= minimum)
    grain = next(enough, "year")
    starts = by_grain[grain]
    found = []
    for start in sorted(starts.unique(), reverse=True):
        inside = (starts == start).to_numpy()
        won = table.won[inside]
        customers = None if table.customers is None else table.customers[inside]
        ends = (np.nan,) * 3
        if len(won) >= minimum:
            rate = float(won.mean())
            ends = rate, *wilson(rate, effective_size(won, customers), level)
        found.append((start, len(won), int(won.sum()), *ends))
    return grain, pd.DataFrame(found, columns=["period", "decided", "won", "estimate", "low", "high"])


def _halves(table: Deals, level: float) -> tuple[float, float, float]:
    # Deals of one date stay together.
    dates = table.frame["period"]
    middle = dates.median()
    late = (dates > middle if (dates > middle).any() else dates == middle).to_numpy()
    rates, sizes = [], []
    for part in (late, ~late):
        customers = None if table.customers is None else table.customers[part]
        rates.append(float(table.won[part].mean()))
        sizes.append(effective_size(table.won[part], customers))
    return difference(rates[0], sizes[0], rates[1], sizes[1], level)


def _clear(ends: tuple[float, float, float]) -> bool:
    return ends[1] > 0 or ends[2] < 0


def _title(ends: tuple[float, float, float]) -> str:
    if not _clear(ends):
        return "No clear trend of the win rate"
    return f"The win rate {'rises' if ends[0] > 0 else 'falls'}"


def _finding(ends: tuple[float, float, float], when: str) -> str:
    low, high = (number(end, "points", 1, sign=True).removesuffix(" points") for end in ends[1:])
    told = f"{number(ends[0], 'points', 1, sign=True)} a year ({low} to {high})"
    if _clear(ends):
        return f"From {when} the win rate {'rose' if ends[0] > 0 else 'fell'}: {told}."
    return f"From {when} we cannot tell whether the win rate rises or falls: {told}."


def _checks(
    frame: pd.DataFrame,
    years: np.ndarray,
    ends: tuple[float, float, float],
    halves: tuple[float, float, float],
) -> tuple[Check, ...]:
    said = " to ".join(number(end, "points", 1, sign=True).removesuffix(" points") for end in halves[1:])
    known = int(frame["estimate"].notna().sum())
    return (
        Check(
            "Dates span a year or more",
            bool(years.max() >= 1 - 1 / DAYS),
            f"{number(float(years.max()), '', 1)} years",
        ),
        Check(
            f"At least {count(PERIODS)} periods have enough deals", known >= PERIODS, f"{count(known)} have"
        ),
        Check(
            "The later half of deals moved the same way",
            halves[0] * ends[0] >= 0 or not _clear(ends),
            f"{number(halves[0], 'points', 1, sign=True)} ({said})",
        ),
    )
