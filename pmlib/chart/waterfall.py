"""Levels, each inside the one above, and what each cut takes away."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from pmlib.chart.canvas import new_axes
from pmlib.chart.parts import beside, blank, boxes, near, short, values, wrap
from pmlib.chart.shown import show
from pmlib.chart.theme import CATEGORIES, GREY, INK, MUTED, RULE, is_wide
from pmlib.table import Column, column_digits, scaled

THICK, THIN = 0.3, 0.16  # half the height of a level's bar and of a cut's, in rows


def waterfall(
    frame: pd.DataFrame,
    label: str,
    cut: str,
    *,
    spec: Column,
    highlight: Sequence[str] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw a bar a level (columns estimate, low, high), top to bottom, and between two of them what is cut.

    label, cut : columns with the name of a level, and with what leads to it from the one above, in words.
    """
    names = [wrap(str(name), 24 if is_wide() else 16) for name in frame[label]]
    cuts = [wrap(str(words), 30 if is_wide() else 18) for words in frame[cut].iloc[1:]]
    heights = [1.0]
    for words in cuts:
        heights += [max(0.8, 0.62 * (1 + words.count("\n"))), 1.0]
    ax = ax or new_axes(0.3 * sum(heights) + 0.45)
    blank(ax)
    middles = [sum(heights[:i]) + height / 2 for i, height in enumerate(heights)]
    ends = [scaled(frame[c], spec.unit).to_numpy(float) for c in ("estimate", "low", "high")]
    size, low, high = ends
    colours = [CATEGORIES[0] if name in list(highlight)[:1] else GREY for name in frame[label]]
    levels = middles[::2]
    boxes(
        ax, [(0.0, y - THICK, x, y + THICK) for x, y in zip(size, levels, strict=True)],
        facecolors=colours, linewidths=0, alpha=0.75,
    )  # fmt: skip
    spans = list(zip(size[1:], size[:-1], middles[1::2], strict=True))
    boxes(
        ax, [(min(a, b), y - THIN, max(a, b), y + THIN) for a, b, y in spans], facecolors=RULE, linewidths=0
    )
    ax.add_collection(
        LineCollection(
            [[(a, y), (b, y)] for a, b, y in zip(low, high, levels, strict=True)], colors=INK, linewidths=1.6
        )
    )
    _words(ax, frame, spec, middles, names, cuts)
    ax.set_xlim(0, float(max(high.max(), size.max())) * (1.16 if is_wide() else 1.34) or 1.0)
    ax.set_ylim(sum(heights), 0)
    values(ax, spec, axis="x")
    digits = column_digits(frame["estimate"], spec)
    told = {"name": spec.label, "y": size, "low": low, "high": high, "colours": colours}
    written = [short(value, spec, digits) for value in frame["estimate"]]
    show(
        ax, "bars", categories=frame[label].astype(str), series=[told | {"texts": written}],
        unit=spec.unit, digits=digits, signed=False, bold=list(highlight)[:1],
    )  # fmt: skip
    return ax


def _words(
    ax: Axes, frame: pd.DataFrame, spec: Column, middles: list[float], names: list[str], cuts: list[str]
) -> None:
    digits = column_digits(frame["estimate"], spec)
    sizes = frame["estimate"].to_numpy(float)
    tops = scaled(frame[["estimate", "high"]].max(axis=1), spec.unit).to_numpy(float)
    for row, (name, top) in enumerate(zip(names, tops, strict=True)):
        beside(ax, middles[2 * row], name, color=INK, weight="bold")
        ax.text(
            top, middles[2 * row], short(sizes[row], spec, digits), transform=near(ax, 4, 0),
            ha="left", va="center", weight="bold", color=INK,
        )  # fmt: skip
    for row, words in enumerate(cuts):
        beside(ax, middles[2 * row + 1], words, color=MUTED)
        taken = short(sizes[row + 1] - sizes[row], spec, digits)
        ax.text(
            scaled(max(sizes[row], sizes[row + 1]), spec.unit), middles[2 * row + 1], taken,
            transform=near(ax, 4, 0), ha="left", va="center", color=MUTED,
        )  # fmt: skip
