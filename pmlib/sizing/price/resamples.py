"""Surveys drawn anew: how often each unit comes in a resample."""

import numpy as np
from numpy.random import Generator

MOST = (
    1000  # units; so many groups of respondents tell the spread of an estimate as well as all of them would
)


def units(size: int, clusters: np.ndarray | None, strata: np.ndarray | None, rng: Generator) -> np.ndarray:
    """Number the sampling unit of each respondent: its cluster, itself, or a group drawn by lot."""
    if clusters is not None:
        return np.unique(clusters, return_inverse=True)[1]
    if strata is not None or size <= MOST:
        return np.arange(size)
    return rng.permutation(size) % MOST


def counts(strata: np.ndarray, draws: int, rng: Generator) -> np.ndarray:
    """Count how often each unit comes in each resample, rescaled so that the spread is unbiased: (draws,
    units).

    Of the n units of a stratum n − 1 are drawn with replacement, each worth n ÷ (n − 1).

    strata : of each unit, numbered from 0; each holds two units or more.

    References
    ----------
    Rao and Wu (1988), "Resampling Inference with Complex Survey Data", JASA 83(401).
    """
    found = np.empty((draws, len(strata)))
    for stratum in np.unique(strata):
        own = np.flatnonzero(strata == stratum)
        size = len(own)
        taken = rng.integers(size, size=(draws, size - 1)) + size * np.arange(draws)[:, None]
        times = np.bincount(taken.ravel(), minlength=draws * size).reshape(draws, size)
        found[:, own] = times * (size / (size - 1))
    return found


def ends(values: np.ndarray, level: float) -> np.ndarray:
    """Take the interval that the middle resamples span, along the first axis."""
    tail = (1 - level) / 2
    return np.quantile(values, [tail, 1 - tail], axis=0)


def stretch(values: np.ndarray, level: float) -> tuple[float, float, float]:
    """Give the survey's own value, which comes first, and the range that the middle resamples' values span.

    All three are missing where the survey, or a tenth of the resamples, have none. Ends are values that
    occur, so that they are prices that were asked.
    """
    known = values[1:][~np.isnan(values[1:])]
    if np.isnan(values[0]) or len(known) < 0.9 * (len(values) - 1):
        return (np.nan,) * 3
    tail = (1 - level) / 2
    low, high = np.quantile(known, tail, method="lower"), np.quantile(known, 1 - tail, method="higher")
    return float(values[0]), float(min(low, values[0])), float(max(high, values[0]))
