"""Who is large and who grows: the growth-share matrix, with its lines said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.growth import Growth, growth_of
from pmlib.competitive.market import (
    BASES,
    check_firms,
    firm_shares,
    knows_revenue,
    lacking,
    newest,
)
from pmlib.competitive.words import listed, percent, possessive
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, number

BUBBLES = 10
NEW = 0.1  # of the market may be firms without a growth rate
TITLE = "Size and growth"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GrowthShare(Result):
    """Each firm's size against its largest rival and its yearly growth, the largest first."""

    cuts: tuple[float, float]
    shown: tuple[str, ...]

    def plot(self, ax: Any = None) -> Any:
        """Draw the firms asked for and the largest others, with the matrix's two lines."""
        from pmlib import chart

        known = self.frame.dropna(subset=["growth"])
        asked = known["firm"].isin(self.shown)
        others = known.loc[~asked, "firm"].head(max(0, BUBBLES - asked.sum()))
        return chart.bubble(
            known[asked | known["firm"].isin(others)],
            "relative_share",
            "growth",
            "size",
            "firm",
            columns=self.columns,
            cuts=self.cuts,
            highlight=self.shown,
            ax=ax,
        )


def growth_share(
    source: Source,
    *,
    focal: str,
    rivals: Sequence[str] = (),
    since: int | None = None,
    share_cut: float = 1.0,
    growth_cut: float | None = None,
) -> GrowthShare | Absent:
    """Place each firm by size and growth.

    Parameters
    ----------
    source : one row per product and period; roles firm, period and units, share or revenue; price sizes
        the bubbles.
    focal, rivals : firms the report is about.
    since : year from which growth is measured; the first of the source otherwise.
    share_cut : relative share that parts large from small; at 1 only the leader is large.
    growth_cut : growth (0.05 is 5 %) that parts fast from slow; the whole market's otherwise.

    Returns
    -------
    GrowthShare : one row per firm of the newest period, the largest first: share (0-1), relative_share (its
        sales over those of the largest other firm), growth (of its sales since `since`, or of its share where
        all shares add up to 1; a year, compound, from one year on; missing where it sold nothing then), size
        (share of revenue, 0-1; of units where too few prices are known), quadrant (large or small, fast or
        slow; "new" without growth).

    Raises
    ------
    ValueError : an unknown firm; no such year; a bad value.

    References
    ----------
    Henderson (1970), "The Product Portfolio", Boston Consulting Group.
    """
    if absent := lacking(TITLE, source, "firm", sales=True, periods=2):
        return absent
    firms = check_firms(source, focal, rivals)
    basis = "units" if source.has("units") or source.has("share") else "revenue"
    shares = firm_shares(source, basis)
    start = _start(shares["period"], since, source.name)
    growth = growth_of(source, shares, start)
    counted = "share" if growth.market is None else "volume"
    then = shares[shares["period"] == start].set_index("firm")[counted]
    now = newest(shares).set_index("firm")[counted]
    if not now.get(focal, 0.0):
        return Absent(title=TITLE, reason=f"{focal} sold nothing in {growth.last}.")
    now = now[now > 0]
    if len(now) == 1:
        return Absent(title=TITLE, reason=f"Only {focal} sold anything in {growth.last}.")
    frame = pd.DataFrame(
        {
            "share": now / now.sum(),
            "relative_share": now / _largest_other(now),
            "growth": growth.rate(then[then > 0].reindex(now.index), now),
            "size": _sizes(source, basis).reindex(now.index),
        }
    )
    cuts = (share_cut, (growth.market or 0.0) if growth_cut is None else growth_cut)
    frame["quadrant"] = _quadrants(frame, *cuts)
    usual = share_cut == 1 and growth_cut is None
    bubbles = BASES["revenue" if knows_revenue(source) else basis]
    return GrowthShare(
        title=_title(frame.loc[focal], focal, usual, growth.first),
        finding=_finding(frame, focal, firms[1:], growth),
        headline=_headline(frame["growth"], focal, firms[1:], growth),
        subtitle=_subtitle(growth, cuts, usual, bubbles),
        frame=frame.rename_axis("firm").reset_index(),
        columns=_columns(growth, bubbles),
        source=source.line,
        numbers=_numbers(frame.loc[focal], focal, growth, source.name),
        checks=(_followed(frame, growth.first),),
        cuts=cuts,
        shown=tuple(firms),
    )


def _start(periods: pd.Series, since: int | None, name: str) -> pd.Timestamp:
    if since is None:
        return periods.min()
    there = periods[periods.dt.year == since]
    if there.empty or there.min() == periods.max():
        years = sorted(periods[periods < periods.max()].dt.year.unique())
        raise ValueError(f"since is {since}; {name} has earlier periods from {years[0]} to {years[-1]}")
    return there.min()


def _largest_other(sold: pd.Series) -> pd.Series:
    leader, second = sold.idxmax(), sold.nlargest(2).iloc[-1] if len(sold) > 1 else np.nan
    return pd.Series(sold.max(), index=sold.index).where(sold.index != leader, second)


