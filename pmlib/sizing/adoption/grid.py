"""Every shape a curve may take, on a grid, each weighted by how well the series speaks for it.

The square root of what is seen is that of the curve times that of the potential, plus a disturbance that
fades by the share 1 − carry each period (an autoregression of order one); potential and disturbance are
integrated out in closed form. Under the root, early small values speak louder than in least squares and
softer than in logarithms. No optimum is searched, so few or odd points give a wide answer and not an absurd
one. Unless the potential is anchored, the share of it that is reached by now may as well be anything between
nothing and all.

References
----------
Box and Tiao (1973), Bayesian Inference in Statistical Analysis, ch. 1 (flat priors of location and log
scale).
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from pmlib.stats.adoption import CURVES

Box = tuple[tuple[float, float], ...]

SIDE = 20  # of the grid, in each direction
CARRY = np.array([0.0, 0.5, 0.9])
NOISE = np.geomspace(0.004, 1.2, 14)
BOXES: dict[str, Box] = {  # log rate a period, and position, as pmlib.stats.adoption.curves has them
    "bass": ((-4.0, 1.0), (-3.0, 9.0)),
    "gompertz": ((-4.6, 0.4), (-1.5, 5.0)),
    "shifted_gompertz": ((-4.6, 0.7), (-3.0, 6.0)),
    "logistic": ((-4.0, 1.0), (-3.0, 10.0)),
}
NEGLIGIBLE = 1e-4  # of the weight: outside it the second, finer grid need not reach
FLOOR = 1e-13
POWER = 0.5  # of what is seen: the root


@dataclass(frozen=True, eq=False)
class Draws:
    """Futures drawn from the weighted shapes: one row each.

    paths : what is seen at each next time. ceiling : the potential. rate, position : the curve's shape.
    """

    curve: str
    paths: np.ndarray
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

    def rooted(self, size: float) -> tuple[float, float]:
        """The root's centre and spread, by a size."""
        centre = np.exp(self.centre * POWER) / size
        return float(centre), float(POWER * self.spread * centre)


@dataclass(frozen=True, eq=False)
class Grid:
    """Shapes and what each says of every time: root of sales, or of the level, for a potential of 1.

    share : of the potential that is reached by the newest known time.
    """

    rate: np.ndarray
    position: np.ndarray
    roots: np.ndarray
    share: np.ndarray


def positive(values: np.ndarray) -> np.ndarray:
    """Lift zeros to half of the smallest sale, so that they have a logarithm."""
    return np.maximum(values, values[values > 0].min() / 2)


def shapes(
    curve: str, box: tuple[tuple[float, float], ...], times: np.ndarray, known: int, kind: str
) -> Grid:
    """Lay the grid over a box and evaluate the curve at every point of it."""
    rate, position = (
        axis.ravel() for axis in np.meshgrid(*(np.linspace(*side, SIDE) for side in box), indexing="ij")
    )
    rate = np.exp(rate)
    share = CURVES[curve].share(times, rate[:, None], position[:, None])
    reached = share[:, known - 1]
    if kind == "sales":
        share = share - CURVES[curve].share(times - 1, rate[:, None], position[:, None])
    return Grid(rate, position, np.maximum(share, FLOOR) ** POWER, reached)


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
    roots, known = values**POWER, len(times)
    size = float(np.sqrt((roots**2).mean())) or 1.0  # of nothing but zeros, as before a launch
    roots = roots / size
    fixed = anchor.rooted(size) if anchor else None
    full = 1 / size if kind == "share" else np.inf  # root of a potential of 1
    everything, box = np.concatenate([times, ahead]), BOXES[curve]
    for finer in (False, True):
        grid = shapes(curve, box, everything, known, kind)
        weights, middle, precision = weigh(roots, times, grid, fixed, full)
        if not finer:
            box = _narrowed(weights.sum(axis=(0, 2)), box)
    rng = np.random.default_rng(seed)
    at = np.searchsorted(np.cumsum(weights.ravel()), (np.arange(count) + rng.random()) / count)
    carry, shape, noise = np.unravel_index(at.clip(0, weights.size - 1), weights.shape)
    spread = NOISE[noise]
    ceiling = _ceilings(middle[carry, shape], spread / np.sqrt(precision[carry, shape]), fixed, full, rng)
    off = roots[-1] - ceiling * grid.roots[shape, known - 1]
    paths = np.empty((count, len(ahead)))
    for step, gap in enumerate(np.diff(everything[known - 1 :])):
        kept = CARRY[carry] ** gap
        fresh = np.sqrt((1 - kept**2) / (1 - CARRY[carry] ** 2))
        off = kept * off + fresh * spread * rng.standard_normal(count)
        paths[:, step] = ceiling * grid.roots[shape, known + step] + off
    paths = (np.clip(paths, 0.0, full) * size) ** (1 / POWER)
    return Draws(curve, paths, (ceiling * size) ** (1 / POWER), grid.rate[shape], grid.position[shape])


