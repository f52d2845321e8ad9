"""Bars as a chart that can be edited: ranked, from one level to both sides, with ranges."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pmlib.chart.theme import INK, MUTED
from pmlib.reports.exports.deck import forms
from pmlib.reports.exports.deck.fits import measure
from pmlib.reports.exports.deck.rows import names_room, size_for
from pmlib.reports.exports.deck.sheet import Sheet
from pmlib.reports.exports.deck.xml import (
    AXES,
    C,
    Node,
    area,
    category_axis,
    label,
    labels,
    place,
    ranges,
    space,
    val,
    value_axis,
)
from pmlib.table import plain

GAP, MOST = 0.12, 0.4  # inches beside what is written at a bar's end; of the plot, at most, for it
TOP = 0.3  # inches above the bars of two sides, for the value between them


def bars(chart: dict[str, Any], sheet: Sheet, wide: float, high: float) -> Node:
    """Draw horizontal bars in the order given, each with its value."""
    names, size = chart["categories"], size_for(len(chart["categories"]), high)
    category = sheet.words("", names)
    base = chart.get("base")
    drawn = list[Node]()
    for series in chart["series"]:
        drawn += _series(series, chart, sheet, category, size, len(drawn))
    left = names_room(names, size, wide) / wide
    ends = _ends(chart, size, (0.995 - left) * wide)
    top = TOP / high if base is not None else 0.01
    plot = C.barChart(
        val("barDir", "bar"), val("grouping", "clustered"), val("varyColors", 0), *drawn,
        val("gapWidth", 45), val("overlap", 100), *(val("axId", axis) for axis in AXES),
    )  # fmt: skip
    return space(
        [
            place(left, top, 0.995 - left, 0.99 - top),
            plot,
            category_axis("catAx", size=size, crossing=base),
            value_axis(1, None, "b", ends=ends, between="between", crosses="max"),
        ]
    )


def _series(
    series: dict[str, Any], chart: dict[str, Any], sheet: Sheet, category: Node, size: float, at: int
) -> list[Node]:
    form = forms.bar(chart["unit"], chart["digits"], plus=chart["signed"])
    texts = series.get("texts")
    ends = series["y"] if texts else [_written_alike(y, chart["digits"]) for y in series["y"]]
    values = sheet.numbers(series["name"], ends, form)
    colours, head = series["colours"], sheet.head()
    points = [C.dPt(val("idx", i), val("invertIfNegative", 0), area(c)) for i, c in enumerate(colours)]
    written, spans, more = labels(form=form, size=size), [], list[Node]()
    if "low" in series:
        spans = [_ranges(series, sheet)]
        more = [_beyond(series, sheet, category, size, at + 1)]
    if texts:
        sides = [_label(i, text, size, series, chart) for i, text in enumerate(texts)]
        written = labels(*([] if "low" in series else sides), size=size)
    own = C.ser(
        val("idx", at), val("order", at), head, area(colours[0] if colours else MUTED),
        val("invertIfNegative", 0), *points, written, *spans, C.cat(_again(category)), C.val(values),
    )  # fmt: skip
    return [own, *more]


def _written_alike(value: float | None, digits: int) -> float | None:
    """Give a value itself, or rounded where a spreadsheet writes 0.5 as 1, or −0, and a page does not."""
    if value is None:
        return None
    page, sheet = (
        round(value, digits),
        Decimal(f"{value:.15g}").quantize(Decimal(10) ** -digits, ROUND_HALF_UP),
    )
    return page + 0.0 if page == 0 or page != float(sheet) else value


def _label(at: int, text: str, size: float, series: dict[str, Any], chart: dict[str, Any]) -> Node:
    bold = chart["categories"][at] in chart["bold"]
    return label(at, text, "outEnd", size, INK, bold=bold)


def _ranges(series: dict[str, Any], sheet: Sheet) -> Node:
    below = [_less(y, low) for y, low in zip(series["y"], series["low"], strict=True)]
    above = [_less(high, y) for y, high in zip(series["y"], series["high"], strict=True)]
    return ranges("", sheet.numbers("from its low end", below), sheet.numbers("to its high end", above), INK)


def _beyond(series: dict[str, Any], sheet: Sheet, category: Node, size: float, at: int) -> Node:
    """Write values beyond the ends of their ranges, at bars that are not seen."""
    ends = [max(filter(None, pair), default=0) for pair in zip(series["y"], series["high"], strict=True)]
    values = sheet.numbers("high end", ends)
    said = [label(i, text, "outEnd", size, INK, bold=True) for i, text in enumerate(series["texts"])]
    return C.ser(
        val("idx", at), val("order", at), sheet.head(), area(None), val("invertIfNegative", 0),
        labels(*said, size=size), C.cat(_again(category)), C.val(values),
    )  # fmt: skip


def _ends(chart: dict[str, Any], size: float, wide: float) -> tuple[float, float]:
    """Choose where the axis of values ends, so that there is room for what is written beyond the bars."""
    every = [
        v for s in chart["series"] for key in ("y", "low", "high") for v in s.get(key, []) if v is not None
    ]
    start = chart.get("base", 0.0)
    low, high = min([start, *every]), max([start, *every])
    written = [text for series in chart["series"] for text in series.get("texts", [])]
    written = written or [f"▲ {plain(v, '', chart['digits'])}%" for v in every]
    share = min(MOST, (max((measure(text, size, bold=True) for text in written), default=0.0) + GAP) / wide)
    room = (high - low or 1.0) * share / (1 - share * (1 + (low < start)))
    return low - (room if low < start else 0.0), high + room


def _again(node: Node) -> Node:
    from copy import deepcopy

    return deepcopy(node)


def _less(one: float | None, other: float | None) -> float:
    return 0.0 if one is None or other is None else one - other
