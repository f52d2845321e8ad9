"""How much potential a series can tell: the range of potentials that fit it about as well as the best.

A potential is held, the rest is fitted anew, and the sum of squares compared by an F test (profile). A series
before its turn fits any large potential, up to an exponential without end: then there is a lower end only.

References
----------
Bates and Watts (1988), Nonlinear Regression Analysis and Its Applications, ch. 6.
"""

from dataclasses import replace

import numpy as np
from scipy import stats

from pmlib.stats.adoption.curves import Curve
from pmlib.stats.adoption.observed import Observed
from pmlib.stats.adoption.search import Optimum, optimum, position, starting_points

UNBOUNDED = 1e7  # times the largest value: any larger potential leaves the same exponential
ROUNDS = 8


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
    if curve.formula.__name__.endswith("gompertz"):
        point[:, 1] = np.log(-np.log(wanted))
    else:
        point[:, 1] = np.log(1 / wanted - 1)
    return point


def excess(level: float, degrees: np.ndarray) -> np.ndarray:
    """How much larger than the least a sum of squares may be, as a share."""
    return stats.f.ppf(level, 1, degrees) / degrees


def is_bounded(seen: Observed, curve: Curve, found: Optimum, level: float = 0.95) -> np.ndarray:
    """Whether a boundless potential fits clearly worse than the best one."""
    count = (seen.weights > 0).sum(axis=1)
    endless = held(seen, curve, np.full(len(count), UNBOUNDED))
    worse = endless.sse - found.sse
    return (worse > excess(level, count - 3) * found.sse) & (worse > 1e-12)


def lower_end(seen: Observed, curve: Curve, found: Optimum, level: float = 0.95) -> np.ndarray:
    """Smallest potential that fits about as well as the best, by bisection of its logarithm."""
    count = (seen.weights > 0).sum(axis=1)
    most = found.sse * (1 + excess(level, count - 3)) + 1e-12
    upper = np.log(np.minimum(found.potential, UNBOUNDED))
    lower = np.minimum(np.log(0.5), upper - 1)
    start = found
    for _ in range(ROUNDS * 2):
        middle = (upper + lower) / 2
        tried = held(
            seen, curve, np.exp(middle), shifted(seen, curve, start, np.exp(middle) / start.potential)
        )
        fits = tried.sse <= most
        upper, lower = np.where(fits, middle, upper), np.where(fits, lower, middle)
        start = replace(tried)
    return np.exp(upper)
