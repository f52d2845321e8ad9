"""A chart as a picture, in its light colours, the same bytes wherever the same fonts are."""

import re
import unicodedata
from xml.etree import ElementTree

from pmlib.chart.theme import NAMES, SIZE
from pmlib.reports.exports import fonts
from pmlib.reports.exports.scripts import NoGlyph

COLOUR = re.compile(r"var\(--([\w-]+)(?:, *(#[0-9a-fA-F]{3,8}))?\)")
LIGHT = {name: colour for colour, name in NAMES.items()}
SVG, LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
LEFT_TO_RIGHT = "\u200e"  # a page's charts start at the left, whatever their words begin with
TEXT, SPACE = f"{{{SVG}}}text", "{http://www.w3.org/XML/1998/namespace}space"
ANCHOR, SIZED = re.compile(r"text-anchor: *(start|middle|end);?"), re.compile(r"font-size: *([\d.]+)px")
BOLD = re.compile(r"font-weight: *(?:bold|[6-9]00)")


def png(svg: str, *, width: int = 1500, background: str = "#ffffff") -> bytes:
    """Draw a chart of an edition.

    Parameters
    ----------
    svg : as `told` gives it, with the page's names for colours.
    width : of the picture, in pixels; the height follows.

    Raises
    ------
    ValueError : it is no chart, or says something that no font here has glyphs for.
    """
    import resvg_py

    root = _read(COLOUR.sub(_light, svg))
    texts = [(node, above) for above in root.iter() for node in above if node.tag == TEXT and node.text]
    if lost := {c for node, _ in texts for c in fonts.missing(node.text or "", _weight(node))}:
        raise NoGlyph(lost)
    used = [fonts.own("normal"), fonts.own("bold")]
    for node, above in texts:
        pieces = _pieces(node)
        at = list(above).index(node)
        above[at : at + 1] = [piece for piece, _ in pieces]
        used += [font for _, font in pieces]
    root.set("font-family", fonts.own("normal").family)
    ElementTree.register_namespace("", SVG)
    try:
        return resvg_py.svg_to_bytes(
            svg_string=ElementTree.tostring(root, encoding="unicode"),
            width=width,
            background=background,
            skip_system_fonts=True,
            font_files=list(dict.fromkeys(str(font.path) for font in used)),
        )
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's, which is no Exception
            raise
        raise ValueError("this chart cannot be drawn: some of it lies far outside of it") from None


def _read(svg: str) -> ElementTree.Element:
    try:
        root = ElementTree.fromstring(svg.replace("<svg ", f'<svg xmlns="{SVG}" ', 1))
    except ElementTree.ParseError as error:
        raise ValueError(f"this chart cannot be drawn: {error}") from None
    links = (node.get(name, "#") for node in root.iter() for name in ("href", f"{{{LINK}}}href"))
    if elsewhere := next((link for link in links if not link.startswith("#")), ""):
        raise ValueError(f"this chart cannot be drawn: it points at {elsewhere[:80]!r}, outside of itself")
    return root


def _light(found: re.Match[str]) -> str:
    name, colour = found.groups()
    if not (colour or name in LIGHT):
        raise ValueError(f"this chart cannot be drawn: no colour is called --{name}")
    return colour or LIGHT[name]


def _weight(node: ElementTree.Element) -> str:
    return "bold" if BOLD.search(node.get("style", "")) else "normal"


def _pieces(node: ElementTree.Element) -> list[tuple[ElementTree.Element, fonts.Font]]:
    """Cut a text where its font changes, for a text is only drawn well by one; place each piece."""
    weight, words, style = _weight(node), node.text or "", node.get("style", "")
    if any(unicodedata.bidirectional(c) in ("R", "AL") for c in words):
        words = node.text = LEFT_TO_RIGHT + words
    pieces = [(text, font) for text, font in fonts.runs(words, weight) if font]
    if len(pieces) > 1:
        size = float(found[1]) if (found := SIZED.search(style)) else float(SIZE)
        widths = [fonts.width(text, font) * size for text, font in pieces]
        anchor = found[1] if (found := ANCHOR.search(style)) else "start"
        x = float(node.get("x", "0")) - sum(widths) * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        style = ANCHOR.sub("", style)
        starts = [x + sum(widths[:count]) for count in range(len(widths))]
    else:
        starts = [float(node.get("x", "0"))]
    return [
        (_text(node, text, start, style, font), font)
        for (text, font), start in zip(pieces, starts, strict=True)
    ]


def _text(
    node: ElementTree.Element, words: str, x: float, style: str, font: fonts.Font
) -> ElementTree.Element:
    made = ElementTree.Element(TEXT, node.attrib | {"x": f"{x:.2f}", SPACE: "preserve"})
    made.text = words
    if font != fonts.own(_weight(node)):
        style = f"{style}; font-family: '{font.family}'; font-weight: normal"
    made.set("style", style)
    return made
