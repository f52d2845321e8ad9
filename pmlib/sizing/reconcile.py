"""Several methods, one figure: how far they agree, where they part, and which one slipped by a thousand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.parameters import check_level, check_seed
from pmlib.result import Absent, Check, Number, Result
from pmlib.sizing.drivers import words
from pmlib.sizing.drivers.draws import draws
from pmlib.sizing.drivers.tree import Tree
from pmlib.sizing.method_drivers import Driver, method_drivers
from pmlib.sizing.methods import TITLE, Methods, known, of_numbers, of_tree
from pmlib.sizing.slip import Slip, slips, undecided
from pmlib.stats.pooling import Pooled, pool
from pmlib.table import Column, number, percentage

CLOSE = 1.25  # methods within this factor of each other agree, for a plan
ALIKE = 1 - 1e-8  # correlation of errors beyond which two methods are one
DOUBT = 0.05  # of the test that methods disagree by more than their ranges allow
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Reconciled(Result):
    """One size from several methods.

    frame : a row a method, then the reconciled figure: method, estimate, low, high, weight, apart (times the
        reconciled figure), standing ("", "set aside", "reconciled").
    pooled : on the scale of logs: tau2 with its interval, Q, I², where another method would lie; None of a
        single method.
    drivers : the methods compared driver by driver, the largest gap first.
    """

    pooled: Pooled | None
    drivers: tuple[Driver, ...]
    truth: float | None

    def plot(self, ax: Any = None) -> Any:
        """Draw each method with its range, the reconciled figure last; a line marks a known truth."""
        from pmlib import chart

        shown = self.frame[self.frame["standing"] != "set aside"]
        last = [str(shown["method"].iloc[-1])]
        return chart.dots(
            shown, "method", spec=self.columns["estimate"], highlight=last, zero=self.truth, ax=ax
        )


def reconcile(
    market: Tree | Absent | Mapping[str, Number | Result] | None,
    methods: Sequence[str] = (),
    *,
    truth: float | str | Number | None = None,
    level: float = 0.8,
    seed: int = 1,
) -> Reconciled | Absent:
    """Reconcile what several methods say of one size.

    Logs of sizes are pooled with a random effect (Paule and Mandel) and the covariance of the methods' draws,
    since methods that share a driver share its error; the range is made for two to five methods
    (`pmlib.stats.pooling`, "few"). A method that agrees with most once it is multiplied or divided by a
    thousand, a million, a hundred, 12 or 52 is set aside and said so, never corrected.

    Parameters
    ----------
    market : a driver tree whose nodes `methods` size the same thing in the same unit; or the methods
        themselves, by name: Numbers with ranges, or Results whose first Number is meant.
    truth : what came later or is known, in the methods' unit, as in "4056 thousand"; it is only compared.
    level : of the ranges. seed : of the draws.

    Returns
    -------
    Reconciled : see there; Absent where two methods differ by a slip and nobody can tell which is wrong.

    Raises
    ------
    ValueError : one line that names the method that cannot be used, and what to write.
    """
    check_level(level)
    check_seed(seed)
    if isinstance(market, Mapping):
        found = of_numbers(market, methods, level)
    else:
        found = of_tree(market, methods, level, seed)
    if isinstance(found, Absent):
        return found
    _check_apart(found)
    came = known(truth, found, market)
    if (pair := undecided(found.value)) is not None:
        return Absent(title=TITLE, reason=_undecided(found, *pair))
    aside = slips(found.value)
    kept = np.array([i for i in range(len(found.names)) if i not in {slip.index for slip in aside}])
    pooled = _pooled(found, kept, level) if len(kept) > 1 else None
    ends = (
        np.exp([pooled.estimate, pooled.low, pooled.high])
        if pooled
        else np.array([found.value[kept[0]], found.low[kept[0]], found.high[kept[0]]])
    )
    answer = _answer(found, ends, level, len(kept))
    drivers: tuple[Driver, ...] = ()
    if isinstance(market, Tree) and len(kept) > 1:
        drivers = method_drivers(market, [found.names[i] for i in kept], draws(market, seed=seed))
    apart = float(found.value[kept].max() / found.value[kept].min())
    said = _spoken(found, kept, apart, pooled, drivers)
    caught = _caught(found, aside)
    return Reconciled(
        title=_title(len(kept), apart, drivers),
        subtitle=_subtitle(found, level, came, aside),
        finding=" ".join(filter(None, [_figure(answer), said, caught, _against(came, answer)])),
        headline=" ".join(filter(None, [_figure(answer), said, caught])),
        advice=_advice(apart, pooled, drivers),
        unknown="A further method that shares no driver with these would narrow the range most.",
        frame=_frame(found, kept, ends, pooled),
        columns={
            "method": Column("Method"),
            "estimate": Column("Size", found.unit),
            "low": Column("Low", found.unit),
            "high": Column("High", found.unit),
            "weight": Column("Weight", "%", 0),
            "standing": Column("Standing"),
        },
        numbers=_numbers(answer, apart, len(kept), found),
        checks=_checks(found, kept, aside, pooled, answer, came, level),
        source=found.source,
        pooled=pooled,
        drivers=drivers,
        truth=came,
    )


def _check_apart(found: Methods) -> None:
    """Refuse two methods whose errors are one: pooled, they would count twice."""
    spread = np.sqrt(np.diag(found.covariance))
    alike = np.triu(found.covariance / np.outer(spread, spread), 1)
    if len(spread) > 1 and alike.max() > ALIKE:
        one, other = np.unravel_index(int(alike.argmax()), alike.shape)
        raise ValueError(
            f"methods {found.names[one]} and {found.names[other]} err as one: they are one method; name one"
        )


def _pooled(found: Methods, kept: np.ndarray, level: float) -> Pooled:
    try:
        return pool(
            found.log[kept],
            found.covariance[np.ix_(kept, kept)],
            method="pm",
            interval="few",
            within=True,
            level=level,
        )
    except ValueError as refused:
        named = words.listed([found.names[i] for i in kept])
        raise ValueError(f"methods {named} cannot be reconciled: {refused}") from None


def _frame(found: Methods, kept: np.ndarray, ends: np.ndarray, pooled: Pooled | None) -> pd.DataFrame:
    weights = dict(zip(kept, pooled.weights if pooled else (1.0,), strict=True))
    rows = [
        (
            found.labels[i],
            found.value[i],
            found.low[i],
            found.high[i],
            weights.get(i, 0.0),
            found.value[i] / ends[0],
            "" if i in weights else "set aside",
        )
        for i in range(len(found.names))
    ]
    rows.append(("Reconciled", *ends, np.nan, 1.0, "reconciled"))
    columns = ["method", "estimate", "low", "high", "weight", "apart", "standing"]
    return pd.DataFrame(rows, columns=columns)


def _answer(found: Methods, ends: np.ndarray, level: float, count: int) -> Number:
    value, low, high = map(float, ends)
    return Number(
        name="reconciled",
        label="by the one method left" if count == 1 else f"by {_count(count)} methods together",
        value=value,
        low=low,
        high=high,
        level=level,
        unit=found.unit,
        period=found.period,
        source=found.source,
    )


def _numbers(answer: Number, apart: float, count: int, found: Methods) -> tuple[Number, ...]:
    if count == 1:
        return (answer,)
    times = Number(
        name="methods_apart",
        label="times is the largest method of the smallest",
        value=round(apart, 2),
        period=found.period,
        source=found.source,
    )
    return answer, times


def _count(methods: int) -> str:
    return COUNTS[methods] if methods < len(COUNTS) else str(methods)


def _agree(apart: float) -> str:
    """Say how near methods are: within 12%, or by 1.4 times."""
    return f"agree within {number(apart - 1, '%', 0)}" if apart <= CLOSE else f"disagree by {apart:.2g} times"


def _title(count: int, apart: float, drivers: Sequence[Driver]) -> str:
    if count == 1:
        return "One method; nothing to compare it with"
    where = ""
    if apart > CLOSE and drivers:
        where = f", most in {words.lower(drivers[0].label)}"
    return f"{words.capital(_count(count))} methods {_agree(apart)}{where}"


def _figure(answer: Number) -> str:
    low, high, level = answer.low or 0.0, answer.high or 0.0, answer.level or 0.0
    return f"About {words.estimate(answer.value, low, high, answer.unit, level)}."


def _spoken(
    found: Methods, kept: np.ndarray, apart: float, pooled: Pooled | None, drivers: Sequence[Driver]
) -> str:
    if pooled is None:
        only = found.labels[kept[0]]
        return f"This is {words.lower(only)} alone: there is nothing to compare it with."
    beyond = ", more than their own ranges allow" if pooled.p < DOUBT else ""
    return f"{_title(len(kept), apart, drivers)}{beyond}."


def _caught(found: Methods, aside: Sequence[Slip]) -> str:
    parts = [f"{words.lower(found.labels[slip.index])} {slip.what}" for slip in aside]
    if not parts:
        return ""
    worst = max(aside, key=lambda slip: slip.times)
    wrong = f"unnoticed, the answer is {worst.spoken} times wrong"
    return (
        f"Caught: {words.listed(parts)}; {wrong}. {'It is' if len(parts) == 1 else 'They are'} left out here."
    )


def _against(came: float | None, answer: Number) -> str:
    if came is None:
        return ""
    off = answer.value / came - 1
    inside = answer.low is not None and answer.high is not None and answer.low <= came <= answer.high
    side = "above" if off > 0 else "below"
    return (
        f"The true figure is {number(came, words.spoken(answer.unit))}: the estimate is "
        f"{number(abs(off), '%', 1)} {side} it, which lies {'inside' if inside else 'outside'} the range."
    )


def _subtitle(found: Methods, level: float, came: float | None, aside: Sequence[Slip]) -> str:
    what = [f"Size by method{f', in {found.unit}' if found.unit else ''}", found.period]
    parts = [", ".join(filter(None, what)), f"{percentage(level)} ranges"]
    parts += ["the line is the true figure"] if came is not None else []
    parts += ["what is set aside is not drawn"] if aside else []
    parts += [f"without {one}" for one in found.left_out]
    return f"{'; '.join(parts)}."


def _advice(apart: float, pooled: Pooled | None, drivers: Sequence[Driver]) -> str:
    if pooled is None:
        return "Add a second way to reach the figure before money hangs on it."
    if pooled.p >= DOUBT and apart <= CLOSE:
        return ""
    where = words.lower(drivers[0].label) if drivers else "what the methods count"
    return f"Settle {where} first: there the methods part."


def _undecided(found: Methods, low: int, high: int, ratio: float) -> str:
    smaller, larger = found.names[low], found.names[high]
    return (
        f"{larger} is {number(ratio, '', 0)} times {smaller}: one of them slipped in its unit, and "
        f"{_count(len(found.names))} methods cannot tell which. "
        "Check the units of both, or add a further method."
    )


def _checks(
    found: Methods,
    kept: np.ndarray,
    aside: Sequence[Slip],
    pooled: Pooled | None,
    answer: Number,
    came: float | None,
    level: float,
) -> tuple[Check, ...]:
    checks = []
    if len(found.names) > 1:
        saw = "; ".join(_remedy(found, slip, answer.value) for slip in aside)
        label = "No method is a thousand, a hundred, 52 or 12 times off the others"
        checks.append(Check(label, not aside, saw or "none is"))
    if pooled is not None:
        saw = (
            f"Q {pooled.q:.2f} with df {pooled.df}, p {pooled.p:.2g}; I² {pooled.i2:.0%}; "
            f"spread between methods {np.sqrt(pooled.tau2):.1%}"
        )
        checks.append(Check("Methods differ no more than their ranges allow", pooled.p >= DOUBT, saw))
    if len(kept) > 2:
        without = {found.labels[i]: np.exp(_pooled(found, kept[kept != i], level).estimate) for i in kept}
        far = max(without, key=lambda label: abs(np.log(without[label] / answer.value)))
        saw = f"without {words.lower(far)} it is {number(float(without[far]), words.spoken(answer.unit))}"
        inside = (answer.low or 0) <= without[far] <= (answer.high or 0)
        checks.append(Check("No single method moves the figure out of its range", inside, saw))
    if came is not None:
        saw = f"{number(came, words.spoken(answer.unit))} against {answer}"
        checks.append(
            Check("The true figure lies in the range", (answer.low or 0) <= came <= (answer.high or 0), saw)
        )
    return tuple(checks)


def _remedy(found: Methods, slip: Slip, answer: float) -> str:
    value = number(float(found.value[slip.index]), words.spoken(found.unit))
    others = number(answer, words.spoken(found.unit))
    return f"{found.names[slip.index]} says {value}, the others {others}; {slip.remedy}"
