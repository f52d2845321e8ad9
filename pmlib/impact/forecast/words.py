"""What a baseline says in sentences, and what it admits."""

from math import ceil

import numpy as np
import pandas as pd

from pmlib.impact.forecast.by_week import chunk
from pmlib.impact.kpi import Kpi
from pmlib.result import Check, Number
from pmlib.stats.series.foresee import Foreseen
from pmlib.stats.series.kinds import KINDS
from pmlib.stats.series.season import ENOUGH
from pmlib.table import number, percentage
from pmlib.wording import listed, lower

LEVELS = (0.8, 0.95)
SAME = 0.9  # of the values alike: how far the series moves cannot be learned


def adds(kpi: Kpi) -> bool:
    """Whether periods add up, as amounts do and shares do not."""
    return kpi.column.unit not in ("%", "points")


def label(kpi: Kpi, steps: int) -> str:
    """Name the number of all periods ahead together."""
    what = "in" if adds(kpi) else "on average in"
    same = kpi.column.unit == lower(kpi.label)
    ahead = f"{what} the next {kpi.step.several(steps)}"
    return ahead if same else f"{lower(kpi.label)} {ahead}"


def title(one: Number) -> str:
    """Say the number, with what it is of."""
    return f"About {one.written} {one.label}"


def headline(kpi: Kpi, one: Number) -> str:
    """Say it for the first screen."""
    return f"Without a launch, expect {_said(kpi, one)}."


def finding(kpi: Kpi, one: Number, outer: Number, dates: pd.DatetimeIndex) -> str:
    """Say number, ranges and dates."""
    ends = f"{dates[0].date()} to {dates[-1].date()}"
    return f"If nothing new begins, expect {_said(kpi, one)}, {ends}; 95%: {outer.range}."


def _said(kpi: Kpi, one: Number) -> str:
    return f"{one.written} {one.label} ({one.range}, {percentage(one.level or 0)} range)"


def advice(kpi: Kpi, one: Number) -> str:
    """Say what to do with it."""
    low = number(one.low or 0.0, one.unit, None)
    return f"Plan on no less than {low}; what a launch adds is measured against this."


def subtitle(kpi: Kpi, seen: Foreseen, level: float) -> str:
    """Say what is measured, and of what the forecast is made."""
    made = listed([lower(KINDS[kind]) if kind != "theta" else KINDS[kind] for kind in seen.kinds])
    mean = "mean of " if len(seen.kinds) > 1 else ""
    shown = ", by week" if chunk(kpi, seen.steps) > 1 else ""
    ranges = f"{percentage(level)} and 95% ranges from past errors"
    return f"{kpi.label} a {kpi.step.name}{shown}; {mean}{made}; {ranges}"


def constant(kpi: Kpi) -> str:
    """Say that nothing can be learned from a series that hardly ever changes; nothing of another."""
    known = kpi.values.dropna()
    counts = known.value_counts()
    if counts.iloc[0] < SAME * len(known):
        return ""
    value, often = number(float(counts.index[0]), kpi.column.unit), int(counts.iloc[0])
    where = "every one" if often == len(known) else f"{often:,}"
    return (
        f"{kpi.name}: {lower(kpi.label)} is {value} in {where} of {kpi.step.several(len(known))}. How far it "
        "may move cannot be estimated."
    )


def needed(level: float) -> int:
    """Count the windows that a range of this level can be measured on without an assumption."""
    return ceil(round(level / (1 - level), 6))


def limit(kpi: Kpi, seen: Foreseen) -> str:
    """Say what the past is too short for; nothing where it is long enough."""
    windows = int(seen.windows)
    if windows >= needed(LEVELS[-1]):
        return _too_short(kpi, seen)
    held = {0: "not even one whole window", 1: "only one window"}.get(windows, f"only {windows} windows")
    least = next(level for level in LEVELS if windows < needed(level))
    which = "An 80%" if least == LEVELS[0] else "A 95%"
    said = (
        f"The past holds {held} of {kpi.step.several(seen.steps)} without overlap. {which} range cannot be "
        f"measured on fewer than {needed(least)}: it is wider, and rests on how errors usually scatter."
    )
    return f"{said} {_too_short(kpi, seen)}".strip()


def _too_short(kpi: Kpi, seen: Foreseen) -> str:
    count, season = len(seen.values), seen.season
    if season.short > 1 and count < 2 * season.short:
        return f"{kpi.step.several(count)} show no season twice: only the last values are carried on."
    if season.long and count < ENOUGH * season.long:
        return f"{kpi.step.several(count)} do not show how a year goes: its season is not in the forecast."
    return ""


def checks(kpi: Kpi, seen: Foreseen) -> tuple[Check, ...]:
    """Compare with the naive forecast, and count windows and wild values."""
    past = slice(None, -1)
    came = seen.came[past]

    def typical(kind: str) -> float:
        return float(np.nanmedian(np.abs(seen.scale.back(seen.paths[kind][past]) - came)))

    ours, naive = typical("combined"), typical("seasonal")
    unit, windows, least = kpi.column.unit, int(seen.windows), needed(LEVELS[-1])
    several = kpi.step.several(seen.steps)
    found = [
        Check(
            "Closer than the last season again",
            ours <= naive,
            f"typical error {number(ours, unit)}, against {number(naive, unit)}",
        ),
        Check(
            "Past windows enough to measure a 95% range",
            windows >= least,
            f"windows of {several} without overlap: {windows}, {least} needed",
        ),
    ]
    if seen.wild:
        said = f"{kpi.step.several(seen.wild)} held back in the fit, not in the errors"
        found.append(Check("Few values far from all others", seen.wild <= 0.03 * len(seen.values), said))
    return tuple(found)
