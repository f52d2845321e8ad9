"""The effect on each cohort in each period, against units without the feature so far."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.impact.panel.doubly_robust import doubly_robust
from pmlib.impact.panel.errors import summed
from pmlib.impact.panel.timing import NEVER


@dataclass(frozen=True)
class Cells:
    """Effects by cohort and period.

    table : group (position of the launch), period, base (position compared with), estimate, treated, compared
        (units), level (mean outcome of the treated then).
    parts : what each unit adds to each estimate (influence; the mean over all units is the error).
    """

    table: pd.DataFrame
    parts: np.ndarray

    @property
    def after(self) -> np.ndarray:
        """Which of them are effects; the others are placebos before the launch."""
        return (self.table["period"] >= self.table["group"]).to_numpy(bool)

    def covariance(self, cluster: np.ndarray) -> np.ndarray:
        """Of all estimates, by clusters of units."""
        by_cluster = summed(self.parts, cluster)
        return by_cluster.T @ by_cluster / len(self.parts) ** 2


def group_time(
    outcomes: np.ndarray,
    first: np.ndarray,
    *,
    comparison: str = "never",
    base: str = "varying",
    covariates: np.ndarray | None = None,
) -> Cells:
    """Estimate the effect on each cohort in each period, from the units seen then and in the base period.

    Parameters
    ----------
    outcomes : units by periods, nan where missing. first : position of each unit's launch, -1 for never.
    comparison : "never" or "not yet" treated units.
    base : what the periods before the launch are compared with: "varying", the one just before each, or
        "universal", the last before the launch, as all periods after it are.
    covariates : units by periods by covariates, held equal as of the earlier period.

    References
    ----------
    Callaway and Sant'Anna (2021), "Difference-in-differences with multiple time periods", J. Econometrics
    225(2).
    """
    rows, parts = [], []
    for group in sorted({int(at) for at in first if at != NEVER}):
        for period in range(outcomes.shape[1]):
            start = period - 1 if base == "varying" and period < group else group - 1
            if start < 0 or start == period:
                continue
            found = _cell(outcomes, first, group, period, start, comparison, covariates)
            if found is not None:
                rows.append(found[0])
                parts.append(found[1])
    if not rows:
        raise ValueError("no cohort has a period with units to compare with; add units without the feature")
    return Cells(pd.DataFrame(rows), np.column_stack(parts))


def _cell(
    outcomes: np.ndarray,
    first: np.ndarray,
    group: int,
    period: int,
    start: int,
    comparison: str,
    covariates: np.ndarray | None,
) -> tuple[dict[str, float], np.ndarray] | None:
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
    row = {"group": group, "period": period, "base": start, "estimate": effect}
    row |= {"treated": int(treated.sum()), "compared": int(others.sum())}
    return row | {"level": float(outcomes[treated, period].mean())}, parts


def _means(change: np.ndarray, treated: np.ndarray) -> tuple[float, np.ndarray]:
    with_it, without = change[treated].mean(), change[~treated].mean()
    parts = np.where(treated, (change - with_it) / treated.mean(), -(change - without) / (~treated).mean())
    return float(with_it - without), parts
