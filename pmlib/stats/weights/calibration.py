"""Calibration: the weights nearest to those given that meet known totals, of levels and of numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.linalg import qr

from pmlib.stats.weights.margins import Margin, Total, agreed, check_margin, unreachable
from pmlib.stats.weights.sample import Sample

Distance = Literal["linear", "raking"]
MET = 1e-9  # of what a total is made of: how near every achieved total is
STEPS, HALVINGS = 100, 40
FURTHEST = 500.0  # exponent beyond which weights are no weights


@dataclass(frozen=True, eq=False)
class Calibrated:
    """What known totals explain: the regression on them, with the weights before calibration."""

    basis: np.ndarray
    scale: np.ndarray

    def residuals(self, x: np.ndarray) -> np.ndarray:
        """Take the regression out."""
        x = x / self.scale[:, None]
        return (x - self.basis @ (self.basis.T @ x)) * self.scale[:, None]


def calibrate(
    sample: Sample,
    margins: Sequence[Margin] = (),
    totals: Sequence[Total] = (),
    *,
    distance: Distance = "linear",
    low: float = -np.inf,
    high: float = np.inf,
    weights: tuple[float, float] = (-np.inf, np.inf),
) -> Sample:
    """Weight a sample to known totals, each weight as near to what it was as they allow.

    Parameters
    ----------
    distance : "linear" (the generalised regression estimator, whose weights may turn negative) or "raking"
        (whose weights stay positive).
    low, high : of the factors by which weights may change. weights : lowest and highest weight allowed.

    Raises
    ------
    ValueError : a level's target without respondents, or not above 0; totals that no such weights meet.

    References
    ----------
    Deville & Särndal (1992), J. American Statistical Association 87; errors as R's survey::calibrate.
    """
    for margin in margins:
        check_margin(margin)
    margins, before = agreed(margins), sample.weights
    known, target = _known(margins, totals, len(before))
    # A margin can scale all weights, so that where they start does not matter: near the end is best.
    start = before * (margins[0].totals.sum() / before.sum() if margins else 1.0)
    lowest = np.maximum(low * before, weights[0]) / start
    highest = np.minimum(high * before, weights[1]) / start
    after = solve(start, known, target, distance, lowest, highest)
    size = np.maximum(np.abs(target), np.abs(known).T @ before)
    if not np.all(np.abs(known.T @ after - target) <= MET * size):
        raise ValueError(unreachable(margins, totals, after))
    root = np.sqrt(before)
    adjusted = Calibrated(_basis(known * root[:, None]), after / root)
    return Sample(sample.design, after, (*sample.adjustments, adjusted))


def _known(margins: Sequence[Margin], totals: Sequence[Total], rows: int) -> tuple[np.ndarray, np.ndarray]:
    blocks = [margin.codes[:, None] == np.arange(len(margin.levels)) for margin in margins]
    blocks += [total.values[:, None] for total in totals]
    target = np.concatenate([*(margin.totals for margin in margins), [total.total for total in totals]])
    return np.hstack([np.empty((rows, 0)), *blocks]), target


def _basis(matrix: np.ndarray) -> np.ndarray:
    # Orthonormal columns that span the matrix's; what repeats the others is left out.
    q, r, _ = qr(matrix, mode="economic", pivoting=True)
    size = np.abs(np.diag(r))
    return q[:, size > 1e-10 * size.max(initial=0.0)]


def solve(
    start: np.ndarray,
    known: np.ndarray,
    target: np.ndarray,
    distance: Distance,
    low: np.ndarray | float = -np.inf,
    high: np.ndarray | float = np.inf,
) -> np.ndarray:
    """Find the weights by Newton's method on the dual, which is convex; the last tried where none meets it.

    known : what each row adds to each total, a weight of 1.
    """
    size = np.maximum(np.abs(target), np.abs(known).T @ start)
    x, goal = known / size, target / size
    price, u = np.zeros(x.shape[1]), np.zeros(len(x))
    g, slope, height = _factors(u, distance, low, high)
    for _ in range(STEPS):
        gradient = x.T @ (start * g) - goal
        if np.abs(gradient).max() < 1e-14:
            break
        # Where weights are at a bound the slope is 0 and shows no way: it is taken as some, less on nearing.
        some = np.maximum(slope, min(0.1, float(np.abs(gradient).max())))
        hessian = x.T @ (x * (start * some)[:, None])
        step = -np.linalg.lstsq(hessian, gradient, rcond=1e-12)[0]
        value, decline = start @ height - goal @ price, gradient @ step
        for halving in range(HALVINGS):
            tried = price + step / 2**halving
            u = x @ tried
            g, slope, height = _factors(u, distance, low, high)
            if start @ height - goal @ tried <= value + 1e-4 * decline / 2**halving + 1e-13 * abs(value):
                break
        else:
            break
        price = tried
        if np.abs(u).max() > FURTHEST:
            break
    return start * g


def _factors(
    u: np.ndarray, distance: Distance, low: np.ndarray | float, high: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    # The factor at u, its slope, and its integral from 0; all of it held flat beyond the bounds.
    if distance == "linear":
        least, most = np.subtract(low, 1), np.subtract(high, 1)
    else:
        with np.errstate(divide="ignore"):
            least, most = np.log(np.maximum(low, 0)), np.log(high)
    held = np.clip(u, least, np.minimum(most, FURTHEST) if distance == "raking" else most)
    free = (held == u).astype(float)
    if distance == "linear":
        return 1 + held, free, held + held**2 / 2 + (1 + held) * (u - held)
    g = np.exp(held)
    return g, g * free, g + g * (u - held)
