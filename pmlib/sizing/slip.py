"""A method that is a thousand times off: counted in thousands, by the month, in percent."""

from dataclasses import dataclass

import numpy as np

NEAR = 3.0  # methods that differ by less may both be right
# What a slip multiplies by, how near to it a ratio must be, and what was counted in.
SLIPS = (
    (1e3, 2.0, "thousands"),
    (1e6, 2.0, "millions"),
    (1e9, 2.0, "billions"),
    (100.0, 1.25, "hundreds or percent"),
    (12.0, 1.25, "dozens or by the month"),
    (52.0, 1.25, "weeks"),
)
SPOKEN = {1e3: "a thousand", 1e6: "a million", 1e9: "a billion", 100.0: "a hundred"}


@dataclass(frozen=True)
class Slip:
    """One method that agrees with the others after one factor.

    index : of the method. factor : it would have to be multiplied by. times : how far off it is, above 1.
    """

    index: int
    factor: float

    @property
    def times(self) -> float:
        return max(self.factor, 1 / self.factor)

    @property
    def spoken(self) -> str:
        """How far off, in words: a thousand, 12."""
        return SPOKEN.get(self.times, f"{self.times:.0f}")

    @property
    def counted(self) -> str:
        """What it, or all others, seem to be counted in: thousands."""
        return next(words for size, _, words in SLIPS if size == self.times)

    @property
    def what(self) -> str:
        """What is the matter with it: is counted in thousands."""
        if self.times in (1e3, 1e6, 1e9) and self.factor > 1:
            return f"is counted in {self.counted}"
        return f"is {self.spoken} times too {'low' if self.factor > 1 else 'high'}"

    @property
    def remedy(self) -> str:
        """What to write."""
        if self.factor > 1:
            source = f"if its source counts in {self.counted}, say so in its unit"
            return f"{source}, or write it times {self.times:,.0f}"
        return f"if it is scaled twice, or the others count in {self.counted}, divide it by {self.times:,.0f}"


def slip_of(ratio: float) -> float | None:
    """Give the factor of a slip that a ratio comes near, above or below 1; None where it comes near none."""
    for size, near, _ in SLIPS:
        for factor in (size, 1 / size):
            if 1 / near < ratio / factor < near:
                return factor
    return None


def majority(values: np.ndarray) -> np.ndarray | None:
    """Find more than half of the methods, the most there are, that lie within NEAR of each other."""
    order = np.argsort(values)
    ranked = values[order]
    ends = np.searchsorted(ranked, ranked * NEAR, side="right")
    start = int(np.argmax(ends - np.arange(len(values))))
    own = order[start : ends[start]]
    return np.sort(own) if 2 * len(own) > len(values) else None


def slips(values: np.ndarray) -> tuple[Slip, ...]:
    """Find the methods that are off by a factor of a slip from what most of them agree on."""
    most = majority(values)
    if most is None:
        return ()
    centre = float(np.median(values[most]))
    factors = {i: slip_of(centre / float(v)) for i, v in enumerate(values) if i not in most}
    return tuple(Slip(i, factor) for i, factor in factors.items() if factor is not None)


def undecided(values: np.ndarray) -> tuple[int, int, float] | None:
    """Find two methods that differ by a slip where no majority tells which is wrong, and their ratio."""
    if majority(values) is not None:
        return None
    for low in np.argsort(values):
        for high in np.argsort(values):
            if values[high] > values[low] and slip_of(float(values[high] / values[low])) is not None:
                return int(low), int(high), float(values[high] / values[low])
    return None
