"""The effect on each cohort in each period, against units without the feature so far."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.impact.panel.doubly_robust import doubly_robust
from pmlib.impact.panel.scatter import small_cohorts
from pmlib.impact.panel.timing import NEVER


@dataclass(frozen=True)
class Cells:
    """Effects by cohort and period.

    table : group (position of the launch), period, base (position compared with), estimate, treated, compared
        (units), level (mean outcome of the treated then).
    parts : what each unit adds to each estimate (influence; the mean over all units is the error).
    own, stand : the same, where units that never got the feature stand in for cohorts of few clusters.
    """

    table: pd.DataFrame
    parts: np.ndarray
    own: np.ndarray
    stand: Mapping[int, np.ndarray]

    @property
    def after(self) -> np.ndarray:
        """Which of them are effects; the others are placebos before the launch."""
        return (self.table["period"] >= self.table["group"]).to_numpy(bool)


def group_time(
    outcomes: np.ndarray,
    first: np.ndarray,
    cluster: np.ndarray,
    *,
    comparison: str = "never",
    base: str = "varying",
    covariates: np.ndarray | None = None,
) -> Cells:
    """Estimate the effect on each cohort in each period, from the units seen then and in the base period.

    Parameters
    ----------
    outcomes : units by periods, nan where missing. first : position of each unit's launch, -1 for never.
    cluster : number of each unit's cluster.
    comparison : "never" or "not yet" treated units.
    base : what the periods before the launch are compared with: "varying", the one just before each, or
        "universal", the last before the launch, as all periods after it are.
    covariates : units by periods by covariates, held equal as of the earlier period.

    References
    ----------
    Callaway and Sant'Anna (2021), "Difference-in-differences with multiple time periods", J. Econometrics
    225(2).
    """
    cells = []
    for group in sorted({int(at) for at in first if at != NEVER}):
        for period in range(outcomes.shape[1]):
            start = period - 1 if base == "varying" and period < group else group - 1
            if 0 <= start != period:
                found = _cell(outcomes, first, group, period, start, comparison, covariates)
                cells += [] if found is None else [found]
    if not cells:
        raise ValueError("no cohort has a period with units to compare with; add units without the feature")
    table = pd.DataFrame([row for row, _, _ in cells])
    parts = np.column_stack([own for _, own, _ in cells])
    groups, own, stand = table["group"].to_numpy(), parts.copy(), {}
    for small in small_cohorts(first, cluster):
        own[np.ix_(first == small, groups == small)] = 0.0
        stand[small] = np.column_stack([other for _, _, other in cells]) * (groups == small)
    return Cells(table, parts, own, stand)


def _cell(
    outcomes: np.ndarray,
    first: np.ndarray,
    group: int,
    period: int,
    start: int,
    comparison: str,
    covariates: np.ndarray | None,
) -> tuple[dict[str, float], np.ndarray, np.ndarray] | None:
    change = outcomes[:, period] - outcomes[:, start]
    known = ~np.isnan(change)
    if covariates is not None:
        known &= ~np.isnan(covariates[:, min(start, period)]).any(axis=1)
    treated = known & (first == group)
    others = first == NEVER
    if comparison == "not yet":
        others = others | ((first > max(start, period)) & (first != group))
    others = known & others
    if not treated.any() or not others.any():
        return None
    used = treated | others
    if covariates is None:
        effect, own = _means(change[used], treated[used])
    else:
        ones = np.ones((int(used.sum()), 1))
        matrix = np.hstack([ones, covariates[used, min(start, period)]])
        effect, own = doubly_robust(change[used], treated[used].astype(float), matrix)
    parts = np.zeros(len(first))
    parts[used] = own * len(first) / used.sum()
    alike = known & (first == NEVER)
    instead = np.zeros(len(first))
    if alike.sum() > 1:
        apart = change[alike] - change[alike].mean()
        instead[alike] = apart * len(first) / np.sqrt(treated.sum() * alike.sum())
    row = {"group": group, "period": period, "base": start, "estimate": effect}
    row |= {"treated": int(treated.sum()), "compared": int(others.sum())}
    return row | {"level": float(outcomes[treated, period].mean())}, parts, instead


def _means(change: np.ndarray, treated: np.ndarray) -> tuple[float, np.ndarray]:
    with_it, without = change[treated].mean(), change[~treated].mean()
    parts = np.where(treated, (change - with_it) / treated.mean(), -(change - without) / (~treated).mean())
    return float(with_it - without), parts
