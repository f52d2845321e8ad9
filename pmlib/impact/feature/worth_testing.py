"""Which test is worth running before the decision: what it would save against what it and the wait cost."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from pmlib.data.words import shown
from pmlib.given import ungiven
from pmlib.impact.feature.forecast import Feature
from pmlib.impact.feature.information import Decision
from pmlib.impact.feature.label import labelled
from pmlib.impact.feature.plan import Plan
from pmlib.impact.feature.simulate import Drawn, adopted
from pmlib.impact.feature.weighed import Weighed
from pmlib.impact.feature.words import unit_of
from pmlib.impact.ranges import LARGEST, law
from pmlib.parameters import check_count, check_number
from pmlib.result import Absent, Result
from pmlib.table import Column

TITLE = "The test worth running"
LONGEST = 260  # weeks
WEEK = 7.0  # days
EVENLY = ndtri((np.arange(2000) + 0.5) / 2000)  # scores whose values stand for a law


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WorthTesting(Result):
    """What tests of several lengths are worth; frame has a row a length.

    Frame: weeks, users, se (of the relative effect), turns (chance that it turns the decision), sample (what
    better decisions are worth: the expected value of sample information), delay (what waiting costs), cost
    (of the test), costs (both), net (sample less costs).

    ships : whether shipping is the better choice without a test. now : what that choice is worth on average.
    perfect : what knowing the effect would be worth, which is the loss to be expected of deciding now.
    everything : what knowing all drivers would be worth. weeks : of the best test; 0 where none is worth it.
    net : of the best test (the least bad one where none is worth it). unit : of all of these.
    """

    ships: bool
    now: float
    perfect: float
    everything: float
    weeks: int
    net: float
    unit: str

    def plot(self, ax: Any = None) -> Any:
        """Draw what a test saves and what it costs, by its length."""
        from pmlib import chart

        names = {"sample": "saves", "costs": "costs"}
        long = self.frame.melt("weeks", list(names), "curve", "amount").assign(
            curve=lambda f: f["curve"].map(names)
        )
        best = self.frame[self.frame["weeks"] == self.weeks]
        places = pd.DataFrame(
            {
                "label": "Best length, in weeks:",
                "estimate": best["weeks"],
                "low": best["weeks"],
                "high": best["weeks"],
            }
        ).assign(at=best["sample"])
        columns = {
            "weeks": Column("Length of the test, in weeks", digits=0),
            "amount": Column("Amount", self.unit),
        }
        return chart.curves(
            long, "weeks", "amount", "curve", columns=columns, places=places if len(places) else None, ax=ax
        )


def worth_testing(
    feature: "Feature | Absent | None",
    *,
    users: float | None = None,
    spread: float | None = None,
    se: str | float | None = None,
    weeks: int = 12,
    test_cost: str | float | None = None,
    cost_a_week: str | float | None = None,
    threshold: str | float = 0.0,
) -> WorthTesting | Absent:
    """Weigh tests of 1 to `weeks` weeks before the decision to ship.

    One ships where the worth net of cost (the gain, where no value is known) is expected to be above the
    threshold. A test tells the effect with an error; waiting for it costs the gain of those weeks, of which
    the half that has the feature in the test is not counted.

    Parameters
    ----------
    users : who can enter the test a week, half of them with the feature. spread : standard deviation of the
        KPI between users over its mean; of a rate p, √((1 − p) / p).
    se : instead of both, standard error of the relative effect after one week of testing, "0.8%".
    test_cost, cost_a_week : of the test, in money: once, and for each week.
    threshold : what the feature must be worth to be shipped, in money (in the KPI's unit without a value).

    Raises
    ------
    ValueError : neither users and spread nor se; a cost that cannot be set against a gain not in money.
    """
    if absent := ungiven(TITLE, feature, "feature"):
        return absent
    if not isinstance(feature, Feature):
        raise ValueError(f"feature is {shown(feature)}; give a forecast, as impact.feature makes it")
    check_count("weeks", weeks, 1, LONGEST)
    error = _error(users, spread, se)
    plan, draws = feature.plan, feature.draws
    if plan.effect.constant:
        return Absent(
            title=TITLE, reason=f"The effect of {plan.name} is taken as known, so no test would tell more."
        )
    once, weekly = (
        _amount(name, given, plan, draws)
        for name, given in (("test_cost", test_cost), ("cost_a_week", cost_a_week))
    )
    bar = float(draws.parts["cost"].mean() if draws.valued else 0.0)
    bar += law(threshold, "size", "threshold", money=plan.currency[:1]).median
    decision = Decision(draws.parts["effect"], _slope(feature, 0.0), bar)
    frame = _frame(feature, decision, error, weeks, once, weekly)
    if users is not None:
        frame.insert(1, "users", frame["weeks"] * float(users))
    outcome = _outcome(feature) - (bar - (draws.parts["cost"].mean() if draws.valued else 0.0))
    # Knowing more is never worth less, but in draws in which the effect goes with another driver by chance.
    everything = max(float(np.maximum(outcome, 0).mean()) - decision.now, decision.perfect)
    unit = plan.currency if draws.valued else unit_of(plan, mean=feature.mean)
    weighed = Weighed(frame, plan.name, unit, decision, everything)
    found = WorthTesting(
        **weighed.told(),
        source=plan.baseline.kpi.source,
        frame=frame,
        ships=weighed.ships,
        now=decision.now,
        perfect=decision.perfect,
        everything=everything,
        weeks=int(weighed.best["weeks"]) if weighed.worth else 0,
        net=float(weighed.best["net"]),
        unit=unit,
    )
    return labelled(found, [plan], again=True)


def _error(users: float | None, spread: float | None, se: str | float | None) -> float:
    """Standard error of the relative effect after a week."""
    if se is not None and users is None and spread is None:
        found = law(se, "share", "se")
        if not found.constant or not found.median > 0:
            raise ValueError(f"se is {shown(se)}; write one percentage above 0, such as 0.8%")
        return found.median
    if users is None or spread is None or se is not None:
        raise ValueError("give users (a week) and spread (of the KPI between them), or se (after one week)")
    for name, given in (("users", users), ("spread", spread)):
        check_number(name, given, "a number above 0")
        if not 1 / LARGEST <= given <= LARGEST:
            raise ValueError(f"{name} is {given:g}; give a number above 0, at most {LARGEST:g}")
    return 2 * spread / sqrt(users)  # of the difference of two halves, over the mean


def _amount(name: str, given: str | float | None, plan: Plan, draws: Drawn) -> float:
    if given is None:
        return 0.0
    if not draws.valued:
        raise ValueError(
            f"{name} is money, and {plan.name} has no value in money; give impact.feature a value"
        )
    return float(law(given, "size", name, money=plan.currency[:1]).at(EVENLY).mean())


def _slope(feature: Feature, late: float) -> float:
    """What an effect of 1 would be worth on average, were it launched so many days later."""
    draws, plan = feature.draws, feature.plan
    parts = draws.parts
    adoption = parts["adoption"]
    if late:
        adoption = adopted(plan, len(draws.total), *draws.seeds, late=late)
    size = parts["reach"] * (1 - parts["cannibalises"]) * np.einsum("ij,ij->i", adoption, parts["baseline"])
    if draws.valued:
        return float((draws.better * size * parts["value"]).mean())
    return float(draws.better * size.mean() / (plan.steps if feature.mean else 1))


def _outcome(feature: Feature) -> np.ndarray:
    """What shipping pays, by draw, without the threshold."""
    draws = feature.draws
    if draws.valued:
        return draws.money
    return draws.better * draws.total / (feature.plan.steps if feature.mean else 1)


def _frame(
    feature: Feature, decision: Decision, error: float, weeks: int, once: float, weekly: float
) -> pd.DataFrame:
    rows = []
    for week in range(1, weeks + 1):
        se = error / sqrt(week)
        tested = decision.tested(se)
        later = Decision(decision.effects, _slope(feature, week * WEEK), decision.bar)
        delay, cost = max(tested - later.tested(se), 0.0), once + week * weekly
        rows.append(
            {
                "weeks": week,
                "se": se,
                "turns": decision.turns(se),
                "sample": tested - decision.now,
                "delay": delay,
                "cost": cost,
                "costs": delay + cost,
                "net": tested - decision.now - delay - cost,
            }
        )
    return pd.DataFrame(rows)
