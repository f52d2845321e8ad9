"""The interval of a price coefficient that holds however weak the instruments are."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import fdtri

from pmlib.competitive.demand.two_stage import cluster_sums, freed, orthonormal

STEPS, NEAR = 1001, 15.0  # values tried from minus to plus infinity, and within so many errors of 2SLS


@dataclass(frozen=True)
class Region:
    """The values that the instruments do not speak against.

    pieces : (low, high) of each, in order; several where small and large values fit and those between do
        not. None at all where the instruments contradict each other.
    """

    pieces: tuple[tuple[float, float], ...]

    @property
    def low(self) -> float:
        """The smallest value; nan where there is none."""
        return self.pieces[0][0] if self.pieces else np.nan

    @property
    def high(self) -> float:
        """The largest value; nan where there is none."""
        return self.pieces[-1][1] if self.pieces else np.nan


def anderson_rubin(
    outcome: np.ndarray,
    exogenous: np.ndarray,
    endogenous: np.ndarray,
    instruments: np.ndarray,
    *,
    clusters: np.ndarray | None = None,
    level: float = 0.95,
) -> Region:
    """Collect the coefficients of one endogenous column for which the instruments explain nothing of what
    is left.

    Parameters
    ----------
    outcome : (n,). exogenous : (n, a). endogenous : (n, 1). instruments : (n, l). clusters : (n,) codes
        from 0.

    References
    ----------
    Anderson & Rubin (1949), Annals of Mathematical Statistics 20(1); Andrews, Stock & Sun (2019), "Weak
    instruments in IV regression", Annual Review of Economics 11.
    """
    q = orthonormal(freed(instruments, exogenous))
    pair = freed(np.column_stack([outcome, endogenous]), exogenous)
    size = np.linalg.norm(pair, axis=0)
    pair = pair / size
    ends, noise = q.T @ pair, freed(pair, q)
    many, rows = q.shape[1], len(q)
    scores = [q * column[:, None] for column in noise.T]
    if clusters is not None:
        scores = [cluster_sums(part, clusters) for part in scores]
    count, left = len(scores[0]), rows - exogenous.shape[1] - many
    factor = count / max(1, count - 1) if clusters is not None else rows / left
    own, cross, moved = (scores[i].T @ scores[j] * factor for i, j in ((0, 0), (0, 1), (1, 1)))
    limit = many * float(fdtri(many, left if clusters is None else max(1, count - 1), level))

    def beyond(angles: np.ndarray) -> np.ndarray:
        # Coefficient tan(angle), written so that it may be infinite.
        up, down = np.cos(angles)[:, None], np.sin(angles)[:, None]
        along = up * ends[:, 0] - down * ends[:, 1]
        up, down = up[..., None], down[..., None]
        spread = up**2 * own - up * down * (cross + cross.T) + down**2 * moved
        return np.einsum("ai,aij,aj->a", along, np.linalg.pinv(spread, hermitian=True), along) - limit

    slope = float(ends[:, 1] @ ends[:, 0]) / float(ends[:, 1] @ ends[:, 1])
    rest = own - slope * (cross + cross.T) + slope**2 * moved
    error = float(np.sqrt(ends[:, 1] @ rest @ ends[:, 1])) / float(ends[:, 1] @ ends[:, 1])
    near = np.arctan(slope + error * np.linspace(-NEAR, NEAR, STEPS))
    angles = np.sort(np.concatenate([np.linspace(-np.pi / 2, np.pi / 2, STEPS), near]))
    inside = beyond(angles) <= 0
    at = np.flatnonzero(inside[1:] != inside[:-1])
    edges = list(_edges(beyond, angles[at], angles[at + 1], inside[at]))
    edges = [*([-np.pi / 2] if inside[0] else []), *edges, *([np.pi / 2] if inside[-1] else [])]
    found = [_unscaled(edge, size) for edge in edges]
    return Region(tuple(zip(found[::2], found[1::2], strict=True)))


def _edges(
    beyond: Callable[[np.ndarray], np.ndarray], left: np.ndarray, right: np.ndarray, start: np.ndarray
) -> np.ndarray:
    # Where inside turns outside, or back, between two values tried: halved until it is exact.
    for _ in range(50 if len(left) else 0):
        middle = (left + right) / 2
        same = (beyond(middle) <= 0) == start
        left, right = np.where(same, middle, left), np.where(same, right, middle)
    return (left + right) / 2


def _unscaled(angle: float, size: np.ndarray) -> float:
    if abs(angle) >= np.pi / 2:
        return float(np.copysign(np.inf, angle))
    return float(np.tan(angle) * size[0] / size[1])
