"""Reads units that are written for people, a column's or a Number's, and compares them with a node's."""

import re
from math import isclose

from pmlib.sizing.drivers.unit_text import is_currency, unit
from pmlib.sizing.drivers.units import SIGNS, TIMES, Money, Unit, missing

MONEY = re.compile(r"(?P<sign>[$€£¥])\s?(?:(?P<scale>k|K|M|bn)\b)?(?P<rest>.*?)(?:\((?P<year>[0-9]{4})\))?")
CODE = re.compile(
    r"(?P<scale>k|M|bn|thousand|million|billion)?\s?(?P<sign>[A-Z]{3})\b(?P<rest>.*?)(?:\((?P<year>[0-9]{4})\))?"
)


def of_column(text: str, node: Unit) -> tuple[Unit | None, str]:
    """Read such a unit as "thousand cars", "$k (1983)" or "% a year".

    Returns
    -------
    the unit, None where there is none or it cannot be read; what was assumed in reading, or "".
    """
    text = re.sub(r"\s+", " ", text.strip())
    if text in ("", "points"):
        return None, ""
    slashed = re.sub(r" (?:a|an|per) ", "/", f" {text}").strip()
    try:
        found = MONEY.fullmatch(slashed) or CODE.fullmatch(slashed)
        if found is None or not (found["sign"] in SIGNS or is_currency(found["sign"])):
            return unit(slashed), ""
        said, year = "", found["year"]
        if year is None:
            mine = next(iter(node.money), None)
            if mine is None:
                return None, ""
            year = str(mine.year)
            said = f"{text} has no price year; taken as money of {year}"
        code = SIGNS.get(found["sign"], found["sign"])
        rest = found["rest"].strip()
        rest = rest if rest.startswith("/") else f" {rest}"
        return unit(f"{found['scale'] or ''} {code}{year}{rest}".strip()), said
    except ValueError:
        return None, ""


def taken_as(found: Unit, node: Unit) -> Unit:
    """Give a unit the nouns of a node's, as "$k (1983)" leaves it to its label that it is a car's."""
    if found.percent:
        return found
    kept = [(thing, p) for thing, p in found.factors if isinstance(thing, Money) or thing in TIMES]
    has_time = any(thing in TIMES for thing, _ in kept)
    nouns = [
        (thing, p)
        for thing, p in node.factors
        if not isinstance(thing, Money) and not (thing in TIMES and has_time)
    ]
    return Unit((*kept, *nouns), found.ten)


def compared(declared: Unit, found: Unit | None, written: str) -> str:
    """Compare a node's unit with that of what it takes its value from.

    Returns
    -------
    a notice where only the nouns differ, or "".

    Raises
    ------
    ValueError : scale, time, money or percent differ.
    """
    if found is None or (found.share and declared.plain):
        return ""
    both = f"declared {declared}, {written} gives {found}"
    if found.share and declared.growth:
        return f"{both}; taken as {declared}"
    if found.share or declared.share:
        raise ValueError(f"{both}; declare the unit [{found}]")
    alike = taken_as(found, declared)
    if alike.money != declared.money:
        raise ValueError(f"{both}; write `... in {declared}` to convert, or declare [{found}]")
    if not isclose(alike.scale, declared.scale, rel_tol=1e-9):
        raise ValueError(
            f"{both}: a factor of {missing(declared, alike)} is missing; write `... in {declared}` to convert"
        )
    return "" if found == declared or not found.nouns else f"{both}; taken as {declared}"
