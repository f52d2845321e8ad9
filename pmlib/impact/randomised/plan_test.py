"""The test to run: how many users and weeks it takes to find an effect, and what can be found in how many."""

from dataclasses import dataclass
from math import ceil, inf, isfinite, nan, sqrt
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq

from pmlib.data import Source
from pmlib.data.source import check_source
from pmlib.given import ungiven
from pmlib.impact.randomised import plan_words as words
from pmlib.impact.randomised.baseline import Baseline, check_between, check_form, given, measured
from pmlib.impact.randomised.checks import ENOUGH
from pmlib.impact.randomised.sequential import Sequential
from pmlib.parameters import check_count, check_level, check_number
from pmlib.result import Absent, Check, Number, Result
from pmlib.stats.looks import false_alarms
from pmlib.stats.power import MOST, Kind, detectable, size
from pmlib.table import Column, number

TITLE = "The test to run"
SHORT, LONG = 8, 52  # weeks of the curve at least and at most
WEEKS = 26  # beyond which users come back under another name, and the product is another
STEPS = np.geomspace(0.1, 4, 24)  # of the users needed, where none are known to come a week
CURVES = {"estimate": "One look, at the end", "always": "A look at any time"}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Plan(Result):
    """A test before it is run.

    baseline, sd : of the metric and a user. effect, difference : to be found, relative and in its unit.
    size : users of each arm that find it, as the formula gives them; nan where no effect was named.
    users_per_arm, users, weeks : in whole ones; weeks is nan where no users a week were given.
    rule_of_thumb : 16 variances / difference squared, of each arm.
    arms, power, level : as asked. level_each : of one comparison, so that all together hold at `level`.
    design_effect : how many times the users, as whole clusters are assigned. variance_left : of 1, after what
        is known before is taken off.
    mde, mde_relative : found with that many users. always_size, always_factor : the same size where intervals
        hold at every look, and how many times as many users that is.
    false_alarms : chance to cry effect without one, looking every week at the limit for one look.
    """

    baseline: float
    sd: float
    effect: float
    difference: float
    size: float
    users_per_arm: float
    users: float
    weeks: float
    rule_of_thumb: float
    arms: int
    power: float
    level: float
    level_each: float
    design_effect: float
    variance_left: float
    mde: float
    mde_relative: float
    always_size: float
    always_factor: float
    false_alarms: float
    x: str
    unit: str

    def plot(self, ax: Any = None) -> Any:
        """Draw what can be found by weeks, or users: with one look, and with a look at any time."""
        from pmlib import chart

        relative = bool(np.isfinite(self.frame["estimate_relative"]).all())
        ends = ["estimate_relative", "always_relative"] if relative else ["estimate", "always"]
        parts = [
            pd.DataFrame({self.x: self.frame[self.x], "mde": self.frame[end], "curve": name})
            for end, name in zip(ends, CURVES.values(), strict=True)
        ]
        spec = Column("Smallest effect found", "%" if relative else self.unit)
        columns = {self.x: self.columns[self.x], "mde": spec}
        drawn = pd.concat(parts, ignore_index=True).dropna()
        return None if drawn.empty else chart.curves(drawn, self.x, "mde", "curve", columns=columns, ax=ax)


def plan_test(
    test: Source | None = None,
    metric: str | None = None,
    *,
    rate: float | None = None,
    mean: float | None = None,
    sd: float | None = None,
    effect: float | None = None,
    difference: float | None = None,
    users_a_week: float | None = None,
    arms: int = 2,
    power: float = 0.8,
    level: float = 0.95,
    correlation: float = 0.0,
    cluster_size: float = 1.0,
    icc: float = 0.0,
    form: str = "normal",
) -> Plan | Absent:
    """Say how long to run a test, and what it will be able to find.

    Means by the noncentral t, shares by normal errors (as R's power.t.test and power.prop.test, two-sided)
    or the arcsine; ratios, clusters and covariates by the variance of the delta method. With several arms
    each is compared with the control at a level shared among them (Bonferroni). Looks at any time by the
    intervals of experiment(looks="sequential").

    Parameters
    ----------
    test : one row a user, of a past test (then its control counts) or of users as they are now; or None and
        the next three.
    metric : as in experiment(), such as "orders / sessions" or "revenue ~ revenue_before"; by default the
        first kpi.
    rate : share of users, 0-1. mean, sd : of a user.
    effect : to be found, as a fraction of the baseline: 0.05 for 5 % more, -0.05 for less.
    difference : the same in the metric's unit, instead.
    users_a_week : that come into the test, all arms together.
    arms : with the control. power : chance to find the effect. level : of the intervals, 0-1.
    correlation : of the metric with what is known before the test. cluster_size, icc : users of a cluster and
        their correlation, where whole clusters are assigned. These are worked out where a table is given.
    form : "normal" or "arcsine", of shares.

    Returns
    -------
    Plan : frame has a row a week (or a number of users): weeks, users (of all arms), per_arm, estimate and
        estimate_relative (the smallest effect found with one look at the end), always and always_relative
        (with looks at any time), false_alarms (of looking every week until then as if it were the only look).

    Raises
    ------
    ValueError : no baseline, two of them, an effect of 0 or beyond what can be, users that are no number
        above 0.
    """
    check_level(level, 0.5)
    check_between("power", power, 0, 1, "a chance between 0 and 1, such as 0.8")
    check_count("arms", arms, 2, 100)
    check_form(form)
    if power <= 1 - level:
        raise ValueError(f"power is {power}; false alarms alone come as often as {1 - level:.3g}: give more")
    base = _baseline(test, metric, rate, mean, sd, correlation, cluster_size, icc, level)
    if isinstance(base, Absent):
        return base
    target = _difference(base, effect, difference)
    if users_a_week is not None:
        check_number("users_a_week", users_a_week, "users that come a week, 1 and more")
        if not 1 <= users_a_week < inf:
            raise ValueError(f"users_a_week is {users_a_week}; give users that come a week, 1 and more")
    each = 1 - (1 - level) / (arms - 1)
    return _planned(base, target, users_a_week, arms, power, level, each, form)


