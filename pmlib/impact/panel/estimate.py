"""An effect in the outcome's unit, and as a fraction of what would have been."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import stdtr, stdtrit  # Student's t

FOUND = 0.8  # of the cases in which a detectable effect is found


@dataclass(frozen=True)
class Estimate:
    """One effect on those treated.

    value, se : in the outcome's unit. degrees : of freedom of its interval.
    observed : mean outcome of those treated, with the feature.
    """

    value: float
    se: float
    degrees: float
    observed: float

    def interval(self, level: float) -> tuple[float, float]:
        """Its ends at a level."""
        half = float(stdtrit(max(self.degrees, 1.0), 0.5 + level / 2)) * self.se
        return self.value - half, self.value + half

    @property
    def p(self) -> float:
        """The chance of one as far from 0 without any effect."""
        if not self.se > 0:
            return float("nan")
        return float(2 * stdtr(max(self.degrees, 1.0), -abs(self.value) / self.se))

    def fields(self, level: float) -> dict[str, Any]:
        """What an Effect says of it. Nothing is said as a fraction of what is 0 or below."""
        low, high = self.interval(level)
        without = self.observed - self.value
        degrees = max(self.degrees, 1.0)
        sizes = float(stdtrit(degrees, 0.5 + level / 2) + stdtrit(degrees, FOUND))
        known = without > 0
        return {
            "effect": self.value,
            "se": self.se,
            "low": low,
            "high": high,
            "level": level,
            "relative": self.value / without if known else np.nan,
            "relative_se": self.se * self.observed / without**2 if known else np.nan,
            "relative_low": low / (self.observed - low) if known and self.observed > low else np.nan,
            "relative_high": high / (self.observed - high) if known and self.observed > high else np.nan,
            "detectable": sizes * self.se / without if known else np.nan,
        }
