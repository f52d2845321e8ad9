"""How adoption goes on: a forecast with its bands, the ceiling, the peak, and what a naive one would say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.data.source import check_source
from pmlib.given import ungiven
from pmlib.parameters import check_count, check_level, check_seed
from pmlib.result import Absent, Number, Result
from pmlib.sizing.adoption import few, words
from pmlib.sizing.adoption.anchor import anchor
from pmlib.sizing.adoption.foresee import Means, curves, foresee, is_few
from pmlib.sizing.adoption.history import History, every_series, history
from pmlib.sizing.adoption.outlook import LEVELS, Outlook, Span
from pmlib.stats.adoption import Fit, fit
from pmlib.stats.hindcast import drift, last_value
from pmlib.table import Column

TITLE = "Adoption"
ENOUGH = 4  # points for a curve's own parameters
LOOSE = 10.0  # a ceiling whose ends are further apart, as a ratio, is not identified


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Adoption(Result):
    """A series, its forecast and what it rests on.

    level : of low and high; low_95 and high_95 are at 95%.
    curve : the one that hindcasts best; its parameters, their errors, sse and r2 are by least squares (Fit);
        with few points, medians of the pooled Bass curve.
    ceiling, peak : with their intervals, averaged over curves; peak as a date, missing where it is not in
        sight.
    identified : whether the series, or an anchor, bounds the ceiling.
    prior_driven : whether analogues or a general prior say more than the series.
    weights : of what is averaged. errors : scaled error of each in the hindcast. likeness : of each
        analogue, as
        shares of 1.
    naive : what the naive forecast says of each period ahead.
    """

    level: float
    curve: str
    fit: Fit | None
    parameters: Mapping[str, float]
    ceiling: Span
    peak: pd.Timestamp | None
    identified: bool
    prior_driven: bool
    weights: Mapping[str, float]
    errors: Mapping[str, float]
    likeness: Mapping[str, float]

    def plot(self, ax: Any = None) -> Any:
        """Draw the history and the fan, with the naive forecast and what came."""
        from pmlib import chart

        return chart.fan(
            self.frame,
            "period",
            spec=self.columns["estimate"],
            came="later",
            baseline="naive",
            names={
                "estimate": "forecast",
                "naive": self.columns["naive"].label.lower().removesuffix(" each period"),
                "later": "what came",
            },
            ax=ax,
        )


def adoption(
    source: Source,
    *,
    until: int | None = None,
    years: int = 5,
    curve: str = "auto",
    kind: str | None = None,
    series: str | None = None,
    analogues: Source | None = None,
    market_size: Number | Result | float | None = None,
    level: float = 0.8,
    seed: int = 1,
) -> Adoption | Absent:
    """Foresee how something new goes on being adopted.

    Parameters
    ----------
    source : one row per period; roles period and units (sales of the period, or a stock at it), or
        penetration
        or share for kind "share". The first period is taken as the first of its life.
    until : the last year to know; what the table has after it is kept as truth and compared. None: all of it.
    years : how far to look ahead.
    curve : "auto" averages Bass, Gompertz, shifted Gompertz, logistic and a naive forecast by their rolling
        hindcasts; the name of a curve takes that one alone.
    kind : "sales" of each period, a "stock", or a "share" of all (0-1); None takes a table of shares alone as
        shares, and any other as sales.
    series : the product, segment or market to follow, where the table holds several.
    analogues : a table of the same kind with a product (segment, market) column, whose series lend a short
        one
        what it lacks; the series itself is left out of it.
    market_size : how many there may be at most (for sales: first purchases in all), with its own range: an
        anchor of the ceiling. level : of the ceiling and of the inner band.

    Returns
    -------
    Adoption : one row per period, known and ahead: seen, estimate, low, high, low_95, high_95, naive, later.

    Raises
    ------
    ValueError : an unusable history (named by period), too few points, or a parameter out of its range.
    """
    if absent := ungiven(TITLE, source, "history"):
        return absent
    known = history(source, TITLE, kind=kind, series=series, until=until)
    if isinstance(known, Absent):
        return known
    check_count("years", years, 1, 30)
    check_forecast(level, seed)
    ahead = known.ahead(years)
    lent = others(analogues, known)
    means = Means(curves(curve), few.lender(list(lent.values()), len(ahead)), anchor(market_size)[0], seed)
    _check_count(known, means)
    times = known.since(ahead.to_series())
    found = foresee(known.times, known.seen, times, kind=known.kind, means=means, level=level)
    pooled = is_few(known.times, known.seen, known.kind, means.curves)
    own = None if pooled else _fitted(known, found.curve)
    told = pooled or own is None or own.identified or means.anchor is not None
    identified = found.ceiling.high < LOOSE * found.ceiling.low and told
    frame = _frame(known, ahead, found, level)
    peak = _date(known, found.peak.middle)
    likeness = _likeness(known, means, lent) if pooled else {}
    said = words.Words(
        history=known,
        frame=frame,
        outlook=found,
        level=level,
        identified=identified,
        pooled=pooled,
        peak=peak,
        analogues=len(means.lender.series),
        likeness=likeness,
        anchored=anchor(market_size)[1],
    )
    return Adoption(
        title=said.title(),
        finding=said.finding(),
        headline=said.headline(),
        advice=said.advice(),
        unknown=said.unknown(),
        subtitle=said.subtitle(),
        frame=frame,
        columns=columns(known, level),
        numbers=said.numbers(),
        checks=said.checks(),
        source=source.line,
        level=level,
        curve=found.curve,
        fit=own,
        parameters=own.parameters if own else _pooled(known, means),
        ceiling=found.ceiling,
        peak=peak,
        identified=identified,
        prior_driven=pooled,
        weights=found.weights,
        errors=found.errors,
        likeness=likeness,
    )


def columns(known: History, level: float) -> dict[str, Column]:
    """Label the frame's columns; all share the series' unit."""
    unit, digits = known.column.unit, known.column.digits
    labels = {
        "seen": known.column.label,
        "estimate": "Forecast",
        "low": f"Low, {level:.0%}",
        "high": f"High, {level:.0%}",
        "naive": "Last value" if known.kind == "sales" else "Same step each period",
        "later": "What came",
        "low_95": "Low, 95%",
        "high_95": "High, 95%",
    }
    return {"period": Column("Period")} | {
        name: Column(label, unit, digits) for name, label in labels.items()
    }


def check_forecast(level: float, seed: int) -> None:
    """Refuse a level that bands are not made for, and a seed that is none.

    Raises
    ------
    ValueError, TypeError : either.
    """
    check_level(level)
    if not 0.5 <= level <= 0.99:
        raise ValueError(f"level is {level:g}; take 0.5 to 0.99, such as 0.8")
    check_seed(seed)


def _check_count(known: History, means: Means) -> None:
    count, lent = len(known.seen), len(means.lender.series)
    least = 2 if lent and known.kind == "sales" else 3
    if count < least:
        until = known.said(known.dates.iloc[-1])
        remedy = "wait for more" if lent else "give analogues, or wait for more"
        raise ValueError(f"{known.name} has {count} points up to {until}; {least} are needed: {remedy}")


def others(analogues: Source | None, known: History) -> dict[str, np.ndarray]:
    """Series of the analogues' table; what is to be foreseen must not lend to itself, under whatever name."""
    if ungiven(TITLE, analogues, "table of analogues") or analogues is None:
        return {}
    check_source(analogues)
    own = known.seen if known.kind == "sales" else known.increments
    found = every_series(analogues, kind=known.kind)
    return {
        name: values
        for name, values in found.items()
        if name != known.name and not (len(values) >= len(own) and np.array_equal(values[: len(own)], own))
    }