def _baseline(
    test: Source | None,
    metric: str | None,
    rate: float | None,
    mean: float | None,
    sd: float | None,
    correlation: float,
    cluster_size: float,
    icc: float,
    level: float,
) -> Baseline | Absent:
    numbers = {"rate": rate, "mean": mean, "sd": sd}
    said = [name for name, value in numbers.items() if value is not None]
    if isinstance(test, Absent):
        return Absent(title=TITLE, reason=test.reason)
    if test is not None:
        check_source(test)
    if test is None or not test.given:
        if not said:
            found = ungiven(TITLE, None, "table of users, and no rate, or mean and sd,")
            assert found is not None
            return found
        if metric is not None:
            raise ValueError("metric is given without a table of users; give test too, or leave metric out")
        return given(rate, mean, sd, correlation, cluster_size, icc)
    more = {"correlation": correlation, "icc": icc, "cluster_size": cluster_size - 1}
    said += [name for name, value in more.items() if value]
    if said:
        raise ValueError(f"{said[0]} is given and a table too, which says it itself; leave one out")
    return measured(test, metric, level)


def _difference(base: Baseline, effect: float | None, difference: float | None) -> float:
    """Give the difference to be found in the metric's unit; nan where none is named."""
    if effect is not None and difference is not None:
        raise ValueError("effect and difference are both given; leave one out")
    name, value = ("effect", effect) if effect is not None else ("difference", difference)
    if value is None:
        return nan
    check_number(name, value, "what is to be found, such as 0.05")
    if not isfinite(value) or value == 0:
        raise ValueError(f"{name} is {value}; no test finds nothing: give the smallest that matters")
    if name == "effect" and base.value <= 0:
        raise ValueError(f"effect is a fraction of the baseline, which is {base.value:g}; give difference")
    target = float(value * base.value if name == "effect" else value)
    if base.share and not 0 < base.value + target < 1:
        raise ValueError(
            f"{name} is {value}: of {number(base.value, '%')} it makes {number(base.value + target, '%')}, "
            "which is no share; give less"
        )
    return target


def _planned(
    base: Baseline,
    target: float,
    users_a_week: float | None,
    arms: int,
    power: float,
    level: float,
    each: float,
    form: str,
) -> Plan:
    kind, known = base.kind(form), isfinite(target)
    needed = size(kind, target, power, each) if known else nan
    if needed == inf:
        raise ValueError(
            f"a difference of {target:g} takes more than {MOST:,.0f} users an arm; look for more"
        )
    per_arm = float(ceil(needed - 1e-9)) if isfinite(needed) else needed
    users = per_arm * arms
    weeks = float(max(1, ceil(users / users_a_week))) if users_a_week and isfinite(users) else nan
    frame = _frame(base, kind, per_arm, weeks, users_a_week, arms, power, each)
    last = frame.iloc[(frame["weeks"] - weeks).abs().argmin()] if isfinite(weeks) else words.soon(frame)
    at = per_arm if known else float(last["per_arm"])
    always = _always_size(base, abs(target), needed, power, each) if known else nan
    found = detectable(kind, at, power, each)
    plan: dict[str, Any] = {
        "baseline": base.value,
        "sd": base.sd,
        "effect": target / base.value if base.value > 0 else nan,
        "difference": target,
        "size": needed,
        "users_per_arm": per_arm,
        "users": users,
        "weeks": weeks,
        "rule_of_thumb": 16 * base.error**2 / target**2,
        "arms": arms,
        "power": power,
        "level": level,
        "level_each": each,
        "design_effect": base.design_effect,
        "variance_left": base.variance_left,
        "mde": found,
        "mde_relative": found / base.value if base.value > 0 else nan,
        "always_size": always,
        "always_factor": always / needed,
        "false_alarms": float(last["false_alarms"]),
    }
    x = "users" if users_a_week is None else "weeks"
    return Plan(
        title=words.title(base, plan, frame),
        finding=words.finding(base, plan, frame, users_a_week),
        headline=words.headline(base, plan, frame),
        advice=words.advice(base, plan, frame),
        unknown=words.unknown(base),
        subtitle=words.subtitle(base, plan),
        frame=frame,
        columns=_columns(base, x),
        source=base.source,
        numbers=_numbers(base, plan),
        checks=_checks(base, plan),
        x=x,
        unit=base.column.unit,
        **plan,
    )


