"""CUPED: what users did before the test explains part of what they do in it, and is taken off."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from pmlib.impact.randomised.estimates import Terms

USEFUL = 0.01  # of the variance: what explains less shortens an interval by half a percent at most
AFFECTED = 0.01  # chance of so large a difference between arms of what was before the test


@dataclass(frozen=True)
class Adjustment:
    """What covariates do for one metric.

    weights : of the terms: 1, and minus the slope of each covariate.
    r2, r2_low, r2_high : share of the variance that they explain, at `level`; p : that it is none.
    """

    weights: np.ndarray
    r2: float
    r2_low: float
    r2_high: float
    p: float

    @property
    def useful(self) -> bool:
        """Whether it is worth the words."""
        return bool(self.r2 >= USEFUL and self.r2_low > 0)


def adjustment(terms: Terms, level: float) -> Adjustment:
    """Find the slopes on all arms together, and how much they explain inside arms.

    A covariate that is the same for everybody, or repeats another, has slope 0.

    References
    ----------
    Deng, Xu, Kohavi and Walker (2013), "Improving the sensitivity of online controlled experiments by
    utilizing pre-experiment data", WSDM.
    """
    count = len(terms.total) - 1
    slopes = _slopes(terms.among)
    inside = _slopes(terms.within)
    spread = float(terms.within[0, 0])
    explained = float(inside @ terms.within[1:, 0]) / spread if spread > 0 else 0.0
    r2 = float(np.clip(explained, 0.0, 1.0))
    free = float(terms.n.sum() - terms.n.size) - count
    ratio = r2 / count * free / (1 - r2) if r2 < 1 else np.inf
    p = float(stats.f.sf(ratio, count, free)) if free > 0 else 1.0
    low, high = _squared_range(r2, free, level)
    low = 0.0 if p >= 1 - level else low
    return Adjustment(np.concatenate([[1.0], -slopes]), r2, low, high, p)


def gap_chance(terms: Terms) -> float:
    """Give the chance that arms differ so much in any covariate, were they alike (Bonferroni's)."""
    count = len(terms.total) - 1
    variances = terms.cov.sum(axis=0)
    least = min(spread_test(terms.value[:, k], variances[:, k, k])[2] for k in range(1, count + 1))
    return min(1.0, least * count)


def spread_test(values: np.ndarray, variances: np.ndarray) -> tuple[float, int, float]:
    """Test that independent estimates are of one number: chi-squared, its degrees of freedom, p."""
    if not (np.isfinite(values).all() and (variances > 0).all()):
        return np.nan, len(values) - 1, 1.0
    weights = 1 / variances
    middle = np.average(values, weights=weights)
    statistic = float(weights @ (values - middle) ** 2)
    return statistic, len(values) - 1, float(stats.chi2.sf(statistic, len(values) - 1))


def _slopes(cov: np.ndarray) -> np.ndarray:
    scale = np.sqrt(np.diag(cov)[1:])
    scale = np.where(scale > 0, scale, 1.0)
    return np.linalg.pinv(cov[1:, 1:] / np.outer(scale, scale), hermitian=True) @ (cov[1:, 0] / scale) / scale


def _squared_range(r2: float, free: float, level: float) -> tuple[float, float]:
    """The interval of a squared correlation, by Fisher's z."""
    if free <= 2 or r2 >= 1:
        return r2, r2
    middle = np.arctanh(np.sqrt(r2))
    half = stats.norm.ppf((1 + level) / 2) / np.sqrt(free - 1)
    return float(np.tanh(max(0.0, middle - half)) ** 2), float(np.tanh(middle + half) ** 2)
