"""Correlations of leaves by pair, and the nearest matrix that is one."""

from collections.abc import Mapping, Sequence

import numpy as np

SMALLEST = 1e-8  # eigenvalue, so that the matrix has a root
ROUNDS, CLOSE = 10_000, 1e-12
TOLD = 5e-4  # change of a correlation from which on it is said


def matrix(names: Sequence[str], pairs: Mapping[tuple[str, str], float]) -> np.ndarray:
    """Write the correlations of pairs as a matrix over names; the others are 0."""
    at = {name: i for i, name in enumerate(names)}
    found = np.eye(len(names))
    for (one, other), correlation in pairs.items():
        found[at[one], at[other]] = found[at[other], at[one]] = correlation
    return found


def nearest(correlations: np.ndarray) -> np.ndarray:
    """Find the nearest correlation matrix in the Frobenius norm.

    References
    ----------
    Higham (2002), "Computing the nearest correlation matrix", IMA J. Numerical Analysis 22(3).
    """
    if not correlations.size or np.linalg.eigvalsh(correlations)[0] >= SMALLEST:
        return correlations
    target, step = correlations.copy(), np.zeros_like(correlations)
    for _ in range(ROUNDS):
        moved = target - step
        valid = _floored(moved, 0)
        step = valid - moved
        before, target = target, valid.copy()
        np.fill_diagonal(target, 1)
        if np.linalg.norm(target - before) <= CLOSE * np.linalg.norm(target):
            break
    valid = _floored(target, SMALLEST)
    root = np.sqrt(np.diag(valid))
    valid /= np.outer(root, root)
    np.fill_diagonal(valid, 1)
    return valid


def _floored(symmetric: np.ndarray, least: float) -> np.ndarray:
    values, vectors = np.linalg.eigh(symmetric)
    floored: np.ndarray = (vectors * np.maximum(values, least)) @ vectors.T
    return (floored + floored.T) / 2