def _frame(
    base: Baseline,
    kind: Kind,
    per_arm: float,
    weeks: float,
    users_a_week: float | None,
    arms: int,
    power: float,
    each: float,
) -> pd.DataFrame:
    if users_a_week is None:
        middle = per_arm if isfinite(per_arm) else 10_000.0
        sizes = np.unique(np.maximum(np.ceil(middle * STEPS), 2))
        when = np.full(len(sizes), nan)
    else:
        last = int(np.clip(ceil(1.5 * weeks) if isfinite(weeks) else 2 * SHORT, SHORT, LONG))
        when = np.arange(1.0, last + 1)
        sizes = users_a_week * when / arms
    aim = per_arm if isfinite(per_arm) else sizes[len(sizes) // 2]
    found = np.array([detectable(kind, max(n, 2.0), power, each) for n in sizes])
    always = np.array([_always(base, n, 2 * aim, power, each) for n in sizes])
    by = base.value if base.value > 0 else nan
    alarms = np.full(len(sizes), nan)
    if users_a_week is not None:
        alarms = false_alarms(len(sizes), float(stats.norm.ppf((1 + each) / 2)))
    return pd.DataFrame(
        {
            "weeks": when,
            "users": sizes * arms,
            "per_arm": sizes,
            "estimate": found,
            "estimate_relative": found / by,
            "always": always,
            "always_relative": always / by,
            "false_alarms": alarms,
        }
    )


def _always(base: Baseline, n: float, tightest: float, power: float, level: float) -> float:
    """The difference that n users in each arm find with intervals that hold at every look."""
    limit = Sequential(tightest, level).critical(level, inf, 2 * n)
    return float((limit + stats.norm.ppf(power)) * base.error * sqrt(2 / n))


def _always_size(base: Baseline, target: float, needed: float, power: float, level: float) -> float:
    """The users of each arm by whom an interval that holds at every look has found the target."""
    if not isfinite(needed):
        return needed
    short = lambda n: _always(base, n, 2 * needed, power, level) - target  # noqa: E731
    high = 2 * needed
    while short(high) > 0:
        high *= 2
    return float(brentq(short, 1.0, high)) if short(1.0) > 0 else 1.0


def _columns(base: Baseline, x: str) -> dict[str, Column]:
    weeks = {"weeks": Column("Weeks", "", 0)} if x == "weeks" else {}
    unit = "points" if base.share else base.column.unit
    return weeks | {
        "users": Column("Users", "", 0),
        "estimate": Column("Smallest effect found", unit),
        "estimate_relative": Column("Relative", "%"),
        "always_relative": Column("Looking at any time", "%"),
        "false_alarms": Column("False alarms of weekly looks", "%", 0),
    }


def _numbers(base: Baseline, plan: dict[str, Any]) -> tuple[Number, ...]:
    found = [
        ("users_needed", "users in all arms that the test needs", plan["users"], "users"),
        ("weeks_needed", "that it runs", plan["weeks"], "weeks"),
        ("smallest_effect", "smallest effect it finds, of the baseline", plan["mde_relative"], "%"),
    ]
    return tuple(
        Number(name=name, label=label, value=value, unit=unit, source=base.name)
        for name, label, value, unit in found
        if isfinite(value)
    )


def _checks(base: Baseline, plan: dict[str, Any]) -> tuple[Check, ...]:
    per_arm, weeks = plan["users_per_arm"], plan["weeks"]
    found = []
    if isfinite(per_arm):
        saw = f"{number(per_arm)} are needed"
        saw += "" if per_arm >= ENOUGH else f": take {ENOUGH}, fewer say little of how users differ"
        found.append(Check(f"Enough users in each arm ({ENOUGH})", per_arm >= ENOUGH, saw))
    if isfinite(weeks):
        found.append(
            Check(f"It ends within half a year ({WEEKS} weeks)", weeks <= WEEKS, f"{weeks:,.0f} weeks")
        )
    if base.users:
        saw = f"{base.users:,}"
        found.append(Check("The baseline rests on 1,000 users", base.users >= 1000, saw))
    return tuple(found)
