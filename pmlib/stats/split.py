"""Whether units were split as planned: chi-squared of many, exact of few, and valid at every look."""

from itertools import combinations
from math import comb

import numpy as np
from scipy import stats
from scipy.special import gammaln, logsumexp

FEW = 10.0  # units expected in an arm, below which chi-squared is not trusted
MOST = 200_000  # splits that are counted one by one
STRENGTHS = np.array(
    [100.0, 10_000.0]
)  # units that the plan counts for: large faults show early, small ones too


def split_chance(counts: np.ndarray, shares: np.ndarray) -> float:
    """Give the chance of a split as unlikely as this one, or more, if each unit was assigned by these shares.

    Parameters
    ----------
    counts : units of each arm. shares : planned, each above 0, 1 in all.
    """
    n, arms = int(counts.sum()), len(counts)
    if n == 0:
        return 1.0
    if n * shares.min() < FEW and comb(n + arms - 1, arms - 1) <= MOST:
        return _exact(counts, shares)
    return float(stats.chisquare(counts, shares * n).pvalue)


def always_chance(counts: np.ndarray, shares: np.ndarray) -> float:
    """Give a chance that may be looked at as often as one likes: it falls below a in at most a of all tests.

    References
    ----------
    Lindon and Malek (2022), "Anytime-valid inference for multinomial count data", NeurIPS 35.
    """
    prior = STRENGTHS[:, None] * shares
    odds = gammaln(STRENGTHS) - gammaln(STRENGTHS + counts.sum()) - (counts * np.log(shares)).sum()
    odds += (gammaln(prior + counts) - gammaln(prior)).sum(axis=1)
    return float(np.exp(-max(logsumexp(odds) - np.log(len(odds)), 0.0)))


def _exact(counts: np.ndarray, shares: np.ndarray) -> float:
    n, arms = int(counts.sum()), len(counts)
    bars = np.array(list(combinations(range(n + arms - 1), arms - 1)), int).reshape(-1, arms - 1)
    ends = np.column_stack([np.full(len(bars), -1), bars, np.full(len(bars), n + arms - 1)])
    likely = stats.multinomial.logpmf(np.diff(ends, axis=1) - 1, n, shares)
    here = stats.multinomial.logpmf(counts, n, shares)
    return float(min(1.0, np.exp(likely[likely <= here + 1e-9]).sum()))
