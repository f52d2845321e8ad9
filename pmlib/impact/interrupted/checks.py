"""What must hold before a comparison of before and after is worth its grade."""

from math import sqrt

import numpy as np
import pandas as pd

from pmlib.impact.interrupted.history import History
from pmlib.impact.interrupted.sizes import Sizes, relative
from pmlib.impact.kpi import Kpi
from pmlib.result import Check
from pmlib.stats.foreseen import Foreseen
from pmlib.stats.structural import structural
from pmlib.table import number, percentage

STRONG = 0.5  # of half the interval: a single period that moves the estimate by more decides it


def checked(kpi: Kpi, laid: History, found: Foreseen, start: int, sizes: Sizes) -> tuple[Check, ...]:
    """Check the placebos, the missing periods and the strongest single one."""
    return (
        *_calibration(kpi, found, sizes),
        _missing(kpi, found, sizes),
        _pull(kpi, laid, found, start, sizes),
        *_zeros(kpi, laid),
        *_negative(kpi, laid),
    )


def _calibration(kpi: Kpi, found: Foreseen, sizes: Sizes) -> tuple[Check, ...]:
    label = "The interval rests on windows without a launch"
    if not found.apart:
        return (Check(label, False, "on the model's own error, which is mostly too small"),)
    count = len(found.starts)
    rests = Check(label, True, f"{count} of them; {round(found.apart)} lie side by side")
    if not found.judged:
        return (rests,)
    due = 1 - sizes.level
    most = due + 2 * sqrt(due * sizes.level / found.apart)
    saw = (
        f"{int(np.nansum(found.alarms))} of {found.judged}, {number(found.false_alarms, '%', 0)}; "
        f"{percentage(due)} would be due, and {number(most, '%', 0)} can be by chance"
    )
    return (rests, Check("Few false alarms before the launch", found.false_alarms <= most, saw))


def _missing(kpi: Kpi, found: Foreseen, sizes: Sizes) -> Check:
    lost = int(np.isnan(found.gaps).sum())
    saw = f"{lost} of {kpi.step.several(sizes.window)} left out" if lost else kpi.step.several(sizes.window)
    return Check("The window is nearly whole", 10 * lost <= sizes.window, saw)


def _zeros(kpi: Kpi, laid: History) -> tuple[Check, ...]:
    if not laid.zeros:
        return ()
    saw = f"{kpi.step.several(laid.zeros)} of 0 left out: they have no logarithm"
    return (Check("Hardly any value is 0", laid.zeros <= 0.01 * len(laid.y), saw),)


def _negative(kpi: Kpi, laid: History) -> tuple[Check, ...]:
    below = (kpi.values < 0).to_numpy()
    if laid.log or not below.any() or below.mean() > 0.5:
        return ()
    saw = (
        f"{kpi.step.several(int(below.sum()))} are, the first {_day(kpi.dates[below][0])}; is that possible?"
    )
    return (Check("No value is below 0", False, saw),)


def _pull(kpi: Kpi, laid: History, found: Foreseen, start: int, sizes: Sizes) -> Check:
    """Leave out the oddest period before the launch, and that after it: how far does the effect move?"""
    ahead, label = len(laid.y) - start, "No single period decides the estimate"
    before = np.abs(laid.y[:start] - found.model.expected[:start])
    oddest = int(np.nanargmax(before))
    y = laid.y.copy()
    y[oddest] = np.nan
    again = structural(y, laid.x, ratio=found.model.ratio, ahead=ahead)
    moved = float(np.nanmean(found.model.expected[start:] - again.expected[start:]))
    place, without = oddest, sizes.gap + moved
    since = np.abs(found.gaps - sizes.gap)
    odd = int(np.nanargmax(since))
    left = float(np.nanmean(np.delete(found.gaps, odd)))
    if abs(left - sizes.gap) > abs(moved):
        place, without = start + odd, left
    half = (sizes.high - sizes.low) / 2 if not laid.log else np.log1p(sizes.relative_high) - sizes.gap
    when, value = _day(kpi.dates[place]), number(float(kpi.values.iloc[place]), kpi.column.unit)
    share = relative(sizes.actual, without, laid.log)
    effect = (
        number(share, "%", sign=True) if np.isfinite(share) else number(without, kpi.column.unit, sign=True)
    )
    saw = f"without {when} ({value}) the effect would be {effect}"
    return Check(label, abs(without - sizes.gap) <= STRONG * half, saw)


def _day(day: pd.Timestamp) -> str:
    return str(day.date())
