"""Ratios of coefficients with three kinds of interval, one of which knows that the divisor may be 0."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.demand.taste import slopes, typical
from pmlib.competitive.demand.uncertainty import parameters


@dataclass(frozen=True, eq=False)
class Ratios:
    """Ratios of coefficients to one of them.

    estimate, se : (T,), standard errors by the delta method. ends : low and high of each kind of interval,
        (T,) each; of fieller they are missing where the interval has no end. z : the divisor over its
        standard error.
    bounded : whether the divisor is clearly not 0, so that intervals have ends.
    """

    estimate: np.ndarray
    se: np.ndarray
    ends: Mapping[str, tuple[np.ndarray, np.ndarray]]
    z: float
    bounded: bool


def ratios(
    demand: Demand,
    above: Sequence[str],
    below: str,
    level: float,
    *,
    draws: int = 10_000,
    seed: int = 1,
    sign: float = 1.0,
) -> Ratios:
    """Divide the typical coefficients of terms by that of another.

    Parameters
    ----------
    above, below : names of terms. level : of the intervals. draws, seed : of those drawn. sign : of the
        ratios.

    References
    ----------
    Krinsky & Robb (1986), REStat 68; Fieller (1954), JRSS B 16.
    """
    names = demand.design.names
    top, bottom = [names.index(term) for term in above], names.index(below)
    middle, slope = typical(demand, demand.params[None])[0], slopes(demand)
    covariance = slope @ demand.covariance @ slope.T
    a, b = sign * middle[top], middle[bottom]
    vaa, vbb = np.diag(covariance)[top], covariance[bottom, bottom]
    vab = sign * covariance[top, bottom]
    reach = float(stdtrit(demand.freedom, 0.5 + level / 2))
    estimate = a / b
    se = np.sqrt(np.maximum(vaa - 2 * estimate * vab + estimate**2 * vbb, 0.0)) / abs(b)
    drawn = typical(demand, parameters(demand, draws, seed))
    at = sign * drawn[:, top] / drawn[:, [bottom]]
    low, high = np.quantile(at, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return Ratios(
        estimate,
        se,
        {
            "krinsky_robb": (low, high),
            "delta": (estimate - reach * se, estimate + reach * se),
            "fieller": fieller(a, b, vaa, vab, vbb, reach),
        },
        z=float(b / np.sqrt(vbb)) if vbb > 0 else np.inf,
        bounded=bool(b**2 > reach**2 * vbb),
    )


def fieller(
    a: np.ndarray, b: float, vaa: np.ndarray, vab: np.ndarray, vbb: float, reach: float
) -> tuple[np.ndarray, np.ndarray]:
    """Give the ratios r for which a - r b is no further than `reach` standard errors from 0.

    Missing where these are not an interval: b may be 0, and a / b anything.
    """
    lead = b**2 - reach**2 * vbb
    if lead <= 0:
        return np.full(len(a), np.nan), np.full(len(a), np.nan)
    half = a * b - reach**2 * vab
    root = np.sqrt(np.maximum(half**2 - lead * (a**2 - reach**2 * vaa), 0.0))
    return (half - root) / lead, (half + root) / lead
