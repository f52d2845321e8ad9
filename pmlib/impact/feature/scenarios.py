"""What if: the feature launched late, for fewer, or taking from elsewhere, beside the plan as it stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data.words import shown
from pmlib.given import ungiven
from pmlib.impact.feature.forecast import Feature
from pmlib.impact.feature.label import labelled
from pmlib.impact.feature.plan import Plan
from pmlib.impact.feature.summary import Summary, summary
from pmlib.impact.feature.words import amount, chance, kpi_words, said, span, unit_of
from pmlib.parameters import check_names
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, percentage
from pmlib.wording import capital, listed

TITLE = "The feature by scenario"
BASE = "as planned"
SETTING = re.compile(r"\s*([^\W\d]\w*)\s*(?:[:=]\s*|\s+)(\S.*?)\s*", re.DOTALL)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Scenarios(Result):
    """A feature under conditions; frame has a row a scenario, the plan as it stands first.

    Frame: scenario, conditions, estimate, low, high (gain over the horizon, at `level`), low_95, high_95,
    lift (as a fraction of the KPI), chance (of the target), money (mean, net of cost), money_low, money_high,
    loss (chance of one), payback (periods), against (gain over that of the first row, less 1).
    """

    level: float

    def plot(self, ax: Any = None) -> Any:
        """Draw each scenario's gain and its range."""
        from pmlib import chart

        return chart.dots(self.frame, "scenario", spec=self.columns["estimate"], highlight=[BASE], ax=ax)


def scenarios(feature: "Feature | Absent | None", texts: str | Sequence[str] = ()) -> Scenarios | Absent:
    """Forecast a feature under conditions, with the same draws: they differ by the conditions alone.

    Parameters
    ----------
    texts : "name: parameter value; parameter value", such as "late: launch +4 weeks" or "low reach: reach
        10% .. 20%"; parameters are launch (a delay or a date), effect, reach, adoption, cannibalises, value
        and cost.

    Raises
    ------
    ValueError : a text that is no scenario, or holds an unknown parameter or value; two of one name.
    """
    if absent := ungiven(TITLE, feature, "feature"):
        return absent
    if not isinstance(feature, Feature):
        raise ValueError(f"feature is {shown(feature)}; give a forecast, as impact.feature makes it")
    check_names("texts", texts)
    given = [texts] if isinstance(texts, str) else list(texts)
    asked = [(BASE, feature.plan, BASE), *(scenario(text, feature.plan) for text in given)]
    if len(asked) == 1:
        return Absent(title=TITLE, reason="No scenario was given.")
    _check_names([name for name, _, _ in asked])
    count, (seed, stream) = len(feature.draws.total), feature.draws.seeds
    found = [
        summary(
            plan, mean=feature.mean, target=feature.target, level=feature.level,
            draws=count, seed=seed, stream=stream, futures=feature.draws.base,
        )
        for _, plan, _ in asked
    ]  # fmt: skip
    frame = _frame(asked, found)
    return labelled(_told(frame, feature), [feature.plan])


def scenario(text: Any, plan: Plan) -> tuple[str, Plan, str]:
    """Read a scenario: its name, the plan under it, and its conditions in words.

    Raises
    ------
    ValueError : it is none.
    """
    name, colon, rest = text.partition(":") if isinstance(text, str) else ("", "", "")
    if not colon or not name.strip() or not rest.strip():
        raise ValueError(
            f"scenario {shown(text)}: write its name and what is otherwise, as in late: launch +4 weeks"
        )
    try:
        changed, words = settings(rest, plan)
    except ValueError as refused:
        raise ValueError(f"scenario {shown(name.strip())}: {refused}") from None
    return name.strip(), changed, words


def settings(text: str, plan: Plan) -> tuple[Plan, str]:
    """Read "reach 10% .. 20%; launch +4 weeks" into a plan, and say it.

    Raises
    ------
    ValueError : a piece that is none, one twice, or what the plan refuses.
    """
    seen: dict[str, str] = {}
    for piece in filter(None, (piece.strip() for piece in text.split(";"))):
        match = SETTING.fullmatch(piece)
        if match is None:
            raise ValueError(f"found {shown(piece)}; write a parameter and its value, as in reach 10% .. 20%")
        name, value = match[1].casefold(), match[2]
        if name in seen:
            raise ValueError(f"{name} is set twice, to {shown(seen[name])} and {shown(value)}; keep one")
        plan = plan.changed(name, value)
        seen[name] = value
    return plan, listed([f"{name} {value.replace(' .. ', ' to ')}" for name, value in seen.items()])


def _check_names(names: list[str]) -> None:
    for name in names:
        if [_slug(other) for other in names].count(_slug(name)) > 1:
            raise ValueError(f"scenario {shown(name)} is given twice; rename one")


