"""What a firm's average sale costs against the market's: the price index."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pmlib.competitive.market import (
    check_firms,
    lacking,
    newest,
    period_label,
    sales_weights,
    span,
    volumes,
)
from pmlib.competitive.prices import prices
from pmlib.competitive.words import at, count, listed, names, possessive
from pmlib.data import Source
from pmlib.result import Absent, Number, Result
from pmlib.table import Column, number

TITLE = "Price against the market"
INDEX = Column("Market = 100", digits=0)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PriceIndex(Result):
    """Average price of each firm, with the market's average as 100."""

    shown: tuple[str, ...]

    def plot(self, ax: Any = None) -> Any:
        """Draw the firms asked for over time; bars when there is one period."""
        from pmlib import chart

        asked = self.frame[self.frame["firm"].isin(self.shown)]
        if asked["period"].min() < asked["period"].max():
            levels = {"Market": 100.0}
            return chart.lines(
                asked, "period", "index", "firm", spec=INDEX, highlight=self.shown, levels=levels, ax=ax
            )
        bars = asked.sort_values("index", ascending=False)
        return chart.ranked(bars, "index", "firm", spec=INDEX, highlight=self.shown, ax=ax)


def price_index(source: Source, *, focal: str, rivals: Sequence[str] = ()) -> PriceIndex | Absent:
    """Compare the average price of what each firm sold with the average of the whole market, per period.

    Averages weigh each product by its units sold, or by revenue over price where only revenue is known.
    Without sales every product counts the same, and the result says so. A firm that sold nothing in a period
    has no average there.

    Parameters
    ----------
    source : one row per product (and period), with firm and price.
    focal, rivals : firms the report is about.

    Returns
    -------
    PriceIndex : frame has one row per period and firm, newest period first, then the firms asked for, then
        the dearest: period, firm, products, price (average, as in the source), market (the market's average),
        index (market = 100).

    Raises
    ------
    ValueError : a firm is not in the source; a price of zero or below; missing or negative sales.
    """
    absent = lacking(TITLE, source, "firm", "price")
    if absent:
        return absent
    asked = check_firms(source, focal, rivals)
    sold, known = prices(source)
    weights = _weights(source, sold)
    frame = _ordered(_averages(sold, weights), asked)
    now = newest(frame).set_index("firm")["index"]
    if focal not in now:
        return Absent(title=TITLE, reason=f"{focal} sold nothing with a price in the newest period.")
    when = period_label(sold["period"], frame["period"].iloc[0])
    counted = "of products, each counting the same"
    if weights is not None:
        by_revenue = not source.has("units") and not source.has("share")
        counted = "of units sold, taken as revenue over price" if by_revenue else "of units sold"
    said = (
        f"{possessive(focal)} average {'sale' if weights is not None else 'product'} costs {_off(now[focal])}"
    )
    spec = source.columns.get("price", Column("Price"))
    return PriceIndex(
        title=f"{said} the market's",
        subtitle=f"Average price {counted}, market = {count(100)}"
        f"{', ' + span(frame['period']) if when else ''}",
        finding=_finding(focal, asked, now, frame, when),
        headline=f"{said} the market's.",
        frame=frame,
        columns={
            **({"period": Column("Period")} if when else {}),
            "firm": Column("Firm"),
            "products": Column("Products"),
            "price": Column("Average price", spec.unit, spec.digits),
            "market": Column("Market average", spec.unit, spec.digits),
            "index": INDEX,
        },
        source=source.line,
        numbers=tuple(_number(firm, now[firm], when, source) for firm in asked[:3] if firm in now),
        checks=(known,),
        shown=tuple(asked),
    )


def _weights(source: Source, sold: pd.DataFrame) -> pd.Series | None:
    weights = sales_weights(source, sold)
    if weights is None and source.has("revenue"):
        return volumes(source, "revenue")[0].loc[sold.index, "volume"] / sold["price"]
    return weights


def _averages(sold: pd.DataFrame, weights: pd.Series | None) -> pd.DataFrame:
    weighed = sold.assign(weight=1.0 if weights is None else weights)
    weighed["spent"] = weighed["price"] * weighed["weight"]
    firms = weighed.groupby(["period", "firm"], dropna=False, as_index=False).agg(
        products=("price", "size"), spent=("spent", "sum"), weight=("weight", "sum")
    )
    totals = firms.groupby("period", dropna=False)[["spent", "weight"]].transform("sum")
    firms["price"] = firms["spent"] / firms["weight"]  # missing where a firm sold nothing
    firms["market"] = totals["spent"] / totals["weight"]
    firms["index"] = 100 * firms["price"] / firms["market"]
    return firms.drop(columns=["spent", "weight"]).dropna(subset="index")


def _ordered(frame: pd.DataFrame, asked: list[str]) -> pd.DataFrame:
    place = frame["firm"].map({firm: i for i, firm in enumerate(asked)}).fillna(len(asked))
    keys = pd.DataFrame({"period": frame["period"], "place": place, "index": frame["index"]})
    order = keys.sort_values(["period", "place", "index"], ascending=[False, True, False]).index
    return frame.loc[order].reset_index(drop=True)


def _off(index: float) -> str:
    gap = round(index / 100 - 1, 2)
    return f"{number(abs(gap), '%', 0)} {'more' if gap > 0 else 'less'} than" if gap else "the same as"


def _finding(focal: str, asked: list[str], now: pd.Series, frame: pd.DataFrame, when: str) -> str:
    words = f"With the market at {count(100)}, {focal} stands at {count(now[focal])}"
    words += f" {at(when)}" if when else ""
    past = frame[frame["firm"] == focal]
    if len(past) > 1:
        first = past.iloc[-1]
        words += f" ({count(first['index'])} {at(period_label(past['period'], first['period']))})"
    others = [f"{firm} {count(now[firm])}" for firm in asked[1:5] if firm in now]
    return f"{words}{', ' + listed(others) if others else ''}."


def _number(firm: str, index: float, when: str, source: Source) -> Number:
    return Number(
        name=f"price_index_{names(source.frame['firm'])[firm]}",
        label=f"{possessive(firm)} average price, market = {count(100)}",
        value=float(index),
        period=when,
        source=source.name,
    )
