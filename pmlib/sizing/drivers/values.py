"""Reads a leaf's value: a number, a range, three points, a band, each with its law and level."""

from collections.abc import Sequence
from dataclasses import dataclass

from pmlib.sizing.drivers.parse import number
from pmlib.sizing.drivers.refusal import meant, shown
from pmlib.sizing.drivers.tokens import Token, tokens
from pmlib.sizing.drivers.unit_text import unit
from pmlib.sizing.drivers.units import TENS, Unit

LAWS = ("normal", "lognormal", "logit-normal", "uniform", "triangular", "beta")
NUMBERS_OF = {"..": "a range", "+-": "a band"}


@dataclass(frozen=True)
class Point:
    """One number as it is written.

    mark : "%" or "points" after it, or "". ten : power of ten of the word of scale after it. unit : after it.
    """

    value: float
    mark: str = ""
    ten: int = 0
    unit: Unit | None = None
    text: str = ""


@dataclass(frozen=True)
class Tail:
    """What follows the points: a band around them, a law by name, the level of the interval."""

    band: Point | None = None
    law: str = ""
    level: float | None = None


@dataclass(frozen=True)
class Value:
    """A leaf's value as it is written."""

    points: tuple[Point, ...]
    tail: Tail


def is_value(found: Sequence[Token]) -> bool:
    """Tell a value from a formula: it starts with a number that nothing is computed from."""
    texts = [token.text for token in found]
    start = next((i for i, text in enumerate(texts) if text not in ("-", "+")), len(texts))
    if start == len(texts) or found[start].kind not in ("number", "money"):
        return False
    if ".." in texts or "+-" in texts or found[start].kind == "money":
        return True
    following = start + 1
    while following < len(texts) and texts[following] in ("%", *TENS):
        following += 1
    rest = found[following:]
    return not rest or rest[0].kind in ("name", "money") or rest[0].text in ("(", ",", ".")


def value(text: str) -> Value:
    """Read a value.

    Raises
    ------
    ValueError : it is none; says what was found and what to write.
    """
    reader = _Reader(text)
    points = [reader.point()]
    while reader.take(".."):
        points.append(reader.point())
    if len(points) > 3:
        raise ValueError(
            f"{shown(text)} holds {len(points)} points; write low .. high, or low .. median .. high"
        )
    given = Value(tuple(points), reader.tail())
    _check_marks(given.points)
    return given


def tail(text: str) -> Tail:
    """Read what follows a cell of a table, or the name of a number.

    Raises
    ------
    ValueError : it is no band, law or level.
    """
    return _Reader(text).tail()


def _check_marks(points: Sequence[Point]) -> None:
    for what in ("mark", "ten", "unit"):
        marks = {getattr(point, what) for point in points if point.value}
        if len(marks) > 1:
            said = next(p.text for p in points if getattr(p, what))
            odd = (
                next(p.text for p in points if not getattr(p, what))
                if not all(getattr(p, what) for p in points)
                else points[0].text
            )
            if what == "ten" and all(p.ten for p in points):
                continue  # 900 k .. 1.2 M
            raise ValueError(f"{odd} and {said} are written in different units; write the same after each")


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at = text.strip(), tokens(text), 0

    def peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, text: str) -> bool:
        here = self.peek()
        found = here is not None and here.text == text
        self.at += found
        return found

    def point(self) -> Point:
        start, sign = self.at, 1
        while (here := self.peek()) is not None and here.text in ("-", "+"):
            sign *= -1 if here.text == "-" else 1
            self.at += 1
        if here is not None and here.kind == "money":
            raise ValueError(f"write the amount before {here.text}, as in 10 {_dated(here.text)}")
        if here is None or here.kind != "number":
            raise ValueError(
                f"found {shown(here.text if here else 'the end')} where a number is due in {shown(self.text)}"
            )
        amount = sign * number(here.text)
        self.at += 1
        self.refuse_comma(here)
        mark, ten = "", 0
        if (here := self.peek()) is not None and here.text in TENS:
            ten = TENS[here.text]
            self.at += 1
        if self.take("%"):
            mark = "%"
        elif (here := self.peek()) is not None and here.text in ("points", "point"):
            mark = "points"
            self.at += 1
        if mark and ten:
            raise ValueError(f"{shown(self.text)} is a percentage in thousands or more; write one of the two")
        found = None if mark else self.unit()
        written = self.text[self.tokens[start].start : self.tokens[self.at - 1].end]
        return Point(amount * 10.0**ten / (100 if mark else 1), mark, ten, found, written)

    def refuse_comma(self, before: Token) -> None:
        here = self.peek()
        following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        if here is None or here.text not in (",", ".") or following is None or following.kind != "number":
            return
        both = f"{before.text}{here.text}{following.text}"
        dotted, joined = f"{before.text}.{following.text}", f"{before.text}{following.text}"
        raise ValueError(f"{both} is no number; write {dotted} or {joined}")

    def unit(self) -> Unit | None:
        start = self.at
        while (here := self.peek()) is not None and not self.ends_unit(here):
            self.at += 1
        if start == self.at:
            return None
        first, last = self.tokens[start], self.tokens[self.at - 1]
        return unit(self.text[first.start : last.end].strip("[]"))

    def ends_unit(self, here: Token) -> bool:
        return here.text in ("..", "+-", "(", *LAWS) or (here.text == "logit")

    def tail(self) -> Tail:
        band, law, level = None, "", None
        while (here := self.peek()) is not None:
            if here.text == "+-" and band is None:
                self.at += 1
                band = self.point()
            elif here.text == "(" and level is None:
                level = self.level()
            elif here.kind == "name" and not law:
                law = self.law()
            else:
                raise ValueError(f"found {shown(here.text)} too many in {shown(self.text)}; take it away")
        return Tail(band, law, level)

    def law(self) -> str:
        word = self.tokens[self.at].text
        self.at += 1
        if word == "logit" and self.take("-"):
            word = f"logit-{self.tokens[self.at].text}" if self.peek() else word
            self.at += 1
        if word not in LAWS:
            raise ValueError(f"{shown(word)} is no law; {meant(word, LAWS, 'there are')}")
        return word

    def level(self) -> float:
        texts = [token.text for token in self.tokens[self.at : self.at + 4]]
        if len(texts) < 4 or texts[2:] != ["%", ")"] or self.tokens[self.at + 1].kind != "number":
            raise ValueError(f"the level of {shown(self.text)} is not written as one; write it as (80%)")
        self.at += 4
        level = number(texts[1]) / 100
        if not 0.01 <= level <= 0.999:
            raise ValueError(
                f"the level {texts[1]}% is no interval's; write one such as (80%), at most (99.9%)"
            )
        return level


def _dated(text: str) -> str:
    return text if len(text) > 1 else f"{text}2025"
