"""Quantiles of a weighted sample with Woodruff's interval."""

from dataclasses import dataclass

import numpy as np

from pmlib.stats.weights.estimates import estimate, mean, t_quantile
from pmlib.stats.weights.sample import Sample


@dataclass(frozen=True)
class Quantile:
    """The value below which a share of the population lies, with its interval and standard error."""

    value: float
    low: float
    high: float
    error: float


def quantile(
    sample: Sample, values: np.ndarray, share: float, *, inside: np.ndarray | None = None, level: float = 0.95
) -> Quantile:
    """Find a quantile: the smallest value up to which at least `share` lies.

    The interval is that of the share below the quantile, read off the same distribution.

    References
    ----------
    Woodruff (1952), J. American Statistical Association 47.
    """
    if not 0 < share < 1:
        raise ValueError(f"share is {share:g}; a quantile's share lies between 0 and 1, such as 0.5")
    inside = np.full(len(sample), True) if inside is None else inside
    order = np.argsort(values[inside], kind="stable")
    y, weights = values[inside][order], sample.weights[inside][order]
    reached = np.cumsum(weights) / weights.sum()
    value = _at(y, reached, share)
    below = estimate(sample, mean(sample, (values <= value).astype(float), inside))
    low, high = below.interval(level)
    ends = _at(y, reached, low), _at(y, reached, high)
    return Quantile(value, *ends, (ends[1] - ends[0]) / (2 * t_quantile(level, below.degrees)))


def _at(y: np.ndarray, reached: np.ndarray, share: float) -> float:
    if np.isnan(share):
        return np.nan
    return float(y[min(int(np.searchsorted(reached, share - 1e-12)), len(y) - 1)])
