"""Weights that are shares: none below 0, together 1, whose mix comes nearest to a target."""

import numpy as np
from scipy.optimize import nnls

FIRST, MOST = 100, 10_000  # steps before and after small weights are dropped, as in the code of synthdid
FELT = 1e-3  # of the mean square of a column: a ridge below it leaves too many corners for Newton's steps
NEWTON, EXACT, RISES = 50, 1e-11, 1e-4  # steps at most; what is 0; the part of a promised rise that must come
QUIET = 4  # weights at most this part of the largest are dropped in between


def nearest(matrix: np.ndarray, target: np.ndarray, ridge: float) -> np.ndarray:
    """Find the shares w that minimise |matrix w - target|² + ridge |w|², at the very minimum.

    Parameters
    ----------
    matrix : a row an equation, a column a weight. target : of the rows.
    """
    apart = matrix - target[:, None]  # as the shares add up to 1, it is |apart w|² that is minimised
    rows, count = apart.shape
    if count > rows and ridge > FELT * float((apart**2).sum()) / count:
        found = _by_newton(apart, ridge)
        if found is not None:
            return found
    return _by_least_squares(apart, ridge)


def _by_least_squares(apart: np.ndarray, ridge: float) -> np.ndarray:
    """Solve it as least squares without negative weights.

    That is w'Mw of one matrix M; and w'Mw + (sum w - 1)² over weights of any sum is least at a multiple of
    the shares that are looked for.
    """
    count = apart.shape[1]
    size = float(np.sqrt((apart**2).sum() / count)) or 1.0
    stacked = np.vstack([apart / size, np.eye(count) * (ridge**0.5 / size), np.ones((1, count))])
    wanted = np.zeros(len(stacked))
    wanted[-1] = 1.0
    found, _ = nnls(stacked, wanted, maxiter=30 * count)
    return found / found.sum()


def _by_newton(apart: np.ndarray, ridge: float) -> np.ndarray | None:
    """Solve it by Newton's steps on its dual, which has an unknown a row: quick where weights are many.

    Of what the mix is off by (r) and the price of a share (m) the weights are max(0, m - apart'r) / ridge;
    the dual m - |r|²/2 - ridge |w|²/2 is largest where these are off by r and add up to 1. None where it does
    not arrive, as with a ridge too small for its corners.
    """
    off = apart.mean(axis=1)
    price = float((off @ apart).mean()) + ridge / apart.shape[1]
    value, shares = _dual(apart, ridge, off, price)
    for _ in range(NEWTON):
        slope = np.append(apart @ shares - off, 1 - shares.sum())
        if np.abs(slope[:-1]).max() <= EXACT * (1 + np.abs(off).max()) and abs(slope[-1]) <= EXACT:
            return shares / shares.sum()
        used = apart[:, shares > 0]
        if not used.size:
            return None
        across = np.append(used, -np.ones((1, used.shape[1])), axis=0)
        curve = across @ across.T / ridge + np.diag(np.append(np.ones(len(off)), EXACT / ridge))
        way, far = np.linalg.solve(curve, slope), 1.0
        while True:
            tried = _dual(apart, ridge, off + far * way[:-1], price + far * way[-1])
            if tried[0] >= value + RISES * far * float(slope @ way) or far < EXACT:
                break
            far /= 2
        off, price = off + far * way[:-1], price + far * float(way[-1])
        value, shares = tried
    return None


def _dual(apart: np.ndarray, ridge: float, off: np.ndarray, price: float) -> tuple[float, np.ndarray]:
    shares = np.maximum(price - off @ apart, 0) / ridge
    return price - float(off @ off + ridge * shares @ shares) / 2, shares


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
