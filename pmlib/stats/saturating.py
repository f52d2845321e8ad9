"""Curves that rise with income and level off, fitted across markets and judged on markets left out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from math import ceil

import numpy as np
from scipy.optimize import least_squares
from scipy.special import expit, logit

SHAPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "gompertz": lambda z: np.exp(-np.exp(np.clip(-z, -700, 700))),
    "logistic": expit,
}
STARTS = list(product((-2.0, 0.0, 2.0), (-1.0, 0.0, 1.0), (-0.5, 0.5)))  # ceiling, place and steepness
FOLDS = 40  # more markets than these are left out several at a time
NEAREST = 20  # errors are taken from so many markets nearest in income, or from a third of all
MOST = 0.9999  # highest ceiling that is estimated


@dataclass(frozen=True)
class Curve:
    """share = ceiling × shape(place + steepness × (ln income − middle)).

    sse : sum of squared errors on the scale of `stable`.
    """

    shape: str
    ceiling: float
    place: float
    steepness: float
    middle: float
    sse: float
    start: tuple[float, float, float] = field(repr=False, default=(0.0, 0.0, 0.0))

    def __call__(self, income: np.ndarray) -> np.ndarray:
        """Predict shares."""
        z = self.place + self.steepness * (np.log(income) - self.middle)
        return self.ceiling * SHAPES[self.shape](z)


def stable(share: np.ndarray) -> np.ndarray:
    """Bring shares to a scale on which small and large ones scatter alike: arcsine of the root (Fisher)."""
    return np.arcsin(np.sqrt(share))


def unstable(angle: np.ndarray) -> np.ndarray:
    """Bring them back; what would leave 0 to 1 ends there."""
    return np.sin(np.clip(angle, 0, np.pi / 2)) ** 2


def fit(
    income: np.ndarray, share: np.ndarray, shape: str, ceiling: float | None = None, like: Curve | None = None
) -> Curve:
    """Fit a curve by least squares on the scale of `stable`, from several starts.

    Parameters
    ----------
    income : above 0. share : 0 to 1. shape : "gompertz" or "logistic".
    ceiling : held at this, or estimated (at most 1) when None.
    like : a fit to nearly the same rows, to start from instead.
    """
    x, y = np.log(income), stable(share)
    middle, spread = float(x.mean()), float(x.std()) or 1.0
    x = (x - middle) / spread
    form = SHAPES[shape]

    def height(free: np.ndarray) -> float:
        return float(expit(free[2])) * MOST if ceiling is None else ceiling

    def rest(free: np.ndarray) -> np.ndarray:
        steep = np.exp(np.clip(free[1], -20, 20))
        return stable(height(free) * form(free[0] + steep * x)) - y

    size = 3 if ceiling is None else 2
    starts = [like.start] if like else [(b, c, float(logit(0.5)) + a) for a, b, c in STARTS]
    found = [least_squares(rest, start[:size], method="lm", max_nfev=2000) for start in starts]
    best = min(found, key=lambda each: each.cost)
    free = np.append(best.x, 0.0)[:3]
    return Curve(
        shape=shape,
        ceiling=height(best.x),
        place=float(free[0]),
        steepness=float(np.exp(np.clip(free[1], -20, 20))) / spread,
        middle=middle,
        sse=2 * float(best.cost),
        start=(float(free[0]), float(free[1]), float(free[2])),
    )


@dataclass(frozen=True)
class LeftOut:
    """Each market as the others predict it.

    income, predicted, observed : one a market. ceilings : of the fits without it.
    """

    income: np.ndarray
    predicted: np.ndarray
    observed: np.ndarray
    ceilings: np.ndarray

    @property
    def errors(self) -> np.ndarray:
        """Observed less predicted, on the scale of `stable`."""
        return stable(self.observed) - stable(self.predicted)

    @property
    def spread(self) -> float:
        """Root of the mean squared error."""
        return float(np.sqrt(np.mean(self.errors**2)))

    def reach(self, income: float, level: float, without: int | None = None) -> float:
        """Say how far off a new market may lie: the conformal quantile of errors near its income.

        A market that is drawn as these were lies within it at least at the stated level; inf where they are
        too few to say.

        Parameters
        ----------
        without : a market whose own error is not to count.

        References
        ----------
        Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World; for errors of what is left
        out, Barber, Candès, Ramdas & Tibshirani (2021), Annals of Statistics 49(1).
        """
        least = ceil(round(level / (1 - level), 9))
        nearest = self.nearest(income, max(least, NEAREST, len(self.income) // 3), without)
        sizes = np.sort(np.abs(self.errors[nearest]))
        place = ceil(round(level * (len(sizes) + 1), 9))
        return float(sizes[place - 1]) if place <= len(sizes) else np.inf

    def nearest(self, income: float, most: int, without: int | None = None) -> np.ndarray:
        """Number the markets nearest in income, nearest first."""
        away = np.abs(np.log(self.income / income))
        order = np.argsort(away, kind="stable")
        order = order[order != (-1 if without is None else without)]
        return order[:most]

    def own_reach(self, level: float) -> np.ndarray:
        """Give each market the reach that the others' errors allow it."""
        return np.array([self.reach(income, level, i) for i, income in enumerate(self.income)])

    def held(self, level: float) -> np.ndarray:
        """Tell whether each market lies within that reach."""
        return np.abs(self.errors) <= self.own_reach(level)


def left_out(
    curve: Curve,
    income: np.ndarray,
    share: np.ndarray,
    market: np.ndarray,
    last: np.ndarray,
    ceiling: float | None,
) -> LeftOut:
    """Predict a row of each market by a curve fitted without any row of that market.

    Parameters
    ----------
    curve : fitted to all rows. market : number of each row's, from 0.
    last : for each market the row to predict.
    """
    predicted, ceilings = np.empty(len(last)), np.empty(len(last))
    for fold in _folds(len(last)):
        kept = ~np.isin(market, fold)
        without = fit(income[kept], share[kept], curve.shape, ceiling, like=curve)
        predicted[fold] = without(income[last[fold]])
        ceilings[fold] = without.ceiling
    return LeftOut(income[last], predicted, share[last], ceilings)


def _folds(markets: int) -> Iterator[np.ndarray]:
    number = min(markets, FOLDS)
    return (np.arange(first, markets, number) for first in range(number))
