"""Many comparisons: the more are made, the more differ by chance."""

import numpy as np

CORRECTIONS = {"holm": "holm", "benjamini-hochberg": "fdr_bh", "bonferroni": "bonferroni", "none": ""}


def adjusted(p: np.ndarray, correction: str) -> np.ndarray:
    """Adjust p for all that were looked at together; nan stays, and counts for nothing."""
    found, known = p.copy(), np.isfinite(p)
    method = CORRECTIONS[correction]
    if method and known.sum() > 1:
        from statsmodels.stats.multitest import multipletests

        found[known] = multipletests(p[known], method=method)[1]
    return found


def claim_level(p: np.ndarray, correction: str, level: float) -> float:
    """Choose the level at which all intervals of what is claimed hold together.

    Bonferroni's; where false discoveries are controlled, that of Benjamini and Yekutieli (2005), JASA 100,
    for the intervals of what was found.
    """
    count = int(np.isfinite(p).sum())
    if CORRECTIONS[correction] == "" or count < 2:
        return level
    if correction == "benjamini-hochberg":
        found = int((adjusted(p, correction) <= 1 - level).sum())
        return 1 - (1 - level) * max(found, 1) / count
    return 1 - (1 - level) / count
