"""What the forms share: axes in words, names that keep apart."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.dates import date2num
from matplotlib.ticker import MaxNLocator, NullLocator
from matplotlib.transforms import Bbox, Transform, offset_copy

from pmlib.chart.pen import Pen
from pmlib.chart.theme import CATEGORIES, INK, MUTED, RULE, SIZE, is_wide
from pmlib.table import CURRENCIES, Column, date_form, dates, number, plain, scaled

PART = {"left": 0.0, "bottom": 0.0, "center": 0.5, "right": 1.0, "top": 1.0}  # of a text: before its place
OPEN: dict[str, Any] = {  # what came later
    "markersize": 5,
    "markerfacecolor": "none",
    "markeredgecolor": CATEGORIES[1],
    "markeredgewidth": 1.4,
}
PAD = 3.5  # points between axes and their words
LARGE = ((1e9, "bn"), (1e6, "M"))  # how an axis writes them, so that its numbers keep apart on a phone
LONGEST = 24  # letters of a word that stays whole where it is too long for a line
LINE = 0.18  # inches, of a label of several
LONG = 1e4  # a number with as many letters leaves a phone room for half as many
ASLANT = 3  # marks that a name may cover rather than stand aslant of its own, where it may seem another's


def blank(ax: Axes) -> None:
    """Take matplotlib's own ticks off: the forms write their few words as texts, for a tenth of the time."""
    ax.xaxis.set_major_locator(NullLocator())
    ax.yaxis.set_major_locator(NullLocator())


def near(ax: Axes, right: float, up: float, transform: Transform | None = None) -> Transform:
    """Shift a place in data, or another transform's, by points."""
    return offset_copy(transform or ax.transData, ax.get_figure(root=True), right, up, units="points")


def boxes(ax: Axes, corners: Sequence[tuple[float, float, float, float]], **style: Any) -> None:
    """Draw boxes from left, bottom to right, top."""
    shapes = [[(x0, y0), (x1, y0), (x1, y1), (x0, y1)] for x0, y0, x1, y1 in corners]
    ax.add_collection(PolyCollection(shapes, **style))


def marks(ax: Axes, places: Sequence[tuple[float, float]], colours: Sequence[str], size: float) -> None:
    """Draw round marks, those of the last colour on top."""
    for colour in dict.fromkeys(colours):
        own = [place for place, other in zip(places, colours, strict=True) if other == colour]
        ax.plot(*zip(*own, strict=True), "o", color=colour, markersize=size, markeredgewidth=0)


def row_height(labels: pd.Series, single: float) -> float:
    """Choose the height of rows, in inches: higher where a label needs two lines or more."""
    lines = max((_row_label(name).count("\n") + 1 for name in labels), default=1)
    return single if lines == 1 else max(single, LINE * lines)


def _row_label(name: object) -> str:
    return wrap(str(name), 36 if is_wide() else 18)


def rows(ax: Axes, labels: pd.Series, bold: Sequence[str]) -> None:
    """Name the rows, top to bottom."""
    for row, name in enumerate(labels):
        beside(ax, row, _row_label(name), color=INK, weight="bold" if name in bold else "normal")
    ax.set_ylim(len(labels) - 0.4, -0.6)


def beside(ax: Axes, place: float, words: str, **style: Any) -> None:
    """Write words left of the axes, at a place on the upright one."""
    left = near(ax, -PAD, 0, ax.get_yaxis_transform())
    ax.text(0, place, words, transform=left, ha="right", va="center_baseline", **style)


def below(ax: Axes, place: float, words: str) -> None:
    """Write words below the axes, at a place on the level one."""
    under = near(ax, 0, -PAD, ax.get_xaxis_transform())
    ax.text(place, 0, words, transform=under, ha="center", va="top", color=MUTED)


def values(ax: Axes, spec: Column, axis: str = "y", title: bool = False) -> None:
    """Write an axis of values within its limits; `title` names it, above the axis where it stands upright."""
    upright = axis == "y"
    low, high = sorted(ax.get_ylim() if upright else ax.get_xlim())
    places = _places(low, high, spec, 5 if is_wide() else 4)
    rules = [[(0, v), (1, v)] if upright else [(v, 0), (v, 1)] for v in places]
    along = ax.get_yaxis_transform() if upright else ax.get_xaxis_transform()
    grid = LineCollection(rules, colors=RULE, linewidths=0.8, transform=along, zorder=0.5)
    ax.add_collection(grid, autolim=False)
    size, letter = next((large for large in LARGE if max(map(abs, places), default=0) >= large[0]), (1, ""))
    if not upright and not is_wide() and max(map(abs, places), default=0) / size >= LONG:
        places = places[::2]  # so that long numbers keep apart
    mark = "%" if spec.unit == "%" else letter
    for v in places:
        words = plain(v / size, "", _shortest(v / size)) + (mark if v or not letter else "")
        beside(ax, v, words, color=MUTED) if upright else below(ax, v, words)
    if title:
        named = spec.label if spec.unit in ("%", "points") else spec.heading
        named = wrap(named, 60 if is_wide() else 34)
        if upright:  # no turned words: the name stands above its axis
            ax.set_title(named, loc="left", fontsize=SIZE, color=MUTED, y=1)
        else:
            ax.set_xlabel(named, labelpad=PAD + SIZE + 4)  # below the line of numbers


def _places(low: float, high: float, spec: Column, most: int) -> list[float]:
    ticks = MaxNLocator(most, integer=spec.digits == 0).tick_values(low, high)
    return [float(v) for v in ticks if low <= v <= high]


