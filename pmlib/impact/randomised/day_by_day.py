"""A test as it comes in: its effect at each look, with intervals that hold at all of them together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.data.words import meant, shown
from pmlib.impact.randomised.checks import ENOUGH, chance_of_split
from pmlib.impact.randomised.compare import Compared, compare
from pmlib.impact.randomised.contrast import Contrast
from pmlib.impact.randomised.experiment import TIGHTEST
from pmlib.impact.randomised.metric import Metric, metrics_of, with_bars
from pmlib.impact.randomised.moments import moments, untested
from pmlib.impact.randomised.sample_ratio import UNEVEN
from pmlib.impact.randomised.sequential import Fixed, Sequential
from pmlib.impact.randomised.users import coded
from pmlib.impact.randomised.words import chance_text, spoken
from pmlib.parameters import check_level, check_seed
from pmlib.result import Absent, Check, Number, Result
from pmlib.stats.moments import Grouped, GroupMoments
from pmlib.table import Column, dates, interval, interval_digits, number, percentage
from pmlib.wording import capital, lower

TITLE = "The test day by day"
LOOKS = 30  # at most; of more days, evenly chosen ones are looked at


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DayByDay(Result):
    """The effect of one arm on one metric, of the users who had come by each look.

    arm, metric : of the effect. clear : the first look at which the interval leaves 0 out; None: at none.
    """

    arm: str
    metric: str
    clear: pd.Timestamp | None

    def plot(self, ax: Any = None) -> Any:
        """Draw the effect so far with its interval, over time."""
        from pmlib import chart

        return chart.bands(self.frame, "period", spec=self.columns["estimate"], zero=0.0, ax=ax)


def day_by_day(
    test: Source | None,
    metric: str | None = None,
    *,
    arm: str | None = None,
    control: str | None = None,
    level: float = 0.95,
    tightest: float = TIGHTEST,
    expected: Mapping[str, float] | None = None,
    seed: int = 1,
) -> DayByDay | Absent:
    """Look at a test on each day, at the users who had entered it by then.

    Parameters
    ----------
    test : one row a user; roles variant, kpi and period (when the user entered); or what data.read gives for
        take="moments" by variant and period.
    metric : as of experiment; by default the first kpi.
    arm : whose effect; by default that of the most standard errors at the last look.
    control, level, tightest, expected, seed : as of experiment.

    Returns
    -------
    DayByDay : frame has a row a look, of 30 at most, from the first at which every arm has 50 users: period,
        users (of all arms), estimate, low, high (relative to the control where that is known, else in the
        metric's unit; the interval holds at every look), once_low, once_high (the usual interval, which holds
        for one planned look), p (always valid).

    Raises
    ------
    ValueError, DataError : as of experiment; no such arm.
    """
    check_level(level, 0.5)
    check_seed(seed)
    if absent := untested(TITLE, test, "period", *(["kpi"] if metric is None else [])):
        return absent
    assert test is not None
    asked = metrics_of(test, [test.measured[0] if metric is None else metric])[0]
    full = with_bars(test, [asked])
    known = moments(full, asked.columns, control=control)
    if (chance := chance_of_split(known, expected, "sequential")) < UNEVEN:
        reason = f"The arms are not split as planned (chance {chance_text(chance)}), so no effect is stated."
        return Absent(title=TITLE, reason=reason)
    law = Sequential(tightest, level)
    last = compare(full, known, asked, law=law, level=level, seed=seed)
    which = _which(last, known.arms, arm)
    relative = not last.points and bool(np.isfinite(last.contrasts[which].relative_interval(level)).all())
    rows = []
    for look in _looks(full):
        part = _until(full, look)
        now = compare(
            part, moments(part, asked.columns, control=known.arms[0]), asked, law=law, level=level, seed=seed
        )
        rows.append(
            {"period": look, "users": int(now.users.sum())} | _row(now.contrasts[which], level, relative)
        )
    frame = pd.DataFrame(rows, columns=["period", "users", *COLUMNS]).dropna(subset=["low", "high"])
    if len(frame) < 2:
        return Absent(title=TITLE, reason=f"Fewer than two looks at which every arm has {ENOUGH} users.")
    return _result(test, asked, last, frame, known.arms[which + 1], known.arms[0], level, relative)


COLUMNS = ["estimate", "low", "high", "once_low", "once_high", "p"]


def _which(last: Compared, arms: tuple[str, ...], arm: str | None) -> int:
    """Find the place of an arm among those that are not the control."""
    if arm is not None:
        if arm not in arms[1:]:
            raise ValueError(f"arm is {shown(arm)}; {meant(arm, arms[1:], 'besides the control there is')}")
        return arms.index(arm) - 1
    clear = [abs(one.estimate / one.se) if one.se > 0 else 0.0 for one in last.contrasts]
    return int(np.argmax(clear))


def _looks(test: Source) -> list[pd.Timestamp]:
    """Choose the days to look at, from the first at which every arm has enough users."""
    days = test.frame["period"].dt.normalize()
    arm, _ = coded(test.frame["variant"])
    count = np.ones(len(days), int) if test.moments is None else test.moments.grouped.n
    came = pd.DataFrame({"day": days, "arm": arm, "users": count})[arm >= 0]
    so_far = came.pivot_table(
        index="day", columns="arm", values="users", aggfunc="sum", fill_value=0
    ).cumsum()
    enough = so_far.index[(so_far >= ENOUGH).all(axis=1)]
    places = np.unique(np.linspace(0, len(enough) - 1, min(LOOKS, len(enough))).round().astype(int))
    return [enough[place] for place in places]


def _until(test: Source, look: pd.Timestamp) -> Source:
    """Keep the users who had come by the end of a day."""
    kept = (test.frame["period"].dt.normalize() <= look).to_numpy()
    held = test.moments
    if held is not None:
        groups = Grouped(held.grouped.n[kept], held.grouped.mean[kept], held.grouped.scatter[kept])
        held = GroupMoments(held.columns, held.lacks[kept], groups)
    return replace(test, frame=test.frame[kept].reset_index(drop=True), moments=held)


def _row(contrast: Contrast, level: float, relative: bool) -> dict[str, float]:
    """Write down one look."""
    ends = contrast.relative_interval if relative else contrast.interval
    error = contrast.relative_se if relative else contrast.se
    estimate = contrast.relative if relative else contrast.estimate
    once = Fixed().critical(level, contrast.df, 0) * error
    low, high = ends(level)
    found = (estimate, low, high, estimate - once, estimate + once, contrast.p)
    return dict(zip(COLUMNS, found, strict=True))


def _result(
    test: Source,
    asked: Metric,
    last: Compared,
    frame: pd.DataFrame,
    arm: str,
    control: str,
    level: float,
    relative: bool,
) -> DayByDay:
    unit = "%" if relative else "points" if last.points else asked.column.unit
    outside = (frame["low"] > 0) | (frame["high"] < 0)
    clear = frame.loc[outside, "period"].iloc[0] if outside.any() else None
    label, name = lower(asked.label), spoken(test, arm)
    end = frame.iloc[-1]
    digits = interval_digits(end["low"], end["high"], unit)
    said = f"{number(end['estimate'], unit, digits, sign=True)} ({interval(end['low'], end['high'], unit)})"
    when, by = dates(frame["period"]).iloc[-1], f"with {name} {label} stands at {said}"
    if clear is not None:
        first = frame.loc[frame["period"] == clear].iloc[0]
        day = dates(frame["period"])[first.name]
        found = f"it was first clear on {day}, with {int(first['users']):,} users"
        title = f"{capital(label)}: clear with {name} from {day}"
    else:
        found, title = "at no look was it clear", f"{capital(label)}: not clear yet with {name}"
    spec = Column("Relative effect" if relative else "Difference", unit)
    return DayByDay(
        title=title,
        finding=f"By {when}, {by}; {found} ({percentage(level)} intervals that hold at every look).",
        subtitle=f"Against {spoken(test, control)}, users who had entered by each of {len(frame)} looks.",
        frame=frame,
        columns={
            "period": Column("Until"),
            "users": Column("Users", "", 0),
            "estimate": spec,
            "low": Column("Low", unit),
            "high": Column("High", unit),
        },
        source=test.line,
        numbers=(
            Number(
                name="effect_so_far",
                label=f"{asked.label}: {arm} against {control}",
                value=float(end["estimate"]),
                low=float(end["low"]),
                high=float(end["high"]),
                level=level,
                unit=unit,
                source=test.name,
                period=when,
            ),
        ),
        checks=(_check(frame),),
        arm=arm,
        metric=asked.label,
        clear=clear,
    )


def _check(frame: pd.DataFrame) -> Check:
    """Say what looking at the usual interval would have shown."""
    once = (frame["once_low"] > 0) | (frame["once_high"] < 0)
    turned = bool((once & ~once.iloc[::-1].cummin()[::-1]).any())
    saw = f"it left 0 out at {int(once.sum())} of {len(frame)} looks"
    return Check("The usual interval did not take back what it said", not turned, saw)
