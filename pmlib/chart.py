"""The theme, the palette and the few chart forms; charts are inline SVG in the page's own colours.

A form draws on the axes it is given, or on a new figure whose width is the one `svg` asks for: every chart is drawn
twice, wide for a desk and paper, narrow for a phone, so that its words keep their size.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from html import escape
from io import StringIO
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox

from pmlib.table import Column, column_digits, number, plain, scaled
from pmlib.table import dates as written

WIDE, NARROW = 7.0, 3.5  # inches; drawn at 100 units an inch
SIZE = 10  # points; 15 px on the page, where a chart is as wide as the column

# Colours stand here once, light values; the page's stylesheet gives the same names their dark values.
INK, MUTED, RULE, GREY, PAPER = "#1b1f24", "#57606a", "#d8dee4", "#8b949e", "#ffffff"
CATEGORIES = ("#2a4fb0", "#c8742f", "#26a097", "#74103f", "#9c7be4", "#7f6151")
WORSE = "#b8480f"
DIVERGING = ("#9a3f0b", "#e6bb97", "#f2f1f1", "#9bb0db", "#14397d")  # worse … neutral … better
ON_STRONG, ON_PALE = "#fffffe", "#1b1f23"  # text upon the diverging scale: its ends, its middle
NAMES = {
    INK: "ink",
    MUTED: "muted",
    RULE: "rule",
    GREY: "grey",
    PAPER: "paper",
    WORSE: "worse",
    ON_STRONG: "on-strong",
    ON_PALE: "on-pale",
    **{colour: f"cat{i}" for i, colour in enumerate(CATEGORIES, 1)},
    **{colour: f"div{i}" for i, colour in enumerate(DIVERGING, 1)},
}

_width: ContextVar[float] = ContextVar("width", default=WIDE)

THEME = {
    "svg.fonttype": "none",  # words stay words: they can be selected, found and read aloud
    "font.family": ["DejaVu Sans"],  # shipped with matplotlib, so every machine lays out alike
    "font.size": SIZE,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": RULE,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.spines.bottom": False,
    "axes.grid": False,
    "grid.color": RULE,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.labelsize": SIZE,
    "ytick.labelsize": SIZE,
    "axes.labelsize": SIZE,
    "path.simplify": False,
}


# --- forms ---------------------------------------------------------------------------------------------------


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
    ax = ax or _axes(0.27 * len(frame) + 0.15)
    values = frame[value].map(lambda v: scaled(v, spec.unit)).to_numpy(float)
    digits = column_digits(frame[value], spec)
    first = list(highlight)[:1]
    for row, (v, name) in enumerate(zip(values, frame[label], strict=True)):
        if signed:
            colour = CATEGORIES[0] if v > 0 else WORSE
        else:
            colour = CATEGORIES[0] if name in first else GREY if name in highlight else RULE
        ax.barh(row, v, height=0.62, color=colour, linewidth=0)
        text = plain(frame[value].iloc[row], spec.unit, digits, sign=signed)
        if signed:
            text = f"{'▲' if v > 0 else '▼'} {text}" if v else text
        ax.annotate(
            text + ("%" if spec.unit == "%" else ""),
            (v, row),
            xytext=(4 if v >= 0 else -4, 0),
            textcoords="offset points",
            ha="left" if v >= 0 else "right",
            va="center",
            weight="bold" if name in first else "normal",
        )
    _rows(ax, frame[label], first)
    low, high = min(0.0, values.min(initial=0)), max(0.0, values.max(initial=0))
    room = (high - low or 1.0) * (0.2 if _width.get() == WIDE else 1.0 if low < 0 else 0.6)
    ax.set_xlim(low - (room if low < 0 else 0), high + room)
    ax.set_xticks([])
    if low < 0:
        ax.axvline(0, color=GREY, linewidth=0.8)
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
    ax = ax or _axes(3.2)
    groups = {name: part.sort_values(x) for name, part in frame.groupby(by, sort=False)}
    colours = dict(zip([h for h in highlight if h in groups] or list(groups)[:1], CATEGORIES, strict=False))
    ends: list[tuple[float, str, str]] = []
    for name in sorted(groups, key=lambda n: n in colours):
        part, colour = groups[name], colours.get(name, RULE)
        heights = part[y].map(lambda v: scaled(v, spec.unit))
        ax.plot(part[x], heights, color=colour, linewidth=2.2 if name in colours else 1.2)
        if name in colours:
            last = f"{name} {number(part[y].iloc[-1], spec.unit if spec.unit == '%' else '')}"
            ends.append((float(heights.iloc[-1]), last if len(groups) > 1 else "", colour))
    for name, height in (levels or {}).items():
        height = scaled(height, spec.unit)
        ax.axhline(height, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
        ax.annotate(
            name, (0, height), xycoords=("axes fraction", "data"), xytext=(2, 3),
            textcoords="offset points", color=MUTED,
        )  # fmt: skip
    _time(ax, frame[x])
    _values(ax, spec)
    _label_ends(ax, ends)
    return ax


def bands(
    frame: pd.DataFrame, x: str, *, spec: Column, zero: float | None = None, ax: Axes | None = None
) -> Axes:
    """Draw an estimate over time with its interval as a band (columns estimate, low, high)."""
    ax = ax or _axes(3.0)
    part = frame.sort_values(x)
    low, middle, high = (part[c].map(lambda v: scaled(v, spec.unit)) for c in ("low", "estimate", "high"))
    ax.fill_between(part[x], low, high, color=CATEGORIES[0], alpha=0.18, linewidth=0)
    ax.plot(part[x], middle, color=CATEGORIES[0], linewidth=2.2, marker="o", markersize=4)
    if zero is not None:
        ax.axhline(scaled(zero, spec.unit), color=GREY, linewidth=1)
    _time(ax, frame[x])
    _values(ax, spec)
    return ax


def dots(
    frame: pd.DataFrame,
    label: str,
    *,
    spec: Column,
    highlight: Sequence[str] = (),
    zero: float | None = 0.0,
    ax: Axes | None = None,
) -> Axes:
    """Draw a dot with its interval per row (columns estimate, low, high), top to bottom."""
    ax = ax or _axes(0.29 * len(frame) + 0.45)
    for row, name in enumerate(frame[label]):
        low, middle, high = (scaled(frame[c].iloc[row], spec.unit) for c in ("low", "estimate", "high"))
        colour = CATEGORIES[0] if name in highlight or not highlight else GREY
        ax.plot([low, high], [row, row], color=colour, linewidth=2, solid_capstyle="butt")
        ax.plot([middle], [row], color=colour, marker="o", markersize=7, linewidth=0)
    if zero is not None:
        ax.axvline(scaled(zero, spec.unit), color=GREY, linewidth=1)
    _rows(ax, frame[label], list(highlight)[:1])
    _values(ax, spec, axis="x")
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
    ax = ax or _axes(3.8)
    wide = _width.get() == WIDE
    areas = frame[size].fillna(0) / max(float(frame[size].max()), 1e-12) * (1600 if wide else 700) + 20
    points = _points(frame, x, y, columns)
    for (px, py), area, name in zip(points, areas, frame[label], strict=True):
        colour = CATEGORIES[0] if name in list(highlight)[:1] else GREY
        ax.scatter([px], [py], s=area, color=colour, alpha=0.55, linewidth=0)
    ax.margins(0.16 if wide else 0.24)
    if cuts:
        ax.axvline(scaled(cuts[0], columns[x].unit), color=GREY, linewidth=1, linestyle=(0, (4, 3)))
        ax.axhline(scaled(cuts[1], columns[y].unit), color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    _values(ax, columns[x], axis="x", title=True)
    _values(ax, columns[y], title=True)
    _name_points(ax, points, list(frame[label]), list(highlight), [a**0.5 / 2 for a in areas])
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
    ax: Axes | None = None,
) -> Axes:
    """Draw labelled points; where names would overlap, highlighted ones win and the rest stay dots.

    diagonal : draw the line on which both axes are equal.
    """
    ax = ax or _axes(4.2)
    points = _points(frame, x, y, columns)
    for (px, py), name in zip(points, frame[label], strict=True):
        colour = CATEGORIES[0] if name in list(highlight)[:1] else GREY
        ax.scatter([px], [py], s=42, color=colour, linewidth=0)
    ax.margins(0.12 if _width.get() == WIDE else 0.2)
    if diagonal:
        low = min(ax.get_xlim()[0], ax.get_ylim()[0])
        high = max(ax.get_xlim()[1], ax.get_ylim()[1])
        ax.plot([low, high], [low, high], color=GREY, linewidth=1, linestyle=(0, (4, 3)))
        ax.set(xlim=(low, high), ylim=(low, high))
    _values(ax, columns[x], axis="x", title=True)
    _values(ax, columns[y], title=True)
    _name_points(ax, points, list(frame[label]), list(highlight), [4.0] * len(points))
    return ax


def heat(frame: pd.DataFrame, texts: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw a matrix whose cells say `texts` and whose colour is the value, −1 (worse) to 1 (better).

    frame, texts : same index (rows) and columns; NaN is left uncoloured.
    """
    wide = _width.get() == WIDE
    head = 0.0 if wide else 0.42  # on a phone a row's name stands above its cells
    ax = ax or _axes((0.36 if wide else 0.54) * len(frame) + 0.5)
    for row, name in enumerate(frame.index):
        if not wide:
            ax.text(0, row + head / 2, str(name), ha="left", va="center", color=INK)
        for column, value in enumerate(frame.iloc[row].astype(float)):
            colour = PAPER if pd.isna(value) else DIVERGING[min(4, int((min(max(value, -1), 1) + 1) * 2.5))]
            cell = Rectangle(
                (column, row + head), 1, 1 - head, facecolor=colour, edgecolor=PAPER, linewidth=3
            )
            ax.add_patch(cell)
            dark = colour in (DIVERGING[0], DIVERGING[-1])
            ax.text(
                column + 0.5, row + (1 + head) / 2, texts.iloc[row, column], ha="center", va="center",
                color=ON_STRONG if dark else ON_PALE,
            )  # fmt: skip
    ax.set(xlim=(0, frame.shape[1]), ylim=(len(frame), 0))
    names = [_wrap(str(c), 16 if wide else 9) for c in frame.columns]
    ax.set_xticks([c + 0.5 for c in range(frame.shape[1])], names, color=INK)
    ax.xaxis.tick_top()
    rows = [_wrap(str(i), 24) for i in frame.index] if wide else []
    ax.set_yticks([r + 0.5 for r in range(len(rows))], rows, color=INK)
    return ax


