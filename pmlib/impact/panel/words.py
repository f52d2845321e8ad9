"""Sentences of an effect that a comparison of units found."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pmlib.impact.panel.panel import Panel
from pmlib.impact.panel.pretrend import PreTrend
from pmlib.result import Number
from pmlib.table import Column, interval, interval_digits, number, percentage
from pmlib.wording import capital, lower

COMPARED = "comparing {got} with {others}"
FILLED = "filling in what {got} would have done from {others}"
Fields = Mapping[str, Any]


def unit_of(column: Column) -> str:
    """The unit of a difference: of two percentages, points."""
    return "points" if column.unit == "%" else column.unit


def clear(fields: Fields) -> bool:
    """Whether the interval leaves 0 out."""
    return bool(fields["low"] > 0 or fields["high"] < 0)


def title(column: Column, fields: Fields) -> str:
    """The effect in few words."""
    if not clear(fields):
        return f"No clear effect on {_short(column, 6)}"
    way = "higher" if fields["effect"] > 0 else "lower"
    size = share(fields) or written(abs(fields["effect"]), column, fields)
    return f"{capital(_short(column, 4))} about {size} {way} with the feature"


def _short(column: Column, most: int) -> str:
    """The outcome's name, where a title has room for it."""
    return lower(column.label) if len(column.label.split()) <= most else "the outcome"


def share(fields: Fields, *, sign: bool = False) -> str:
    """Write the effect as a percentage of what would have been, or nothing where that is unknown."""
    low, high = fields["relative_low"], fields["relative_high"]
    if np.isnan([low, high]).any():
        return ""
    value = fields["relative"] if sign else abs(fields["relative"])
    return number(value, "%", interval_digits(low, high, "%"), sign=sign)


def written(value: float, column: Column, fields: Fields, *, sign: bool = False) -> str:
    """Write a value no finer than the effect's interval allows."""
    unit = unit_of(column)
    digits = None if np.isnan(fields["se"]) else interval_digits(fields["low"], fields["high"], unit)
    return number(value, unit, digits, sign=sign)


def finding(column: Column, fields: Fields, how: str) -> str:
    """The effect with its range, or what could have been found."""
    value, label = written(fields["effect"], column, fields, sign=True), lower(column.label)
    if np.isnan(fields["se"]):
        return f"With the feature, {label} changed by {value}, {how}; so few values tell no range."
    ends = interval(fields["low"], fields["high"], unit_of(column))
    spread = f"{ends}, {percentage(fields['level'])} interval"
    if clear(fields):
        part = share(fields, sign=True)
        words = f"With the feature, {label} changed by {value}{f', or {part}' if part else ''}"
    else:
        words = f"We cannot tell whether the feature moved {label}: {value}"
    return f"{sees(column, fields)} {words} ({spread}), {how}."


def headline(column: Column, fields: Fields, how: str) -> str:
    """Say it as the first screen does."""
    if np.isnan(fields["se"]):
        return finding(column, fields, how)
    part, level, label = share(fields, sign=True), percentage(fields["level"]), column.label
    ends = (
        interval(fields["relative_low"], fields["relative_high"], "%")
        if part
        else interval(fields["low"], fields["high"], unit_of(column))
    )
    said = f"{part or written(fields['effect'], column, fields, sign=True)} ({ends}, {level})"
    if clear(fields):
        return f"{capital(label)} with the feature: {said} against what it would have been, {how}."
    return f"We cannot yet say that the feature moved {lower(label)}. {sees(column, fields)} It found {said}."


def sees(column: Column, fields: Fields) -> str:
    """Say what could have been found."""
    least = fields["detectable"]
    digits = 0 if least > 0.1 else 1
    large = written(2.8 * fields["se"], column, fields) if np.isnan(least) else number(least, "%", digits)
    return f"This comparison finds effects from {large} on."


def advice(column: Column, fields: Fields) -> str:
    """What it means for whoever decides."""
    if not clear(fields):
        return "Do not plan on an effect; measure longer, or with more units."
    end = "low" if fields["effect"] > 0 else "high"
    part = fields[f"relative_{end}"]
    digits = interval_digits(fields["relative_low"], fields["relative_high"], "%") if share(fields) else None
    least = written(fields[end], column, fields, sign=True)
    said = number(part, "%", digits, sign=True) if share(fields) else least
    if {"higher": end == "high", "lower": end == "low"}.get(column.better, False):
        return f"It went the wrong way: by {said} at least, as far as these units tell."
    return f"Plan on its cautious end, {said}."


def subtitle(panel: Panel, level: float, more: str = "") -> str:
    """What was compared, and when."""
    got = len(panel.treated_units)
    never = len(panel.units) - got
    when = f"{panel.periods[0]} to {panel.periods[-1]}"
    others = f"{never:,} without it" if never else "none without it in the end"
    words = f"{panel.column.heading}, {when}; {units(got)} with the feature, {others}"
    return f"{words}; {percentage(level)} intervals{more}"


def said(column: Column, fields: Fields, how: str, source: str) -> dict[str, Any]:
    """The words and numbers that every result has. how : in words, as "comparing 3 with 5"."""
    return {
        "title": title(column, fields),
        "finding": finding(column, fields, how),
        "headline": headline(column, fields, how),
        "advice": advice(column, fields),
        "source": source,
        "numbers": numbers(column, fields, source),
    }


def said_of(
    panel: Panel, fields: Fields, others: str, before: PreTrend, way: str = COMPARED
) -> dict[str, Any]:
    """The words of a panel's result. others : who those with the feature are compared with."""
    got = units(len(panel.treated_units))
    how = way.format(got=got, others=others)
    return said(panel.column, fields, how, panel.source) | {"unknown": before.sentence(panel.column)}


def units(count: int) -> str:
    """Count units."""
    return f"{count:,} unit{'' if count == 1 else 's'}"


def numbers(column: Column, fields: Fields, source: str) -> tuple[Number, ...]:
    """The effect, and the effect as a fraction."""
    level = fields["level"]
    found = [
        Number(
            name="effect",
            label=f"change of {lower(column.label)} by the feature",
            value=fields["effect"],
            low=_told(fields["low"]),
            high=_told(fields["high"]),
            level=level,
            unit=unit_of(column),
            source=source,
        )
    ]
    if (
        fields["relative_low"] == fields["relative_low"]
        and fields["relative_high"] == fields["relative_high"]
    ):
        found.append(
            Number(
                name="relative_effect",
                label=f"of {lower(column.label)} without the feature",
                value=fields["relative"],
                low=fields["relative_low"],
                high=fields["relative_high"],
                level=level,
                unit="%",
                source=source,
            )
        )
    return tuple(found)


def _told(end: float) -> float | None:
    return None if np.isnan(end) else end
