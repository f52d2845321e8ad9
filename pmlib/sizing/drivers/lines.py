"""Cuts the text of a tree into statements, one a line: nodes and correlations."""

import re
from dataclasses import dataclass

from pmlib.data.words import shown
from pmlib.sizing.drivers.parse import check_name
from pmlib.sizing.drivers.refusal import at
from pmlib.sizing.drivers.tokens import tokens
from pmlib.sizing.drivers.unit_text import unit
from pmlib.sizing.drivers.units import Unit
from pmlib.visible import visible

LEFT = re.compile(r"\s*(?P<name>[^\[\]=]*?)\s*(?:\[(?P<unit>[^\]=]*)\]\s*)?")
BREAK = re.compile(r"\r\n|\r|\n")
SPACES = re.compile(r"[\t\u00a0\u2000-\u200a\u202f\u205f\u3000\ufeff]")
LONGEST = 10_000  # characters of a line


@dataclass(frozen=True)
class NodeLine:
    """A node as it is written: what stands left and right of the =, and behind the #."""

    line: int
    name: str
    unit: Unit | None
    text: str
    comment: str

    @property
    def place(self) -> str:
        return f"node {self.name}, line {self.line}"


@dataclass(frozen=True)
class PairLine:
    """A correlation of two leaves."""

    line: int
    one: str
    other: str
    correlation: float

    @property
    def place(self) -> str:
        return f"line {self.line}"


def lines(text: str) -> list[NodeLine | PairLine]:
    """Read the statements.

    Raises
    ------
    TreeError : a line that is none.
    """
    found: list[NodeLine | PairLine] = []
    for number, raw in enumerate(BREAK.split(text), start=1):
        line = SPACES.sub(" ", raw)
        with at(f"line {number}"):
            if len(line) > LONGEST:
                raise ValueError(
                    f"the line is {len(line):,} characters long; give parts of it names of their own"
                )
            body, comment = cut_comment(line)
            if not body.strip():
                continue
            found.append(_statement(number, body, comment.strip()))
    return found


def cut_comment(line: str) -> tuple[str, str]:
    """Cut a line at the first # that stands in no quotes."""
    quoted = False
    for i, character in enumerate(line):
        quoted ^= character == '"'
        if character == "#" and not quoted:
            return line[:i], line[i + 1 :]
    return line, ""


def _statement(number: int, body: str, comment: str) -> NodeLine | PairLine:
    left, equals, right = body.partition("=")
    if not equals:
        if "~" in body:
            return _pair(number, body)
        raise ValueError(
            f"found {_short(body)} without a =; write name [unit] = a number, a range or a formula"
        )
    match = LEFT.fullmatch(left)
    if match is None:
        raise ValueError(f"found {_short(left)} before the =; write name [unit] = …")
    name = _name(match["name"])
    place = f"node {name}, line {number}"
    with at(place):
        written = match["unit"]
        declared = None if written is None else unit(written)
        if not right.strip():
            raise ValueError("nothing stands after the =; write a number, a range or a formula")
    return NodeLine(number, name, declared, right.strip(), comment)


def _name(text: str) -> str:
    if not text:
        raise ValueError("no name stands before the =; write name [unit] = …")
    cut = tokens(text)
    if len(cut) == 1 and cut[0].kind == "name":
        check_name(cut[0].text)
        return cut[0].text
    together = re.sub(r"\W+", "_", text).strip("_")
    raise ValueError(
        f"{_short(text)} is no name; write one word of letters, digits and _: {together or 'cars'}"
    )


def _pair(number: int, body: str) -> PairLine:
    texts = [token.text for token in tokens(body)]
    kinds = [token.kind for token in tokens(body)]
    sign = 1
    if len(texts) == 6 and texts[4] in ("-", "+"):
        sign = -1 if texts.pop(4) == "-" else 1
        kinds.pop(4)
    if kinds != ["name", "sign", "name", "sign", "number"] or texts[1] != "~" or texts[3] != ":":
        raise ValueError(f"found {_short(body)}; a correlation is written orders ~ basket: -0.4")
    correlation = sign * float(texts[4])
    if texts[0] == texts[2]:
        raise ValueError(f"{texts[0]} ~ {texts[2]} is a leaf with itself; name two")
    if abs(correlation) > 1:
        raise ValueError(
            f"{texts[0]} ~ {texts[2]}: {correlation:g} is no correlation; write one from -1 to 1"
        )
    return PairLine(number, texts[0], texts[2], correlation)


def _short(text: str) -> str:
    return shown(visible(text.strip()))
