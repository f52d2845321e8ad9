"""Reads a leaf's value: a number, a range, three points, a band, each with its law and level."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from pmlib.data.words import meant, shown
from pmlib.sizing.drivers.parse import number
from pmlib.sizing.drivers.tokens import Token, tokens
from pmlib.sizing.drivers.unit_text import unit
from pmlib.sizing.drivers.units import TENS, Unit

LAWS = ("normal", "lognormal", "logit-normal", "uniform", "triangular", "beta")


@dataclass(frozen=True)
class Point:
    """One number as it is written.

    mark : "%" or "points" after it, or "". word, ten : of scale after it, and its power of ten. after,
        unit : a unit after it.
    text : all of it.
    """

    value: float
    mark: str = ""
    word: str = ""
    after: str = ""
    text: str = ""

    @property
    def ten(self) -> int:
        return TENS[self.word] if self.word else 0

    @property
    def unit(self) -> Unit | None:
        return unit(self.after) if self.after else None


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
        return start < len(texts) and texts[start + 1 : start + 2] == [".."]  # inf .. 3
    if ".." in texts or "+-" in texts or found[start].kind == "money":
        return True
    following = start + 1
    while following < len(texts) and texts[following] in ("%", *TENS):
        following += 1
    rest = found[following:]
    return not rest or rest[0].kind in ("name", "money", "number") or rest[0].text in ("(", ",", ".")


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
    # 38 .. 55 M might be 38 to 55 million as well as 38 to 55,000,000; only 0 needs no mark.
    written = " .. ".join(point.text for point in points)
    for what in ("mark", "word", "after"):
        marks = [getattr(point, what) for point in points if point.value]
        if any(marks) and not all(marks):
            mark = next(filter(None, marks))
            law = f", or a law: {', '.join(LAWS)}" if what == "after" else ""
            raise ValueError(f"{written} has {mark} after some of its points only; write it after each{law}")


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
        if here is not None and here.text == ".":
            raise ValueError(f"found {shown(self.text)}; write a 0 before the point, as in 0.5")
        if here is None or here.kind != "number":
            raise ValueError(
                f"found {shown(here.text if here else 'the end')} where a number is due in {shown(self.text)}"
            )
        amount = sign * number(here.text)
        self.at += 1
        self.refuse_groups(here)
        mark, word = "", ""
        if (here := self.peek()) is not None and here.text in TENS:
            word = here.text
            self.at += 1
        if self.take("%"):
            mark = "%"
        elif (here := self.peek()) is not None and here.text in ("points", "point"):
            mark = "points"
            self.at += 1
        if mark and word:
            raise ValueError(f"{shown(self.text)} is a percentage in thousands or more; write one of the two")
        after = "" if mark else self.unit()
        written = self.text[self.tokens[start].start : self.tokens[self.at - 1].end]
        found = Point(amount, mark, word, after, written)
        return replace(found, value=amount * 10.0**found.ten / (100 if mark else 1))

    def refuse_groups(self, before: Token) -> None:
        groups, at = [before.text], self.at
        while at < len(self.tokens) and (
            self.tokens[at].text in (",", ".") or self.tokens[at].kind == "number"
        ):
            at += self.tokens[at].kind != "number"
            groups += [token.text for token in self.tokens[at : at + 1]]
            at += 1
        if len(groups) == 1:
            return
        found = self.text[before.start : self.tokens[min(at, len(self.tokens)) - 1].end]
        spaced = not re.search("[,.]", found[len(before.text) :])
        if spaced and any(len(group) != 3 for group in groups[1:]):
            raise ValueError(f"a sign is missing between {groups[0]} and {groups[1]}; write + - * or /")
        remedy = re.sub(r"\D", "", "".join(groups))
        if len(groups) == 2 and not spaced and groups[0].isdigit() and groups[1].isdigit():
            decimal = f"{groups[0]}.{groups[1].rstrip('0') or '0'}"
            remedy = f"{remedy} or {decimal}" if len(groups[1]) == 3 else decimal
        raise ValueError(f"{found} is no number; write {remedy}")

    def unit(self) -> str:
        start = self.at
        while (here := self.peek()) is not None and not self.ends_unit(here):
            self.at += 1
        if start == self.at:
            return ""
        first, last = self.tokens[start], self.tokens[self.at - 1]
        text = self.text[first.start : last.end].strip("[] ")
        if close := get_close_matches(text, LAWS, n=1):
            raise ValueError(f"{shown(text)} is no law and no unit; did you mean {shown(close[0])}?")
        unit(text)
        return text

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
                raise ValueError(_stray(here, self.text))
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


def _stray(here: Token, text: str) -> str:
    if here.text in ("+", "-", "*", "/", "**"):
        return f"found {shown(here.text)} after a value; give the value a node of its own, and use its name"
    return f"found {shown(here.text)} too many in {shown(text)}; take it away"
