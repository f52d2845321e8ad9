"""A firm's price against comparable products, period by period."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.comparable import comparables
from pmlib.competitive.market import check_firms, lacking, period_label, rows
from pmlib.competitive.premium import GAP, firm_premiums, premium_number
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import apart, count, level_words
from pmlib.data import Source
from pmlib.result import Absent, Check, Result
from pmlib.table import Column

TITLE = "Price against comparable products over time"

COLUMNS = {
    "period": Column("Period"),
    "products": Column("Products"),
    "estimate": GAP,
    "low": Column("Low", "%"),
    "high": Column("High", "%"),
    "verdict": Column("Verdict"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PremiumHistory(Result):
    """A firm's price against comparable products, period by period."""

    def plot(self, ax: Any = None) -> Any:
        """Draw the difference over time with its interval."""
        from pmlib import chart

        return chart.bands(self.frame, "period", spec=GAP, zero=0.0, ax=ax)


def premium_history(source: Source, *, focal: str, level: float = 0.95) -> PremiumHistory | Absent:
    """Follow a firm's price against comparable products, each period compared within itself.

    Parameters
    ----------
    source : one row per product and period, with firm, price and attributes.
    focal : the firm. level : of the intervals.

    Returns
    -------
    PremiumHistory : frame has one row a period, newest first: period, and the columns of
        `premium.firm_premiums`. Periods with too few products to compare are left out, with a Check that says
        so.

    Raises
    ------
    ValueError : the firm is not in the source; a price of zero or below; a level outside 0 to 1.
    """
    check_level(level)
    absent = lacking(TITLE, source, "firm", "price", "period", periods=2)
    if absent:
        return absent
    check_firms(source, focal)
    every = _estimates(source, focal, level)
    frame = every.dropna(subset="estimate", ignore_index=True)
    if len(frame) < 2:
        return Absent(title=TITLE, reason="No two periods have enough products to compare.")
    last, first = frame.iloc[0], frame.iloc[-1]
    end, start = (period_label(frame["period"], row["period"]) for row in (last, first))
    now = apart(last.estimate, last.low, last.high, "comparable products")
    then = apart(first.estimate, first.low, first.high, "them")
    skipped = [period_label(every["period"], p) for p in every.loc[every["estimate"].isna(), "period"]]
    words = f"In {end} {focal} was priced {now}; in {start}, {then}."
    return PremiumHistory(
        title=f"{focal}: {_moved(first, last)} against comparable products",
        subtitle=f"Price against other firms' products with the same attributes, each period by itself, "
        f"{start} to {end}; {level_words(level)}",
        finding=words,
        headline=words,
        frame=frame,
        columns=COLUMNS,
        source=source.line,
        numbers=(premium_number(last, level, end, source),),
        checks=(
            Check(
                "Every period can be compared",
                not skipped,
                f"left out: {', '.join(skipped)}" if skipped else f"{count(len(frame))} periods",
            ),
        ),
    )


def _estimates(source: Source, focal: str, level: float) -> pd.DataFrame:
    found = []
    for period in sorted(rows(source)["period"].unique(), reverse=True):
        then = replace(source, frame=source.frame[source.frame["period"] == period])
        market = comparables(TITLE, then, extra=1)
        if isinstance(market, Absent):
            found.append(pd.DataFrame({"firm": [focal], "estimate": [np.nan]}).assign(period=period))
        else:
            found.append(firm_premiums(market, [focal], level).assign(period=period))
    frame = pd.concat(found, ignore_index=True)
    return frame[["period", *(name for name in frame if name != "period")]]


def _moved(first: pd.Series, last: pd.Series) -> str:
    # Only intervals that do not overlap are called a change: stricter than a test, plain to see in the chart.
    if last["low"] > first["high"]:
        return "dearer than before"
    return "cheaper than before" if last["high"] < first["low"] else "no clear price change"
