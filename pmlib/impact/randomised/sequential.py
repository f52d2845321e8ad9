"""How far from an estimate its interval ends: at one planned look, or at every look as it comes."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

LOOKS = ("fixed", "sequential")


@dataclass(frozen=True)
class Fixed:
    """One look, planned before the test: Student's t."""

    def critical(self, level: float, df: float, n: float) -> float:
        """Count the standard errors to the ends of an interval."""
        return float(stats.t.ppf((1 + level) / 2, df))

    def chance(self, ratio: float, df: float, n: float) -> float:
        """Give p of an estimate of so many standard errors."""
        return float(2 * stats.t.sf(abs(ratio), df))


@dataclass(frozen=True)
class Sequential:
    """Any number of looks, whenever: an asymptotic confidence sequence holds at all of them together.

    tightest : units in all at which it is narrowest. level : at which it is tuned.

    References
    ----------
    Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), "Time-uniform central limit theory and asymptotic
    confidence sequences", Annals of Statistics 52(6).
    """

    tightest: float
    level: float

    @property
    def mixing(self) -> float:
        """The variance of the normal mixture, as tuned for the narrowest interval at `tightest`."""
        twice = -2 * np.log(1 - self.level)
        return float((twice + np.log1p(twice)) / self.tightest)

    def critical(self, level: float, df: float, n: float) -> float:
        """Count the standard errors to the ends of an interval."""
        seen = n * self.mixing
        return float(np.sqrt(2 * (seen + 1) / seen * np.log(np.sqrt(seen + 1) / (1 - level))))

    def chance(self, ratio: float, df: float, n: float) -> float:
        """Give p, valid at every look: the level at which an interval ends at 0."""
        seen = n * self.mixing
        exponent = 0.5 * np.log1p(seen) - 0.5 * ratio**2 * seen / (seen + 1)
        return float(min(1.0, np.exp(exponent)))


Law = Fixed | Sequential
