"""Standard errors of a curve's parameters by the usual formula, and all of it in the units of the series."""

import numpy as np

from pmlib.stats.adoption.curves import Curve
from pmlib.stats.adoption.observed import Observed
from pmlib.stats.adoption.search import Optimum, shape

SINGULAR = 1e13  # condition beyond which an error is not told


def spreads(seen: Observed, curve: Curve, found: Optimum) -> np.ndarray:
    """Covariance of rate, position (by periods since launch) and potential (by the scale)."""
    form, slopes = shape(seen, curve, found.point, np.arange(len(seen.values)))
    slopes = slopes * found.potential[:, None, None]
    by_rate = slopes[:, 0] / np.exp(found.point[:, :1]) - slopes[:, 1] * seen.last[:, None]
    matrix = np.stack([by_rate, slopes[:, 1], form], axis=1)
    square = matrix @ matrix.transpose(0, 2, 1)
    size = np.sqrt(np.einsum("kii->ki", square))
    size = np.where(size > 0, size, 1)
    scaled = square / size[:, :, None] / size[:, None]
    safe = np.linalg.cond(scaled) < SINGULAR
    inverse = np.full_like(square, np.nan)
    inverse[safe] = np.linalg.inv(scaled[safe]) / size[safe][:, :, None] / size[safe][:, None]
    degrees = (seen.weights > 0).sum(axis=1) - 3
    return inverse * (found.sse / degrees)[:, None, None]


def natural(
    seen: Observed, curve: Curve, rate: np.ndarray, position: np.ndarray, potential: np.ndarray
) -> np.ndarray:
    """Parameters of each series in its own units, one a column."""
    first, second = curve.natural(rate, position)
    if curve.second == "time":
        second = seen.launch + seen.step * second
    elif curve.second == "rate":
        second = second / seen.step
    return np.stack([first / seen.step, second, potential * seen.scale], axis=1)


def in_units(
    seen: Observed,
    curve: Curve,
    rate: np.ndarray,
    position: np.ndarray,
    potential: np.ndarray,
    spread: np.ndarray,
) -> np.ndarray:
    """Covariance of `natural` from that of rate, position and potential (delta method)."""
    columns = []
    for i, inner in enumerate((rate, position, potential)):
        nudge = 1e-6 * np.maximum(np.abs(inner), 1e-6)
        moved = np.stack([rate, position, potential])
        up, down = moved.copy(), moved.copy()
        up[i] += nudge
        down[i] -= nudge
        columns.append((natural(seen, curve, *up) - natural(seen, curve, *down)) / (2 * nudge[:, None]))
    slope = np.stack(columns, axis=2)
    return slope @ spread @ slope.transpose(0, 2, 1)
