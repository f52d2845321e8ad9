"""What a logistic regression cannot tell: columns that repeat others, and columns that tell every outcome."""

import numpy as np

REPEATED = 1e-9  # share of a column's variation that others leave, below which it repeats them
PART = 1e-6  # a weight below this is none


def repeated(columns: np.ndarray) -> dict[int, list[int]]:
    """Find the columns that earlier ones and the constant add up to.

    Returns
    -------
    By column that is to be left out, the columns it repeats (none where it is constant).
    """
    found: dict[int, list[int]] = {}
    kept: list[int] = []
    centred = columns - columns.mean(axis=0)
    size = np.sqrt((columns**2).mean(axis=0))
    spread = np.sqrt((centred**2).mean(axis=0))
    for j in range(columns.shape[1]):
        if spread[j] <= 1e-12 * max(size[j], 1e-300):
            found[j] = []
            continue
        own, others = centred[:, j] / spread[j], centred[:, kept] / spread[kept]
        weights = np.linalg.lstsq(others, own, rcond=None)[0]
        rest = own - others @ weights
        if kept and rest @ rest <= REPEATED * (own @ own):
            found[j] = [k for k, w in zip(kept, weights, strict=True) if abs(w) > PART]
        else:
            kept.append(j)
    return found


def telling(columns: np.ndarray, won: np.ndarray) -> list[int]:
    """Find columns that together tell outcomes without error, no more than that takes; none where a best fit
    exists.

    References
    ----------
    Albert & Anderson (1984), Biometrika 71(1): separation; Konis (2007), DPhil thesis, Oxford: by linear
    program.
    """
    needed = list(range(columns.shape[1]))
    if not _separated(columns, won):
        return []
    for j in list(needed):
        fewer = [k for k in needed if k != j]
        if fewer and _separated(columns[:, fewer], won):
            needed = fewer
    return needed


def _separated(columns: np.ndarray, won: np.ndarray) -> bool:
    # Along some direction no lost deal lies above any won one: there the likelihood rises for ever.
    from scipy.optimize import linprog  # slow to import, and hardly ever needed

    centred = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    sides = np.column_stack([np.ones(len(won)), centred]) * np.where(won > 0, 1.0, -1.0)[:, None]
    best = linprog(-sides.sum(axis=0), A_ub=-sides, b_ub=np.zeros(len(won)), bounds=(-1, 1), method="highs")
    return bool(best.success and -best.fun > PART)
