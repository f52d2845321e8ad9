"""What was observed beside what would have been: two lines that part at a launch, with a band."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num

from pmlib.chart.canvas import new_axes
from pmlib.chart.parts import blank, label_ends, near, short, time, values
from pmlib.chart.shown import scale, show
from pmlib.chart.theme import CATEGORIES, GREY, INK, MUTED
from pmlib.table import Column, interval_digits, scaled


def apart(
    frame: pd.DataFrame,
    x: str,
    *,
    spec: Column,
    launch: Any,
    seen: str = "observed",
    names: tuple[str, str] = ("observed", "without it"),
    marked: str = "launch",
    ax: Axes | None = None,
) -> Axes:
    """Draw what was seen, and the estimate without the launch with its band (low, high) from there on.

    Parameters
    ----------
    frame : one row a time. launch : the first time that had it. seen : column of what was.
    names : of both lines, where they end. marked : words at the launch.
    """
    ax = ax or new_axes(3.2)
    blank(ax)
    frame = frame.sort_values(x)
    when = date2num(frame[x])
    known = {c: scaled(frame[c], spec.unit).to_numpy(float) for c in (seen, "estimate", "low", "high")}
    since = (frame[x] >= launch).to_numpy()
    band = since & ~np.isnan(known["low"] + known["high"])
    if band.any():
        ax.fill_between(
            when[band], known["low"][band], known["high"][band], color=CATEGORIES[0], alpha=0.18, linewidth=0
        )
    ax.plot(when, known["estimate"], color=CATEGORIES[0], linewidth=2.0, linestyle=(0, (5, 2)))
    ax.plot(when, known[seen], color=INK, linewidth=2.0)
    place = float(when[since][0]) if since.any() else float(when[-1])
    ax.axvline(place, color=GREY, linewidth=1)
    time(ax, frame[x])
    values(ax, spec)
    left = place > (when[0] + when[-1]) / 2
    ax.text(
        place, 1, marked, transform=near(ax, -4 if left else 4, 0, ax.get_xaxis_transform()),
        ha="right" if left else "left", va="top", color=MUTED,
    )  # fmt: skip
    ends = _ends(frame, known, seen, spec, names)
    label_ends(ax, ends)
    here = [
        {
            "name": names[1],
            "y": known["estimate"],
            "colour": CATEGORIES[0],
            "dashed": True,
            "end": ends[1][1],
        },
        {"name": names[0], "y": known[seen], "colour": INK, "end": ends[0][1]},
    ]
    low, high = (np.where(band, known[end], np.nan) for end in ("low", "high"))
    show(
        ax, "lines", x=frame[x], series=here, bands=[{"low": low, "high": high}], levels=[],
        mark={"name": marked, "at": pd.Timestamp(launch)}, up=scale(ax, spec),
    )  # fmt: skip
    return ax


def _ends(
    frame: pd.DataFrame, known: dict[str, np.ndarray], seen: str, spec: Column, names: tuple[str, str]
) -> list[tuple[float, str, str]]:
    found = []
    low, high = (
        float(frame[end].dropna().iloc[-1]) if frame[end].notna().any() else np.nan for end in ("low", "high")
    )
    digits = interval_digits(low, high, spec.unit)
    for column, name, colour in ((seen, names[0], INK), ("estimate", names[1], CATEGORIES[0])):
        last = np.flatnonzero(~np.isnan(known[column]))[-1]
        said = short(float(frame[column].iloc[last]), spec, digits)
        found.append((float(known[column][last]), f"{name} {said}", colour))
    return found
