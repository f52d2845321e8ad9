"""The number that turns one unit into another; money of another currency or year needs rates."""

from typing import Protocol

import numpy as np

from pmlib.result import Absent
from pmlib.sizing.drivers.units import PLAIN, Money, Unit


class Rates(Protocol):
    """What knows exchange rates and price levels."""

    def convert(
        self, values: np.ndarray, from_currency: str, from_year: int, to_currency: str, to_year: int
    ) -> np.ndarray:
        """Convert amounts between currencies and price years."""


def factor(given: Unit, wanted: Unit, rates: Rates | Absent | None) -> float:
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


def _rate(money: Money, to: Money, rates: Rates | Absent | None) -> float:
    if rates is None or isinstance(rates, Absent):
        lack = "none were given" if rates is None else f"they are absent ({rates.reason})"
        raise ValueError(
            f"{money} in {to} needs rates, and {lack}; pass money=sizing.money(prices, rates) to the tree, "
            f"or write {to} where {money} stands"
        )
    found = rates.convert(np.ones(1), money.currency, money.year, to.currency, to.year)
    return float(np.asarray(found)[0])


def lacking(given: Unit, wanted: Unit) -> str:
    """Say which things two units do not share."""
    if wanted.plain or given.plain:
        unit, other = (given, wanted) if wanted.plain else (wanted, given)
        return f"{other} is a number without a unit; divide by what is in {unit}, or give it a unit"
    factors = (given / wanted).factors
    if sorted(power for _, power in factors) == [-1, 1]:
        right, left = (thing for thing, _ in sorted(factors, key=lambda factor: factor[1]))
        if (right, 1) in wanted.factors:
            return f"{left} stands where {right} should; mend the formula, or the unit of a driver"
    beyond = Unit(factors)
    if all(power < 0 for _, power in factors):
        return f"{PLAIN / beyond} is missing; multiply by it, or mend the unit of a driver"
    return f"{beyond} is too many; divide by it, or mend the unit of a driver"
