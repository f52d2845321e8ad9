"""What changed since the last edition: the Numbers of this run against those published before it."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd

from pmlib.result import Number, Result
from pmlib.table import Column, number

SAID = 2  # how many moves the first screen has room for
COLUMNS = {
    "label": Column("Number"),
    "before": Column("Last edition"),
    "now": Column("This edition"),
    "news": Column("News"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Changes(Result):
    """The Numbers of two editions side by side, and which of them moved enough to be news."""

    folded: ClassVar[bool] = True


def changes(*results: Result, materiality: float) -> Changes:
    """Compare this edition's Numbers with the last one's.

    A Number with an interval is news when its last value lies outside the interval it has now. A count of
    everything has no interval: a share, or a change of one, is news when it moved by `materiality` or more,
    any other quantity when it moved by that fraction of its last value. A Number that was then of something
    else (another firm, basis, unit or table) is not compared.

    Parameters
    ----------
    results : whose Numbers are compared.
    materiality : points of share as a fraction, 0.01 for one point.

    Returns
    -------
    Changes : one row per Number; before and now are as written, news is "yes", "no", "new",
        "gone" or "not comparable".
    """
    if not 0 <= materiality < 1:
        raise ValueError(f"materiality is a fraction such as 0.01 for one point, not {materiality!r}")
    now = {n.name: n for result in results for n in result.owned()}
    before = previous()
    if before is None:
        return Changes(
            title="This is the first edition",
            finding="There is no earlier edition to compare with.",
            headline="this is the first edition.",
            frame=pd.DataFrame(columns=list(COLUMNS)),
            columns=COLUMNS,
        )
    # What results outside this comparison say is not gone.
    gone = [n for n in before if n not in now and before[n].result in {r.name for r in results}]
    rows = [_row(before.get(name), now.get(name), materiality) for name in [*now, *gone]]
    # News first; otherwise in the order of the results, whose first Numbers matter most.
    rows.sort(key=lambda row: row["news"] != "yes")
    frame = pd.DataFrame(rows, columns=["name", *COLUMNS])
    moved = frame[frame["news"] == "yes"]
    lines = [f"{r.label}: {r.before} then, {r.now} now" for r in moved.itertuples()]
    said = "; ".join(lines[:SAID] + ([f"{len(lines) - SAID} more below"] if len(lines) > SAID else []))
    bar = number(materiality, "points")
    nothing = f"nothing moved by {bar} of share or beyond its range."
    return Changes(
        title="What moved since the last edition" if said else "Nothing moved that is news",
        finding=f"{said}." if said else nothing.capitalize(),
        headline=f"{said}." if said else nothing,
        subtitle=f"Shares are news from {bar} on, other counts from {number(materiality, '%')}, "
        "estimates when the last value lies outside today's range.",
        frame=frame,
        columns=COLUMNS,
    )


def previous() -> dict[str, Number] | None:
    """Read the last edition's Numbers, as the press laid them beside the run; None for a first edition."""
    folder = os.environ.get("PMLIB_RUN_DIR")
    path = Path(folder) / "previous.json" if folder else None
    if path is None or not path.exists():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))["numbers"]
    return {item["name"]: Number(**item) for item in found}


def news(before: Number | None, now: Number | None, materiality: float) -> str:
    """Tell whether a Number moved enough to be news: "yes", "no", "new", "gone" or "not comparable"."""
    if before is None or now is None:
        return "new" if before is None else "gone"
    if (before.label, before.unit, before.source) != (now.label, now.unit, now.source):
        return "not comparable"
    if before.value is None or now.value is None:  # no finite number, as JSON says it
        return "no" if before.value is now.value else "not comparable"
    return "yes" if _moved(before, now, materiality) else "no"


def _row(before: Number | None, now: Number | None, materiality: float) -> dict[str, str]:
    known = now or before
    assert known is not None
    return {
        "name": known.name,
        "label": known.label,
        "before": str(before or "–"),
        "now": str(now or "–"),
        "news": news(before, now, materiality),
    }


def _moved(before: Number, now: Number, materiality: float) -> bool:
    if now.low is not None and now.high is not None:
        return not now.low <= before.value <= now.high
    bar = materiality if now.unit in ("%", "points") else materiality * abs(before.value)
    # a hair below the bar is the bar: 0.38 - 0.37 is not quite 0.01 in binary
    return abs(now.value - before.value) >= bar - 1e-9 and now.value != before.value