# --- from axes to the page -----------------------------------------------------------------------------------


def svg(plot: Callable[[], Axes | None], *, alt: str, name: str) -> str:
    """Draw a chart wide and narrow, as inline SVG; the page shows one of them.

    plot : draws on new axes and returns them, or None where there is no chart.
    alt : the text alternative: the finding.
    name : makes ids within the SVG unique on the page.
    """
    drawn = []
    for kind, width in (("wide", WIDE), ("narrow", NARROW)):
        with _at(width), mpl.rc_context({**THEME, "svg.hashsalt": name + kind}):
            axes = plot()
            if axes is None:
                return ""
            drawn.append(_svg(axes.get_figure(root=True), alt, f"{name}-{kind}", kind))
    return f'<div class="chart">{"".join(drawn)}</div>'


@contextmanager
def _at(width: float) -> Any:
    token = _width.set(width)
    try:
        yield
    finally:
        _width.reset(token)


def _svg(figure: Any, alt: str, name: str, kind: str) -> str:
    FigureCanvasSVG(figure)
    out = StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    box = re.search(r'viewBox="([^"]+)"', text)
    body = text[text.index(">") + 1 : text.rindex("</svg>")]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.S)
    body = re.sub(r'<style type="text/css">.*?</style>', "", body, flags=re.S)
    body = re.sub(r"<defs>\s*</defs>", "", body)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.S)
    body = re.sub(r"<[^>]*>", lambda m: _tag(m[0], name), body)  # tags only: what charts say is left alone
    body = re.sub(r">\s+<", "><", re.sub(r"\s*\n\s*", " ", body))
    shape = box[1] if box else ""
    return f'<svg class="{kind}" role="img" aria-label="{escape(alt)}" viewBox="{shape}">{body}</svg>'


