"""Counts, means and products of deviations by group: all that a comparison of means needs of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Grouped:
    """What is known of the rows of each group.

    n : rows (groups). mean : (groups x columns), 0 where there are no rows.
    scatter : sums of products of deviations from the group's means (groups x columns x columns).
    """

    n: np.ndarray
    mean: np.ndarray
    scatter: np.ndarray

    def __getitem__(self, groups: np.ndarray) -> "Grouped":
        """Take some of the groups."""
        return Grouped(self.n[groups], self.mean[groups], self.scatter[groups])

    def of(self, columns: Sequence[int]) -> "Grouped":
        """Take some of the columns."""
        return Grouped(self.n, self.mean[:, columns], self.scatter[:, columns][:, :, columns])


@dataclass(frozen=True, eq=False)
class GroupMoments:
    """Moments of named columns, where some rows lack some of them.

    columns : of which. lacks : whether the rows of a group have no value (groups x columns); rows of one
        group that lack others are another group. grouped : means are 0 where they are lacking.
    """

    columns: tuple[str, ...]
    lacks: np.ndarray
    grouped: Grouped


def grouped(group: np.ndarray, groups: int, values: np.ndarray) -> Grouped:
    """Take the moments of rows by group.

    Deviations are taken before they are squared: large values that differ little lose no digits.

    Parameters
    ----------
    group : number of each row's group, 0 to groups - 1. values : (rows x columns), finite.
    """
    n = np.bincount(group, minlength=groups)
    mean = np.empty((groups, values.shape[1]))
    for i, column in enumerate(values.T):
        mean[:, i] = _sums(group, groups, column) / np.maximum(n, 1)
    scatter = np.empty((groups, values.shape[1], values.shape[1]))
    apart = [column - mean[group, i] for i, column in enumerate(values.T)]
    for i, one in enumerate(apart):
        for j, other in enumerate(apart[: i + 1]):
            scatter[:, i, j] = scatter[:, j, i] = _sums(group, groups, one * other)
    return Grouped(n, mean, scatter)


def merged(parts: Grouped, group: np.ndarray, groups: int) -> Grouped:
    """Merge groups into fewer: `group` numbers the new one of each."""
    n = np.bincount(group, parts.n, minlength=groups).astype(int)
    weighted = parts.n[:, None] * parts.mean
    mean = np.zeros((groups, parts.mean.shape[1]))
    np.add.at(mean, group, weighted)
    mean /= np.maximum(n, 1)[:, None]
    apart = parts.mean - mean[group]
    scatter = np.zeros((groups, *parts.scatter.shape[1:]))
    between = parts.n[:, None, None] * apart[:, :, None] * apart[:, None, :]
    np.add.at(scatter, group, parts.scatter + between)
    return Grouped(n, mean, scatter)


def _sums(group: np.ndarray, groups: int, values: np.ndarray) -> np.ndarray:
    return np.bincount(group, values, minlength=groups)
