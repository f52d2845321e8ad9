"""A chart as a picture, in its light colours, the same bytes wherever the same fonts are."""

import re
import unicodedata
from xml.etree import ElementTree

from pmlib.chart.theme import NAMES
from pmlib.reports.exports import fonts
from pmlib.reports.exports.scripts import lacking

COLOUR = re.compile(r"var\(--([\w-]+)(?:, *(#[0-9a-fA-F]{3,8}))?\)")
LIGHT = {name: colour for colour, name in NAMES.items()}
SVG, LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
LEFT_TO_RIGHT = "\u200e"  # a page's charts start at the left, whatever their words begin with
BOLD = re.compile(r"font-weight: *(?:bold|[6-9]00)")


class NoGlyph(ValueError):
    """No font here has glyphs for these letters."""

    def __init__(self, letters: set[str]) -> None:
        super().__init__(lacking(letters))
        self.letters = letters


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

    root, used = _read(COLOUR.sub(_light, svg)), dict[str, None]()
    texts = [node for node in root.iter(f"{{{SVG}}}text") if node.text]
    if lost := {c for node in texts for c in fonts.missing(node.text or "", _weight(node))}:
        raise NoGlyph(lost)
    for node in texts:
        used |= dict.fromkeys(_in_fonts(node))
    root.set("font-family", fonts.own("normal").family)
    ElementTree.register_namespace("", SVG)
    return resvg_py.svg_to_bytes(
        svg_string=ElementTree.tostring(root, encoding="unicode"),
        width=width,
        background=background,
        skip_system_fonts=True,
        font_files=list(dict.fromkeys([*(str(fonts.own(kind).path) for kind in ("normal", "bold")), *used])),
    )


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


def _in_fonts(node: ElementTree.Element) -> list[str]:
    """Have each piece of a text drawn by the font that has it; name the files."""
    weight, words = _weight(node), node.text or ""
    if any(unicodedata.bidirectional(c) in ("R", "AL") for c in words):
        words = node.text = LEFT_TO_RIGHT + words
    pieces = [(text, font) for text, font in fonts.runs(words, weight) if font]
    if all(font == fonts.own(weight) for _, font in pieces):
        return []
    node.text = None
    for text, font in pieces:
        part = ElementTree.SubElement(node, f"{{{SVG}}}tspan")
        part.text = text
        if font != fonts.own(weight):
            part.set("style", f"font-family: '{font.family}'; font-weight: normal")
    return [str(font.path) for _, font in pieces]
