"""Cells: means and covariances of one metric's columns by stratum and arm, of those who have all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pmlib.stats.moments import Grouped, grouped, merged

USERS = "users"  # of a cluster, counted: what its totals are divided by


@dataclass(frozen=True, eq=False)
class Cells:
    """One metric's columns over the users that have all of them, by stratum and arm.

    columns : as asked; where whole clusters were assigned, `users` is added at the end, and what is measured
        are the totals of each cluster: a mean of users is a ratio of two of their means.
    n : what was assigned: users, or clusters (strata x arms). users : (strata x arms).
    mean : (strata x arms x columns). scatter : sums of products of deviations from it (... x columns).
    """

    columns: tuple[str, ...]
    n: np.ndarray
    users: np.ndarray
    mean: np.ndarray
    scatter: np.ndarray = field(repr=False)

    @property
    def cov(self) -> np.ndarray:
        """Sample covariances (strata x arms x columns x columns), nan of fewer than two."""
        divisor = np.where(self.n > 1, self.n - 1.0, np.nan)
        return self.scatter / divisor[:, :, None, None]

    @property
    def pooled(self) -> "Cells":
        """The same without strata: one row of arms."""
        strata, arms = self.n.shape
        return self._merged(np.tile(np.arange(arms), strata), (1, arms))

    @property
    def whole(self) -> "Cells":
        """The same without arms: each stratum as one."""
        strata, arms = self.n.shape
        return self._merged(np.repeat(np.arange(strata), arms), (strata, 1))

    def _merged(self, group: np.ndarray, shape: tuple[int, int]) -> "Cells":
        wide = len(self.columns)
        parts_ = Grouped(self.n.ravel(), self.mean.reshape(-1, wide), self.scatter.reshape(-1, wide, wide))
        count = np.bincount(group, self.users.ravel(), minlength=shape[0] * shape[1])
        return _cells(self.columns, merged(parts_, group, shape[0] * shape[1]), count, shape)


@dataclass(frozen=True, eq=False)
class Parts:
    """Moments of users by cell, cluster and what they lack; a metric puts together those that it can use.

    cell : stratum and arm of each part, as one number. cluster : its number; none where users were assigned.
    lacks : (parts x columns).
    """

    cell: np.ndarray
    cluster: np.ndarray
    lacks: np.ndarray
    grouped: Grouped

    def cells(self, columns: Sequence[str], which: Sequence[int], shape: tuple[int, int]) -> Cells:
        """Put together the parts that lack none of the columns at `which`."""
        kept = np.flatnonzero(~self.lacks[:, which].any(axis=1))
        cell, size = self.cell[kept], shape[0] * shape[1]
        held = self.grouped[kept].of(which)
        count = np.bincount(cell, held.n, minlength=size)
        if not len(self.cluster):
            return _cells(tuple(columns), merged(held, cell, size), count, shape)
        named, place = np.unique(self.cluster[kept], return_inverse=True)
        of_cluster = np.zeros(len(named), int)
        of_cluster[place] = cell
        totals = np.zeros((len(named), len(which) + 1))
        np.add.at(totals, place, held.n[:, None] * np.column_stack([held.mean, np.ones(len(place))]))
        return _cells((*columns, USERS), grouped(of_cluster, size, totals), count, shape)


def parts(cell: np.ndarray, cluster: np.ndarray, lacks: np.ndarray, values: np.ndarray | Grouped) -> Parts:
    """Take the moments of users.

    Parameters
    ----------
    cell, cluster, lacks : as in Parts, of each row. values : (rows x columns), nan where missing; or moments.
    """
    if isinstance(values, Grouped):
        return Parts(cell, cluster, lacks, values)
    which = cell
    for code in (*([cluster] if len(cluster) else []), *lacks.T[lacks.any(axis=0)].astype(int)):
        which = np.unique(which * (code.max() + 1) + code, return_inverse=True)[1]
    _, first, which = np.unique(which, return_index=True, return_inverse=True)
    held = grouped(which, len(first), np.where(lacks, 0.0, values))
    return Parts(cell[first], cluster[first] if len(cluster) else cluster, lacks[first], held)


def _cells(columns: tuple[str, ...], found: Grouped, users: np.ndarray, shape: tuple[int, int]) -> Cells:
    wide = len(columns)
    return Cells(
        columns,
        found.n.reshape(shape),
        users.astype(int).reshape(shape),
        found.mean.reshape(*shape, wide),
        found.scatter.reshape(*shape, wide, wide),
    )
