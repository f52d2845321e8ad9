"""How a KPI goes on if nothing new is launched: a forecast whose intervals its own past errors set."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from pmlib.given import ungiven
from pmlib.impact.forecast import by_week, words
from pmlib.impact.forecast.series import known
from pmlib.impact.kpi import Kpi
from pmlib.parameters import check_count, check_flag, check_level, check_names, check_seed
from pmlib.result import Absent, Number, Result
from pmlib.stats.series.foresee import Foreseen, foresee
from pmlib.stats.series.kinds import KINDS
from pmlib.table import Column, interval_digits

TITLE = "Baseline forecast"
OUTER = 0.95
DRAWS = 4000
SHOWN = 3  # horizons of history in the chart


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Baseline(Result):
    """A KPI's next periods without a launch.

    frame : a row a period: period, estimate, low, high (at `level`), low_95, high_95, naive (last season
        again).
    level : of low and high. dates : on which the periods ahead begin.
    methods : the kinds of forecast whose mean it is. windows : without overlap that past errors at the last
        step are worth. limit : what these are too few for, in words; empty where they are enough.
    total, total_low, total_high : of all periods ahead together (their mean for shares), at `level`.
    foreseen : every forecast that was made from past moments, for `backtest`.
    """

    kpi: Kpi
    level: float
    dates: pd.DatetimeIndex
    methods: tuple[str, ...]
    windows: float
    limit: str
    total: float
    total_low: float
    total_high: float
    foreseen: Foreseen = field(repr=False)

    @property
    def steps(self) -> int:
        return len(self.dates)

    def paths(self, count: int = 1000, seed: int = 1) -> np.ndarray:
        """Draw futures in the KPI's unit, a row each; points and sums scatter as past errors did."""
        check_count("count", count, 1)
        check_seed(seed)
        return self.foreseen.draw(count, seed)

    def plot(self, ax: Any = None) -> Any:
        """Draw the latest history, and from it the forecast as a fan; of many days, by week."""
        from pmlib import chart

        size = by_week.chunk(self.kpi, self.steps)
        frame = self.frame
        if size > 1:
            naive = by_week.means(frame[["naive"]].to_numpy().T, size)[0]
            frame = by_week.ahead(self.dates, self.paths(DRAWS), size, self.level).assign(naive=naive)
        past = by_week.history(self.kpi, self.dates[0], SHOWN * len(frame), size)
        return chart.fan(
            pd.concat([past, frame], ignore_index=True),
            "period",
            spec=self.kpi.column,
            baseline="naive",
            names={"estimate": "forecast", "naive": "last season again"},
            ax=ax,
        )


def baseline(
    kpi: Kpi | Absent | None,
    *,
    steps: int | None = None,
    level: float = 0.8,
    methods: list[str] | tuple[str, ...] | None = None,
    controls: bool = False,
    seed: int = 1,
) -> Baseline | Absent:
    """Foresee a KPI as if nothing new were launched.

    Kinds of forecast that the series allows are combined by their mean, on logarithms where all values are
    above 0. The same is done from up to 80 past moments with what was known then; intervals, of points and of
    the sum, are those of the errors made then, widened where they are few.

    Parameters
    ----------
    kpi : a series on a regular calendar, as `kpi` gives it.
    steps : periods ahead; by default 28 days, 13 weeks, 12 months, 8 quarters or 3 years, and never more than
        half of what is known.
    level : of low and high; the outer interval is at 95%.
    methods : of "ets", "theta", "airline", "harmonic", "year_ago", "seasonal", "last", "mean"; by default
        those that fit.
    controls : use the covariates, which must be known ahead: in rows where the KPI is blank. Past forecasts
        use those that came, so they are for what is planned, as days off or spending, not for weather.
    seed : of the draws that the interval of the sum is taken from.

    Returns
    -------
    Baseline : or Absent where the series hardly ever changes.

    Raises
    ------
    ValueError : steps beyond what the series shows, an unknown method. DataError : controls not known ahead.
    """
    if absent := ungiven(TITLE, kpi, "KPI"):
        return absent
    if not isinstance(kpi, Kpi):
        raise ValueError(f"baseline takes a Kpi, as impact.kpi gives it; this is a {type(kpi).__name__}")
    check_level(level, high=OUTER)
    check_seed(seed)
    check_flag("controls", controls)
    table = known(kpi, steps, controls)
    if reason := words.constant(kpi):
        return Absent(title=TITLE, reason=reason)
    seen = foresee(
        table.values,
        table.season,
        table.steps,
        kinds=_chosen(methods, table.season.short, len(table.values)),
        controls=table.controls,
    )
    return _told(kpi, seen, table.last, level, seed)


