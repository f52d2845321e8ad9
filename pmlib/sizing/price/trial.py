"""How many would buy at each price, from what respondents say of their own cheap and expensive (NMS)."""

import numpy as np

WIDEST = 400  # prices tried in each resample
SURE = 8  # standard errors; no resample's best lies farther below the survey's
EVEN = 1e-12  # of the best; a price this close to it is as good


def knots(prices: np.ndarray, chances: np.ndarray) -> tuple[np.ndarray, ...]:
    """Cut each respondent's chance of buying into straight pieces: from, to, chance at 0, slope, respondent.

    It is nil outside the respondent's own prices, straight between them.

    prices : the answers of a respondent, rising. chances : of buying at each of them.
    """
    start, stop = prices[:, :-1], prices[:, 1:]
    slope = np.diff(chances, axis=1) / (stop - start)
    level = chances[:, :-1] - slope * start
    who = np.repeat(np.arange(len(prices)), start.shape[1])
    return start.ravel(), stop.ravel(), level.ravel(), slope.ravel(), who


def trial(
    prices: np.ndarray,
    chances: np.ndarray,
    weights: np.ndarray,
    grid: np.ndarray,
    unit: np.ndarray,
    size: int,
) -> np.ndarray:
    """Add up the chances of buying at each price of the grid, by unit: (units, prices)."""
    start, stop, level, slope, who = knots(prices, chances)
    wide = len(grid) + 1
    row = unit[who] * wide
    parts = []
    first, last = np.searchsorted(grid, start), np.searchsorted(grid, stop)
    for value in (level, slope):
        moved = np.bincount(row + first, value * weights[who], size * wide)
        moved -= np.bincount(row + last, value * weights[who], size * wide)
        parts.append(np.cumsum(moved.reshape(size, wide)[:, :-1], axis=1))
    total = parts[0] + parts[1] * grid
    at = np.searchsorted(grid, prices[:, -1])  # the last price itself still counts
    inside = at < len(grid)
    inside[inside] = grid[at[inside]] == prices[inside, -1]
    ending = np.bincount(
        unit[inside] * len(grid) + at[inside], (chances[:, -1] * weights)[inside], total.size
    )
    return total + ending.reshape(total.shape)


def best(values: np.ndarray) -> np.ndarray:
    """Find the first place of the highest value in each row."""
    top = values.max(axis=1, keepdims=True)
    return (values >= top - EVEN * np.abs(top)).argmax(axis=1)


def candidates(values: np.ndarray, spread: float) -> np.ndarray:
    """Choose the places at which a resample's best may be: those hardly below the best, evenly thinned."""
    top = int(best(values[None])[0])
    near = np.flatnonzero(values >= values[top] - SURE * spread)
    if len(near) > WIDEST:
        near = near[np.linspace(0, len(near) - 1, WIDEST).round().astype(int)]
    return np.union1d(near, [top])
