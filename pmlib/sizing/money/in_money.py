"""A column of sums in the money of another currency and year."""

import re
from dataclasses import replace

import pandas as pd

from pmlib.data import DataError, Source
from pmlib.data.source import check_source
from pmlib.data.words import meant, shown
from pmlib.parameters import check_name
from pmlib.sizing.money.exchange import SIGNS, Money, check_money
from pmlib.sizing.money.yearly import years_of
from pmlib.table import Column

# "$k (1983)", "USD", "€ (2020)", "EUR/order (2020)"
UNIT = re.compile(r"(?P<currency>[$€£¥]|[A-Z]{3})(?P<scale>[^(]*?)(?: \((?P<year>[0-9]{4})\))?")


def in_money(source: Source, column: str, *, money: Money, currency: str, year: int) -> Source:
    """Write one column of a table in another money; its unit says from which.

    Parameters
    ----------
    column : its unit begins with a currency; "$k (1983)" is of one year, "$" is of each row's period.
    money : as `money` makes it. currency, year : to write it in.

    Returns
    -------
    Source : the same, with that column multiplied and its unit rewritten.

    Raises
    ------
    DataError : no such column, or its unit names no money; no price index or rate for it.
    """
    check_source(source)
    check_name("column", column)
    if not isinstance(money, Money):
        raise TypeError(f"money is {shown(money)}; make it of tables: sizing.money(prices, rates)")
    check_money(currency, year)
    if column not in source.frame:
        raise DataError(f"{source.name} has no column {shown(column)}; {meant(column, source.frame)}")
    old = source.columns[column]
    found = UNIT.fullmatch(old.unit)
    if not found:
        said = f"unit of {column!r} is {shown(old.unit)}, which names no money"
        raise DataError(f'{source.name}: {said}; declare it, as in unit = "$ (1983)"')
    origin = SIGNS.get(found["currency"], found["currency"])
    if not found["year"] and "period" not in source.frame:
        said = f"unit of {column!r} is {shown(old.unit)}, without its year, and no row has a period"
        raise DataError(f'{source.name}: {said}; declare the year, as in unit = "{old.unit} (1983)"')
    if found["year"]:
        factors: pd.Series | float = money.factor(origin, int(found["year"]), currency, year).value
    else:
        by_row = years_of(source.frame)
        known = {int(y): money.factor(origin, int(y), currency, year).value for y in by_row.unique()}
        factors = by_row.map(known).astype(float)
    sign = next((sign for sign, code in SIGNS.items() if code == currency), currency)
    label = Column(old.label, f"{sign}{found['scale']} ({year})", better=old.better)
    frame = source.frame.assign(**{column: source.frame[column] * factors})
    return replace(source, frame=frame, columns={**source.columns, column: label})
