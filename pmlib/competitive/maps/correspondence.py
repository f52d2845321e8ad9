"""Correspondence analysis: rows and columns of counts by how far they are from having nothing to do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc  # the upper tail of chi-squared

from pmlib.competitive.maps.axes import SLIGHT, pointed, principal_axes
from pmlib.competitive.maps.counts import checked_counts
from pmlib.competitive.maps.points import Points, named, spread_over

AXES = 5  # along which coordinates are given unless told otherwise; principal inertias are given for all


@dataclass(frozen=True, eq=False)
class CorrespondenceAnalysis:
    """The axes of a table of counts and where its rows and columns stand on them.

    counts : the active rows and columns. dropped : rows and columns that held nothing.
    eigenvalues : principal inertias, all of them, the largest first. inertia : their sum.
    rows, columns, extra_rows, extra_columns : points; the last two are supplementary and move no axis.
    whole : whether the counts are whole numbers; else there is no test.
    chi2, freedom, p_value : Pearson's test that rows and columns have nothing to do with each other.
    """

    counts: pd.DataFrame
    dropped: tuple[str, ...]
    eigenvalues: np.ndarray
    inertia: float
    rows: Points
    columns: Points
    extra_rows: Points
    extra_columns: Points
    whole: bool
    chi2: float
    freedom: int
    p_value: float

    @property
    def explained(self) -> np.ndarray:
        """Share of the inertia along each axis; NaN where there is none."""
        return (
            self.eigenvalues / self.inertia
            if self.inertia > SLIGHT
            else np.full_like(self.eigenvalues, np.nan)
        )


def correspondence(
    table: pd.DataFrame,
    *,
    extra_rows: Sequence[str] = (),
    extra_columns: Sequence[str] = (),
    axes: int = AXES,
) -> CorrespondenceAnalysis:
    """Analyse a table of counts, rows by columns.

    Each axis points so that the row that contributes most to it has a positive coordinate. Rows and columns
    of zeros only are dropped and named. A supplementary point stands at the mean of the standard coordinates
    of the other side, weighted by its profile, whatever the scale of its counts.

    Parameters
    ----------
    table : counts from 0 up, labelled by index and columns.
    extra_rows, extra_columns : labels of supplementary rows and columns; where the two cross nothing is read.
    axes : how many to give coordinates for.

    Raises
    ------
    ValueError : see `checked_counts`.

    References
    ----------
    Greenacre (2017), Correspondence Analysis in Practice, 3rd edition, appendix A.
    """
    counts = checked_counts(table, extra_rows, extra_columns)
    values = counts.active.to_numpy()
    total = values.sum()
    rows, columns = values.sum(axis=1) / total, values.sum(axis=0) / total
    residuals = standardised(values)
    found = pointed(principal_axes(residuals, min(axes, min(values.shape) - 1)))
    eigenvalues = found.inertias[: min(values.shape) - 1]
    inertia = float(np.vdot(residuals, residuals))
    sigma = np.sqrt(eigenvalues[: found.left.shape[1]])
    row_side, column_side = (
        named(labels, unit / np.sqrt(mass)[:, None], sigma, mass, (residuals**2).sum(axis=away))
        for labels, unit, mass, away in (
            (counts.active.index, found.left, rows, 1),
            (counts.active.columns, found.right, columns, 0),
        )
    )
    whole, freedom = counts.whole, (len(rows) - 1) * (len(columns) - 1)
    return CorrespondenceAnalysis(
        counts=counts.active,
        dropped=counts.dropped,
        eigenvalues=eigenvalues,
        inertia=inertia,
        rows=row_side,
        columns=column_side,
        extra_rows=_supplementary(counts.extra_rows, columns, column_side, sigma),
        extra_columns=_supplementary(counts.extra_columns.T, rows, row_side, sigma),
        whole=whole,
        chi2=inertia * total if whole else np.nan,
        freedom=freedom,
        p_value=float(chdtrc(freedom, inertia * total)) if whole else np.nan,
    )


def standardised(counts: np.ndarray) -> np.ndarray:
    """Give Pearson's residuals over √total, of tables (..., rows, columns); 0 where one is empty."""
    share = counts / counts.sum(axis=(-2, -1), keepdims=True)
    rows, columns = share.sum(axis=-1, keepdims=True), share.sum(axis=-2, keepdims=True)
    down, across = (np.sqrt(np.divide(1, m, out=np.zeros_like(m), where=m > 0)) for m in (rows, columns))
    return down * across * (share - rows * columns)


def _supplementary(counts: pd.DataFrame, masses: np.ndarray, other: Points, sigma: np.ndarray) -> Points:
    values = counts.to_numpy(float)
    profiles = values / values.sum(axis=1, keepdims=True)
    distance = ((profiles - masses) ** 2 / masses).sum(axis=1)
    return spread_over(counts.index, profiles @ other.standard.to_numpy(), sigma, distance)
