"""What is expected of a series: the same shape of answer from few points and from many."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

LEVELS = (0.8, 0.95)


@dataclass(frozen=True)
class Span:
    """A value that is not known exactly: its middle and the ends of its interval."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Outlook:
    """A forecast.

    middle : the median of each next step. bands : its ends, by level.
    ceiling, peak : potential, and time of the fastest adoption in periods since launch, with intervals.
    curve : the one to show parameters of. weights : of what is averaged, by name.
    errors : scaled error of each from past moments, by name; empty where there is no past to try.
    """

    middle: np.ndarray
    bands: Mapping[float, tuple[np.ndarray, np.ndarray]]
    ceiling: Span
    peak: Span
    curve: str
    weights: Mapping[str, float]
    errors: Mapping[str, float]

    def at_most(self, most: float) -> "Outlook":
        """The same where nothing can be more than this."""
        ceiling = Span(
            *(min(end, most) for end in (self.ceiling.middle, self.ceiling.low, self.ceiling.high))
        )
        bands = {
            level: (np.minimum(low, most), np.minimum(high, most))
            for level, (low, high) in self.bands.items()
        }
        return replace(self, middle=np.minimum(self.middle, most), bands=bands, ceiling=ceiling)


def ends(level: float) -> tuple[float, float, float]:
    """The quantiles of a middle and of an interval's ends."""
    return 0.5, (1 - level) / 2, (1 + level) / 2


def weighted_span(values: np.ndarray, weight: np.ndarray, level: float) -> Span:
    """Median and interval of weighted values."""
    order = np.argsort(values)
    reached = np.cumsum(weight[order]) / weight.sum()
    at = np.searchsorted(reached, np.array(ends(level)) - 1e-12).clip(0, len(values) - 1)
    return Span(*(float(value) for value in values[order][at]))
