"""An SVG document as a picture: parts that are known to draw are kept, and the rest cannot reach the page."""

import base64
import re
from collections.abc import Iterator
from html import escape
from xml.etree import ElementTree

from pmlib.reports import css
from pmlib.reports.allowed import DRAWING, DRAWN
from pmlib.visible import visible

SVG = "http://www.w3.org/2000/svg"
SELECTOR = re.compile(r"[\w\s.#*-]+", re.ASCII)
LOCAL = re.compile(r"#([^\s()'\"]+)")
POINTER = re.compile(r"url\(\s*['\"]?#([^\s()'\"]+)['\"]?\s*\)")


def drawn(source: str, alt: str) -> str:
    """Write an SVG document as an image, in which a browser runs and asks for nothing.

    Raises
    ------
    ValueError : it is no well-formed SVG, or declares entities of its own.
    """
    if re.search(r"<!(?:ENTITY|ATTLIST|ELEMENT)|<!DOCTYPE[^>]*\[", source):
        raise ValueError("it declares entities")
    try:
        root = ElementTree.fromstring(visible(source))
    except (ElementTree.ParseError, ValueError) as error:
        raise ValueError(f"it is no well-formed XML ({error})") from None
    if _local(root.tag) != "svg":
        raise ValueError(f"its root is {_local(root.tag) or 'of another kind'}, not svg")
    # Ids are counted, so that a drawing whose ids were made by chance is the same picture each time.
    named = [node.get("id", "") for node in root.iter()]
    ids = {name: f"i{number}" for number, name in enumerate(filter(None, named), 1)}
    document = f'<svg xmlns="{SVG}"' + "".join(_written(root, ids)).removeprefix("<svg")
    data = base64.b64encode(document.encode()).decode()
    return f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{data}">'


def _written(node: ElementTree.Element, ids: dict[str, str]) -> Iterator[str]:
    tag = _local(node.tag)
    if tag == "style":
        yield f"<style>{escape(_sheet(node.text or ''))}</style>"
    elif tag in DRAWING:
        yield f"<{tag}{''.join(_attributes(node, ids))}>{escape(node.text or '')}"
        for child in node:
            yield from _written(child, ids)
            yield escape(child.tail or "")
        yield f"</{tag}>"


def _attributes(node: ElementTree.Element, ids: dict[str, str]) -> Iterator[str]:
    for key, given in node.attrib.items():
        name = "href" if key.endswith("}href") else key
        value = POINTER.sub(lambda m: f"url(#{ids.get(m[1], 'none')})", given)
        if name == "id":
            value = ids.get(given, "")
        elif name == "href" and (local := LOCAL.fullmatch(given)):
            value = f"#{ids.get(local[1], 'none')}"
        elif name == "style":
            value = css.safe(value, drawing=True)
        elif name not in DRAWN or not css.stays(value):
            continue
        if value:
            yield f' {name}="{escape(value)}"'


def _sheet(text: str) -> str:
    kept = []
    for selector, declarations in css.rules(text):
        said = css.safe(declarations, drawing=True)
        if said and SELECTOR.fullmatch(selector):
            kept.append(f"{selector}{{{said}}}")
    return "".join(kept)


def _local(tag: object) -> str:
    namespace, _, name = str(tag).rpartition("}")
    return name if namespace in ("", "{" + SVG) else ""
