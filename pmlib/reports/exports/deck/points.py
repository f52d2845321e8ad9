"""Dots with intervals, points and curves over numbers, as charts that can be edited."""

from typing import Any

from pmlib.chart.theme import GREY, INK, MUTED
from pmlib.reports.exports.deck import forms
from pmlib.reports.exports.deck.names import sides
from pmlib.reports.exports.deck.rows import broken, names_room, size_for
from pmlib.reports.exports.deck.sheet import Sheet
from pmlib.reports.exports.deck.xml import (
    AXES,
    C,
    Node,
    area,
    label,
    labels,
    legend,
    line,
    mark,
    place,
    space,
    val,
    value_axis,
)

FOOT = 0.34  # inches below a plot, for the numbers of its axis
TITLED = 0.3  # more, for its title
HEAD = 0.36  # inches above, for a legend or the name of the upright axis
LEFT = 0.75  # inches left of it, for the numbers of the upright axis
SIZE = 11.0  # points of words
BUBBLE, SCALE = 0.075, 60  # radius of the largest bubble, of the plot, and how PowerPoint is told so
CURVED = 2.0  # points, of a curve


def dots(chart: dict[str, Any], sheet: Sheet, wide: float, high: float) -> Node:
    """Draw a dot with its interval a row, top to bottom; names are written left of the plot."""
    names = chart["categories"]
    several = len(chart["series"]) > 1
    head = HEAD if several else 0.05
    size = size_for(len(names), high - FOOT - head)
    room = names_room(names, size, wide)
    rows = [float(i + 1) for i in range(len(names))]
    scale = chart["across"]
    sheet.words("", names)
    parts = [part for series in chart["series"] for part in _parts(series, rows)]
    drawn = list[Node]()
    for part in sorted(
        parts, key=lambda part: -len(part["rows"])
    ):  # some programs lose what is shorter and first
        if part["low"]:
            drawn.append(_spans(part, sheet, len(drawn)))
    drawn.append(_names(chart, sheet, rows, size, room, len(drawn)))
    if chart["zero"] is not None and scale["low"] <= chart["zero"] <= scale["high"]:
        ends = [(chart["zero"], 0.4), (chart["zero"], len(names) + 0.6)]
        drawn.append(_rule(ends, "Zero", sheet, len(drawn), dashed=False))
    helpers = list(range(len(drawn)))
    for part in parts:
        if not part["first"]:
            helpers.append(len(drawn))
        drawn.append(_dots(part, sheet, len(drawn)))
    left, form = room / wide, forms.axis(scale["unit"], scale["low"], scale["high"], scale["step"])
    return space(
        [
            place(left, head / high, 0.97 - left, 1 - (head + FOOT) / high),
            _scatter(drawn),
            value_axis(0, scale, "b", form=form, size=SIZE, grid=True, crosses="max", names="nextTo"),
            value_axis(1, None, "l", ends=(0.4, len(names) + 0.6), reverse=True, crosses="min"),
        ],
        legend=legend(helpers, SIZE) if several else None,
    )


def points(chart: dict[str, Any], sheet: Sheet, wide: float, high: float) -> Node:
    """Draw points or curves over numbers."""
    across, up = chart["across"], chart["up"]
    several = len([series for series in chart["series"] if "line" in series]) > 1
    sized = any("size" in series for series in chart["series"])
    head, foot = HEAD * (1 + several), FOOT + TITLED
    room = (0.97 * wide - LEFT, high - head - foot)
    drawn = list[Node]()
    for ends in [] if sized else _guides(chart):
        drawn.append(_rule(ends, "Guide", sheet, len(drawn)))
    helpers = list(range(len(drawn)))
    for series in chart["series"]:
        is_curve = "line" in series
        at = len(drawn)
        drawn.append(_curve(series, sheet, at) if is_curve else _spots(series, chart, sheet, at, room))
    x, y = (forms.axis(s["unit"], s["low"], s["high"], s["step"]) for s in (across, up))
    at_x, at_y = chart["cuts"] if sized and chart["cuts"] else (None, None)  # bubbles stand with no lines
    top = (head - 0.3) / high  # of the name of the upright axis, which is above it
    return space(
        [
            place(LEFT / wide, head / high, room[0] / wide, room[1] / high),
            _bubbles(drawn) if sized else _scatter(drawn),
            value_axis(0, across, "b", form=x, size=SIZE, title=across["label"], cut=at_y),
            value_axis(1, up, "l", form=y, size=SIZE, grid=True, cut=at_x),
        ],
        legend=legend(helpers, SIZE) if several else None,
        title=(up["label"], SIZE, top),
    )


