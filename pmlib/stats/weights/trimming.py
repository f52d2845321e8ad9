"""Trimming: no respondent counts for more, or less, than a bound; what is cut goes to the others."""

import numpy as np


def trim(weights: np.ndarray, *, low: float = 0.0, high: float = np.inf) -> np.ndarray:
    """Hold weights between bounds and keep their sum: the rest take what is cut, in proportion.

    Raises
    ------
    ValueError : no such weights have that sum.
    """
    total, size = float(weights.sum()), len(weights)
    if not low * size <= total <= high * size or low > high:
        raise ValueError(
            f"{size:,} weights between {low:g} and {high:g} cannot add up to {total:,.6g}; "
            f"their mean is {total / size:g}: widen the bounds"
        )
    out = np.clip(weights, low, high)
    for _ in range(size):
        short = total - out.sum()
        free = out < high if short > 0 else out > low
        if abs(short) <= 1e-13 * total or not free.any():
            break
        out[free] = np.clip(out[free] * (1 + short / out[free].sum()), low, high)
    return out
