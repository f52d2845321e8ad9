"""Power: how often a test of two arms finds a difference, how many users it takes, and what it can find.

References
----------
Functions power.t.test and power.prop.test of R; Cohen (1988), "Statistical Power Analysis for the Behavioral
Sciences", for the arcsine.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import asin, inf, sqrt
from typing import Protocol

from scipy import stats
from scipy.optimize import brentq

FORMS = ("normal", "arcsine")
MOST = 1e15  # users of an arm; who needs more needs another test
FEWEST = 2.0  # users of an arm


class Kind(Protocol):
    """What is compared: gives the power of n users in each arm to find a difference."""

    @property
    def most(self) -> float:
        """The largest difference upwards there can be."""

    def power(self, n: float, difference: float, level: float) -> float:
        """Give the chance that an interval of `level` leaves 0 out, on the side of the difference."""


@dataclass(frozen=True)
class Means:
    """Means of users whose standard deviation is `sd`: Student's t."""

    sd: float

    @property
    def most(self) -> float:
        return inf

    def power(self, n: float, difference: float, level: float) -> float:
        """As R's power.t.test."""
        df = 2 * (n - 1)
        away = abs(difference) / self.sd * sqrt(n / 2)
        if df > 1e6:  # the t of many is the normal, and the noncentral t fails there
            return float(stats.norm.sf(stats.norm.ppf((1 + level) / 2) - away))
        return float(stats.nct.sf(stats.t.ppf((1 + level) / 2, df), df, away))


@dataclass(frozen=True)
class Shares:
    """Shares of users, `rate` in the control; of users in clusters as if they were `effect` times fewer.

    form : "normal", or "arcsine" (Cohen's h).
    """

    rate: float
    form: str = "normal"
    effect: float = 1.0

    @property
    def most(self) -> float:
        return 1 - self.rate

    def power(self, n: float, difference: float, level: float) -> float:
        """As R's power.prop.test; by the arcsine as pwr.2p.test."""
        n, other, limit = n / self.effect, self.rate + difference, stats.norm.ppf((1 + level) / 2)
        if self.form == "arcsine":
            h = abs(2 * asin(sqrt(other)) - 2 * asin(sqrt(self.rate)))
            away = h * sqrt(n / 2)
            return float(stats.norm.sf(limit - away) + stats.norm.cdf(-limit - away))
        middle = (self.rate + other) / 2
        under, apart = sqrt(2 * middle * (1 - middle)), self.rate * (1 - self.rate) + other * (1 - other)
        away = sqrt(n) * abs(difference) - limit * under
        return float(stats.norm.cdf(away / sqrt(apart))) if apart > 0 else float(away > 0)


def size(kind: Kind, difference: float, power: float, level: float) -> float:
    """Give the users of each arm that find a difference with a chance of `power`; a fraction, as R does.

    Never fewer than two; infinite where no number finds it.
    """
    if kind.power(FEWEST, difference, level) >= power:
        return FEWEST
    high = 2 * FEWEST
    while kind.power(high, difference, level) < power:
        high *= 2
        if high > MOST:
            return inf
    return _root(lambda n: kind.power(n, difference, level) - power, high / 2, high)


def detectable(kind: Kind, n: float, power: float, level: float) -> float:
    """Give the difference upwards that n users in each arm find; nan where there is none so large."""
    found: Callable[[float], float] = lambda difference: kind.power(n, difference, level) - power  # noqa: E731
    if kind.most < inf:
        top = kind.most * (1 - 1e-12)
        return _root(found, 0.0, top) if found(top) >= 0 else float("nan")
    top = 1e-6
    while found(top) < 0:
        top *= 2
    return _root(found, 0.0, top)


def _root(of: Callable[[float], float], low: float, high: float) -> float:
    return float(brentq(of, low, high, xtol=1e-12 * high, rtol=1e-12))
