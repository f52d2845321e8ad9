"""The kinds of forecast that are combined: which apply to a series, and what each says from many moments."""

from collections.abc import Sequence

import numpy as np

from pmlib.stats.series import naive
from pmlib.stats.series.airline import airline
from pmlib.stats.series.harmonic import harmonic
from pmlib.stats.series.season import ENOUGH, Season, curves
from pmlib.stats.series.smoothing import grid, smooth
from pmlib.stats.series.theta import theta

KINDS = {
    "ets": "Exponential smoothing",
    "theta": "Theta",
    "airline": "ARIMA (airline)",
    "harmonic": "Seasonal regression",
    "year_ago": "As a year ago",
    "seasonal": "Last season again",
    "last": "Last value again",
    "mean": "Mean of all",
}
NAIVE = ("mean", "last", "seasonal")


def fitting(count: int, season: Season) -> tuple[str, ...]:
    """Choose the kinds that so many values allow; below two (short) seasons, naive ones only."""
    if count < max(2 * season.short, 8):
        return ("seasonal", "last") if count >= season.short > 1 else ("last",)
    if season.long:
        kinds = ("ets", "theta", "harmonic")
        return (*kinds, "year_ago") if count >= ENOUGH * season.long else kinds
    return ("ets", "theta", "airline") if season.short > 1 else ("ets", "theta")


def foretell(
    values: np.ndarray,
    ends: np.ndarray,
    steps: int,
    season: Season,
    kinds: Sequence[str],
    controls: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Forecast by each kind from each moment: a row a moment, a column a step.

    Parameters
    ----------
    values : on the scale of the forecast, nan where missing; the first is known.
    ends : how many of them are known at each moment. controls : known ones, of the regression alone.
    """
    curve = curves(values, ends, steps, season) if season.long else np.zeros((len(values) + steps, 1))
    plain = values[:, None] - curve[: len(values)]
    ahead = np.array([curve[end : end + steps, at if season.long else 0] for at, end in enumerate(ends)])
    short = season.short
    found = {}
    for kind in kinds:
        if kind == "ets":
            sets = grid(short, long=season.long > 0)
            found[kind] = ahead + smooth(plain, ends, steps, short, sets).paths
        elif kind == "theta":
            found[kind] = ahead + theta(plain, ends, steps, short)
        elif kind == "airline":
            path = airline(plain, ends, steps, short)
            found[kind] = ahead + np.where(np.isnan(path), theta(plain, ends, steps, short), path)
        elif kind == "harmonic":
            found[kind] = harmonic(values, curve, ends, steps, season, controls)
        else:
            found[kind] = getattr(naive, kind)(values, ends, steps, season)
    return found
