"""From axes to the page: inline SVG, small, in the page's colour names, the same bytes each time."""

from collections.abc import Callable
from html import escape
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes

from pmlib.chart.pen import Pen
from pmlib.chart.shown import shown
from pmlib.chart.theme import NARROW, SIZE, THEME, WIDE, drawn_at


def svg(plot: Callable[[], Axes | None], *, alt: str, name: str) -> str:
    """Draw a chart wide and narrow, as inline SVG; the page shows one of them."""
    return drawn(plot, alt=alt, name=name)[0]


def drawn(plot: Callable[[], Axes | None], *, alt: str, name: str) -> tuple[str, dict[str, Any] | None]:
    """Draw a chart as `svg` does, and tell what it shows (see pmlib.chart.shown).

    plot : draws on new axes and returns them, or None where there is no chart.
    alt : the text alternative: the finding.
    name : makes ids within the SVG unique on the page.
    """
    pictures, told = [], None
    for kind, width in (("wide", WIDE), ("narrow", NARROW)):
        with drawn_at(width), mpl.rc_context(THEME):
            axes = plot()
            if axes is None:
                return "", None
            figure: Any = axes.get_figure(root=True)
            pen = Pen(figure, f"{name}-{kind}")
            figure.draw(pen)
            told = told or shown(axes)
        # Where the page's stylesheet is not, as in JupyterLab, the wide one is shown, the narrow one is not.
        style = "max-width:46rem" if kind == "wide" else "display:none"
        pictures.append(
            f'<svg class="{kind}" style="{style}" role="img" aria-label="{escape(alt)}" '
            f'viewBox="0 0 {pen.width:g} {pen.height:g}" font-size="{SIZE}">{pen.written()}</svg>'
        )
    return f'<div class="chart">{"".join(pictures)}</div>', told
