"""Least squares in one stage or two, on arrays: coefficients and how sure they are."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Regression:
    """A linear fit.

    params : (k,), of the columns as given: exogenous first, then endogenous.
    classical, robust : (k, k) covariance where all rows scatter alike, and where each has its own scatter.
    clustered : (k, k) where the rows of a cluster may err alike; None without clusters.
    residuals : (n,). r2 : share of the outcome's spread explained (of what is within absorbed levels, if
        any).
    freedom, groups : rows and clusters beyond what is estimated, for the intervals' quantiles.
    """

    params: np.ndarray
    classical: np.ndarray
    robust: np.ndarray
    clustered: np.ndarray | None
    residuals: np.ndarray
    r2: float
    freedom: int
    groups: int

    @property
    def covariance(self) -> np.ndarray:
        """The most cautious of those there are: clustered, else robust."""
        return self.robust if self.clustered is None else self.clustered


def two_stage(
    outcome: np.ndarray,
    exogenous: np.ndarray,
    endogenous: np.ndarray,
    instruments: np.ndarray | None = None,
    *,
    clusters: np.ndarray | None = None,
    absorbed: int = 0,
) -> Regression:
    """Regress an outcome on columns of which some are explained by instruments first (2SLS); else plainly
    (OLS).

    Parameters
    ----------
    outcome : (n,). exogenous : (n, a), a constant included where one is wanted. endogenous : (n, b).
    instruments : (n, l) with l >= b, besides the exogenous columns; None takes the endogenous ones at
        their word.
    clusters : (n,) codes from 0. absorbed : levels whose means were taken off all columns beforehand.

    Returns
    -------
    Regression : covariances have the usual corrections for few rows and few clusters.

    Raises
    ------
    ValueError : fewer instruments than endogenous columns; fewer rows than columns.

    References
    ----------
    Wooldridge (2010), Econometric Analysis of Cross Section and Panel Data, ch. 5; Cameron & Miller (2015),
    "A practitioner's guide to cluster-robust inference", J. Human Resources 50(2).
    """
    columns = np.column_stack([exogenous, endogenous])
    rows, width = columns.shape
    if instruments is not None and instruments.shape[1] < endogenous.shape[1]:
        raise ValueError(
            f"{endogenous.shape[1]} columns need as many instruments, and there is {instruments.shape[1]}"
        )
    if rows <= width + absorbed:
        raise ValueError(
            f"{rows} rows cannot tell {width + absorbed} coefficients; give more rows or fewer columns"
        )
    scale = np.linalg.norm(columns, axis=0)
    scale[scale == 0] = 1.0
    scaled = columns / scale
    fitted = scaled if instruments is None else projected(scaled, np.column_stack([exogenous, instruments]))
    q, r = np.linalg.qr(fitted)
    bread = np.linalg.inv(r) / scale[:, None]
    params = bread @ (q.T @ outcome)
    residuals = outcome - columns @ params
    freedom = rows - width - absorbed
    scatter = float(residuals @ residuals)
    scores = q * residuals[:, None]
    spread = outcome - (0.0 if absorbed else outcome.mean())
    robust = bread @ (scores.T @ scores) @ bread.T * rows / freedom
    groups, clustered = rows, None
    if clusters is not None:
        sums = cluster_sums(scores, clusters)
        groups = len(sums)
        factor = groups / max(1, groups - 1) * (rows - 1) / max(1, rows - width)
        clustered = bread @ (sums.T @ sums) @ bread.T * factor
    return Regression(
        params=params,
        classical=bread @ bread.T * scatter / freedom,
        robust=robust,
        clustered=clustered,
        residuals=residuals,
        r2=1 - scatter / float(spread @ spread),
        freedom=freedom if clusters is None else max(1, groups - 1),
        groups=groups,
    )


def projected(columns: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """Give the part of each column that the columns of `onto` explain."""
    q = orthonormal(onto)
    return q @ (q.T @ columns)


def orthonormal(columns: np.ndarray) -> np.ndarray:
    """Give orthonormal columns that span the same, whatever units the columns are in."""
    scale = np.linalg.norm(columns, axis=0)
    return np.linalg.qr(columns / np.where(scale > 0, scale, 1.0))[0]


def freed(columns: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Take out of each column what the columns of `others` explain."""
    return columns - projected(columns, others) if others.shape[1] else columns


def cluster_sums(scores: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Add up the rows of each cluster: (n, k) to (g, k); clusters are codes from 0."""
    out = np.empty((int(clusters.max()) + 1, scores.shape[1]))
    for i, column in enumerate(scores.T):
        out[:, i] = np.bincount(clusters, column, len(out))
    return out


def within(columns: np.ndarray, levels: list[np.ndarray]) -> np.ndarray:
    """Take off each level's mean, in turn until all are off; levels : (n,) codes from 0 of each
    classification.

    References
    ----------
    Guimarães & Portugal (2010), "A simple feasible procedure to fit models with high-dimensional fixed
    effects", Stata Journal 10(4).
    """
    out = np.array(columns, dtype=float)
    size = np.abs(out).max(axis=0, initial=0)
    for _ in range(10_000 if len(levels) > 1 else 1):
        moved = np.zeros(out.shape[1])
        for codes in levels:
            means = cluster_sums(out, codes) / np.bincount(codes)[:, None]
            out -= means[codes]
            moved = np.maximum(moved, np.abs(means).max(axis=0))
        if (moved <= 1e-13 * size).all():
            break
    return out
