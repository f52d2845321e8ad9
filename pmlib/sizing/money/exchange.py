"""Sums of one currency and price year as sums of another."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np

from pmlib.data import DataError, Source
from pmlib.data.words import shown
from pmlib.sizing.money.yearly import Yearly, yearly
from pmlib.table import number

SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
INTERNATIONAL = "INT"  # dollars of purchasing power
CODE = re.compile("[A-Z]{3}")
Values = TypeVar("Values", float, np.ndarray)


@dataclass(frozen=True)
class Factor:
    """What a sum is multiplied by, and how that came.

    words : each step, as in "× 1.503 for prices in USD, 2000 to 2020 (us_cpi)".
    other_way : the factor of the steps in the other order, where the tables allow it.
    """

    value: float
    words: str
    other_way: float | None = None


@dataclass(frozen=True)
class Money:
    """Turns sums into another currency and price year; `money` makes it.

    prices, rates, parity : by currency, by currency, and by country; None where no table was given.
    first : whether a sum that changes both is deflated or converted first.
    """

    prices: Yearly | None
    rates: Yearly | None
    parity: Yearly | None
    first: Literal["deflate", "convert"]

    def convert(
        self, values: Values, from_currency: str, from_year: int, to_currency: str, to_year: int
    ) -> Values:
        """Write sums in another currency and the prices of another year.

        Raises
        ------
        DataError : a table that is needed was not given, or lacks that currency or year.
        """
        return values * self.factor(from_currency, from_year, to_currency, to_year).value

    def factor(self, from_currency: str, from_year: int, to_currency: str, to_year: int) -> Factor:
        """Say what `convert` multiplies by, and why.

        A sum that changes currency and year is deflated at home and converted at the rate of the target
        year: it keeps what it bought where it was spent, and all sums of an answer share the rates of one
        year. Converted first, at the rate of its own year, it follows prices in the target's country
        instead. The two differ by how far the real exchange rate has moved.

        Raises
        ------
        DataError : a table that is needed was not given, or lacks that currency or year.
        """
        check_money(from_currency, from_year)
        check_money(to_currency, to_year)
        if INTERNATIONAL in (from_currency, to_currency):
            raise DataError(
                f"{from_currency}{from_year} does not become {to_currency}{to_year} by any rate: purchasing "
                "power differs by country; use Money.at_purchasing_power, or a column at purchasing power"
            )
        if from_currency == to_currency:
            return self._deflated(from_currency, from_year, to_year)
        if from_year == to_year:
            return self._exchanged(from_currency, to_currency, to_year)
        ways: dict[str, Callable[[], Factor]] = {
            "deflate": lambda: _after(
                self._deflated(from_currency, from_year, to_year),
                self._exchanged(from_currency, to_currency, to_year),
            ),
            "convert": lambda: _after(
                self._exchanged(from_currency, to_currency, from_year),
                self._deflated(to_currency, from_year, to_year),
            ),
        }
        other = next(way for way in ways if way != self.first)
        try:
            taken = ways[self.first]()
        except DataError as error:
            if not _possible(ways[other]):
                raise
            raise DataError(f'{error}; or say first="{other}", which these tables allow') from None
        unlike = ways[other]().value if _possible(ways[other]) else None
        return Factor(taken.value, taken.words, unlike)

    def deflate(self, values: Values, currency: str, from_year: int, to_year: int) -> Values:
        """Write sums in the prices of another year, in the same currency.

        Raises
        ------
        DataError : there is no price index of that currency and those years.
        """
        return self.convert(values, currency, from_year, currency, to_year)

    def at_purchasing_power(self, values: Values, market: str, year: int) -> Values:
        """Write sums spent in a country, in its own money of a year, in the dollars that buy as much.

        The dollars are those of the table's unit, "per int$ (2011)": of one price level in all years.

        Raises
        ------
        DataError : no table of purchasing power was given, or it lacks that country or year.
        """
        if self.parity is None:
            raise DataError('no purchasing power was given: pass ppp=, as in ppp=data.read("income_ppp")')
        return values / self.parity.at(market, year)

    def _deflated(self, currency: str, start: int, end: int) -> Factor:
        if start == end:
            return Factor(1.0, "")
        if self.prices is None:
            raise DataError(
                f"{currency} of {start} is not {currency} of {end}, and no prices were given: pass prices=, "
                'as in money(data.read("us_cpi"))'
            )
        value = self.prices.at(currency, end) / self.prices.at(currency, start)
        by = f"for prices in {currency}, {start} to {end} ({self.prices.table})"
        return Factor(value, f"× {number(value, '', 3)} {by}")

    def _exchanged(self, source: str, target: str, year: int) -> Factor:
        if self.rates is None:
            raise DataError(
                f"{source} is not {target}, and no exchange rates were given: pass rates=, "
                'as in rates=data.read("ecb_fx")'
            )
        value = self._rate(target, year) / self._rate(source, year)
        return Factor(value, f"× {value:.4g} {target} for a {source}, mean of {year} ({self.rates.table})")

    def _rate(self, currency: str, year: int) -> float:
        assert self.rates is not None
        base = _base(self.rates)
        return 1.0 if currency == base else self.rates.at(currency, year)


def money(
    prices: Source | None = None,
    rates: Source | None = None,
    ppp: Source | None = None,
    *,
    first: Literal["deflate", "convert"] = "deflate",
) -> Money:
    """Take the tables by which sums change currency and year.

    Parameters
    ----------
    prices : a consumer price index: one row a currency (role market, as "USD") and period, role price.
    rates : exchange rates: one row a currency (role market) and period; role price, whose unit says of what
        it is the price: "per EUR".
    ppp : purchasing power: one row a country (role market) and period; a column `ppp`, national money per
        dollar of purchasing power.
    first : of a sum that changes currency and year: "deflate" at home and convert at the target year's rate,
        or "convert" at its own year's rate and follow the target's prices.

    A table that is None, or was not given, is missed only where a sum needs it.

    Raises
    ------
    DataError : a table lacks a role, or holds a value that is not above zero.
    """
    if first not in ("deflate", "convert"):
        raise DataError(f'first is {shown(first)}; write "deflate" or "convert"')
    index, exchange = _given(prices, "price index"), _given(rates, "exchange rate")
    if exchange:
        _base(exchange)
    return Money(index, exchange, _given(ppp, "purchasing power", "ppp"), first)


def check_money(currency: Any, year: Any) -> None:
    """Refuse what is no currency and year.

    Raises
    ------
    DataError : says what to write instead.
    """
    if not isinstance(currency, str) or not CODE.fullmatch(currency):
        meant = SIGNS.get(str(currency).strip()) or str(currency).strip().upper()
        remedy = f'"{meant}"' if CODE.fullmatch(meant) else 'a code of three letters, as "USD"'
        raise DataError(f"currency is {shown(currency)}; write {remedy}")
    if isinstance(year, bool) or not isinstance(year, (int, np.integer)):
        raise DataError(f"price year of {currency} is {shown(year)}; write a whole number, as 2025")


def _given(source: Source | None, what: str, column: str = "price") -> Yearly | None:
    if source is None or (isinstance(source, Source) and not source.given):
        return None
    return yearly(source, what, column)


def _base(rates: Yearly) -> str:
    found = re.fullmatch(r"per ([A-Z]{3}|[$€£¥])", rates.unit)
    if not found:
        raise DataError(
            f"{rates.table}: unit of its rates is {shown(rates.unit)}; say what they are the price of, "
            'as in unit = "per EUR"'
        )
    return SIGNS.get(found[1], found[1])


def _after(one: Factor, two: Factor) -> Factor:
    return Factor(one.value * two.value, f"{one.words}, {two.words}")


def _possible(way: Callable[[], Factor]) -> bool:
    try:
        way()
    except DataError:
        return False
    return True
