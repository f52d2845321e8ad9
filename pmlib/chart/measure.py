"""How much room words take, by the metrics of the charts' font, which is wider than most readers' fonts."""

from matplotlib.font_manager import FontProperties

from pmlib.chart.pen import extent
from pmlib.chart.theme import THEME

FULL = 100.0  # points at which words are measured, once for all sizes


def measure(words: str, points: float, *, bold: bool = False) -> float:
    """Give the width of words on one line, in inches."""
    return extent(words, _font(bold))[0] / FULL * points / 72 if words else 0.0


def _font(bold: bool) -> FontProperties:
    return FontProperties(family=THEME["font.family"], size=FULL, weight="bold" if bold else "normal")
