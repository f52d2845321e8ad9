"""Shares of few: where an arm has few users above a bar, or few below, normal errors do not hold."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import stats

from pmlib.impact.randomised.contrast import NONE, Means, Range
from pmlib.impact.randomised.estimates import Arms
from pmlib.impact.randomised.moments import Moments

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
    """Two shares, with the score interval of Miettinen and Nurminen.

    above : users above the bar, in the control and in the arm. of : how many there are in each.
    exact : p of Fisher's test.

    References
    ----------
    Miettinen and Nurminen (1985), "Comparative analysis of two rates", Statistics in Medicine 4.
    """

    above: tuple[int, int]
    of: tuple[int, int]

    @property
    def estimate(self) -> float:
        return self.value - self.control

    @property
    def p(self) -> float:
        from statsmodels.stats.proportion import test_proportions_2indep

        return float(test_proportions_2indep(*self._counts, method="score").pvalue)

    @cached_property
    def exact(self) -> float:
        table = [[one, all_ - one] for one, all_ in zip(self.above, self.of, strict=True)]
        return float(stats.fisher_exact(table).pvalue)

    @property
    def _counts(self) -> tuple[int, int, int, int]:
        return self.above[1], self.of[1], self.above[0], self.of[0]

    def interval(self, level: float) -> Range:
        """Of the difference."""
        return self._score(level, "diff")

    def relative_interval(self, level: float) -> Range:
        """Of the relative effect; none where the control may have none above the bar."""
        if not self.above[0]:
            return NONE
        low, high = self._score(level, "ratio")
        return low - 1, high - 1

    def _score(self, level: float, compare: str) -> Range:
        from statsmodels.stats.proportion import confint_proportions_2indep

        given = {"method": "score", "compare": compare, "alpha": 1 - level}
        low, high = confint_proportions_2indep(*self._counts, **given)
        return float(low), float(high)