def _slug(name: str) -> str:
    return re.sub(r"\W+", "_", name.casefold()).strip("_") or "scenario"


def _frame(asked: list[tuple[str, Plan, str]], found: list[Summary]) -> pd.DataFrame:
    rows = [
        {
            "scenario": name,
            "conditions": words,
            "estimate": one.gain,
            "low": one.gain_low,
            "high": one.gain_high,
            "low_95": one.gain_low_95,
            "high_95": one.gain_high_95,
            "lift": one.lift,
            "chance": one.chance,
            "money": one.money_mean,
            "money_low": one.money_low,
            "money_high": one.money_high,
            "loss": one.loss,
            "payback": one.payback,
        }
        for (name, _, words), one in zip(asked, found, strict=True)
    ]
    frame = pd.DataFrame(rows)
    first = frame["estimate"].iloc[0]
    return frame.assign(against=frame["estimate"] / first - 1 if first else np.nan)


def _told(frame: pd.DataFrame, feature: Feature) -> Scenarios:
    plan, level = feature.plan, feature.level
    unit, words = unit_of(plan, mean=feature.mean), kpi_words(plan)
    aim = feature.target
    lines = [
        f"{row.scenario} {said(row.estimate, row.low, row.high, unit, level)}"
        + ("" if aim is None else f", {chance(row.chance)} chance of {aim.words}")
        + (
            ""
            if np.isnan(row.money)
            else f", {amount(row.money, row.money_low, row.money_high, plan.currency)}"
        )
        for row in frame.itertuples()
    ]
    over = plan.baseline.kpi.step.several(plan.steps)
    ends = frame["estimate"].min(), frame["estimate"].max()
    columns = {
        "scenario": Column("Scenario"),
        "estimate": Column("Gain", unit),
        "low": Column(f"Low ({percentage(level)})", unit),
        "high": Column(f"High ({percentage(level)})", unit),
    }
    if feature.target is not None:
        columns["chance"] = Column(f"Chance of {feature.target.words}", "%", 0)
    if feature.draws.valued:
        columns["money"] = Column("Worth net of cost", plan.currency)
    return Scenarios(
        title=f"{capital(plan.name)} brings {span(*ends, unit)} by scenario"
        if ends[1] > ends[0]
        else f"{capital(plan.name)} does the same in all scenarios",
        finding=f"Gain in {words} over {over}: {'; '.join(lines)}.",
        headline=f"By scenario it adds from {_end(frame, 'idxmin', unit)} to {_end(frame, 'idxmax', unit)}.",
        advice=_advice(frame, plan, feature),
        subtitle=f"Gain in {words} over {over} with {plan.name}: median and {percentage(level)} range.",
        source=plan.baseline.kpi.source,
        frame=frame,
        columns=columns | {"conditions": Column("If")},
        numbers=_numbers(frame, plan, level, unit),
        checks=_checks(frame),
        level=level,
    )


def _end(frame: pd.DataFrame, which: str, unit: str) -> str:
    row = frame.loc[getattr(frame["estimate"], which)()]
    return f"{amount(row['estimate'], row['low'], row['high'], unit)} ({row['scenario']})"


def _advice(frame: pd.DataFrame, plan: Plan, feature: Feature) -> str:
    """Say in which scenarios the decision would be another."""
    if feature.draws.valued:
        first = frame["money"].iloc[0] > 0
        turned = list(frame.loc[(frame["money"] > 0) != first, "scenario"])
        way = "no longer pays" if first else "pays"
    elif feature.target is not None:
        first = frame["chance"].iloc[0] >= 0.5
        turned = list(frame.loc[(frame["chance"] >= 0.5) != first, "scenario"])
        way = f"is {'un' if first else ''}likely to reach {feature.target.words}"
    else:
        return ""
    if not turned:
        return "The decision is the same in all scenarios."
    return f"Watch for {listed(turned)}: there {plan.name} {way}."


def _numbers(frame: pd.DataFrame, plan: Plan, level: float, unit: str) -> tuple[Number, ...]:
    return tuple(
        Number(
            name=f"gain_{_slug(row.scenario)}",
            label=f"gain in {kpi_words(plan)} in the scenario {row.scenario}",
            value=row.estimate,
            low=row.low if row.high > row.low else None,
            high=row.high if row.high > row.low else None,
            level=level if row.high > row.low else None,
            unit=unit,
        )
        for row in frame.iloc[1:4].itertuples()
    )


def _checks(frame: pd.DataFrame) -> tuple[Check, ...]:
    first, others = frame.iloc[0], frame.iloc[1:]
    same = [
        all(row[name] == first[name] or np.isnan(first[name]) for name in ("estimate", "money"))
        for _, row in others.iterrows()
    ]
    idle = list(others.loc[same, "scenario"])
    return (Check("Every scenario changes something", not idle, listed(idle) or "all of them do"),)
