"""A declared table of prices or rates, as one value a currency and year."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from pmlib.data import DataError, Source
from pmlib.data.source import check_source
from pmlib.data.words import and_more, meant, shown

MEANING = {"market": "it is the currency, as 'USD'", "period": "it is the year"}
SPANS = 4  # stretches of years that an error lists


@dataclass(frozen=True)
class Yearly:
    """What one table says of each currency (or country) and year; a year of several rows has their mean.

    table : its name. what : a value of it in words, "price index". unit : of the value, as declared.
    values : by currency, then year.
    """

    table: str
    what: str
    unit: str
    values: Mapping[str, Mapping[int, float]]

    def has(self, name: str) -> bool:
        """Tell whether the table speaks of a currency or country at all."""
        return name in self.values

    def at(self, name: str, year: int) -> float:
        """Look up a value.

        Raises
        ------
        DataError : the table has none; it says what there is.
        """
        if name not in self.values:
            raise DataError(
                f"{self.table} has no {self.what} of {shown(name)}; {meant(name, self.values)}; "
                f"add its years to that table, with {shown(name)} in the column of role market"
            )
        years = self.values[name]
        if year not in years:
            raise DataError(
                f"{self.table} has no {self.what} of {name} in {year}; it has {spans(years)}; "
                "choose a year there, or add that year to the table"
            )
        return years[year]


def yearly(source: Source, what: str, column: str = "price") -> Yearly:
    """Lay out a table by currency and year.

    Parameters
    ----------
    source : one row a period and market (the currency, or the country whose prices these are).
    what : a value in words. column : that holds it.

    Raises
    ------
    DataError : the table lacks a role, or holds a value that is missing, or not above zero.
    """
    check_source(source)
    lost = [role for role in ("market", "period", column) if role not in source.frame]
    if lost:
        remedy = MEANING.get(lost[0], f"it is the {what}")
        raise DataError(f"{source.name} has no column {shown(lost[0])}; give one that role: {remedy}")
    frame = source.frame[["market", "period", column]]
    bad = (~(frame[column] > 0)).to_numpy()
    if bad.any():
        market, period, value = frame.iloc[int(bad.argmax())]
        remedy = "correct it, or leave the row out"
        raise DataError(f"{source.name}: {what} of {market} in {period:%Y} is {value}, not above 0; {remedy}")
    means = frame.groupby(["market", frame["period"].dt.year])[column].mean()
    values: dict[str, dict[int, float]] = {}
    for (market, year), value in means.items():
        values.setdefault(str(market), {})[int(year)] = float(value)
    return Yearly(source.name, what, source.columns[column].unit, values)


def spans(years: Iterable[int]) -> str:
    """Write the years there are: 1999 to 2008 and 2018 to 2026."""
    known = sorted(years)
    starts = [known[0], *(after for before, after in pairwise(known) if after > before + 1)]
    ends = [*(before for before, after in pairwise(known) if after > before + 1), known[-1]]
    written = [str(a) if a == b else f"{a} to {b}" for a, b in zip(starts, ends, strict=True)]
    return ", ".join(written[:SPANS]) + and_more(len(written) - SPANS)


def years_of(frame: pd.DataFrame) -> pd.Series:
    """Give the year of each row's period."""
    return frame["period"].dt.year
