"""What moved in the market between the last two periods: who entered or left, whose share and price moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.market import check_firms, check_prices, lacking, period_label, rows, volumes
from pmlib.competitive.moves import (
    arrivals,
    followed,
    is_news,
    price_moves,
    product_prices,
    share_moves,
)
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import count, gained, level_words, listed, percent, points, possessive
from pmlib.data import Source
from pmlib.edition import previous
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, number, percentage

TITLE = "What moved in the market"
ENTERED, LEFT, SHARE, PRICE = "firm entered", "firm left", "share moved", "price moved"
ONE_PRICE, NEW, GONE = "product's price moved", "new product", "product gone"
ORDER = (ENTERED, LEFT, SHARE, PRICE, ONE_PRICE, NEW, GONE)
BARS, NAMED = 10, 2
CHANGE = Column("Change of share", "points", 1)
COLUMNS = {
    "who": Column("Who"),
    "news": Column("News"),
    "before": Column("Before"),
    "now": Column("Now"),
    "move": Column("Change"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MarketMonitor(Result):
    """What is news in the newest period, firms before products.

    shares, prices : every firm's share and like-for-like price, as `moves` gives them.
    """

    shares: pd.DataFrame
    prices: pd.DataFrame
    shown: tuple[str, ...]

    def plot(self, ax: Any = None) -> Any:
        """Draw the changes of share: of the firms asked for and the largest others."""
        from pmlib import chart

        known = self.shares.dropna(subset="change")
        if known.empty:
            return None
        size = known["change"].abs().where(~known["firm"].isin(self.shown), np.inf)
        bars = known[size.rank(ascending=False, method="first") <= max(BARS, len(self.shown))]
        return chart.ranked(bars, "change", "firm", spec=CHANGE, highlight=self.shown, signed=True, ax=ax)


def market_monitor(
    source: Source,
    *,
    focal: str,
    rivals: Sequence[str] = (),
    basis: str = "units",
    materiality: float = 0.01,
    sampled: bool = False,
    level: float = 0.95,
) -> MarketMonitor | Absent:
    """Compare the newest period with that of the report's last edition; without an earlier one, with the one
    before.

    Prices are compared like for like: over each firm's products that are priced in both periods, weighed by
    what was spent on them (Törnqvist's index; equally without sales).

    Parameters
    ----------
    source : one row per product and period, with firm; sales, product and price as there are.
    focal, rivals : firms the report is about. basis : shares of "units" sold or of "revenue".
    materiality : a smaller change is no news: points of share as a fraction, or that fraction of a price.
    sampled : whether units count what a sample bought: then a change is news only where its interval leaves 0
        out, too. Else everything is counted, and no interval applies.
    level : of the intervals.

    Returns
    -------
    MarketMonitor : frame has one row for each piece of news: who, firm, news ("firm entered", "firm left",
        "share moved", "price moved", "product's price moved", "new product", "product gone"), before, now and
        move (in words), change (of share, or of price as a fraction), low, high.

    Raises
    ------
    ValueError : an unknown firm or basis; a missing or negative value; a price that is not above 0; a sample
        that is not counted in units.

    References
    ----------
    Diewert (1976), "Exact and Superlative Index Numbers", J. Econometrics 4(2).
    """
    check_level(level)
    if not 0 <= materiality < 1:
        raise ValueError(f"materiality is a fraction such as 0.01 for one point, not {materiality!r}")
    if sampled and (basis != "units" or not source.has("units")):
        raise ValueError(f"{source.name}: a sample is judged by the units it bought; leave sampled out")
    if (absent := lacking(TITLE, source, "firm", "period", periods=2, firms=1)) is not None:
        return absent
    asked = check_firms(source, focal, rivals)
    every, dropped = _sold(source, basis)
    ends = _ends(every["period"], source.name)
    if len(ends) < 2:
        return Absent(title=TITLE, reason="Something was sold in one period only.")
    labels = [period_label(every["period"], end) for end in ends]
    then, now = (every[every["period"] == end] for end in ends)
    # Where a row is a firm, no product is known.
    products = source.has("product") or source.has("name")
    key, pairs = followed(then, now) if products else followed(then.head(0), now)
    shares = share_moves(then, now, sampled=sampled, level=level)
    prices = price_moves(pairs, sampled=sampled, level=level)
    news = [*_firms(shares, materiality), *_prices(prices, materiality)]
    news += [*_products(pairs, materiality), *(_entries(then, now, key) if key else [])]
    frame = _ordered(news, asked)
    return MarketMonitor(
        title=_title(frame, focal, labels[0]),
        finding=_finding(frame, labels),
        headline=_headline(frame, labels),
        subtitle=f"{labels[0]} to {labels[1]}; news from {number(materiality, 'points')} of share or "
        f"{percentage(materiality)} of a price on{', beyond ' + level_words(level) if sampled else ''}",
        frame=frame,
        columns=COLUMNS,
        source=source.line,
        numbers=_numbers(shares, prices, focal, labels[1], source, level if sampled else None),
        checks=(*([dropped] if dropped else []), _can_follow(then, key, pairs)),
        shares=shares,
        prices=prices,
        shown=tuple(asked),
    )


def _ends(periods: pd.Series, name: str) -> list[pd.Timestamp]:
    # Readers know what the last edition told them, however many periods ago that was.
    known = sorted(periods.unique())
    told = {number.period for number in (previous() or {}).values() if number.source == name}
    before = [one for one in known[:-1] if period_label(periods, one) in told]
    return [(before or known)[-1 if before else -2], known[-1]] if len(known) > 1 else known


def _sold(source: Source, basis: str) -> tuple[pd.DataFrame, Check | None]:
    if any(source.has(role) for role in ("units", "share", "revenue")):
        every, dropped = volumes(source, basis)
        every = every[every["volume"] > 0]
    else:
        every, dropped = rows(source).assign(volume=np.nan), None
    if "price" not in every:
        return every.assign(price=np.nan), dropped
    check_prices(source, every)
    return every, dropped


def _firms(shares: pd.DataFrame, materiality: float) -> list[dict[str, Any]]:
    found = []
    for row in shares.itertuples():
        news = SHARE if row.stood and row.stands else ENTERED if row.stands else LEFT
        if news != SHARE or is_news(row, materiality):
            before, now = (_or_none(v, percent) for v in (row.before, row.now))
            found.append(_item(row.firm, row, news, before, now, _or_none(row.change, _points)))
    return found


def _prices(prices: pd.DataFrame, materiality: float) -> list[dict[str, Any]]:
    return [
        _item(row.firm, row, PRICE, "–", _products_of(row.products), _percent(row.change))
        for row in prices.itertuples()
        if is_news(row, materiality)
    ]


def _products_of(items: int) -> str:
    return f"{count(items)} product{'s' * (items != 1)}, like for like"


def _products(pairs: pd.DataFrame, materiality: float) -> list[dict[str, Any]]:
    moved = product_prices(pairs).assign(low=np.nan, high=np.nan)
    return [
        _item(row.who, row, ONE_PRICE, number(row.before), number(row.now), _percent(row.change))
        for row in moved.itertuples()
        if is_news(row, materiality)
    ]


def _entries(then: pd.DataFrame, now: pd.DataFrame, key: str) -> list[dict[str, Any]]:
    came, went = arrivals(then, now, key), arrivals(now, then, key)
    came, went = came.assign(change=came["share"]), went.assign(change=-went["share"])
    found = [_item(row.who, row, NEW, "–", _or_none(row.share, percent), "–") for row in came.itertuples()]
    return found + [
        _item(row.who, row, GONE, _or_none(row.share, percent), "–", "–") for row in went.itertuples()
    ]


def _item(who: str, row: Any, news: str, before: str, now: str, move: str) -> dict[str, Any]:
    ends = {"change": row.change, "low": getattr(row, "low", np.nan), "high": getattr(row, "high", np.nan)}
    return {"who": who, "firm": row.firm, "news": news, "before": before, "now": now, "move": move, **ends}


def _or_none(value: float, write: Any) -> str:
    return "–" if np.isnan(value) else write(value)


def _points(change: float) -> str:
    return number(change, "points", 1, sign=True)


def _percent(change: float) -> str:
    return number(change, "%", 1, sign=True)


def _ordered(news: list[dict[str, Any]], asked: list[str]) -> pd.DataFrame:
    columns = ["who", "firm", "news", "before", "now", "move", "change", "low", "high"]
    frame = pd.DataFrame(news, columns=columns).astype(dict.fromkeys(columns[-3:], float))
    keys = pd.DataFrame({"news": frame["news"].map(ORDER.index), "size": -frame["change"].abs()})
    keys["place"] = frame["who"].map({firm: i for i, firm in enumerate(asked)}).fillna(len(asked))
    return frame.loc[keys.sort_values(["news", "place", "size"], kind="stable").index].reset_index(drop=True)


def _title(frame: pd.DataFrame, focal: str, since: str) -> str:
    shares = frame[frame["news"] == SHARE].set_index("who")["change"]
    if focal in shares:
        return f"{focal} {gained(shares[focal])} {points(shares[focal])} since {since}"
    for news, verb in ((ENTERED, "entered"), (LEFT, "left")):
        who = frame.loc[frame["news"] == news, "who"]
        if focal in who.tolist():
            return f"{focal} {verb}"
        if len(who):
            return f"{focal} held its share; {who.iloc[0]} {verb}"
    if shares.empty:
        return f"{focal} held its share since {since}"
    return f"{focal} held its share; {shares.index[0]} {gained(shares.iloc[0])} {points(shares.iloc[0])}"


def _headline(frame: pd.DataFrame, labels: list[str]) -> str:
    said = []
    for news, verb in ((ENTERED, "entered"), (LEFT, "left")):
        who = frame.loc[frame["news"] == news, "who"].tolist()
        if who:
            more = [f"{count(len(who) - NAMED)} more"] if len(who) > NAMED else []
            said.append(f"{listed([*who[:NAMED], *more])} {verb}")
    shares = frame[frame["news"] == SHARE].head(NAMED)
    moved = [
        f"{row.who} {gained(row.change)} {points(row.change, unit=not i)}"
        for i, row in enumerate(shares.itertuples())
    ]
    said += [", ".join(moved)] if moved else []
    words = "; ".join(said) if said else "no firm came or went, and no share moved"
    return f"From {labels[0]} to {labels[1]} {words}."


def _finding(frame: pd.DataFrame, labels: list[str]) -> str:
    prices = frame[frame["news"] == PRICE].head(NAMED)
    moved = listed([f"{row.who} {row.move}" for row in prices.itertuples()])
    words = f"prices, like for like: {moved}" if moved else "no price moved, like for like"
    return f"{_headline(frame, labels)[:-1]}; {words}."


def _numbers(
    shares: pd.DataFrame,
    prices: pd.DataFrame,
    focal: str,
    period: str,
    source: Source,
    level: float | None,
) -> tuple[Number, ...]:
    said = (
        ("focal_share_move", f"change of {possessive(focal)} share in the newest period", shares, "points"),
        ("focal_price_move", f"change of {possessive(focal)} prices, like for like", prices, "%"),
    )
    found = []
    for name, label, frame, unit in said:
        own = frame[frame["firm"] == focal].dropna(subset="change")
        if len(own):
            row = own.iloc[0]
            ends = (None, None) if np.isnan(row["low"]) else (float(row["low"]), float(row["high"]))
            found.append(
                Number(
                    name=name,
                    label=label,
                    value=float(row["change"]),
                    low=ends[0],
                    high=ends[1],
                    level=level if ends[0] is not None else None,
                    unit=unit,
                    period=period,
                    source=source.name,
                )
            )
    return tuple(found)


def _can_follow(then: pd.DataFrame, key: str, pairs: pd.DataFrame) -> Check:
    saw = f"{count(len(pairs))} of {count(len(then))} are there again" + (" by name" if key == "name" else "")
    return Check("Products can be followed into the newest period", bool(key), saw)
