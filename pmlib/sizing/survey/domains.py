"""Estimates of all respondents and of each part: a row each."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.sizing.survey.labels import labelled
from pmlib.sizing.survey.question import Question
from pmlib.sizing.survey.weigh import Weighted
from pmlib.stats import weights as stats

EVERYBODY = "All"
MOST = 50  # parts
ROUNDING = 1e-12  # a design effect below it is none
FEW = 10  # respondents below which a part is not compared


def domains(survey: Source, by: str, answered: np.ndarray) -> dict[str, np.ndarray]:
    """Give who is in each part.

    Raises
    ------
    ValueError : there is no such column, or it has too many levels.
    """
    codes, levels = labelled(survey, by, "by")
    if len(levels) > MOST:
        raise ValueError(
            f"by: {by} has {len(levels):,} levels; choose a column of at most {MOST}, or combine them"
        )
    inside = {level: (codes == code) & answered for code, level in enumerate(levels)}
    return {level: here for level, here in inside.items() if here.any()}


def rows(weighted: Weighted, asked: Question, groups: Mapping[str, np.ndarray], level: float) -> pd.DataFrame:
    """Estimate everything of all respondents, then of each part, the highest first."""
    shared = 1 - (1 - level) / max(1, len(groups))
    found = [_row(weighted, asked, name, inside, level, shared) for name, inside in groups.items()]
    found.sort(key=lambda row: (-np.nan_to_num(row["estimate"], nan=-np.inf), row["group"]))
    return pd.DataFrame([_row(weighted, asked, EVERYBODY, asked.answered, level, None), *found])


def _row(
    weighted: Weighted, asked: Question, name: str, inside: np.ndarray, level: float, shared: float | None
) -> dict[str, Any]:
    sample, y = weighted.sample, asked.measure
    found = stats.estimate(sample, stats.mean(sample, y, inside))
    known = found.degrees > 0
    low, high = stats.proportion_interval(found, level) if asked.share else found.interval(level)
    simple = stats.simple_variance(sample, y, inside, replace=not weighted.people)
    effect = found.error**2 / simple if simple > 0 else np.nan
    effect = effect if not effect < ROUNDING else 0.0  # a margin says it: nothing was left to sampling
    kish = stats.kish_size(sample.weights[inside])
    row = {
        "group": name,
        "respondents": found.respondents,
        "raw": float(y[inside].mean()),
        "estimate": found.value,
        "low": low,
        "high": high,
        "standard_error": found.error if known else np.nan,
        "degrees": found.degrees,
        "design_effect": effect if known else np.nan,
        "effective_size": found.respondents / effect if known and effect > 0 else kish,
        "kish_size": kish,
    }
    if weighted.people:
        row |= _total(weighted, asked, inside, found.degrees, level)
    if not asked.share and known:
        middle = stats.quantile(sample, y, 0.5, inside=inside, level=level)
        row |= {"median": middle.value, "median_low": middle.low, "median_high": middle.high}
    return row | _gap(sample, asked, inside, shared)


def _total(
    weighted: Weighted, asked: Question, inside: np.ndarray, degrees: int, level: float
) -> dict[str, float]:
    # Those who did not answer count as if they were like the rest.
    sample, people = weighted.sample, float(weighted.sample.weights.sum())
    share = stats.mean(sample, asked.measure * inside, asked.answered)
    grown = stats.Statistic(people * share.value, people * share.scores + share.value, inside)
    error = stats.estimate(sample, grown).error
    found = stats.Estimate(grown.value, error, degrees, int(inside.sum()))
    low, high = found.interval(level)
    if asked.share and weighted.fixed:
        part = stats.Estimate(share.value, error / people, degrees, int(asked.answered.sum()))
        low, high = (people * end for end in stats.proportion_interval(part, level))
    elif (asked.measure >= 0).all():
        low = max(0.0, low)
    return {"total": found.value, "total_low": low, "total_high": high, "total_standard_error": error}


def _gap(sample: stats.Sample, asked: Question, inside: np.ndarray, level: float | None) -> dict[str, Any]:
    others = asked.answered & ~inside
    unknown = {"gap": np.nan, "gap_low": np.nan, "gap_high": np.nan}
    fewest = min(inside.sum(), others.sum())
    if level is None or fewest < FEW:
        verdict = "" if level is None or not others.any() else f"too few: {fewest:,} respondents"
        return unknown | {"verdict": verdict}
    degrees = min(sample.design.degrees(inside), sample.design.degrees(others))
    if degrees < 1:
        return unknown | {"verdict": "too few: one cluster"}
    apart = stats.mean(sample, asked.measure, inside) - stats.mean(sample, asked.measure, others)
    found = replace(stats.estimate(sample, apart), degrees=degrees)
    low, high = np.clip(found.interval(level), -1, 1) if asked.share else found.interval(level)
    words = ("more often", "less often") if asked.share else ("higher", "lower")
    clear = words[0] if low > 0 else words[1] if high < 0 else "no clear difference"
    return {"gap": found.value, "gap_low": low, "gap_high": high, "verdict": clear}
