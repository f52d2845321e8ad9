"""Standard normal scores: evenly spread (Sobol') or random, correlated where asked."""

import warnings
from collections.abc import Iterator

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from pmlib.data.words import meant, shown

METHODS = ("sobol", "random")
BLOCK = 1 << 14  # draws at a time: what a processor's cache holds, and a power of two as Sobol' wants
HALF = 2.0**-31  # Sobol' points are the left ends of 2^30 cells; their middles are never 0, so never infinite
FEWEST = 2


def blocks(leaves: int, n: int, *, method: str = "sobol", seed: int = 1) -> Iterator[np.ndarray]:
    """Give independent scores, `leaves` rows by at most BLOCK draws at a time, `n` draws in all.

    Sobol' sequences are scrambled, so that each seed gives another of them. The first draws of a longer
    sequence are those of a shorter one.

    Raises
    ------
    ValueError : an unknown method.
    """
    if method not in METHODS:
        raise ValueError(f"method is {shown(method)}; {meant(method, METHODS, 'it may be')}")
    sobol = qmc.Sobol(leaves, scramble=True, rng=seed) if method == "sobol" and leaves else None
    random = np.random.default_rng(seed)
    for start in range(0, n, BLOCK):
        size = min(BLOCK, n - start)
        yield random.standard_normal((leaves, size)) if sobol is None else _spread(sobol, size)


def scores(leaves: int, n: int, *, method: str = "sobol", seed: int = 1) -> np.ndarray:
    """Give independent scores in one piece, `leaves` rows by `n` draws."""
    return np.concatenate(list(blocks(leaves, n, method=method, seed=seed)), axis=1)


def factor(correlation: np.ndarray) -> np.ndarray | None:
    """Give the lower triangle whose product with itself is a correlation matrix; None for independence.

    A matrix on the edge, as of two leaves that move as one, has a triangle too.
    """
    if np.array_equal(correlation, np.eye(len(correlation))):
        return None
    sizes, directions = np.linalg.eigh(correlation)
    upper: np.ndarray = np.linalg.qr((directions * np.sqrt(sizes.clip(0))).T)[1]
    return np.asarray(upper.T * np.where(np.diag(upper) < 0, -1.0, 1.0))


def _spread(sobol: qmc.Sobol, size: int) -> np.ndarray:
    with warnings.catch_warnings():  # evenness wants a power of two; any other count is as even as it can be
        warnings.filterwarnings("ignore", "The balance properties", UserWarning)
        places = sobol.random(size)
    return np.asarray(ndtri(np.ascontiguousarray(places.T) + HALF))
