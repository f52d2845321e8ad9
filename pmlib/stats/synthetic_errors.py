"""How far off a mix of controls can be: placebo launches, and units left out or drawn anew."""

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from scipy.stats import t

from pmlib.stats.synthetic import Mixed, mixed, noise_of


@dataclass(frozen=True)
class Placebos:
    """Estimates for units that never had it, as if they had; nothing is there to find.

    units : of each placebo, the rows that stand for the treated. effects : of each.
    gaps : placebos by periods, as a mix's. misfits : before and since the launch, of each.
    own_se : of each, by leaving out its units one by one; nan where a launch has one.
    complete : whether these are all that there are.
    """

    units: np.ndarray
    effects: np.ndarray
    gaps: np.ndarray
    misfits: np.ndarray
    own_se: np.ndarray
    complete: bool

    @property
    def se(self) -> float:
        """Standard error of the estimate: how much the placebos vary."""
        return float(self.effects.std())

    @property
    def others_se(self) -> np.ndarray:
        """For each placebo, how much those vary that share no unit with it; nan where there are too few."""
        apart = (~np.isin(self.units, units).any(axis=1) for units in self.units)
        return np.array([self.effects[own].std() if own.sum() > 1 else np.nan for own in apart])


def placebos(
    outcomes: np.ndarray, first: np.ndarray, method: str, *, reps: int, rng: np.random.Generator
) -> Placebos:
    """Let as many controls as are treated stand for these, with their launches, beside the other controls.

    Where one launch allows no more than `reps` choices, each is made once; else they are drawn. Weights are
    those of the very minimum, to which the published code's tend; their ridges are those of the estimate.

    References
    ----------
    Arkhangelsky et al. (2021), algorithm 4.
    """
    controls, launches = np.flatnonzero(first < 0), first[first >= 0]
    noise = {int(at): noise_of(outcomes[controls], int(at)) for at in np.unique(launches)}
    count = len(launches)
    complete = len(noise) == 1 and comb(len(controls), count) <= reps
    if complete:
        chosen = np.array(list(combinations(controls, count)))
    else:
        chosen = np.array([rng.permutation(controls)[:count] for _ in range(reps)])
    found = []
    for units in chosen:
        pretend = np.full(len(controls), -1)
        pretend[np.searchsorted(controls, units)] = launches
        found.append(mixed(outcomes[controls], pretend, method, noise=noise, exact=True))
    return Placebos(
        units=chosen,
        effects=np.array([one.effect for one in found]),
        gaps=np.array([one.gaps for one in found]),
        misfits=np.array([one.misfit for one in found]),
        own_se=np.array([jackknife(outcomes[controls], one) for one in found]),
        complete=complete,
    )


def further(level: float, units: int) -> float:
    """Count the standard errors within which one more unit lies, when so many gave their spread."""
    return float(t.ppf((1 + level) / 2, units - 1) * np.sqrt((units + 1) / (units - 1)))


def jackknife(outcomes: np.ndarray, estimate: Mixed) -> float:
    """Find the standard error by leaving out one unit after the other, its weight shared among the rest.

    It is nan where a launch has one treated unit, or a single control carries all the weight.

    References
    ----------
    Arkhangelsky et al. (2021), algorithm 3.
    """
    if any(np.count_nonzero(c.unit_weights) < 2 or len(c.units) < 2 for c in estimate.cohorts):
        return float("nan")
    total, cells = np.zeros(len(outcomes)), np.zeros(len(outcomes))
    for cohort in estimate.cohorts:
        since = outcomes.shape[1] - cohort.before
        change = (
            outcomes[:, cohort.before :].mean(axis=1) - outcomes[:, : cohort.before] @ cohort.time_weights
        )
        own, others, shares = change[cohort.units], change[estimate.controls], cohort.unit_weights
        left, mix = len(own) - 1, float(shares @ others)
        effects, counts = np.full(len(outcomes), own.mean() - mix), np.full(len(outcomes), left + 1)
        effects[estimate.controls] = own.mean() - (mix - shares * others) / (1 - shares)
        effects[cohort.units] = (own.sum() - own) / left - mix
        counts[cohort.units] = left
        total += effects * counts * since
        cells += counts * since
    return float(np.sqrt((len(outcomes) - 1) * (total / cells).var()))


def bootstrap(
    outcomes: np.ndarray, first: np.ndarray, method: str, *, reps: int, rng: np.random.Generator
) -> np.ndarray:
    """Estimate again from units drawn anew, treated and others together, with weights found anew.

    A draw without treated units, or without others, is drawn again.

    References
    ----------
    Arkhangelsky et al. (2021), algorithm 2.
    """
    noise = {int(at): noise_of(outcomes[first < 0], int(at)) for at in np.unique(first[first >= 0])}
    found: list[float] = []
    while len(found) < reps:
        drawn = rng.integers(0, len(first), len(first))
        treated = (first[drawn] >= 0).sum()
        if 0 < treated < len(first):
            found.append(mixed(outcomes[drawn], first[drawn], method, noise=noise, exact=True).effect)
    return np.array(found)