def _chosen(methods: Any, period: int, count: int) -> tuple[str, ...] | None:
    if methods is None:
        return None
    check_names("methods", methods)
    chosen = (methods,) if isinstance(methods, str) else tuple(methods)
    for one in chosen:
        if one not in KINDS:
            raise ValueError(f"methods has {one!r}; choose of {', '.join(KINDS)}")
    if "airline" in chosen and (period < 2 or count < 2 * period + 2):
        raise ValueError(
            "methods has 'airline', which needs two seasons of months, quarters or days; drop it"
        )
    if not chosen:
        raise ValueError(f"methods is empty; choose of {', '.join(KINDS)}, or leave it out")
    return chosen


def _told(kpi: Kpi, seen: Foreseen, last: pd.Timestamp, level: float, seed: int) -> Baseline:
    dates = kpi.step.dates(last, seen.steps + 1)[1:]
    ends = [(1 - OUTER) / 2, (1 - level) / 2, 0.5, (1 + level) / 2, (1 + OUTER) / 2]
    low_95, low, middle, high, high_95 = seen.quantiles(ends).T
    frame = pd.DataFrame({
        "period": dates, "estimate": middle, "low": low, "high": high, "low_95": low_95, "high_95": high_95,
        "naive": seen.points("seasonal"),
    })  # fmt: skip
    draws = seen.draw(DRAWS, seed)
    whole = draws.sum(axis=1) if words.adds(kpi) else draws.mean(axis=1)
    outer_low, total_low, total, total_high, outer_high = map(float, np.quantile(whole, ends))
    one = _number(kpi, seen, total, total_low, total_high, level, dates)
    limit = words.limit(kpi, seen)
    outer = _number(kpi, seen, total, outer_low, outer_high, OUTER, dates)
    return Baseline(
        title=words.title(one),
        finding=words.finding(kpi, one, outer, dates),
        headline=words.headline(kpi, one),
        advice=words.advice(kpi, one),
        unknown=limit or "What no past period had: the forecast assumes that nothing new begins.",
        subtitle=words.subtitle(kpi, seen, level),
        frame=frame,
        columns=_columns(kpi),
        numbers=(one,),
        checks=words.checks(kpi, seen),
        source=kpi.source,
        kpi=kpi,
        level=level,
        dates=dates,
        methods=seen.kinds,
        windows=seen.windows,
        limit=limit,
        total=total,
        total_low=total_low,
        total_high=total_high,
        foreseen=seen,
    )


def _number(
    kpi: Kpi, seen: Foreseen, value: float, low: float, high: float, level: float, dates: pd.DatetimeIndex
) -> Number:
    adds, digits = words.adds(kpi), min(0, interval_digits(low, high, kpi.column.unit))
    value, low, high = (round(one, digits) for one in (value, low, high))  # no finer than the range allows
    return Number(
        name="next_total" if adds else "next_average",
        label=words.label(kpi, seen.steps),
        value=value,
        low=low,
        high=high,
        level=level,
        unit=kpi.column.unit,
        period=f"{dates[0].date()} to {dates[-1].date()}",
        source=kpi.name,
    )


def _columns(kpi: Kpi) -> Mapping[str, Column]:
    def as_kpi(label: str) -> Column:
        return replace(kpi.column, label=label)

    return {
        "period": Column(kpi.step.name.capitalize()),
        "estimate": as_kpi("Forecast"),
        "low": as_kpi("Low"),
        "high": as_kpi("High"),
        "low_95": as_kpi("Low, 95%"),
        "high_95": as_kpi("High, 95%"),
        "naive": as_kpi("Last season again"),
    }
