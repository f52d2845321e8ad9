"""How the results of a panel are labelled, checked and graded."""

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.given import ungiven
from pmlib.impact.panel.errors import few
from pmlib.impact.panel.panel import Panel, panel
from pmlib.impact.panel.pretrend import PreTrend
from pmlib.impact.panel.timing import NEVER
from pmlib.result import Absent, Check

SAME = 1e-12  # of the size of values: what differs by less does so by rounding
WHOLE = {
    "all": "All launches",
    "simple": "All launches",
    "group": "All, every unit the same",
    "dynamic": "All, every time since the launch the same",
    "calendar": "All, every period the same",
}
HOW = {
    "cluster": "",
    "placebo": "; the range is by launches that never were",
    "classical": "; the range trusts that periods are independent",
}


def panel_of(title: str, given: Panel | Source | Absent | None) -> Panel | Absent:
    """Take a panel, or lay out the table of one.

    Raises
    ------
    TypeError : it is neither.
    """
    if absent := ungiven(title, given, "panel"):
        return absent
    if isinstance(given, Source):
        given = panel(given)
    if isinstance(given, Absent):
        return Absent(title=title, reason=given.reason)
    if not isinstance(given, Panel):
        raise TypeError(f"a panel is needed, found a {type(given).__name__}; make one: impact.panel(table)")
    if reason := _all_alike(given):
        return Absent(title=title, reason=reason)
    return given


def _all_alike(given: Panel) -> str:
    """Say that all units move alike to the last digit, so that nothing is left to compare; "" otherwise."""
    values = given.outcomes.to_numpy()
    apart = values - values[0]
    apart -= apart.mean(axis=1, keepdims=True)
    if not np.abs(apart).max() <= SAME * np.abs(values).max():  # of what has holes it is not told
        return ""
    return f"Not estimable: all units of {given.name} move alike, so how far they scatter is unknown."


def labelled(table: pd.DataFrame, given: Panel) -> pd.DataFrame:
    """Put cohorts and periods as they are written, with a label a row."""
    labels, places, groups, periods = [], [], [], []
    for row in table.itertuples():
        at = None if np.isnan(row.at) else int(row.at)
        period = "" if np.isnan(row.period) else given.periods[int(row.period)]
        written = "" if at is None else str(at) if row.kind == "dynamic" else given.periods[at]
        cohort = row.kind in ("group", "cell") and at is not None
        labels.append(_label(row.kind, at, written, period))
        places.append(written or None)
        groups.append(written if cohort else "")
        periods.append(written if row.kind == "calendar" and at is not None else period)
    frame = table.assign(label=labels, at=places, group=groups, period=periods)
    first = [
        "kind",
        "label",
        "at",
        "group",
        "period",
        "estimate",
        "se",
        "low",
        "high",
        "band_low",
        "band_high",
    ]
    return frame[first + [name for name in frame if name not in first]]


def _label(kind: str, at: int | None, written: str, period: str) -> str:
    if at is None:
        return WHOLE[kind]
    if kind == "dynamic":
        return since(at)
    return {"group": f"Launched {written}", "calendar": f"In {written}"}.get(
        kind, f"Launched {written}, in {period}"
    )


def since(at: int) -> str:
    """Write a time since the launch."""
    if at == 0:
        return "At the launch"
    count = f"{abs(at)} period{'s' if abs(at) > 1 else ''}"
    return f"{count} {'after' if at > 0 else 'before'}"


def others(given: Panel, against: str) -> str:
    """Who those with the feature are compared with."""
    never = len(given.units) - len(given.treated_units)
    if against == "never":
        return f"{never:,} that never got it"
    return (
        f"{never:,} that never got it, and those that had not yet"
        if never
        else "those that had not got it yet"
    )


def enough(first: np.ndarray, cluster: np.ndarray, errors: str) -> Check:
    """Whether the scatter of units tells how sure an effect is."""
    treated = len(np.unique(cluster[first != NEVER]))
    without = len(np.unique(cluster[first == NEVER]))
    saw = f"{treated} with the feature, {without} without{HOW.get(errors, '')}"
    return Check("Enough units to see how they scatter", not few(first, cluster), saw)


def grade(before: PreTrend, scarce: bool) -> str:
    """B where units moved alike before, and enough of them; else C."""
    return "B" if before.how and before.holds and not scarce else "C"
