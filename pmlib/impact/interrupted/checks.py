"""What must hold before a comparison of before and after is worth its grade."""

from math import sqrt

import numpy as np
import pandas as pd
from scipy.stats import t as student

from pmlib.impact.interrupted.history import History
from pmlib.impact.interrupted.sizes import Sizes, relative
from pmlib.impact.kpi import Kpi
from pmlib.result import Check
from pmlib.stats.foreseen import Foreseen
from pmlib.stats.structural import structural
from pmlib.table import number, percentage

SINGLE = "No single period decides the estimate"
STRONG = 0.5  # of half the interval: a single period that moves the estimate by more decides it
CALMER = 0.7  # of the model's error, left when the oddest period is left out: below it is that one's


def checked(kpi: Kpi, laid: History, found: Foreseen, start: int, sizes: Sizes) -> tuple[Check, ...]:
    """Check the placebos, the missing periods and the strongest single one."""
    return (
        *_calibration(kpi, found, sizes),
        _missing(kpi, found, sizes),
        _odd(kpi, laid, found, start, sizes),
        *_zeros(kpi, laid),
        *_negative(kpi, sizes),
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


def _negative(kpi: Kpi, sizes: Sizes) -> tuple[Check, ...]:
    below = (kpi.values < 0).to_numpy()
    if not below.any() or not np.isfinite(sizes.relative):  # it lies on both sides of 0, so that is no doubt
        return ()
    count, first = kpi.step.several(int(below.sum())), _day(kpi.dates[below][0])
    return (Check("No value is below 0", False, f"{count} below 0, the first {first}; is that possible?"),)


def _odd(kpi: Kpi, laid: History, found: Foreseen, start: int, sizes: Sizes) -> Check:
    """Leave out the oddest period before the launch, and that after it: how much do they decide?"""
    fitted, y = found.model, laid.y.copy()
    oddest = int(np.nanargmax(np.abs(y[:start] - fitted.expected[:start])))
    y[oddest] = np.nan
    again = structural(y, laid.x, ratio=fitted.ratio, ahead=len(y) - start)
    if again.noise < CALMER * fitted.noise:
        less = number(1 - again.noise / fitted.noise, "%", 0)
        saw = f"{_named(kpi, oddest)} alone makes {less} of the error: leave it blank if it is no such value"
        return Check(SINGLE, False, saw)
    moved = float(np.nanmean(fitted.expected[start:] - again.expected[start:]))
    place, without = oddest, sizes.gap + moved
    since = int(np.nanargmax(np.abs(found.gaps - sizes.gap)))
    left = float(np.nanmean(np.delete(found.gaps, since)))
    if abs(left - sizes.gap) > abs(moved):
        place, without = start + since, left
    half = sizes.gap_se * float(student.ppf((1 + sizes.level) / 2, sizes.df))
    share = relative(sizes.actual, without, laid.log) if np.isfinite(sizes.relative) else np.nan
    effect = number(share, "%", 1, sign=True)
    if not np.isfinite(share):
        effect = number(without, kpi.column.unit, sign=True)
    saw = f"without {_named(kpi, place)} the effect would be {effect}"
    return Check(SINGLE, abs(without - sizes.gap) <= STRONG * half, saw)


def _named(kpi: Kpi, place: int) -> str:
    return f"{_day(kpi.dates[place])} ({number(float(kpi.values.iloc[place]), kpi.column.unit)})"


def _day(day: pd.Timestamp) -> str:
    return str(day.date())
