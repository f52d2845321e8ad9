"""The few chart forms; charts are inline SVG in the page's own colours.

A form draws on the axes it is given, or on a new figure whose width is the one `svg` asks for: every chart is
drawn twice, wide for a desk and paper, narrow for a phone, so that its words keep their size.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.dates import date2num

from pmlib.chart.apart import apart
from pmlib.chart.biplot import biplot
from pmlib.chart.canvas import new_axes
from pmlib.chart.curves import curves
from pmlib.chart.events import events
from pmlib.chart.fan import fan
from pmlib.chart.forest import forest
from pmlib.chart.histogram import histogram
from pmlib.chart.inline import drawn, svg
from pmlib.chart.panels import Panel, panels
from pmlib.chart.parts import (
    OPEN,
    PAD,
    beside,
    blank,
    boxes,
    label_ends,
    marks,
    name_points,
    near,
    points,
    row_height,
    rows,
    time,
    values,
    wrap,
)  # fmt: skip
from pmlib.chart.shown import named, scale, show
from pmlib.chart.theme import (
    CATEGORIES,
    DIVERGING,
    GREY,
    INK,
    MUTED,
    ON_PALE,
    ON_STRONG,
    PAPER,
    RULE,
    WORSE,
    is_wide,
)
from pmlib.chart.tornado import tornado
from pmlib.chart.tree import tree
from pmlib.chart.waterfall import waterfall
from pmlib.table import MINUS, MISSING, Column, column_digits, number, plain, scaled

__all__ = [
    "Panel",
    "apart",
    "bands",
    "biplot",
    "bubble",
    "curves",
    "dots",
    "drawn",
    "events",
    "fan",
    "forest",
    "heat",
    "histogram",
    "lines",
    "map2d",
    "panels",
    "ranked",
    "svg",
    "tornado",
    "tree",
    "waterfall",
]


def ranked(
    frame: pd.DataFrame,
    value: str,
    label: str,
    *,
    spec: Column,
    highlight: Sequence[str] = (),
    signed: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw horizontal bars in the frame's order, each with its value written at its end.

    signed : bars are gains and losses: coloured better or worse, with a sign.
    """
    ax = ax or new_axes(row_height(frame[label], 0.27) * len(frame) + 0.15)
    blank(ax)
    values = scaled(frame[value], spec.unit).to_numpy(float)
    ends = np.where(np.isfinite(values), values, 0.0)  # what is missing has its row, and no part in the scale
    digits = column_digits(frame[value], spec)
    first = list(highlight)[:1]
    colours = []
    for row, (v, name) in enumerate(zip(ends, frame[label], strict=True)):
        if signed:
            colours.append(CATEGORIES[0] if v > 0 else WORSE)
        else:
            colours.append(CATEGORIES[0] if name in first else GREY if name in highlight else RULE)
        text = plain(frame[value].iloc[row], spec.unit, digits, sign=signed)
        if signed:
            text = {"+": "▲ ", MINUS: "▼ "}.get(text[0], "") + text
        text += "%" if spec.unit == "%" and text != MISSING else ""
        ax.text(
            v, row, text, transform=near(ax, 4 if v >= 0 else -4, 0),
            ha="left" if v >= 0 else "right", va="center", weight="bold" if name in first else "normal",
        )  # fmt: skip
    bars = [(0, row - 0.31, v, row + 0.31) for row, v in enumerate(ends)]
    boxes(ax, bars, facecolors=colours, linewidths=0)
    rows(ax, frame[label], first)
    low, high = float(ends.min(initial=0)), float(ends.max(initial=0))
    room = (high - low or 1.0) * (0.2 if is_wide() else 1.0 if low < 0 else 0.6)
    ax.set_xlim(low - (room if low < 0 else 0), high + room)
    if low < 0:
        ax.axvline(0, color=GREY, linewidth=0.8)
    bar = {"name": spec.label, "y": values, "colours": colours}
    show(
        ax, "bars", categories=frame[label].astype(str), series=[bar],
        unit=spec.unit, digits=digits, signed=signed, bold=first,
    )  # fmt: skip
    return ax


