"""What goes with what in a table of counts, and who is like whom: read off the counts, not off the map."""

import numpy as np
import pandas as pd
from scipy.special import ndtri  # quantiles of the normal distribution

from pmlib.competitive.maps.correspondence import standardised

BLOCK = 500  # points compared with all others at once, for memory


def ties(counts: pd.DataFrame, level: float, *, whole: bool = True) -> pd.DataFrame:
    """Find for each row and each column what it goes with most, and how much more often than by chance.

    The strongest tie is the one with the largest adjusted residual. Intervals are of the logarithm of
    observed over expected, by the delta method, and widened so that those of all pairs hold at once: the
    strongest of many is looked at.

    Parameters
    ----------
    counts : without empty rows or columns. whole : else there are no intervals.

    Returns
    -------
    DataFrame : rows, then columns: tie (a label of the other side), estimate, low, high (observed over
        expected).

    References
    ----------
    Agresti (2013), Categorical Data Analysis, sections 3.1 and 3.3; Bonferroni's correction.
    """
    values = counts.to_numpy(float)
    share = values / values.sum()
    rows, columns = share.sum(axis=1, keepdims=True), share.sum(axis=0, keepdims=True)
    adjusted = standardised(values) / np.sqrt((1 - rows) * (1 - columns))
    cells = [(i, j) for i, j in enumerate(adjusted.argmax(axis=1))]
    cells += [(i, j) for j, i in enumerate(adjusted.argmax(axis=0))]
    i, j = np.array(cells).T
    p, r, c = share[i, j], rows[i, 0], columns[0, j]
    lift = p / (r * c)
    with np.errstate(divide="ignore"):
        error = np.sqrt((1 / p - 1 / r - 1 / c - 1 + 2 * p / (r * c)) / values.sum())
    half = -ndtri((1 - level) / 2 / values.size) * error if whole else np.full(len(p), np.nan)
    labels = [*counts.columns[j[: len(counts)]], *counts.index[i[len(counts) :]]]
    found = {"tie": labels, "estimate": lift, "low": lift * np.exp(-half), "high": lift * np.exp(half)}
    return pd.DataFrame(found)


def nearest(counts: pd.DataFrame) -> list:
    """Find for each row the row whose profile is least different, in chi-squared distance over all axes."""
    values = counts.to_numpy(float)
    masses = values.sum(axis=0) / values.sum()
    profiles = values / values.sum(axis=1, keepdims=True) / np.sqrt(masses)
    sizes = (profiles**2).sum(axis=1)
    found: list[int] = []
    for start in range(0, len(profiles), BLOCK):
        own = slice(start, start + BLOCK)
        away = sizes[own, None] + sizes - 2 * profiles[own] @ profiles.T
        away[np.arange(len(away)), np.arange(start, start + len(away))] = np.inf
        found += list(away.argmin(axis=1))
    return list(counts.index[found])
