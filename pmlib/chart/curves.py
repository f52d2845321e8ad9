"""Curves over numbers, such as prices: each named where it runs alone, with marked places at the foot."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.transforms import Bbox

from pmlib.chart.canvas import new_axes
from pmlib.chart.parts import blank, boxes, marks, near, values, wrap
from pmlib.chart.pen import Pen
from pmlib.chart.shown import scale, show
from pmlib.chart.theme import CATEGORIES, GREY, INK, MUTED, RULE, is_wide
from pmlib.table import Column, interval_digits, number, scaled

TALL = 2.7  # inches, of the curves
TRIES, FINE = 40, 200  # places a name is tried at along its curve; points at which curves are kept clear of
AWAY, GAP = 5, 8  # points between a curve, a bar, and its name


def curves(
    frame: pd.DataFrame,
    x: str,
    y: str,
    by: str,
    *,
    columns: Mapping[str, Column],
    places: pd.DataFrame | None = None,
    shade: tuple[float, float] | None = None,
    highlight: Sequence[str] = (),
    band: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw one curve a group over a numeric axis, each named on it.

    frame : one row a point of a curve; columns x, y and by, and where `band` is asked low and high of y.
    places : values of x to mark at the foot: label, estimate, low, high; and `at`, the height of the curves
        there, or missing. The places in `highlight` stand out.
    shade : a range of x to tint.
    """
    foot = 0 if places is None else len(places)
    line = 0.27 if is_wide() else 0.42  # inches; on a phone a place's name stands above its bar
    ax = ax or new_axes(TALL + line * foot + 0.3)
    blank(ax)
    unit = columns[y].unit
    groups = {str(name): part.sort_values(x) for name, part in frame.groupby(by, sort=False)}
    colours = dict(zip(groups, CATEGORIES, strict=False))
    shapes = {}
    for name, part in groups.items():
        colour = colours.get(name, GREY)
        shapes[name] = np.column_stack([part[x].astype(float), scaled(part[y], unit)])
        if band:
            low, high = (scaled(part[end], unit) for end in ("low", "high"))
            ax.fill_between(part[x], low, high, color=colour, alpha=0.16, linewidth=0)
        ax.plot(*shapes[name].T, color=colour, linewidth=2.2)
    left, right = float(frame[x].min()), float(frame[x].max())
    top = max(float(scaled(frame["high" if band else y], unit).max()), 1e-12)
    room = 0.0 if is_wide() or len(shapes) < 2 else 0.16 * (right - left)  # for the last curve's name
    ax.set_xlim(left, right + room if right > left else left + 1)
    ax.set_ylim(0, top)
    values(ax, columns[y], title=True)
    step = top * line / TALL
    ax.set_ylim(-step * (foot + 0.4) if foot else 0, top * 1.02)
    values(ax, columns[x], axis="x", title=True)
    if shade:
        boxes(ax, [(shade[0], 0, shade[1], top)], facecolors=RULE, alpha=0.45, linewidths=0, zorder=0.4)
    if places is not None:
        _foot(ax, places, columns[x], unit, step, highlight)
    if len(shapes) > 1:
        _name(ax, shapes, colours)
    if places is None and not band and shade is None:
        lines = [
            {"name": name, "x": shape[:, 0], "y": shape[:, 1], "line": colours.get(name, GREY)}
            for name, shape in shapes.items()
        ]
        show(
            ax, "points", series=lines, bold=[], across=scale(ax, columns[x], "x"), up=scale(ax, columns[y]),
            cuts=None,
        )  # fmt: skip
    return ax


