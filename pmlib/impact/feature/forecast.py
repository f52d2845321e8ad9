"""What a new feature will do: reach × adoption × effect × the KPI without it, by simulation."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.data.words import shown
from pmlib.given import ungiven
from pmlib.impact.effect import Effect
from pmlib.impact.feature.adoption import Adoption, adoption_of
from pmlib.impact.feature.label import labelled
from pmlib.impact.feature.plan import EFFECT_OF, Baseline, Plan, effect_of_past, launch_place
from pmlib.impact.feature.summary import Summary, summary
from pmlib.impact.feature.target import Target, target_of
from pmlib.impact.feature.telling import told
from pmlib.impact.forecast import by_week
from pmlib.parameters import check_count, check_level, check_name, check_seed
from pmlib.result import Absent, Result
from pmlib.stats.laws import Constant

TITLE = "What the feature will do"
FEWEST, MOST = 200, 200_000  # draws
CELLS = 20_000_000  # draws × periods, each of which is a few hundred megabytes
HISTORY = 60  # periods shown before the forecast, at most
ADDS = ("sum", "mean")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Feature(Summary, Result):
    """A feature's forecast; frame has a row a period ahead.

    Frame: period, without (median of the KPI without it; without_low, without_high), estimate (with it; low,
    high, low_95, high_95), gain (gain_low, gain_high, gain_low_95, gain_high_95), adoption (mean share of
    those reached that use it), paid (chance that it has paid back by then).
    The numbers behind it: see Summary.
    """

    def plot(self, ax: Any = None) -> Any:
        """Draw the KPI so far, and ahead: a fan with the feature, a dashed line without; days by week."""
        from pmlib import chart

        kpi, dates, frame = self.plan.baseline.kpi, self.plan.dates, self.frame
        size = by_week.chunk(kpi, self.plan.steps)
        if size > 1:
            having = by_week.ahead(dates, self.draws.base + self.draws.gains, size, self.level)
            frame = having.assign(without=np.median(by_week.means(self.draws.base, size), axis=0))
        past = by_week.history(kpi, dates[0], min(HISTORY, 2 * len(frame)), size)
        both = pd.concat([past, frame], ignore_index=True)
        names = {"estimate": "with it", "without": "without"}
        return chart.fan(both, "period", spec=kpi.column, baseline="without", names=names, ax=ax)


def feature(
    baseline: "Baseline | Absent | None",
    *,
    effect: "Effect | Absent | Any",
    reach: str | float | None,
    adoption: str = "at once",
    analogues: Source | None = None,
    horizon: int | None = None,
    launch: str | date | pd.Timestamp | None = None,
    target: str | float | None = None,
    value: str | float | None = None,
    currency: str = "$",
    cost: str | float | None = None,
    cannibalises: str | float | None = None,
    effect_of: Literal["user", "adopter"] = "user",
    add: Literal["sum", "mean"] | None = None,
    name: str = "the feature",
    level: float = 0.8,
    draws: int = 4000,
    seed: int = 1,
) -> Feature | Absent:
    """Forecast what a feature will do to a KPI, and what that is worth.

    gain of a period = KPI without it × reach × adoption × effect × (1 − cannibalises). Every factor is drawn
    from what is known of it, each by itself.

    Parameters
    ----------
    baseline : forecast of the KPI without the feature, from `impact.baseline`.
    effect : relative change of the KPI of whoever has the feature: past launches (`impact.ledger`), one
        measured launch (an Effect, taken as it is), or a range, "1% .. 6%". Ranges are 90% intervals unless
        they say "(80%)".
    effect_of : of whom. "user": everybody reached, whether or not they use it, as tests and launches measure
        it; adoption then only says how fast the effect comes. "adopter": those who use it; adoption then says
        how many of those reached do, up to its ceiling.
    reach : share of the KPI made up by those who get the feature, "30% .. 50%".
    adoption : "at once", "half in 4 .. 8 weeks, 90% in 16 weeks", "bass p=0.03 q=0.4 a month"; "…, at most
        40% .. 60%" for adopters. analogues : instead of it, histories of adoption (roles product, period and
        units or share) that this one may be like.
    horizon : periods looked at; all that the baseline foretells if not said. launch : date; the first period
        ahead if not said.
    target : "+3%" of the KPI over the horizon, "12000" in all, "500 a day".
    value : money that a unit of the KPI is worth, a period; where less of the KPI is better, that a unit
        fewer is. currency : its sign. cost : money, once. cannibalises : share of the gain that is lost
        elsewhere.
    add : whether gains of periods add up ("sum", as of rides) or are averaged ("mean", as of active users or
        a percentage, which is the default of these).
    level : of the range. draws, seed : of the simulation.

    Raises
    ------
    ValueError : a text that cannot be read, a launch outside the forecast, a ceiling where it would count
        adoption twice.
    """
    for given, what in ((baseline, "baseline forecast"), (effect, "effect"), (reach, "reach of a feature")):
        if absent := ungiven(TITLE, given, what):
            return absent
    assert baseline is not None and not isinstance(baseline, Absent)
    if not all(hasattr(baseline, part) for part in ("paths", "dates", "kpi")):
        raise ValueError(f"baseline is {shown(baseline)}; give a forecast, as impact.baseline makes it")
    check_level(level)
    check_seed(seed)
    check_name("name", name)
    name = name.strip() or "the feature"
    texts = {"value": value, "cost": cost, "cannibalises": cannibalises}
    plan = planned(
        baseline, name=name, effect=effect, reach=reach, adoption=adoption, analogues=analogues,
        horizon=horizon, launch=launch, currency=currency, effect_of=effect_of, texts=texts, seed=seed,
    )  # fmt: skip
    if isinstance(plan, Absent):
        return plan
    check_draws(draws, plan.steps)
    mean = averaged(plan, add)
    aim = None if target is None else aimed(plan, target, mean)
    found = summary(plan, mean=mean, target=aim, level=level, draws=draws, seed=seed)
    parts = {part.name: getattr(found, part.name) for part in fields(found)}
    return labelled(Feature(**parts, **told(found)), [plan])


def planned(
    baseline: Baseline,
    *,
    name: str,
    effect: Any,
    reach: Any,
    adoption: Any,
    analogues: Source | None,
    horizon: int | None,
    launch: Any,
    currency: str,
    effect_of: Any,
    texts: Mapping[str, Any],
    seed: int,
) -> Plan | Absent:
    """Read all of a plan."""
    steps = len(baseline.dates)
    if horizon is not None:
        check_count("horizon", horizon, 1, steps, f"; the baseline foretells {steps:,}")
        steps = horizon
    if effect_of not in EFFECT_OF:
        raise ValueError(f'effect_of is {shown(effect_of)}; give "user" or "adopter"')
    check_name("currency", currency)
    law, words = effect_of_past(effect, seed)
    taken: Adoption | Absent
    if analogues is not None:
        from pmlib.impact.feature.analogues import adoption_like

        taken = adoption_like(analogues, TITLE)
        if isinstance(taken, Absent):
            return taken
    else:
        taken = adoption_of(adoption, baseline.kpi.step)
    plan = Plan(
        name=name, baseline=baseline, launch=0, steps=steps, effect=law, reach=Constant(1.0), adoption=taken,
        effect_of=effect_of, currency=currency, words={"effect": words},
        synthetic=bool(getattr(effect, "synthetic", False)),
    )  # fmt: skip
    plan.check()
    for driver, text in {"reach": reach, **texts}.items():
        if text is not None:
            plan = plan.changed(driver, text)
    return plan if launch is None else with_launch(plan, launch)


def with_launch(plan: Plan, launch: Any) -> Plan:
    """Launch at a date."""
    return replace(plan, launch=launch_place(launch, plan.dates))


def check_draws(draws: Any, steps: int) -> None:
    """Refuse too few draws to tell a range by, and more than a computer's memory holds."""
    check_count("draws", draws, FEWEST, min(MOST, CELLS // steps), f", of {steps:,} periods each")


def averaged(plan: Plan, add: str | None) -> bool:
    """Tell whether the gains of periods are averaged."""
    if add is not None and add not in ADDS:
        raise ValueError(f'add is {shown(add)}; give "sum" or "mean"')
    percent = plan.baseline.kpi.column.unit in ("%", "points")
    return add == "mean" or (add is None and percent)


def aimed(plan: Plan, target: str | float, mean: bool) -> Target:
    """Read a target in the terms of the plan's KPI."""
    percent = plan.baseline.kpi.column.unit in ("%", "points")
    return target_of(target, plan.baseline.kpi.step.name, mean=mean, percent=percent)
