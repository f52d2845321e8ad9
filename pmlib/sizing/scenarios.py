"""Bear, base and bull as conditions: what the market would be if some drivers were so."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pmlib.data.words import shown
from pmlib.parameters import check_level, check_seed
from pmlib.result import Absent, Check, Number, Result
from pmlib.sizing.drivers.changes import Change, change
from pmlib.sizing.drivers.draws import DRAWS, FAR, draws_given, score
from pmlib.sizing.drivers.levels import quantiles
from pmlib.sizing.drivers.lineage import below, focus_of, given_texts, untreed
from pmlib.sizing.drivers.words import amount, band, column, estimate, in_money, inside, label, listed, spoken
from pmlib.table import Column, percentage

if TYPE_CHECKING:
    from pmlib.sizing.drivers.tree import Tree

TITLE = "Scenarios"
BASE = "base"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Scenarios(Result):
    """The focus under each scenario, as it stands first. level : of the ranges."""

    focus: str
    level: float

    def plot(self, ax: Any = None) -> Any:
        """Draw each scenario's median and range."""
        from pmlib import chart

        spec = Column(self.columns["scenario"].label, self.frame["unit"].iloc[0])
        return chart.dots(self.frame, "scenario", spec=spec, highlight=[BASE], zero=None, ax=ax)


def scenarios(
    market: "Tree | Absent | None",
    focus: str | None = None,
    texts: str | Sequence[str] = (),
    *,
    level: float = 0.8,
    draws: int = DRAWS,
    method: str = "sobol",
    seed: int = 1,
) -> Scenarios | Absent:
    """Size the market under conditions, beside the market as it stands.

    A condition is another value or range of a leaf, or another formula of a node. Leaves that are correlated
    with a leaf under condition follow: they are as they would be if it were so. All scenarios are drawn from
    one sample, so that their differences have little noise.

    Parameters
    ----------
    market : the tree. focus : the node to size; else the first that is part of no other.
    texts : of the scenarios, such as "bull: reach 9% .. 15%; orders 4 .. 6".
    level, draws, method, seed : as in `size`.

    Returns
    -------
    Scenarios : frame has a row per scenario, the tree as it stands ("base") first unless one of that name is
        given: scenario, conditions, value, range (in words), estimate, low, high, mean, unit, against (its
        median over that of the first row).

    Raises
    ------
    ValueError : a text that is no scenario, or holds an unknown node or value; two scenarios of one name.
    """
    if absent := untreed(TITLE, market):
        return absent
    assert market is not None and not isinstance(market, Absent)
    check_level(level)
    check_seed(seed)
    focus = focus_of(market, focus)
    asked = [change(text, market, what="scenario") for text in given_texts(texts)]
    if not asked:
        return Absent(title=TITLE, reason="No scenario was given.")
    _check_names(asked)
    if BASE not in [one.name.casefold() for one in asked]:
        asked = [Change(BASE, {}), *asked]
    node, unit = market.nodes[focus], column(market.nodes[focus]).unit
    rows = []
    for one in asked:
        values = draws_given(market, one.settings, draws, method=method, seed=seed)[focus]
        low, middle, high = quantiles(values, level)
        rows.append(
            {
                "scenario": one.name,
                "conditions": one.words or "as it stands",
                "value": amount(middle, low, high, unit),
                "range": band(low, high, unit),
                "estimate": middle,
                "low": low,
                "high": high,
                "mean": float(values.mean()),
                "unit": unit,
            }
        )
    frame = pd.DataFrame(rows)
    frame["against"] = frame["estimate"] / frame["estimate"].iloc[0] - 1
    said = [
        f"{row.scenario} {estimate(row.estimate, row.low, row.high, unit, level)}"
        for row in frame.itertuples()
    ]
    return Scenarios(
        title=_title(frame, node, unit),
        finding=f"{label(node)} by scenario: {'; '.join(said)}.",
        headline=f"By scenario: {listed([_short(row, unit) for row in frame.itertuples()])}.",
        advice=_advice(frame),
        subtitle=_subtitle(node, unit, level),
        frame=frame,
        columns={
            "scenario": Column("Scenario"),
            "value": Column(f"Median of {inside(node)}"),
            "range": Column(f"{percentage(level)} range"),
            "against": Column(f"Against {frame['scenario'].iloc[0]}", "%", 0),
            "conditions": Column("If"),
        },
        numbers=_numbers(frame, focus, node, level),
        checks=_checks(market, focus, asked),
        focus=focus,
        level=level,
    )


