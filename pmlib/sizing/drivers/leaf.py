"""Makes a leaf of its text: a value, a cell of a table, or a Number of another method."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import ndtri

from pmlib.data import Source
from pmlib.data.words import meant, shown
from pmlib.result import Absent, Number, Result
from pmlib.sizing.drivers.choose import Said, banded, law_of
from pmlib.sizing.drivers.convert import Rates, factor
from pmlib.sizing.drivers.lookup import cell, look_up
from pmlib.sizing.drivers.reading import compared, of_column, taken_as
from pmlib.sizing.drivers.unit_text import unit as read_unit
from pmlib.sizing.drivers.units import PLAIN, SHARE, Unit
from pmlib.sizing.drivers.values import Point, Tail, Value, tail, value
from pmlib.stats.laws import Law

EVENLY = ndtri((np.arange(10_000) + 0.5) / 10_000)  # scores that stand for all draws
RARE = 1e-3
NAMED = re.compile(r"(?P<name>[^\W\d]\w*)(?:\s*\.\s*(?P<part>[^\W\d]\w*))?\b(?!\s*[\[.(])")
IN = re.compile(
    r"\s*\bin\b\s*(?P<unit>[^+±(]*?)\s*(?P<tail>(?:\+-|±|\(|\b(?:normal|lognormal|uniform)\b).*)?$"
)


@dataclass(frozen=True)
class Leaf:
    """unit, law : of the node. source : where the value is from, as far as it is known. notices : to tell."""

    unit: Unit
    law: Law
    source: str = ""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Inputs:
    """What a tree's leaves may be taken from.

    tables : by the name the tree calls them; others are read by it. numbers : of other methods. rates : which
        convert money.
    """

    tables: Mapping[str, Source] = field(default_factory=dict)
    numbers: Mapping[str, Any] = field(default_factory=dict)
    rates: Rates | Absent | None = None


def of_value(text: str, declared: Unit | None) -> Leaf:
    """Make a leaf of a number, a range or a band.

    Raises
    ------
    ValueError : it is none, or does not fit its unit.
    """
    given = value(text)
    unit = declared if declared is not None else _unit_of(given)
    law = _law(given, unit)
    return Leaf(unit, law, notices=_doubts(law, unit))


def _unit_of(given: Value) -> Unit:
    if any(point.mark == "%" for point in given.points):
        return SHARE
    return next((point.unit for point in given.points if point.unit is not None), PLAIN)


def _law(given: Value, unit: Unit) -> Law:
    points = tuple(in_unit(point, unit) for point in given.points)
    texts = tuple(point.text for point in given.points)
    return _tailed(points, texts, given.tail, unit)


def _tailed(points: tuple[float, ...], texts: tuple[str, ...], after: Tail, unit: Unit) -> Law:
    if after.band is None:
        return law_of(Said(points, texts, after.law, after.level), unit)
    if len(points) > 1:
        raise ValueError(f"{' .. '.join(texts)} is a range, which takes no band; write one of the two")
    law_of(Said(points, texts, "normal" if after.law == "normal" else ""), unit)  # the point alone must do
    ends = banded(points[0], texts[0], *_width(after.band, unit))
    digits = [f"{end * 100:.6g}%" if unit.percent else f"{end:.6g}" for end in ends]
    return law_of(Said(tuple(ends), tuple(digits), after.law, after.level), unit)


def _width(band: Point, unit: Unit) -> tuple[float, bool]:
    if unit.percent:
        if band.mark != "points":
            what = f"+- {band.text} of a percentage may be points or a part of it"
            raise ValueError(f"{what}; write +- {band.text.rstrip('% ')} points, or low% .. high%")
        return band.value, False
    if band.mark == "points":
        raise ValueError(f"+- {band.text} is for percentages; write +- {band.text.split()[0]}% or an amount")
    return (band.value, True) if band.mark == "%" else (in_unit(band, unit), False)


def in_unit(point: Point, unit: Unit) -> float:
    """Bring a number as it is written to a node's unit.

    Raises
    ------
    ValueError : it does not fit: a % missing or too many, scale said twice, another unit.
    """
    if point.mark == "points":
        raise ValueError(
            f"{point.text}: points are for bands, as in 40% +- 3 points; write {point.text.split()[0]}%"
        )
    if point.mark == "%":
        if not (unit.percent or unit.plain):
            raise ValueError(
                f"{point.text} stands where {unit} is declared; write an amount, or the unit [%]"
            )
        return point.value
    if point.unit is not None:
        return _converted(point, point.unit, unit)
    if unit.percent and point.value:
        as_fraction = f" or {point.value * 100:.6g}%" if abs(point.value) < 1 else ""
        either = f"{point.value:.6g}%{as_fraction}"
        raise ValueError(f"{point.text} has no %, and the unit is {unit}; write {either}")
    if point.ten and unit.ten:
        raise ValueError(f"{point.text} has a scale, and so has its unit {unit}; write one of the two")
    return point.value


def _converted(point: Point, given: Unit, unit: Unit) -> float:
    if given.dimensions != unit.dimensions:
        raise ValueError(f"declared {unit}, found {point.text}; write it in {unit}")
    return point.value * (given.scale / unit.scale)


def of_cell(text: str, declared: Unit | None, inputs: Inputs) -> Leaf | None:
    """Make a leaf of a cell of a table; None where the text asks for none.

    Raises
    ------
    ValueError : there is no one such cell, or its unit is not the node's.
    """
    asked = cell(text)
    if asked is None:
        return None
    found, rest = asked
    amount, written, source = look_up(found, inputs.tables)
    taken = _Taken(str(found), (amount,), written, None)
    return _taken(taken, rest, declared, inputs, source)


@dataclass(frozen=True)
class _Taken:
    name: str
    points: tuple[float, ...]
    written: str  # its unit, for people
    level: float | None


def of_number(text: str, declared: Unit | None, inputs: Inputs) -> Leaf | None:
    """Make a leaf of a Number; None where the text does not start with the name of one.

    Raises
    ------
    ValueError : it is absent, or there are several; its unit is not the node's.
    """
    match = NAMED.match(text)
    if match is None or match["name"] not in inputs.numbers:
        return None
    found = _number(match["name"], match["part"], inputs.numbers[match["name"]])
    points: tuple[float, ...] = (found.value,)
    if found.low is not None and found.high is not None and found.low < found.high:
        points = (found.low, found.value, found.high)
        if not found.low < found.value < found.high:
            raise ValueError(
                f"{match[0]} is {found}, which lies outside its own interval; look at its method"
            )
    if len(points) > 1 and found.level is None:
        raise ValueError(f"the range of {match[0]} says no level; write the range here: low .. high (90%)")
    taken = _Taken(match[0], points, found.unit, found.level if len(points) > 1 else None)
    return _taken(taken, text[match.end() :], declared, inputs, found.source or match["name"])


def _number(name: str, part: str | None, given: Any) -> Number:
    if isinstance(given, Absent):
        raise ValueError(f"{name} is absent: {given.reason} Write a range instead")
    if isinstance(given, Number):
        if part:
            raise ValueError(f"{name} is one number, which has no {shown(part)}; write {name}")
        return given
    if not isinstance(given, Result):
        raise ValueError(
            f"{name} is a {type(given).__name__}, not a Number; pass a Result or a Number of one"
        )
    held = {number.name: number for number in given.numbers}
    if part:
        if part not in held:
            raise ValueError(f"{name} has no number {shown(part)}; {meant(part, held, 'it has')}")
        return held[part]
    if len(held) != 1:
        what = ", ".join(f"{name}.{other}" for other in held) or "none"
        raise ValueError(f"{name} holds {len(held)} numbers: {what}; write one of them")
    return next(iter(held.values()))


def _taken(taken: _Taken, rest: str, declared: Unit | None, inputs: Inputs, source: str) -> Leaf:
    guide = declared or PLAIN
    unit, said = of_column(taken.written, guide)
    notices = [said] if said else []
    points = taken.points
    if (into := IN.match(rest)) is not None:
        to = read_unit(into["unit"].strip("[] "))
        if unit is None:
            raise ValueError(
                f"{taken.name} has no unit to convert from; leave `in` out, or give the table one"
            )
        times = factor(taken_as(unit, to), to, inputs.rates)
        if unit.nouns - to.nouns:
            notices.append(f"{taken.name} gives {unit}; taken as {to}")
        points = tuple(point * times for point in points)
        unit, rest = to, into["tail"] or ""
        if declared is not None and declared != to:
            raise ValueError(f"declared {declared}, the value is converted to {to}; write the same in both")
    final = declared or unit or PLAIN
    after = tail(rest)
    if notice := compared(final, unit, taken.name):
        notices.append(notice)
    texts = tuple(f"{point * 100:.6g}%" if final.percent else f"{point:.10g}" for point in points)
    if taken.level is not None and after.level is None and after.band is None:
        after = Tail(after.band, after.law, taken.level)
    if after.band is not None and len(points) > 1:
        points, texts = points[1:2], texts[1:2]
    law = _tailed(points, texts, after, final)
    return Leaf(final, law, source, (*notices, *_doubts(law, final)))


def _doubts(law: Law, unit: Unit) -> tuple[str, ...]:
    # A normal law by name may be meant to go below 0; who wrote two ends above it may not know that it does.
    if law.kind != "normal" or unit.growth or law.ends()[0] < 0:
        return ()
    below = float(np.mean(law.at(EVENLY) < 0))
    return (f"its normal law is below 0 in {below:.1%} of draws",) if below >= RARE else ()
