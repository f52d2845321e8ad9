"""Two shares of few: score intervals of their difference and ratio, which hold near 0 and 1."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

EDGE = 1e-12  # of the range of a difference, beyond which nothing varies
WIDEST = 30.0  # of the logarithm of a ratio

Counts = tuple[int, int, int, int]  # x of n, and y of m: the first share is x / n, the second y / m


def score_chance(counts: Counts) -> float:
    """Give p of the hypothesis that both shares are one."""
    x, n, y, m = counts
    if x + y in (0, n + m):
        return 1.0
    return float(2 * norm.sf(abs(_difference_score(counts, 0.0))))


def difference_interval(counts: Counts, level: float) -> tuple[float, float]:
    """Give the interval of the first share less the second.

    References
    ----------
    Miettinen and Nurminen (1985), "Comparative analysis of two rates", Statistics in Medicine 4.
    """
    z = float(norm.ppf((1 + level) / 2))
    ends = (-1 + EDGE, 1 - EDGE)
    low = _falls_to(z, lambda d: _difference_score(counts, d), *ends)
    high = _falls_to(-z, lambda d: _difference_score(counts, d), *ends)
    return round(low, 11), round(high, 11)


def ratio_interval(counts: Counts, level: float) -> tuple[float, float]:
    """Give the interval of the first share divided by the second, which is above 0."""
    z = float(norm.ppf((1 + level) / 2))
    low, high = (
        float(np.exp(_falls_to(sign * z, lambda log: _ratio_score(counts, np.exp(log)), -WIDEST, WIDEST)))
        for sign in (1, -1)
    )
    return (0.0 if counts[0] == 0 else low), high


def _falls_to(target: float, score: Callable[[float], float], low: float, high: float) -> float:
    """Find where a score that only falls has fallen to a target; the end, where it is not within."""
    if score(low) <= target:
        return low
    if score(high) >= target:
        return high
    return float(brentq(lambda at: score(at) - target, low, high, xtol=1e-13))


def _difference_score(counts: Counts, gap: float) -> float:
    """Count standard errors from a gap, under the likeliest shares that have it (a cubic equation's root)."""
    x, n, y, m = counts
    size = n + m
    square = (n + 2 * m) * gap - size - x - y
    line = (m * gap - size - 2 * y) * gap + x + y
    shift = square / (3 * size)
    offset = shift**3 - square * line / (6 * size**2) + y * gap * (1 - gap) / (2 * size)
    spread = np.copysign(np.sqrt(max(shift**2 - line / (3 * size), 0.0)), offset)
    turn = np.arccos(np.clip(offset / spread**3, -1, 1)) if spread else np.pi / 2
    second = float(np.clip(2 * spread * np.cos((np.pi + turn) / 3) - shift, 0, 1))
    first = float(np.clip(second + gap, 0, 1))
    return _standard(x / n - y / m - gap, first * (1 - first) / n + second * (1 - second) / m, size)


def _ratio_score(counts: Counts, ratio: float) -> float:
    x, n, y, m = counts
    size = n + m
    line = n * ratio + x + m + y * ratio
    second = (line - np.sqrt(max(line**2 - 4 * size * ratio * (x + y), 0.0))) / (2 * size * ratio)
    first = min(1.0, ratio * second)
    variance = first * (1 - first) / n + ratio**2 * second * (1 - second) / m
    return _standard(x / n - ratio * y / m, variance, size)


def _standard(gap: float, variance: float, size: int) -> float:
    error = np.sqrt(variance * size / (size - 1))
    if error > 0:
        return float(gap / error)
    return 0.0 if gap == 0 else float(np.copysign(np.inf, gap))
