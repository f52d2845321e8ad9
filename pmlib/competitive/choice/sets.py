"""Choice sets laid end to end: sums and maxima over each, whether or not they are equally long."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np


@dataclass(frozen=True, eq=False)
class Sets:
    """Where each choice set starts in an array of alternatives.

    starts : (S,) row at which a set starts, increasing from 0. size : rows in all.
    """

    starts: np.ndarray
    size: int

    @classmethod
    def of(cls, codes: np.ndarray) -> Self:
        """Take the sets from a code per row; the rows of a set stand together."""
        changes = np.flatnonzero(codes[1:] != codes[:-1]) + 1
        return cls(np.concatenate([[0], changes]), len(codes))

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def lengths(self) -> np.ndarray:
        """Alternatives of each set, (S,)."""
        return np.diff(self.starts, append=self.size)

    @cached_property
    def equal(self) -> int:
        """Length of every set, where they are equally long; else 0."""
        return int(self.lengths[0]) if (self.lengths == self.lengths[0]).all() else 0

    def sum(self, values: np.ndarray) -> np.ndarray:
        """Add up over each set: (n, ...) to (S, ...)."""
        if self.equal:
            return values.reshape(-1, self.equal, *values.shape[1:]).sum(axis=1)
        return np.add.reduceat(values, self.starts, axis=0)

    def max(self, values: np.ndarray) -> np.ndarray:
        """Take the largest of each set: (n, ...) to (S, ...)."""
        if self.equal:
            return values.reshape(-1, self.equal, *values.shape[1:]).max(axis=1)
        return np.maximum.reduceat(values, self.starts, axis=0)

    def spread(self, each: np.ndarray) -> np.ndarray:
        """Repeat a set's value for each of its alternatives: (S, ...) to (n, ...)."""
        return np.repeat(each, self.equal or self.lengths, axis=0)

    def part(self, first: int, last: int) -> tuple[slice, "Sets"]:
        """Give the rows of the sets from `first` up to `last`, and those sets on their own."""
        start = int(self.starts[first])
        end = int(self.starts[last]) if last < len(self) else self.size
        return slice(start, end), Sets(self.starts[first:last] - start, end - start)

    def blocks(self, rows: int = 65_536) -> "list[tuple[slice, Sets]]":
        """Cut into blocks of about so many rows, so that what is worked out per row stays small."""
        step = max(1, int(rows / max(1.0, self.size / max(1, len(self)))))
        return [self.part(i, min(i + step, len(self))) for i in range(0, len(self), step)]