def weigh(
    roots: np.ndarray, times: np.ndarray, grid: Grid, fixed: tuple[float, float] | None, full: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weigh carry × shape × noise by the series; also the potential's root and its precision.

    fixed : centre and spread of the potential's root, where it is anchored. full : its most.
    """
    known = len(roots)
    expected = grid.roots[:, :known]
    gaps = np.diff(times)
    likelihood, middle, precisions = [], [], []
    for carry in CARRY:
        kept = carry**gaps
        scale = np.sqrt((1 - kept**2) / (1 - carry**2))
        first = np.sqrt(1 - carry**2)
        seen = np.concatenate([roots[:1] * first, (roots[1:] - kept * roots[:-1]) / scale])
        curve = np.concatenate(
            [expected[:, :1] * first, (expected[:, 1:] - kept * expected[:, :-1]) / scale], axis=1
        )
        precision = (curve**2).sum(axis=1)
        centre = curve @ seen / precision
        squares = ((seen - centre[:, None] * curve) ** 2).sum(axis=1)
        spread = NOISE / np.sqrt(precision)[:, None]
        fit = -(known - 1) * np.log(NOISE) - squares[:, None] / (2 * NOISE**2)
        fit += np.log(first) - np.log(scale).sum() - 0.5 * np.log(precision)[:, None]
        if np.isfinite(full):
            fit += special.log_ndtr((full - centre[:, None]) / spread)
        if fixed:
            wide = spread**2 + fixed[1] ** 2
            fit -= 0.5 * ((centre[:, None] - fixed[0]) ** 2 / wide + np.log(wide))
        else:  # a potential of any size, and any share of it reached by now, is as likely as another
            fit += np.log(np.maximum(grid.share, FLOOR) / np.maximum(centre, FLOOR))[:, None]
        likelihood.append(np.where(centre[:, None] > 0, fit, -np.inf))
        middle.append(centre)
        precisions.append(precision)
    weights = np.stack(likelihood)
    weights = np.exp(weights - weights.max())
    return weights / weights.sum(), np.stack(middle), np.stack(precisions)


def _ceilings(
    middle: np.ndarray,
    spread: np.ndarray,
    fixed: tuple[float, float] | None,
    full: float,
    rng: np.random.Generator,
) -> np.ndarray:
    if fixed:
        narrow = 1 / (1 / spread**2 + 1 / fixed[1] ** 2)
        middle = narrow * (middle / spread**2 + fixed[0] / fixed[1] ** 2)
        spread = np.sqrt(narrow)
    low, high = special.ndtr(-middle / spread), special.ndtr((full - middle) / spread)
    chance = low + rng.random(len(middle)) * (high - low)
    return np.clip(middle + spread * special.ndtri(np.clip(chance, 1e-15, 1 - 1e-15)), FLOOR, full)


def _narrowed(weights: np.ndarray, box: Box) -> Box:
    square = weights.reshape(SIDE, SIDE)
    sides = []
    for (low, high), along in zip(box, (square.sum(axis=1), square.sum(axis=0)), strict=True):
        places, kept = np.linspace(low, high, SIDE), np.flatnonzero(along > NEGLIGIBLE)
        sides.append((places[max(kept[0] - 1, 0)], places[min(kept[-1] + 1, SIDE - 1)]))
    return tuple(sides)
