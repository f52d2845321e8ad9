"""The variance between studies: its estimators and its Q-profile."""

import numpy as np
from scipy.linalg import eigh, helmert
from scipy.optimize import brentq
from scipy.stats import chi2

METHODS = ("fixed", "dl", "pm", "reml")
SMALLEST = 1e-10  # of the largest variance a contrast of two estimates must keep, or they are one estimate
STEPS = 100  # of Newton, of which a handful is needed


def contrasts(y: np.ndarray, cov: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn estimates into independent contrasts u with variances d + tau2, which hold all known of tau2.

    Every estimator below is a line in u and d, and correlated estimates need nothing else.

    Raises
    ------
    ValueError : the errors make two estimates one, or no matrix of covariances is like this.
    """
    across = helmert(len(y))
    d, turn = eigh(across @ cov @ across.T)
    if min(d.min(), np.linalg.eigvalsh(cov)[0]) <= SMALLEST * np.diag(cov).max():
        raise ValueError(
            "the covariance says that two estimates err alike (correlation 1), or cannot be; leave one out"
        )
    return turn.T @ across @ y, d


def cochran(u: np.ndarray, d: np.ndarray, tau2: float = 0.0) -> float:
    """Give Cochran's Q at a variance between studies."""
    return float(np.sum(u**2 / (d + tau2)))


def tau_squared(u: np.ndarray, d: np.ndarray, method: str) -> float:
    """Estimate the variance between studies by a method of METHODS."""
    if method == "fixed":
        return 0.0
    if method == "dl":
        return max(0.0, (cochran(u, d) - len(u)) / float(np.sum(1 / d)))
    if method == "pm":
        return float(where_q_is(u, d, np.array([len(u)]))[0])
    return _restricted(u, d)


def q_profile(u: np.ndarray, d: np.ndarray, level: float) -> tuple[float, float]:
    """Give the interval of tau2 (Viechtbauer 2007)."""
    low, high = where_q_is(u, d, chi2.ppf([(1 + level) / 2, (1 - level) / 2], len(u)))
    return float(low), float(high)


def where_q_is(u: np.ndarray, d: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Solve Q(tau2) = target for each target; Q only falls, so there is one solution, or none above zero.

    Newton's steps are on 1/Q, which is concave: from zero they come near the solution and never pass it.
    """
    tau2 = np.zeros(len(targets))
    for _ in range(STEPS):
        total = d + tau2[:, None]
        q, slope = (u**2 / total).sum(axis=1), (u**2 / total**2).sum(axis=1)
        ahead = q > targets
        step = np.where(ahead, q * (q / targets - 1) / np.where(slope > 0, slope, 1.0), 0.0)
        tau2 = tau2 + step
        if (step <= 1e-14 * tau2).all():
            break
    return tau2


def _restricted(u: np.ndarray, d: np.ndarray) -> float:
    """Maximise the restricted likelihood over tau2 >= 0; it may have several maxima, so look first."""

    def score(tau2: float) -> float:
        return float(np.sum(u**2 / (d + tau2) ** 2 - 1 / (d + tau2)))

    steps = np.geomspace(1e-6 * d.min(), 10 * (d.max() + np.sum(u**2)), 200)
    grid = np.concatenate([[0.0], steps])
    total = d + grid[:, None]
    best = int(np.argmin((np.log(total) + u**2 / total).sum(axis=1)))
    if best == 0 and score(0.0) <= 0:
        return 0.0
    low, high = grid[max(0, best - 1)], grid[best + 1]
    return float(brentq(score, low, high, xtol=1e-14 * high, rtol=1e-12))
