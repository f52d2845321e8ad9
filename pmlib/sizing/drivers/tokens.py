"""Cuts a line of a tree into tokens; whatever is none is refused by the character."""

import re
import unicodedata
from dataclasses import dataclass

from pmlib.data.words import shown
from pmlib.sizing.drivers.units import TENS
from pmlib.visible import visible

TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+(?![\w.]))?)"
    r"|(?P<name>[^\W\d]\w*)"
    r'|(?P<string>"[^"\n]*")'
    r"|(?P<money>[$€£¥][0-9]*)"
    r"|(?P<sign>\*\*|\.\.\.?|…|\+-|±|[-−+*×·/^()\[\],:~=%.])"
)
SAME = {"…": "..", "...": "..", "±": "+-", "−": "-", "×": "*", "·": "*", "^": "**"}
INSTEAD = {
    "÷": "write /",
    "–": "write .. between two ends, or - for minus",
    "—": "write .. between two ends, or - for minus",
    "“": 'write a straight "',
    "”": 'write a straight "',
    '"': 'close it with another "',
    "'": 'write "',
    "<": "a tree holds no comparison; ask for a chance instead",
    ">": "a tree holds no comparison; ask for a chance instead",
    ";": "write one node a line",
}


@dataclass(frozen=True)
class Token:
    """kind : number, name, string, money or sign. start, end : in the text it was cut from."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Cut a text.

    Raises
    ------
    ValueError : a character that means nothing here.
    """
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise ValueError(_odd(text, position))
        kind = match.lastgroup or ""
        if found and kind == "name" and found[-1].kind == "number" and found[-1].end == position:
            _check_joined(found[-1].text, match[0])
        if kind != "space":
            cut = unicodedata.normalize("NFC", match[0])
            found.append(Token(kind, SAME.get(cut, cut) if kind == "sign" else cut, position, match.end()))
        position = match.end()
    return found


def _check_joined(number: str, word: str) -> None:
    # 14.2M is 14.2 M, but 0x10 is no 0 of x10, and 2a may be meant as 2 * a.
    if word not in TENS:
        raise ValueError(
            f"{number}{word} is no number; write {number} * {word}, or {number} {word} for a unit"
        )


def _odd(text: str, position: int) -> str:
    character = text[position]
    if character.isdigit() or character.isdecimal():
        return f"found {shown(character)}, which is no plain digit; write it with 0 to 9"
    what = INSTEAD.get(character, "a formula holds names, numbers, + - * / ** ( ) and functions")
    found = shown(character) if visible(character) == character else visible(character)
    return f"found {found} in {shown(visible(text.strip()))}; {what}"
