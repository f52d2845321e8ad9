"""Parameters at which a question is asked again, and the intervals that the answers make."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.demand.uncertainty import STEP, parameters

MOST = 120_000_000  # utilities that drawn parameters may cost a question; beyond it slopes are taken
TASTES = 100  # draws of tastes on which slopes are taken
LOST = 0.05  # of the draws may have no answer; beyond it there is no interval
BLOCK = 4_000_000  # utilities held at a time

Ask = Callable[[Demand, np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Answers:
    """What a question of a demand comes to: estimate, low and high, each (...); lost : share of draws without
    one.

    drawn : (..., D) at drawn parameters; None where the interval is the delta method's.
    """

    estimate: np.ndarray
    low: np.ndarray
    high: np.ndarray
    lost: float = 0.0
    drawn: np.ndarray | None = None


def answers(demand: Demand, ask: Ask, level: float, *, draws: int, seed: int, effort: int = 1) -> Answers:
    """Ask at the estimates and around them.

    Parameters
    ----------
    ask : takes a demand and parameters (D, k), gives values (..., D), NaN where there is no answer.
    level : of the interval. draws : of parameters, in pairs on either side of the estimates.
    effort : how many times a set of parameters has utilities worked out, roughly.
    """
    estimate = blocks(demand, ask, demand.params[None])[..., 0]
    if len(demand.offers) * len(demand.weights) * draws * effort > MOST:
        return _delta(demand, ask, level, estimate)
    drawn = blocks(demand, ask, parameters(demand, draws, seed))
    return summarised(estimate, drawn, level)


def summarised(estimate: np.ndarray, drawn: np.ndarray, level: float) -> Answers:
    """Take the middle of drawn values as the interval; none where too many of them are missing."""
    gone = np.isnan(drawn).mean(axis=-1)
    ends = np.array([0.5 - level / 2, 0.5 + level / 2])
    with np.errstate(invalid="ignore"):
        low, high = np.quantile(drawn, ends, axis=-1)
    some = (gone > 0) & (gone <= LOST)
    if some.any():
        low[some], high[some] = np.nanquantile(drawn[some], ends, axis=-1)
    known = ~np.isnan(estimate)
    low, high = np.where(known, low, np.nan), np.where(known, high, np.nan)
    return Answers(estimate, low, high, float(gone[known].max(initial=0.0)), drawn)


def blocks(demand: Demand, ask: Ask, params: np.ndarray) -> np.ndarray:
    """Ask a few parameters at a time, so that what is held stays small."""
    step = max(1, BLOCK // max(1, len(demand.offers) * len(demand.weights)))
    return np.concatenate([ask(demand, params[i : i + step]) for i in range(0, len(params), step)], axis=-1)


def _delta(demand: Demand, ask: Ask, level: float, estimate: np.ndarray) -> Answers:
    few = demand
    if len(demand.weights) > TASTES:
        few = replace(
            demand,
            draws=demand.draws[:TASTES],
            weights=demand.weights[:TASTES] / demand.weights[:TASTES].sum(),
        )
    errors = np.sqrt(np.diag(demand.covariance))
    moved = np.flatnonzero(errors)
    steps = np.zeros((len(moved), len(errors)))
    steps[np.arange(len(moved)), moved] = STEP * errors[moved]
    found = blocks(few, ask, np.concatenate([demand.params + steps, demand.params - steps]))
    above, below = found[..., : len(moved)], found[..., len(moved) :]
    slopes = (above - below) / (2 * STEP * errors[moved])
    spread = np.einsum("...k,kl,...l->...", slopes, demand.covariance[np.ix_(moved, moved)], slopes)
    half = np.sqrt(spread) * float(stdtrit(demand.freedom, 0.5 + level / 2))
    return Answers(
        estimate,
        estimate - half,
        estimate + half,
        float(np.isnan(half[~np.isnan(estimate)]).mean() if half.size else 0),
    )
