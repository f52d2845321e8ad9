"""Shares of few: where an arm has few users above a bar, or few below, normal errors do not hold."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import stats

from pmlib.impact.randomised.contrast import NONE, Means, Range
from pmlib.impact.randomised.estimates import Arms
from pmlib.impact.randomised.moments import Moments
from pmlib.stats.two_shares import Counts, difference_interval, ratio_interval, score_chance

FEW = 10  # users of an arm above the bar, or below it
CLOSE = 1e-9  # of rounding


def is_share(known: Moments, column: str) -> bool:
    """Tell whether a column holds nothing but 0 and 1: then its variance follows from its mean."""
    at, parts = known.columns.index(column), known.parts.grouped
    mean, scatter = parts.mean[:, at], parts.scatter[:, at, at]
    follows = np.isclose(scatter, parts.n * mean * (1 - mean), rtol=CLOSE, atol=CLOSE)
    return bool(follows.all() and ((mean >= 0) & (mean <= 1)).all())


def as_shares(arms: Arms) -> Arms:
    """Take the variance p (1 - p) / n rather than that of a sample, as tests of shares do."""
    return replace(arms, variance=arms.variance * (arms.n - 1) / arms.n)


@dataclass(frozen=True)
class Shares(Means):
    """Two shares, with score intervals.

    above : users above the bar, in the control and in the arm. of : how many there are in each.
    exact : p of Fisher's test.
    """

    above: tuple[int, int]
    of: tuple[int, int]

    @property
    def estimate(self) -> float:
        return self.value - self.control

    @property
    def p(self) -> float:
        return score_chance(self._counts)

    @cached_property
    def exact(self) -> float:
        table = [[one, all_ - one] for one, all_ in zip(self.above, self.of, strict=True)]
        return float(stats.fisher_exact(table).pvalue)

    @property
    def _counts(self) -> Counts:
        return self.above[1], self.of[1], self.above[0], self.of[0]

    def interval(self, level: float) -> Range:
        """Of the difference."""
        return difference_interval(self._counts, level)

    def relative_interval(self, level: float) -> Range:
        """Of the relative effect; none where the control has none above the bar."""
        if not self.above[0]:
            return NONE
        low, high = ratio_interval(self._counts, level)
        return low - 1, high - 1