def _frame(known: History, ahead: pd.DatetimeIndex, found: Outlook, level: float) -> pd.DataFrame:
    naive = (last_value if known.kind == "sales" else drift)(level)
    steps = known.since(ahead.to_series())
    if known.even:
        expected = naive(known.seen, len(ahead)).middle
    else:  # the average step of uneven times
        pace = (known.seen[-1] - known.seen[0]) / (known.times[-1] - known.times[0])
        expected = known.seen[-1] + pace * (steps - known.times[-1])
    low, high = found.bands[level]
    low_95, high_95 = found.bands[LEVELS[1]]
    future = pd.DataFrame(
        {
            "period": ahead,
            "estimate": found.middle,
            "low": low,
            "high": high,
            "naive": np.minimum(expected, 1.0) if known.kind == "share" else expected,
            "low_95": low_95,
            "high_95": high_95,
        }
    )
    past = pd.DataFrame({"period": known.dates, "seen": known.seen})
    future = future.merge(
        known.later.rename("later").rename_axis("period").reset_index(), on="period", how="left"
    )
    both = pd.concat([past, future], ignore_index=True)
    return both[["period", "seen", "estimate", "low", "high", "naive", "later", "low_95", "high_95"]]


def _fitted(known: History, curve: str) -> Fit | None:
    if len(known.seen) < ENOUGH:
        return None
    kind, most = "sales" if known.kind == "sales" else "cumulative", 1.0 if known.kind == "share" else np.inf
    return fit(known.times, known.seen, curve, kind, most=most, name=known.name)


def _pooled(known: History, means: Means) -> dict[str, float]:
    added = known.seen if known.kind == "sales" else np.maximum(known.increments, 0.0)
    return few.medians(added, means.lender, means.anchor)


def _likeness(known: History, means: Means, lent: dict[str, np.ndarray]) -> dict[str, float]:
    added = known.seen if known.kind == "sales" else np.maximum(known.increments, 0.0)
    kept = [name for name, values in lent.items() if any(values is used for used in means.lender.series)]
    shares = dict(zip(kept, means.lender.likeness(added).tolist(), strict=True)) if kept else {}
    return dict(sorted(shares.items(), key=lambda pair: -pair[1]))


def _date(known: History, time: float) -> pd.Timestamp | None:
    return known.at(max(round(time), 1)) if np.isfinite(time) and abs(time) < 500 else None
