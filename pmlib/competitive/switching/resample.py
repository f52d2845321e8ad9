"""Resampling households: the bootstrap of everything that is a sum over them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_array

DRAWS = 500  # resamples, where a result does not say otherwise
CHUNK = 4_000_000  # weights held at a time


def sparse(rows: np.ndarray, columns: np.ndarray, values: np.ndarray, shape: tuple[int, int]) -> "csr_array":
    """Make a table of what households give that holds only what is not 0."""
    from scipy.sparse import csr_array  # slow to import, and only resampling needs it

    return csr_array((np.asarray(values, float), (rows, columns)), shape=shape)


def resampled(sums: "csr_array", households: int, seed: int, draws: int = DRAWS) -> np.ndarray:
    """Draw households with replacement and add up what they give.

    sums : a row for each household that gives anything. households : all there are, with those who give
        nothing.

    Returns
    -------
    draws by columns.
    """
    found = [np.empty((0, sums.shape[1]))]
    found += [weights @ sums for weights in _weights(sums.shape[0], households, seed, draws)]
    return np.vstack(found)


def _weights(giving: int, households: int, seed: int, draws: int) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(seed)
    chance = np.full(giving + 1, 1 / households)
    chance[-1] = max(0.0, 1 - giving / households)
    size = max(1, CHUNK // (giving + 1))
    for start in range(0, draws, size):
        drawn = rng.multinomial(households, chance, size=min(size, draws - start))
        yield drawn[:, :-1].astype(float)
