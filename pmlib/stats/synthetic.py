"""What treated units would have shown: synthetic difference-in-differences, synthetic control, and plain."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from pmlib.stats.simplex import approached, nearest

METHODS = ("sdid", "sc", "did")
SLIGHT = 1e-6  # ridge of what needs none, in units of the noise, as in the code of synthdid
FELT = 1e-3  # the least that decides between equally good weights at the precision of numbers
STILL = 1e-5  # in units of the noise: synthdid's steps end where less than its square is won


@dataclass(frozen=True)
class Cohort:
    """Units that got it in one period, beside their mix of others.

    units : rows of the treated. before : periods before it. effect : mean over the periods since.
    unit_weights : shares of the controls. time_weights : shares of the periods before.
    gaps : by period, what the treated had above their mix, less what they had above it before.
    """

    units: np.ndarray
    before: int
    effect: float
    unit_weights: np.ndarray
    time_weights: np.ndarray
    gaps: np.ndarray

    @property
    def cells(self) -> int:
        """Units times periods that had it."""
        return len(self.units) * (len(self.gaps) - self.before)


@dataclass(frozen=True)
class Mixed:
    """The effect of all cohorts: their mean over treated units and periods.

    method : one of METHODS. controls : rows of the units that never had it.
    """

    effect: float
    cohorts: tuple[Cohort, ...]
    controls: np.ndarray
    method: str

    @property
    def gaps(self) -> np.ndarray:
        """By period, of all treated units together."""
        return np.average(
            [c.gaps for c in self.cohorts], axis=0, weights=[len(c.units) for c in self.cohorts]
        )

    @property
    def unit_weights(self) -> np.ndarray:
        """Of the controls, over the cohorts by what they count."""
        return np.average(
            [c.unit_weights for c in self.cohorts], axis=0, weights=[c.cells for c in self.cohorts]
        )

    @property
    def misfit(self) -> tuple[float, float]:
        """Root mean square of the gaps before (around their mean where levels may differ) and since."""
        before, since = [], []
        for cohort in self.cohorts:
            early, late = cohort.gaps[: cohort.before], cohort.gaps[cohort.before :]
            shift = 0.0 if self.method == "sc" else early.mean()
            before.append(np.tile((early - shift) ** 2, len(cohort.units)))
            since.append(np.tile(late**2, len(cohort.units)))
        return float(np.concatenate(before).mean() ** 0.5), float(np.concatenate(since).mean() ** 0.5)


def mixed(
    outcomes: np.ndarray,
    first: np.ndarray,
    method: str = "sdid",
    *,
    noise: Mapping[int, float] | None = None,
    exact: bool = False,
) -> Mixed:
    """Compare treated units with the mix of never treated ones that moved with them before.

    Cohorts are compared one by one with the units that never had it, and count by their treated cells.

    Parameters
    ----------
    outcomes : units by periods, none missing. first : position of the first treated period; -1 for never.
    method : "sdid", "sc" (outcomes only, no shift between levels) or "did" (equal weights).
    noise : standard deviation of the controls' changes, by cohort; found where it is not given.
    exact : whether weights are those of the very minimum rather than where the published code stops.

    References
    ----------
    Arkhangelsky et al. (2021), AER 111(12); Abadie, Diamond and Hainmueller (2010), JASA 105; of several
    cohorts: Clarke, Pailanir, Athey and Imbens (2024), "On synthetic difference-in-differences and related
    estimation methods in Stata", Stata Journal 24(4).
    """
    controls = np.flatnonzero(first < 0)
    cohorts = []
    for before in np.unique(first[first >= 0]).tolist():
        units = np.flatnonzero(first == before)
        level = noise_of(outcomes[controls], before) if noise is None else noise[before]
        cohorts.append(_cohort(outcomes, controls, units, before, method, level, exact))
    effect = np.average([c.effect for c in cohorts], weights=[c.cells for c in cohorts])
    return Mixed(float(effect), tuple(cohorts), controls, method)


def noise_of(controls: np.ndarray, before: int) -> float:
    """Measure how much controls change from period to period before the launch."""
    changes = np.diff(controls[:, :before], axis=1)
    return float(np.std(changes, ddof=1)) if changes.size > 1 else 0.0


def _cohort(
    outcomes: np.ndarray,
    controls: np.ndarray,
    units: np.ndarray,
    before: int,
    method: str,
    noise: float,
    exact: bool,
) -> Cohort:
    others, treated = outcomes[controls], outcomes[units].mean(axis=0)
    count, since = len(controls), outcomes.shape[1] - before
    solve = partial(_shares, noise=noise, exact=exact)
    if method == "did":
        by_unit, by_time = np.full(count, 1 / count), np.full(before, 1 / before)
    elif method == "sc":
        by_unit = solve(others[:, :before].T, treated[:before], SLIGHT, shift=False)
        by_time = np.zeros(before)
    else:
        ridge = (len(units) * since) ** 0.25
        by_unit = solve(others[:, :before].T, treated[:before], ridge, shift=True)
        by_time = solve(others[:, :before], others[:, before:].mean(axis=1), SLIGHT, shift=True)
    apart = treated - by_unit @ others
    gaps = apart - by_time @ apart[:before]
    return Cohort(units, before, float(gaps[before:].mean()), by_unit, by_time, gaps)


def _shares(
    matrix: np.ndarray, target: np.ndarray, ridge: float, *, shift: bool, noise: float, exact: bool
) -> np.ndarray:
    if shift:
        matrix, target = matrix - matrix.mean(axis=0), target - target.mean()
    if exact:
        return nearest(matrix, target, len(matrix) * (max(ridge, FELT) * noise) ** 2)
    return approached(matrix, target, len(matrix) * (ridge * noise) ** 2, (STILL * noise) ** 2)
