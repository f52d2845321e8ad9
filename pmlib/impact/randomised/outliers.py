"""How much of an effect rests on the few users with the largest values."""

from dataclasses import dataclass

import numpy as np

from pmlib.stats.moments import grouped

TOP = 0.001  # of users


@dataclass(frozen=True)
class Capped:
    """What becomes of the differences where the largest values are set down to where they begin.

    cap : that value. share : of all there is, what lies above it.
    moved : how far each arm's but the first moves. error : of each difference, so capped.
    """

    cap: float
    share: float
    moved: np.ndarray
    error: np.ndarray

    @property
    def rests(self) -> bool:
        """Whether what is above the cap moves an effect by more than the rest leaves open."""
        return bool((np.abs(self.moved) > 2 * self.error).any())


def capped(values: np.ndarray, arm: np.ndarray, count: int) -> Capped | None:
    """Set the largest 0.1 % of values down, of both ends where some are below 0; None of too few users."""
    if len(values) * TOP < 1:
        return None
    cap = float(np.quantile(values, 1 - TOP))
    floor = float(np.quantile(values, TOP)) if values.min() < 0 else -np.inf
    cut = np.clip(values, floor, cap)
    whole = float(np.abs(values).sum())
    parts = grouped(arm, count, np.column_stack([cut, cut - values]))
    variance = parts.scatter[:, 0, 0] / np.maximum(parts.n - 1, 1) / parts.n
    moved, error = parts.mean[1:, 1] - parts.mean[0, 1], np.sqrt(variance[1:] + variance[0])
    return Capped(cap, float(np.abs(values - cut).sum()) / whole if whole else 0.0, moved, error)
