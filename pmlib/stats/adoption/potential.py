"""How much potential a series can tell: the range of potentials that fit it about as well as the best.

A potential is held, the rest is fitted anew, and the sum of squares compared by an F test (profile). A series
before its turn fits any large potential, up to an exponential without end: then there is a lower end only.

References
----------
Bates and Watts (1988), Nonlinear Regression Analysis and Its Applications, ch. 6.
"""

import numpy as np
from scipy import stats

from pmlib.stats.adoption.curves import GOMPERTZ, SHIFTED_GOMPERTZ, Curve
from pmlib.stats.adoption.observed import Observed
from pmlib.stats.adoption.search import SLOW, Optimum, optimum, position, starting_points

UNBOUNDED = 1e7  # times the largest value: any larger potential leaves the same exponential
ROUNDS = 16
ROUNDING = 3e-4  # of the values: no series is finer, so no better fit tells anything


def held(seen: Observed, curve: Curve, potential: np.ndarray, start: np.ndarray | None = None) -> Optimum:
    """Fit with the potential held, from everywhere or from one point."""
    first = starting_points(seen, curve, potential, potential, 2) if start is None else start[:, None]
    return optimum(seen, curve, potential, potential, 1, only=first)


def shifted(seen: Observed, curve: Curve, found: Optimum, factor: np.ndarray) -> np.ndarray:
    """Points that leave about the same curve behind when the potential is multiplied."""
    rate, place = position(seen, found.point, np.arange(len(factor)))
    share = curve.share(seen.last, rate, place)
    point = found.point.copy()
    wanted = np.clip(share / factor, 1e-12, 1 - 1e-6)
    if curve in (GOMPERTZ, SHIFTED_GOMPERTZ):
        point[:, 1] = np.log(-np.log(wanted))
    else:
        point[:, 1] = np.log(1 / wanted - 1)
    return point


def close(seen: Observed, found: Optimum, level: float) -> np.ndarray:
    """Sum of squares up to which a fit is about as good as the best."""
    degrees = (seen.weights > 0).sum(axis=1) - 3
    rounding = ROUNDING**2 * ((seen.weights * seen.values) ** 2).sum(axis=1)
    return found.sse * (1 + stats.f.ppf(level, 1, degrees) / degrees) + rounding


def is_bounded(seen: Observed, curve: Curve, found: Optimum, level: float = 0.95) -> np.ndarray:
    """Whether a boundless potential fits clearly worse than the best one, and a slower one too."""
    rate, place = position(seen, found.point, np.arange(len(found.sse)))
    slowest = rate * seen.last < SLOW[0] * (1 + 1e-6)
    straight = slowest & (curve.share(seen.last, rate, place) < 0.5)
    endless = held(seen, curve, np.full(len(found.sse), UNBOUNDED))
    return (endless.sse > close(seen, found, level)) & ~straight


def lower_end(seen: Observed, curve: Curve, found: Optimum, level: float = 0.95) -> np.ndarray:
    """Smallest potential that fits about as well as the best, by bisection of its logarithm."""
    most = close(seen, found, level)
    upper = np.log(np.minimum(found.potential, UNBOUNDED))
    lower = np.minimum(np.log(0.5), upper - 1)
    start = found
    for _ in range(ROUNDS):
        middle = (upper + lower) / 2
        tried = held(
            seen, curve, np.exp(middle), shifted(seen, curve, start, np.exp(middle) / start.potential)
        )
        fits = tried.sse <= most
        upper, lower = np.where(fits, middle, upper), np.where(fits, lower, middle)
        start = tried
    return np.exp(upper)
