"""What each level is worth in utility, and which attribute decides most."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.choice.design import CONSTANT
from pmlib.competitive.conjoint.studied import Attribute, ChoiceModel, attributes
from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.demand.taste import average
from pmlib.competitive.demand.uncertainty import parameters
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import level_words, lower, slug
from pmlib.given import unfitted
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, interval_digits, number

WORTHS, IMPORTANCES = "What each level is worth", "What decides most"
DRAWS = 2000
SHOWN = 18  # levels in the chart


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PartWorths(Result):
    """Utility of every level, set against the mean of its attribute."""

    def plot(self, ax: Any = None) -> Any:
        """Draw each level with its interval."""
        from pmlib import chart

        return chart.dots(self.frame.head(SHOWN), "label", spec=self.columns["estimate"], ax=ax)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Importances(Result):
    """How far apart an attribute's levels are, as a share of all attributes' distances."""

    def plot(self, ax: Any = None) -> Any:
        """Draw each attribute's importance with its interval."""
        from pmlib import chart

        return chart.dots(self.frame.head(SHOWN), "label", spec=self.columns["estimate"], ax=ax)


@dataclass(frozen=True, eq=False)
class Levels:
    """Each level of each attribute as a row of terms, so that its part-worth is that row times the tastes.

    rows : columns attribute, level, label. matrix : (L, k), each attribute's mean taken off.
    """

    rows: pd.DataFrame
    matrix: np.ndarray

    def spans(self, tastes: np.ndarray) -> np.ndarray:
        """Give each attribute's distance between best and worst level: (D, k) to (D, A), in order of rows."""
        worths = tastes @ self.matrix.T
        names = self.rows["attribute"].to_numpy()
        return np.column_stack([np.ptp(worths[:, names == name], axis=1) for name in dict.fromkeys(names)])


def part_worths(model: ChoiceModel | Absent, *, level: float = 0.95, seed: int = 1) -> PartWorths | Absent:
    """Give the utility of every level, zero-centred within its attribute.

    Labels and flags have all their levels, the base included; a number has the ends of its studied range. The
    constants of brands leave that of buying none out. Where tastes differ between choosers, it is their mean.

    Parameters
    ----------
    model : fitted to choices; an Absent is passed on. level, seed : of the intervals.

    Returns
    -------
    PartWorths : frame has a row a level, the most important attribute first: attribute, level, label,
        estimate, low, high, importance (of its attribute).
    """
    check_level(level)
    if absent := unfitted(WORTHS, model):
        return absent
    assert not isinstance(model, Absent)
    levels = laid_out(model)
    demand = model.demand
    drawn = average(demand, parameters(demand, DRAWS, seed)) @ levels.matrix.T
    low, high = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    frame = levels.rows.assign(
        estimate=average(demand, demand.params[None])[0] @ levels.matrix.T, low=low, high=high
    )
    frame = frame.assign(importance=frame["attribute"].map(_shares(levels, demand)))
    frame = frame.sort_values(
        ["importance", "attribute", "estimate"],
        ascending=[False, True, False],
        kind="stable",
        ignore_index=True,
    )
    others = frame[frame["attribute"] != "price"]
    # That a low price is liked is no news where something else was studied.
    aside = ", price aside" if 0 < len(others) < len(frame) else ""
    best = (frame if others.empty else others).sort_values("estimate", ascending=False, kind="stable").iloc[0]
    return PartWorths(
        title=f"{best['label']} adds most{aside}",
        subtitle=f"Utility of each level against the mean of its attribute; {level_words(level)}",
        finding=_worth(best, frame),
        frame=frame,
        columns={
            "label": Column("Level"),
            "estimate": Column("Part-worth", "", 2),
            "low": Column("Low", "", 2),
            "high": Column("High", "", 2),
        },
        source=demand.source,
        checks=(_told(frame),),
    )


