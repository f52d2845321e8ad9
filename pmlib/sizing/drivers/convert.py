"""The number that turns one unit into another; money of another currency or year needs rates."""

from collections.abc import Iterable
from typing import Protocol

import numpy as np

from pmlib.sizing.drivers.units import Money, Unit


class Rates(Protocol):
    """What knows exchange rates and price levels."""

    def convert(
        self, values: np.ndarray, from_currency: str, from_year: int, to_currency: str, to_year: int
    ) -> np.ndarray:
        """Convert amounts between currencies and price years."""


def factor(given: Unit, wanted: Unit, rates: Rates | None) -> float:
    """Find what values of one unit are multiplied by to be of another.

    Raises
    ------
    ValueError : the units are of different things; money is to be converted without rates.
    """
    times, bridged = 1.0, given
    for money, power in given.money.items():
        others = [other for other, p in wanted.money.items() if p == power and other not in given.money]
        if money in wanted.money or not others:
            continue
        times *= _rate(money, others[0], rates) ** float(power)
        bridged = bridged / Unit(((money, power),)) * Unit(((others[0], power),))
    if bridged.dimensions != wanted.dimensions:
        raise ValueError(f"`in` cannot turn {given} into {wanted}; {lacking(given, wanted)}")
    return times * (given.scale / wanted.scale)


def _rate(money: Money, to: Money, rates: Rates | None) -> float:
    if rates is None:
        raise ValueError(
            f"{money} in {to} needs rates, and none were given; pass money=sizing.money(...) to the tree, "
            f"or write {to} where {money} stands"
        )
    found = rates.convert(np.ones(1), money.currency, money.year, to.currency, to.year)
    return float(np.asarray(found)[0])


def lacking(given: Unit, wanted: Unit) -> str:
    """Say which things two units do not share."""
    if wanted.plain or given.plain:
        unit, other = (given, wanted) if wanted.plain else (wanted, given)
        return f"{other} is a number without a unit; divide by what is in {unit}, or give it a unit"
    left = _names(given.dimensions.items() - wanted.dimensions.items())
    right = _names(wanted.dimensions.items() - given.dimensions.items())
    if not left:
        return f"{right} is missing; multiply by it, or mend the unit of a driver"
    if not right:
        return f"{left} is too many; divide by it, or mend the unit of a driver"
    return f"{left} stands where {right} should; mend the formula, or the unit of a driver"


def _names(items: Iterable[tuple[tuple[str, int], object]]) -> str:
    words = [f"{name}{year or ''}" for (name, year), _ in sorted(items)]
    return " and ".join(words)
