"""Intervals of rates that hold for few deals and near 0 or 1."""

import numpy as np
from scipy.special import ndtri  # quantiles of the normal distribution

Range = tuple[float, float]


def wilson(rate: float, size: float, level: float) -> Range:
    """Give the interval of a rate observed on `size` deals.

    References
    ----------
    Wilson (1927), J. American Statistical Association 22: the score interval.
    """
    if not size > 0:
        return np.nan, np.nan
    z2 = float(ndtri(0.5 + level / 2)) ** 2
    middle = (rate + z2 / (2 * size)) / (1 + z2 / size)
    half = np.sqrt(z2 * (rate * (1 - rate) / size + z2 / (4 * size**2))) / (1 + z2 / size)
    # where all are won, or none, one end is that; rounding must not move it
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return (0.0 if rate == 0 else float(low)), (1.0 if rate == 1 else float(high))


def difference(
    first: float, size: float, second: float, other_size: float, level: float
) -> tuple[float, float, float]:
    """Give the first rate minus the second of two separate groups of deals, with its interval.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, method 10: from the two Wilson intervals.
    """
    (l1, u1), (l2, u2) = wilson(first, size, level), wilson(second, other_size, level)
    gap = first - second
    down, up = np.hypot(first - l1, u2 - second), np.hypot(u1 - first, second - l2)
    return float(gap), float(gap - down), float(gap + up)


def effective_size(won: np.ndarray, customers: np.ndarray | None) -> float:
    """Count the deals that would tell as much if each customer had one.

    A customer who decides alike each time tells less than as many customers: the size is divided by the
    design effect of the rate, never below 1. Where all are won, or none, no scatter shows, and customers are
    counted.

    References
    ----------
    Korn & Graubard (1998), Survey Methodology 24(2), section 2.
    """
    size = len(won)
    if customers is None or not size:
        return float(size)
    _, number = np.unique(customers, return_inverse=True)
    groups, rate = int(number.max()) + 1, float(np.mean(won))
    if rate in (0.0, 1.0) or groups == 1:
        return float(groups)
    sums = np.bincount(number, won - rate)
    variance = groups / (groups - 1) * float(sums @ sums) / size**2
    return size / max(1.0, variance / (rate * (1 - rate) / size))
