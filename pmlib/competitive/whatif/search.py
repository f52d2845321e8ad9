"""The best price along a track: a polynomial through a few prices stands in for revenue or profit."""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.whatif.along import Track, curves, question
from pmlib.competitive.whatif.reading import Known
from pmlib.competitive.whatif.simulate import Question
from pmlib.competitive.whatif.stage import Stage

REVENUE, PROFIT = "revenue", "profit"
AIMS = {REVENUE: 2, PROFIT: 3}
NODES = 21  # prices at which the market is worked out; between them a polynomial stands in for it
FINE = 801  # prices among which the best is looked for
SHOWN = 9


@dataclass(frozen=True, eq=False)
class Search:
    """A search along a track; aim : index of what is maximised among share, volume, revenue and profit."""

    way: Track
    asked: Question
    aim: int

    @classmethod
    def along(
        cls, first: Stage, words: Known, way: Track, *, maximise: str, responds: bool, held: frozenset[str]
    ) -> "Search":
        """Make ready to look at prices between the ends of the track, more of them near the ends."""
        factors = way.low + (chebyshev.chebpts2(NODES) + 1) / 2 * (way.high - way.low)
        profit = maximise == PROFIT
        asked = question(first, words, way, factors, responds=responds, held=held, costs=profit)
        return cls(way, asked, AIMS[maximise])

    def objective(self, demand: Demand, params: np.ndarray) -> np.ndarray:
        """Coefficients of the polynomial that stands in for revenue or profit along prices: (NODES, D)."""
        values = curves(self.asked, self.way, demand, params)[:, 1, self.aim]
        return np.linalg.solve(chebyshev.chebvander(chebyshev.chebpts2(NODES), NODES - 1), values)

    def at(self, coefficients: np.ndarray, factors: np.ndarray) -> np.ndarray:
        """Its values at factors."""
        along = 2 * (np.asarray(factors) - self.way.low) / (self.way.high - self.way.low) - 1
        return chebyshev.chebvander(along, NODES - 1) @ coefficients

    def best(self, demand: Demand, params: np.ndarray, coefficients: np.ndarray | None = None) -> np.ndarray:
        """Best factor, and whether it is at an end of the prices seen: (2, D)."""
        coefficients = self.objective(demand, params) if coefficients is None else coefficients
        factors = np.linspace(self.way.low, self.way.high, FINE)
        values = self.at(coefficients, factors)
        top = values.argmax(axis=0)
        inner = np.clip(top, 1, FINE - 2)
        across = np.arange(values.shape[1])
        left, middle, right = (values[inner + step, across] for step in (-1, 0, 1))
        bend = left - 2 * middle + right
        with np.errstate(divide="ignore", invalid="ignore"):
            between = np.where(bend < 0, np.clip((left - right) / (2 * bend), -1, 1), 0.0)
        ends = (top == 0) | (top == FINE - 1)
        gone = np.isnan(values).any(axis=0)
        factor = np.where(ends, factors[top], factors[inner] + between * (factors[1] - factors[0]))
        return np.stack([np.where(gone, np.nan, factor), np.where(gone, np.nan, ends)])

    def told(self, demand: Demand, params: np.ndarray, best: float) -> np.ndarray:
        """Best factor, whether at an end, gain at `best`, and the curve at the prices shown, today's as 1."""
        coefficients = self.objective(demand, params)
        today = self.at(coefficients, np.array([1.0]))
        shown = self.at(coefficients, np.append(best, shown_factors(self.way, best))) / today
        return np.concatenate([self.best(demand, params, coefficients), shown[:1] - 1, shown[1:]])


def shown_factors(way: Track, best: float) -> np.ndarray:
    """Factors at which the chart has a dot: the best, today's, and others around them."""
    low, high = max(way.low, min(1.0, best) * 0.6), min(way.high, max(1.0, best) * 1.4)
    factors = np.linspace(low, high, SHOWN)
    near = (high - low) / SHOWN / 2
    others = factors[(np.abs(factors - best) > near) & (np.abs(factors - 1) > near)]
    return np.unique(np.concatenate([others, [best] if abs(best - 1) < 1e-6 else [best, 1.0]]))
