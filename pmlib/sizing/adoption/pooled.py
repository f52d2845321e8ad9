"""What a few points cannot say, others do: Bass shapes weighted by analogues, and how their growth went on.

Two borrowings, each pulled towards no change:

- `Shapes`: a Bass curve whose growth rates are seen with noise. The prior of p and q is the analogues' own
  (empirical Bayes, on a grid of log p × log q), so that those whose start is like the series' count most.
- `Growth`: a robust ridge regression, over the analogues' own starts, of how sales went on (log ratio to the
last
  value, one regression a step) on how high the last value stands over the mean and how it last moved.

References
----------
Lilien, Rao and Kalish (1981), "Bayesian Estimation and Control of Detailing Effort", Management Science
27(5). Sultan, Farley and Lehmann (1990), "A Meta-Analysis of Applications of Diffusion Models", JMR 27(1): p
averages 0.03 and q 0.38 over 213 applications; the prior where there is no analogue.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pmlib.sizing.adoption.grid import FLOOR, Anchor, positive

SIDE, LONGEST = 24, 60
INNOVATION, IMITATION = np.geomspace(3e-4, 0.3, SIDE), np.geomspace(0.02, 2.5, SIDE)
P, Q = (axis.ravel() for axis in np.meshgrid(INNOVATION, IMITATION, indexing="ij"))
NOISE = np.geomspace(0.05, 1.5, 10)  # of growth rates
MEAN_P, MEAN_Q, SPREAD_P, SPREAD_Q = 0.03, 0.38, 1.0, 0.5  # means and spreads of the logarithms
USUAL_NOISE, SPREAD_NOISE = 0.3, 0.6  # assumed: growth strays by a third, twice or half as much
SMOOTH, WORTH, ROUNDS = 2.0, 2, 3  # grid cells; analogues that the general prior is worth; of the search
STARTS = range(3, 9)  # points after which an analogue's course is looked at
RIDGE, TRIES = 10.0, 15


def _reached() -> np.ndarray:
    fading = np.exp(-(P + Q)[:, None] * np.arange(LONGEST + 1))
    return (1 - fading) / (1 + (Q / P)[:, None] * fading)


REACHED = _reached()
SALES = np.log(np.maximum(np.diff(REACHED, axis=1), FLOOR))
GROWTH = np.diff(SALES, axis=1)


@dataclass(frozen=True, eq=False)
class Shapes:
    """How much each pair of p and q, and each noise, is believed."""

    shape: np.ndarray
    noise: np.ndarray

    def given(self, values: np.ndarray, anchor: Anchor | None = None) -> np.ndarray:
        """Weigh shape × noise by a series, and by what is known of its potential."""
        fit = likelihood(values) + np.log(self.shape)[:, None] + np.log(self.noise)
        if anchor:
            off = (np.log(ceilings(values)) - anchor.centre) / anchor.spread
            fit -= 0.5 * off[:, None] ** 2
        weights = np.exp(fit - fit.max())
        return weights / weights.sum()


@dataclass(frozen=True, eq=False)
class Growth:
    """Coefficients of constant, height and last growth, one column a step."""

    coefficients: np.ndarray

    def ahead(self, values: np.ndarray) -> np.ndarray:
        """Log ratio to the last value, one a step."""
        return traits(values) @ self.coefficients


def likelihood(values: np.ndarray) -> np.ndarray:
    """Log likelihood of shape × noise by the series' growth rates; its level is not looked at."""
    moves = np.diff(np.log(positive(values)[:LONGEST]))
    squares = ((moves - GROWTH[:, : len(moves)]) ** 2).sum(axis=1)
    return -squares[:, None] / (2 * NOISE**2) - len(moves) * np.log(NOISE)


def ceilings(values: np.ndarray) -> np.ndarray:
    """Potential by shape: what is sold so far over the share that has been reached."""
    return values.sum() / REACHED[:, min(len(values), LONGEST)]


def general() -> Shapes:
    """The prior without any analogue."""
    shape = np.exp(
        -0.5 * ((np.log(P / MEAN_P) + SPREAD_P**2 / 2) / SPREAD_P) ** 2
        - 0.5 * ((np.log(Q / MEAN_Q) + SPREAD_Q**2 / 2) / SPREAD_Q) ** 2
    )
    noise = np.exp(-0.5 * (np.log(NOISE / USUAL_NOISE) / SPREAD_NOISE) ** 2)
    return Shapes(shape / shape.sum(), noise / noise.sum())


def shapes(likelihoods: Sequence[np.ndarray]) -> Shapes:
    """Take the prior from analogues: the mean of what each says, smoothed (expectation-maximisation)."""
    start = general()
    shape, noise, even = start.shape, start.noise, WORTH / (WORTH + len(likelihoods))
    for _ in range(ROUNDS):
        prior = np.log(shape)[:, None] + np.log(noise)
        weights = [np.exp(one + prior - (one + prior).max()) for one in likelihoods]
        mean = np.mean([weight / weight.sum() for weight in weights], axis=0)
        smooth = KERNEL @ mean.sum(axis=1).reshape(SIDE, SIDE) @ KERNEL.T
        shape = (1 - even) * smooth.ravel() / smooth.sum() + even * start.shape
        noise = (1 - even) * mean.sum(axis=0) + even * start.noise
    return Shapes(shape, noise)


def _kernel() -> np.ndarray:
    cell = np.arange(SIDE)
    near = np.exp(-0.5 * ((cell[:, None] - cell) / SMOOTH) ** 2)
    return np.asarray(near / near.sum(axis=1, keepdims=True))


KERNEL = _kernel()


def traits(values: np.ndarray) -> np.ndarray:
    """What the regression looks at."""
    seen = positive(values)
    return np.array([1.0, np.log(seen[-1] / seen.mean()), np.log(seen[-1] / seen[-2])])


def growth(series: Sequence[np.ndarray], steps: int) -> Growth:
    """Regress how analogues went on, all with the same weight; steps too far ahead repeat the last."""
    columns: list[np.ndarray] = []
    for step in range(1, steps + 1):
        rows = [
            (traits(values[:n]), np.log(positive(values)[n + step - 1] / positive(values)[n - 1]), i)
            for i, values in enumerate(series)
            for n in STARTS
            if n + step <= len(values)
        ]
        if len({i for *_, i in rows}) < 3:
            columns.append(columns[-1] if columns else np.zeros(3))
            continue
        owner = np.array([i for *_, i in rows])
        weight = 1 / np.bincount(owner)[owner]
        columns.append(
            _robust(np.array([row[0] for row in rows]), np.array([row[1] for row in rows]), weight)
        )
    return Growth(np.array(columns).T)


def _robust(traits: np.ndarray, went: np.ndarray, weight: np.ndarray) -> np.ndarray:
    # Least absolute deviations by reweighting, but squares within the typical deviation (Huber).
    weight, trust = weight / weight.mean(), np.ones(len(went))
    coefficients = np.zeros(traits.shape[1])
    for _ in range(TRIES):
        both = weight * trust
        square = traits.T @ (both[:, None] * traits) + RIDGE * np.eye(traits.shape[1])
        coefficients = np.linalg.solve(square, traits.T @ (both * went))
        off = np.abs(went - traits @ coefficients)
        trust = 1 / np.maximum(off / (1.4826 * np.median(off) + 1e-6), 1)
    return coefficients
