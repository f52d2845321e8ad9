"""Mixture: normal distributions, each with a chance; what a grid of one parameter leaves of the others."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

HALVINGS = 50  # of the range that a quantile is in
DENSITY = 1 / np.sqrt(2 * np.pi)


@dataclass(frozen=True, eq=False)
class Mixture:
    """Normal distributions of means and spreads, each with a chance; chances add up to 1."""

    chances: np.ndarray
    means: np.ndarray
    spreads: np.ndarray

    @property
    def mean(self) -> float:
        return float(self.chances @ self.means)

    @property
    def sd(self) -> float:
        return float(np.sqrt(self.chances @ (self.spreads**2 + (self.means - self.mean) ** 2)))

    def with_error(self, error: float) -> "Mixture":
        """Give what is measured of the quantity with a standard error."""
        return Mixture(self.chances, self.means, np.hypot(self.spreads, error))

    def below(self, x: float) -> float:
        """Give the chance of a value below x."""
        return float(self.chances @ ndtr((x - self.means) / self.spreads))

    def quantile(self, chance: float) -> float:
        """Give the value that a lower one has this chance of."""
        ends = self.means + self.spreads * ndtri(chance)  # it lies between those of the parts
        low, high = float(ends.min()), float(ends.max())
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            if not low < middle < high:
                break
            low, high = (middle, high) if self.below(middle) < chance else (low, middle)
        return (low + high) / 2

    def ends(self, level: float) -> tuple[float, float]:
        """Give the middle interval that holds a share of it."""
        return self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)

    def draws(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Draw values."""
        part = rng.choice(len(self.chances), size=count, p=self.chances)
        return self.means[part] + self.spreads[part] * rng.standard_normal(count)

    def crps(self, x: float) -> float:
        """Score it against what came, in its own unit: 0 is best (Grimit et al. 2006, QJRMS 132)."""
        apart = self.chances @ _distance(x - self.means, self.spreads)
        between = self.means[:, None] - self.means
        inner = _distance(between, np.hypot(self.spreads[:, None], self.spreads))
        return float(apart - self.chances @ inner @ self.chances / 2)


def _distance(means: np.ndarray, spreads: np.ndarray) -> np.ndarray:
    """Give the mean distance from zero of normal distributions."""
    away = means / spreads
    return means * (2 * ndtr(away) - 1) + 2 * spreads * DENSITY * np.exp(-(away**2) / 2)
