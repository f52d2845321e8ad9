"""An arm against the control: the difference, what share of the control it is, and how sure both are."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pmlib.impact.randomised.estimates import Arms
from pmlib.impact.randomised.sequential import Law

Range = tuple[float, float]
CLEAR = 4.0  # standard errors that the control is away from 0, from which the delta method holds
NONE = (np.nan, np.nan)


class Contrast(Protocol):
    """What every way to compare two arms gives; nan where it is not estimable."""

    @property
    def control(self) -> float: ...
    @property
    def value(self) -> float: ...
    @property
    def estimate(self) -> float: ...
    @property
    def se(self) -> float: ...
    @property
    def df(self) -> float: ...
    @property
    def p(self) -> float: ...
    @property
    def relative(self) -> float: ...
    @property
    def relative_se(self) -> float: ...

    def interval(self, level: float) -> Range:
        """Of the difference."""

    def relative_interval(self, level: float) -> Range:
        """Of the difference as a fraction of the control."""

    def half(self, level: float) -> float:
        """Standard errors to the ends of an interval."""


@dataclass(frozen=True)
class Means:
    """Two values with independent normal errors, as means of many users have.

    error, control_error : their standard errors. n : units of both arms.
    """

    control: float
    value: float
    control_error: float
    error: float
    df: float
    n: float
    law: Law

    @property
    def estimate(self) -> float:
        return self.value - self.control if self.se > 0 else np.nan

    @property
    def se(self) -> float:
        return float(np.hypot(self.error, self.control_error))

    @property
    def p(self) -> float:
        return self.law.chance(self.estimate / self.se, self.df, self.n) if self.se > 0 else np.nan

    @property
    def relative(self) -> float:
        return self.estimate / self.control if self.control > 0 else np.nan

    @property
    def relative_se(self) -> float:
        """By the delta method."""
        if not self.control > 0:
            return np.nan
        return float(np.hypot(self.error, self.control_error * self.value / self.control)) / self.control

    def half(self, level: float) -> float:
        """Standard errors to the ends of an interval."""
        return self.law.critical(level, self.df, self.n)

    def interval(self, level: float) -> Range:
        """Of the difference."""
        if not self.se > 0:
            return NONE
        half = self.half(level) * self.se
        return self.estimate - half, self.estimate + half

    def relative_interval(self, level: float) -> Range:
        """Of the relative effect; by Fieller's method where the control is not clearly away from 0."""
        if not (self.control > 0 and self.error > 0 and self.control_error > 0):
            return NONE
        half = self.half(level)
        if self.control >= CLEAR * self.control_error:
            return self.relative - half * self.relative_se, self.relative + half * self.relative_se
        return fieller(self.control, self.value, self.control_error, self.error, half)


def fieller(control: float, value: float, control_error: float, error: float, half: float) -> Range:
    """Give the interval of value / control - 1; none where the control may be 0.

    References
    ----------
    Fieller (1954), "Some problems in interval estimation", JRSS B 16.
    """
    g = (half * control_error / control) ** 2
    if g >= 1:
        return NONE
    ratio = value / control
    spread = half / control * np.sqrt((1 - g) * error**2 + (ratio * control_error) ** 2)
    return float((ratio - spread) / (1 - g) - 1), float((ratio + spread) / (1 - g) - 1)


def against_control(arms: Arms, arm: int, law: Law) -> Means:
    """Compare one arm with the first."""
    error = arms.error
    return Means(
        control=float(arms.value[0]),
        value=float(arms.value[arm]),
        control_error=float(error[0]),
        error=float(error[arm]),
        df=arms.freedom(arm),
        n=float(arms.n[:, [0, arm]].sum()),
        law=law,
    )
