"""Intervals of whatever is worked out from a model's parameters."""

from collections.abc import Callable

import numpy as np
from scipy.special import stdtrit

from pmlib.competitive.demand.demand import Demand

Quantity = Callable[[Demand], np.ndarray]
STEP = 1e-4  # of a parameter, in its standard errors, where a slope is taken


def drawn(demand: Demand, quantity: Quantity, *, draws: int = 500, seed: int = 1) -> np.ndarray:
    """Work a quantity out at parameters drawn from the distribution of their estimates, (draws, ...).

    Draws come in pairs on either side of the estimates.

    References
    ----------
    Krinsky & Robb (1986), "On approximating the statistical properties of elasticities", REStat 68.
    """
    return np.array([quantity(demand.at(params)) for params in parameters(demand, draws, seed)])


def parameters(demand: Demand, draws: int, seed: int) -> np.ndarray:
    """Draw parameters from the distribution of their estimates, (draws, k)."""
    # The root of their correlations: in another unit of price the draws are the same, in that unit.
    scale = np.sqrt(np.diag(demand.covariance))
    over = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(demand.covariance / np.outer(over, over))
    root = scale[:, None] * vectors * np.sqrt(np.maximum(values, 0.0))
    random = np.random.default_rng(seed)
    half = random.standard_normal((draws // 2, len(demand.params))) @ root.T
    if np.isfinite(demand.freedom):
        half *= np.sqrt(demand.freedom / random.chisquare(demand.freedom, draws // 2))[:, None]
    return demand.params + np.concatenate([half, -half])


def sampled(
    demand: Demand, quantity: Quantity, level: float, *, draws: int = 500, seed: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give a quantity with the interval that holds the middle of its values at drawn parameters."""
    middle = np.asarray(quantity(demand), float)  # first: what no parameter changes is worked out once
    found = drawn(demand, quantity, draws=draws, seed=seed)
    low, high = np.quantile(found, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return middle, low, high


def errors(demand: Demand, quantity: Quantity) -> np.ndarray:
    """Standard errors of a quantity by the delta method."""
    middle = np.asarray(quantity(demand), float)
    slopes = np.empty((len(demand.params), middle.size))
    for i, error in enumerate(np.sqrt(np.diag(demand.covariance))):
        if error == 0:
            slopes[i] = 0.0
            continue
        step = np.zeros(len(demand.params))
        step[i] = STEP * error
        # One side will do: the step is so short that bending is far below what the slope itself is known to.
        above = np.asarray(quantity(demand.at(demand.params + step)), float)
        slopes[i] = ((above - middle) / (STEP * error)).ravel()
    return np.sqrt(np.einsum("kq,kl,lq->q", slopes, demand.covariance, slopes)).reshape(middle.shape)


def delta(demand: Demand, quantity: Quantity, level: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give a quantity with the interval of the delta method."""
    middle = np.asarray(quantity(demand), float)
    half = errors(demand, quantity) * float(stdtrit(demand.freedom, 0.5 + level / 2))
    return middle, middle - half, middle + half
