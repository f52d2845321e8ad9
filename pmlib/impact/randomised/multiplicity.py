"""Many comparisons: the more are made, the more differ by chance."""

from collections.abc import Callable

import numpy as np


def adjusted(p: np.ndarray, correction: str) -> np.ndarray:
    """Adjust p for all that were looked at together; nan stays, and counts for nothing."""
    found, known = p.copy(), np.isfinite(p)
    if known.sum() > 1:
        order = np.flatnonzero(known)[np.argsort(p[known], kind="stable")]
        found[order] = np.minimum(CORRECTIONS[correction](p[order]), 1.0)
    return found


def _holm(p: np.ndarray) -> np.ndarray:
    return np.maximum.accumulate(p * np.arange(len(p), 0, -1))


def _false_discoveries(p: np.ndarray) -> np.ndarray:
    """Adjust as Benjamini and Hochberg (1995), JRSS B 57, do."""
    return np.minimum.accumulate((p * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1]


# Each adjusts p that are sorted, the least first.
CORRECTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "holm": _holm,
    "benjamini-hochberg": _false_discoveries,
    "bonferroni": lambda p: p * len(p),
    "none": lambda p: p,
}


def claim_level(p: np.ndarray, correction: str, level: float) -> float:
    """Choose the level at which all intervals of what is claimed hold together.

    Bonferroni's; where false discoveries are controlled, that of Benjamini and Yekutieli (2005), JASA 100,
    for the intervals of what was found.
    """
    count = int(np.isfinite(p).sum())
    if correction == "none" or count < 2:
        return level
    if correction == "benjamini-hochberg":
        found = int((adjusted(p, correction) <= 1 - level).sum())
        return 1 - (1 - level) * max(found, 1) / count
    return 1 - (1 - level) / count
