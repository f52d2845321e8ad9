"""Style that colours and spaces what it is on, and can neither ask for anything nor leave its place."""

import re
from functools import lru_cache

from pmlib.reports.allowed import FUNCTIONS, PROPERTIES

PLAIN = re.compile(r"[\w\s.,%#()+-]+", re.ASCII)  # no quote, colon, backslash, comment, or second declaration
CALLED = re.compile(r"([\w-]*)\(")
NEGATIVE = re.compile(r"(?<![\w.-])-[\d.]")  # moves things over their neighbours
ELSEWHERE = re.compile(r"url|image|[\\:@/\"']", re.I)
WITHIN = re.compile(r"url\(#[\w-]+\)")  # a part of the same drawing
IMPORTANT = re.compile(r"\s*!important$")


@lru_cache(4096)
def safe(style: str, *, drawing: bool = False) -> str:
    """Keep the declarations that are known to do no harm, as they are written.

    drawing : the style is an SVG document's own, where a fill may be a pattern of the same document.
    """
    kept = []
    for declaration in style.split(";"):
        name, _, value = IMPORTANT.sub("", declaration.strip()).partition(":")
        if name.strip().lower() in PROPERTIES and _is_harmless(value.strip(), drawing):
            kept.append(IMPORTANT.sub("", declaration.strip()))
    return "; ".join(kept)


def stays(value: str) -> bool:
    """Tell whether an attribute that draws points nowhere but at a part of its own drawing."""
    return not ELSEWHERE.search(WITHIN.sub("", value))


def rules(sheet: str) -> list[tuple[str, str]]:
    """Read the plain rules of a stylesheet: each selector with its declarations, in order.

    Rules within at-rules are left out.
    """
    sheet = re.sub(r"/\*.*?(?:\*/|$)", "", sheet, flags=re.S)
    found = re.findall(r"([^{}]*)\{([^{}]*)\}", sheet)
    return [
        (selector.strip(), declarations)
        for selectors, declarations in found
        for selector in selectors.split(",")
        if "@" not in selectors
    ]


def _is_harmless(value: str, drawing: bool) -> bool:
    if drawing and WITHIN.fullmatch(value):
        return True
    called = {name.lower() for name in CALLED.findall(value)}
    return bool(PLAIN.fullmatch(value)) and called <= FUNCTIONS | {""} and not NEGATIVE.search(value)
