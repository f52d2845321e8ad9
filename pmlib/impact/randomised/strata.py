"""Strata in which an arm has too few users to tell a variance are put together."""

import numpy as np

from pmlib.impact.randomised.cells import Cells
from pmlib.stats.moments import Grouped, merged

LEAST = 2  # units of each arm in a stratum


def large_enough(cells: Cells) -> tuple[Cells, int]:
    """Put strata that are too small together; gives how many were."""
    small = np.asarray((cells.n < LEAST).any(axis=1))
    if not small.any():
        return cells, 0
    together = np.flatnonzero(small)
    order = iter(np.flatnonzero(~small)[np.argsort(cells.n[~small].sum(axis=1), kind="stable")])
    while (cells.n[together].sum(axis=0) < LEAST).any() and (more := next(order, None)) is not None:
        together = np.append(together, more)
    inside = np.isin(np.arange(len(small)), together)
    place = np.where(inside, 0, np.cumsum(~inside))
    return _merged(cells, place), int(small.sum())


def _merged(cells: Cells, place: np.ndarray) -> Cells:
    arms = cells.n.shape[1]
    wide, count = len(cells.columns), int(place.max()) + 1
    group = (place[:, None] * arms + np.arange(arms)).ravel()
    parts = Grouped(cells.n.ravel(), cells.mean.reshape(-1, wide), cells.scatter.reshape(-1, wide, wide))
    found = merged(parts, group, count * arms)
    users = np.bincount(group, cells.users.ravel(), minlength=count * arms).astype(int)
    return Cells(
        cells.columns,
        found.n.reshape(count, arms),
        users.reshape(count, arms),
        found.mean.reshape(count, arms, wide),
        found.scatter.reshape(count, arms, wide, wide),
    )
