"""Parses a formula into steps for a stack; nothing in it is ever run as Python."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from pmlib.data.words import meant, shown
from pmlib.sizing.drivers.tokens import Token, tokens
from pmlib.sizing.drivers.unit_text import unit
from pmlib.sizing.drivers.units import PLAIN, TENS, Unit

FUNCTIONS = {"min": (2, 100), "max": (2, 100), "sqrt": (1, 1), "log": (1, 1), "exp": (1, 1), "grow": (3, 3)}
ARGUMENTS = {"grow": "grow(base, rate, years)"}
DEEPEST = 100  # brackets within brackets
RESERVED = frozenset((*FUNCTIONS, "in", *TENS))

Kind = Literal["number", "name", "minus", "+", "-", "*", "/", "**", "call", "in"]


@dataclass(frozen=True)
class Step:
    """One step: push a number or a node, or replace what lies on top by what comes of it.

    value : of a number. name : of a node or a function. count : how many it takes. unit : of a number, or to
        convert to.
    """

    kind: Kind
    count: int = 0
    value: float = 0.0
    name: str = ""
    unit: Unit = PLAIN


@dataclass(frozen=True)
class Formula:
    """What a node is computed from.

    text : as written. steps : in the order in which a stack takes them. names : of nodes, each once.
    """

    text: str
    steps: tuple[Step, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(step.name for step in self.steps if step.kind == "name"))


def formula(text: str) -> Formula:
    """Parse a formula.

    Raises
    ------
    ValueError : it is none; says what was found and what to write.
    """
    parser = _Parser(text.strip())
    parser.whole()
    return Formula(parser.text, tuple(parser.steps))


class _Parser:
    # Recursive descent that writes steps; only brackets and powers recurse, and those are counted.

    def __init__(self, text: str) -> None:
        self.text, self.steps, self.at, self.depth = text, list[Step](), 0, 0
        self.tokens = tokens(text)

    def peek(self, ahead: int = 0) -> str:
        here = self.at + ahead
        return self.tokens[here].text if here < len(self.tokens) else ""

    def token(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, text: str) -> bool:
        found = self.peek() == text
        self.at += found
        return found

    def whole(self) -> None:
        self.converted()
        if (left := self.token()) is not None:
            raise ValueError(self.stray(left))

    def stray(self, left: Token) -> str:
        before = self.tokens[self.at - 1] if self.at else None
        if left.text in ("..", "+-"):
            return f"{left.text} makes a range, which stands in a node of its own; name it, and use the name"
        if left.text == ")":
            return "a ) closes nothing; take it away, or open it"
        if left.text in ("[", ".") and before is not None and before.kind == "name":
            return _cell(left.text, before.text, self.text)
        if left.text == "=":
            return "found a second =; write one node a line"
        between = f"between {shown(before.text)} and {shown(left.text)} " if before else ""
        return f"a sign is missing {between}in {shown(self.text)}; write + - * or /"

    def nested(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ValueError(
                f"brackets and powers lie over {DEEPEST} deep; give parts of it names of their own"
            )

    def converted(self) -> None:
        self.total()
        while self.peek() == "in":
            start = self.tokens[self.at].end
            self.at += 1
            depth, end = 0, len(self.text)
            while (token := self.token()) is not None and (depth or token.text not in ("in", ")", ",")):
                depth += (token.text == "(") - (token.text == ")")
                self.at += 1
            end = token.start if token else end
            self.steps.append(Step("in", 1, unit=_to(self.text[start:end])))

    def total(self) -> None:
        self.product()
        while (sign := self.peek()) in ("+", "-") and sign:
            self.at += 1
            self.product()
            self.steps.append(Step("+" if sign == "+" else "-", 2))

    def product(self) -> None:
        self.signed()
        while (sign := self.peek()) in ("*", "/") and sign:
            self.at += 1
            self.signed()
            self.steps.append(Step("*" if sign == "*" else "/", 2))

    def signed(self) -> None:
        minus = False
        while self.peek() in ("-", "+") and self.peek():
            minus ^= self.peek() == "-"
            self.at += 1
        self.power()
        if minus:
            self.steps.append(Step("minus", 1))

    def power(self) -> None:
        self.atom()
        if self.take("**"):
            self.nested()
            self.signed()
            self.depth -= 1
            self.steps.append(Step("**", 2))

    def atom(self) -> None:
        token = self.token()
        if token is None:
            raise ValueError(
                f"{shown(self.text)} ends too early; write what comes after it, or take the end away"
            )
        if token.kind == "number":
            return self.number()
        if token.text == "(":
            self.at += 1
            self.nested()
            self.converted()
            self.depth -= 1
            return self.close("(")
        if token.kind == "name" and token.text not in ("in", *TENS):
            self.at += 1
            if self.peek() == "(":
                return self.call(token.text)
            if token.text in FUNCTIONS:
                raise ValueError(f"{token.text} is a function; write {_example(token.text)}")
            check_name(token.text)
            self.steps.append(Step("name", name=token.text))
            return None
        if token.kind == "string":
            raise ValueError(f'a text such as {token.text} picks a row: write table.column["label", 1978]')
        if token.kind == "money":
            raise ValueError(f"write the amount first, then its unit in brackets: 10 [{_dated(token.text)}]")
        if token.text == ".":
            raise ValueError(f"found {shown(self.text)}; write a 0 before the point, as in 0.5")
        raise ValueError(f"found {shown(token.text)} where a name or a number is due, in {shown(self.text)}")

    def number(self) -> None:
        written = self.tokens[self.at].text
        value = number(written)
        self.at += 1
        following = self.token()
        if following is not None and following.text in TENS:
            value *= 10.0 ** TENS[following.text]
            self.at += 1
        elif following is not None and following.text == "%":
            value /= 100
            self.at += 1
        if self.peek() != "[":
            self.steps.append(Step("number", value=value))
            return
        start = self.tokens[self.at].end
        while (token := self.token()) is not None and token.text != "]":
            self.at += 1
        if token is None:
            raise ValueError("a [ is not closed; write ] after the unit")
        self.at += 1
        found = unit(self.text[start : token.start])
        if found.percent and (following is None or following.text != "%"):
            raise ValueError(f"{written} [{found}] has no % after its number; write {written}%")
        self.steps.append(Step("number", value=value, unit=found))

    def call(self, name: str) -> None:
        if name not in FUNCTIONS:
            raise ValueError(f"{shown(name)} is no function; {meant(name, FUNCTIONS, 'there are')}")
        self.at += 1
        self.nested()
        count = 0
        while self.peek() != ")":
            self.converted()
            count += 1
            if not self.take(","):
                break
        self.depth -= 1
        self.close(f"{name}(")
        least, most = FUNCTIONS[name]
        if not least <= count <= most:
            takes = least if least == most else f"{least} or more"
            raise ValueError(f"{name} takes {takes}, found {count}; write {_example(name)}")
        self.steps.append(Step("call", count, name=name))

    def close(self, opened: str) -> None:
        if not self.take(")"):
            left = self.token()
            if left is not None and left.text != ",":
                raise ValueError(self.stray(left))
            what = "found , in brackets of no function" if left else f"{opened} is not closed"
            raise ValueError(f"{what}, in {shown(self.text)}; write )")


def number(text: str) -> float:
    """Read a number.

    Raises
    ------
    ValueError : it is beyond what a computer holds.
    """
    value = float(text)
    if value > 1e300:
        raise ValueError(f"{text} is too large for a number; give its scale in the unit, such as [M person]")
    return value


def check_name(name: str) -> None:
    """Refuse what can be no node's name.

    Raises
    ------
    ValueError : it is a word of the language, or starts with an underscore.
    """
    if name in RESERVED:
        raise ValueError(f"{shown(name)} has a meaning of its own here; choose another name")
    if name.startswith("_"):
        raise ValueError(f"{shown(name)} is no name of a node; start it with a letter")
    if len(name) > 60:
        raise ValueError(f"the name {shown(name)} is {len(name)} characters long; choose one of at most 60")


def whole_power(value: float) -> Fraction | None:
    """Give a constant exponent as a small fraction, or None where it is not one."""
    found = Fraction(value).limit_denominator(12)
    return found if abs(float(found) - value) < 1e-12 else None


def _to(text: str) -> Unit:
    text = text.strip()
    for bracket in ("[]", "()"):
        if text[:1] == bracket[0] and text[-1:] == bracket[1]:
            text = text[1:-1]
    try:
        return unit(text)
    except ValueError as refused:
        if any(sign in text for sign in "+-*0123456789"):
            raise ValueError(f"{refused}; `in` converts all before it: put (… in UNIT) in brackets") from None
        raise


def _example(name: str) -> str:
    return ARGUMENTS.get(name, f"{name}(a, b)" if FUNCTIONS[name][0] > 1 else f"{name}(a)")


def _dated(text: str) -> str:
    return text if len(text) > 1 else f"{text}2025"


def _cell(sign: str, name: str, text: str) -> str:
    if sign == "[":
        return f'{name}[…] picks nothing; a cell of a table is table.column["label", 1978]'
    return (
        f'{shown(text)} asks for a part of {name}; a cell of a table, table.column["label", 1978], '
        "or a number of another method stands in a node of its own"
    )
