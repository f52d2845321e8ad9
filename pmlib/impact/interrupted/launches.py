"""Several launches of one series, estimated together, so that one's effect is not in another's baseline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from pmlib.data import Source
from pmlib.data.source import check_source
from pmlib.given import ungiven
from pmlib.impact.interrupted.before_after import CALIBRATE, WINDOW
from pmlib.impact.interrupted.history import History, chosen_controls, history, not_estimable
from pmlib.impact.interrupted.launch_table import Launched, launched
from pmlib.impact.interrupted.launch_words import Said, false_alarms
from pmlib.impact.interrupted.sizes import POWER, caused, relative, shares
from pmlib.impact.kpi import FEWEST, Kpi, check_kpi
from pmlib.parameters import check_count, check_level
from pmlib.result import Absent, Check, Result
from pmlib.stats.steps import Steps, placebo_steps
from pmlib.stats.structural import Structural, Unidentified, at_speeds, structural
from pmlib.table import Column

TITLE = "What the launches did"
TOGETHER = 0.7  # correlation of two launches' errors, beyond which they are hardly told apart
COLUMNS = {
    "launch": Column("Launch"),
    "estimate": Column("Change", "%"),
    "low": Column("Low", "%"),
    "high": Column("High", "%"),
    "false_alarms": Column("False alarms", "%", 0),
    "grade": Column("Grade"),
    "period": Column("From"),
    "detectable": Column("Smallest change it finds", "%"),
    "effect_se": Column("Standard error", "%"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Launches(Result):
    """What each of several launches did, one row each, the first one first.

    frame : launch, period, until, runs (how often it was on), estimate, low, high (relative effects), effect,
        effect_se (the same estimate and its error), amount (a period, in the KPI's unit), coefficient,
        coefficient_se (on the model's scale), p, detectable, false_alarms (share of placebo steps before it
        that were taken for one), judged (how many those were), apart (how many lie side by side), calibrated
        ("placebo" or "model"), grade (C or D), place. A ledger takes launch, period, effect, effect_se, grade
        and place.
    coefficients : of all regressors at the likeliest speed of the level: term, estimate, se.
    ratio, noise, log_likelihood : of that model. log : whether its scale is a log's. level : of intervals.
    """

    level: float
    log: bool
    coefficients: pd.DataFrame
    ratio: float
    noise: float
    log_likelihood: float

    def plot(self, ax: Any = None) -> Any:
        """Draw each launch's effect with its interval."""
        from pmlib import chart

        return chart.dots(self.frame, "launch", spec=Column("Change", "%"), ax=ax)


def launches(
    kpi: Kpi | Absent | None,
    table: Source | Absent | None,
    *,
    window: int = WINDOW,
    controls: Sequence[str] | None = None,
    scale: str | None = None,
    trend: str = "level",
    calibrate: str | None = None,
    level: float = 0.95,
) -> Launches | Absent:
    """Estimate what each of several launches did to a KPI, all at once.

    Each is a step: on from its date, to its end where it has one, and again where its name has several rows.
    Their steps, the seasons and the controls are regressors beside a level that moves. How wide an interval
    must be is learned from steps put where there were none: before that launch, with the earlier ones known.

    Parameters
    ----------
    kpi : as `kpi` gives it. table : one row a launch; roles launch and period; also until and place.
    window : periods that a placebo step of a lasting launch is followed by at least.
    controls, scale, trend, calibrate, level : as for before_after. A moving level takes a lasting launch for
        part of itself in time, so that the effect is that of the periods about its date.

    Raises
    ------
    DataError, ValueError : a row without name or date; launches that cannot be told apart, by name; an
        unknown control, scale or trend.
    """
    if absent := ungiven(TITLE, kpi, "KPI by period") or ungiven(TITLE, table, "table of launches"):
        return absent
    check_kpi(kpi)
    check_source(table)
    assert isinstance(kpi, Kpi) and isinstance(table, Source)
    check_level(level)
    check_count("window", window, 2)
    if calibrate is not None and calibrate not in CALIBRATE:
        raise ValueError(f'calibrate is {calibrate!r}; write "placebo" or "model"')
    for role in ("launch", "period"):
        if not table.has(role):
            return Absent(title=TITLE, reason=f"{table.title} has no column of role {role}.")
    found, outside = launched(kpi, table)
    if not found:
        ends = f"{kpi.dates[0].date()} to {kpi.dates[-1].date()}"
        return Absent(title=TITLE, reason=f"No launch of {table.title} lies within the data, {ends}.")
    laid = history(kpi, len(kpi.values), controls=controls, scale=scale, trend=trend)
    for before in (max(found[0].start, FEWEST), len(kpi.values)):
        if reason := not_estimable(kpi, laid, before):
            return Absent(title=TITLE, reason=reason)
    fit = _fitted(kpi, laid, found)
    placebos = [_placebos(kpi, laid, found, one, window, level, calibrate) for one in found]
    return _result(kpi, laid, found, outside, fit, placebos, level, chosen_controls(kpi, controls))


def _regressors(laid: History, found: list[Launched]) -> np.ndarray:
    return np.column_stack([*(one.on.astype(float) for one in found), laid.x])


def _fitted(kpi: Kpi, laid: History, found: list[Launched]) -> Structural:
    """Fit all steps at once, at the likeliest speed of the level."""
    for one in found:
        if np.isnan(laid.y[one.on]).all():
            raise ValueError(f"{kpi.name} has no value while launch {one.name!r} was on; leave it out")
    try:
        ratio = laid.ratios[0] if len(laid.ratios) == 1 else None
        return structural(laid.y, _regressors(laid, found), ratio=ratio)
    except Unidentified as problem:
        names = [f"launch {one.name!r}" for one in found] + [repr(term) for term in laid.terms]
        raise ValueError(
            f"{names[problem.column]} cannot be told apart from the level, the seasons and the others of "
            f"{kpi.name}; leave it out, or write what began with it as one"
        ) from None


def _placebos(
    kpi: Kpi,
    laid: History,
    found: list[Launched],
    one: Launched,
    window: int,
    level: float,
    calibrate: str | None,
) -> Steps | None:
    """Try steps before a launch; those of earlier launches are known there."""
    before = one.start
    earlier = [other.on[:before].astype(float) for other in found if other.start < before]
    moving = [column for column in laid.x[:before].T if np.nanstd(column) > 0]
    x = np.column_stack([np.empty((before, 0)), *earlier, *moving])
    length = min(window, one.length) if one.lasting else one.length
    if calibrate == "model":
        return None
    tried = placebo_steps(
        laid.y[:before], x, length,
        lasting=one.lasting, least=laid.least, level=level, ratios=laid.ratios,
    )  # fmt: skip
    if calibrate == "placebo" and tried is None:
        raise ValueError(
            f"{kpi.step.several(before)} before launch {one.name!r} hold no two placebo windows of "
            f'{kpi.step.several(length)}; shorten window, or write calibrate="model"'
        )
    return tried


def _result(
    kpi: Kpi,
    laid: History,
    found: list[Launched],
    outside: list[str],
    fit: Structural,
    placebos: list[Steps | None],
    level: float,
    used: list[str],
) -> Launches:
    tangled = _tangled(fit, found)
    pairs = zip(found, placebos, strict=True)
    fits = at_speeds(laid.y, _regressors(laid, found), laid.ratios) if any(placebos) else []
    rows = [
        _row(kpi, laid, one, tried, level, _estimated(fit, fits, place, tried))
        for place, (one, tried) in enumerate(pairs)
    ]
    for row, one, tried in zip(rows, found, placebos, strict=True):
        trusted = bool(used) and tried is not None and not any(one.name in pair for pair in tangled)
        row["grade"] = "C" if trusted else "D"
    frame = pd.DataFrame(rows)
    said = Said(kpi, frame, level, [kpi.labels[name].label for name in used])
    terms = [*(one.name for one in found), *laid.terms]
    return Launches(
        title=said.title(),
        finding=said.finding(),
        headline=said.finding(),
        advice=said.advice(),
        unknown=said.unknown(),
        subtitle=said.subtitle(),
        frame=frame,
        columns=COLUMNS,
        source=kpi.source,
        numbers=said.numbers(),
        checks=_checks(kpi, frame, tangled, outside),
        level=level,
        log=laid.log,
        coefficients=pd.DataFrame({"term": terms, "estimate": fit.coefficients, "se": fit.se}),
        ratio=fit.ratio,
        noise=fit.noise,
        log_likelihood=fit.log_likelihood,
    )


def _estimated(
    fit: Structural, fits: list[Structural], place: int, tried: Steps | None
) -> tuple[float, float, float]:
    """Give a step, its standard error and degrees of freedom: with placebos, speeds weighed as they say."""
    if tried is None:
        return float(fit.coefficients[place]), float(fit.se[place]), float(fit.freedom)
    gap = tried.weights @ [each.coefficients[place] for each in fits]
    variance = tried.weights @ [each.covariance[place, place] for each in fits] * tried.wider
    return float(gap), float(np.sqrt(variance)), tried.df


def _row(
    kpi: Kpi,
    laid: History,
    one: Launched,
    tried: Steps | None,
    level: float,
    estimated: tuple[float, float, float],
) -> dict[str, Any]:
    gap, se, df = estimated
    far, power = (float(student.ppf(chance, df)) for chance in ((1 + level) / 2, POWER))
    seen = one.on & ~np.isnan(laid.y)
    actual = float(kpi.values.to_numpy(float)[seen].mean())
    share, low, high = (relative(actual, gap + side * far * se, laid.log) for side in (0, -1, 1))
    if not shares(kpi):
        share = low = high = np.nan
    smallest = (far + power) * se
    without = actual - float(caused(actual, gap, laid.log))
    return {
        "launch": one.name,
        "period": kpi.dates[one.start],
        "until": one.until,
        "runs": one.runs,
        "estimate": share,
        "low": low,
        "high": high,
        "effect": share,
        "effect_se": se * (1 + share) if laid.log else se * actual / without**2 + 0 * share,
        "amount": actual - without,
        "coefficient": gap,
        "coefficient_se": se,
        "p": float(2 * student.sf(abs(gap) / se, df)),
        "detectable": float(np.expm1(smallest)) if laid.log else smallest / without + 0 * share,
        "false_alarms": tried.false_alarms if tried else float("nan"),
        "judged": tried.judged if tried else 0,
        "apart": tried.apart if tried else 0.0,
        "calibrated": "placebo" if tried else "model",
        "place": one.place,
    }


def _tangled(fit: Structural, found: list[Launched]) -> list[tuple[str, str]]:
    """Name the pairs whose errors move together so much that one's effect may be the other's."""
    together = fit.covariance / np.outer(fit.se, fit.se)
    return [
        (found[first].name, found[second].name)
        for second in range(len(found))
        for first in range(second)
        if abs(together[first, second]) > TOGETHER
    ]


def _checks(
    kpi: Kpi, frame: pd.DataFrame, tangled: list[tuple[str, str]], outside: list[str]
) -> tuple[Check, ...]:
    own = list(frame.loc[frame["calibrated"] == "model", "launch"])
    apart = "; ".join(f"{first} and {second} are too close" for first, second in tangled)
    share, judged = false_alarms(frame)
    checks = [
        Check(
            "Intervals rest on steps where there was no launch",
            not own,
            f"on the model's own error, mostly too small: {', '.join(own)}"
            if own
            else f"{judged} such steps",
        ),
        Check("Launches can be told apart", not tangled, apart or "errors do not move together"),
    ]
    if judged:
        checks.append(Check("Few false alarms before the launches", share <= 0.1, f"{share:.0%} of {judged}"))
    if outside:
        saw = f"left out, as not within the data, or on from its first {kpi.step.name}: {', '.join(outside)}"
        checks.append(Check("Every launch lies within the data", False, saw))
    return tuple(checks)
