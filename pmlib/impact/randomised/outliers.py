"""How much of an effect rests on the few users with the largest values."""

from dataclasses import dataclass

import numpy as np

TOP = 0.001  # of users


@dataclass(frozen=True)
class Capped:
    """What becomes of the differences where the largest values are set down to where they begin.

    cap : that value. share : of all there is, what lies above it. moved : by how much, of each arm but the
        first.
    """

    cap: float
    share: float
    moved: np.ndarray


def capped(values: np.ndarray, arm: np.ndarray, count: int) -> Capped | None:
    """Set the largest 0.1 % of values down, of both ends where some are below 0; None of too few users."""
    if len(values) * TOP < 1:
        return None
    cap = float(np.quantile(values, 1 - TOP))
    floor = float(np.quantile(values, TOP)) if values.min() < 0 else -np.inf
    cut = np.clip(values, floor, cap)
    whole = float(np.abs(values).sum())
    moved = np.bincount(arm, cut - values, minlength=count) / np.bincount(arm, minlength=count)
    return Capped(cap, float(np.abs(values - cut).sum()) / whole if whole else 0.0, moved[1:] - moved[0])
