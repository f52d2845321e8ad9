"""How many of a population do, have or want something, or how much: from a survey weighted to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.parameters import check_level, check_name
from pmlib.result import Absent, Check, Number, Result
from pmlib.sizing.survey.domains import EVERYBODY, domains, rows
from pmlib.sizing.survey.question import Question, read_question
from pmlib.sizing.survey.weigh import Weighted, weigh
from pmlib.table import Column, interval, interval_digits, number, percentage

BARS = 12  # domains in the chart, everybody included
UNKNOWN = "Who took no part: weights mend only what the margins tell of them."


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Incidence(Result):
    """A share or an average of the population, and of its parts.

    weights : final, one a respondent. standard_error, design_effect, effective_size, degrees : of all, as the
        frame has them of each part.
    """

    weights: np.ndarray
    standard_error: float
    design_effect: float
    effective_size: float
    degrees: int
    spec: Column

    def plot(self, ax: Any = None) -> Any:
        """Draw all respondents and each part, with intervals."""
        from pmlib import chart

        known = self.frame.dropna(subset=["estimate", "low"]).head(BARS)
        return chart.dots(known, "group", spec=self.spec, highlight=[EVERYBODY], zero=None, ax=ax)


def incidence(
    survey: Source,
    question: str,
    *,
    population: Source | None = None,
    yes: str | float | Sequence[str] | None = None,
    by: str | None = None,
    method: str = "rake",
    trim: float | None = None,
    rescale: bool = False,
    missing: str | None = None,
    level: float = 0.95,
) -> Incidence | Absent:
    """Estimate a share, or an average, of the population that a survey was drawn from.

    Parameters
    ----------
    survey : one row a respondent; roles design_weight (without it, by stratum_size, else all alike), stratum,
        cluster (counted within its stratum), stratum_size (units to draw from in the stratum).
    question : a column. Of 0 and 1, of yes and no, or with `yes`, a share; else a number.
    population : one row a level; roles margin (a column of the survey, several crossed as "age & sex"),
        margin_level ("18-29 & women") and margin_total (people, or shares that add up to 1 or to 100). A
        margin with no level is the total of a number; the margin "everyone" without level is the number of
        people.
    yes : the answer, or answers, that count. by : a column whose levels are compared.
    method : "rake" to several margins, "post-stratify" to one (crossed), or "calibrate" (regression).
    trim : largest weight, in multiples of the average; the margins still hold. rescale : whether margins that
        add up to other totals are scaled to the first. missing : "own level" lets respondents without a level
        keep their share. level : of the intervals.

    Returns
    -------
    Incidence : frame has all respondents first, then a row a level of `by`, the highest first: group,
        respondents, raw (unweighted), estimate, low, high, standard_error, degrees (clusters less strata),
        design_effect (against simple random drawing, as R's survey), effective_size, total with its
        low, high and standard error where weights count people; median, median_low, median_high of a number;
        of a group gap, gap_low, gap_high (against all others, at a level shared among the groups), verdict.

    Raises
    ------
    ValueError : one line that names the margin, level, row, answer or parameter.

    References
    ----------
    Lumley (2010), Complex Surveys: linearised errors that know of weighting; logit intervals for shares.
    """
    check_level(level)
    for name, column in (("question", question), ("by", by)):
        if column is not None:
            check_name(name, column)
    title = "Incidence" if question is None else str(question)
    weighted = weigh(title, survey, population, method=method, trim=trim, rescale=rescale, missing=missing)
    if isinstance(weighted, Absent):
        return weighted
    asked = read_question(survey, question, yes)
    if asked.answered.sum() < 2:
        return Absent(title=title, reason=f"{asked.answered.sum()} respondents answered {question}.")
    groups = domains(survey, by, asked.answered) if by is not None else {}
    frame = rows(weighted, asked, groups, level)
    spec = Column(asked.words, "%" if asked.share else asked.column.unit, 1 if asked.share else None)
    first = frame.iloc[0]
    return Incidence(
        title=_title(asked, spec, first),
        finding=_finding(asked, spec, frame, weighted, level),
        headline=_headline(asked, spec, first, weighted),
        subtitle=_subtitle(asked, spec, weighted, level),
        unknown=UNKNOWN,
        frame=frame,
        columns=_columns(spec, survey, by, weighted),
        numbers=_numbers(asked, spec, first, weighted, level),
        checks=(*_checks(asked, by, groups), *weighted.checks),
        source=survey.line,
        weights=weighted.sample.weights,
        standard_error=float(first["standard_error"]),
        design_effect=float(first["design_effect"]),
        effective_size=float(first["effective_size"]),
        degrees=int(first["degrees"]),
        spec=spec,
    )


def _checks(asked: Question, by: str | None, groups: Mapping[str, np.ndarray]) -> tuple[Check, ...]:
    checks = []
    if silent := int((~asked.answered).sum()):
        saw = (
            f"{silent:,} of {len(asked.answered):,} did not and are left out, as if they were like the others"
        )
        checks.append(Check("Everybody answered", False, saw))
    grouped = sum(int(inside.sum()) for inside in groups.values())
    if by is not None and (lost := int(asked.answered.sum()) - grouped):
        checks.append(Check(f"Everybody's {by} is known", False, f"{lost:,} are in no group, only in all"))
    return tuple(checks)


def _written(spec: Column, row: pd.Series) -> tuple[str, str]:
    digits = interval_digits(row["low"], row["high"], spec.unit)
    return number(row["estimate"], spec.unit, digits), interval(row["low"], row["high"], spec.unit)


def _title(asked: Question, spec: Column, first: pd.Series) -> str:
    size, _ = _written(spec, first)
    return f"{asked.words}: about {size}" + ("" if asked.share else " on average")


def _headline(asked: Question, spec: Column, first: pd.Series, weighted: Weighted) -> str:
    size, span = _written(spec, first)
    mean = "" if asked.share else " on average"
    return f"{asked.words}: about {size}{mean} ({span}){_people(first, weighted, asked)}."


def _people(first: pd.Series, weighted: Weighted, asked: Question) -> str:
    unit = "people" if asked.share else asked.column.unit
    if not weighted.people or not unit:  # without a unit it may be a grade, which nobody adds up
        return ""
    low, high = first["total_low"], first["total_high"]
    size = number(first["total"], unit, interval_digits(low, high))
    return f", in all {size} ({interval(low, high, '' if asked.share else unit)})"


def _finding(asked: Question, spec: Column, frame: pd.DataFrame, weighted: Weighted, level: float) -> str:
    first = frame.iloc[0]
    size, span = _written(spec, first)
    raw = number(first["raw"], spec.unit, interval_digits(first["low"], first["high"], spec.unit))
    said = f"{asked.words}: {size} ({span}, {percentage(level)}), {weighted.words}; {raw} as answered."
    apart = frame.iloc[1:].dropna(subset="gap")
    apart = apart[apart["gap_low"] * apart["gap_high"] > 0] if len(apart) else apart
    if len(apart):
        most = apart.loc[(apart["gap"].abs()).idxmax()]
        unit = "points" if asked.share else spec.unit
        digits = interval_digits(most["gap_low"], most["gap_high"], unit)
        gap = number(abs(most["gap"]), unit, digits)
        side = "above" if most["gap"] > 0 else "below"
        low, high = sorted((abs(most["gap_low"]), abs(most["gap_high"])))
        said += f" {most['group']} is {gap} {side} the others ({interval(low, high, unit)})."
    elif len(frame) > 2:
        said += " No group is clearly apart from the others."
    return said


def _subtitle(asked: Question, spec: Column, weighted: Weighted, level: float) -> str:
    kind = "Share of people" if asked.share else "Average"
    unit = f", {spec.unit}" if spec.unit and not asked.share else ""
    return (
        f"{kind}{unit}, {weighted.words}; {asked.answered.sum():,} respondents of {weighted.survey.title}; "
        f"{percentage(level)} intervals."
    )


def _columns(spec: Column, survey: Source, by: str | None, weighted: Weighted) -> dict[str, Column]:
    group = "Group" if by is None else survey.columns.get(by, Column(by)).label
    shown = {
        "group": Column(group),
        "respondents": Column("Respondents", "", 0),
        "raw": Column("As answered", spec.unit, spec.digits),
        "estimate": Column("Weighted", spec.unit, spec.digits),
        "low": Column("Low", spec.unit, spec.digits),
        "high": Column("High", spec.unit, spec.digits),
        "standard_error": Column("Standard error", spec.unit),
        "effective_size": Column("Worth of respondents", "", 0),
        "design_effect": Column("Design effect", "", 2),
    }
    return shown | (
        {"total": Column("Total", "" if spec.unit == "%" else spec.unit, 0)} if weighted.people else {}
    )


def _numbers(
    asked: Question, spec: Column, first: pd.Series, weighted: Weighted, level: float
) -> tuple[Number, ...]:
    def measured(name: str, label: str, unit: str, part: str = "") -> Number:
        return Number(
            name=name,
            label=label,
            value=float(first[part or "estimate"]),
            low=float(first[f"{part}_low" if part else "low"]),
            high=float(first[f"{part}_high" if part else "high"]),
            level=level,
            unit=unit,
            source=weighted.survey.name,
        )

    if asked.share:
        found = [measured("incidence", asked.words, "%")]
    else:
        found = [measured("mean", f"{asked.words}, average", spec.unit)]
    if weighted.people:
        unit = "people" if asked.share else asked.column.unit
        found.append(measured("total", f"{asked.words}, in all", unit, "total"))
    return tuple(found)
