"""What the forms share: axes in words, names that keep apart."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.transforms import Bbox

from pmlib.chart.theme import INK, MUTED, SIZE, is_wide
from pmlib.table import Column, dates, plain, scaled


def row_height(labels: pd.Series, single: float) -> float:
    """Choose the height of rows, in inches: higher where a label needs two lines."""
    return single if all("\n" not in _row_label(name) for name in labels) else max(single, 0.36)


def _row_label(name: object) -> str:
    return wrap(str(name), 36 if is_wide() else 18)


def rows(ax: Axes, labels: pd.Series, bold: Sequence[str]) -> None:
    """Name the rows, top to bottom."""
    ax.set_yticks(range(len(labels)), [_row_label(name) for name in labels], color=INK)
    for tick, name in zip(ax.get_yticklabels(), labels, strict=True):
        tick.set_fontweight("bold" if name in bold else "normal")
    ax.set_ylim(len(labels) - 0.4, -0.6)


def values(ax: Axes, spec: Column, axis: str = "y", title: bool = False) -> None:
    """Write an axis of values; `title` names it, above the axis where it stands upright."""
    ax.grid(True, axis=axis)  # type: ignore[arg-type]
    ax.set_axisbelow(True)
    along = ax.yaxis if axis == "y" else ax.xaxis
    along.set_major_locator(mpl.ticker.MaxNLocator(5 if is_wide() else 4))
    mark = "%" if spec.unit == "%" else ""
    along.set_major_formatter(lambda v, _: plain(v, "", _shortest(v)) + mark)
    if title:
        named = spec.label if spec.unit in ("%", "points") else spec.heading
        named = wrap(named, 60 if is_wide() else 34)
        if axis == "x":
            ax.set_xlabel(named)
        else:  # no turned words: the name stands above its axis
            ax.set_title(named, loc="left", fontsize=SIZE, color=MUTED)


def _shortest(value: float) -> int:
    return len(f"{round(value, 6):g}".partition(".")[2])


def time(ax: Axes, when: pd.Series) -> None:
    """Write a time axis; the newest date is always among those named."""
    known = pd.Series(sorted(when.dropna().unique()))
    step = -(-len(known) // (6 if is_wide() else 4))
    shown = known[::-1][:: max(step, 1)]  # the newest is always among them
    ax.set_xticks(shown, dates(shown))
    if len(known) > 1:
        ax.set_xlim(known.iloc[0], known.iloc[-1])


def label_ends(ax: Axes, ends: list[tuple[float, str, str]]) -> None:
    """Write names right of where lines end (height, name, colour); those too close are pushed apart."""
    low, high = ax.get_ylim()
    gap = (high - low) * 0.085
    above = low - gap
    for height, text, colour in sorted(ends):
        above = max(height, above + gap)
        words = wrap(text, 30 if is_wide() else 14)
        ax.annotate(
            words, (1, above), xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points",
            color=colour, va="center", weight="bold", annotation_clip=False,
        )  # fmt: skip


def points(frame: pd.DataFrame, x: str, y: str, columns: Mapping[str, Column]) -> list[tuple[float, float]]:
    """Bring points to the scale they are written in."""
    across = frame[x].map(lambda v: scaled(v, columns[x].unit))
    up = frame[y].map(lambda v: scaled(v, columns[y].unit))
    return list(zip(across.astype(float), up.astype(float), strict=True))


def name_points(
    ax: Axes,
    places: list[tuple[float, float]],
    names: list[str],
    highlight: list[str],
    radii: list[float],
) -> None:
    """Name points so that no two names overlap: highlighted ones first, then the largest.

    A name that fits nowhere is left to the table.
    """
    canvas = FigureCanvasAgg(ax.get_figure(root=True))
    canvas.figure.draw_without_rendering()  # lays the figure out, so that places are known
    frame_box = ax.get_window_extent()
    taken: list[Bbox] = []
    asked = {name: i for i, name in enumerate(highlight)}
    order = sorted(range(len(names)), key=lambda i: (asked.get(names[i], len(asked)), -radii[i], i))
    for i in order:
        for dx, dy, ha, va in _sides(radii[i]):
            text = ax.annotate(
                names[i], places[i], xytext=(dx, dy), textcoords="offset points", ha=ha, va=va,
                weight="bold" if names[i] in highlight[:1] else "normal",
                color=INK if names[i] in highlight else MUTED,
            )  # fmt: skip
            box = text.get_window_extent()
            inside = frame_box.x0 <= box.x0 and box.x1 <= frame_box.x1
            if inside and not any(box.overlaps(other) for other in taken):
                taken.append(box)
                break
            text.remove()


def _sides(radius: float) -> list[tuple[float, float, str, str]]:
    near = radius * 0.75 + 3
    return [
        (near, 0, "left", "center"),
        (-near, 0, "right", "center"),
        (0, near, "center", "bottom"),
        (0, -near, "center", "top"),
    ]


def wrap(text: str, width: int) -> str:
    """Break a label at spaces so that no line is longer than `width` where that can be helped."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return "\n".join(lines)
