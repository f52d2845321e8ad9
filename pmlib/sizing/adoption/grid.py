"""Every shape a curve may take, on a grid, each weighted by how well the series speaks for it.

The logarithm of what is seen is the curve's plus the potential's plus a disturbance that fades by the share
1 − carry each period (an autoregression of order one); potential and disturbance are integrated out in closed
form. No optimum is searched, so few or odd points give a wide answer and not an absurd one.

References
----------
Box and Tiao (1973), Bayesian Inference in Statistical Analysis, ch. 1 (flat priors of location and log scale).
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from pmlib.stats.adoption import CURVES

SIDE = 20  # of the grid, in each direction
CARRY = np.array([0.0, 0.5, 0.9])
NOISE = np.geomspace(0.004, 1.2, 14)
BOXES = {  # log rate a period, and position, as pmlib.stats.adoption.curves has them
    "bass": ((-4.0, 1.0), (-3.0, 9.0)),
    "gompertz": ((-4.6, 0.4), (-1.5, 5.0)),
    "shifted_gompertz": ((-4.6, 0.7), (-3.0, 6.0)),
    "logistic": ((-4.0, 1.0), (-3.0, 10.0)),
}
NEGLIGIBLE = 1e-4  # of the weight: outside it the second, finer grid need not reach
FLOOR = 1e-13


@dataclass(frozen=True, eq=False)
class Draws:
    """Futures drawn from the weighted shapes: one row each.

    values : what is seen at each next time. ceiling : the potential. rate, position : the curve's shape.
    """

    curve: str
    values: np.ndarray
    ceiling: np.ndarray
    rate: np.ndarray
    position: np.ndarray

    @property
    def peak(self) -> np.ndarray:
        """When adoption is fastest, in periods since launch."""
        form = CURVES[self.curve]
        return np.array([form.peak(*shape) for shape in zip(self.rate, self.position, strict=True)])


@dataclass(frozen=True)
class Anchor:
    """What is known of the potential from elsewhere: its logarithm and the spread of that."""

    centre: float
    spread: float


@dataclass(frozen=True, eq=False)
class Grid:
    """Shapes and what each says of every time: log of sales, or of the level, for a potential of 1."""

    rate: np.ndarray
    position: np.ndarray
    logs: np.ndarray


def positive(values: np.ndarray) -> np.ndarray:
    """Lift zeros to half of the smallest sale, so that they have a logarithm."""
    return np.maximum(values, values[values > 0].min() / 2)


def shapes(curve: str, box: tuple[tuple[float, float], ...], times: np.ndarray, kind: str) -> Grid:
    """Lay the grid over a box and evaluate the curve at every point of it."""
    rate, position = (
        axis.ravel() for axis in np.meshgrid(*(np.linspace(*side, SIDE) for side in box), indexing="ij")
    )
    rate = np.exp(rate)
    share = CURVES[curve].share(times, rate[:, None], position[:, None])
    if kind == "sales":
        share = share - CURVES[curve].share(times - 1, rate[:, None], position[:, None])
    return Grid(rate, position, np.log(np.maximum(share, FLOOR)))


def futures(
    curve: str,
    times: np.ndarray,
    values: np.ndarray,
    ahead: np.ndarray,
    kind: str,
    *,
    anchor: Anchor | None = None,
    count: int = 1000,
    seed: int = 1,
) -> Draws:
    """Draw futures of a series under one curve.

    Parameters
    ----------
    times, values : what is known; times in periods since launch, rising. ahead : the next times.
    kind : "sales" of a period, a "stock", or a "share" (of 1 at most).
    """
    logs, known = np.log(positive(values)), len(times)
    everything, box = np.concatenate([times, ahead]), BOXES[curve]
    for finer in (False, True):
        grid = shapes(curve, box, everything, kind)
        weights, middle, weight_of_all = weigh(logs, times, grid.logs[:, :known], kind, anchor)
        if not finer:
            box = _narrowed(weights.sum(axis=(0, 2)), box)
    rng = np.random.default_rng(seed)
    at = np.searchsorted(np.cumsum(weights.ravel()), (np.arange(count) + rng.random()) / count)
    carry, shape, noise = np.unravel_index(at.clip(0, weights.size - 1), weights.shape)
    spread = NOISE[noise]
    ceiling = _ceilings(middle[carry, shape], spread / np.sqrt(weight_of_all[carry]), anchor, kind, rng)
    off = logs[-1] - ceiling - grid.logs[shape, known - 1]
    paths = np.empty((count, len(ahead)))
    for step, gap in enumerate(np.diff(everything[known - 1 :])):
        kept = CARRY[carry] ** gap
        fresh = np.sqrt((1 - kept**2) / (1 - CARRY[carry] ** 2))
        off = kept * off + fresh * spread * rng.standard_normal(count)
        paths[:, step] = ceiling + grid.logs[shape, known + step] + off
    paths = np.exp(np.minimum(paths, 0.0) if kind == "share" else paths)
    return Draws(curve, paths, np.exp(ceiling), grid.rate[shape], grid.position[shape])


def weigh(
    logs: np.ndarray, times: np.ndarray, expected: np.ndarray, kind: str, anchor: Anchor | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weigh carry × shape × noise by the series; also the log potential of carry × shape, and its precision."""
    off = logs - expected
    gaps = np.diff(times)
    likelihood, middle = [], []
    precision = np.empty(len(CARRY))
    for i, carry in enumerate(CARRY):
        kept = carry**gaps
        scale = np.sqrt((1 - kept**2) / (1 - carry**2))
        first = np.sqrt(1 - carry**2)
        moved = np.concatenate([off[:, :1] * first, (off[:, 1:] - kept * off[:, :-1]) / scale], axis=1)
        unit = np.concatenate([[first], (1 - kept) / scale])
        precision[i] = unit @ unit
        centre = moved @ unit / precision[i]
        squares = ((moved - centre[:, None] * unit) ** 2).sum(axis=1)
        fit = -(len(logs) - 1) * np.log(NOISE) - squares[:, None] / (2 * NOISE**2)
        fit += np.log(first) - np.log(scale).sum() - 0.5 * np.log(precision[i])
        variance = NOISE**2 / precision[i]
        if anchor:
            wide = variance + anchor.spread**2
            fit -= 0.5 * ((centre[:, None] - anchor.centre) ** 2 / wide + np.log(wide))
        if kind == "share":
            fit += special.log_ndtr(-centre[:, None] / np.sqrt(variance))
        likelihood.append(fit)
        middle.append(centre)
    weights = np.stack(likelihood)
    weights = np.exp(weights - weights.max())
    return weights / weights.sum(), np.stack(middle), precision


def _ceilings(
    middle: np.ndarray, spread: np.ndarray, anchor: Anchor | None, kind: str, rng: np.random.Generator
) -> np.ndarray:
    if anchor:
        narrow = 1 / (1 / spread**2 + 1 / anchor.spread**2)
        middle = narrow * (middle / spread**2 + anchor.centre / anchor.spread**2)
        spread = np.sqrt(narrow)
    if kind != "share":
        return middle + spread * rng.standard_normal(len(middle))
    chance = rng.random(len(middle)) * special.ndtr(-middle / spread)  # below 100%
    return middle + spread * special.ndtri(np.maximum(chance, 1e-300))


def _narrowed(weights: np.ndarray, box: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    square = weights.reshape(SIDE, SIDE)
    sides = []
    for (low, high), along in zip(box, (square.sum(axis=1), square.sum(axis=0)), strict=True):
        places, kept = np.linspace(low, high, SIDE), np.flatnonzero(along > NEGLIGIBLE)
        sides.append((places[max(kept[0] - 1, 0)], places[min(kept[-1] + 1, SIDE - 1)]))
    return tuple(sides)
