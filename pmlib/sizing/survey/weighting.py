"""How good a survey's weights are: what they mend, and what they cost."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.result import Absent, Number, Result
from pmlib.sizing.survey.weigh import HEAVY, Weighted, weigh
from pmlib.stats import weights as stats
from pmlib.table import Column, number

TITLE = "Survey weights"
BARS = 14  # levels in the chart, those whose weights are furthest from 1
LIGHT = 1 / HEAVY
ENOUGH = 100  # respondents, after what weights cost


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Weighting(Result):
    """A survey beside its population, and its weights.

    weights : final, one a respondent. design_effect : of unequal weights (Kish). effective_size : respondents
        divided by it. extreme : a row a respondent of unusual weight, the heaviest first: row, respondent,
        weight (in averages), and the margins' columns. smallest, largest : weight, in averages.
    """

    weights: np.ndarray
    design_effect: float
    effective_size: float
    smallest: float
    largest: float
    extreme: pd.DataFrame

    def plot(self, ax: Any = None) -> Any:
        """Draw for how many average respondents one of each level counts."""
        from pmlib import chart

        return chart.ranked(self.bars(), "weight", "level", spec=self.columns["weight"], ax=ax)

    def bars(self) -> pd.DataFrame:
        """Give the levels whose weights are furthest from the average, the heaviest first."""
        frame = self.frame.assign(level=self.frame["margin"] + ": " + self.frame["level"])
        far = np.log(frame["weight"]).abs().sort_values(kind="stable", ascending=False).index[:BARS]
        return frame.loc[far].sort_values("weight", kind="stable", ascending=False)


def weighting(
    survey: Source,
    population: Source | None = None,
    *,
    method: str = "rake",
    trim: float | None = None,
    rescale: bool = False,
    missing: str | None = None,
) -> Weighting | Absent:
    """Compare a survey with its population, before and after weighting.

    Parameters
    ----------
    survey, population, method, trim, rescale, missing : as of `incidence`.

    Returns
    -------
    Weighting : frame has a row a margin and level: margin, level, respondents, raw (share of respondents),
        drawn (with the design's weights), weighted, population (share, as known), total (as known), weight
        (of one respondent, in averages). Without a population, a row of all respondents.

    Raises
    ------
    ValueError : one line that names the margin, level, row or parameter.
    """
    weighted = weigh(TITLE, survey, population, method=method, trim=trim, rescale=rescale, missing=missing)
    if isinstance(weighted, Absent):
        return weighted
    weights = weighted.sample.weights
    relative = weights / weights.mean()
    size, effective = len(weights), stats.kish_size(weights)
    frame = _levels(weighted)
    loss = 1 - effective / size
    worth = number(effective, "", 0)
    span = (
        f"{number(float(relative.min()), '', 2)} to {number(float(relative.max()), '', 2)} times the average"
    )
    words = f"{size:,} respondents, {weighted.words}, are worth {worth} equally weighted ones"
    return Weighting(
        title=f"Weighting costs {number(loss, '%', 0)} of {size:,} respondents",
        finding=f"{words}; weights run from {span}. {_furthest(frame)}".strip(),
        headline=f"{words}.",
        advice=_advice(effective, relative, trim),
        subtitle=f"For how many average respondents one counts, {weighted.words}; {survey.title}.",
        frame=frame,
        columns={
            "margin": Column("Margin"),
            "level": Column("Level"),
            "raw": Column("Respondents", "%", 1),
            "population": Column("Population", "%", 1),
            "weight": Column("Weight of one", "", 2),
            "weighted": Column("Weighted", "%", 1),
        },
        numbers=(
            Number(
                name="effective_respondents",
                label=f"of {size:,} respondents after weighting",
                value=effective,
                source=survey.name,
            ),
            Number(
                name="largest_weight",
                label="times the average: the largest weight",
                value=float(relative.max()),
                source=survey.name,
            ),
        ),
        checks=weighted.checks,
        source=survey.line,
        weights=weights,
        design_effect=stats.kish_effect(weights),
        effective_size=effective,
        smallest=float(relative.min()),
        largest=float(relative.max()),
        extreme=_extreme(weighted, relative),
    )


def _levels(weighted: Weighted) -> pd.DataFrame:
    drawn, weights = weighted.design.weights, weighted.sample.weights
    parts = [
        pd.DataFrame(
            {
                "margin": margin.name,
                "level": margin.levels,
                "respondents": margin.respondents,
                "raw": margin.respondents / len(weights),
                "drawn": margin.held(drawn) / drawn.sum(),
                "weighted": margin.held(weights) / weights.sum(),
                "population": margin.totals / margin.totals.sum(),
                "total": margin.totals if weighted.fixed else np.nan,
                "weight": margin.held(weights) / margin.respondents / weights.mean(),
            }
        )
        for margin in (weighted.to.margins if weighted.to else ())
    ]
    everybody = {"margin": "all", "level": "everybody", "respondents": len(weights), "raw": 1.0, "drawn": 1.0}
    alone = everybody | {"weighted": 1.0, "population": np.nan, "total": np.nan, "weight": 1.0}
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame([alone])


def _furthest(frame: pd.DataFrame) -> str:
    apart = frame["raw"] - frame["population"]
    if not (apart.abs() > 0).any():
        return ""
    row = frame.loc[apart.abs().idxmax()]
    raw, known = number(row["raw"], "%", 1), number(row["population"], "%", 1)
    return (
        f"Furthest off was {row['margin']} {row['level']}: {raw} of respondents, {known} of the population."
    )


def _advice(effective: float, relative: np.ndarray, trim: float | None) -> str:
    heavy = int((relative > HEAVY).sum())
    if heavy and trim is None:
        few = "One respondent counts" if heavy == 1 else f"{heavy:,} respondents count"
        return f"{few} for more than {HEAVY:g}: try trim={HEAVY:g}, and see whether the answer moves."
    if effective < ENOUGH:
        return f"Ask more people: {number(effective, '', 0)} are few to decide on."
    return ""


def _extreme(weighted: Weighted, relative: np.ndarray) -> pd.DataFrame:
    frame = weighted.survey.frame
    rows = np.flatnonzero((relative > HEAVY) | (relative < LIGHT))
    rows = rows[np.argsort(-relative[rows], kind="stable")]
    who = frame["chooser"].to_numpy() if "chooser" in frame else np.arange(len(frame))
    names = [m.name for m in weighted.to.margins] if weighted.to else []
    parts = dict.fromkeys(part for name in names for part in ([name] if name in frame else name.split(" & ")))
    known = frame[[part for part in parts if part in frame]].iloc[rows].reset_index(drop=True)
    found = pd.DataFrame({"row": rows, "respondent": who[rows], "weight": relative[rows]})
    return pd.concat([found, known.drop(columns=list(found), errors="ignore")], axis=1)