def lines(
    frame: pd.DataFrame,
    x: str,
    y: str,
    by: str,
    *,
    spec: Column,
    highlight: Sequence[str] = (),
    levels: Mapping[str, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one line a group over time; highlighted ones in colour, named at their end.

    levels : labelled horizontal lines, such as a guideline's thresholds.
    """
    ax = ax or new_axes(3.2)
    blank(ax)
    frame = frame.sort_values(x)
    places = np.column_stack([date2num(frame[x]), scaled(frame[y], spec.unit)])
    groups = frame.groupby(by, sort=False).indices
    names = [h for h in highlight if h in groups] or list(frame[by].dropna().unique()[:1])
    colours = dict(zip(names, CATEGORIES, strict=False))
    others = [places[own] for name, own in groups.items() if name not in colours]
    ax.add_collection(LineCollection(others, colors=RULE, linewidths=1.2))
    ends: list[tuple[float, str, str]] = []
    digits = column_digits(frame[y], spec)
    for name, colour in colours.items():
        own = groups[name]
        ax.plot(*places[own].T, color=colour, linewidth=2.2)
        last = f"{name} {number(frame[y].iloc[own[-1]], spec.unit if spec.unit == '%' else '', digits)}"
        ends.append((float(places[own[-1], 1]), last if len(groups) > 1 else "", colour))
    for name, height in (levels or {}).items():
        height = scaled(height, spec.unit)
        ax.axhline(height, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
        ax.text(0, height, name, transform=near(ax, 2, 3, ax.get_yaxis_transform()), color=MUTED)
    time(ax, frame[x])
    values(ax, spec)
    label_ends(ax, ends)
    days = pd.DatetimeIndex(frame[x].dropna().unique())
    at = days.get_indexer(frame[x])
    said = dict(zip(colours, [words for _, words, _ in ends], strict=True))
    every = []
    for name, own in groups.items():
        heights = np.full(len(days), np.nan)
        heights[at[own]] = places[own, 1]
        every.append(
            {"name": str(name), "y": heights, "colour": colours.get(name), "end": said.get(name, "")}
        )
    show(
        ax, "lines", x=days, series=sorted(every, key=lambda line: line["colour"] is not None), bands=[],
        levels=[{"name": name, "at": scaled(at, spec.unit)} for name, at in (levels or {}).items()],
        up=scale(ax, spec),
    )  # fmt: skip
    return ax


def bands(
    frame: pd.DataFrame, x: str, *, spec: Column, zero: float | None = None, ax: Axes | None = None
) -> Axes:
    """Draw an estimate over time with its interval as a band (columns estimate, low, high)."""
    ax = ax or new_axes(3.0)
    blank(ax)
    part = frame.sort_values(x)
    when = date2num(part[x])
    low, middle, high = (scaled(part[c], spec.unit) for c in ("low", "estimate", "high"))
    ax.fill_between(when, low, high, color=CATEGORIES[0], alpha=0.18, linewidth=0)
    ax.plot(when, middle, color=CATEGORIES[0], linewidth=2.2, marker="o", markersize=5, markeredgewidth=0)
    if zero is not None:
        ax.axhline(scaled(zero, spec.unit), color=GREY, linewidth=1)
    time(ax, frame[x])
    values(ax, spec)
    line = {"name": spec.label, "y": middle, "colour": CATEGORIES[0], "marks": True}
    show(
        ax, "lines", x=part[x], series=[line], bands=[{"low": low, "high": high}],
        levels=[] if zero is None else [{"name": "", "at": scaled(zero, spec.unit)}], up=scale(ax, spec),
    )  # fmt: skip
    return ax


def dots(
    frame: pd.DataFrame,
    label: str,
    *,
    spec: Column,
    highlight: Sequence[str] = (),
    zero: float | None = 0.0,
    came: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw a dot with its interval per row (columns estimate, low, high), top to bottom.

    came : column of what came later: open dots.
    """
    ax = ax or new_axes(row_height(frame[label], 0.29) * len(frame) + 0.45)
    blank(ax)
    low, middle, high = (scaled(frame[c], spec.unit) for c in ("low", "estimate", "high"))
    colours = [CATEGORIES[0] if name in highlight or not highlight else GREY for name in frame[label]]
    spans = [[(left, row), (right, row)] for row, (left, right) in enumerate(zip(low, high, strict=True))]
    ax.add_collection(LineCollection(spans, colors=colours, linewidths=2))
    marks(ax, list(zip(middle, range(len(frame)), strict=True)), colours, 8)
    if came:
        ax.plot(scaled(frame[came], spec.unit), range(len(frame)), "o", **OPEN)
    if zero is not None:
        ax.axvline(scaled(zero, spec.unit), color=GREY, linewidth=1)
    rows(ax, frame[label], list(highlight)[:1])
    values(ax, spec, axis="x")
    seen = [{"name": spec.label, "x": middle, "low": low, "high": high, "colours": colours}]
    if came:
        later = {"name": "came later", "x": scaled(frame[came], spec.unit), "open": CATEGORIES[1]}
        seen.append(later)
    show(
        ax, "dots", categories=frame[label].astype(str), series=seen, across=scale(ax, spec, "x"),
        zero=None if zero is None else scaled(zero, spec.unit), bold=list(highlight)[:1],
    )  # fmt: skip
    return ax


def bubble(
    frame: pd.DataFrame,
    x: str,
    y: str,
    size: str,
    label: str,
    *,
    columns: Mapping[str, Column],
    cuts: tuple[float, float] | None = None,
    highlight: Sequence[str] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw bubbles whose area is `size`, each named; `cuts` are the explicit lines of a matrix."""
    ax = ax or new_axes(3.8)
    blank(ax)
    wide = is_wide()
    areas = frame[size].fillna(0) / max(float(frame[size].max()), 1e-12) * (1600 if wide else 700) + 20
    places = points(frame, x, y, columns)
    colours = [CATEGORIES[0] if name in list(highlight)[:1] else GREY for name in frame[label]]
    across, up = np.reshape(places, (-1, 2)).T
    ax.scatter(across, up, s=areas, color=colours, alpha=0.55, linewidth=0)
    ax.margins(0.16 if wide else 0.24)
    if cuts:
        ax.axvline(scaled(cuts[0], columns[x].unit), color=GREY, linewidth=1, linestyle=(0, (4, 3)))
        ax.axhline(scaled(cuts[1], columns[y].unit), color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    values(ax, columns[x], axis="x", title=True)
    values(ax, columns[y], title=True)
    name_points(ax, places, list(frame[label]), list(highlight), [a**0.5 / 2 for a in areas])
    spots = {"name": columns[size].label, "x": across, "y": up, "size": frame[size], "colours": colours}
    show(
        ax, "points", series=[spots | {"labels": named(ax, frame[label])}], bold=list(highlight),
        across=scale(ax, columns[x], "x"), up=scale(ax, columns[y]),
        cuts=cuts and [scaled(cut, columns[name].unit) for cut, name in zip(cuts, (x, y), strict=True)],
    )  # fmt: skip
    return ax


def map2d(
    frame: pd.DataFrame,
    x: str,
    y: str,
    label: str,
    *,
    columns: Mapping[str, Column],
    highlight: Sequence[str] = (),
    diagonal: bool = False,
    through: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw labelled points; where names would overlap, highlighted ones win and the rest stay dots.

    diagonal : draw the line on which both axes are equal.
    through : points, in order, of a curve to draw behind; columns x and y.
    """
    ax = ax or new_axes(4.2)
    blank(ax)
    places = points(frame, x, y, columns)
    colours = [CATEGORIES[0] if name in list(highlight)[:1] else GREY for name in frame[label]]
    marks(ax, places, colours, 6.5)
    ax.margins(0.12 if is_wide() else 0.2)
    if diagonal:
        low = min(ax.get_xlim()[0], ax.get_ylim()[0])
        high = max(ax.get_xlim()[1], ax.get_ylim()[1])
        ax.plot([low, high], [low, high], color=GREY, linewidth=1, linestyle=(0, (4, 3)))
        ax.set(xlim=(low, high), ylim=(low, high))
    if through is not None:
        ax.add_collection(LineCollection([points(through, x, y, columns)], colors=[MUTED], linewidths=1.4))
    values(ax, columns[x], axis="x", title=True)
    values(ax, columns[y], title=True)
    name_points(ax, places, list(frame[label]), list(highlight), [4.0] * len(places))
    across, up = np.reshape(places, (-1, 2)).T
    spots = {"name": columns[y].label, "x": across, "y": up, "colours": colours}
    show(
        ax, "points", series=[spots | {"labels": named(ax, frame[label])}], bold=list(highlight),
        across=scale(ax, columns[x], "x", across), up=scale(ax, columns[y], "y", up), cuts=None,
        lines=[list(zip(*points(through, x, y, columns), strict=True))] if through is not None else [],
        diagonal=diagonal,
    )  # fmt: skip
    return ax


def heat(frame: pd.DataFrame, texts: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw a matrix whose cells say `texts` and whose colour is the value, −1 (worse) to 1 (better).

    frame, texts : same index (rows) and columns; NaN is left uncoloured.
    """
    wide = is_wide()
    head = 0.0 if wide else 0.42  # on a phone a row's name stands above its cells
    ax = ax or new_axes((0.36 if wide else 0.54) * len(frame) + 0.5)
    blank(ax)
    corners, colours = [], []
    for row, name in enumerate(frame.index):
        if not wide:
            ax.text(0, row + head / 2, str(name), ha="left", va="center", color=INK)
        for column, value in enumerate(frame.iloc[row].astype(float)):
            colour = PAPER if pd.isna(value) else DIVERGING[min(4, int((min(max(value, -1), 1) + 1) * 2.5))]
            corners.append((column, row + head, column + 1, row + 1))
            colours.append(colour)
            dark = colour in (DIVERGING[0], DIVERGING[-1])
            ax.text(
                column + 0.5, row + (1 + head) / 2, texts.iloc[row, column], ha="center", va="center",
                color=ON_STRONG if dark else ON_PALE, in_layout=False,
            )  # fmt: skip
        if wide:
            beside(ax, row + 0.5, wrap(str(name), 24), color=INK)
    boxes(ax, corners, facecolors=colours, edgecolors=PAPER, linewidths=3)
    ax.set(xlim=(0, frame.shape[1]), ylim=(len(frame), 0))
    above = near(ax, 0, PAD, ax.get_xaxis_transform())
    for column, name in enumerate(frame.columns):
        words = wrap(str(name), min(16, 66 // frame.shape[1]) if wide else min(9, 42 // frame.shape[1]))
        ax.text(column + 0.5, 1, words, transform=above, ha="center", va="bottom", color=INK)
    return ax