def _shortest(value: float) -> int:
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def short(value: float, spec: Column, digits: int | None = None) -> str:
    """Write a value beside its mark: with the sign of its money or percent, without the rest of its unit."""
    first = spec.unit.split(" ")[0]
    words = number(value, first if first[:1] in CURRENCIES or first == "%" else "", digits)
    return words.replace(" million", "M").replace(" billion", "bn")


def time(ax: Axes, when: pd.Series) -> None:
    """Write a time axis; the newest date is always among those named."""
    known = when.dropna().drop_duplicates().sort_values()
    step = -(-len(known) // dates_that_fit(known))
    shown = known[::-1][:: max(step, 1)]  # the newest is always among them
    for place, words in zip(date2num(shown), dates(shown), strict=True):
        below(ax, place, words)
    if len(known) > 1:
        ax.set_xlim(*date2num(known.iloc[[0, -1]]))


def dates_that_fit(when: pd.Series) -> int:
    """Count the dates that find room side by side: days take more of it than months, and years least."""
    form = date_form(pd.DatetimeIndex(when))
    wide, narrow = {"%Y": (6, 4), "%b %Y": (6, 3)}.get(form, (4, 2))
    return wide if is_wide() else narrow


def label_ends(ax: Axes, ends: list[tuple[float, str, str]], line: float = 0.085) -> None:
    """Write names right of where lines end (height, name, colour); those too close are pushed apart.

    line : height of a line of words, as a share of that of the axes.
    """
    low, high = ax.get_ylim()
    gap = (high - low) * line
    above, filled = low - gap, 1
    right = near(ax, 6, 0, ax.get_yaxis_transform())
    for height, text, colour in sorted(ends):
        words = wrap(text, 30 if is_wide() else 14)
        lines = words.count("\n") + 1
        above, filled = max(height, above + gap * (filled + lines) / 2), lines
        ax.text(1, above, words, transform=right, color=colour, va="center", weight="bold")


def points(frame: pd.DataFrame, x: str, y: str, columns: Mapping[str, Column]) -> list[tuple[float, float]]:
    """Bring points to the scale they are written in."""
    across, up = (scaled(frame[name], columns[name].unit) for name in (x, y))
    return list(zip(across.astype(float), up.astype(float), strict=True))


def name_points(
    ax: Axes,
    places: list[tuple[float, float]],
    names: list[str],
    highlight: list[str],
    radii: list[float],
    marks: Sequence[Bbox] = (),
) -> None:
    """Name points so that no two names overlap: highlighted ones first, then the largest.

    A name that fits nowhere is left to the table. marks : what names keep off where they can.
    """
    figure: Any = ax.get_figure(root=True)
    if layout := figure.get_layout_engine():
        layout.execute(figure)  # so that places are known
    pen, frame_box = Pen(figure), ax.get_window_extent()
    taken: list[Bbox] = []
    asked = {name: i for i, name in enumerate(highlight)}
    order = sorted(range(len(names)), key=lambda i: (asked.get(names[i], len(asked)), -radii[i], i))
    for i in order:
        text = ax.text(
            *places[i], names[i], va="bottom", weight="bold" if names[i] in highlight[:1] else "normal",
            color=INK if names[i] in highlight else MUTED,
        )  # fmt: skip
        box = text.get_window_extent(pen)
        fits = []
        for right, up, ha, va in _sides(radii[i] * 0.75 + 3):
            across, along = (pen.points_to_pixels(away) for away in (right, up))
            moved = box.translated(across - box.width * PART[ha], along - box.height * PART[va])
            across_inside = frame_box.x0 <= moved.x0 and moved.x1 <= frame_box.x1
            inside = across_inside and frame_box.y0 <= moved.y0 and moved.y1 <= frame_box.y1
            if inside and not any(moved.overlaps(other) for other in taken):
                hidden = sum(moved.overlaps(mark) for mark in marks)
                aslant = ASLANT if not right and ha != "center" else 0
                fits.append((hidden + aslant, moved, right, up, ha, va))
        if fits:
            _, moved, right, up, ha, va = min(fits, key=lambda fit: fit[0])
            taken.append(moved)
            text.set(transform=near(ax, right, up), ha=ha, va=va)
        else:
            text.remove()


def _sides(away: float) -> list[tuple[float, float, str, str]]:
    return [
        (away, 0, "left", "center"),
        (-away, 0, "right", "center"),
        (0, away, "center", "bottom"),
        (0, -away, "center", "top"),
        (0, away, "left", "bottom"),
        (0, away, "right", "bottom"),
        (0, -away, "left", "top"),
        (0, -away, "right", "top"),
    ]


def wrap(text: str, width: int) -> str:
    """Break a label at spaces so that no line is longer than `width` where that can be helped."""
    lines: list[str] = []
    for word in text.split():
        for n, part in enumerate(_parts(word, width)):
            between = "" if n else " "
            fits = lines and len(lines[-1] + between + part) <= width
            if fits and (not n or lines[-1].endswith("-")):
                lines[-1] += between + part
            else:
                lines.append(part)
    return "\n".join(lines)


def _parts(word: str, width: int) -> list[str]:
    """Break a word too long for a line after its hyphens, and what is longer than words are, anywhere."""
    if len(word) <= width:
        return [word]
    parts = re.split(r"(?<=-)", word)  # what is left whole could push all labels off the chart
    return [part[at : at + LONGEST] for part in parts for at in range(0, len(part), LONGEST)]
