"""The lot drawn again: two arms of the same users, whom nothing tells apart, at every look."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pmlib.data import DataError, Source
from pmlib.impact.randomised.cells import USERS, Cells
from pmlib.impact.randomised.users import amounts, coded, each_users

BLOCK = 4_000_000  # units times lots that are drawn at once
LEAST = 8  # units of a stratum at one look; smaller ones are put together


@dataclass(frozen=True, eq=False)
class Units:
    """What is assigned by lot: users, or clusters with the totals of their users.

    columns : as in Cells. values : (units x columns). stratum : number of each unit's.
    """

    columns: tuple[str, ...]
    values: np.ndarray
    stratum: np.ndarray

    @property
    def size(self) -> int:
        return len(self.values)


def units_of(test: Source, columns: Sequence[str], looks: int) -> Units:
    """Find the units with all of these columns, whatever arm they were in.

    Raises
    ------
    DataError : fewer than four, or the table was added up.
    """
    if test.moments is not None:
        each_users(test, columns, None)  # says that every user is needed
    values = amounts(test, columns)
    kept = ~np.isnan(values).any(axis=1)
    if test.has("variant"):
        kept &= coded(test.frame["variant"])[0] >= 0
    values, names = values[kept], tuple(columns)
    stratum = coded(test.frame["stratum"])[0][kept] if test.has("stratum") else np.zeros(len(values), int)
    if test.has("cluster"):
        cluster = np.unique(coded(test.frame["cluster"])[0][kept], return_inverse=True)[1]
        totals = np.zeros((cluster.max(initial=-1) + 1, len(columns) + 1))
        np.add.at(totals, cluster, np.column_stack([values, np.ones(len(values))]))
        of_cluster = np.zeros(len(totals), int)
        of_cluster[cluster] = stratum
        values, names, stratum = totals, (*names, USERS), of_cluster
    if len(values) < 4:
        raise DataError(f"{test.name} has {len(values)} units with {' and '.join(columns)}; a lot needs 4")
    few = np.bincount(stratum + 1)[stratum + 1] < 2 * LEAST * looks
    return Units(names, values, np.unique(np.where(few, -1, stratum), return_inverse=True)[1])


def looked_at(units: Units, reps: int, looks: int, rng: np.random.Generator) -> list[Cells]:
    """Draw lots, and give what each look at them sees: two arms a lot, one after the other.

    Units come in a drawn order, as many between one look and the next, half of them in each arm.
    """
    strata = int(units.stratum.max()) + 1
    parts = 2 * looks
    codes = [np.arange(n) * parts // n for n in np.bincount(units.stratum)]
    places = [np.flatnonzero(units.stratum == s) for s in range(strata)]
    pairs = [(i, j) for i in range(len(units.columns)) for j in range(i + 1)]
    middle = units.values.mean(axis=0)
    apart = (units.values - middle).T  # so that squares lose no digits
    amounts_ = [*apart, *(apart[i] * apart[j] for i, j in pairs)]
    counted, summed = [], []
    step = max(1, BLOCK // units.size)
    for first in range(0, reps, step):
        lots = min(step, reps - first)
        drawn = np.empty((lots, units.size), np.int64)
        for s in range(strata):
            # Half of the seats of every look are each arm's; who sits where is drawn.
            drawn[:, places[s]] = rng.permuted(np.tile(codes[s], (lots, 1)), axis=1) * strata + s
        drawn += np.arange(lots)[:, None] * parts * strata
        cell, size = drawn.ravel(), lots * parts * strata
        counted.append(np.bincount(cell, minlength=size))
        summed.append(np.array([np.bincount(cell, np.tile(a, lots), size) for a in amounts_]))
    shape = (reps, looks, 2, strata)
    n = np.cumsum(np.concatenate(counted).reshape(shape), axis=1)
    sums = np.cumsum(np.concatenate(summed, axis=1).reshape(len(amounts_), *shape), axis=2)
    return [_cells(units, n[:, look], sums[:, :, look], middle, pairs) for look in range(looks)]


def _cells(
    units: Units, n: np.ndarray, sums: np.ndarray, middle: np.ndarray, pairs: Sequence[tuple[int, int]]
) -> Cells:
    """Put one look's sums of all lots together: n (lots x arms x strata), sums (amounts x ...)."""
    wide = len(units.columns)
    n = n.reshape(-1, n.shape[-1]).T
    sums = sums.reshape(len(sums), *n.T.shape).transpose(2, 1, 0)
    away = sums[..., :wide] / n[..., None]
    scatter = np.empty((*n.shape, wide, wide))
    for k, (i, j) in enumerate(pairs):
        scatter[..., i, j] = scatter[..., j, i] = sums[..., wide + k] - n * away[..., i] * away[..., j]
    mean = away + middle
    users = np.rint(n * mean[..., -1]) if units.columns[-1] == USERS else n
    return Cells(units.columns, n, users.astype(int), mean, scatter)
