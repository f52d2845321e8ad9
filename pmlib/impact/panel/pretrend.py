"""Did those that got the feature move like the others before they had it, and what would have gone unseen?"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from pmlib.impact.panel.aggregate import averages
from pmlib.impact.panel.effects import Effects
from pmlib.impact.panel.errors import few, placebos, summed, t_quantile
from pmlib.impact.panel.group_time import group_time
from pmlib.impact.panel.scatter import freedom, scatter
from pmlib.impact.panel.timing import NEVER
from pmlib.result import Check
from pmlib.table import Column, number
from pmlib.wording import capital, lower

REJECTS = 0.05
FOUND = 0.8  # of the cases in which a drift that is named would have been found
MANY = 100  # clusters, from which on the large-sample distribution is trusted


@dataclass(frozen=True)
class PreTrend:
    """A test that nothing moved apart before the launch.

    statistic, tests, p : Wald's, how many steps it holds together, and the chance of it if none were real;
        nan where there is no period to test.
    drift : steady drift a period, in the outcome's unit, that it finds in 4 of 5 cases.
    steepest : the largest step seen before the launch.
    how : "clusters", "placebos", or "" where it cannot be tested. why : not, then.
    """

    statistic: float
    tests: int
    p: float
    drift: float
    steepest: float
    how: str
    why: str = ""

    @property
    def holds(self) -> bool:
        return not self.p < REJECTS

    def check(self, column: Column) -> Check:
        """The check that a page shows."""
        label = "Units moved alike before the launch"
        if not self.how:
            return Check(label, False, f"{self.why}, so it cannot be seen")
        return Check(label, self.holds, f"p = {number(self.p, '', 3)}, {self.unseen(column)}")

    def unseen(self, column: Column) -> str:
        """What could have been there and stayed unseen."""
        unit = "points" if column.unit == "%" else column.unit
        if np.isnan(self.drift):
            return "a drift that all share cannot be seen"
        return f"a drift below {number(self.drift, unit)} a period would have stayed unseen"

    def sentence(self, column: Column) -> str:
        """Say it in plain words."""
        if not self.how:
            return f"{capital(self.why)}, so nobody can see whether both moved alike before the launch."
        if self.holds:
            alike = "Before the launch the two moved alike as far as we can see"
            return f"{alike}; {self.unseen(column)}."
        apart = f"Before the launch {lower(column.label)} already moved apart"
        return f"{apart}, so part of the effect may be that."


def untested(why: str) -> PreTrend:
    """Say why there is nothing to test."""
    return PreTrend(float("nan"), 0, float("nan"), float("nan"), float("nan"), "", why)


def pre_trend(
    outcomes: np.ndarray, first: np.ndarray, cluster: np.ndarray, comparison: str, seed: int
) -> PreTrend:
    """Test every step before the launches, each against units without the feature then.

    With few units treated, the steps are compared with those of units that never were.

    References
    ----------
    Callaway and Sant'Anna (2021), J. Econometrics 225(2); Roth (2022), "Pretest with caution", AER: Insights.
    """
    cells = group_time(outcomes, first, cluster, comparison=comparison)
    before = ~cells.after
    if not before.any():
        return untested("there is a single period before the launch")
    if few(first, cluster):
        return _by_placebos(outcomes, first, seed)
    by_time = [average for average in averages(cells, first, "dynamic") if average.at < 0]
    weights, at = (
        np.column_stack([average.weights for average in by_time]),
        [average.at for average in by_time],
    )
    estimates = cells.table["estimate"].to_numpy(float)
    steps = estimates @ weights
    table = pd.DataFrame({"kind": "dynamic", "at": at, "period": np.nan, "estimate": steps, "level": np.nan})
    stand = {small: block @ weights for small, block in cells.stand.items()}
    found = Effects(table, cells.parts @ weights, cells.own @ weights, stand)
    if int(cluster.max()) + 1 >= MANY and not cells.stand:
        every = np.flatnonzero(before)
        table = pd.DataFrame({"kind": "cell", "at": every, "period": np.nan, "estimate": estimates[every]})
        found = Effects(table.assign(level=np.nan), cells.parts[:, every], cells.own[:, every], {})
    pulls = np.full(len(estimates), 1.0 if comparison == "never" else np.nan)
    if comparison != "never" and (first == NEVER).any():
        drifting = np.where(np.isnan(outcomes), np.nan, steady(outcomes, first))
        pulls = group_time(drifting, first, cluster, comparison=comparison).table["estimate"].to_numpy(float)
    drifts = pulls[before] if found.table["kind"].iloc[0] == "cell" else pulls @ weights
    return tested(found, drifts, first, cluster, float(np.abs(steps).max()))


def steady(outcomes: np.ndarray, first: np.ndarray) -> np.ndarray:
    """What a drift of 1 a period would look like: those that get it move steadily, the others do not."""
    return np.where((first != NEVER)[:, None], np.arange(outcomes.shape[1]), 0.0)


def tested(
    found: Effects, drifts: np.ndarray, first: np.ndarray, cluster: np.ndarray, steepest: float
) -> PreTrend:
    """Test effects before a launch together: the last of them, where clusters are too few for all.

    With many clusters by Wald's large-sample test; else by Hotelling's, whose degrees of freedom are the
    fewest that any of the effects has.

    Parameters
    ----------
    drifts : what a drift of 1 a period would make of each effect. steepest : step seen.
    """
    from scipy.stats import chi2, f

    count = int(cluster.max()) + 1
    large = count >= MANY and not found.stand
    rows, kinds = scatter(found.own, found.stand, first, cluster)
    degrees = float(freedom(rows, kinds).min())
    if large:
        rows = summed(found.parts, cluster)
    scale = np.sqrt((rows**2).sum(axis=0))
    if not (scale > 0).any():
        return untested("no unit differs from the others of its launch")
    last = len(scale) if large else max(1, int(min(len(scale), degrees / 3)))
    chosen = np.flatnonzero(scale > 0)[-last:]
    unit = rows[:, chosen] / scale[chosen]
    inverse, tests = np.linalg.pinv(unit.T @ unit, rcond=1e-9), int(np.linalg.matrix_rank(unit, tol=1e-6))
    steps = found.table["estimate"].to_numpy(float)[chosen] / scale[chosen] * len(first)
    pull = drifts[chosen] / scale[chosen] * len(first)
    statistic = float(steps @ inverse @ steps)
    if large:
        p = float(chi2.sf(statistic, tests))
    else:
        left = max(degrees - tests + 1, 1.0)
        p = float(f.sf(statistic * left / (degrees * tests), tests, left))
    drift = float(np.sqrt(_needed(tests) / (pull @ inverse @ pull)))
    return PreTrend(statistic, tests, p, drift, steepest, "clusters")


@lru_cache(256)
def _needed(tests: int) -> float:
    """The noncentrality at which a test of so many steps rejects in 4 of 5 cases."""
    from scipy.optimize import brentq
    from scipy.stats import chi2, ncx2

    limit = chi2.isf(REJECTS, tests)
    return float(brentq(lambda far: ncx2.sf(limit, tests, far) - FOUND, 0.1, 1000.0))


def _by_placebos(outcomes: np.ndarray, first: np.ndarray, seed: int) -> PreTrend:
    """Compare the size of the steps, and their mean, with those of units that never had it."""

    def sizes(rows: np.ndarray, made_up: np.ndarray) -> np.ndarray:
        cells = group_time(outcomes[rows], made_up, np.arange(len(rows)))
        own = cells.table["estimate"].to_numpy(float)[~cells.after]
        return np.array([np.sqrt((own**2).mean()), own.mean(), np.abs(own).max()])

    drawn = placebos(first, sizes, seed)
    if drawn is None:
        return untested("too few units never got it")
    if not (drawn.errors[:2] > 0).all():
        return untested("units that never got it all moved alike")
    seen = sizes(np.arange(len(first)), first)
    tests = int((~group_time(outcomes, first, np.arange(len(first))).after).sum())
    # Whichever is the larger, each as a multiple of what it is among the placebos: a jolt, or a steady drift.
    largest = (np.abs(drawn.estimates) / drawn.errors)[:, :2].max(axis=1)
    p = float((1 + (largest >= (np.abs(seen) / drawn.errors)[:2].max()).sum()) / (1 + len(largest)))
    halves = t_quantile(1 - REJECTS, drawn.degrees) + t_quantile(2 * FOUND - 1, drawn.degrees)
    return PreTrend(float(seen[0]), tests, p, float(halves * drawn.errors[1]), float(seen[2]), "placebos")


def comparison_of(first: np.ndarray, comparison: str | None) -> str:
    """Choose units to compare with: those that never got it, where there are any.

    Raises
    ------
    ValueError : it is neither of the two, or nobody never got it.
    """
    if comparison not in (None, "never", "not yet"):
        raise ValueError(f'comparison is {comparison!r}; give "never" or "not yet"')
    never = bool((first == NEVER).any())
    if comparison == "never" and not never:
        raise ValueError('comparison is "never", and every unit got the feature in the end; give "not yet"')
    return comparison or ("never" if never else "not yet")
