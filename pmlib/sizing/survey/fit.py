"""The methods by which a survey can be weighted."""

from typing import Any

import numpy as np

from pmlib.data import Source
from pmlib.sizing.survey.labels import numbers
from pmlib.sizing.survey.population import Population
from pmlib.stats import weights as stats

METHODS = ("rake", "post-stratify", "calibrate")


def read_design(survey: Source) -> stats.Design:
    """Read how a survey was drawn from the columns of its roles."""

    def column(role: str) -> Any:
        return survey.frame[role].to_numpy() if role in survey.frame else None

    def amount(role: str) -> Any:
        return numbers(survey, role) if role in survey.frame else None

    weights, strata = amount("design_weight"), column("stratum")
    clusters, sizes = column("cluster"), amount("stratum_size")
    try:
        if all(part is None for part in (weights, strata, clusters, sizes)):
            return stats.design(np.ones(len(survey.frame)))
        return stats.design(weights, strata=strata, clusters=clusters, sizes=sizes)
    except ValueError as error:
        raise ValueError(f"{survey.name}: {error}") from None


def fit(drawn: stats.Sample, to: Population | None, method: str, trim: float | None) -> stats.Sample:
    """Weight a sample by a method, no weight above `trim` times the average.

    Raises
    ------
    ValueError : the method does not fit the margins, or no such weights meet them.
    """
    if to is None:
        cap = np.inf if trim is None else trim * drawn.weights.mean()
        return drawn if trim is None else stats.Sample(drawn.design, stats.trim(drawn.weights, high=cap))
    crossed = " & ".join(margin.name for margin in to.margins)
    if method == "post-stratify" and (len(to.margins) != 1 or to.totals):
        if to.totals:
            raise ValueError(
                f'margin {to.totals[0].name} is the total of a number; give method="calibrate", or "rake"'
            )
        raise ValueError(
            f'post-stratifying needs the margins crossed, as one: "{crossed}"; found {len(to.margins)}; give '
            'that, or method="rake"'
        )
    if method == "calibrate":
        return _calibrated(drawn, to, trim)
    if to.totals:
        sample = stats.calibrate(drawn, to.margins, to.totals, distance="raking")
    elif method == "rake":
        sample = stats.rake(drawn, to.margins)
    else:
        sample = stats.post_stratify(drawn, to.margins[0])
    return sample if trim is None else _trimmed(drawn, sample, to, trim)


def _calibrated(drawn: stats.Sample, to: Population, trim: float | None) -> stats.Sample:
    sample = stats.calibrate(drawn, to.margins, to.totals)
    if trim is not None:
        highest = float(sample.weights.max() / sample.weights.mean())
        bounds = (0.0, trim * _mean(drawn, to))
        try:
            sample = stats.calibrate(drawn, to.margins, to.totals, weights=bounds)
        except ValueError as error:
            raise ValueError(_tight(trim, highest, error)) from None
    if low := int((sample.weights <= 0).sum()):
        raise ValueError(
            f"calibrating makes the weights of {low:,} of {len(sample):,} respondents 0 or negative "
            f'(the least is {sample.weights.min():.3g}); give method="rake", whose weights are above 0'
        )
    return sample


def _mean(drawn: stats.Sample, to: Population) -> float:
    return float(to.margins[0].totals.sum() if to.margins else drawn.weights.sum()) / len(drawn)


def _trimmed(drawn: stats.Sample, sample: stats.Sample, to: Population, trim: float) -> stats.Sample:
    # The nearest weights under the cap that still meet every margin: what is cut goes to the others.
    cap = trim * float(sample.weights.mean())
    if sample.weights.max() <= cap:
        return sample
    try:
        return stats.calibrate(drawn, to.margins, to.totals, distance="raking", weights=(0.0, cap))
    except ValueError as error:
        highest = float(sample.weights.max() / sample.weights.mean())
        raise ValueError(_tight(trim, highest, error)) from None


def _tight(trim: float, highest: float, error: ValueError) -> str:
    untrimmed = f"untrimmed, the largest weight is {highest:.3g} times the average"
    return f"trim={trim:g} is too tight ({untrimmed}): {error}"
