"""What else a series allows: curves drawn by how well they fit, with the noise that they leave.

Least squares gives one curve; its errors by the usual formula believe that noise is even, independent and
so small that the curve is straight in its parameters. Here curves are drawn from a posterior instead. Its
prior is Jeffreys', so that a direction which the data do not see holds little. Noise may grow with the
level, last from one time to the next or add up (see `noise`), each as probable as the residuals make it.
How often such ranges hold the truth is told in tests/reference/coverage_adoption.csv.

References
----------
Jeffreys (1946), "An Invariant Form for the Prior Probability in Estimation Problems", Proceedings of the
Royal Society A 186; Harville (1974), "Bayesian Inference for Variance Components Using Only Error Contrasts",
Biometrika 61(2).
"""

from dataclasses import dataclass

import numpy as np

from pmlib.stats.adoption.curves import Curve
from pmlib.stats.adoption.noise import Noise, kinds
from pmlib.stats.adoption.observed import Observed
from pmlib.stats.adoption.search import clipped, position, shape

POINTS = 2048
TAIL = 3.0  # degrees of freedom of the proposal
WIDEST = 3.0  # standard deviation of the first proposal, on the log scales
TURNS = 3


@dataclass(frozen=True)
class Draws:
    """Curves that a series allows and the noise of each; in periods since launch and by the scale.

    Attributes
    ----------
    noise : which of `kinds` each has.
    sigma : its size, where the relative size is 1.
    carried : the last residual.
    effective : how many independent draws the weights are worth.
    """

    rate: np.ndarray
    position: np.ndarray
    potential: np.ndarray
    kinds: list[Noise]
    noise: np.ndarray
    sigma: np.ndarray
    carried: np.ndarray
    effective: float


def draws(
    seen: Observed, curve: Curve, point: np.ndarray, potential: float, most: float, count: int, seed: int
) -> Draws:
    """Draw curves for one series, by importance twice adapted."""
    random = np.random.default_rng(seed)
    here = seen.weights[0] > 0
    values, gaps = seen.values[0, here], spacing(seen, here)
    noises = kinds(not seen.sales)
    rows = np.zeros(POINTS, int)
    form, slopes = shape(seen, curve, point[None], rows[:1])
    expected = potential * form[0, here]
    centre, spread = point, first_spread(potential * slopes[0][:, here], form[0, here], values)
    for turn in range(TURNS):
        tried, log_proposal = proposed(random, centre, spread)
        inside = (np.abs(clipped(seen, curve, tried, rows) - tried) < 1e-12).all(axis=1)
        form, slopes = shape(seen, curve, clipped(seen, curve, tried, rows), rows)
        form, slopes = form[:, here], slopes[:, :, here]
        known = np.where(inside, jeffreys(form, slopes, values), -np.inf) - log_proposal
        levels = expected, np.diff(expected, prepend=0.0) / gaps
        judged = [judge(kind, form, values, gaps, levels[kind.adds_up], most) for kind in noises]
        log_weight = np.stack([one[0] for one in judged]) + known
        weight = np.exp((log_weight - log_weight.max()) * (0.5 if turn == 0 else 1.0))
        weight /= weight.sum()
        of_point = weight.sum(axis=0)
        centre, spread = of_point @ tried, weighted_root(tried, of_point)
        best = sum(w @ (one[1][:, None] * form) for w, one in zip(weight, judged, strict=True))
        expected = np.maximum(best, 0.0)
    strata = (np.arange(count) + random.uniform(size=count)) / count
    picked = np.minimum(np.searchsorted(np.cumsum(weight.ravel()), strata), weight.size - 1)
    noise, which = np.divmod(picked, POINTS)
    best, sse, precision = (np.stack([one[k] for one in judged])[noise, which] for k in (1, 2, 3))
    sigma = np.sqrt(sse / random.chisquare(len(values) - 1, count))
    potentials = np.clip(best + sigma * random.normal(size=count) / np.sqrt(precision), best / 10, most)
    rates, places = position(seen, tried[which], np.zeros(count, int))
    carried = values[-1] - potentials * form[which, -1]
    return Draws(rates, places, potentials, noises, noise, sigma, carried, float(1 / (of_point**2).sum()))


def spacing(seen: Observed, here: np.ndarray) -> np.ndarray:
    """Periods between what was seen, 1 before the first."""
    ends = seen.edges[0, 1:] if seen.sales else seen.edges[0]
    return np.concatenate([[1.0], np.diff(ends[here])])


def proposed(
    random: np.random.Generator, centre: np.ndarray, spread: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Points of a t distribution, and the log of its density."""
    offset = random.normal(size=(POINTS, 2)) / np.sqrt(random.chisquare(TAIL, POINTS) / TAIL)[:, None]
    return centre + offset @ spread.T, -(TAIL + 2) / 2 * np.log1p((offset**2).sum(axis=1) / TAIL)


def weighted_root(points: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the root of the weighted covariance."""
    off = points - weight @ points
    return np.linalg.cholesky((off * weight[:, None]).T @ off + 1e-12 * np.eye(2))


def first_spread(slopes: np.ndarray, form: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the root of the covariance by the usual formula, no wider than the scales make sense."""
    follow = slopes - (slopes @ form / (form @ form))[:, None] * form
    residual = values - form * (form @ values) / (form @ form)
    variance = residual @ residual / (len(values) - 3) + 1e-12
    size, turn = np.linalg.eigh(follow @ follow.T / variance)
    return turn * np.minimum(1 / np.sqrt(np.maximum(size, 1e-12)), WIDEST)


def jeffreys(form: np.ndarray, slopes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Log of Jeffreys' prior at the best potential of each point."""
    potential = np.maximum(form @ values, 1e-290) / np.maximum((form**2).sum(axis=1), 1e-290)
    matrix = np.concatenate([slopes, form[:, None]], axis=1) * potential[:, None, None]
    square = matrix @ matrix.transpose(0, 2, 1)
    return 0.5 * np.log(np.maximum(np.linalg.det(square), 1e-290)) - np.log(np.maximum(potential, 1e-290))


def judge(
    noise: Noise, form: np.ndarray, values: np.ndarray, gaps: np.ndarray, level: np.ndarray, most: float
) -> tuple[np.ndarray, ...]:
    """Log likelihood of shapes under a noise; best potential, sum of squares, the potential's precision."""
    size = noise.size(level)
    shapes, goal = noise.white(form, gaps, size), noise.white(values, gaps, size)
    precision = np.maximum((shapes**2).sum(axis=1), 1e-290)
    best = np.clip(shapes @ goal / precision, 0, most)
    residual = goal - best[:, None] * shapes
    sse = (residual**2).sum(axis=1) + 1e-14
    fits = -0.5 * np.log(precision) - 0.5 * (len(values) - 1) * np.log(sse)
    return fits + noise.log_volume(gaps, size) + noise.log_prior, best, sse, precision
