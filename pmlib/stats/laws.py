"""Laws of uncertain quantities, such as an expert's ranges: standard normal scores in, values out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from scipy.special import betaincinv, expit, logit, ndtr, ndtri

LEVEL = 0.9  # of the interval that an expert's range states, unless it says so
KNOTS = np.linspace(-9, 9, 8193)  # scores at which a law without a closed form is tabulated


class Law:
    """What an uncertain quantity may be.

    kind : in words. level : of the interval as it was given, None of a constant; 1 where its ends are bounds.
    constant : whether it does not vary.
    """

    kind: str
    level: float | None
    constant: ClassVar[bool] = False

    def at(self, z: np.ndarray) -> np.ndarray:
        """Turn standard normal scores into values, in an array of its own."""
        raise NotImplementedError

    @property
    def median(self) -> float:
        """The value that half of the draws exceed."""
        return float(self.at(np.zeros(1))[0])

    def ends(self, level: float = LEVEL) -> tuple[float, float]:
        """Give the central interval that holds this share of the draws."""
        z = score(level)
        low, high = self.at(np.array([-z, z]))
        return float(low), float(high)


@dataclass(frozen=True)
class Constant(Law):
    """One value."""

    value: float
    kind: str = "point"
    level: float | None = None
    constant: ClassVar[bool] = True

    @property
    def median(self) -> float:
        return self.value

    def at(self, z: np.ndarray) -> np.ndarray:
        return np.full(np.shape(z), self.value)

    def ends(self, level: float = LEVEL) -> tuple[float, float]:
        return self.value, self.value


@dataclass(frozen=True)
class Scaled(Law):
    """Normal in a scale of its own: as it is, in logarithms, or in log-odds.

    middle : median, in that scale. below, above : standard deviations on its two sides, equal for two points.
    """

    kind: str
    level: float | None
    middle: float
    below: float
    above: float

    def at(self, z: np.ndarray) -> np.ndarray:
        if self.below == self.above:
            values = z * self.below
        else:
            values = np.where(z < 0, self.below, self.above)
            values *= z
        values += self.middle
        return values if self.kind == "normal" else SCALES[self.kind][1](values, out=values)


SCALES: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {  # each way
    "normal": (np.positive, np.positive),
    "lognormal": (np.log, np.exp),
    "logit-normal": (logit, expit),
}


@dataclass(frozen=True)
class Uniform(Law):
    """All values between two bounds alike."""

    low: float
    high: float
    level: float | None = 1.0
    kind: str = "uniform"

    def at(self, z: np.ndarray) -> np.ndarray:
        values = ndtr(z)
        values *= self.high - self.low
        values += self.low
        return values


@dataclass(frozen=True)
class Triangular(Law):
    """Most likely at its mode, never beyond its bounds."""

    low: float
    mode: float
    high: float
    level: float | None = 1.0
    kind: str = "triangular"

    def at(self, z: np.ndarray) -> np.ndarray:
        width, rise, fall = self.high - self.low, self.mode - self.low, self.high - self.mode
        p = ndtr(z)
        below = self.low + np.sqrt(p * (width * rise))
        above = self.high - np.sqrt(ndtr(-z) * (width * fall))
        return np.where(p * width < rise, below, above)


@dataclass(frozen=True)
class Beta(Law):
    """Between two bounds, with two shapes."""

    a: float
    b: float
    low: float = 0.0
    high: float = 1.0
    level: float | None = LEVEL
    kind: str = "beta"

    @cached_property
    def _table(self) -> np.ndarray:
        # Each half from its own tail, where a score tells more than its probability.
        below = betaincinv(self.a, self.b, ndtr(KNOTS))
        above = 1 - betaincinv(self.b, self.a, ndtr(-KNOTS))
        return np.where(KNOTS < 0, below, above)

    def at(self, z: np.ndarray) -> np.ndarray:
        values = np.interp(z, KNOTS, self._table)
        values *= self.high - self.low
        values += self.low
        return values


@dataclass(frozen=True, eq=False)
class Sampled(Law):
    """Whatever law draws come from. draws : at least one, in any order."""

    draws: np.ndarray
    level: float | None = None
    kind: str = "as drawn"

    @cached_property
    def _sorted(self) -> np.ndarray:
        return np.sort(self.draws)

    def at(self, z: np.ndarray) -> np.ndarray:
        count = len(self.draws)
        return np.interp(ndtr(z), (np.arange(count) + 0.5) / count, self._sorted)


def score(level: float) -> float:
    """Give the standard normal score of the upper end of a central interval."""
    return float(ndtri((1 + level) / 2))


def normal_in(kind: str, points: tuple[float, ...], level: float) -> Scaled:
    """Make a law that is normal in its scale from low and high, or low, median and high."""
    scale, z = SCALES[kind][0], score(level)
    ends = [float(scale(point)) for point in points]
    if len(ends) == 2:
        spread = (ends[1] - ends[0]) / (2 * z)
        return Scaled(kind, level, (ends[0] + ends[1]) / 2, spread, spread)
    return Scaled(kind, level, ends[1], (ends[1] - ends[0]) / z, (ends[2] - ends[1]) / z)


def uniform(points: tuple[float, ...], level: float | None) -> Uniform:
    """Make a uniform law of its two bounds, or of an interval where a level is given."""
    low, high = points
    if level is None:
        return Uniform(low, high)
    beyond = (high - low) * (1 - level) / level / 2
    return Uniform(low - beyond, high + beyond, level)


def beta_of_interval(points: tuple[float, ...], level: float) -> Beta:
    """Find the beta law of a share that has this central interval.

    Raises
    ------
    ValueError : none was found.
    """
    from scipy.optimize import least_squares
    from scipy.special import betainc

    low, high = points
    start_mean, tail = (low + high) / 2, (1 - level) / 2
    spread = (high - low) / (2 * score(level))
    size = max(start_mean * (1 - start_mean) / spread**2 - 1, 0.5)

    def misses(shapes: np.ndarray) -> list[float]:
        a, b = np.exp(shapes)
        found = [betainc(a, b, low), betainc(b, a, 1 - high)]
        return [float(logit(np.clip(p, 1e-300, 1 - 1e-16)) - logit(tail)) for p in found]

    fit = least_squares(misses, np.log([start_mean * size, (1 - start_mean) * size]), xtol=1e-14, ftol=1e-14)
    if max(map(abs, fit.fun)) > 1e-6:
        raise ValueError("no beta law has this interval; leave the law out, or write uniform")
    a, b = np.exp(fit.x)
    return Beta(float(a), float(b), level=level)


def pert(points: tuple[float, ...]) -> Beta:
    """Make the beta law of least, most likely and most (PERT; Malcolm et al. 1959)."""
    low, mode, high = points
    width = high - low
    return Beta(1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width, low, high, level=1.0)
