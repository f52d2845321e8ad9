"""What two-way fixed effects average when units got the feature at different times."""

import numpy as np
import pandas as pd

from pmlib.impact.panel.timing import NEVER
from pmlib.impact.panel.two_way import TwoWay

CLEAN, LATER, FORBIDDEN = "with the untreated", "earlier with those to come", "later with those that have it"


def negative_weights(seen: np.ndarray, treated: np.ndarray) -> float:
    """Sum of the weights below 0 that two-way effects give to treated cells; all weights sum to 1.

    References
    ----------
    De Chaisemartin and D'Haultfœuille (2020), "Two-way fixed effects estimators", AER 110(9).
    """
    left = TwoWay(seen).residual(treated.astype(float))[treated & seen]
    weights = left / left.sum()
    return float(-weights[weights < 0].sum())


def pairs(outcomes: np.ndarray, first: np.ndarray) -> pd.DataFrame:
    """Split the two-way estimate of a balanced panel into comparisons of two groups each.

    Returns
    -------
    frame : group and other (positions of launches, -1 never), kind, weight (sum 1), estimate; the weighted
        sum of the estimates is the two-way one.

    References
    ----------
    Goodman-Bacon (2021), "Difference-in-differences with variation in treatment timing", J. Econometrics
    225(2).
    """
    periods = outcomes.shape[1]
    groups = sorted({int(at) for at in first})
    means = {group: outcomes[first == group].mean(axis=0) for group in groups}
    size = {group: float((first == group).mean()) for group in groups}
    share = {group: 0.0 if group == NEVER else 1 - group / periods for group in groups}
    rows = []
    for early in (group for group in groups if group != NEVER):
        for other in (group for group in groups if group == NEVER or group > early):
            pull, ahead = size[early] * size[other], share[early] - share[other]
            end = periods if other == NEVER else other
            weight = pull * ahead * (1 - share[early])
            kind = CLEAN if other == NEVER else LATER
            rows.append((early, other, kind, weight, _gap(means[early], means[other], 0, early, end)))
            if other != NEVER:
                weight = pull * share[other] * ahead
                estimate = _gap(means[other], means[early], early, other, periods)
                rows.append((other, early, FORBIDDEN, weight, estimate))
    frame = pd.DataFrame(rows, columns=["group", "other", "kind", "weight", "estimate"])
    return frame.assign(weight=frame["weight"] / frame["weight"].sum())


def _gap(treated: np.ndarray, other: np.ndarray, start: int, launch: int, end: int) -> float:
    gap = treated - other
    return float(gap[launch:end].mean() - gap[start:launch].mean())
