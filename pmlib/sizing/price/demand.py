"""Demand by price from what respondents answered: never rising, and as a smooth curve beside it."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression
from scipy.special import ndtri

from pmlib.sizing.price.asked import Asked

ROUNDS, STILL = 500, 1e-7  # of filling in what was not asked; a share that moves less stands
STEPS = 30  # of Newton's method
FINE = 201  # prices at which the smooth curve's best is sought


@dataclass(frozen=True, eq=False)
class Tally:
    """Answers added up by unit, so that resamples weigh units only.

    yes, known : weight of those who would buy, and of those of whom it is known, units × prices.
    open : weight of the unknown, units × kinds; a kind is a price between two bounds (`at`, `below`,
        `above`).
    """

    yes: np.ndarray
    known: np.ndarray
    open: np.ndarray
    at: np.ndarray
    below: np.ndarray
    above: np.ndarray


def tally(asked: Asked, unit: np.ndarray) -> Tally:
    """Add up weights by unit."""
    size, wide = unit.max() + 1, len(asked.prices)
    weights = asked.sample.weights
    lost = np.isnan(asked.yes)
    yes, known = (np.zeros((size, wide)) for _ in range(2))
    for place in range(wide):
        yes[:, place] = np.bincount(unit, weights * np.where(lost[:, place], 0, asked.yes[:, place]), size)
        known[:, place] = np.bincount(unit, weights * ~lost[:, place], size)
    who, at = np.nonzero(lost) if asked.implies else (np.zeros(0, int), np.zeros(0, int))
    kinds = np.stack([at, asked.below[who], asked.above[who]])
    kinds, kind = np.unique(kinds, axis=1, return_inverse=True)
    many = kinds.shape[1]
    opened = np.bincount(unit[who] * many + kind.ravel(), weights[who], size * many).reshape(size, many)
    return Tally(yes, known, opened, *kinds)


def shares(tally: Tally, times: np.ndarray) -> np.ndarray:
    """Give the share that would buy at each price, never rising with it: (resamples, prices).

    What was not asked and is not implied is filled in as those who were asked answer between the same bounds,
    until it stands still: the likeliest curve (Turnbull). Contradictory answers count as they are and may
    make a share rise; those shares are evened out (pool adjacent violators).

    References
    ----------
    Turnbull (1976), "The Empirical Distribution Function with Arbitrarily Grouped, Censored and Truncated
    Data", JRSS B 38(3).
    """
    yes, known = times @ tally.yes, times @ tally.known
    if not tally.open.size:
        return _falling(yes / np.maximum(known, 1e-300), known)
    opened = times @ tally.open
    wide = yes.shape[1]
    places = (tally.at[:, None] == np.arange(wide)).astype(float)  # kinds × prices, to add kinds up by price
    total = known + opened @ places
    share = np.tile(1 - np.arange(1, wide + 1) / (wide + 1), (len(yes), 1))
    for _ in range(ROUNDS):
        walled = np.concatenate([share, np.zeros((len(share), 1)), np.ones((len(share), 1))], axis=1)
        floor, roof = walled[:, tally.above], walled[:, tally.below]  # −1 takes the last: 1
        part = np.clip((share[:, tally.at] - floor) / np.maximum(roof - floor, 1e-12), 0, 1)
        moved = (yes + (opened * part) @ places) / np.maximum(total, 1e-300)
        done = np.abs(moved - share).max() < STILL
        share = moved
        if done:
            break
    return _falling(share, total)


def resting(asked: Asked) -> np.ndarray:
    """Count on how many respondents of equal weight a price's share can rest: all, or those asked there."""
    part = np.where(np.isnan(asked.yes).any(axis=0), asked.asked / len(asked.yes), 1.0)
    return part * asked.sample.effective


def _falling(share: np.ndarray, weight: np.ndarray) -> np.ndarray:
    found = share.copy()
    for row in np.flatnonzero((np.diff(share, axis=1) > 1e-12).any(axis=1)):
        found[row] = isotonic_regression(
            share[row], weights=np.maximum(weight[row], 1e-12), increasing=False
        ).x
    return found


def wilson(share: np.ndarray, variance: np.ndarray, most: np.ndarray, level: float) -> tuple[np.ndarray, ...]:
    """Give the ends of the range of shares, which hold near 0 and 1 where resamples hardly vary.

    variance : of the resamples' shares. most : respondents that a share can rest on; fewer where the variance
        says.

    References
    ----------
    Wilson (1927), "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22(158).
    """
    z = float(ndtri((1 + level) / 2))
    size = np.minimum(np.where(variance > 0, share * (1 - share) / np.maximum(variance, 1e-300), most), most)
    size = np.maximum(size, 1)
    middle = (share + z**2 / 2 / size) / (1 + z**2 / size)
    half = z * np.sqrt(share * (1 - share) / size + (z / size / 2) ** 2) / (1 + z**2 / size)
    return np.maximum(middle - half, 0), np.minimum(middle + half, 1)


@dataclass(frozen=True, eq=False)
class Smooth:
    """Logit curves, one a resample: share = 1 / (1 + exp(slope × (price − half))); missing where none is."""

    half: np.ndarray
    slope: np.ndarray

    def at(self, price: np.ndarray) -> np.ndarray:
        """Give the share at a price of each resample."""
        return 1 / (1 + np.exp(np.clip(self.slope * (price - self.half), -700, 700)))

    def elasticity(self, price: np.ndarray) -> np.ndarray:
        """Give the percent change of the share per percent of price."""
        return -self.slope * price * (1 - self.at(price))


def smooth(share: np.ndarray, prices: np.ndarray) -> Smooth:
    """Fit logit curves to shares, all prices counting alike: (resamples, prices)."""
    middle, width = prices.mean(), max(float(np.ptp(prices)), 1e-12)
    x = (prices - middle) / width
    level, slope = np.log((share.mean(axis=1) + 1e-6) / (1 - share.mean(axis=1) + 1e-6)), np.zeros(len(share))
    for _ in range(STEPS):
        fitted = 1 / (1 + np.exp(-np.clip(level[:, None] + slope[:, None] * x, -30, 30)))
        weight = fitted * (1 - fitted)
        gap = share - fitted
        a, b, c = weight.sum(axis=1), weight @ x, weight @ x**2
        g, h = gap.sum(axis=1), gap @ x
        det = np.maximum(a * c - b**2, 1e-12)
        level = level + np.clip((c * g - b * h) / det, -3, 3)
        slope = slope + np.clip((a * h - b * g) / det, -3, 3)
    poor = (slope >= -1e-6) | (np.abs(slope) > 200)
    slope, level = np.where(poor, np.nan, slope), np.where(poor, np.nan, level)
    return Smooth(half=middle - width * level / slope, slope=-slope / width)


def smooth_best(curve: Smooth, prices: np.ndarray, cost: float) -> np.ndarray:
    """Find the price of most revenue, or profit, on each smooth curve, within the prices asked."""
    grid = np.linspace(prices[0], prices[-1], FINE)
    earned = (grid - cost) * curve.at(grid[:, None]).T
    found = grid[np.nan_to_num(earned, nan=-np.inf).argmax(axis=1)]
    return np.where(np.isnan(curve.slope), np.nan, found)