def _names(chart: dict[str, Any], sheet: Sheet, rows: list[float], size: float, room: float, at: int) -> Node:
    """Write the rows' names at points that are not seen, along the axis."""
    start = [chart["across"]["low"]] * len(rows)
    x, y = sheet.numbers("at", start), sheet.numbers("Row", rows)
    said = [
        label(
            i, name, "l", size, bold=name in chart["bold"], align="r", lines=broken(name, size, room),
        )
        for i, name in enumerate(chart["categories"])
    ]  # fmt: skip
    return _ser(at, sheet.head(), line(None), mark(None), [labels(*said, size=size)], x, y)


def _parts(series: dict[str, Any], rows: list[float]) -> list[dict[str, Any]]:
    """Part a series by colour, as a chart's series has one; rows without a value are left out."""
    if "open" in series:
        series = series | {"colours": [series["open"]] * len(rows)}
    parts = list[dict[str, Any]]()
    for colour in dict.fromkeys(series["colours"]):
        own = [i for i, x in enumerate(series["x"]) if x is not None and series["colours"][i] == colour]
        if own:
            held = {
                key: [series[key][i] for i in own] if key in series else [] for key in ("x", "low", "high")
            }
            places = [rows[i] + series.get("shift", 0.0) for i in own]
            told = {"name": series["name"], "colour": colour, "hollow": "open" in series, "first": not parts}
            parts.append(told | held | {"rows": places})
    return parts


def _dots(part: dict[str, Any], sheet: Sheet, at: int) -> Node:
    x = sheet.numbers(part["name"], part["x"])
    head = sheet.head()
    y = sheet.numbers("Row", part["rows"])
    return _ser(at, head, line(None), mark(part["colour"], 8, hollow=part["hollow"]), [], x, y)


def _spans(part: dict[str, Any], sheet: Sheet, at: int) -> Node:
    """Draw intervals as lines from their low to their high ends, parted by blanks.

    Not as error bars: what shows a slide elsewhere than in PowerPoint leaves the level ones out.
    """
    spans = zip(part["low"], part["high"], part["rows"], strict=True)
    held = [(low, high, row) for low, high, row in spans if low is not None and high is not None]
    x = sheet.numbers("low end, high end", [end for low, high, _ in held for end in (low, high, high)])
    head = sheet.head()
    y = sheet.numbers("Row", [end for *_, row in held for end in (row, row, None)])
    return _ser(at, head, line(part["colour"], 2.25), mark(None), [], x, y)


def _spots(
    series: dict[str, Any], chart: dict[str, Any], sheet: Sheet, at: int, room: tuple[float, float]
) -> Node:
    sheet.words("", [name[0] if name else "" for name in series["labels"]])
    x = sheet.numbers(chart["across"]["label"], series["x"])
    y = sheet.numbers(chart["up"]["label"], series["y"])
    head = sheet.head()
    spots, size = [], []
    for i, colour in enumerate(series["colours"]):
        look = [val("invertIfNegative", 0), area(colour, 0.55)] if "size" in series else [mark(colour, 8)]
        spots.append(C.dPt(val("idx", i), *look))
    if "size" in series:
        size = [sheet.numbers(series["name"], [s or 0.0 for s in series["size"]])]
    said = _said(series, chart, room)
    return _ser(at, head, line(None), mark(GREY, 8), [labels(*said, size=SIZE)], x, y, spots, size)


