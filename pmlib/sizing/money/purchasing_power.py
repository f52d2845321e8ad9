"""Income a head at exchange rates, and in what it buys."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pmlib.data import DataError, Source
from pmlib.data.source import check_amounts, check_source
from pmlib.data.words import meant
from pmlib.given import ungiven
from pmlib.parameters import check_name, check_names
from pmlib.result import Absent, Check, Number, Result
from pmlib.sizing.money.yearly import spans, years_of
from pmlib.table import Column, number

TITLE = "Income in what it buys"
NEEDED = ("gdp_a_head", "price_level")
SHOWN = 12  # countries in the chart: the first, and the focal one
COLUMNS = {
    "market": Column("Country"),
    "at_exchange_rate": Column("GDP a head at exchange rates", "$"),
    "at_purchasing_power": Column("GDP a head at purchasing power", "int$"),
    "price_level": Column("Price level", "US 2011 = 1"),
    "places": Column("Places gained"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PurchasingPower(Result):
    """GDP a head of countries, at exchange rates and at purchasing power."""

    focal: str

    def plot(self, ax: Any = None) -> Any:
        """Draw what income buys, by country."""
        from pmlib import chart

        spec = self.columns["at_purchasing_power"]
        own = self.frame["market"] == self.focal
        shown = self.frame[own | (self.frame.index < SHOWN - 1)]
        return chart.ranked(shown, "at_purchasing_power", "market", spec=spec, highlight=[self.focal], ax=ax)


def purchasing_power(
    source: Source, *, year: int, markets: Sequence[str] = (), focal: str = ""
) -> PurchasingPower | Absent:
    """Set GDP a head at exchange rates beside what it buys, in one year.

    Parameters
    ----------
    source : one row a market and period, with gdp_a_head (dollars at exchange rates) and price_level (what a
        dollar's worth of goods costs there); as `income_ppp`.
    markets : to compare; all when empty. focal : the one to speak of; the first when "".

    Returns
    -------
    PurchasingPower : frame has one row a market, largest purchasing power first: market, at_exchange_rate,
        at_purchasing_power (at_exchange_rate ÷ price_level), price_level, places (gained so).

    Raises
    ------
    DataError : a market or a year that the table does not have.
    """
    if absent := ungiven(TITLE, source, "table of incomes"):
        return absent
    check_source(source)
    check_names("markets", markets)
    check_name("focal", focal)
    lost = source.lacks("market", "period") + [name for name in NEEDED if name not in source.frame]
    if lost:
        return Absent(title=TITLE, reason=f"{source.name} has no column {' and no '.join(lost)}.")
    check_amounts(source, *NEEDED)
    if source.frame.empty:
        return Absent(title=TITLE, reason=f"{source.name} has no rows.")
    frame = _chosen(source, year, markets)
    if frame.empty:
        return Absent(title=TITLE, reason=f"{source.name} has no market with both columns filled in {year}.")
    focal = focal or (markets[0] if markets else str(frame["market"].iloc[0]))
    if focal not in set(frame["market"]):
        raise DataError(f"focal {focal!r} is not compared; {meant(focal, frame['market'])}")
    own = frame.set_index("market").loc[focal]
    ratio = own["at_purchasing_power"] / own["at_exchange_rate"]
    base = source.columns["income_a_head"].unit if "income_a_head" in source.frame else "int$"
    words = (
        f"{focal} produced {number(own['at_exchange_rate'], '$', 0)} a head in {year} at exchange rates; in "
        f"what that buys, {number(own['at_purchasing_power'], base, 0)}: {number(ratio, '', 2)} times."
    )
    spec = Column(COLUMNS["at_purchasing_power"].label, base)
    return PurchasingPower(
        title=f"{focal}: income buys {number(ratio, '', 1)} times its dollars",
        subtitle=f"{spec.heading}, {year}, by country",
        finding=words,
        frame=frame,
        columns=COLUMNS | {"at_purchasing_power": spec},
        source=source.line,
        numbers=(
            Number(
                name="purchasing_power",
                label=f"GDP a head in {focal}, at purchasing power",
                value=float(own["at_purchasing_power"]),
                unit=base,
                period=str(year),
                source=source.name,
            ),
        ),
        checks=(
            Check(
                "Exchange rates and purchasing power give the same order",
                not frame["places"].any(),
                f"{int((frame['places'] != 0).sum())} of {len(frame)} countries change places",
            ),
        ),
        focal=focal,
    )


def _chosen(source: Source, year: int, markets: Sequence[str]) -> pd.DataFrame:
    if isinstance(markets, str):
        raise DataError(f'markets is the text "{markets}"; write a list of countries: ["{markets}"]')
    years = years_of(source.frame)
    found = source.frame[years == year]
    if found.empty:
        raise DataError(f"{source.name} has no year {year}; it has {spans(years.unique())}")
    for market in markets:
        if market not in set(found["market"]):
            raise DataError(f"{source.name} has no {market!r} in {year}; {meant(market, found['market'])}")
    found = found[found["market"].isin(list(markets))] if markets else found
    for name in NEEDED:
        for market, value in zip(found["market"], found[name].astype(float), strict=True):
            if value <= 0 or value == float("inf"):
                found = f"{name} of {market} in {year} is {value:g}"
                raise DataError(f"{source.name}: {found}; it must be an amount above 0")
    nominal, level = found["gdp_a_head"].astype(float), found["price_level"].astype(float)
    frame = pd.DataFrame(
        {
            "market": found["market"].astype("str"),
            "at_exchange_rate": nominal,
            "at_purchasing_power": nominal / level,
            "price_level": level,
        }
    ).dropna()
    ranks = frame[["at_exchange_rate", "at_purchasing_power"]].rank(ascending=False).astype(int)
    frame["places"] = ranks["at_exchange_rate"] - ranks["at_purchasing_power"]
    return frame.sort_values("at_purchasing_power", ascending=False, ignore_index=True)
