"""How values spread, as bars of counts, with one of another kind marked among them."""

from math import ceil

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pmlib.chart.canvas import new_axes
from pmlib.chart.parts import blank, boxes, near, values
from pmlib.chart.theme import CATEGORIES, GREY, RULE, is_wide
from pmlib.table import Column, scaled

BINS = (6, 16)  # at least and at most


def histogram(
    frame: pd.DataFrame,
    value: str,
    *,
    spec: Column,
    mark: tuple[str, float] | None = None,
    strong: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw how many rows have which value.

    mark : name and value of what is compared with them: a line. strong : flag of the rows drawn darker.
    """
    ax = ax or new_axes(2.6)
    blank(ax)
    found = scaled(frame[value], spec.unit).to_numpy(float)
    marked = [] if mark is None else [float(scaled(mark[1], spec.unit))]
    low, high = min([*found, *marked, 0.0]), max([*found, *marked, 0.0])
    bins = int(np.clip(ceil(2 * np.sqrt(len(found))), *BINS))
    edges = np.linspace(low, high if high > low else low + 1, bins + 1)
    count = np.histogram(found, edges)[0]
    flags = frame[strong].to_numpy(float) > 0 if strong else np.full(len(found), False)
    dark = np.histogram(found[flags], edges)[0]
    gap = 0.06 * (edges[1] - edges[0])
    for heights, colour in ((count, RULE), (dark, GREY)):
        bars = [
            (left + gap, 0, right - gap, height)
            for left, right, height in zip(edges[:-1], edges[1:], heights, strict=True)
        ]
        boxes(ax, bars, facecolors=colour, linewidths=0)
    top = max(1, int(count.max(initial=1)))
    ax.set(xlim=(edges[0], edges[-1]), ylim=(0, top * 1.3))
    if mark is not None:
        at = marked[0]
        ax.plot([at, at], [0, top * 1.12], color=CATEGORIES[0], linewidth=2.2)
        right = at > (edges[0] + edges[-1]) / 2
        ax.text(
            at, top * 1.15, mark[0], transform=near(ax, 0, 0), color=CATEGORIES[0], weight="bold",
            ha="right" if right else "left", va="bottom", fontsize=None if is_wide() else 11,
        )  # fmt: skip
    values(ax, spec, axis="x", title=True)
    return ax
