"""Intervals of proportions that never leave 0 to 1."""

from typing import Literal

import numpy as np
from scipy.special import betaincinv, expit, logit

from pmlib.stats.weights.estimates import Estimate, t_quantile

Kind = Literal["logit", "beta"]


def proportion_interval(found: Estimate, level: float, kind: Kind = "logit") -> tuple[float, float]:
    """Give the interval of a proportion.

    Parameters
    ----------
    kind : "logit" (Student's, of the log odds) or "beta" (Clopper and Pearson's for the effective number of
        respondents: wider, never too narrow). Of a proportion of 0 or 1 it is always the latter, and since no
        scatter shows, clusters are counted as if each were one respondent.

    References
    ----------
    Korn & Graubard (1998), Survey Methodology 24(2); both as R's survey::svyciprop.
    """
    share, t = min(max(found.value, 0.0), 1.0), t_quantile(level, found.degrees)
    if np.isnan(t) or np.isnan(share):
        return np.nan, np.nan
    plain = share * (1 - share)
    if kind == "logit" and plain > 0:
        half = t * found.error / plain
        return float(expit(logit(share) - half)), float(expit(logit(share) + half))
    if plain > 0 and found.error > 0:
        size = plain / found.error**2 * (t_quantile(level, found.respondents - 1) / t) ** 2
    else:
        size = found.degrees + 1.0
    hits, tail = size * share, (1 - level) / 2
    low = float(betaincinv(hits, size - hits + 1, tail)) if share > 0 else 0.0
    high = float(betaincinv(hits + 1, size - hits, 1 - tail)) if share < 1 else 1.0
    return low, high
