"""Does what was bought last tell what is bought next? Tests of zero-order buying."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, ndtr

from pmlib.competitive.switching.purchases import Purchases


@dataclass(frozen=True)
class Order:
    """Two tests of zero-order buying.

    statistic, freedom, p : Pearson's, of rows of the switching matrix being alike. Households that all choose
    alike and by chance keep to it; likings that differ between households break it, too.
    runs, p_within : of each household's purchases coming in any order, whatever it likes: how many standard
    errors repeats in a row exceed it (the runs of Mood 1940, Ann. Math. Stat. 11, added over households);
    two-sided.
    """

    statistic: float
    freedom: int
    p: float
    runs: float
    p_within: float


def order(bought: Purchases, counts: np.ndarray) -> Order:
    """Test that purchases are zero-order, over all households and within each."""
    seen = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0].astype(float)
    expected = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / seen.sum()
    statistic = float(((seen - expected) ** 2 / expected).sum())
    freedom = (seen.shape[0] - 1) * (seen.shape[1] - 1)
    runs = _runs(bought, counts)
    return Order(
        statistic=statistic,
        freedom=freedom,
        p=float(chdtrc(freedom, statistic)) if freedom else float("nan"),
        runs=runs,
        p_within=float(2 * ndtr(-abs(runs))),
    )


def _runs(bought: Purchases, counts: np.ndarray) -> float:
    held = bought.counts().astype(float)
    n, squares, cubes = (np.sum(held**power, axis=1) for power in (1, 2, 3))
    repeats = np.sum((squares - n) / n)  # in a row, if order is by chance
    several = n > 1
    n, squares, cubes = n[several], squares[several], cubes[several]
    variance = (squares * (squares + n * (n + 1)) - 2 * n * cubes - n**3) / (n**2 * (n - 1))
    return float((np.trace(counts) - repeats) / np.sqrt(variance.sum())) if variance.sum() > 0 else 0.0
