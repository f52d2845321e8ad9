"""A least-squares comparison with intervals that hold when some products scatter more than others."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

FEW = 5  # products for each term at least; with fewer, intervals promise too much
ALONE = 1e-8  # 1 minus the leverage of a row that alone decides a term


@dataclass(frozen=True)
class Fit:
    """Coefficients of ln(price) and how sure they are.

    classical : statsmodels' own result. errors : robust standard error of each term. leverage : of each row.
    freedom : degrees of freedom of the intervals.
    """

    classical: Any
    errors: pd.Series
    leverage: np.ndarray
    freedom: int

    def interval(self, term: str, level: float) -> tuple[float, float, float]:
        """Estimate, low and high of a term's coefficient."""
        middle, half = float(self.classical.params[term]), float(self.errors[term])
        half *= float(student.ppf(0.5 + level / 2, self.freedom))
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
    from statsmodels.regression.linear_model import OLS  # half a second to load

    exog = matrix.assign(**{"(constant)": 1.0})
    ols = OLS(log_price, exog).fit(method="qr")
    q, r = np.linalg.qr(exog.to_numpy())
    rest = np.asarray(ols.resid)
    meat = np.zeros((q.shape[1], q.shape[1]))
    for members in pd.Series(groups).groupby(groups).indices.values():
        own = q[members]
        free, axes = np.linalg.eigh(np.eye(len(members)) - own @ own.T)
        seen = free > ALONE
        score = own.T @ (axes[:, seen] / free[seen]) @ (axes[:, seen].T @ rest[members])
        meat += np.outer(score, score)
    bread = np.linalg.inv(r)
    errors = pd.Series(np.sqrt(np.diag(bread @ meat @ bread.T)), exog.columns)
    for name in matrix:
        odd = (matrix[name] != matrix[name].mode()[0]).to_numpy()
        products = len(np.unique(groups[odd]))
        if products < FEW:
            errors[name] = ols.bse[name] * np.sqrt(odd.sum() / products)  # rows of one product may err alike
    freedom = max(1, len(np.unique(groups)) - exog.shape[1])
    return Fit(classical=ols, errors=errors, leverage=(q**2).sum(axis=1), freedom=freedom)


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
