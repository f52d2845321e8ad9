"""Did those that got the feature move like the others before they had it, and what would have gone unseen?"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pmlib.impact.panel.aggregate import aggregate
from pmlib.impact.panel.errors import Placebos, few, placebos, t_quantile
from pmlib.impact.panel.group_time import Cells, group_time
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
        return f"a drift below {number(self.drift, unit)} a period would have stayed unseen"

    def sentence(self, column: Column) -> str:
        """Say it in plain words."""
        if not self.how:
            return f"{capital(self.why)}, so nobody can see whether both moved alike before the launch."
        if self.holds:
            alike = (
                f"Before the launch the two moved alike as far as we can see (p = {number(self.p, '', 3)})"
            )
            return f"{alike}; {self.unseen(column)}."
        apart = f"Before the launch {lower(column.label)} already moved apart (p = {number(self.p, '', 3)})"
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
    cells = group_time(outcomes, first, comparison=comparison)
    before = ~cells.after
    if not before.any():
        return untested("there is a single period before the launch")
    if few(first, cluster):
        return _by_placebos(outcomes, first, seed)
    steps = cells.table["estimate"].to_numpy(float)[before]
    covariance = cells.covariance(cluster)[np.ix_(before, before)]
    return wald(steps, covariance, int(cluster.max()) + 1, _steepest(cells, first), np.ones(len(steps)))


def wald(
    steps: np.ndarray, covariance: np.ndarray, clusters: int, steepest: float, drifts: np.ndarray
) -> PreTrend:
    """Test steps together.

    Parameters
    ----------
    drifts : what a drift of 1 a period would make of each of them.
    """
    from scipy.stats import chi2, f

    scale = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    inverse = np.linalg.pinv(covariance / np.outer(scale, scale), rcond=1e-10, hermitian=True)
    tests = min(int(np.linalg.matrix_rank(covariance / np.outer(scale, scale), tol=1e-8)), clusters - 1)
    statistic = float((steps / scale) @ inverse @ (steps / scale))
    reach = float((drifts / scale) @ inverse @ (drifts / scale))
    if clusters >= MANY:
        p = float(chi2.sf(statistic, tests))
    else:
        degrees = max(clusters - tests, 1)
        p = float(f.sf(statistic * degrees / (tests * max(clusters - 1, 1)), tests, degrees))
    return PreTrend(statistic, tests, p, float(np.sqrt(_needed(tests) / reach)), steepest, "clusters")


@lru_cache(256)
def _needed(tests: int) -> float:
    """The noncentrality at which a test of so many steps rejects in 4 of 5 cases."""
    from scipy.optimize import brentq
    from scipy.stats import chi2, ncx2

    limit = chi2.isf(REJECTS, tests)
    return float(brentq(lambda far: ncx2.sf(limit, tests, far) - FOUND, 0.1, 1000.0))


def _steepest(cells: Cells, first: np.ndarray) -> float:
    by_event = aggregate(cells, first, "dynamic").table
    return float(by_event.loc[by_event["at"] < 0, "estimate"].abs().max())


def _by_placebos(outcomes: np.ndarray, first: np.ndarray, seed: int) -> PreTrend:
    """Compare the size of the steps, and their mean, with those of units that never had it."""

    def steps(rows: np.ndarray, made_up: np.ndarray) -> np.ndarray:
        cells = group_time(outcomes[rows], made_up)
        own = cells.table["estimate"].to_numpy(float)[~cells.after]
        return np.array([np.sqrt((own**2).mean()), own.mean()])

    drawn: Placebos | None = placebos(first, steps, seed)
    if drawn is None:
        return untested("too few units never got it")
    everyone = np.arange(len(first))
    seen = steps(everyone, first)
    cells = group_time(outcomes, first)
    p = float((1 + (drawn.estimates[:, 0] >= seen[0]).sum()) / (1 + len(drawn.estimates)))
    halves = t_quantile(1 - REJECTS, drawn.degrees) + t_quantile(2 * FOUND - 1, drawn.degrees)
    tests = int((~cells.after).sum())
    return PreTrend(
        float(seen[0]), tests, p, float(halves * drawn.errors[1]), _steepest(cells, first), "placebos"
    )


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
