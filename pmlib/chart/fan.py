"""A fan: what was seen, what is expected within two bands, what a simpler forecast says, and what came."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num

from pmlib.chart.canvas import new_axes
from pmlib.chart.parts import OPEN, blank, dates_that_fit, label_ends, short, time, values
from pmlib.chart.shown import scale, show
from pmlib.chart.theme import CATEGORIES, GREY, INK
from pmlib.table import Column, interval_digits, scaled

OUTER, INNER = 0.14, 0.22  # opacity; the inner band lies upon the outer


def fan(
    frame: pd.DataFrame,
    x: str,
    *,
    spec: Column,
    seen: str = "seen",
    came: str = "",
    baseline: str = "",
    names: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw history, and from its end a forecast as a fan (estimate; low, high; low_95, high_95 around).

    Parameters
    ----------
    frame : one row a time; columns that do not speak of a time are missing there.
    seen : column of what was seen: a line with a dot each.
    came : column of what came later: open dots. baseline : column of a simpler forecast: a dashed line.
    names : in words, by column, where lines end.
    """
    ax = ax or new_axes(3.2)
    blank(ax)
    frame = frame.sort_values(x)
    names = dict(names or {})
    digits = interval_digits(frame["low"].iloc[-1], frame["high"].iloc[-1], spec.unit)
    when = date2num(frame[x])
    level = {name: scaled(frame[name], spec.unit).to_numpy(float) for name in frame if name != x}
    last = int(np.flatnonzero(~np.isnan(level[seen]))[-1])
    joined = np.flatnonzero(~np.isnan(level["estimate"]))
    joined = joined[joined > last]
    bands = []
    for low, high, opacity in (("low_95", "high_95", OUTER), ("low", "high", INNER)):
        bottom, top = (np.append(level[seen][last], level[name][joined]) for name in (low, high))
        ax.fill_between(
            np.append(when[last], when[joined]), bottom, top, color=CATEGORIES[0], alpha=opacity, linewidth=0
        )
        places = np.append(last, joined)
        bands.append({"low": _spread(when, places, bottom), "high": _spread(when, places, top)})
    ends: list[tuple[float, str, str]] = []
    drawn: list[dict[str, Any]] = []

    def line(name: str, colour: str, **style: Any) -> None:
        places = np.append(last, joined[~np.isnan(level[name][joined])])
        heights = np.append(level[seen][last], level[name][places[1:]])
        ax.plot(when[places], heights, color=colour, **style)
        said = short(frame[name].iloc[places[-1]], spec, digits)
        ends.append((float(heights[-1]), f"{names.get(name, name)} {said}", colour))
        told = {"name": names.get(name, name), "colour": colour, "end": ends[-1][1]}
        drawn.append(told | {"y": _spread(when, places, heights), "dashed": "linestyle" in style})

    if baseline:
        line(baseline, GREY, linewidth=1.4, linestyle=(0, (4, 3)))
    line("estimate", CATEGORIES[0], linewidth=2.2)
    ax.plot(when, level[seen], color=INK, linewidth=1.4, marker="o", markersize=4, markeredgewidth=0)
    drawn.append({"name": names.get(seen, seen), "y": level[seen], "colour": INK, "marks": True})
    if came and not np.isnan(level[came]).all():
        known = np.flatnonzero(~np.isnan(level[came]))
        ax.plot(when[known], level[came][known], "o", **OPEN)
        said = short(frame[came].iloc[known[-1]], spec, digits)
        ends.append((float(level[came][known[-1]]), f"{names.get(came, came)} {said}", CATEGORIES[1]))
        drawn.append({"name": names.get(came, came), "y": level[came], "open": CATEGORIES[1]})
    time(ax, _apart(frame[x]))
    ax.set_xlim(when[0], when[-1])
    values(ax, spec)
    label_ends(ax, ends)
    show(ax, "lines", x=frame[x], series=drawn, bands=bands, levels=[], up=scale(ax, spec))
    return ax


def _spread(when: np.ndarray, places: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Put heights at their places among all times; missing elsewhere."""
    every = np.full(len(when), np.nan)
    every[places] = heights
    return every


def _apart(when: pd.Series) -> pd.Series:
    """Keep dates far enough apart to be named, from the newest back: history may be uneven."""
    most = dates_that_fit(when)
    room = (when.iloc[-1] - when.iloc[0]) / most
    kept = [len(when) - 1]
    for i in range(len(when) - 2, -1, -1):
        if when.iloc[kept[-1]] - when.iloc[i] >= room:
            kept.append(i)
    return when.iloc[kept[:most]]
