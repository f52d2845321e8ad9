"""What a metric is in each arm, with its variance, from means and covariances only.

A metric is a mean, or a ratio of two means, less what covariates explain; all of them are smooth in the means
of columns, so that one delta method serves all. Users in strata are weighted to the strata of all users; of
clusters, totals are the columns and a mean of users is a ratio.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pmlib.impact.randomised.cells import USERS, Cells
from pmlib.impact.randomised.metric import Metric, Term


@dataclass(frozen=True, eq=False)
class Terms:
    """The metric and its covariates in each arm: term 0 is the metric.

    value : (arms x terms). total : of all arms together (terms).
    cov : covariances of the arms' values, by the stratum that they come from (strata x arms x terms x terms).
    within, among : covariances of one unit (terms x terms): inside arms and strata; arms taken together.
    n : units assigned (strata x arms).
    """

    value: np.ndarray
    total: np.ndarray
    cov: np.ndarray
    within: np.ndarray
    among: np.ndarray
    n: np.ndarray


@dataclass(frozen=True, eq=False)
class Arms:
    """One number in each arm. value : (arms). variance, n : by stratum (strata x arms)."""

    value: np.ndarray
    variance: np.ndarray
    n: np.ndarray

    @property
    def error(self) -> np.ndarray:
        """The standard error of each arm's value."""
        return np.sqrt(self.variance.sum(axis=0))

    def freedom(self, arm: int) -> float:
        """Degrees of freedom of an arm against the control, as Welch and Satterthwaite count them."""
        pair = self.variance[:, [0, arm]]
        parts = (pair**2 / (self.n[:, [0, arm]] - 1)).sum()
        return float(pair.sum() ** 2 / parts) if parts > 0 else np.inf


def terms_of(metric: Metric, cells: Cells, *, clustered: bool) -> Terms:
    """Work out the metric and its covariates from the moments of their columns."""
    terms = [_divided(term, clustered) for term in (metric.value, *metric.covariates)]
    share = cells.n.sum(axis=1) / cells.n.sum()
    mean = np.einsum("s,sac->ac", share, cells.mean)
    value, slope = _linear(terms, cells.columns, mean)
    unit = np.einsum("akc,sacd,ald->sakl", slope, np.nan_to_num(cells.cov), slope)
    whole = cells.whole
    total, slope_all = _linear(terms, cells.columns, np.einsum("s,sac->ac", share, whole.mean))
    among = np.einsum("s,sacd->cd", share, np.nan_to_num(whole.cov))
    free = cells.n - 1.0
    return Terms(
        value=value,
        total=total[0],
        cov=unit * (share**2)[:, None, None, None] / cells.n[:, :, None, None],
        within=np.einsum("sa,sakl->kl", free, unit) / free.sum(),
        among=slope_all[0] @ among @ slope_all[0].T,
        n=cells.n,
    )


def combined(terms: Terms, weights: np.ndarray) -> Arms:
    """Take a sum of terms: the metric by 1, and each covariate's distance from its total by its weight."""
    away = terms.value - np.where(np.arange(len(weights)) > 0, terms.total, 0.0)
    variance = np.einsum("k,sakl,l->sa", weights, terms.cov, weights)
    return Arms(away @ weights, np.maximum(variance, 0.0), terms.n)


def _divided(term: Term, clustered: bool) -> Term:
    return Term(term.over, USERS) if clustered and not term.under else term


def _linear(terms: Sequence[Term], columns: Sequence[str], mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the values of terms in each arm, and their slopes in the means (arms x terms x columns)."""
    value = np.zeros((len(mean), len(terms)))
    slope = np.zeros((len(mean), len(terms), len(columns)))
    place = {column: i for i, column in enumerate(columns)}
    for k, term in enumerate(terms):
        over = mean[:, place[term.over]]
        if not term.under:
            value[:, k], slope[:, k, place[term.over]] = over, 1.0
            continue
        under = mean[:, place[term.under]]
        under = np.where(under == 0, np.nan, under)  # a sum of 0 below the stroke: not estimable
        value[:, k] = over / under
        slope[:, k, place[term.over]] = 1 / under
        slope[:, k, place[term.under]] -= value[:, k] / under
    return value, slope
