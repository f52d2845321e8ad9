"""Two-sided bars: what each cause does to a result by itself, from its low end to its high end."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.font_manager import FontProperties

from pmlib.chart.canvas import new_axes
from pmlib.chart.parts import beside, blank, boxes, near, short, wrap
from pmlib.chart.pen import Pen
from pmlib.chart.shown import show
from pmlib.chart.theme import CATEGORIES, GREY, INK, MUTED, SIZE, is_wide
from pmlib.table import Column, interval_digits, scaled

THICK = 0.18  # inches, of a bar
LINE = 0.175  # inches, of a line of words
APART = 0.11  # inches between rows
GAP = 4  # points between a bar and what is written at its end
MOST_ROOM = 0.4  # of the axes' width, on either side, for words


def tornado(
    frame: pd.DataFrame,
    label: str,
    *,
    middle: float,
    spec: Column,
    highlight: Sequence[str] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw a bar from `middle` to both ends of each row, each end written, top to bottom.

    frame : low and high are where the result goes at the low and at the high end of the row's cause; so low
        may be above high, where more of a cause means less of the result. The high end's part is in colour.
    middle : the result as it stands, written above the bars.
    """
    names = [wrap(str(name), 36 if is_wide() else 34) for name in frame[label]]
    tops, middles, total = _rows(names)
    ax = ax or new_axes(total)
    blank(ax)
    ax.set_ylim(total, 0)
    ends = frame[["low", "high"]].to_numpy(float)
    here, places = scaled(middle, spec.unit), scaled(ends, spec.unit)
    bars, colours = [], []
    for y, pair in zip(middles, places, strict=True):
        for side in np.argsort(
            -np.abs(pair - here), kind="stable"
        ):  # the longer first: both may lie on one side
            bars.append((here, y - THICK / 2, pair[side], y + THICK / 2))
            colours.append((GREY, CATEGORIES[0])[side])
    boxes(ax, bars, facecolors=colours, linewidths=0)
    stems = [[(here, y - THICK * 0.7), (here, y + THICK * 0.7)] for y in middles]
    ax.add_collection(LineCollection(stems, colors=INK, linewidths=0.8))
    for name, words, top, y in zip(frame[label], names, tops, middles, strict=True):
        _name(ax, words, top, y, "bold" if name in highlight else "normal")
    every = np.append(ends.ravel(), middle)
    digits = interval_digits(every.min(), every.max(), spec.unit) + 1
    written = [[short(end, spec, digits) for end in pair] for pair in ends]
    _write_ends(ax, places, middles, here, written)
    above = near(ax, 0, 2, ax.get_xaxis_transform())
    ax.text(here, 1, short(middle, spec, digits), transform=above, ha="center", va="bottom", color=MUTED)
    if ((places - here).prod(axis=1) <= 0).all():  # else one of two bars hides the other
        sides = (("its low end", GREY), ("its high end", CATEGORIES[0]))
        two = [
            {
                "name": name,
                "y": places[:, i],
                "colours": [colour] * len(frame),
                "texts": [w[i] for w in written],
            }
            for i, (name, colour) in enumerate(sides)
        ]
        show(
            ax, "bars", categories=frame[label].astype(str), series=two, unit=spec.unit, digits=digits,
            signed=False, bold=list(highlight), base=here, base_text=short(middle, spec, digits),
        )  # fmt: skip
    return ax


def _rows(names: Sequence[str]) -> tuple[list[float], list[float], float]:
    """Lay out the rows, on a phone with names above bars: where each begins, its bar is, and all end."""
    tops, middles, top = [], [], APART / 2
    for name in names:
        words = LINE * (name.count("\n") + 1)
        tops.append(top)
        height = max(words, THICK) if is_wide() else words + THICK
        middles.append(top + height / 2 if is_wide() else top + words + THICK / 2)
        top += height + APART
    return tops, middles, top - APART / 2


def _name(ax: Axes, words: str, top: float, middle: float, weight: str) -> None:
    if is_wide():
        beside(ax, middle, words, color=INK, weight=weight)
        return
    left = ax.get_yaxis_transform()
    for i, line in enumerate(words.split("\n")):
        y = top + LINE * (i + 0.45)
        ax.text(0, y, line, transform=left, ha="left", va="center_baseline", color=INK, weight=weight)


def _write_ends(
    ax: Axes, places: np.ndarray, middles: Sequence[float], here: float, words: list[list[str]]
) -> None:
    low, high = min(places.min(initial=here), here), max(places.max(initial=here), here)
    room = (high - low or 1.0) * _room(ax, [text for pair in words for text in pair])
    ax.set_xlim(low - room, high + room)
    for y, pair, said in zip(middles, places, words, strict=True):
        left, right = np.argsort(pair, kind="stable")
        ends = [(max(pair[right], here), 1, said[right])]
        if said[left] != said[right]:  # else nothing moves, which is said once
            ends.append((min(pair[left], here), -1, said[left]))
        for place, way, text in ends:
            beyond = near(ax, GAP * way, 0)
            ax.text(place, y, text, transform=beyond, ha="left" if way > 0 else "right", va="center_baseline")


def _room(ax: Axes, words: Sequence[str]) -> float:
    """Tell what is to be free on either side, of the bars' width, so that the longest end can be written."""
    figure: Any = ax.get_figure(root=True)
    if layout := figure.get_layout_engine():
        layout.execute(figure)  # so that the width is known
    pen, whole = Pen(figure), ax.get_window_extent().width
    widths = [pen.get_text_width_height_descent(text, FontProperties(size=SIZE), False)[0] for text in words]
    share = min(MOST_ROOM, (max(widths, default=0.0) + 2 * GAP) / whole)
    return share / (1 - 2 * share)
