"""The Theta forecast, from many moments at once: smoothing without trend, plus half the slope of all.

References
----------
Assimakopoulos and Nikolopoulos (2000), "The theta model", IJF 16(4); Hyndman and Billah (2003), "Unmasking
the Theta method", IJF 19(2).
"""

import numpy as np

from pmlib.stats.series.smoothing import Grid, smooth

LEVELS = np.linspace(0.05, 0.99, 20)
SURE = 1.645  # standard errors that the season's correlation must reach (90%)


def is_seasonal(values: np.ndarray, period: int) -> bool:
    """Test whether values one season apart are alike beyond what nearer ones explain."""
    known = values[~np.isnan(values)]
    if period < 2 or len(known) < 2 * period + 2:
        return False
    centred = values - known.mean()
    total = np.nansum(centred**2)
    if total <= 0:
        return False
    alike = np.array([np.nansum(centred[lag:] * centred[:-lag]) / total for lag in range(1, period + 1)])
    error = np.sqrt((1 + 2 * (alike[:-1] ** 2).sum()) / len(known))
    return bool(abs(alike[-1]) > SURE * error)


def season_of(values: np.ndarray, period: int) -> np.ndarray:
    """Take the mean of each place in the season, against the moving mean of a whole one."""
    weights = np.ones(period) if period % 2 else np.r_[0.5, np.ones(period - 1), 0.5]
    known = ~np.isnan(values)
    sums = np.convolve(np.where(known, values, 0.0), weights, "valid")
    shares = np.convolve(known.astype(float), weights, "valid")
    middle = np.full(len(values), np.nan)
    edge = len(weights) // 2
    middle[edge : edge + len(sums)] = sums / np.maximum(shares, 1)
    off = values - middle
    places = np.arange(len(values)) % period
    means = np.array([_mean(off[places == place]) for place in range(period)])
    return means - means.mean()


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else 0.0


def theta(series: np.ndarray, ends: np.ndarray, steps: int, period: int) -> np.ndarray:
    """Forecast each column from its end, without its season where it has one, which is put back then."""
    count, moments = len(series), len(ends)
    plain = np.full((count, moments), np.nan)
    seasons, slopes = np.zeros((moments, period)), np.zeros(moments)
    for at, end in enumerate(ends):
        known = series[:end, at if series.shape[1] > 1 else 0]
        if is_seasonal(known, period):
            seasons[at] = season_of(known, period)
        plain[:end, at] = known - np.resize(seasons[at], end)
        there = np.flatnonzero(~np.isnan(known))
        time = there - there.mean()
        slopes[at] = time @ plain[there, at] / max(time @ time, 1.0)
    zero = np.zeros(len(LEVELS))
    sets = Grid(LEVELS, zero, zero, zero, zero > 0, zero > 0, zero + 2)
    smoothed = smooth(plain, ends, steps, 1, sets)
    ahead = np.arange(1, steps + 1)
    level = smoothed.weights @ LEVELS
    lead = ahead - 1 + ((1 - (1 - level) ** ends) / level)[:, None]
    places = (ends[:, None] + ahead - 1) % period
    return smoothed.paths + slopes[:, None] / 2 * lead + np.take_along_axis(seasons, places, axis=1)