def _tag(tag: str, name: str) -> str:
    tag = re.sub(
        r" font-family: [^;\"]*;?| transform=\"rotate\(-0 [^\"]*\"", "", tag
    )  # the page's own font is used
    tag = re.sub(r"-?\d+\.\d{2,}", lambda m: f"{float(m[0]) + 0.0:.1f}".removesuffix(".0"), tag)
    tag = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{name}-", tag)
    return re.sub(r"#[0-9a-f]{6}\b", lambda m: _named(m[0]), tag)


def _named(colour: str) -> str:
    # With a fallback, so that a figure also shows its colours in JupyterLab, outside the page.
    return f"var(--{NAMES[colour]}, {colour})" if colour in NAMES else colour


# --- parts of forms ------------------------------------------------------------------------------------------


def _axes(height: float) -> Axes:
    # A Figure of its own, without pyplot: nothing global is touched or left behind.
    figure = Figure(figsize=(_width.get(), max(1.0, height)), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.02, h_pad=0.02)  # type: ignore[union-attr]
    return figure.add_subplot()


def _rows(ax: Axes, labels: pd.Series, bold: Sequence[str]) -> None:
    width = 36 if _width.get() == WIDE else 18
    ax.set_yticks(range(len(labels)), [_wrap(str(name), width) for name in labels], color=INK)
    for tick, name in zip(ax.get_yticklabels(), labels, strict=True):
        tick.set_fontweight("bold" if name in bold else "normal")
    ax.set_ylim(len(labels) - 0.4, -0.6)


