"""Central ranges of draws."""

import numpy as np


def quantiles(values: np.ndarray, level: float) -> tuple[float, float, float]:
    """Give low, median and high of draws: their central range of a level."""
    low, middle, high = np.quantile(values, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return float(low), float(middle), float(high)
