"""The sentences of a planned test."""

from collections.abc import Mapping
from math import isfinite

import pandas as pd

from pmlib.impact.randomised.baseline import Baseline
from pmlib.table import MINUS, number, percentage
from pmlib.wording import capital, lower

SOON = 8  # weeks, of which it is said what they find where no effect was named or it takes too long
LATE = 52  # weeks, beyond which nobody waits

Numbers = Mapping[str, float]


def title(base: Baseline, plan: Numbers, frame: pd.DataFrame) -> str:
    """Say how long the test runs, or what it can find."""
    if not isfinite(plan["difference"]):
        row = soon(frame)
        when = _weeks(row["weeks"]) if isfinite(row["weeks"]) else f"{number(row['users'])} users"
        return f"{when} find changes of {_size(base, row['estimate'])} and more"
    if not isfinite(plan["users"]) or plan["weeks"] > LATE:
        return f"A change of {_target(base, plan)} is too small to test for"
    if isfinite(plan["weeks"]):
        return f"{_weeks(plan['weeks'])} find a change of {_target(base, plan)}"
    return f"{number(plan['users'])} users find a change of {_target(base, plan)}"


def finding(base: Baseline, plan: Numbers, frame: pd.DataFrame, users_a_week: float | None) -> str:
    """Say what is found with how many users, and in how many of such tests."""
    often = f"in {percentage(plan['power'])} of such tests"
    if not isfinite(plan["difference"]):
        row = soon(frame)
        when = f"{_weeks(row['weeks'])} at {number(users_a_week)} users" if users_a_week else ""
        of = f"{number(row['per_arm'], digits=0)} users in each of {plan['arms']:.0f} arms"
        now = f", now {_value(base, base.value)}," if base.users or base.value != 1 else ""
        change = f"A change of {_size(base, row['estimate'])} in {lower(base.column.label)}{now}"
        return f"{change} is found {often} with {of}{f' ({when} a week)' if when else ''}."
    ends = f"from {_value(base, base.value)} to {_value(base, base.value + plan['difference'])}"
    said = f"A change of {_target(base, plan)} in {lower(base.column.label)}, {ends}, is found {often}"
    if not isfinite(plan["users"]):
        return f"{said} with no number of users that there is."
    said += f" with {number(plan['users_per_arm'])} users in each of {plan['arms']:.0f} arms"
    weeks = f": {_weeks(plan['weeks'])} at {number(users_a_week)} users a week" if users_a_week else ""
    return f"{said}{weeks}."


def headline(base: Baseline, plan: Numbers, frame: pd.DataFrame) -> str:
    """Say the same without a term to look up."""
    if not isfinite(plan["difference"]) or not isfinite(plan["weeks"]) or plan["weeks"] > LATE:
        return f"{title(base, plan, frame)}."
    return f"A test of {_weeks(plan['weeks'])} finds a change of {_target(base, plan)}, if there is one."


def advice(base: Baseline, plan: Numbers, frame: pd.DataFrame) -> str:
    """Say how to run it."""
    if not isfinite(plan["difference"]):
        return "Name the smallest effect that would change the decision, and run the test that finds it."
    if not isfinite(plan["users"]) or plan["weeks"] > LATE:
        row = soon(frame)
        when = _weeks(row["weeks"]) if isfinite(row["weeks"]) else f"{number(row['users'])} users"
        least = _size(base, row["estimate"])
        return (
            f"Don't run this test: {when} find changes of {least} and more only. Choose a metric that moves "
            "more, or one that earlier behaviour explains."
        )
    run = f"Run {_weeks(plan['weeks'])}" if isfinite(plan["weeks"]) else "Run it to the end"
    more = f"{number(plan['always_factor'], digits=1)} times the users"
    words = f"{run} and look once, at the end; to look at any time takes {more}."
    if isfinite(plan["weeks"]) and plan["weeks"] > 1 and isfinite(plan["false_alarms"]):
        alarms = number(plan["false_alarms"], "%", 0)
        return (
            f"{words} Looking every week as if it were the end cries effect in {alarms} of tests without one."
        )
    return words


def unknown(base: Baseline) -> str:
    """Say what would change the plan."""
    known = "" if base.users else "The baseline was typed in, not measured. "
    return f"{known}Who comes back is counted once, so that later weeks bring fewer new users than the first."


def subtitle(base: Baseline, plan: Numbers) -> str:
    """Say what is measured, and under which terms."""
    power, level = percentage(plan["power"]), percentage(plan["level"])
    parts = [f"{capital(base.column.label)}; {power} power, {level} intervals"]
    if plan["arms"] > 2:
        parts.append(f"shared among {plan['arms'] - 1:.0f} comparisons")
    if plan["variance_left"] < 1:
        parts.append(f"what is known before saves {number(1 - plan['variance_left'], '%')} of users")
    if plan["design_effect"] > 1:
        parts.append(f"whole clusters take {number(plan['design_effect'], digits=1)} times the users")
    return f"{', '.join(parts)}."


def soon(frame: pd.DataFrame) -> pd.Series:
    """Choose the row that is spoken of where none finds what was asked, or nothing was."""
    weeks = frame["weeks"]
    return frame.iloc[int((weeks - SOON).abs().argmin()) if weeks.notna().any() else len(frame) // 2]


def _weeks(count: float) -> str:
    return "1 week" if count == 1 else f"{count:,.0f} weeks"


def _target(base: Baseline, plan: Numbers) -> str:
    if base.value > 0:
        return percentage(round(plan["effect"], 4)).replace("-", MINUS)
    return number(plan["difference"], base.column.unit)


def _size(base: Baseline, difference: float) -> str:
    return number(difference / base.value, "%") if base.value > 0 else number(difference, base.column.unit)


def _value(base: Baseline, value: float) -> str:
    return number(value, base.column.unit)