def _sizes(source: Source, basis: str) -> pd.Series:
    return newest(firm_shares(source, "revenue" if knows_revenue(source) else basis)).set_index("firm")[
        "share"
    ]


def _quadrants(frame: pd.DataFrame, share_cut: float, growth_cut: float) -> pd.Series:
    large, fast = frame["relative_share"] >= share_cut, frame["growth"].round(12) >= round(growth_cut, 12)
    words = {
        (True, True): "large and fast",
        (True, False): "large but slow",
        (False, True): "small but fast",
        (False, False): "small and slow",
    }
    named = pd.Series([words[pair] for pair in zip(large, fast, strict=True)], index=frame.index)
    return named.where(frame["growth"].notna(), "new")


def _title(own: pd.Series, focal: str, usual: bool, first: str) -> str:
    quadrant = own["quadrant"]
    if quadrant == "new":
        return f"{focal} entered the market after {first}"
    if not usual:
        return f"{focal} is {quadrant}, by the lines chosen"
    leads = "leads" if own["relative_share"] > 1 else "shares the lead"
    return {
        "large and fast": f"{focal} {leads} and outgrows the market",
        "large but slow": f"{focal} {leads} but grows slower than the market",
        "small but fast": f"{focal} is behind the leader but outgrows the market",
        "small and slow": f"{focal} trails the leader and the market's growth",
    }[quadrant]


def _finding(frame: pd.DataFrame, focal: str, rivals: Sequence[str], growth: Growth) -> str:
    rates = frame["growth"].dropna()
    said = [f"{focal} {number(rates[focal], '%', 1)}"] if focal in rates else []
    if growth.market is not None:
        said.append(f"the whole market {number(growth.market, '%', 1)}")
    others = rates[rates.index.isin(rivals)]
    if len(others):
        said.append(f"{others.idxmax()} (the fastest rival) {number(others.max(), '%', 1)}")
    size, other = number(frame.loc[focal, "relative_share"], "", 2), frame["share"].drop(focal).idxmax()
    against = f"{focal} is {size} times as large as {other}."
    if not said:
        return against
    rate = "Yearly growth" if growth.yearly else "Growth"
    return f"{rate} of {growth.of} since {growth.first}: {', '.join(said)}. {against}"


def _headline(rates: pd.Series, focal: str, rivals: Sequence[str], growth: Growth) -> str:
    whole = "" if growth.market is None else number(growth.market, "%", 1)
    if np.isnan(rates[focal]):
        market = f"; the whole market's {growth.of} grew {whole}{growth.pace}" if whole else ""
        return f"{focal} is new since {growth.first}{market}."
    own, against = number(rates[focal], "%", 1), ""
    if growth.market is not None:
        pace = "faster than" if rates[focal] > growth.market else "slower than"
        against = f", {'as fast as' if own == whole else pace} the market's ({whole})"
    others = rates[rates.index.isin(rivals)].dropna()
    best = f"; {possessive(others.idxmax())} grew {number(others.max(), '%', 1)}" if len(others) else ""
    return f"Since {growth.first} {possessive(focal)} {growth.of} grew {own}{growth.pace}{against}{best}."


def _subtitle(growth: Growth, cuts: tuple[float, float], usual: bool, bubbles: str) -> str:
    lines = f"equal to the largest other firm, {'no' if growth.market is None else 'market'} growth"
    if not usual:
        lines = (
            f"{number(cuts[0], '', 2)} times the largest other firm, {number(cuts[1], '%', 1)}{growth.pace}"
        )
    since = f"Growth{growth.pace} since {growth.first} of {growth.of}"
    return f"{since}, against size. Lines: {lines}. Bubbles: {bubbles}."


def _columns(growth: Growth, bubbles: str) -> dict[str, Column]:
    return {
        "firm": Column("Firm"),
        "share": Column("Share", "%", 1),
        "relative_share": Column("Size (1 = largest other firm)", "", 2),
        "growth": Column(f"Growth{growth.pace} since {growth.first}", "%", 1),
        "size": Column(f"Share of {bubbles}", "%", 1),
        "quadrant": Column("Size and growth"),
    }


def _numbers(row: pd.Series, focal: str, growth: Growth, source: str) -> tuple[Number, ...]:
    rate, period = f"growth{growth.pace} of", f"{growth.first} to {growth.last}"
    market = np.nan if growth.market is None else growth.market
    said = (
        ("focal_growth", f"{rate} {possessive(focal)} {growth.of}", row["growth"], "%"),
        ("market_growth", f"{rate} the whole market's {growth.of}", market, "%"),
        ("focal_relative_share", f"times the largest other firm is {focal}", row["relative_share"], ""),
    )
    return tuple(
        Number(name=name, label=label, value=float(value), unit=unit, period=period, source=source)
        for name, label, value, unit in said
        if not np.isnan(value)
    )


def _followed(frame: pd.DataFrame, first: str) -> Check:
    new = frame.loc[frame["growth"].isna(), "share"]
    saw = f"{percent(new.sum())} of the market" + (f": {listed(list(new.index))}" if len(new) else "")
    return Check(f"Firms new since {first} hold under {percent(NEW)}", bool(new.sum() < NEW), saw)
