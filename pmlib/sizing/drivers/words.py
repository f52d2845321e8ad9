"""How nodes and their values are said in sentences."""

import re
from math import floor, log10
from typing import TYPE_CHECKING

from pmlib.table import Column, interval, interval_digits, number, percentage
from pmlib.wording import capital as capital  # a topic's sentences take all their words from here
from pmlib.wording import listed as listed
from pmlib.wording import lower as lower

if TYPE_CHECKING:
    from pmlib.sizing.drivers.node import Node

SHORT = {"tam": "TAM", "sam": "SAM", "som": "SOM", "arpu": "ARPU", "gdp": "GDP"}  # said letter by letter
SCALES = ("thousand", "million", "billion", "trillion")
MILLION = 1e6
SIGNS = ("$", "€", "£", "¥")


def label(node: "Node") -> str:
    """Name a node at the start of a line: SOM, Orders, Cars per person."""
    return SHORT.get(node.name, node.label)


def inside(node: "Node") -> str:
    """Name a node inside a sentence: SOM, orders, Hyundai where it is written so."""
    return label(node) if node.name[:1].isupper() else lower(label(node))


def verb(node: "Node", one: str, many: str) -> str:
    """Choose the form that goes with a node's name: SOM hangs, cars per person hang."""
    named = re.split(r" (?:per|of|a|an|in|for|by|to|at|with) ", node.label)[0]
    return many if named.endswith("s") and not named.endswith(("ss", "us", "is")) else one


def column(node: "Node") -> Column:
    """Say how a node's values are written."""
    return node.unit.column(label(node))


def spoken(unit: str) -> str:
    """Leave out the year of money, which a subtitle says: € a year."""
    return re.sub(r" \([0-9]{4}\)$", "", unit)


def amount(value: float, low: float, high: float, unit: str) -> str:
    """Write a value no finer than its range: 4.1 million cars."""
    if not high > low:
        return exact(value, unit)
    digits = interval_digits(low, high, unit)
    return number(_rounded(value, digits, unit), spoken(unit), digits)


def exact(value: float, unit: str) -> str:
    """Write a value that has no range."""
    return number(value, spoken(unit))


def about(value: float, unit: str) -> str:
    """Write a computed value of which no range is known, in three digits: €791,000 a year."""
    if value == 0 or abs(value) >= MILLION or unit in ("%", "points"):
        return exact(value, unit)
    return exact(round(value, 2 - floor(log10(abs(value)))), unit)


def between(low: float, high: float, unit: str) -> str:
    """Write two ends that a sentence joins: €14M and €33M a year."""
    digits = interval_digits(low, high, unit)
    first = number(_rounded(low, digits, unit), sign(unit), digits)
    return f"{first} and {amount(high, low, high, unit)}"


def band(low: float, high: float, unit: str) -> str:
    """Write a range without what it is of: 3.8 to 4.4 million, €24M to €69M; nothing of one value."""
    if not high > low:
        return ""
    digits = interval_digits(low, high, unit)
    low, high = _rounded(low, digits, unit), _rounded(high, digits, unit)
    scale = next((scale for scale in SCALES if unit.split(" ")[0] == scale), "")
    said = interval(low, high, "" if scale else sign(unit), digits)
    return f"{said} {scale}".rstrip()


def sign(unit: str) -> str:
    """Give what is written at each end of a range: %, or the sign and scale of money."""
    first = unit.split(" ")[0]
    return first if first in ("%", "points") or first[:1] in SIGNS else ""


def _rounded(value: float, digits: int, unit: str) -> float:
    # 895,569 of a range of hundred thousands is 900,000; millions are written as such, without decimals
    return (
        round(value, digits) if digits < 0 and abs(value) < MILLION and unit not in ("%", "points") else value
    )


def estimate(value: float, low: float, high: float, unit: str, level: float) -> str:
    """Write a value and its range: 4.1 million cars (3.8 to 4.4 million, 80% range)."""
    if not high > low:
        return exact(value, unit)
    return f"{amount(value, low, high, unit)} ({band(low, high, unit)}, {percentage(level)} range)"


def in_money(unit: str) -> str:
    """Say of what year money is, as a subtitle does: in 2025 prices; nothing of other units."""
    year = re.search(r" \(([0-9]{4})\)$", unit)
    return f"in {year[1]} prices" if year else ""


def evidence(node: "Node") -> str:
    """Say what would help to know a leaf better."""
    if not node.source:
        return f"A source for {inside(node)}: the range is a judgement with none given."
    if node.grade == "D":
        return f"Better evidence on {inside(node)}, which is our own judgement."
    return f"Better evidence on {inside(node)}, now from {node.source}."
