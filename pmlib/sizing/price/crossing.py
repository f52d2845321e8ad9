"""Where a rising and a falling curve of answers cross: one price, or all of a plateau."""

from dataclasses import dataclass

import numpy as np

from pmlib.sizing.price.resamples import ends

LEVEL_TOLERANCE = 1e-9  # of all weight: sums of weights that differ by less are equal
SURE = 8  # standard errors; no resample's crossing lies farther from the survey's


@dataclass(frozen=True)
class Crossing:
    """Prices at which two curves meet, an entry a resample: ends, mean and median of the plateau.

    Where the curves jump over each other without meeting, all four are the point at which straight lines
    between the answers cross.
    """

    min: np.ndarray
    max: np.ndarray
    mean: np.ndarray
    median: np.ndarray


def share_below(answers: np.ndarray, weights: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Give the share whose answer is at most each price; 0 at the smallest answer itself, 1 from the largest.

    This is the rule of R's pricesensitivitymeter: the curve begins at the first answer, from nothing.
    """
    at = np.searchsorted(grid, answers)
    share = np.cumsum(np.bincount(at, weights, len(grid))) / weights.sum()
    share[grid >= answers.max()] = 1.0
    share[grid <= answers.min()] = 0.0
    return share


def gap(pair: np.ndarray, weights: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Take the rising minus the falling curve: −1 at the lowest price, 1 at the highest, never falling.

    pair : two answers a respondent. The share at or below a price of the one rises, the share above it of the
        other falls; which is which makes no difference.
    """
    return share_below(pair[:, 0], weights, grid) + share_below(pair[:, 1], weights, grid) - 1


def meet(difference: np.ndarray, grid: np.ndarray) -> Crossing:
    """Find where differences that never fall pass zero: (resamples, prices) → one entry a resample.

    A resample that has not passed zero at the end of the grid is given the last price.
    """
    above = np.concatenate([difference > LEVEL_TOLERANCE, np.ones((len(difference), 1), bool)], axis=1)
    reached = np.concatenate([difference >= -LEVEL_TOLERANCE, np.ones((len(difference), 1), bool)], axis=1)
    first, end = reached.argmax(axis=1), above.argmax(axis=1)
    last = len(grid) - 1
    flat = end > first
    left, right = np.clip(first - 1, 0, last), np.minimum(first, last)
    rows = np.arange(len(difference))
    below, beyond = difference[rows, left], difference[rows, right]
    rise = np.where(beyond > below, beyond - below, 1.0)
    jump = grid[left] + (grid[right] - grid[left]) * np.clip(-below / rise, 0, 1)
    start, stop = right, np.clip(end - 1, 0, last)
    total = np.concatenate([[0.0], np.cumsum(grid)])
    mean = (total[stop + 1] - total[start]) / np.maximum(stop + 1 - start, 1)
    middle = (grid[(start + stop) // 2] + grid[(start + stop + 1) // 2]) / 2
    return Crossing(*(np.where(flat, place, jump) for place in (grid[start], grid[stop], mean, middle)))


def interval(
    pair: np.ndarray, weights: np.ndarray, grid: np.ndarray, unit: np.ndarray, times: np.ndarray, level: float
) -> tuple[float, float]:
    """Give the range that the crossings of resamples span, its ends those of their plateaus.

    Curves climb by whole respondents, so each end is moved by half of one, as for the binomial; without that,
    ranges from small surveys in round prices hold the truth too seldom.

    unit : of each respondent. times : how often each unit comes, (resamples, units).
    """
    window, held = _near(pair, weights, grid, unit, times.shape[1])
    total = np.bincount(unit, weights, times.shape[1])
    difference = times @ (held - total[:, None]) / (times @ total)[:, None]
    half = 0.5 * (weights**2).sum() / weights.sum() ** 2
    low, _ = ends(meet(difference + half, window).min, level)
    _, high = ends(meet(difference - half, window).max, level)
    return float(low), float(high)


def _near(
    pair: np.ndarray, weights: np.ndarray, grid: np.ndarray, unit: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
    # The prices at which a resample may cross, and how much each unit holds at or below them: few of many.
    full = gap(pair, weights, grid)
    passed = int(np.searchsorted(full, -LEVEL_TOLERANCE))
    score = weights * ((pair <= grid[passed]).sum(axis=1) - 1)
    spread = np.sqrt((np.bincount(unit, score, size) ** 2).sum() + (weights**2).max()) / weights.sum()
    near = np.flatnonzero(np.abs(full) <= SURE * spread)
    low, high = max(min([*near[:1], passed]) - 1, 0), max([*near[-1:], passed]) + 2
    window = grid[low:high]
    held = np.zeros((size, len(window)))
    for answers in pair.T:
        at = np.searchsorted(window, answers)
        inside = at < len(window)
        sums = np.bincount(unit[inside] * len(window) + at[inside], weights[inside], size * len(window))
        held += np.cumsum(sums.reshape(size, -1), axis=1) * (window > answers.min())
    return window, held


def deciding(pair: np.ndarray, price: float) -> int:
    """Count the respondents on whom a crossing hangs: both of whose answers lie on one side of it."""
    return int(((pair <= price).sum(axis=1) != 1).sum())
