"""The lot drawn again: two arms of the same users, whom nothing tells apart, at every look."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pmlib.data import DataError, Source
from pmlib.impact.randomised.cells import USERS, Cells
from pmlib.impact.randomised.users import amounts, coded, each_users

TRIES = 10  # lots of one order in which users come: at each step, which of two groups goes where
STEPS = 20  # in which users come, at least
BLOCK = 4_000_000  # units times lots that are drawn at once
LEAST = 8  # units of a stratum at one step; smaller ones are put together


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
    few = np.bincount(stratum + 1)[stratum + 1] < LEAST * max(looks, STEPS)
    return Units(names, values, np.unique(np.where(few, -1, stratum), return_inverse=True)[1])


def looked_at(units: Units, reps: int, looks: int, rng: np.random.Generator) -> list[Cells]:
    """Draw lots, and give what each look at them sees: two arms a lot, one after the other.

    Units come in a drawn order, and at each step two groups of them, drawn too: which goes to which arm is
    tossed TRIES times for each order, which costs little and tells nearly as much as other orders.

    Returns
    -------
    For each look reps * TRIES lots, those of one order beside each other; units come evenly between looks.
    """
    steps = looks * -(-STEPS // looks)
    pairs = [(i, j) for i in range(len(units.columns)) for j in range(i + 1)]
    middle = units.values.mean(axis=0)
    apart = (units.values - middle).T  # so that squares lose no digits
    added = [np.ones(units.size), *apart, *(apart[i] * apart[j] for i, j in pairs)]
    found = []
    block = max(1, BLOCK // units.size)
    for first in range(0, reps, block):
        orders = min(block, reps - first)
        sums = _groups(units, added, orders, steps, rng)
        tossed = rng.random((orders, TRIES, steps)) < 0.5
        both = sums[:, :, None]
        arms = np.where(tossed[None, ..., None, None], both[..., ::-1, :], both)
        until = np.cumsum(arms, axis=3)[:, :, :, steps // looks - 1 :: steps // looks]
        found.append(until.reshape(len(added), orders * TRIES, looks, 2, -1))
    seen = np.concatenate(found, axis=1)
    return [_cells(units, seen[:, :, look], middle, pairs) for look in range(looks)]


def _groups(
    units: Units, added: Sequence[np.ndarray], orders: int, steps: int, rng: np.random.Generator
) -> np.ndarray:
    """Add up two groups of units at each step of each drawn order (added x orders x steps x 2 x strata)."""
    strata = int(units.stratum.max()) + 1
    drawn = np.empty((orders, units.size), np.int64)
    for s in range(strata):
        places = np.flatnonzero(units.stratum == s)
        seats = np.arange(len(places)) * 2 * steps // len(places)  # who takes which is drawn
        drawn[:, places] = rng.permuted(np.tile(seats, (orders, 1)), axis=1) * strata + s
    drawn += np.arange(orders)[:, None] * 2 * steps * strata
    cell, size = drawn.ravel(), orders * 2 * steps * strata
    sums = [np.bincount(cell, np.tile(amount, orders), size) for amount in added]
    return np.array(sums).reshape(len(added), orders, steps, 2, strata)


def _cells(units: Units, sums: np.ndarray, middle: np.ndarray, pairs: Sequence[tuple[int, int]]) -> Cells:
    """Put one look's sums of all lots together (added x lots x arms x strata)."""
    wide = len(units.columns)
    strata = sums.shape[-1]
    sums = sums.reshape(len(sums), -1, strata).transpose(2, 1, 0)
    n = np.rint(sums[..., 0]).astype(int)
    away = sums[..., 1 : 1 + wide] / n[..., None]
    scatter = np.empty((*n.shape, wide, wide))
    for k, (i, j) in enumerate(pairs, 1 + wide):
        scatter[..., i, j] = scatter[..., j, i] = sums[..., k] - n * away[..., i] * away[..., j]
    mean = away + middle
    users = np.rint(n * mean[..., -1]).astype(int) if units.columns[-1] == USERS else n
    return Cells(units.columns, n, users, mean, scatter)
