"""How clusters scatter; where a cohort has few of them, units without the feature stand in for them."""

from collections.abc import Mapping

import numpy as np

from pmlib.impact.panel.errors import FEW, summed
from pmlib.impact.panel.timing import NEVER

Stand = Mapping[int, np.ndarray]


def small_cohorts(first: np.ndarray, cluster: np.ndarray) -> list[int]:
    """Cohorts of so few clusters that their own scatter shows little, if more never got it to stand in."""
    never = len(np.unique(cluster[first == NEVER]))
    sizes = {int(at): len(np.unique(cluster[first == at])) for at in np.unique(first[first != NEVER])}
    return [at for at, size in sizes.items() if size < min(FEW, never)]


def alone(first: np.ndarray, cluster: np.ndarray) -> list[int]:
    """Launches (-1 for none) of one cluster that no others stand in for: nobody can see how it scatters."""
    small = small_cohorts(first, cluster)
    return [
        int(at) for at in np.unique(first) if at not in small and len(np.unique(cluster[first == at])) == 1
    ]


def scatter(
    own: np.ndarray, stand: Stand, first: np.ndarray, cluster: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Add up what each cluster adds to each estimate, widened for the mean that was taken from its kind.

    Parameters
    ----------
    own : units by estimates, 0 where others stand in. stand : by small cohort, what units that never got the
        feature add in its place.

    Returns
    -------
    a row a cluster, and the kind of each: clusters of one launch, or standing in for one.
    """
    never = np.unique(cluster[first == NEVER])
    rows, kinds = [summed(own, cluster)], [kinds_of(first, cluster)]
    for block in stand.values():
        rows.append(summed(block, cluster)[never])
        kinds.append(np.full(len(never), kinds[-1].max() + 1))
    kind = np.concatenate(kinds)
    count = np.bincount(kind)[kind]
    return np.vstack(rows) * np.sqrt(count / np.maximum(count - 1, 1))[:, None], kind


def kinds_of(first: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    """Number the clusters by when they got the feature; if its units differ, a kind of its own."""
    low, high = np.full(cluster.max() + 1, np.iinfo(int).max), np.full(cluster.max() + 1, -2)
    np.minimum.at(low, cluster, first)
    np.maximum.at(high, cluster, first)
    return np.unique(np.where(low == high, low, -2), return_inverse=True)[1]


def freedom(rows: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Degrees of freedom of each variance, to which each kind of clusters adds with scatter of its own.

    References
    ----------
    Satterthwaite (1946), "An approximate distribution of estimates of variance components", Biometrics 2(6).
    """
    squares = summed(rows**2, kinds)
    counts = np.bincount(kinds)[:, None]
    below = (squares**2 / np.maximum(counts - 1, 1)).sum(axis=0)
    return np.divide(squares.sum(axis=0) ** 2, below, out=np.full(rows.shape[1], np.inf), where=below > 0)
