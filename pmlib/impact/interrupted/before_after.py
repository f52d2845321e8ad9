"""Before and after one launch: what a KPI did against what its past, and what moves with it, foresaw."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pmlib.given import ungiven
from pmlib.impact.calendar import moment
from pmlib.impact.effect import Effect
from pmlib.impact.interrupted.checks import checked
from pmlib.impact.interrupted.history import (
    SHORTEST,
    History,
    chosen_controls,
    history,
    not_estimable,
)
from pmlib.impact.interrupted.sizes import by_period, columns, measure, placebo_effects
from pmlib.impact.interrupted.words import Said
from pmlib.impact.kpi import Kpi, check_kpi
from pmlib.parameters import check_count, check_level
from pmlib.result import Absent
from pmlib.stats.foreseen import Foreseen, foresee
from pmlib.stats.structural import Unidentified
from pmlib.table import Column
from pmlib.wording import listed

TITLE = "Before and after a launch"
WINDOW = 28  # periods compared
ENOUGH = 3  # windows that must lie before a launch
SHORT = 12  # periods: a season so short must have been seen
EXACT = 1e-7  # of a KPI's spread: an error so small is rounding
CALIBRATE = ("placebo", "model")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BeforeAfter(Effect):
    """What a KPI did after a launch, one row a period; estimates are by period, cumulative_ since the launch.

    frame : period, observed, expected, expected_low, expected_high, estimate, low, high (observed less
        expected), cumulative, cumulative_low, cumulative_high; periods before the launch have observed only.
    launch, window : first period, and how many are compared. detectable_amount : the detectable effect in the
        KPI's unit, a period. actual, expected : averages a period.
    cumulative, cumulative_low, cumulative_high : of the whole window. p : two-sided, of no effect.
    placebos : one row a window before the launch: period, estimate (relative effect found), alarm.
    apart : placebo windows that lie side by side. calibrated : "placebo" or "model".
    coefficients : of the regressors, on the model's scale: term, estimate, se. log : whether it is a log's.
    gap, gap_se, df : the mean gap on the model's scale, with Student's t. ratio, noise, log_likelihood : of
        the model fitted before the launch, at its likeliest ratio of the level's steps to the noise.
    """

    kpi: Kpi
    launch: pd.Timestamp
    window: int
    detectable_amount: float
    actual: float
    expected: float
    cumulative: float
    cumulative_low: float
    cumulative_high: float
    p: float
    gap: float
    gap_se: float
    df: float
    placebos: pd.DataFrame
    apart: float
    calibrated: str
    coefficients: pd.DataFrame
    log: bool
    ratio: float
    noise: float
    log_likelihood: float

    def plot(self, ax: Any = None) -> Any:
        """Draw observed against expected, their difference, and its sum since the launch."""
        from pmlib import chart

        column, unit = self.kpi.column, self.kpi.column.unit
        return chart.panels(
            self.frame, "period",
            [
                chart.Panel("expected", "expected_low", "expected_high", column, observed="observed"),
                chart.Panel("estimate", "low", "high", Column(f"Difference a {self.kpi.step.name}", unit)),
                chart.Panel(
                    "cumulative", "cumulative_low", "cumulative_high",
                    Column("Difference since the launch", unit),
                ),
            ],
            mark=self.launch, ax=ax,
        )  # fmt: skip

    def ordered(self) -> pd.DataFrame:
        """Give the periods from the launch on first."""
        return self.frame.sort_values("period", key=lambda day: day < self.launch, kind="stable")


def before_after(
    kpi: Kpi | Absent | None,
    launch: str | date | None,
    *,
    window: int | None = WINDOW,
    end: str | date | None = None,
    controls: Sequence[str] | None = None,
    scale: str | None = None,
    trend: str = "level",
    calibrate: str | None = None,
    level: float = 0.95,
) -> BeforeAfter | Absent:
    """Compare a KPI after a launch with what was to be expected without it.

    The periods after the launch are foreseen from those before it by a level that moves, seasons and controls
    (a structural model). Every window as long before the launch is foreseen in the same way: how far off
    those were says how wide the interval is, and how often an effect would have been found where there was
    none. Nothing from the launch on takes part in either. Periods without a value are left out.

    Parameters
    ----------
    kpi : as `kpi` gives it.
    launch : first period with it. window : periods compared from there on; None takes all there are.
    end : last date that is used, such as the eve of another launch.
    controls : covariates that move with the KPI and that the launch does not move; all when None.
    scale : "log" where effects are shares of the level, "plain" where they add to it; by default log, where
        no value is below 0, and hardly any is 0.
    trend : "level" moves as far as the past says; "drift" moves and keeps its direction; "fixed" stands;
        "line" is straight.
    calibrate : "placebo" takes errors from the windows before; "model" takes the model's own, which is mostly
        too sure; by default placebo where two windows or more lie side by side, else the model's at grade D.
    level : of the intervals.

    Raises
    ------
    ValueError : the launch lies on the first or last period or outside the data; end before it; too little
        before it (three windows, or two of the shortest season); half of the window missing; an unknown
        control, scale, trend; a control that does not move.

    References
    ----------
    Brodersen et al. (2015), "Inferring causal impact using Bayesian structural time-series models",
    Annals of Applied Statistics 9(1), for the design; the calibration on placebo windows is our own.
    """
    if absent := ungiven(TITLE, kpi, "KPI by period") or ungiven(TITLE, launch, "launch"):
        return absent
    check_kpi(kpi)
    assert isinstance(kpi, Kpi) and launch is not None
    check_level(level)
    if calibrate is not None and calibrate not in CALIBRATE:
        raise ValueError(f'calibrate is {calibrate!r}; write "placebo" or "model"')
    kept, start = _window(kpi, launch, window, end)
    ahead = len(kept.values) - start
    _check_before(kept, start, ahead, own=calibrate == "model")
    laid = history(kept, start, controls=controls, scale=scale, trend=trend)
    if reason := not_estimable(kept, laid, start):
        return Absent(title=TITLE, reason=reason)
    _check_after(kept, laid, start)
    try:
        found = foresee(
            laid.y, laid.x, ahead, least=laid.least, level=level, ratios=laid.ratios,
            placebos=calibrate != "model",
        )  # fmt: skip
    except Unidentified as problem:
        raise ValueError(_unidentified(kept, laid, problem.column, start)) from None
    if found.model.noise <= EXACT * np.nanstd(laid.y[:start]):
        known = listed(["level", "seasons", *kept.covariates.columns.intersection(laid.terms)])
        reason = f"Not estimable: {known} give {kept.label} exactly, and nothing real is so exact."
        return Absent(title=TITLE, reason=reason)
    if calibrate == "placebo" and not found.apart:
        raise ValueError(
            f"{kept.step.several(start)} before {kept.dates[start].date()} hold no two placebo windows of "
            f'{kept.step.several(ahead)}; shorten window, or write calibrate="model"'
        )
    used = chosen_controls(kept, controls)
    return _result(kept, laid, found, start, level, used)


def _window(kpi: Kpi, launch: str | date, window: int | None, end: str | date | None) -> tuple[Kpi, int]:
    """Cut the KPI after the periods that are compared; give the place of the launch."""
    start = kpi.at(launch)
    first, last = kpi.dates[start], kpi.dates[-1]
    if end is not None:
        last = moment(end, "end")
        if last <= first:
            raise ValueError(
                f"end {last.date()} is not after the launch, {first.date()}; choose a later date"
            )
    if window is not None:
        check_count("window", window, 2)
        last = min(last, kpi.dates[min(start + window, len(kpi.dates)) - 1])
    kept = kpi.known(last)
    if len(kept.values) - start < 2:
        raise ValueError(
            f"launch {first.date()} is the last {kpi.step.name} of the data, {kept.dates[-1].date()}; "
            "wait until more of them have passed"
        )
    return kept, start


def _check_before(kpi: Kpi, before: int, ahead: int, *, own: bool) -> None:
    """Refuse a past that cannot show how a window goes."""
    shortest = kpi.step.seasons[0] if kpi.step.seasons else 1.0
    seasons = round(SHORTEST * shortest) if shortest <= SHORT else 0
    needed = max((1 if own else ENOUGH) * ahead, seasons, 8)
    if before >= needed:
        return
    most = before // ENOUGH
    shorter = f"shorten window to {most}, or " if most > 1 and before >= seasons else ""
    raise ValueError(
        f"{kpi.step.several(before)} before launch {kpi.dates[before].date()} cannot show how the "
        f"{kpi.step.several(ahead)} after it would have gone, which takes {needed}; {shorter}"
        "compare with a group that did not get it (did, synthetic), or run a test (plan_test)"
    )


def _check_after(kpi: Kpi, laid: History, start: int) -> None:
    lost, count = int(np.isnan(laid.y[start:]).sum()), len(laid.y) - start
    if 2 * lost > count:
        raise ValueError(
            f"{lost} of the {kpi.step.several(count)} from launch {kpi.dates[start].date()} on are missing "
            "in the KPI or its controls; choose another window, or fewer controls"
        )


def _unidentified(kpi: Kpi, laid: History, column: int, start: int) -> str:
    when = kpi.dates[start].date()
    if laid.terms[column] in kpi.covariates:
        return (
            f"control {laid.terms[column]!r} does not move before {when}, or the seasons and the others "
            "tell all of it; leave it out of controls"
        )
    return (
        f"the {laid.terms[column]} cannot be told from the controls before {when}; leave some out of controls"
    )


def _result(
    kpi: Kpi, laid: History, found: Foreseen, start: int, level: float, used: list[str]
) -> BeforeAfter:
    sizes = measure(kpi, laid, found, start, level)
    checks = checked(kpi, laid, found, start, sizes)
    said = Said(kpi, kpi.dates[start], sizes, found, checks, tuple(kpi.labels[name].label for name in used))
    fitted = found.model
    return BeforeAfter(
        title=said.title(),
        finding=said.finding(),
        headline=said.headline(),
        advice=said.advice(),
        unknown=said.unknown(),
        subtitle=said.subtitle(),
        source=kpi.source,
        numbers=said.numbers(),
        checks=checks,
        columns=columns(kpi),
        frame=by_period(kpi, laid, found, start, sizes),
        design=f"interrupted series with{'' if used else 'out'} controls",
        grade="C" if used and all(check.passed for check in checks) else "D",
        kpi=kpi,
        launch=kpi.dates[start],
        placebos=placebo_effects(kpi, laid, found, sizes),
        apart=found.apart,
        calibrated="placebo" if found.apart else "model",
        coefficients=pd.DataFrame({"term": laid.terms, "estimate": fitted.coefficients, "se": fitted.se}),
        ratio=fitted.ratio,
        noise=fitted.noise,
        log_likelihood=fitted.log_likelihood,
        **asdict(sizes),
    )
