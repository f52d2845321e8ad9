"""Intervals of proportions that never leave 0 to 1."""

from typing import Literal

import numpy as np
from scipy.special import betaincinv, expit, logit

from pmlib.stats.weights.estimates import Estimate, t_quantile

Kind = Literal["logit", "beta", "jeffreys", "wilson"]


def proportion_interval(
    found: Estimate, level: float, kind: Kind = "wilson"
) -> tuple[float, float]:
    n, p = found.respondents, found.value
    t, normal = t_quantile(level, found.degrees), t_quantile(level, n - 1)
    if np.isnan(t):
        return np.nan, np.nan
    if kind == "logit" and 0 < p < 1:
        half = t * found.error / (p * (1 - p))
        return float(expit(logit(p) - half)), float(expit(logit(p) + half))
    size = float(n)
    if found.error > 0:
        size = p * (1 - p) / found.error**2
    size *= (normal / t) ** 2
    tail = (1 - level) / 2
    if kind in ("beta", "logit"):
        low = betaincinv(size * p, size * (1 - p) + 1, tail) if p > 0 else 0.0
        high = betaincinv(size * p + 1, size * (1 - p), 1 - tail) if p < 1 else 1.0
        return float(low), float(high)
    if kind == "jeffreys":
        low = betaincinv(size * p + .5, size * (1 - p) + .5, tail) if p > 0 else 0.0
        high = betaincinv(size * p + .5, size * (1 - p) + .5, 1 - tail) if p < 1 else 1.0
        return float(low), float(high)
    z2 = t_quantile(level, 1e6) ** 2
    middle = (p + z2 / (2 * size)) / (1 + z2 / size)
    half = np.sqrt(z2 * (p * (1 - p) / size + z2 / (4 * size**2))) / (1 + z2 / size)
    return max(0, middle - half), min(1, middle + half)
