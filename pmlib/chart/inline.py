"""From axes to the page: inline SVG, small, in the page's colour names, the same bytes each time."""

import re
from collections.abc import Callable
from html import escape
from io import StringIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG

from pmlib.chart.theme import NAMES, NARROW, THEME, WIDE, drawn_at


def svg(plot: Callable[[], Axes | None], *, alt: str, name: str) -> str:
    """Draw a chart wide and narrow, as inline SVG; the page shows one of them.

    plot : draws on new axes and returns them, or None where there is no chart.
    alt : the text alternative: the finding.
    name : makes ids within the SVG unique on the page.
    """
    drawn = []
    for kind, width in (("wide", WIDE), ("narrow", NARROW)):
        with drawn_at(width), mpl.rc_context(THEME | {"svg.hashsalt": name + kind}):
            axes = plot()
            if axes is None:
                return ""
            drawn.append(_svg(axes.get_figure(root=True), alt, f"{name}-{kind}", kind))
    return f'<div class="chart">{"".join(drawn)}</div>'


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
