"""How good instruments are: do they move what they should, and do they agree with each other."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc, chndtrix, fdtrc

from pmlib.competitive.demand.two_stage import (
    Regression,
    cluster_sums,
    freed,
    orthonormal,
    projected,
    two_stage,
)

BIAS = 0.10  # of the largest bias there may be: instruments are strong where 2SLS keeps less than this of it
SIZE = 0.05  # chance of calling weak instruments strong


class Test(NamedTuple):
    """A test statistic, its degrees of freedom and the chance of one as large where all is well."""

    statistic: float
    freedom: int
    p: float


@dataclass(frozen=True)
class FirstStage:
    """How well instruments explain one endogenous column, the exogenous columns aside.

    f : classical F of the instruments. conditional : the same where the other endogenous columns are held
        as the instruments explain them (Sanderson-Windmeijer); equal to f where there are none.
    effective : robust (or clustered) form of `conditional` (Montiel Olea-Pflueger). needed : what
        `effective` must pass for the bias of 2SLS to stay under a tenth of its worst case. r2 : partial,
        of the instruments.
    """

    f: float
    conditional: float
    effective: float
    needed: float
    r2: float

    @property
    def strong(self) -> bool:
        """Whether the instruments move this column enough."""
        return self.effective > self.needed


def first_stages(
    exogenous: np.ndarray, endogenous: np.ndarray, instruments: np.ndarray, clusters: np.ndarray | None = None
) -> list[FirstStage]:
    """Ask of each endogenous column how far the instruments move it on their own.

    References
    ----------
    Sanderson & Windmeijer (2016), J. Econometrics 190(2); Montiel Olea & Pflueger (2013), "A robust test
    for weak instruments", J. Business & Economic Statistics 31(3), whose simplified critical value is
    taken.
    """
    q = orthonormal(freed(instruments, exogenous))
    free = freed(endogenous, exogenous)
    rows, many, others = len(q), q.shape[1], endogenous.shape[1] - 1
    left = rows - exogenous.shape[1] - many
    found = []
    for i in range(endogenous.shape[1]):
        own, rest = free[:, i], np.delete(free, i, axis=1)
        alone = own - rest @ np.linalg.lstsq(q @ (q.T @ rest), own, rcond=None)[0] if others else own
        freedom = many - others
        moved, noise = q.T @ alone, freed(alone[:, None], q)[:, 0]
        spread = _spread(q, noise, clusters, left)
        trace = float(np.trace(spread))
        plain = q.T @ own
        error = freed(own[:, None], q)[:, 0]
        found.append(
            FirstStage(
                f=float(plain @ plain) / many / (float(error @ error) / left),
                conditional=float(moved @ moved) / freedom / (float(noise @ noise) / left),
                effective=float(moved @ moved) / trace * many / freedom,
                needed=_needed(spread, others),
                r2=float(plain @ plain) / float(own @ own),
            )
        )
    return found


def _spread(q: np.ndarray, noise: np.ndarray, clusters: np.ndarray | None, left: int) -> np.ndarray:
    # Covariance of Q'x, where Q are the instruments made orthonormal.
    scores = q * noise[:, None]
    if clusters is None:
        return scores.T @ scores * len(q) / left
    sums = cluster_sums(scores, clusters)
    return sums.T @ sums * len(sums) / max(1, len(sums) - 1)


def _needed(spread: np.ndarray, others: int) -> float:
    # Patnaik's approximation to the quantile of a weighted sum of noncentral chi squares.
    trace, largest, times = np.trace(spread), np.linalg.eigvalsh(spread)[-1], 1 / BIAS
    freedom = trace**2 * (1 + 2 * times) / ((spread**2).sum() + 2 * times * trace * largest)
    freedom = max(1.0, freedom - others)
    return float(chndtrix(1 - SIZE, freedom, times * freedom) / freedom)


def endogeneity(
    outcome: np.ndarray,
    exogenous: np.ndarray,
    endogenous: np.ndarray,
    instruments: np.ndarray,
    absorbed: int = 0,
) -> Test:
    """Ask whether instruments made a difference (Wu-Hausman): at a small p, plain regression is biased."""
    noise = endogenous - projected(endogenous, np.column_stack([exogenous, instruments]))
    plain = two_stage(outcome, exogenous, endogenous, absorbed=absorbed)
    more = two_stage(outcome, np.column_stack([exogenous, endogenous]), noise, absorbed=absorbed)
    many, left = noise.shape[1], len(outcome) - exogenous.shape[1] - 2 * noise.shape[1] - absorbed
    scatter = float(more.residuals @ more.residuals)
    f = (float(plain.residuals @ plain.residuals) - scatter) / many / (scatter / left)
    return Test(f, many, float(fdtrc(many, left, f)))


def sargan(fit: Regression, exogenous: np.ndarray, instruments: np.ndarray, wanted: int) -> Test | None:
    """Ask whether instruments agree, where all rows scatter alike; None where none is spare."""
    spare = instruments.shape[1] - wanted
    if spare <= 0:
        return None
    q = orthonormal(np.column_stack([exogenous, instruments]))
    along = q.T @ fit.residuals
    statistic = float(along @ along) / float(np.mean(fit.residuals**2))
    return Test(statistic, spare, float(chdtrc(spare, statistic)))


def hansen(
    outcome: np.ndarray,
    exogenous: np.ndarray,
    endogenous: np.ndarray,
    instruments: np.ndarray,
    fit: Regression,
    clusters: np.ndarray | None = None,
) -> Test | None:
    """Ask whether instruments agree, whatever the scatter (J of two-step GMM); None where none is spare.

    None also with no more clusters than moments: their covariance has no inverse then.

    References
    ----------
    Hansen (1982), "Large sample properties of generalized method of moments estimators", Econometrica
    50(4).
    """
    spare = instruments.shape[1] - endogenous.shape[1]
    q = orthonormal(freed(instruments, exogenous))
    own, moved = freed(np.column_stack([outcome, endogenous]), exogenous)[:, 0], freed(endogenous, exogenous)
    scores = q * fit.residuals[:, None]
    if clusters is not None:
        scores = cluster_sums(scores, clusters)
    if spare <= 0 or len(scores) <= q.shape[1]:
        return None
    half = np.linalg.cholesky(scores.T @ scores)
    target, slopes = np.linalg.solve(half, q.T @ own), np.linalg.solve(half, q.T @ moved)
    rest = target - slopes @ np.linalg.lstsq(slopes, target, rcond=None)[0]
    statistic = float(rest @ rest)
    return Test(statistic, spare, float(chdtrc(spare, statistic)))
