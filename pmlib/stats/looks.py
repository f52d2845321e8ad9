"""Looking at a test again and again: how often it cries effect where there is none."""

import numpy as np
from scipy import stats

GRID = 401  # places at which the density of what has not ended is kept
WIDE = 8.0  # standard deviations that it spans


def false_alarms(looks: int, critical: float) -> np.ndarray:
    """Give the chance that one of the first 1, 2, … looks lies beyond `critical` standard errors.

    The looks come after equal numbers of users, and no effect is there.

    References
    ----------
    Armitage, McPherson and Rowe (1969), "Repeated significance tests on accumulating data", JRSS A 132.
    """
    alarms = np.empty(looks)
    alarms[0] = 2 * stats.norm.sf(critical)
    edge = np.array([-critical, critical])
    places, weights = _places(critical)
    density = stats.norm.pdf(places)
    for look in range(2, looks + 1):
        end = edge[1] * np.sqrt(look)  # of the sum of `look` steps of variance 1
        left = (density * weights) @ (
            stats.norm.cdf(end - places) - stats.norm.cdf(-end - places)
        )  # still inside at this look
        alarms[look - 1] = 1 - left
        new, new_weights = _places(end)
        density = stats.norm.pdf(new[:, None] - places) @ (density * weights)
        places, weights = new, new_weights
    return alarms


def _places(end: float) -> tuple[np.ndarray, np.ndarray]:
    """Simpson's places and weights between -end and end."""
    places = np.linspace(-end, end, GRID)
    weights = np.tile([2.0, 4.0], GRID // 2 + 1)[:GRID]
    weights[[0, -1]] = 1.0
    return places, weights * (places[1] - places[0]) / 3
