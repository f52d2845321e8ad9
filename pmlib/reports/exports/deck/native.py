"""From what a chart shows to a chart that PowerPoint draws, with the workbook behind it."""

from typing import Any

from pmlib.reports.exports.deck.bars import bars
from pmlib.reports.exports.deck.lines import lines
from pmlib.reports.exports.deck.paper import Box, describe
from pmlib.reports.exports.deck.points import dots, points
from pmlib.reports.exports.deck.rows import fits
from pmlib.reports.exports.deck.sheet import Sheet
from pmlib.reports.exports.deck.xml import written

FORMS = {"bars": bars, "lines": lines, "dots": dots, "points": points}


class Native:
    """A chart and its workbook, as python-pptx takes them into a slide."""

    def __init__(self, chart: dict[str, Any], wide: float, high: float) -> None:
        sheet = Sheet()
        self.xml = written(FORMS[chart["form"]](chart, sheet, wide, high))
        self.xlsx_blob = sheet.xlsx()

    def xml_bytes(self, kind: Any) -> bytes:
        """Give the chart's part, whatever kind is named: it says itself what it is."""
        return self.xml


def can_draw(chart: dict[str, Any], high: float) -> bool:
    """Tell whether a slide can draw this chart so that it can be read."""
    if chart["form"] == "lines" and not _has_points(chart):
        return False
    return chart["form"] in FORMS and fits(len(chart.get("categories", [])), high - 0.8)


def _has_points(chart: dict[str, Any]) -> bool:
    """Tell whether there is a date, and on each line a point that its name can stand beside."""
    return bool(chart["x"]) and all(any(y is not None for y in one["y"]) for one in chart["series"])


def draw(slide: Any, chart: dict[str, Any], box: Box, alt: str) -> None:
    """Draw a chart that can be edited."""
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    left, top, wide, high = box
    made: Any = Native(chart, wide, high)
    shape = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *map(Inches, (left, top, wide, high)), made)
    describe(shape, alt)
