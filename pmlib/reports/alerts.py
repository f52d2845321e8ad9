"""Alerts: what the catalog wants to be told of a report's Numbers, judged by this edition and the last.

Each condition is a band that the Number leaves. An estimate leaves it certainly where its whole range does,
and probably where it does itself and its range not all; a count of everything simply does. What cannot be
judged is an alert too: nobody would miss it otherwise.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import inf, isfinite
from typing import TYPE_CHECKING

from pmlib.reports.condition import Condition, condition
from pmlib.reports.typed import did_you_mean, shown

if TYPE_CHECKING:
    from pmlib.result import Number  # loads pandas, which is there when an edition is built

# What an alert has between the label of its Number and where this lies, as _said writes it.
VALUE = re.compile(r": [^:]*(?=, (?:(?:certainly|probably|just) )*(?:below|above|outside|more than|whose) )")
HAIR = 1e-9  # of a value: 0.38 - 0.37 is not quite 0.01 in binary


def raised(
    texts: Iterable[str], now: Mapping[str, "Number"], before: Mapping[str, "Number"] | None
) -> list[str]:
    """Say in words which alerts an edition raises.

    Parameters
    ----------
    texts : the conditions, as the catalog has them.
    now : the edition's Numbers by name.
    before : those of the edition before; None for a first one, which has crossed and moved nothing.
    """
    return [line for text in texts if (line := _said(condition(text), now, before))]


def standing(line: str) -> str:
    """Leave the Number's value out of an alert: while it stays beyond a threshold, that is no new alert.

    One that tells of a step since the last edition names the value before, and so is new with each step.
    """
    return VALUE.sub("", line)


def _said(wanted: Condition, now: Mapping[str, "Number"], before: Mapping[str, "Number"] | None) -> str:
    try:
        number = now.get(wanted.name)
        if number is None:
            raise ValueError(f"there is no Number {shown(wanted.name)}{did_you_mean(wanted.name, list(now))}")
        if not _known(number.value):
            raise ValueError("its value is missing")
        if wanted.verb in ("crosses", "moves", "excludes"):
            found = _since(wanted, number, before) if before is not None else ""
        else:
            found = _now(wanted, number)
    except ValueError as error:
        return f"{wanted.text} cannot be judged: {error}"
    return f"{number.label}: {number}, {found}" if found else ""


def _now(wanted: Condition, number: "Number") -> str:
    first, last = wanted.amounts[0], wanted.amounts[-1]
    low, high = first.within(number.unit), last.within(number.unit)
    if wanted.verb == "<":
        return _left(number, low, inf, f"below {first.text}")
    if wanted.verb == ">":
        return _left(number, -inf, high, f"above {last.text}")
    return _left(number, low, high, f"outside {first.text} to {last.text}")


def _since(wanted: Condition, number: "Number", before: Mapping[str, "Number"]) -> str:
    last = before.get(wanted.name)
    if last is None or not _known(last.value):
        raise ValueError("the last edition does not have it")
    if (last.label, last.unit, last.source) != (number.label, number.unit, number.source):
        raise ValueError(f"in the last edition it was of something else, {last.label}: {last}")
    if wanted.verb == "excludes":
        return _excludes(number, last)
    (one,) = wanted.amounts
    if wanted.verb == "moves":
        bar = _bar(wanted, number, last)
        moved = f"more than {one.text} from the last edition's {last.written}"
        return _left(number, last.value - bar, last.value + bar, moved)
    target = one.within(number.unit)
    low = -inf if _past(last.value, target, -1) else target
    high = inf if _past(last.value, target, 1) else target
    side = "below" if number.value < target else "above"
    return _left(number, low, high, f"{side} {one.text}, from {last.written}")


def _bar(wanted: Condition, number: "Number", last: "Number") -> float:
    """Give how far it may move: points of a share; of another quantity a part, or an amount of it."""
    (one,) = wanted.amounts
    if number.unit in ("%", "points"):
        return one.within("points")
    return one.value / 100 * abs(last.value) if one.rest == "%" else one.within(number.unit)


def _left(number: "Number", low: float, high: float, where: str) -> str:
    """Say that a Number lies outside low to high, and how surely; nothing where it does not."""
    edge, way = (low, -1) if number.value < low else (high, 1)
    if not _past(number.value, edge, way):
        return ""
    just = "just " if number.written == replace(number, value=edge).written else ""
    if number.low is None or number.high is None:
        return just + where
    if _past(number.high if way < 0 else number.low, edge, way):
        return f"certainly {where}: its whole {_range(number)} is"
    return f"probably {just}{where}: the estimate is, its whole {_range(number)} is not"


def _excludes(number: "Number", last: "Number") -> str:
    if number.low is None or number.high is None:
        raise ValueError(f"it has no range; write it as in {number.name} moves > 5%")
    if _past(last.value, number.low, -1) or _past(last.value, number.high, 1):
        return f"whose {_range(number)} excludes the last edition's {last.written}"
    return ""


def _range(number: "Number") -> str:
    from pmlib.table import percentage

    return f"{percentage(number.level)} range" if number.level else "range"


def _past(value: float, edge: float, way: int) -> bool:
    return isfinite(edge) and (value - edge) * way > HAIR * max(abs(value), abs(edge))


def _known(value: float | None) -> bool:
    return value is not None and isfinite(value)
