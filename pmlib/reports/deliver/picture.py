"""Charts as pictures of a mail."""

import struct
from dataclasses import dataclass

from pmlib.reports.deliver.brief import LINE, Chart
from pmlib.reports.deliver.words import clean

WIDE, SHARP = 400, 2  # pixels: of a chart in a mail, and of a screen to each of them


@dataclass(frozen=True)
class Picture:
    """A chart as a mail shows it: a PNG with a content id, or why there is none."""

    chart: Chart
    cid: str = ""
    png: bytes = b""
    width: int = WIDE
    height: int = 0
    missing: str = ""


def picture(chart: Chart, cid: str) -> Picture:
    """Draw a chart as on white paper; one whose letters no font here has is left to the page."""
    from pmlib.reports.exports.png import png

    try:
        drawn = png(chart.svg, width=WIDE * SHARP)
    except ValueError as error:
        return Picture(chart, missing=clean(f"The chart is in the report: {error}", LINE))
    width, height = struct.unpack(">II", drawn[16:24])
    return Picture(chart, cid, drawn, height=round(WIDE * height / width))
