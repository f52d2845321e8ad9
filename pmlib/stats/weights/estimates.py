"""Means, totals, ratios and differences, of all or of a domain, with linearised errors."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit  # quantiles of Student's t

from pmlib.stats.weights.sample import Sample


@dataclass(frozen=True, eq=False)
class Statistic:
    """A number worked out of a sample, and what each respondent's weight adds to it.

    scores : linearised: the statistic's derivative by the respondent's weight. inside : who is in its domain.
    """

    value: float
    scores: np.ndarray
    inside: np.ndarray

    def __sub__(self, other: "Statistic") -> "Statistic":
        """Compare two domains, or two questions, of one sample."""
        return Statistic(self.value - other.value, self.scores - other.scores, self.inside | other.inside)


@dataclass(frozen=True)
class Estimate:
    """A statistic with its error.

    error : standard. degrees : of freedom. respondents : in its domain.
    """

    value: float
    error: float
    degrees: int
    respondents: int

    def interval(self, level: float) -> tuple[float, float]:
        """Give Student's interval."""
        half = t_quantile(level, self.degrees) * self.error
        return self.value - half, self.value + half


def t_quantile(level: float, degrees: float) -> float:
    """How many standard errors an interval reaches; missing without a degree of freedom."""
    return float(stdtrit(degrees, 0.5 + level / 2)) if degrees > 0 else np.nan


def estimate(sample: Sample, statistic: Statistic) -> Estimate:
    """Work out a statistic's standard error."""
    error = float(np.sqrt(max(0.0, sample.covariance(statistic.scores)[0, 0])))
    degrees, size = sample.design.degrees(statistic.inside), int(statistic.inside.sum())
    return Estimate(statistic.value, error, degrees, size)


def total(sample: Sample, values: np.ndarray, inside: np.ndarray | None = None) -> Statistic:
    """Add up what the population has of something."""
    y, inside = _values(sample, values, inside)
    return Statistic(float(sample.weights @ y), y, inside)


def ratio(
    sample: Sample, above: np.ndarray, below: np.ndarray, inside: np.ndarray | None = None
) -> Statistic:
    """Divide one total by another.

    Raises
    ------
    ValueError : the other is 0.
    """
    y, inside = _values(sample, above, inside)
    x, _ = _values(sample, below, inside)
    size = float(sample.weights @ x)
    if size == 0:
        raise ValueError(
            "a ratio needs a total below the line that is not 0; choose another, or another domain"
        )
    value = float(sample.weights @ y) / size
    return Statistic(value, (y - value * x) / size, inside)


def mean(sample: Sample, values: np.ndarray, inside: np.ndarray | None = None) -> Statistic:
    """Average; of 0 and 1 it is a proportion."""
    return ratio(sample, values, np.ones(len(sample)), inside)


def design_effect(
    sample: Sample,
    values: np.ndarray,
    inside: np.ndarray | None = None,
    *,
    replace: bool = False,
) -> float:
    """Compare a mean's variance with that in a simple random sample of as many, as R's survey defines it.

    replace : drawn with replacement; else of a population as large as the weights add up to.
    """
    simple = simple_variance(sample, values, inside, replace=replace)
    variance = estimate(sample, mean(sample, values, inside)).error ** 2
    return variance / simple if simple > 0 else np.nan


def simple_variance(
    sample: Sample,
    values: np.ndarray,
    inside: np.ndarray | None = None,
    *,
    replace: bool = False,
) -> float:
    """Give the variance that a mean would have in a simple random sample; missing for a single respondent."""
    y, inside = _values(sample, values, inside)
    y, weights, size = y[inside], sample.weights[inside], int(inside.sum())
    if size < 2:
        return np.nan
    people = float(weights.sum())
    spread = float(weights @ (y - weights @ y / people) ** 2) / people * size / (size - 1)
    return spread / size * (1.0 if replace else max(0.0, 1 - size / people))


def _values(sample: Sample, values: np.ndarray, inside: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    inside = np.full(len(sample), True) if inside is None else inside
    y = np.where(inside, values, 0.0)
    lost = np.flatnonzero(np.isnan(y))
    if len(lost):
        raise ValueError(f"row {lost[0]}: the value is missing; leave it out of the domain")
    return y, inside
