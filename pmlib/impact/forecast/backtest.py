"""How a baseline's forecasts would have done in the past, each with what was known then."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.given import ungiven
from pmlib.impact.forecast.baseline import Baseline
from pmlib.impact.forecast.words import adds
from pmlib.impact.kpi import Kpi
from pmlib.result import Absent, Check, Number, Result
from pmlib.stats.series.calibrate import worth
from pmlib.stats.series.foresee import Foreseen
from pmlib.stats.series.kinds import KINDS
from pmlib.stats.series.scores import NAMES, scored, whole
from pmlib.table import Column, number, percentage

TITLE = "Such forecasts in the past"
COMBINED = "Combined"
FEWEST = 4  # forecasts, below which nothing is said of how often they held
SLACK = {"80": (0.75, 0.87), "95": (0.92, 0.98)}  # shares that a range of this level should hold


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Backtest(Result):
    """Forecasts from past moments, scored against what came.

    frame : a row a kind, the combined one first: method, name, used (whether it is in the combined), rmse,
        mae, crps (in the unit), mape (share), mase (1: as wrong as the last season again was before),
        coverage_80, coverage_95 (share of points inside), sum_80, sum_95 (of sums), origins.
    moments : a row a forecast of the combined one: made (last date known), and its scores.
    windows : without overlap that the forecasts are worth.
    """

    moments: pd.DataFrame
    windows: float

    def plot(self, ax: Any = None) -> Any:
        """Draw the scaled error of each kind."""
        from pmlib import chart

        return chart.ranked(
            self.frame, "mase", "method", highlight=[COMBINED], spec=self.columns["mase"], ax=ax
        )


def backtest(baseline: Baseline | Absent | None) -> Backtest | Absent:
    """Score the forecasts that would have been made from up to 40 past moments.

    Each uses what was known then: its intervals, too, rest on the errors known by then alone. Settings of the
    smoothing are weighed anew at each moment.

    Parameters
    ----------
    baseline : as `baseline` gives it.

    References
    ----------
    Tashman (2000), "Out-of-sample tests of forecasting accuracy", IJF 16(4).
    """
    if absent := ungiven(TITLE, baseline, "forecast"):
        return absent
    if not isinstance(baseline, Baseline):
        raise ValueError(f"backtest takes a Baseline; this is a {type(baseline).__name__}")
    kpi, seen = baseline.kpi, baseline.foreseen
    at = whole(seen)
    if len(at) < FEWEST:
        reason = (
            f"{kpi.step.several(len(seen.values))} leave {len(at)} past forecasts of "
            f"{kpi.step.several(seen.steps)} to look back on; {FEWEST} are needed."
        )
        return Absent(title=TITLE, reason=reason)
    moments = _moments(kpi, seen, at)
    frame = _by_kind(seen, at, moments)
    windows = float(worth(seen.ends[at], ~np.isnan(seen.came[at]))[-1])
    return Backtest(
        title=_title(moments),
        finding=_finding(kpi, frame, moments, seen, windows),
        headline=_headline(kpi, moments, seen),
        subtitle=f"{kpi.label}: errors of forecasts of {kpi.step.several(seen.steps)} with what was known "
        "then; 1 is as wrong as the last season again used to be",
        frame=frame,
        columns=_columns(kpi),
        numbers=_numbers(kpi, moments, frame),
        checks=_checks(frame, windows),
        source=kpi.source,
        moments=moments,
        windows=windows,
    )


def _moments(kpi: Kpi, seen: Foreseen, at: np.ndarray) -> pd.DataFrame:
    first = int(np.flatnonzero(kpi.values.notna())[0])
    frame = pd.DataFrame(scored(seen, "combined", at.tolist()))
    frame.insert(0, "made", kpi.dates[first + seen.ends[at] - 1])
    return frame


def _by_kind(seen: Foreseen, at: np.ndarray, moments: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for kind in seen.paths:
        found = moments if kind == "combined" else pd.DataFrame(scored(seen, kind, at.tolist()))
        scores = found[list(NAMES)].mean()
        scores["rmse"] = np.sqrt((found["rmse"] ** 2).mean())
        row = {"method": KINDS.get(kind, COMBINED), "name": kind, "used": kind in seen.kinds}
        rows.append(row | scores.to_dict() | {"origins": len(found)})
    rows.sort(key=lambda row: (row["name"] != "combined", row["mase"]))
    return pd.DataFrame(rows)


def _held(moments: pd.DataFrame) -> tuple[int, int]:
    known = moments["sum_80"].dropna()
    return int(known.sum()), len(known)


def _title(moments: pd.DataFrame) -> str:
    held, count = _held(moments)
    return f"{held} of {count} such forecasts held, where 80% should"


def _headline(kpi: Kpi, moments: pd.DataFrame, seen: Foreseen) -> str:
    held, count = _held(moments)
    what = "total" if adds(kpi) else "average"
    since = moments["made"].iloc[0].year
    return f"Since {since}, the 80% range held the {what} in {held} of {count} such forecasts."


def _finding(kpi: Kpi, frame: pd.DataFrame, moments: pd.DataFrame, seen: Foreseen, windows: float) -> str:
    whole, naive = frame.iloc[0], frame[frame["name"] == "seasonal"].iloc[0]
    first, last = moments["made"].iloc[0].date(), moments["made"].iloc[-1].date()
    said = _headline(kpi, moments, seen).replace(
        f"Since {moments['made'].iloc[0].year}", f"From {first} to {last}"
    )
    inside, outer = (number(whole[f"coverage_{level}"], "%") for level in SLACK)
    points = f"Single {kpi.step.name}s lay in it in {inside} of cases, in the 95% range in {outer}"
    unit = kpi.column.unit
    error = f"off by {number(whole['mae'], unit)}, the last season again by {number(naive['mae'], unit)}"
    return (
        f"{said} {points}; typically they were {error}. As forecasts that overlap tell less, these are worth "
        f"{windows:.0f}."
    )


def _numbers(kpi: Kpi, moments: pd.DataFrame, frame: pd.DataFrame) -> tuple[Number, ...]:
    held, count = _held(moments)
    span = f"{moments['made'].iloc[0].date()} to {moments['made'].iloc[-1].date()}"
    whole = frame.iloc[0]
    return (
        Number(
            name="sums_held_80",
            label=f"of {count} past forecasts held, where 80% should",
            value=held / count if count else float("nan"),
            unit="%",
            period=span,
            source=kpi.name,
        ),
        Number(
            name="typical_error",
            label=f"typical error of a {kpi.step.name} foreseen",
            value=float(whole["mae"]),
            unit=kpi.column.unit,
            period=span,
            source=kpi.name,
        ),
    )


def _checks(frame: pd.DataFrame, windows: float) -> tuple[Check, ...]:
    whole = frame.iloc[0]
    rows = []
    for level, (low, high) in SLACK.items():
        for what, column in (("points", f"coverage_{level}"), ("sums", f"sum_{level}")):
            share = float(whole[column])
            # So few windows leave this much to chance; too wide is no failure of a range.
            chance = 1.645 * np.sqrt(float(level) / 100 * (1 - float(level) / 100) / max(windows, 1))
            saw = f"{percentage(round(share, 3))} inside, {percentage(low)} to {percentage(high)} aimed at"
            rows.append(
                Check(f"{level}% ranges of {what} hold", share >= min(low, float(level) / 100 - chance), saw)
            )
    return tuple(rows)


def _columns(kpi: Kpi) -> dict[str, Column]:
    unit = kpi.column.unit
    return {
        "method": Column("Forecast"),
        "mase": Column("Error, of the last season’s", "", 2),
        "mae": Column("Typical error", unit),
        "coverage_80": Column("Inside 80%", "%", 0),
        "coverage_95": Column("Inside 95%", "%", 0),
        "sum_80": Column("Sums inside 80%", "%", 0),
        "sum_95": Column("Sums inside 95%", "%", 0),
        "crps": Column("CRPS", unit),
        "rmse": Column("Root mean squared error", unit),
        "mape": Column("Mean error", "%"),
        "origins": Column("Forecasts", "", 0),
    }
