"""Average forecasts by how well each did from past moments; the spread between them is part of the band.

References
----------
Bates and Granger (1969), "The Combination of Forecasts", OR Quarterly 20(4).
Gneiting and Ranjan (2013), "Combining predictive distributions", EJS 7: a pool of honest bands is too wide.
"""

from collections.abc import Mapping, Sequence

import numpy as np

NARROWER = 5 / 6  # of the pool's half bands; found by simulation (coverage_hindcast.csv)
LEAST = 0.01  # of the series' mean: errors below it are luck


def weights(errors: Mapping[str, float]) -> dict[str, float]:
    """Weigh forecasters by the inverse square of their past errors."""
    worth = {name: max(error, LEAST) ** -2.0 for name, error in errors.items()}
    return {name: value / sum(worth.values()) for name, value in worth.items()}


def quantiles(
    draws: Mapping[str, np.ndarray], weight: Mapping[str, float], at: Sequence[float]
) -> np.ndarray:
    """Quantiles of the mixture of draws (rows; one column a step, or none), one row a quantile."""
    names = list(weight)
    values = np.concatenate([np.reshape(draws[name], (len(draws[name]), -1)) for name in names])
    mass = np.concatenate([np.full(len(draws[name]), weight[name] / len(draws[name])) for name in names])
    order = np.argsort(values, axis=0)
    reached = np.cumsum(mass[order], axis=0) / mass.sum()
    rows = np.array([[np.searchsorted(column, share) for column in reached.T] for share in at])
    return np.take_along_axis(values, np.take_along_axis(order, rows.clip(0, len(order) - 1), axis=0), axis=0)


def fan(draws: Mapping[str, np.ndarray], weight: Mapping[str, float], level: float) -> tuple[np.ndarray, ...]:
    """Middle, low and high of the mixture, its half bands narrowed."""
    middle, low, high = np.sqrt(quantiles(draws, weight, (0.5, (1 - level) / 2, (1 + level) / 2)))
    low, high = middle - NARROWER * (middle - low), middle + NARROWER * (high - middle)
    return middle**2, low**2, high**2