def _check_names(asked: Sequence[Change]) -> None:
    slugs = [_slug(one.name) for one in asked]
    for one, slug in zip(asked, slugs, strict=True):
        if slugs.count(slug) > 1:
            raise ValueError(f"scenario {shown(one.name)} is given twice; rename one")


def _slug(name: str) -> str:
    return re.sub(r"\W+", "_", name.casefold()).strip("_") or "scenario"


def _short(row: Any, unit: str) -> str:
    return f"{row.scenario} {amount(row.estimate, row.low, row.high, unit)}" + (
        f" ({row.range})" if row.range else ""
    )


def _title(frame: pd.DataFrame, node: Any, unit: str) -> str:
    ends = frame.loc[[frame["estimate"].idxmin(), frame["estimate"].idxmax()]]
    low, high = ends["estimate"]
    if not high > low:
        return f"{label(node)} is the same in all scenarios"
    return f"{label(node)}: {band(low, high, unit)} between scenarios"


def _advice(frame: pd.DataFrame) -> str:
    """Say which scenarios the range of the first already holds: they are no news to a plan made on it."""
    first, others = frame.iloc[0], frame.iloc[1:]
    outside = others[(others["estimate"] < first["low"]) | (others["estimate"] > first["high"])]
    if others.empty:
        return ""
    if outside.empty:
        return f"A plan that holds across the range of {first['scenario']} holds in these scenarios too."
    names = listed(list(outside["scenario"]))
    verb = "lies" if len(outside) == 1 else "lie"
    return f"Have a plan of its own for {names}, which {verb} outside the range of {first['scenario']}."


def _subtitle(node: Any, unit: str, level: float) -> str:
    what = label(node) + (f" ({spoken(unit)})" if spoken(unit) else "")
    return f"{', '.join(filter(None, [what, in_money(unit)]))}: median and {percentage(level)} range."


def _numbers(frame: pd.DataFrame, focus: str, node: Any, level: float) -> tuple[Number, ...]:
    return tuple(
        Number(
            name=f"{focus}_{_slug(row.scenario)}",
            label=f"{inside(node)} in the scenario {row.scenario}",
            value=row.estimate,
            low=row.low if row.high > row.low else None,
            high=row.high if row.high > row.low else None,
            level=level if row.high > row.low else None,
            unit=row.unit,
        )
        for row in frame.itertuples()
        if row.conditions != "as it stands"
    )


def _checks(market: "Tree", focus: str, asked: Sequence[Change]) -> tuple[Check, ...]:
    """See whether conditions touch the focus, and lie where the leaves' ranges thought it possible."""
    beneath = below(market, focus)
    idle = [f"{one.name}: {name}" for one in asked for name in one.settings if name not in beneath]
    far = []
    for one in asked:
        changed = market.given(**one.settings)
        for name in one.settings:
            before, after = market.nodes[name].law, changed.nodes[name].law
            if before is None or after is None or before.constant:
                continue
            if abs(score(before, np.array([after.median]))[0]) > FAR - 1:
                far.append(f"{one.name}: {inside(market.nodes[name])}")
    said = "all of them do"
    return (
        Check(f"Every condition touches {inside(market.nodes[focus])}", not idle, listed(idle) or said),
        Check("Conditions lie within what the drivers' ranges allow", not far, listed(far) or said),
    )
