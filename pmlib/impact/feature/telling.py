"""The words about a feature's forecast: what it does, what that is worth, what to do, what would turn it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pmlib.impact.feature.breakeven import Outcome, break_even, strongest
from pmlib.impact.feature.plan import Plan
from pmlib.impact.feature.simulate import money, total
from pmlib.impact.feature.summary import OUTER, Summary
from pmlib.impact.feature.words import (
    amount,
    as_said,
    chance,
    driver_label,
    driver_unit,
    kpi_words,
    rounded,
    said,
    span,
    unit_of,
)
from pmlib.impact.forecast.by_week import chunk
from pmlib.result import Check, Number
from pmlib.table import Column, interval_digits, number, percentage
from pmlib.wording import capital, listed, lower

SELDOM, OFTEN = (
    0.1,
    0.8,
)  # chances from which one may plan: of a loss, at most; of reaching a target, at least
FAR = 1.0  # of a range's width beyond its ends: a break-even farther away is out of the question


def told(found: Summary) -> dict[str, Any]:
    """Write everything that a Feature says."""
    plan, level = found.plan, found.level
    unit = unit_of(plan, mean=found.mean)
    lift = amount(found.lift, found.lift_low, found.lift_high, "%", sign=True)
    over = plan.baseline.kpi.step.several(plan.steps)
    main = f"{capital(plan.name)} {_does(found, unit)} over {over}, {lift}"
    first = main
    if found.gain_low < 0 < found.gain_high:
        moves = f"{_moved(found, unit)} over {over}, {lift}"
        first = f"We cannot yet say that {plan.name} moves {kpi_words(plan)}: {moves}"
    outer = f"{percentage(OUTER)}: {span(found.gain_low_95, found.gain_high_95, unit)}"
    aim = _aim(found)
    return {
        "title": _title(found),
        "finding": " ".join(filter(None, [f"{main} ({outer}).", aim, _worth(found), _of_whom(plan)])),
        "headline": " ".join(filter(None, [f"{first}.", aim])),
        "advice": _advice(found),
        "unknown": _unknown(found),
        "subtitle": _subtitle(plan, level),
        "source": plan.baseline.kpi.source,
        "columns": _columns(found, unit),
        "numbers": _numbers(found, unit, over),
        "checks": _checks(found),
    }


def _does(found: Summary, unit: str) -> str:
    words = kpi_words(found.plan)
    unsure = found.gain_low < 0 < found.gain_high
    if found.gain < 0 or unsure:
        return f"{'may change' if unsure else 'changes'} {words} by {_moved(found, unit)}"
    to = "" if words == unit else f" to {words}"
    return (
        f"adds {said(found.gain, found.gain_low, found.gain_high, unit, found.level)}{_a_period(found)}{to}"
    )


def _moved(found: Summary, unit: str) -> str:
    bare = "" if kpi_words(found.plan) == unit else unit  # which the sentence names already
    moved = said(found.gain, found.gain_low, found.gain_high, bare, found.level, sign=True)
    return f"{moved}{_a_period(found)}"


def _a_period(found: Summary) -> str:
    return f" a {found.plan.baseline.kpi.step.name}" if found.mean else ""


def _title(found: Summary) -> str:
    words = kpi_words(found.plan)
    if found.target is not None:
        of = f" {words}" if found.target.relative else ""
        return f"{capital(found.plan.name)} has a {chance(found.chance)} chance of {found.target.words}{of}"
    if found.gain_low <= 0 <= found.gain_high:
        return f"We cannot say that {found.plan.name} moves {words}"
    lift = amount(found.lift, found.lift_low, found.lift_high, "%", sign=True)
    return f"{capital(found.plan.name)}: about {lift} {words}"


def _aim(found: Summary) -> str:
    if found.target is None:
        return ""
    return f"The chance of reaching {found.target.words} is {chance(found.chance)}."


def _worth(found: Summary) -> str:
    if np.isnan(found.money):
        return ""
    worth = said(found.money_mean, found.money_low, found.money_high, found.plan.currency, found.level)
    step = found.plan.baseline.kpi.step
    back = (
        f"as likely as not it has paid back {step.several(int(found.payback))} after launch"
        if np.isfinite(found.payback)
        else f"most likely it has not paid back within {step.several(found.plan.steps)}"
    )
    return (
        f"Net of cost it is worth {worth} on average; the chance of a loss is {chance(found.loss)}; {back}."
    )


def _of_whom(plan: Plan) -> str:
    return "" if plan.effect_of == "user" else "The effect is on those who use it only."


def _advice(found: Summary) -> str:
    name = found.plan.name
    if not np.isnan(found.money):
        worth = amount(found.money_mean, found.money_low, found.money_high, found.plan.currency)
        if found.money_mean <= 0:
            over = found.plan.baseline.kpi.step.several(found.plan.steps)
            return f"Do not ship {name} as planned: over {over} it is worth {worth} on average, net of cost."
        if found.loss <= SELDOM:
            return f"Ship {name}: the chance of a loss is {chance(found.loss)}."
        risk = f"but loses money in {chance(found.loss)} of cases: weigh a test"
        return f"{capital(name)} pays on average ({worth}), {risk}."
    if found.target is not None:
        if found.chance >= OFTEN:
            return f"Plan on {found.target.words} from {name}."
        if found.chance <= 1 - OFTEN:
            return f"Do not promise {found.target.words} from {name}."
        return f"Do not promise {found.target.words} yet: test {name} first, or plan for less."
    if found.gain_low <= 0 <= found.gain_high:
        return f"Test {name} before you count on it."
    return ""


def outcome_of(found: Summary) -> Outcome | None:
    """The outcome that a decision hangs on: money, else what passes the target; None without both."""
    if found.draws.valued:
        return lambda parts: money(parts, found.draws.better)
    target, steps = found.target, found.plan.steps
    if target is None:
        return None
    way = -1 if target.amount < 0 else 1

    def beyond(parts: Mapping[str, np.ndarray]) -> np.ndarray:
        against = parts["baseline"].sum(axis=1) * target.amount if target.relative else target.amount
        return way * (total(parts) / (steps if target.mean and not target.relative else 1) - against)

    return beyond


def _unknown(found: Summary) -> str:
    outcome = outcome_of(found)
    name = "" if outcome is None else strongest(found.draws, outcome)
    if outcome is None or not name:
        return ""
    plan, unit = found.plan, driver_unit(name, found.plan)
    low, high = getattr(plan, name).ends(found.level)
    point = break_even(found.draws, name, outcome)
    label, given = lower(driver_label(name, plan)), as_said(name, plan, found.level)
    what = "breaks even" if found.draws.valued else f"reaches {found.target.words}" if found.target else ""
    reach = FAR * (high - low)
    if not low - reach <= point <= high + reach:
        return f"{capital(label)}, which moves the outcome most: {given} was assumed."
    at = amount(point, low, high, unit)
    return f"{capital(label)}: on average it {what} at {at}, and {given} was assumed."


def _subtitle(plan: Plan, level: float) -> str:
    column = plan.baseline.kpi.column
    when = f"launched {plan.dates[plan.launch].date()}"
    drivers = [f"{lower(driver_label(d, plan))} {as_said(d, plan, level)}" for d in ("effect", "reach")]
    bands = f"{percentage(level)} and {percentage(OUTER)} range"
    by_week = " a day, by week," if chunk(plan.baseline.kpi, plan.steps) > 1 else ""
    what = f"{column.label}{by_week} so far and ahead, with {plan.name} ({bands})"
    return f"{what} and without (dashed), {when}; {listed([*drivers, f'adoption {plan.adoption.words}'])}."


def _columns(found: Summary, unit: str) -> dict[str, Column]:
    kpi, at = found.plan.baseline.kpi.column, percentage(found.level)
    columns = {
        "period": Column("Period"),
        "without": Column("Without it", kpi.unit),
        "estimate": Column("With it", kpi.unit),
        "gain": Column("Gain", unit),
        "gain_low": Column(f"Gain, low end ({at})", unit),
        "gain_high": Column(f"Gain, high end ({at})", unit),
    }
    return columns


def _numbers(found: Summary, unit: str, over: str) -> tuple[Number, ...]:
    plan = found.plan
    words, more = kpi_words(plan), "more" if found.gain >= 0 else "change of"
    more += "" if words == unit else f" {words}"
    value, low, high = _rounded(found.gain, found.gain_low, found.gain_high, unit)
    numbers = [
        Number(
            name="gain",
            label=f"{more} over {over} with {plan.name}",
            value=value, low=low, high=high, level=found.level, unit=unit,
        )
    ]  # fmt: skip
    if found.target is not None:
        label = f"chance that {plan.name} reaches {found.target.words}"
        numbers.append(Number(name="chance_of_target", label=label, value=round(found.chance, 2), unit="%"))
    if not np.isnan(found.money):
        value, low, high = _rounded(found.money_mean, found.money_low, found.money_high, plan.currency)
        numbers.append(
            Number(
                name="worth",
                label=f"what {plan.name} is worth on average over {over}, net of cost",
                value=value, low=low, high=high, level=found.level, unit=plan.currency,
            )
        )  # fmt: skip
    return tuple(numbers)


def _rounded(value: float, low: float, high: float, unit: str) -> tuple[float, ...]:
    """Round an amount as the sentences do, so that a tile says the same."""
    digits = interval_digits(low, high, unit)
    return tuple(rounded(each, digits, unit) for each in (value, low, high))


def _checks(found: Summary) -> tuple[Check, ...]:
    """See whether the horizon holds most of the adoption."""
    ever = 1.0 if found.plan.effect_of == "user" else max(found.plan.adoption.ceiling.median, 1e-9)
    last = float(found.frame["adoption"].iloc[-1]) / ever
    return (
        Check("Adoption is nearly done within the horizon", last >= 0.9, f"{number(last, '%', 0)} of it"),
    )
