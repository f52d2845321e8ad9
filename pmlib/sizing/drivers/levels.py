"""Central ranges of draws."""

import numpy as np


def check_level(level: float) -> None:
    """Refuse a level that is none.

    Raises
    ------
    ValueError : it is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level is a fraction such as 0.8 for an 80% range, not {level!r}")


def quantiles(values: np.ndarray, level: float) -> tuple[float, float, float]:
    """Give low, median and high of draws: their central range of a level."""
    low, middle, high = np.quantile(values, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return float(low), float(middle), float(high)
