"""Lines over time with their bands, as a chart that can be edited: bands are areas stacked on a low end."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from pmlib.chart.theme import CATEGORIES, GREY, MUTED, RULE
from pmlib.reports.exports.deck import forms
from pmlib.reports.exports.deck.fits import measure
from pmlib.reports.exports.deck.rows import broken
from pmlib.reports.exports.deck.sheet import Sheet
from pmlib.reports.exports.deck.xml import (
    AXES,
    C,
    Node,
    area,
    label,
    labels,
    letters,
    line,
    mark,
    number,
    place,
    ranges,
    space,
    val,
    value_axis,
)

LEFT, FOOT, HEAD = 0.75, 0.36, 0.12  # inches around the plot
RIGHT, MOST = 0.3, 2.3  # inches right of it without names, and with the longest
SIZE = 11.0
SHADE = 0.18
FEW = 40  # dots of a line that are drawn large
DATES = 6  # at most along the axis


def lines(chart: dict[str, Any], sheet: Sheet, wide: float, high: float) -> Node:
    """Draw one line a series, the important ones named at their ends."""
    form, unit, step = _time(chart["x"])
    when = sheet.days("Date", chart["x"], form)
    scale = chart["up"]
    areas = _bands(chart, sheet, when)
    ends = [s.get("end", "") for s in chart["series"]]
    room = min(MOST, max((measure(words, SIZE, bold=True) for words in ends), default=0.0)) + RIGHT
    inside = high - FOOT - HEAD
    moves = _apart(chart["series"], scale, inside)
    drawn = []
    for at, series in enumerate(chart["series"], len(areas)):
        drawn.append(_line(series, sheet, when, at, room, moves.get(id(series), 0.0) / high))
    for level in chart["levels"]:
        drawn.append(_level(level, len(chart["x"]), sheet, when, len(areas) + len(drawn)))
    if "mark" in chart:
        drawn.append(_mark(chart, sheet, when, len(areas) + len(drawn)))
    axes = [val("axId", axis) for axis in AXES]
    stacked = [C.areaChart(val("grouping", "stacked"), val("varyColors", 0), *areas, *axes)] if areas else []
    up = forms.axis(scale["unit"], scale["low"], scale["high"], scale["step"])
    again = [val("axId", axis) for axis in AXES]
    return space(
        [
            place(LEFT / wide, HEAD / high, 1 - (LEFT + room) / wide, inside / high),
            *stacked,
            C.lineChart(val("grouping", "standard"), val("varyColors", 0), *drawn, val("marker", 1), *again),
            _date_axis(form, unit, step),
            value_axis(1, scale, "l", form=up, size=SIZE, grid=True, crosses="min"),
        ],
        gaps="span" if _is_uneven(chart) else "gap",
    )


def _line(series: dict[str, Any], sheet: Sheet, when: Node, at: int, room: float, move: float) -> Node:
    values = sheet.numbers(series["name"], series["y"])
    head = sheet.head()
    colour, said = series.get("colour"), []
    if words := series.get("end"):
        last = max(i for i, value in enumerate(series["y"]) if value is not None)
        parts = broken(words, SIZE, room - 0.15)
        said = [
            labels(
                label(
                    last, words, "r", SIZE, colour or MUTED, bold=True, align="l", lines=parts, move=(0, move)
                )
            )
        ]
    if "open" in series:
        look, marks = line(None), mark(series["open"], 7, hollow=True)
    else:
        look = line(colour or RULE, 2.25 if colour else 1.25, dashed=series.get("dashed", False))
        marks = mark(colour if series.get("marks") else None, 5 if len(series["y"]) <= FEW else 3)
    return _ser(at, head, look, values, when, marks, said)


def _level(level: dict[str, Any], many: int, sheet: Sheet, when: Node, at: int) -> Node:
    values = sheet.numbers(level["name"] or "Zero", [level["at"]] * many)
    said = [labels(label(many // 4, level["name"], "t", SIZE, MUTED))] if level["name"] else []
    return _ser(at, sheet.head(), line(GREY, 1.0, dashed=bool(level["name"])), values, when, mark(None), said)


def _mark(chart: dict[str, Any], sheet: Sheet, when: Node, at: int) -> Node:
    """Draw an upright line at a date: an error bar down from a point at the top."""
    top, low = chart["up"]["high"], chart["up"]["low"]
    here = min(range(len(chart["x"])), key=lambda i: (chart["x"][i] < chart["mark"]["at"], chart["x"][i]))
    values = sheet.numbers(
        chart["mark"]["name"], [top if i == here else None for i in range(len(chart["x"]))]
    )
    head = sheet.head()
    down = sheet.numbers("down", [top - low if i == here else 0.0 for i in range(len(chart["x"]))])
    none = sheet.numbers("up", [0.0] * len(chart["x"]))
    side = "l" if here > len(chart["x"]) / 2 else "r"
    said = labels(label(here, chart["mark"]["name"], side, SIZE, MUTED))
    return _ser(at, head, line(None), values, when, mark(None), [said, ranges("y", down, none, GREY, 1)])


def _bands(chart: dict[str, Any], sheet: Sheet, when: Node) -> list[Node]:
    """Stack the parts between the ends of all bands, the widest first; what is below them is not seen."""
    bands = chart["bands"]
    if not bands:
        return []
    ends = [_filled(band["low"], band["high"]) for band in bands]
    edges = [low for low, _ in ends] + [high for _, high in reversed(ends)]
    names = [f"low end {i + 1}" for i in range(len(bands))]
    drawn = []
    for at, edge in enumerate(edges):
        heights = edge if at == 0 else [b - a for a, b in zip(edges[at - 1], edge, strict=True)]
        name = names[0] if at == 0 else f"part {at} of the range"
        inside = 0 if at == 0 else min(at, len(edges) - at)  # how many bands it lies in
        look = area(None) if at == 0 else area(CATEGORIES[0], SHADE * (0.75 + 0.75 * (inside - 1)))
        values = sheet.numbers(name, heights)
        node = C.ser(val("idx", at), val("order", at), sheet.head(), look, C.cat(_again(when)), C.val(values))
        drawn.append(node)
    return drawn


def _filled(low: Sequence[float | None], high: Sequence[float | None]) -> tuple[list[float], list[float]]:
    """Give a band no height where it is not, at the level of the nearest place where it is."""
    known = [i for i, (a, b) in enumerate(zip(low, high, strict=True)) if a is not None and b is not None]
    ends = list[tuple[float, float]]()
    for i in range(len(low)):
        near = min(known, key=lambda k: abs(k - i))
        a, b = low[near] or 0.0, high[near] or 0.0
        ends.append((a, b) if near == i else ((a + b) / 2, (a + b) / 2))
    return [a for a, _ in ends], [b for _, b in ends]


def _apart(series: Sequence[dict[str, Any]], scale: dict[str, Any], inside: float) -> dict[int, float]:
    """Push names at the lines' ends apart: how far each moves down, in inches."""
    unit = inside / ((scale["high"] - scale["low"]) or 1.0)
    ends = []
    for one in series:
        if one.get("end"):
            last = next(value for value in reversed(one["y"]) if value is not None)
            ends.append(((scale["high"] - last) * unit, id(one)))
    ends.sort()
    moves, free = dict[int, float](), 0.0
    for height, key in ends:
        here = max(height, free)
        moves[key], free = here - height, here + SIZE * 1.35 / 72
    return moves


