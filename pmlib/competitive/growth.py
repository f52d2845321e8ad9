"""What grew between two periods, how that is said, and whether these data tell it of the whole market."""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from pmlib.competitive.market import BASES, TOLERANCE, period_label, years_between
from pmlib.data import Source


@dataclass(frozen=True)
class Growth:
    """What grows and over which span, in words, and how fast the whole market's does.

    of : unit sales, sales per potential buyer, revenue, or share where no more is known.
    first, last : the periods compared. years : between them.
    market : growth of the whole market; None where the source does not tell.
    """

    of: str
    first: str
    last: str
    years: float
    market: float | None

    @property
    def yearly(self) -> bool:
        """Tell whether rates are a year: a shorter span is not blown up to one."""
        return round(self.years, 2) >= 1

    @property
    def pace(self) -> str:
        """Write what a rate is per."""
        return " a year" if self.yearly else ""

    def rate(self, then: Any, now: Any) -> Any:
        """Compute the growth, compound over years."""
        return (now / then) ** (1 / self.years if self.yearly else 1) - 1


def growth_of(source: Source, shares: pd.DataFrame, start: pd.Timestamp) -> Growth:
    """Find what grew from `start` to the newest period of these shares (market.firm_shares)."""
    periods, end = shares["period"], shares["period"].max()
    sold = shares.groupby("period")["volume"].sum()
    first, last = (period_label(periods, period) for period in (start, end))
    growth = Growth("share", first, last, years_between(start, end), market=None)
    if source.has("units"):
        growth = replace(growth, of="unit sales")
    elif not source.has("share"):
        growth = replace(growth, of=BASES["revenue"])
    elif sold[[start, end]].max() < 1 - TOLERANCE:
        growth = replace(growth, of="sales per potential buyer")
    else:  # shares of what was sold: how much that was, they do not tell
        return growth
    return replace(growth, market=float(growth.rate(sold[start], sold[end])))
