"""What a test of an effect is worth before a decision: its chance of turning it, times what that would save.

The decision: to act, which pays slope × effect − bar, or not to, which pays 0. A test sees the effect with a
normal error; whoever decides weighs what it saw against what was thought before (Bayes), and acts where the
effect then expected is high enough. The more a test sees the surer it is to be above that point, so that all
hangs on one number, the reading from which one acts: no reading has to be simulated.

References
----------
Raiffa & Schlaifer (1961), "Applied Statistical Decision Theory": value of perfect and of sample information.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

HALVINGS = 60  # of the range in which the reading from which one acts lies
BEYOND = 40.0  # standard errors beyond the draws, where a reading tells no more


@dataclass(frozen=True)
class Decision:
    """What acting pays: slope × effect − bar. effects : draws of the effect, as it is thought of before."""

    effects: np.ndarray
    slope: float
    bar: float

    @property
    def now(self) -> float:
        """What deciding now pays on average."""
        return max(self.acting, 0.0)

    @property
    def acting(self) -> float:
        """What acting pays on average."""
        return float(self.slope * self.effects.mean() - self.bar)

    @property
    def perfect(self) -> float:
        """What knowing the effect would add, which is also the loss to be expected of deciding now."""
        return max(float(np.maximum(self.slope * self.effects - self.bar, 0).mean()) - self.now, 0.0)

    def tested(self, se: float) -> float:
        """What deciding after a test pays on average.

        se : standard error of the test's reading of the effect, above 0.
        """
        if self.slope == 0:
            return self.now
        way = np.sign(self.slope)
        effects, bar = way * self.effects, self.bar / abs(self.slope)
        if not effects.min() < bar < effects.max():
            return self.now  # whatever the reading, the decision is the same
        point = _turns_at(effects, bar, se)
        return max(float(abs(self.slope) * ((effects - bar) * ndtr((effects - point) / se)).mean()), self.now)

    def sample(self, se: float) -> float:
        """What a test would add: the expected value of sample information."""
        return self.tested(se) - self.now

    def turns(self, se: float) -> float:
        """How often a test would turn the decision."""
        way = np.sign(self.slope)
        effects, bar = way * self.effects, self.bar / abs(self.slope) if self.slope else np.inf
        if not effects.min() < bar < effects.max():
            return 0.0
        acts = float(ndtr((effects - _turns_at(effects, bar, se)) / se).mean())
        return 1 - acts if self.acting > 0 else acts


def _turns_at(effects: np.ndarray, bar: float, se: float) -> float:
    """Find the reading after which the effect is expected to be at the bar: it rises with the reading."""
    low, high = effects.min() - BEYOND * se, effects.max() + BEYOND * se
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        off = -0.5 * ((middle - effects) / se) ** 2
        weight = np.exp(off - off.max())
        low, high = (low, middle) if weight @ (effects - bar) > 0 else (middle, high)
    return float((low + high) / 2)