def importances(model: ChoiceModel | Absent, *, level: float = 0.95, seed: int = 1) -> Importances | Absent:
    """Say which attribute decides most: the distance of its best from its worst level, as a share of all.

    An importance depends on the levels that were studied: a wider range of prices makes price more important.

    Parameters
    ----------
    model : fitted to choices; an Absent is passed on. level, seed : of the intervals.

    Returns
    -------
    Importances : frame has a row an attribute, the most important first: attribute, label, estimate, low,
        high (shares that add up to 1), span (utility).
    """
    check_level(level)
    if absent := unfitted(IMPORTANCES, model):
        return absent
    assert not isinstance(model, Absent)
    levels, demand = laid_out(model), model.demand
    if levels.rows["attribute"].nunique() < 2:
        return Absent(title=IMPORTANCES, reason="The model has one attribute, so it decides all.")
    known = attributes(model.choices)
    spans = levels.spans(average(demand, parameters(demand, DRAWS, seed)))
    drawn = spans / spans.sum(axis=1, keepdims=True)
    low, high = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    span = levels.spans(average(demand, demand.params[None]))[0]
    names = list(dict.fromkeys(levels.rows["attribute"]))
    frame = pd.DataFrame(
        {
            "attribute": names,
            "label": [_ranged(known[name]) for name in names],
            "estimate": span / span.sum(),
            "low": low,
            "high": high,
            "span": span,
        }
    ).sort_values("estimate", ascending=False, kind="stable", ignore_index=True)
    top, second = frame.iloc[0], frame.iloc[1]
    label = known[top["attribute"]].label
    return Importances(
        title=f"{label} decides most",
        subtitle="Distance of the best from the worst level studied, as a share of all attributes' "
        f"distances; {level_words(level)}",
        finding=f"{label} decides {_share(top)} of a choice within the levels studied, then "
        f"{lower(known[second['attribute']].label)} with {_share(second)}.",
        unknown="Other ranges would give other weights: importance is of the levels that were shown.",
        frame=frame,
        columns={
            "label": Column("Attribute"),
            "estimate": Column("Importance", "%", 1),
            "low": Column("Low", "%", 1),
            "high": Column("High", "%", 1),
        },
        source=demand.source,
        numbers=tuple(
            Number(
                name=f"importance_{slug(row.attribute)}",
                label=f"of a choice is decided by {known[row.attribute].label}",
                value=float(row.estimate), low=float(row.low), high=float(row.high), level=level, unit="%",
                source=demand.source,
            )
            for row in frame.head(3).itertuples()
        ),
        checks=(
            Check(
                "One attribute decides clearly most", bool(top["low"] > second["high"]),
                " against ".join(interval(one["low"], one["high"], "%", 0) for one in (top, second)),
            ),
        ),
    )  # fmt: skip


def laid_out(model: ChoiceModel) -> Levels:
    """Write each level as a row of terms, centred within its attribute."""
    known = attributes(model.choices)
    terms = model.choices.design.terms
    means = {term.by: float(model.demand.offers[term.by].mean()) for term in terms if term.by}
    rows, parts = [], []
    for attribute in known.values():
        shown = (
            attribute.levels if attribute.kind != "number" else (attribute.levels[0], attribute.levels[-1])
        )
        part = np.zeros((len(shown), len(terms)))
        for i, term in enumerate(terms):
            if (model.choices.label if term.column == CONSTANT else term.column) != attribute.name:
                continue
            held = [
                float(level) if term.level is None else float(str(level) == term.level) for level in shown
            ]
            part[:, i] = np.array(held) * (means[term.by] if term.by else 1.0)
        parts.append(part - part.mean(axis=0))
        rows += [(attribute.name, str(level), _level(attribute, level)) for level in shown]
    return Levels(pd.DataFrame(rows, columns=["attribute", "level", "label"]), np.vstack(parts))


def _level(attribute: Attribute, level: Any) -> str:
    if attribute.kind == "label":
        return f"{attribute.label}: {level}"
    if attribute.kind == "number" and attribute.name == "price":
        return f"{attribute.label} {attribute.written(level)}"
    return attribute.written(level)


def _ranged(attribute: Attribute) -> str:
    if attribute.kind != "number":
        return attribute.label
    ends = interval(attribute.levels[0], attribute.levels[-1], attribute.unit)
    return f"{attribute.label} ({ends})"


def _shares(levels: Levels, demand: Demand) -> Mapping[str, float]:
    span = levels.spans(average(demand, demand.params[None]))[0]
    return dict(zip(dict.fromkeys(levels.rows["attribute"]), span / span.sum(), strict=True))


def _share(row: Any) -> str:
    digits = min(1, interval_digits(row["low"], row["high"], "%"))
    return f"{number(row['estimate'], '%', digits)} ({interval(row['low'], row['high'], '%', digits)})"


def _worth(best: Any, frame: pd.DataFrame) -> str:
    worst = frame[frame["attribute"] == best["attribute"]].iloc[-1]
    gap = number(best["estimate"] - worst["estimate"], "", 2)
    middle = number(best["estimate"], "", 2)
    ends = interval(best["low"], best["high"], "", 2)
    above = f"{middle} ({ends}) above the mean of its attribute"
    return f"{best['label']} is worth {above}, {gap} above {worst['label']}."


def _told(frame: pd.DataFrame) -> Check:
    clear = (frame["low"] > 0) | (frame["high"] < 0)
    told = clear.groupby(frame["attribute"]).any()
    saw = f"{told.sum()} of {len(told)} attributes have a level that clearly differs from their mean"
    return Check("Every attribute matters", bool(told.all()), saw)
