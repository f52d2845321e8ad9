"""A forest: each row as measured, and beside it what it is after all others are taken into account."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from pmlib.chart.canvas import new_axes
from pmlib.chart.parts import blank, marks, near, row_height, rows, values
from pmlib.chart.shown import scale, show
from pmlib.chart.theme import CATEGORIES, GREY, MUTED, SIZE, is_wide
from pmlib.table import Column, scaled

APART = 0.16  # rows, between the two lines of a row


def forest(
    frame: pd.DataFrame,
    label: str,
    *,
    spec: Column,
    names: tuple[str, str],
    highlight: Sequence[str] = (),
    zero: float | None = 0.0,
    ax: Axes | None = None,
) -> Axes:
    """Draw two dots with intervals per row, top to bottom: raw, raw_low, raw_high above estimate, low, high.

    names : of the two, in words, written above. highlight : rows in bold, parted from the others by a line.
    """
    ax = ax or new_axes(row_height(frame[label], 0.34) * len(frame) + 0.75)
    blank(ax)
    places = np.arange(len(frame), dtype=float)
    kinds = (
        (("raw_low", "raw", "raw_high"), -APART, GREY),
        (("low", "estimate", "high"), APART, CATEGORIES[0]),
    )
    for columns, shift, colour in kinds:
        low, middle, high = (scaled(frame[c], spec.unit).to_numpy(float) for c in columns)
        known = np.isfinite(middle)
        spans = [
            [(a, y), (b, y)] for a, b, y in zip(low[known], high[known], places[known] + shift, strict=True)
        ]
        ax.add_collection(LineCollection(spans, colors=colour, linewidths=1.4 if colour == GREY else 2.4))
        dots = list(zip(middle[known], places[known] + shift, strict=True))
        marks(ax, dots, [colour] * len(dots), 5 if colour == GREY else 7)
    if zero is not None:
        ax.axvline(scaled(zero, spec.unit), color=GREY, linewidth=1, zorder=0.8)
    rows(ax, frame[label], list(highlight))
    first = len(frame) - sum(name in highlight for name in frame[label])
    if 0 < first < len(frame):
        ax.axhline(first - 0.5, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)))
    _name(ax, names)
    values(ax, spec, axis="x")
    two = []
    for (columns, shift, colour), name in zip(kinds, names, strict=True):
        low, middle, high = (scaled(frame[c], spec.unit) for c in columns)
        told = {"name": name, "x": middle, "low": low, "high": high}
        two.append(told | {"shift": shift, "colours": [colour] * len(frame)})
    show(
        ax, "dots", categories=frame[label].astype(str), series=two, across=scale(ax, spec, "x"),
        zero=None if zero is None else scaled(zero, spec.unit), bold=list(highlight),
    )  # fmt: skip
    return ax


def _name(ax: Axes, names: tuple[str, str]) -> None:
    """Say above the rows which is which: side by side, on a phone one above the other."""
    wide, line = is_wide(), SIZE * 1.4
    for i, (name, colour) in enumerate(zip(names, (MUTED, CATEGORIES[0]), strict=True)):
        above = near(ax, 0, 4 if wide or i else 4 + line, ax.transAxes)
        place, weight = (0.45 if wide and i else 0.0), "bold" if i else "normal"
        ax.text(place, 1, f"● {name}", transform=above, color=colour, va="bottom", weight=weight)
