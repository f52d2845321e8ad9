"""Panels over one time axis: each an estimate with its band, and where there is one what was observed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num

from pmlib.chart.canvas import new_axes
from pmlib.chart.parts import blank, label_ends, time, values
from pmlib.chart.theme import CATEGORIES, GREY, INK, is_wide
from pmlib.table import Column, scaled

TALL, FIRST = 1.45, 1.4  # inches of a panel, and how much taller the first is
LINE = 0.15  # of the first panel's height: a line of words
BETWEEN = 0.42  # of a panel's height: room for the next one's name


@dataclass(frozen=True)
class Panel:
    """One panel: columns of an estimate and its ends, how they are written, and what was observed.

    Where there is an observed one, its line and the estimate's are named at their ends by their columns.
    """

    estimate: str
    low: str
    high: str
    spec: Column
    observed: str = ""


def panels(
    frame: pd.DataFrame,
    x: str,
    parts: Sequence[Panel],
    *,
    mark: pd.Timestamp | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw panels below each other, the first one tallest; a panel without observations has a line at 0.

    mark : a date that a dashed line marks in all, such as a launch's.
    """
    whole = ax or new_axes(TALL * (len(parts) - 1 + FIRST) + 0.5)
    figure: Any = whole.get_figure(root=True)
    spec = whole.get_subplotspec()
    assert spec is not None
    heights = [FIRST] + [1.0] * (len(parts) - 1)
    grid = spec.subgridspec(len(parts), 1, height_ratios=heights, hspace=BETWEEN)
    whole.remove()
    frame = frame.sort_values(x)
    drawn = [figure.add_subplot(grid[row, 0]) for row in range(len(parts))]
    for axes, part in zip(drawn, parts, strict=True):
        _panel(axes, frame, x, part, mark)
    days = [frame[x].iloc[0], *([] if mark is None or not is_wide() else [mark]), frame[x].iloc[-1]]
    time(drawn[-1], pd.Series(days))
    return drawn[0]


def _panel(ax: Axes, frame: pd.DataFrame, x: str, part: Panel, mark: pd.Timestamp | None) -> None:
    blank(ax)
    when = date2num(frame[x])
    low, middle, high = (
        scaled(frame[name], part.spec.unit).to_numpy(float) for name in (part.low, part.estimate, part.high)
    )
    ax.fill_between(when, low, high, color=CATEGORIES[0], alpha=0.18, linewidth=0)
    ax.plot(when, middle, color=CATEGORIES[0], linewidth=2.0)
    if part.observed:
        seen = scaled(frame[part.observed], part.spec.unit).to_numpy(float)
        ax.plot(when, seen, color=INK, linewidth=1.2)
        known = seen[~np.isnan(seen)]
        ends = [(float(known[-1]), part.observed, INK), (float(middle[-1]), part.estimate, CATEGORIES[0])]
    else:
        ax.axhline(0, color=GREY, linewidth=1)
    if mark is not None:
        ax.axvline(float(np.asarray(date2num(mark))), color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    ax.set_xlim(when[0], when[-1])
    ax.margins(y=0.14)  # so that the lowest number stands clear of the dates
    values(ax, part.spec, title=True)
    if part.observed:
        label_ends(ax, ends, LINE)
