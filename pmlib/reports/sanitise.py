"""HTML that others wrote, less what could run, ask for something, or pass for a part of the page."""

import re
from collections.abc import Callable, Mapping, Set
from html import escape, unescape

import nh3

from pmlib.reports import css
from pmlib.reports.allowed import (
    ATTRIBUTES,
    DEFINED,
    FIGURES,
    GEOMETRY,
    GONE,
    OUR_ATTRIBUTES,
    PAINT,
    SHAPES,
    TABLES,
    WORDS,
)
from pmlib.reports.styled import inlined

LEFT_OUT = re.compile(
    r"<(?:applet|audio|button|canvas|embed|form|frame|iframe|input|math|object|script|select|video)\b", re.I
)
NOTE = '<p class="absent">A part that needs a script, a form or another site is left out.</p>'

PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")
IMAGE = re.compile(r'<img(?: alt="(?P<alt>[^"]*)"| [\w-]+="[^"]*")*>')
FAR = re.compile(r"(?:https?://|mailto:)[^\s]+", re.I)
NEAR = re.compile(r"#(?!harmful-link$)[\w-]+", re.ASCII)  # mistune's own word for a link that it refuses
NAME = re.compile(r"(?!main$|s-)[A-Za-z_][\w.-]*", re.ASCII)  # an id that is none of the page's
SIZE = re.compile(r"\d{1,3}")
DRAWS = GEOMETRY | PAINT
LENGTHS = {"colspan", "rowspan", "start", "width", "height"}


def output(html: str) -> str:
    """Clean the HTML of an output; what it was made from may be data, so its links lead nowhere outside."""
    left_out = NOTE if LEFT_OUT.search(html) else ""
    return _said(_OUTPUT.clean(inlined(html))) + left_out


def prose(html: str) -> str:
    """Clean what the analyst wrote by hand: like an output, but its links are the analyst's own."""
    return _said(_PROSE.clean(html))


def figure(html: str) -> str:
    """Clean what a Result shows of itself; what the charts and tables of pmlib hold is all kept."""
    return _FIGURE.clean(html)


def _said(html: str) -> str:
    # A picture that stands elsewhere is not fetched; its words take its place.
    return IMAGE.sub(lambda m: m[0] if ' src="' in m[0] else _words(m["alt"] or ""), html)


def _words(alt: str) -> str:
    return f"[picture left out: {escape(unescape(alt))}]" if alt else "[picture left out]"


def _filter(classes: Set[str], far: bool = False) -> Callable[[str, str, str], str | None]:
    def kept(tag: str, attribute: str, value: str) -> str | None:
        match attribute:
            case "style":
                return css.safe(value) or None
            case "class":
                return " ".join(name for name in value.split() if name in classes) or None
            case "href":
                return value if NEAR.fullmatch(value) or (far and FAR.fullmatch(value)) else None
            case "src":
                return value if PICTURE.fullmatch(value) else None
            case "id":
                return value if NAME.fullmatch(value) else None
            case "role":
                return value if value == "img" else None
            case "tabindex":
                return value if value == "0" else None
            case _ if tag in SHAPES | DEFINED and attribute in DRAWS:
                return value if css.stays(value) else None
            case _ if attribute in LENGTHS:
                return value if SIZE.fullmatch(value) else None
        return value

    return kept


def _cleaner(
    tags: Set[str], attributes: Mapping[str, Set[str]], keep: Callable[..., str | None]
) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(tags),
        clean_content_tags=set(GONE),
        attributes={tag: set(names) for tag, names in attributes.items()},
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "data"},  # which of them, and where, is the filter's to say
        link_rel="noopener noreferrer",
    )


_OUTPUT = _cleaner(WORDS | SHAPES, ATTRIBUTES, _filter(TABLES))
_PROSE = _cleaner(WORDS, ATTRIBUTES, _filter(frozenset(), far=True))
_FIGURE = _cleaner(WORDS | SHAPES | DEFINED, OUR_ATTRIBUTES, _filter(FIGURES))
