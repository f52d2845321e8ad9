"""The simplest forecasts, from many moments at once; what does not beat them should not be relied on."""

import numpy as np

from pmlib.stats.series.season import Season

RECENT = 28  # periods whose level a year-ago forecast is brought to


def filled(values: np.ndarray, period: int) -> np.ndarray:
    """Fill what is missing with what was one season before; at the beginning, with the first known."""
    values = values.copy()
    known = np.flatnonzero(~np.isnan(values))
    for at in np.flatnonzero(np.isnan(values)):
        values[at] = values[at - period] if at - period >= known[0] else values[known[0]]
    return values


def mean(values: np.ndarray, ends: np.ndarray, steps: int, season: Season) -> np.ndarray:
    """The mean of all that is known."""
    return np.array([np.full(steps, np.nanmean(values[:end])) for end in ends])


def last(values: np.ndarray, ends: np.ndarray, steps: int, season: Season) -> np.ndarray:
    """The last value goes on."""
    known = filled(values, 1)
    return np.array([np.full(steps, known[end - 1]) for end in ends])


def seasonal(values: np.ndarray, ends: np.ndarray, steps: int, season: Season) -> np.ndarray:
    """The last (short) season goes on."""
    return _repeated(filled(values, season.short), ends, steps, season.short)


def _repeated(known: np.ndarray, ends: np.ndarray, steps: int, period: int) -> np.ndarray:
    ahead = np.arange(steps) % period - period
    return np.array([known[np.maximum(end + ahead, 0)] for end in ends])


def year_ago(values: np.ndarray, ends: np.ndarray, steps: int, season: Season) -> np.ndarray:
    """A year ago goes on, in whole short seasons, half brought to the level of the last weeks."""
    lag = season.year_ago or season.longest
    known = filled(values, season.short)
    found = _repeated(known, ends, steps, lag)
    recent = min(RECENT, lag)
    moved = [
        known[end - recent : end].mean() - known[max(0, end - lag - recent) : end - lag].mean()
        if end > lag else 0.0
        for end in ends
    ]  # fmt: skip
    return found + np.array(moved)[:, None] / 2
