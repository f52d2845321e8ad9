"""Forecasts made are kept with their edition; when the truth has come, they are scored.

A forecast is kept as a Number of the report, from edition to edition: the press lays the last edition's
Numbers beside each run. What is kept is the average of a KPI over a window, with its interval; the date that
the forecast knew is part of its name, so that a run on the same data keeps the same forecast.
"""

import re
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy.stats import beta

from pmlib.edition import previous
from pmlib.given import ungiven
from pmlib.impact.kpi import Kpi
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, number, percentage

TITLE = "Forecasts so far"
NAME = re.compile(r"forecast of (?P<made>\d{4}-\d\d-\d\d) for (?P<steps>\d+)")
WHOLE = 0.9  # of a window must have a value, for its average to be the truth
ENOUGH = 10  # forecasts scored, from which on the share that held says something
MOST = 400  # forecasts kept, the newest
DRAWS = 4000


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TrackRecord(Result):
    """The forecasts of this edition and those before it, one row each, with what came where it has come.

    scored, held : forecasts whose window is over, and those of them whose interval held what came.
    """

    folded: ClassVar[bool] = True
    scored: int
    held: int

    def plot(self, ax: Any = None) -> Any:
        """Draw each forecast that is scored, with what came."""
        if not self.scored:
            return None
        from pmlib import chart

        shown = self.frame[self.frame["came"].notna()].tail(12)
        return chart.dots(shown, "window", spec=self.columns["estimate"], zero=None, came="came", ax=ax)


def track_record(baseline: Any, *, seed: int = 1) -> TrackRecord | Absent:
    """Keep this edition's forecasts, and score those of earlier editions.

    Two are kept of each edition: the average over all periods that the baseline foresees, and over their
    first quarter. A forecast of another table or quantity is not scored.

    Parameters
    ----------
    baseline : as `baseline` gives it. seed : of the draws that the interval of an average is taken from.
    """
    if absent := ungiven(TITLE, baseline, "forecast"):
        return absent
    if not hasattr(baseline, "kpi") or not hasattr(baseline, "paths"):
        raise TypeError(f"track_record takes a Baseline; this is a {type(baseline).__name__}")
    kpi: Kpi = baseline.kpi
    kept = {n.name: n for n in (previous() or {}).values() if _ours(n, kpi)}
    kept |= {n.name: n for n in _now(baseline, seed)}  # made again from the same data, it is the same
    numbers = sorted(kept.values(), key=_order)[-MOST:]
    frame = pd.DataFrame([_row(one, kpi) for one in numbers])
    scored, held = int(frame["held"].notna().sum()), int((frame["held"] == "yes").sum())
    unit = kpi.column
    columns = {
        "made": Column("Made from data to"),
        "window": Column("Foreseen"),
        "estimate": replace(unit, label=f"{unit.label}, foreseen"),
        "low": replace(unit, label="Low"),
        "high": replace(unit, label="High"),
        "came": replace(unit, label="What came"),
        "held": Column("Held"),
    }
    level = baseline.level
    return TrackRecord(
        title=_title(scored, held),
        finding=_finding(numbers, frame, scored, held, level, kpi.step.name),
        subtitle=f"{kpi.label} a {kpi.step.name} on average over each window, {percentage(level)} intervals",
        frame=frame,
        columns=columns,
        numbers=tuple(numbers),
        checks=_checks(scored, held, level),
        source=kpi.source,
        scored=scored,
        held=held,
    )


def _ours(one: Number, kpi: Kpi) -> bool:
    return bool(NAME.fullmatch(one.name)) and (one.source, one.unit) == (kpi.source, kpi.column.unit)


def _order(one: Number) -> tuple[str, int]:
    found = NAME.fullmatch(one.name)
    assert found is not None
    return found["made"], int(found["steps"])


def _now(baseline: Any, seed: int) -> list[Number]:
    kpi, paths = baseline.kpi, baseline.paths(DRAWS, seed)
    whole = paths.shape[1]
    made = kpi.dates[-1].date()
    found = []
    for steps in sorted({max(1, whole // 4), whole}):
        averages = paths[:, :steps].mean(axis=1)
        low, middle, high = np.quantile(averages, [(1 - baseline.level) / 2, 0.5, (1 + baseline.level) / 2])
        first, last = baseline.dates[0].date(), baseline.dates[steps - 1].date()
        found.append(
            Number(
                name=f"forecast of {made} for {steps}",
                label=f"{kpi.label} a {kpi.step.name}",
                value=float(middle),
                low=float(low),
                high=float(high),
                level=baseline.level,
                unit=kpi.column.unit,
                period=f"{first} to {last}",
                source=kpi.source,
            )
        )
    return found


def _row(one: Number, kpi: Kpi) -> dict[str, Any]:
    first, _, last = one.period.partition(" to ")
    came = _truth(kpi, pd.Timestamp(first), pd.Timestamp(last))
    assert one.low is not None and one.high is not None
    held = None if came is None else "yes" if one.low <= came <= one.high else "no"
    return {
        "made": _order(one)[0],
        "window": one.period,
        "estimate": one.value,
        "low": one.low,
        "high": one.high,
        "came": np.nan if came is None else came,
        "held": held,
    }


def _truth(kpi: Kpi, first: pd.Timestamp, last: pd.Timestamp) -> float | None:
    """Average what came in a window; None where it is not over, or too little of it was observed."""
    if last > kpi.dates[-1]:
        return None
    values = kpi.values[first:last]
    return float(values.mean()) if len(values) and values.notna().mean() >= WHOLE else None


def _title(scored: int, held: int) -> str:
    if not scored:
        return "No forecast of ours is due yet"
    return f"{held} of {scored} forecasts held"


def _finding(
    numbers: list[Number], frame: pd.DataFrame, scored: int, held: int, level: float, step: str
) -> str:
    open_ones = frame[frame["held"].isna()]
    if not scored:
        due = min(str(window).partition(" to ")[2] for window in open_ones["window"])
        first = numbers[0]
        what = f"{first.written} a {step} ({first.range}, {percentage(level)} range) from {first.period}"
        return f"Kept from now on: {what}. The first is due on {due}."
    said = f"Of {scored} forecasts whose time has come, {held} held what came; {percentage(level)} should."
    low, high = _interval(scored, held)
    if scored < ENOUGH:
        return f"{said} Fewer than {ENOUGH} cannot tell whether their ranges are right."
    verdict = "are as wide as they say" if low <= level <= high else "are not as wide as they say"
    narrow = "too narrow" if high < level else "too wide"
    verdict = verdict if low <= level <= high else f"are {narrow}"
    return f"{said} The true share lies from {number(low, '%')} to {number(high, '%')}: ranges {verdict}."


def _interval(scored: int, held: int) -> tuple[float, float]:
    # Clopper and Pearson; windows of one edition overlap, which makes it a little too narrow.
    low = float(beta.ppf(0.025, held, scored - held + 1)) if held else 0.0
    high = float(beta.ppf(0.975, held + 1, scored - held)) if held < scored else 1.0
    return low, high


def _checks(scored: int, held: int, level: float) -> tuple[Check, ...]:
    if scored < ENOUGH:
        return ()
    low, high = _interval(scored, held)
    saw = f"{held} of {scored} held, where {percentage(level)} should"
    return (Check("Forecasts held as often as they said", low <= level <= high, saw),)
