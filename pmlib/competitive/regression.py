"""A least-squares comparison with intervals that hold when some products scatter more than others."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit  # quantiles of Student's t

from pmlib.result import Check

FEW = 5  # products for each term at least; with fewer, intervals promise too much
ALONE = 1e-8  # 1 minus the leverage of a row that alone decides a term


class Classical(NamedTuple):
    """The regression where all rows scatter alike, in statsmodels' words: bse are standard errors."""

    params: pd.Series
    bse: pd.Series
    resid: np.ndarray
    ssr: float
    rsquared: float


@dataclass(frozen=True)
class Fit:
    """Coefficients of ln(price) and how sure they are.

    errors : robust standard error of each term. leverage : of each row.
    freedom : degrees of freedom of the intervals.
    """

    classical: Classical
    errors: pd.Series
    leverage: np.ndarray
    freedom: int

    def interval(self, term: str, level: float) -> tuple[float, float, float]:
        """Estimate, low and high of a term's coefficient."""
        middle, half = float(self.classical.params[term]), float(self.errors[term])
        half *= float(stdtrit(self.freedom, 0.5 + level / 2))
        return middle, middle - half, middle + half


def fit(log_price: np.ndarray, matrix: pd.DataFrame, groups: np.ndarray) -> Fit:
    """Regress ln(price) on the columns of a matrix.

    Robust errors are HC3, and with several rows a product its clustered form CR3 (the jackknife that leaves
    out one product at a time). Where a firm or a level has too few products to show their own scatter (with
    one, its residual is 0 and HC3 has no value), the scatter of all products stands in.

    Parameters
    ----------
    matrix : one column a term, independent of each other and centred. groups : product of each row.

    References
    ----------
    MacKinnon & White (1985), J. Econometrics 29; Bell & McCaffrey (2002), Survey Methodology 28(2).
    """
    terms = [*matrix, "(constant)"]
    exog = np.column_stack([matrix.to_numpy(float), np.ones(len(matrix))])
    q, r = np.linalg.qr(exog)
    bread = np.linalg.inv(r)
    params = bread @ (q.T @ log_price)
    rest = log_price - exog @ params
    ssr, spread = float(rest @ rest), log_price - log_price.mean()
    bse = np.sqrt((bread**2).sum(axis=1) * ssr / (len(exog) - len(terms)))
    scores = np.concatenate([_scores(q[members], rest[members]) for members in _alike(groups)])
    errors = np.sqrt(((bread @ scores.T) ** 2).sum(axis=1))
    for i in range(len(terms) - 1):
        values, times = np.unique(exog[:, i], return_counts=True)
        odd = exog[:, i] != values[times.argmax()]
        products = len(np.unique(groups[odd]))
        if products < FEW:
            errors[i] = bse[i] * np.sqrt(odd.sum() / products)  # rows of one product may err alike
    return Fit(
        classical=Classical(
            params=pd.Series(params, terms),
            bse=pd.Series(bse, terms),
            resid=rest,
            ssr=ssr,
            rsquared=1 - ssr / float(spread @ spread),
        ),
        errors=pd.Series(errors, terms),
        leverage=(q**2).sum(axis=1),
        freedom=max(1, len(np.unique(groups)) - len(terms)),
    )


def _alike(groups: np.ndarray) -> Iterator[np.ndarray]:
    # The rows of each product, a line a product, together for those that have as many rows.
    order = np.argsort(groups, kind="stable")
    _, starts, sizes = np.unique(groups[order], return_index=True, return_counts=True)
    for size in np.unique(sizes):
        yield order[starts[sizes == size][:, None] + np.arange(size)]


def _scores(q: np.ndarray, rest: np.ndarray) -> np.ndarray:
    # One line a product, of its rows' orthonormal terms and residuals without it.
    free, axes = np.linalg.eigh(np.eye(q.shape[1]) - q @ q.transpose(0, 2, 1))
    seen = free > ALONE
    along = np.einsum("pri,pr->pi", axes, rest) * seen / np.where(seen, free, 1)
    return np.einsum("prt,pri,pi->pt", q, axes, along)


def unexplained(column: np.ndarray, others: np.ndarray) -> float:
    """Share of a centred column's variation that no combination of the others explains; 0 for a constant."""
    if is_constant(column):
        return 0.0
    if not others.size:
        return 1.0
    scaled = others / others.std(axis=0)
    rest = column - scaled @ np.linalg.lstsq(scaled, column, rcond=None)[0]
    return float(rest @ rest) / float(column @ column)


def is_constant(column: np.ndarray) -> bool:
    """Tell whether a centred column varies by no more than rounding."""
    return float(np.abs(column).max(initial=0)) < ALONE


def check_level(level: float) -> None:
    """Refuse a level that is no probability."""
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; write a fraction between 0 and 1, such as 0.95")


def few_draws(draws: int, level: float) -> tuple[Check, ...]:
    """Say that so few draws have none beyond the ends of an interval of this level; nothing where they do."""
    least = ceil(round(2 / (1 - level), 6))
    if draws >= least:
        return ()
    return (
        Check("Draws are enough for the intervals", False, f"{draws}, where {least:,} or more are needed"),
    )