def _foot(
    ax: Axes, places: pd.DataFrame, spec: Column, unit: str, step: float, highlight: Sequence[str]
) -> None:
    pen = _laid_out(ax)
    ax.axhline(0, color=GREY, linewidth=0.8)
    for row, place in enumerate(places.itertuples(), 1):
        height = -step * (row - 0.1)
        strong = place.label in highlight
        colour = INK if strong or not highlight else MUTED
        at = scaled(float(getattr(place, "at", np.nan)), unit)
        drop = [(place.estimate, 0.0 if np.isnan(at) else at), (place.estimate, height if is_wide() else 0.0)]
        ax.add_collection(LineCollection([drop], colors=GREY, linewidths=0.8, linestyles=[(0, (3, 3))]))
        ax.add_collection(
            LineCollection([[(place.low, height), (place.high, height)]], colors=colour, linewidths=3)
        )
        marks(ax, [(place.estimate, height)], [colour], 7)
        if not np.isnan(at):
            marks(ax, [(place.estimate, at)], [INK], 6)
        text = ax.text(
            0, height, _place_words(place, spec), color=colour, va="center_baseline",
            weight="bold" if strong else "normal",
        )  # fmt: skip
        start, end = (min(place.low, place.estimate), max(place.high, place.estimate))
        room = ax.transData.transform((start, 0))[0] - ax.bbox.x0
        if not is_wide():
            text.set(transform=near(ax, 0, 11, ax.get_yaxis_transform()))
        elif text.get_window_extent(pen).width + pen.points_to_pixels(GAP) < room:
            # Left of its bar no later place's line crosses it.
            text.set(x=start, transform=near(ax, -GAP, 0), ha="right")
        else:
            text.set(x=end, transform=near(ax, GAP, 0), ha="left")


def _place_words(place: Any, spec: Column) -> str:
    digits = spec.digits
    if digits is None and place.high > place.low:
        digits = interval_digits(place.low, place.high, spec.unit)
    return f"{place.label} {number(place.estimate, spec.unit, digits)}"


def _laid_out(ax: Axes) -> Pen:
    # Gives the pen that measures words, once places are known.
    figure: Any = ax.get_figure(root=True)
    if layout := figure.get_layout_engine():
        layout.execute(figure)
    return Pen(figure)


def _name(ax: Axes, shapes: Mapping[str, np.ndarray], colours: Mapping[str, str]) -> None:
    # Each name stands beside its own curve, where the others are farthest.
    pen = _laid_out(ax)
    inked = {}
    for name, shape in shapes.items():
        across = np.linspace(shape[0, 0], shape[-1, 0], FINE)
        inked[name] = ax.transData.transform(np.column_stack([across, np.interp(across, *shape.T)]))
    above = Bbox.from_extents(ax.bbox.x0, ax.transData.transform((0, 0))[1], ax.bbox.x1, ax.bbox.y1)
    taken: list[Bbox] = []
    for name, own in inked.items():
        words = wrap(name, 24 if is_wide() else 9)
        text = ax.text(0, 0, words, color=colours.get(name, MUTED), weight="bold", va="bottom")
        others = np.concatenate([np.empty((0, 2)), *(line for key, line in inked.items() if key != name)])
        box = _freest(pen, text.get_window_extent(pen), own, others, taken, above)
        taken.append(box)
        place = ax.transData.inverted().transform((box.x0, box.y0))
        text.set_position((float(place[0]), float(place[1])))


def _freest(
    pen: Pen, size: Bbox, own: np.ndarray, others: np.ndarray, taken: Sequence[Bbox], frame: Bbox
) -> Bbox:
    # Tries the name left, right, above and below points of its curve: inside first, then clear, then alone.
    away = pen.points_to_pixels(AWAY)
    tried = []
    for point in own[:: FINE // TRIES]:
        for right, up in ((1, 0.5), (-1, 0.5), (1, -0.5), (-1, -0.5), (0, 1), (0, -1)):
            x0 = point[0] + right * away - size.width * (0.5 - right / 2)
            y0 = point[1] + up * 2 * away - size.height * (0.5 - up)
            box = Bbox.from_bounds(x0, y0, size.width, size.height)
            inside = frame.x0 <= x0 and box.x1 <= frame.x1 and frame.y0 <= y0 and box.y1 <= frame.y1
            free = inside and not any(box.overlaps(other) for other in taken)
            alone = _distance(box, others)
            names = [_distance(box, other.corners()) for other in taken]
            tried.append((free, min(away, alone, _distance(box, own), *names), alone, box))
    return max(tried, key=lambda each: each[:3])[3]


def _distance(box: Bbox, points: np.ndarray) -> float:
    # Of the nearest point from a box, in pixels; 0 within it.
    if not len(points):
        return np.inf
    beyond = np.maximum(np.maximum([box.x0, box.y0] - points, points - [box.x1, box.y1]), 0)
    return float(np.hypot(*beyond.T).min())
