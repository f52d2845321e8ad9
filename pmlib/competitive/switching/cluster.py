"""Intervals of rates to which each household gives many events.

A household's purchases resemble each other, so a rate's error comes from which households there are, not from
how many events they gave. Errors here are those of the delete-one-household jackknife in closed form: no
draws, the same bytes each time, and equal to a bootstrap of households within its noise. Two things keep them
honest where households are few or unlike: Student's t with as many degrees of freedom as there are households
of equal weight to the same effect, less one (Carter, Schnepel and Steigerwald 2017, REStat 99(4)), and for a
share Wilson's interval at the effective number of events (Korn and Graubard 1998, Survey Methodology 24(2)),
which stays within 0 and 1.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit


@dataclass(frozen=True, eq=False)
class Ratio:
    """Rates of one base, and what each household does to them.

    estimate : the rates. pull : households down, rates across: the rate less the rate without that household.
    base : events of the base. households : those who gave any. freedom : degrees of freedom of the errors.
    """

    estimate: np.ndarray
    pull: np.ndarray
    base: float
    households: int
    freedom: float

    @property
    def error(self) -> np.ndarray:
        """Standard errors of the rates."""
        return standard_error(self.pull, self.households)


def ratio(part: np.ndarray, whole: np.ndarray) -> Ratio:
    """Divide sums over households: part (households, rates) by whole (households)."""
    base = whole.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = part.sum(axis=0) / base
        pull = (part - np.outer(whole, estimate)) / (base - whole)[:, None]
        freedom = base**2 / (whole**2).sum() - 1
    return Ratio(estimate, pull, float(base), int((whole > 0).sum()), float(freedom))


def standard_error(pull: np.ndarray, households: int) -> np.ndarray:
    """Turn households' pulls on an estimate into its standard error."""
    return np.sqrt((pull**2).sum(axis=0) * (1 - 1 / max(households, 1)))


def ratio_interval(found: Ratio, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Give the intervals of rates that are shares of their base."""
    return share_interval(
        found.estimate, found.error, np.array(found.households), np.array(found.freedom), level
    )


def share_interval(
    estimate: np.ndarray, error: np.ndarray, events: np.ndarray, freedom: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Give Wilson's interval of shares at their effective number of events.

    events : how many there are where the error cannot tell (a share of 0 or 1).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = estimate * (1 - estimate) / error**2
        effective = np.where(error > 0, effective, events)
        z = _quantile(freedom, level) ** 2 / effective
        middle = (estimate + z / 2) / (1 + z)
        half = np.sqrt(z * estimate * (1 - estimate) + z**2 / 4) / (1 + z)
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def even_interval(
    estimate: np.ndarray, error: np.ndarray, freedom: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Give the interval that reaches as far to both sides, for differences."""
    half = _quantile(freedom, level) * error
    return estimate - half, estimate + half


def _quantile(freedom: np.ndarray, level: float) -> np.ndarray:
    freedom = np.asarray(freedom, float)
    return np.where(freedom > 0, stdtrit(np.maximum(freedom, 1e-3), (1 + level) / 2), np.nan)
