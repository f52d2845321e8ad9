"""What comes next: draws of the values of later times, curves and noise included."""

import numpy as np

from pmlib.stats.adoption.curves import Curve
from pmlib.stats.adoption.noise import LEAST_LEVEL
from pmlib.stats.adoption.observed import Observed
from pmlib.stats.adoption.uncertainty import Draws


def later(
    seen: Observed, curve: Curve, drawn: Draws, at: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """Draw values at times (periods since launch), one a column; by the scale."""
    rate, place = drawn.rate[:, None], drawn.position[:, None]
    upto = drawn.potential[:, None] * curve.share(at[None], rate, place)
    before = drawn.potential[:, None] * curve.share(at[None] - 1, rate, place)
    expected = upto - before if seen.sales else upto
    ahead = np.maximum(at - seen.last[0], 0.0)
    shock = random.normal(size=expected.shape)
    values = np.empty_like(expected)
    for i, noise in enumerate(drawn.kinds):
        rows = drawn.noise == i
        sigma, carried = drawn.sigma[rows, None], drawn.carried[rows, None]
        if not rows.any():
            continue
        if noise.adds_up:
            spread = added(seen, curve, drawn, rows, at)
            values[rows] = expected[rows] + carried + sigma * spread * shock[rows]
            continue
        kept = noise.kept(ahead)
        size = noise.size(expected[rows])
        last = seen.values[0][seen.weights[0] > 0][-1] - carried
        start = carried / noise.size(last)
        values[rows] = expected[rows] + size * (kept * start + sigma * np.sqrt(1 - kept**2) * shock[rows])
    return np.maximum(values, 0)


def added(seen: Observed, curve: Curve, drawn: Draws, rows: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Relative size of noise that has added up since the last value, at each time."""
    last = seen.last[0]
    periods = last + np.arange(int(np.ceil(max(at.max() - last, 1))) + 1)
    share = curve.share(periods[None], drawn.rate[rows, None], drawn.position[rows, None])
    sales = np.diff(drawn.potential[rows, None] * share, axis=1)
    powers = [noise.power for noise in drawn.kinds]
    power = np.array(powers)[drawn.noise[rows], None]
    variance = np.cumsum(np.maximum(sales, LEAST_LEVEL) ** (2 * power), axis=1)
    variance = np.concatenate([np.zeros((len(variance), 1)), variance], axis=1)
    return np.sqrt(np.stack([np.interp(at, periods, row) for row in variance]))
