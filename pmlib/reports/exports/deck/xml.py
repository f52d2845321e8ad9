"""The words of a chart's XML: what every chart is made of, in the page's colours."""

from collections.abc import Sequence
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

from pmlib.chart.theme import GREY, INK, MUTED, RULE
from pmlib.reports.exports.deck.fits import clean

SPACES = {
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
C = ElementMaker(namespace=SPACES["c"], nsmap=SPACES)
A = ElementMaker(namespace=SPACES["a"], nsmap=SPACES)
AXES = ("111111111", "222222222")  # ids of a chart's two axes, the level of categories or x first
POINT = 12_700  # EMU

Node = Any


def val(tag: str, value: object) -> Node:
    """Write an element that holds one value."""
    return C(tag, val=str(value))


def number(value: float) -> str:
    """Write a number so that it is read as the same number."""
    return repr(value)


def paint(colour: str, opacity: float = 1.0) -> Node:
    """Fill with a colour."""
    inside = [A.alpha(val=str(round(opacity * 100_000)))] if opacity < 1 else []
    return A.solidFill(A.srgbClr(*inside, val=colour[1:].upper()))


def stroke(colour: str | None, width: float = 1.0, *, dashed: bool = False) -> Node:
    """Draw a line, or none."""
    if colour is None:
        return A.ln(A.noFill())
    dashes = [A.prstDash(val="sysDash")] if dashed else []
    return A.ln(paint(colour), *dashes, A.round(), w=str(round(width * POINT)))


def area(colour: str | None, opacity: float = 1.0) -> Node:
    """Look of a shape without a border."""
    return C.spPr(A.noFill() if colour is None else paint(colour, opacity), stroke(None))


def line(colour: str | None, width: float = 1.0, *, dashed: bool = False) -> Node:
    """Look of a line."""
    return C.spPr(stroke(colour, width, dashed=dashed))


def mark(colour: str | None, size: int = 7, *, hollow: bool = False) -> Node:
    """Draw round marks, or none."""
    if colour is None:
        return C.marker(val("symbol", "none"))
    fill = A.noFill() if hollow else paint(colour)
    edge = stroke(colour, 1.5) if hollow else stroke(None)
    return C.marker(val("symbol", "circle"), val("size", size), C.spPr(fill, edge))


def letters(size: float, colour: str = MUTED, *, bold: bool = False) -> Node:
    """Look of words on an axis or beside marks."""
    look = A.defRPr(paint(colour), sz=str(round(size * 100)), b=str(int(bold)))
    return C.txPr(A.bodyPr(), A.lstStyle(), A.p(A.pPr(look), A.endParaRPr(lang="en-US")))


def label(at: int, text: str, place: str, size: float, colour: str = INK, **more: Any) -> Node:
    """Write words beside a point; `place` is l, r, t, b or outEnd.

    more : bold; align; lines, to be broken at; move, across and down, as parts of the chart.
    """
    look = {"lang": "en-US", "sz": str(round(size * 100)), "b": str(int(more.get("bold", False)))}
    said = [
        A.p(A.pPr(algn=more.get("align", "ctr")), A.r(A.rPr(paint(colour), **look), A.t(clean(part))))
        for part in more.get("lines", [text])
    ]
    move = more.get("move")
    layout = (
        [C.layout(C.manualLayout(val("x", f"{move[0]:.5f}"), val("y", f"{move[1]:.5f}")))] if move else []
    )
    return C.dLbl(
        val("idx", at),
        *layout,
        C.tx(C.rich(A.bodyPr(wrap="none", lIns="38100", rIns="38100"), A.lstStyle(), *said)),
        val("dLblPos", place),
        *_parts(value=True),
    )


def labels(*own: Node, form: str = "", size: float = 11, colour: str = INK, place: str = "outEnd") -> Node:
    """Write the values of a series by a number format, or only the labels given."""
    if not form:
        return C.dLbls(*own, *_parts(value=False))
    return C.dLbls(
        *own, C.numFmt(formatCode=form, sourceLinked="0"), C.spPr(A.noFill(), stroke(None)),
        letters(size, colour), val("dLblPos", place), *_parts(value=True),
    )  # fmt: skip


def ranges(way: str, below: Node, above: Node, colour: str, width: float = 1.5) -> Node:
    """Draw intervals as error bars, with a length of their own for each point and on each side."""
    direction = [val("errDir", way)] if way else []
    return C.errBars(
        *direction, val("errBarType", "both"), val("errValType", "cust"), val("noEndCap", 1),
        C.plus(above), C.minus(below), C.spPr(stroke(colour, width)),
    )  # fmt: skip


def place(left: float, top: float, width: float, height: float) -> Node:
    """Put the plot's inside at a part of the chart, so that there is room for words around it."""
    parts = {"x": left, "y": top, "w": width, "h": height}
    return C.layout(
        C.manualLayout(
            val("layoutTarget", "inner"), val("xMode", "edge"), val("yMode", "edge"),
            *(val(name, f"{part:.5f}") for name, part in parts.items()),
        )
    )  # fmt: skip


def category_axis(kind: str, *, size: float, crossing: float | None = None, hidden: bool = False) -> Node:
    """Describe an upright axis of names, top to bottom; `crossing` is where its bars begin."""
    start = val("crosses", "autoZero") if crossing is None else val("crossesAt", number(crossing))
    return C(
        kind, val("axId", AXES[0]), C.scaling(val("orientation", "maxMin")), val("delete", int(hidden)),
        val("axPos", "l"), val("majorTickMark", "none"), val("minorTickMark", "none"),
        val("tickLblPos", "low"),
        line(GREY, 0.75), letters(size, INK), val("crossAx", AXES[1]), start, val("auto", 0),
        val("lblAlgn", "ctr"), val("lblOffset", 100), val("noMultiLvlLbl", 1),
    )  # fmt: skip


def value_axis(at: int, scale: dict[str, Any] | None, position: str, **more: Any) -> Node:
    """Describe an axis of values.

    at : 0 or 1 of AXES. scale : as pmlib.chart.shown tells it; without one the axis is hidden.
    more : form, its number format; size; grid; title; names, where its numbers stand; crosses, or cut, the
        other axis's value where it crosses it, drawn; reverse; ends, low and high of a hidden one.
    """
    low, high = (scale["low"], scale["high"]) if scale else more.get("ends", (None, None))
    ends = [val(tag, number(end)) for tag, end in (("max", high), ("min", low)) if end is not None]
    grid = [C.majorGridlines(line(RULE, 0.75))] if more.get("grid") else []
    title = [_title(more["title"], more["size"])] if more.get("title") else []
    cross = more.get("cut")
    step = [val("majorUnit", number(scale["step"]))] if scale else []
    return C.valAx(
        val("axId", AXES[at]),
        C.scaling(val("orientation", "maxMin" if more.get("reverse") else "minMax"), *ends),
        val("delete", int(scale is None)), val("axPos", position), *grid, *title,
        C.numFmt(formatCode=more.get("form", "General"), sourceLinked="0"),
        val("majorTickMark", "none"), val("minorTickMark", "none"),
        val("tickLblPos", more.get("names", "low")), line(None if cross is None else GREY, dashed=True),
        letters(more.get("size", 11)),
        val("crossAx", AXES[1 - at]),
        val("crosses", more.get("crosses", "min")) if cross is None else val("crossesAt", number(cross)),
        val("crossBetween", more.get("between", "midCat")), *step,
    )  # fmt: skip


def space(
    plot: Sequence[Node],
    *,
    gaps: str = "gap",
    legend: Node | None = None,
    title: tuple[str, float, float] | None = None,
) -> Node:
    """Wrap a plot area's content as a whole chart.

    title : words, their size and how far down the chart they stand, of what names the upright axis.
    """
    said = [] if legend is None else [legend]
    over = [] if title is None else [_title(*title)]
    chart = C.chart(
        *over, val("autoTitleDeleted", int(title is None)), C.plotArea(*plot), *said,
        val("plotVisOnly", 1), val("dispBlanksAs", gaps),
    )  # fmt: skip
    look = A.p(A.pPr(A.defRPr()), A.endParaRPr(lang="en-US"))
    text = C.txPr(A.bodyPr(), A.lstStyle(), look)
    return C.chartSpace(val("date1904", 0), val("roundedCorners", 0), chart, text)


def legend(hidden: Sequence[int], size: float) -> Node:
    """Name the series above the plot, but those that only help."""
    gone = [C.legendEntry(val("idx", at), val("delete", 1)) for at in hidden]
    return C.legend(val("legendPos", "t"), *gone, val("overlay", 0), letters(size, INK))


def written(chart: Node) -> bytes:
    """Write a chart as the part of a package."""
    return etree.tostring(chart, xml_declaration=True, encoding="UTF-8", standalone=True)


def _parts(*, value: bool) -> list[Node]:
    shown = {"showVal": value}
    names = ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize")
    return [val(name, int(shown.get(name, False))) for name in names]


def _title(words: str, size: float, top: float | None = None) -> Node:
    """Name an axis; with `top`, a part of the chart's height, what stands there at the left of all."""
    run = A.r(A.rPr(paint(MUTED), lang="en-US", sz=str(round(size * 100)), b="0"), A.t(clean(words)))
    text = C.rich(A.bodyPr(rot="0", vert="horz"), A.lstStyle(), A.p(A.pPr(), run))
    modes = [val("xMode", "edge"), val("yMode", "edge")]
    layout = [] if top is None else [C.layout(C.manualLayout(*modes, val("x", 0), val("y", f"{top:.5f}")))]
    return C.title(C.tx(text), *layout, val("overlay", int(top is not None)))
