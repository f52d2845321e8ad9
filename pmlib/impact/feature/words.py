"""How what a feature does is said: amounts of the KPI and of money, chances, times."""

import re

from pmlib.impact.feature.plan import LABELS, Plan
from pmlib.stats.laws import Law
from pmlib.table import CURRENCIES, interval, interval_digits, number, percentage
from pmlib.wording import lower

A_TIME = re.compile(r"(?:\s+(?:a|per)\s+|/)(?:day|week|month|quarter|year)$")
MILLION = 1e6
NEVER, ALWAYS = 0.005, 0.995  # chances that would be written 0% and 100%


def unit_of(plan: Plan, *, mean: bool) -> str:
    """The unit of a gain: that of the KPI, without the time when it is added up; points of a percentage."""
    unit = plan.baseline.kpi.column.unit
    if unit in ("%", "points"):
        return "points"
    return unit if mean else A_TIME.sub("", unit)


def amount(value: float, low: float, high: float, unit: str, *, sign: bool = False) -> str:
    """Write a value no finer than its range: 3,400 rides of a range of thousands."""
    digits = interval_digits(low, high, unit)
    return number(
        rounded(value, digits, unit), unit, max(digits, 0) if abs(value) < MILLION else digits, sign=sign
    )


def span(low: float, high: float, unit: str) -> str:
    """Write a range no finer than it is wide."""
    digits = interval_digits(low, high, unit)
    return interval(rounded(low, digits, unit), rounded(high, digits, unit), unit, digits)


def rounded(value: float, digits: int, unit: str) -> float:
    """Round to the tens or thousands that a range tells; millions are written without decimals anyway."""
    plain = digits < 0 and abs(value) < MILLION and unit not in ("%", "points")
    return round(value, digits) if plain else value


def said(value: float, low: float, high: float, unit: str, level: float, *, sign: bool = False) -> str:
    """Write a value and its range: 3,400 rides (800 to 6,100, 80% range)."""
    if not high > low:
        return number(value, unit, sign=sign)
    bare = span(low, high, unit if unit in ("%", "points") or unit[:1] in CURRENCIES else "")
    return f"{amount(value, low, high, unit, sign=sign)} ({bare}, {percentage(level)} range)"


def chance(value: float) -> str:
    """Write a chance in whole percent; none that was drawn is called certain."""
    if value < NEVER:
        return "under 1%"
    return "over 99%" if value > ALWAYS else number(value, "%", 0)


def kpi_words(plan: Plan) -> str:
    """Name the KPI inside a sentence."""
    return lower(plan.baseline.kpi.label)


def law_words(law: Law, unit: str, level: float) -> str:
    """Write a driver's law as a range."""
    low, high = law.ends(level)
    return span(low, high, unit) if high > low else number(low, unit)


def driver_unit(name: str, plan: Plan) -> str:
    """The unit that a driver is written in."""
    return {"value": plan.currency, "cost": plan.currency}.get(name, "%")


def as_said(name: str, plan: Plan, level: float) -> str:
    """Say what is thought of a driver in the words it was given in; of past launches, with their range."""
    words = plan.words.get(name, "")
    if any(character.isdigit() for character in words[:2]):
        return words.replace("-", "−")
    return " ".join(filter(None, [driver_words(name, plan, level), words]))


def driver_words(name: str, plan: Plan, level: float) -> str:
    """Say what is thought of a driver as a range."""
    if name == "adoption":
        return plan.adoption.words
    if name == "baseline":
        return f"{plan.baseline.kpi.label.casefold()} as forecast"
    return law_words(getattr(plan, name), driver_unit(name, plan), level)


def driver_label(name: str, plan: Plan) -> str:
    """Name a driver at the start of a line."""
    if name == "baseline":
        return f"{plan.baseline.kpi.label} without it"
    if name == "effect":
        return "Effect on a user" if plan.effect_of == "user" else "Effect on an adopter"
    return LABELS[name]
