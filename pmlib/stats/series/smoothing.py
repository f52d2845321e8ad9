"""Exponential smoothing (ETS with additive parts) from many moments at once, averaged over its parameters.

Level, trend (none, plain or damped) and season are smoothed with every set of parameters of a grid in one
pass. At each moment the sets are weighed by their corrected Akaike criterion on what was known then: nothing
is searched for, and no moment sees what came after it. On logarithms the parts multiply.

References
----------
Hyndman, Koehler, Ord and Snyder (2008), "Forecasting with Exponential Smoothing", Springer.
Burnham and Anderson (2002), "Model Selection and Multimodel Inference", Springer, ch. 4.
"""

from dataclasses import dataclass

import numpy as np

LEVELS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 0.98)
TRENDS = (0.01, 0.05, 0.15, 0.35)  # of the level's weight
SEASONS = (0.0, 0.05, 0.15, 0.35, 0.6)  # of what the level leaves
DAMPED = (0.8, 0.9, 0.98, 1.0)
FIRST = 5  # values that smoothing starts from, at least
LEAST = 1e-12  # of a variance: a series that is met exactly


@dataclass(frozen=True, eq=False)
class Grid:
    """Sets of parameters, an element each.

    level, trend, season, damped : weights of what is new, and what of the trend is kept.
    sloped, seasonal : whether there is a trend, and a season. free : how many numbers are fitted.
    """

    level: np.ndarray
    trend: np.ndarray
    season: np.ndarray
    damped: np.ndarray
    sloped: np.ndarray
    seasonal: np.ndarray
    free: np.ndarray


@dataclass(frozen=True, eq=False)
class Smoothed:
    """What smoothing says at each moment.

    paths : a row a moment, a column a step. weights : a row a moment, a column a set of `grid`.
    aicc : likewise.
    """

    paths: np.ndarray
    weights: np.ndarray
    aicc: np.ndarray
    grid: Grid


def grid(period: int, *, long: bool = False) -> Grid:
    """List the sets: no trend, plain or damped, each with a season and without where there is one.

    Parameters
    ----------
    long : whether steps are so short that no trend of theirs lasts; then all are slow, and damped.
    """
    slopes = [(0.0, 0.0)] + [(b, d) for d in DAMPED for b in TRENDS if not long or (d < 1 and b < TRENDS[2])]
    seasons = [(0.0, False)] + ([(g, True) for g in SEASONS] if period > 1 else [])
    sets = [
        (a, b * a, g * (1 - a), d, d > 0, s, 2 + (2 if d > 0 else 0) + (0 < d < 1) + (period if s else 0))
        for a in LEVELS
        for b, d in slopes
        for g, s in seasons
    ]
    return Grid(*(np.array(part) for part in zip(*sets, strict=True)))


def smooth(series: np.ndarray, ends: np.ndarray, steps: int, period: int, sets: Grid) -> Smoothed:
    """Smooth each column and look `steps` ahead of its end.

    Parameters
    ----------
    series : a column a moment, or one for all; nan where missing. ends : how many values are known at each.
    """
    columns = series.shape[1]
    shape = (columns, len(sets.level))
    level, slope, season = (part.copy() for part in _start(series, period, sets))
    squares, seen = np.zeros(shape), np.zeros((columns, 1))
    kept: dict[int, tuple[np.ndarray, ...]] = {}
    stops = set(ends.tolist())
    for at in range(int(ends.max())):
        place = at % period
        value = series[at][:, None]
        slope = slope * sets.damped
        level = level + slope
        error = value - level - season[place]
        if missing := np.isnan(value).any():
            error = np.where(np.isnan(error), 0.0, error)
        level = level + sets.level * error
        slope = slope + sets.trend * error
        if period > 1:
            season[place] += sets.season * error
        squares = squares + error**2
        seen = seen + (~np.isnan(value) if missing else 1.0)
        if at + 1 in stops:
            kept[at + 1] = (level, slope, season.copy(), squares, seen)
    found = [
        _ahead(kept[end], at if columns > 1 else 0, int(end), steps, period, sets)
        for at, end in enumerate(ends.tolist())
    ]
    paths, weights, aicc = (np.array(part) for part in zip(*found, strict=True))
    return Smoothed(paths, weights, aicc, sets)


def _ahead(
    state: tuple[np.ndarray, ...], column: int, end: int, steps: int, period: int, sets: Grid
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    level, slope, season, squares, seen = state
    count = float(seen[column, 0])
    free = np.minimum(sets.free, count - 2)
    aicc = count * np.log(np.maximum(squares[column] / count, LEAST)) + 2 * free
    aicc = aicc + 2 * free * (free + 1) / np.maximum(count - free - 1, 1)
    weights = np.exp(-(aicc - aicc.min()) / 2)
    weights = weights / weights.sum()
    used = weights > 1e-4
    share = weights[used] / weights[used].sum()
    ahead = np.arange(1, steps + 1)
    climbs = np.cumsum(sets.damped[used][:, None] ** ahead, axis=1)
    paths = level[column][used][:, None] + slope[column][used][:, None] * climbs
    paths = paths + season[:, column][:, used][(end + ahead - 1) % period].T
    return share @ paths, weights, aicc


def _start(series: np.ndarray, period: int, sets: Grid) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Begin with the line, and the season around it, of the first two seasons (five values at least)."""
    count = min(len(series), max(2 * period, FIRST))
    level, slope = np.zeros((2, series.shape[1], len(sets.level)))
    season = np.zeros((period, series.shape[1], len(sets.level)))
    time = np.arange(count)
    for column in range(series.shape[1]):
        first = series[:count, column]
        known = ~np.isnan(first)
        marks = np.equal.outer(time % period, np.arange(period)).astype(float)
        for seasonal in np.unique(sets.seasonal):
            for sloped in np.unique(sets.sloped):
                parts = [np.ones((count, 1)), time[:, None] + 1.0] if sloped else [np.ones((count, 1))]
                basis = np.hstack([*parts, marks]) if seasonal else np.hstack(parts)
                ridge = np.zeros(basis.shape[1])
                ridge[len(parts) :] = 0.1  # which centres the season too
                used = basis[known]
                fit = np.linalg.lstsq(used.T @ used + np.diag(ridge), used.T @ first[known], rcond=None)[0]
                which = (sets.seasonal == seasonal) & (sets.sloped == sloped)
                level[column, which] = fit[0]
                if sloped:
                    slope[column, which] = fit[1]
                if seasonal:
                    season[:, column, which] = fit[len(parts) :][:, None]
    return level, slope, season