def _said(series: dict[str, Any], chart: dict[str, Any], room: tuple[float, float]) -> list[Node]:
    """Write the names that the page writes, the important ones first, so far as they keep apart here."""
    bold = chart["bold"]
    held = [
        i for i, name in enumerate(series["labels"]) if name and None not in (series["x"][i], series["y"][i])
    ]
    held.sort(
        key=lambda i: bold.index(series["labels"][i][0]) if series["labels"][i][0] in bold else len(bold)
    )
    names, asked = ([series["labels"][i][part] for i in held] for part in (0, 1))
    places = [
        (_part(series["x"][i], chart["across"]) * room[0], (1 - _part(series["y"][i], chart["up"])) * room[1])
        for i in held
    ]
    most = max((s or 0.0 for s in series.get("size", [])), default=0.0) or 1.0
    sizes = series.get("size", [0.0] * len(series["x"]))
    radii = [((sizes[i] or 0.0) / most) ** 0.5 * BUBBLE * min(room) for i in held]
    return [
        label(i, name, side, SIZE, INK if name in bold else MUTED, bold=name in bold[:1])
        for i, name, side in sorted(
            zip(held, names, sides(names, asked, places, radii, SIZE, room), strict=True)
        )
        if side
    ]


def _part(value: float, scale: dict[str, Any]) -> float:
    return float((value - scale["low"]) / ((scale["high"] - scale["low"]) or 1.0))


def _curve(series: dict[str, Any], sheet: Sheet, at: int) -> Node:
    x = sheet.numbers("", series["x"])
    y = sheet.numbers(series["name"], series["y"])
    return _ser(at, sheet.head(), line(series["line"], CURVED), mark(None), [], x, y)


def _rule(ends: list[tuple[float, float]], name: str, sheet: Sheet, at: int, *, dashed: bool = True) -> Node:
    """Draw a line of guidance: a cut, the line on which both axes are equal, a curve behind the points."""
    x = sheet.numbers("", [end[0] for end in ends])
    y = sheet.numbers(name, [end[1] for end in ends])
    return _ser(at, sheet.head(), line(GREY, 1.0, dashed=dashed), mark(None), [], x, y)


def _guides(chart: dict[str, Any]) -> list[list[tuple[float, float]]]:
    (left, right), (low, high) = ((chart[a]["low"], chart[a]["high"]) for a in ("across", "up"))
    found = []
    if chart["cuts"]:
        across, up = chart["cuts"]
        found += [[(across, low), (across, high)], [(left, up), (right, up)]]
    if chart.get("diagonal"):
        start, end = max(left, low), min(right, high)
        found.append([(start, start), (end, end)])
    for x, y in chart.get("lines", []):
        found.append([pair for pair in zip(x, y, strict=True) if None not in pair])
    return found


def _ser(
    at: int, head: Node, look: Node, marks: Node, said: list[Node], x: Node, y: Node,
    spots: list[Node] | None = None, size: list[Node] | None = None,
) -> Node:  # fmt: skip
    start = [val("idx", at), val("order", at), head]
    if size:
        return C.ser(
            *start, look, val("invertIfNegative", 0), *(spots or []), *said, C.xVal(x), C.yVal(y),
            C.bubbleSize(*size), val("bubble3D", 0),
        )  # fmt: skip
    return C.ser(*start, look, marks, *(spots or []), *said, C.xVal(x), C.yVal(y), val("smooth", 0))


def _scatter(drawn: list[Node]) -> Node:
    axes = [val("axId", axis) for axis in AXES]
    return C.scatterChart(val("scatterStyle", "lineMarker"), val("varyColors", 0), *drawn, *axes)


def _bubbles(drawn: list[Node]) -> Node:
    axes = [val("axId", axis) for axis in AXES]
    return C.bubbleChart(
        val("varyColors", 0), *drawn, val("bubbleScale", SCALE), val("showNegBubbles", 0),
        val("sizeRepresents", "area"), *axes,
    )  # fmt: skip
