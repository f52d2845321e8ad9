"""Least squares of a few terms, with classical, robust and clustered errors."""

from dataclasses import dataclass

import numpy as np

from pmlib.impact.panel.errors import summed


@dataclass(frozen=True)
class Regression:
    """Coefficients, and how sure they are by each kind of error.

    effects : a coefficient a term. classical, robust, clustered : their standard errors: rows scatter alike;
        they need not (HC1); rows of a cluster go together (CR1).
    rows, terms, clusters : counts; terms include the effects that were taken out before.
    scores : a row a cluster, what it adds to each coefficient.
    """

    effects: np.ndarray
    classical: np.ndarray
    robust: np.ndarray
    clustered: np.ndarray
    rows: int
    terms: int
    clusters: int
    scores: np.ndarray


def regress(
    outcome: np.ndarray,
    matrix: np.ndarray,
    cluster: np.ndarray,
    taken_out: int = 0,
    nested: int = 0,
) -> Regression:
    """Regress an outcome on the columns of a matrix.

    Parameters
    ----------
    cluster : number of each row's cluster. taken_out : effects that both sides were cleared of before, which
        count as terms. nested : those of them that clustered errors do not count.

    Raises
    ------
    ValueError : a term follows from the others, or there are as many terms as rows.
    """
    rows, terms = len(outcome), matrix.shape[1] + taken_out
    if np.linalg.matrix_rank(matrix) < matrix.shape[1]:
        raise ValueError("one of the terms follows from the others; leave it out, as what never changes")
    if rows < terms:
        raise ValueError(f"{rows} values do not tell {terms} terms apart; give more units or periods")
    inverse = np.linalg.inv(matrix.T @ matrix)
    effects = inverse @ (matrix.T @ outcome)
    left = outcome - matrix @ effects
    free = rows - terms or np.nan
    classical = np.sqrt(np.diag(inverse) * (left @ left) / free)
    pulls = left[:, None] * matrix @ inverse
    robust = np.sqrt((pulls**2).sum(axis=0) * rows / free)
    by_cluster = summed(pulls, cluster)
    count = len(by_cluster)
    factor = (rows - 1) / (rows - terms + nested or np.nan) * count / max(count - 1, 1)
    scores = by_cluster * np.sqrt(factor)
    clustered = np.sqrt((scores**2).sum(axis=0))
    return Regression(effects, classical, robust, clustered, rows, terms, count, scores)