def _ser(
    at: int, head: Node, look: Node, values: Node, when: Node, marks: Node, said: Sequence[Node]
) -> Node:
    return C.ser(
        val("idx", at), val("order", at), head, look, marks, *said, C.cat(_again(when)), C.val(values),
        val("smooth", 0),
    )  # fmt: skip


def _date_axis(form: str, unit: str, step: int) -> Node:
    return C.dateAx(
        val("axId", AXES[0]), C.scaling(val("orientation", "minMax")), val("delete", 0), val("axPos", "b"),
        C.numFmt(formatCode=form, sourceLinked="0"),
        val("majorTickMark", "none"), val("minorTickMark", "none"), val("tickLblPos", "low"),
        line(GREY, 0.75), letters(SIZE), val("crossAx", AXES[1]),
        val("crosses", "min"), val("auto", 0), val("lblOffset", 100), val("baseTimeUnit", unit),
        val("majorUnit", number(step)), val("majorTimeUnit", unit),
    )  # fmt: skip


def _time(days: Sequence[str]) -> tuple[str, str, int]:
    """Choose how dates are written, in what they are counted, and how many lie between two that are named."""
    known = [date.fromisoformat(day) for day in days]
    first, last = min(known), max(known)
    if any(day.day != 1 for day in known):
        return "yyyy-mm-dd", "days", max(1, -(-(last - first).days // (DATES - 2)))
    if any(day.month != 1 for day in known):
        months = (last.year - first.year) * 12 + last.month - first.month
        return "mmm yyyy", "months", max(1, -(-months // DATES))
    return "yyyy", "years", max(1, -(-(last.year - first.year) // DATES))


def _is_uneven(chart: dict[str, Any]) -> bool:
    """Tell whether a line lacks dates between those it has, which others have."""
    for series in chart["series"]:
        held = [i for i, value in enumerate(series["y"]) if value is not None]
        if any(b - a > 1 for a, b in pairwise(held)):
            return True
    return False


def _again(node: Node) -> Node:
    from copy import deepcopy

    return deepcopy(node)