def _values(ax: Axes, spec: Column, axis: str = "y", title: bool = False) -> None:
    ax.grid(True, axis=axis)  # type: ignore[arg-type]
    ax.set_axisbelow(True)
    along = ax.yaxis if axis == "y" else ax.xaxis
    along.set_major_locator(mpl.ticker.MaxNLocator(5 if _width.get() == WIDE else 4))
    mark = "%" if spec.unit == "%" else ""
    along.set_major_formatter(lambda v, _: plain(v, "", _shortest(v)) + mark)
    if title:
        named = spec.label if spec.unit in ("%", "points") else spec.heading
        named = _wrap(named, 60 if _width.get() == WIDE else 34)
        if axis == "x":
            ax.set_xlabel(named)
        else:  # no turned words: the name stands above its axis
            ax.set_title(named, loc="left", fontsize=SIZE, color=MUTED)


def _shortest(value: float) -> int:
    return len(f"{round(value, 6):g}".partition(".")[2])


def _time(ax: Axes, dates: pd.Series) -> None:
    known = pd.Series(sorted(dates.dropna().unique()))
    step = -(-len(known) // (6 if _width.get() == WIDE else 4))
    shown = known[::-1][:: max(step, 1)]  # the newest is always among them
    ax.set_xticks(shown, written(shown))
    if len(known) > 1:
        ax.set_xlim(known.iloc[0], known.iloc[-1])


def _label_ends(ax: Axes, ends: list[tuple[float, str, str]]) -> None:
    # Names stand right of the last point; those too close are pushed apart, in order.
    if not ends:
        return
    low, high = ax.get_ylim()
    gap = (high - low) * 0.085
    heights: list[float] = []
    for height, _, _ in sorted(ends):
        heights.append(max(height, heights[-1] + gap) if heights else height)
    spill = max(0.0, heights[-1] - high)
    for place, (height, text, colour) in zip(heights, sorted(ends), strict=True):
        words = _wrap(text, 30 if _width.get() == WIDE else 14)
        at = min(place, high) if spill and place == heights[-1] else place
        ax.annotate(
            words, (1, at), xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points",
            color=colour, va="center", weight="bold", annotation_clip=False,
        )  # fmt: skip
        del height


def _points(frame: pd.DataFrame, x: str, y: str, columns: Mapping[str, Column]) -> list[tuple[float, float]]:
    across = frame[x].map(lambda v: scaled(v, columns[x].unit))
    up = frame[y].map(lambda v: scaled(v, columns[y].unit))
    return list(zip(across.astype(float), up.astype(float), strict=True))


def _name_points(
    ax: Axes,
    points: list[tuple[float, float]],
    names: list[str],
    highlight: list[str],
    radii: list[float],
) -> None:
    # Greedy: highlighted first, then the largest; a name that fits nowhere is left to the table.
    figure = ax.get_figure(root=True)
    figure.canvas.draw()  # type: ignore[union-attr]
    renderer = figure.canvas.get_renderer() if hasattr(figure.canvas, "get_renderer") else None  # type: ignore[union-attr]
    frame_box = ax.get_window_extent(renderer)
    taken: list[Bbox] = []
    order = sorted(range(len(names)), key=lambda i: (names[i] not in highlight, -radii[i], i))
    for i in order:
        for dx, dy, ha, va in _sides(radii[i]):
            text = ax.annotate(
                names[i], points[i], xytext=(dx, dy), textcoords="offset points", ha=ha, va=va,
                weight="bold" if names[i] in highlight[:1] else "normal",
                color=INK if names[i] in highlight else MUTED,
            )  # fmt: skip
            box = text.get_window_extent(renderer)
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


def _wrap(text: str, width: int) -> str:
    """Break a label at spaces so that no line is longer than `width` where that can be helped."""
    lines_: list[str] = []
    for word in text.split():
        if lines_ and len(lines_[-1]) + 1 + len(word) <= width:
            lines_[-1] += " " + word
        else:
            lines_.append(word)
    return "\n".join(lines_)
