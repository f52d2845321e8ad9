"""Weights that are shares: none below 0, together 1, whose mix comes nearest to a target."""

import numpy as np
from scipy.optimize import nnls

FIRST, MOST = 100, 10_000  # steps before and after small weights are dropped, as in the code of synthdid
QUIET = 4  # weights at most this part of the largest are dropped in between


def nearest(matrix: np.ndarray, target: np.ndarray, ridge: float) -> np.ndarray:
    """Find the shares w that minimise |matrix w - target|² + ridge |w|², at the very minimum.

    As the shares add up to 1, that is w'Mw of one matrix M; and w'Mw + (sum w - 1)² over weights of any sum
    is least at a multiple of them. So it is a problem of least squares without negative weights.

    Parameters
    ----------
    matrix : a row an equation, a column a weight. target : of the rows.
    """
    count = matrix.shape[1]
    apart = matrix - target[:, None]
    size = float(np.sqrt((apart**2).sum() / count)) or 1.0
    stacked = np.vstack([apart / size, np.eye(count) * (ridge**0.5 / size), np.ones((1, count))])
    wanted = np.zeros(len(stacked))
    wanted[-1] = 1.0
    found, _ = nnls(stacked, wanted, maxiter=30 * count)
    return found / found.sum()


def approached(matrix: np.ndarray, target: np.ndarray, ridge: float, least: float) -> np.ndarray:
    """Approach the shares that `nearest` finds by Frank-Wolfe steps, and stop where synthdid stops.

    Published estimates are at the weights that its code has after 10,000 steps, which are not always those of
    the minimum; it starts from equal shares, and after 100 steps drops the small ones.

    Parameters
    ----------
    least : what a step must take off the mean square for another to follow.

    References
    ----------
    Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), "Synthetic Difference-in-Differences", AER
    111(12); Frank and Wolfe (1956), "An algorithm for quadratic programming", Naval Research Logistics 3.
    """
    rows, count = matrix.shape
    apart = matrix - target[:, None]
    square = apart.T @ apart
    square.flat[:: count + 1] += ridge
    first = _steps(square, np.full(count, 1 / count), least * rows, FIRST)
    kept = np.where(first <= first.max() / QUIET, 0, first)
    if not kept.any():
        kept = np.ones(count)
    return _steps(square, kept / kept.sum(), least * rows, MOST)


def _steps(square: np.ndarray, start: np.ndarray, least: float, most: int) -> np.ndarray:
    """Step towards one weight at a time, as far as is best, to lessen w'(square)w."""
    shares, across, own = start.copy(), square @ start, square.diagonal().copy()
    for step in range(most):
        at = int(across.argmin())
        value = float(shares @ across)
        slope, curve = value - float(across[at]), float(own[at]) - 2 * float(across[at]) + value
        far = min(1.0, slope / curve) if slope > 0 and curve > 0 else 0.0
        shares *= 1 - far
        shares[at] += far
        across *= 1 - far
        across += far * square[at]
        if step and (2 * slope - far * curve) * far <= least:
            break
    return shares
