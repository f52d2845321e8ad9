"""Checks the units of a formula step by step, and finds the numbers its conversions need."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from pmlib.result import Absent
from pmlib.sizing.drivers.convert import Rates, factor, lacking
from pmlib.sizing.drivers.parse import Formula, Step, whole_power
from pmlib.sizing.drivers.units import PLAIN, SHARE, TIMES, Unit, missing

LONGEST = 40  # characters of a part of a formula in a refusal


@dataclass(frozen=True)
class _Part:
    # What lies on the stack: its unit (None of a 0, which fits any), its text, its value if a constant.
    unit: Unit | None
    text: str
    value: float | None = None


def checked(
    formula: Formula, units: Mapping[str, Unit], rates: Rates | Absent | None
) -> tuple[Unit, tuple[Step, ...]]:
    """Find the unit that a formula gives.

    Parameters
    ----------
    units : of the nodes it names.

    Returns
    -------
    the unit; the steps, those that convert with their number.

    Raises
    ------
    ValueError : units that do not go together; says both sides and what is missing.
    """
    stack: list[_Part] = []
    steps = []
    for step in formula.steps:
        if step.kind == "number":
            is_zero = step.value == 0 and step.unit is PLAIN
            stack.append(_Part(None if is_zero else step.unit, f"{step.value:g}", step.value))
        elif step.kind == "name":
            stack.append(_Part(units[step.name], step.name))
        else:
            parts = stack[len(stack) - step.count :]
            del stack[len(stack) - step.count :]
            if step.kind == "in":
                step = replace(step, value=_factor(parts[0], step.unit, rates))
            stack.append(_combined(step, parts))
        steps.append(step)
    return stack[0].unit or PLAIN, tuple(steps)


def agreed(declared: Unit | None, given: Unit, text: str) -> Unit:
    """Compare what a formula gives with what is declared; without a declaration it is what is given.

    Raises
    ------
    ValueError : they differ.
    """
    if declared is None or declared == given:
        return declared or given
    both = f"declared {declared}, the formula gives {given}"
    if declared.dimensions == given.dimensions:
        factor_ = missing(declared, given)
        raise ValueError(f"{both}: a factor of {factor_} is missing; write `... in {declared}` to convert")
    plain = [{k: p for k, p in unit.dimensions.items() if not k[1]} for unit in (declared, given)]
    if plain[0] == plain[1] and len(declared.money) == len(given.money):
        raise ValueError(f"{both}; write `... in {declared}` to convert money")
    raise ValueError(f"{both}: {lacking(given, declared)}")


def _factor(part: _Part, wanted: Unit, rates: Rates | Absent | None) -> float:
    return 1.0 if part.unit is None else factor(part.unit, wanted, rates)


def _combined(step: Step, parts: list[_Part]) -> _Part:
    if step.kind == "in":
        return _Part(step.unit, _cut(f"{parts[0].text} in {step.unit}"))
    if step.kind == "minus":
        value = None if parts[0].value is None else -parts[0].value
        return _Part(_unpercented(parts[0].unit), _cut(f"-{parts[0].text}"), value)
    if step.kind == "call":
        text = _cut(f"{step.name}({', '.join(part.text for part in parts)})")
        return _Part(CALLS[step.name](parts), text)
    left, right = parts
    text = _cut(f"{left.text} {step.kind} {right.text}")
    if step.kind in ("+", "-"):
        return _Part(_sum(step.kind, left, right), text)
    if step.kind == "**":
        return _Part(_power(left, right), text)
    one, other = left.unit or PLAIN, right.unit or PLAIN
    if step.kind == "*":
        return _Part(SHARE if one.share and other.share else one * other, text)
    value = None if left.value is None or not right.value else left.value / right.value
    return _Part(one / other, text, value)


def _sum(sign: str, left: _Part, right: _Part) -> Unit | None:
    if left.unit is None or right.unit is None:
        return _unpercented(left.unit or right.unit)
    if left.unit != right.unit:
        raise ValueError(_unequal(f"{left.text} {sign} {right.text}", left, right))
    shares = [part.unit.share for part in (left, right) if part.value is None and part.unit]
    whole = left.value is None or (sign == "-" and left.value == 1)
    is_share = bool(shares) and all(shares) and whole
    return SHARE if is_share else replace(left.unit, percent=left.unit.growth and right.unit.growth)


def _unequal(what: str, left: _Part, right: _Part) -> str:
    one, other = left.unit or PLAIN, right.unit or PLAIN
    both = f"{_cut(what)} takes equal units, found {one} and {other}"
    for rate, base in ((other, one), (one, other)):
        if rate.growth and base.plain:
            return f"{both}; write grow(base, rate, years) for what grows"
    if one.dimensions == other.dimensions:
        return f"{both}: a factor of {missing(one, other)} is missing; write ({right.text} in {one})"
    if one.money and other.money and one.money != other.money:
        return f"{both}; write ({right.text} in {one}) to convert money"
    return f"{both}: {lacking(other, one)}"


def _power(base: _Part, exponent: _Part) -> Unit:
    unit = base.unit or PLAIN
    if not (exponent.unit or PLAIN).plain:
        raise ValueError(f"the power {exponent.text} has the unit {exponent.unit}; a power is a plain number")
    if unit.plain:
        return PLAIN
    power = None if exponent.value is None else whole_power(exponent.value)
    if power is None:
        raise ValueError(
            f"{base.text} has the unit {unit}, so its power must be written as a number, such as 2 or 0.5; "
            f"found {exponent.text}"
        )
    return unit**power


def _extreme(parts: list[_Part]) -> Unit | None:
    known = [part for part in parts if part.unit is not None]
    for part in known[1:]:
        if part.unit != known[0].unit:
            raise ValueError(_unequal("min or max", known[0], part))
    if not known:
        return None
    unit = known[0].unit or PLAIN
    return replace(unit, percent=all((part.unit or PLAIN).percent for part in known))


def _root(parts: list[_Part]) -> Unit | None:
    return None if parts[0].unit is None else parts[0].unit ** Fraction(1, 2)


def _plain(name: str, parts: list[_Part]) -> Unit:
    if not (parts[0].unit or PLAIN).plain:
        text, unit = parts[0].text, parts[0].unit
        raise ValueError(f"{name}({text}) needs a plain number, found {unit}; divide by 1 [{unit}] first")
    return PLAIN


def _grow(parts: list[_Part]) -> Unit:
    base, rate, years = parts
    rate_unit, span = rate.unit or PLAIN, years.unit or PLAIN
    of_time = [p for thing, p in rate_unit.factors if isinstance(thing, str) and thing in TIMES]
    if len(rate_unit.factors) != 1 or of_time != [Fraction(-1)]:
        raise ValueError(f"grow takes a rate per time, found {rate.text} in {rate_unit}; declare it [%/year]")
    if not span.plain and not (rate_unit * span).plain:
        raise ValueError(
            f"grow takes the time of its rate, found {rate_unit} and {span}; write both in years"
        )
    return replace(base.unit or PLAIN, percent=False)


CALLS = {
    "min": _extreme,
    "max": _extreme,
    "sqrt": _root,
    "log": lambda parts: _plain("log", parts),
    "exp": lambda parts: _plain("exp", parts),
    "grow": _grow,
}


def _unpercented(unit: Unit | None) -> Unit | None:
    return replace(unit, percent=False) if unit is not None and unit.share else unit


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
