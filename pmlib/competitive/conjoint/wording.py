"""Products and costs of a study in short texts: "Ours: Sony, pixels, zoom, price 199" and "zoom 20"."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pmlib.data.words import meant, shown

if TYPE_CHECKING:
    from pmlib.competitive.conjoint.studied import Attribute

NUMBER = re.compile(r"(?P<what>.*\S)\s+[$€£¥]?(?P<amount>[+-]?(?:\d+\.?\d*|\.\d+))")
EACH = "each"  # of costs: of any product


def product(text: str, known: Mapping[str, "Attribute"]) -> dict[str, Any]:
    """Read a product: its name and a colon, where it is to have one, then what it is, with commas between.

    A level that is a word stands alone ("Sony"), as does what a product has ("zoom"); a number stands after
    its attribute ("price 199"). What it may have and is not named, it has not.

    Raises
    ------
    ValueError : one line: a part that is neither a level nor an attribute, or says an attribute twice.
    """
    name, colon, rest = text.rpartition(":")
    out: dict[str, Any] = {"name": name.strip()} if colon and name.strip() else {}
    for part in filter(None, (piece.strip() for piece in rest.split(","))):
        key, level = _part(part, known)
        if key in out:
            raise ValueError(f"product {shown(text)} says {key} twice; keep one")
        out[key] = level
    return {key: 0 for key, one in known.items() if one.kind == "flag"} | out


def costs(texts: Sequence[str], known: Mapping[str, "Attribute"]) -> dict[str, Any]:
    """Read what things cost a piece: "each 50", "zoom 20", "Sony 5"; what is not named costs nothing.

    Raises
    ------
    ValueError : one line: a text without a number, or of something that the study has not.
    """
    out: dict[str, Any] = {}
    for text in texts:
        if not (found := NUMBER.fullmatch(text.strip())):
            raise ValueError(f'cost {shown(text)} has no number; write it as in "zoom 20"')
        what, amount = found["what"], float(found["amount"])
        if what.casefold() == EACH:
            out[EACH] = amount
        elif (level := _level(what, known)) is not None:
            out.setdefault(level[0], dict.fromkeys(known[level[0]].levels, 0.0))[level[1]] = amount
        else:
            out[_attribute(what, known)] = amount
    return out


def _part(part: str, known: Mapping[str, "Attribute"]) -> tuple[str, Any]:
    if (level := _level(part, known)) is not None:
        return level
    found = NUMBER.fullmatch(part)
    key = _attribute(found["what"] if found else part, known)
    if found:
        return key, float(found["amount"])
    if known[key].kind == "flag":
        return key, 1
    raise ValueError(f'{shown(part)} says no level of {key}; write it as in "{key} {_example(known[key])}"')


def _level(word: str, known: Mapping[str, "Attribute"]) -> tuple[str, str] | None:
    for key, one in known.items():
        for level in one.levels if one.kind == "label" else ():
            if word.casefold() in (str(level).casefold(), f"{key} {level}".casefold()):
                return key, str(level)
    return None


def _attribute(word: str, known: Mapping[str, "Attribute"]) -> str:
    for key, one in known.items():
        if word.casefold() in (key.casefold(), one.label.casefold()):
            return key
    words = [*known, *(str(level) for one in known.values() if one.kind == "label" for level in one.levels)]
    raise ValueError(f"the study has no {shown(word)}; {meant(word, words)}")


def _example(attribute: "Attribute") -> str:
    return attribute.written(attribute.levels[0]).removeprefix(f"{attribute.label} ")
