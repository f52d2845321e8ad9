"""A firm's price against comparable products, period by period."""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from pmlib.competitive.comparable import GAP, Comparables, all_known, all_used, comparables
from pmlib.competitive.market import check_firms, lacking, period_label, rows
from pmlib.competitive.premium import COLUMNS, firm_premiums, premium_number
from pmlib.competitive.prices import prices
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import apart, at, capital, count, level_words
from pmlib.data import Source
from pmlib.result import Absent, Check, Result
from pmlib.table import Column

TITLE = "Price against comparable products over time"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PremiumHistory(Result):
    """A firm's price against comparable products, period by period."""

    def plot(self, ax: Any = None) -> Any:
        """Draw the difference over time with its interval."""
        from pmlib import chart

        return chart.bands(self.frame, "period", spec=GAP, zero=0.0, ax=ax)


def premium_history(source: Source, *, focal: str, level: float = 0.95) -> PremiumHistory | Absent:
    """Follow a firm's price against comparable products, each period compared within itself.

    All periods are compared on the same attributes, those of the newest period that can be compared. In a
    period where one of them is the same for all, it makes no difference.

    Parameters
    ----------
    source : one row per product and period, with firm, price and attributes.
    focal : the firm. level : of the intervals.

    Returns
    -------
    PremiumHistory : frame has one row a period, newest first: period, and the columns of
        `premium.firm_premiums`. A Check names the periods left out, which cannot be compared on these
        attributes.

    Raises
    ------
    ValueError : the firm is not in the source; a price of zero or below; a level outside 0 to 1.
    """
    check_level(level)
    absent = lacking(TITLE, source, "firm", "price", "period", periods=2)
    if absent:
        return absent
    check_firms(source, focal)
    markets, frame = _periods(source, focal, level)
    if len(frame) < 2:
        return Absent(title=TITLE, reason="No two periods have enough products to compare.")
    last, first = frame.iloc[0], frame.iloc[-1]
    end, start = (period_label(frame["period"], row["period"]) for row in (last, first))
    now = apart(last.estimate, last.low, last.high, "comparable products")
    then = apart(first.estimate, first.low, first.high, "them")
    words = f"{capital(at(end))} {focal} was priced {now}; {at(start)}, {then}."
    return PremiumHistory(
        title=f"{focal}: {_moved(first, last)} against comparable products",
        subtitle=f"Price against other firms' products equal in {markets[0].basis}, period by period, "
        f"{start} to {end}; {level_words(level)}",
        finding=words,
        headline=words,
        frame=frame,
        columns={"period": Column("Period")} | {name: COLUMNS[name] for name in COLUMNS if name != "firm"},
        source=source.line,
        numbers=(premium_number(last, level, end, source),),
        checks=_checks(source, markets, frame["period"]),
    )


def _periods(source: Source, focal: str, level: float) -> tuple[list[Comparables], pd.DataFrame]:
    # The markets that can be compared on the attributes of the newest of them, and the firm's row in each.
    markets: list[Comparables] = []
    found = []
    for period in sorted(rows(source)["period"].unique(), reverse=True):
        now = replace(source, frame=source.frame[source.frame["period"] == period])
        market = comparables(TITLE, now, extra=1)
        if isinstance(market, Absent) or (markets and not market.complete):
            continue
        row = firm_premiums(market, [focal], level)
        if row["estimate"].notna().all():
            markets.append(market)
            found.append(row.assign(period=period))
            source = replace(source, attributes=markets[0].attributes)
    frame = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["period"])
    return markets, frame[["period", *(name for name in frame if name != "period")]]


def _checks(source: Source, markets: list[Comparables], kept: pd.Series) -> tuple[Check, ...]:
    periods = source.frame["period"]
    gone = sorted(set(periods) - set(kept), reverse=True)
    saw = f"left out: {', '.join(period_label(periods, period) for period in gone)}"
    priced, missing = prices(replace(source, frame=source.frame[periods.isin(kept)]))
    unknown = len(priced) - sum(len(market.rows) for market in markets)
    return (
        Check(
            "Every period compares on the same attributes",
            not gone,
            saw if gone else f"{count(len(kept))} periods",
        ),
        *([] if missing.passed else [missing]),
        all_known(unknown, len(priced)),
        all_used(source, markets[0].left),
    )


def _moved(first: pd.Series, last: pd.Series) -> str:
    # Only intervals that do not overlap are called a change: stricter than a test, plain to see in the chart.
    if last["low"] > first["high"]:
        return "dearer than before"
    return "cheaper than before" if last["high"] < first["low"] else "no clear price change"
