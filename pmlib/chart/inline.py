"""From axes to the page: inline SVG, small, in the page's colour names, the same bytes each time."""

import re
from collections.abc import Callable, Iterator
from html import escape
from io import StringIO
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG

from pmlib.chart.theme import NAMES, NARROW, SIZE, THEME, WIDE, drawn_at
from pmlib.visible import visible

SVG, HREF = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
SAID_ONCE = (
    f"font-size: {SIZE}px",
    "stroke-linecap: square",
    "stroke-linejoin: miter",
)  # the svg element says it
DROPPED = ("font-family", "stroke-miterlimit", "opacity: 1")


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
            drawn.append(_written(axes.get_figure(root=True), alt, f"{name}-{kind}", kind))
    return f'<div class="chart">{"".join(drawn)}</div>'


def _written(figure: Any, alt: str, name: str, kind: str) -> str:
    FigureCanvasSVG(figure)
    out = StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    root = ElementTree.fromstring(visible(out.getvalue()))
    # Where the page's stylesheet is not, as in JupyterLab, the wide one is shown and the narrow one is not.
    style = "max-width:46rem" if kind == "wide" else "display:none"
    drawn = "".join(_parts(root, name))
    return (
        f'<svg class="{kind}" style="{style}" role="img" aria-label="{escape(alt)}" '
        f'viewBox="{root.get("viewBox")}" font-size="{SIZE}" stroke-linecap="butt">{drawn}</svg>'
    )


def _parts(node: ElementTree.Element, name: str) -> Iterator[str]:
    # What draws or is drawn from is kept; matplotlib's groups, clips and metadata only add weight.
    for child in node:
        tag = child.tag.removeprefix(SVG)
        if tag in ("metadata", "style", "clipPath"):
            continue
        inner = "".join(_parts(child, name))
        if tag in ("g", "defs"):
            yield f"<defs>{inner}</defs>" if tag == "defs" and inner else inner
            continue
        style = _style(child.get("style", ""))
        if tag == "path" and style == "fill: none" and node.tag != f"{SVG}defs":
            continue  # backgrounds
        text = escape(child.text or "", quote=False) if tag in ("text", "tspan") else ""
        yield f"<{tag}{_attributes(child, style, name, node.tag == SVG + 'defs')}>{text}{inner}</{tag}>"


def _attributes(node: ElementTree.Element, style: str, name: str, defined: bool) -> str:
    found = {}
    if defined and node.get("id"):
        found["id"] = f"{name}-{node.get('id')}"
    if node.get(HREF):
        found["href"] = f"#{name}-{str(node.get(HREF))[1:]}"
    for key in ("x", "y", "transform", "d"):
        value = _short(node.get(key, ""))
        if value and not value.startswith("rotate(0"):
            found[key] = value
    if style:
        found["style"] = style
    return "".join(f' {key}="{escape(value)}"' for key, value in found.items())


def _short(numbers: str) -> str:
    numbers = re.sub(r"-?\d+\.\d+", lambda m: f"{float(m[0]) + 0.0:.1f}".removesuffix(".0"), numbers)
    numbers = re.sub(r"(?<![\d.])-0(?![\d.])", "0", " ".join(numbers.split()))
    return re.sub(r"\s*([MLCQz])\s*", r"\1", numbers)


def _style(style: str) -> str:
    kept = []
    for rule in filter(None, map(str.strip, style.split(";"))):
        if rule not in SAID_ONCE and not rule.startswith(DROPPED):
            kept.append(re.sub(r"#[0-9a-f]{6}\b", lambda m: _named(m[0]), rule))
    return "; ".join(kept)


def _named(colour: str) -> str:
    # With a fallback, so that a figure also shows its colours in JupyterLab, outside the page.
    return f"var(--{NAMES[colour]}, {colour})" if colour in NAMES else colour
