"""Who holds the market: shares of the newest period, and how they got there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.market import (
    TOLERANCE,
    check_firms,
    firm_shares,
    knows_revenue,
    lacking,
    newest,
    period_label,
    revenue_gap,
    rows,
    sold_words,
    volumes,
)
from pmlib.competitive.words import at, capital, count, listed, names, percent, possessive
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column

BARS = 8  # of firms in the chart, before the sum of all others


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MarketShares(Result):
    """Each firm's share in every period, newest first."""

    focal: str
    rivals: tuple[str, ...]

    def plot(self, ax: Any = None) -> Any:
        """Draw the newest period's shares; the firms beyond the first few stand together, last."""
        from pmlib import chart

        return chart.ranked(
            self.bars(),
            "share",
            "firm",
            spec=self.columns["share"],
            highlight=[self.focal, *self.rivals],
            ax=ax,
        )

    def bars(self) -> pd.DataFrame:
        """Give the chart's rows: the largest firms, those asked for, and the rest as Other."""
        now = newest(self.frame)
        asked = now["firm"].isin([self.focal, *self.rivals])
        shown = asked | now["firm"].isin(now.loc[~asked, "firm"].head(max(0, BARS - asked.sum())))
        rest = now[~shown]
        if len(rest) < 2:  # a single other firm can stand under its own name
            return now[["firm", "share"]]
        other = {"firm": f"Other ({len(rest)} firms)", "share": rest["share"].sum()}
        return pd.concat([now.loc[shown, ["firm", "share"]], pd.DataFrame([other])], ignore_index=True)


def market_shares(
    source: Source, *, focal: str, rivals: Sequence[str] = (), basis: str = "units"
) -> MarketShares | Absent:
    """Measure who holds the market, in every period.

    Parameters
    ----------
    source : one row per product and period; roles firm and units, share or revenue; price adds revenue.
    focal, rivals : firms the report is about.
    basis : what shares are of: "units" sold, or "revenue".

    Returns
    -------
    MarketShares : one row per period and firm, newest period first, then by rank; share is of what was sold
        (0-1), share_of_all of all potential buyers (missing where those who bought nothing are unknown),
        revenue_share of units times price (missing where too few prices are known).

    Raises
    ------
    ValueError : an unknown firm or basis; a missing or negative value; shares of a period beyond 1.
    """
    if absent := lacking("Market shares", source, "firm", sales=True):
        return absent
    firms = check_firms(source, focal, rivals)
    frame = firm_shares(source, basis)
    frame = frame.merge(_of_all(source), on=["period", "firm"], how="left")
    frame = frame.merge(_of_revenue(source), on=["period", "firm"], how="left")
    frame = frame[["period", "firm", "share", "share_of_all", "revenue_share", "rank"]]
    now = newest(frame)
    held = now.set_index("firm")["share"]
    named = (
        firms if len(firms) > 1 else dict.fromkeys([focal, *held.index[:3]])
    )  # nobody to watch: the largest
    asked = sorted(named, key=lambda firm: (-held.get(firm, 0.0), firm))
    period = period_label(frame["period"], now["period"].iloc[0])
    sold, what = sold_words(source, basis)
    return MarketShares(
        title=_title(focal, held, period),
        finding=_sentence(held, focal, asked, period, sold, rest=True),
        headline=_sentence(held, focal, _first(asked, focal), period, sold, rest=False),
        subtitle=_subtitle(source, what, period, now["share_of_all"].sum(min_count=1)),
        frame=frame,
        columns={
            "period": Column("Period"),
            "firm": Column("Firm"),
            "share": Column(f"Share of {sold}", "%", 1),
            "share_of_all": Column(
                "Share of the whole market" if source.partial else "Share of all potential buyers", "%", 2
            ),
            "revenue_share": Column("Share of revenue", "%", 1),
            "rank": Column("Rank", "", 0),
        },
        source=source.line,
        numbers=_numbers(source, held, focal, rivals, period, sold),
        checks=_checks(source, basis),
        focal=focal,
        rivals=tuple(firms[1:]),
    )


def _of_all(source: Source) -> pd.DataFrame:
    # Known only where shares are of all potential buyers: then a period's add up to less than 1.
    frame = rows(source)
    if not source.has("share"):
        return frame[["period", "firm"]].drop_duplicates().assign(share_of_all=np.nan)
    held = frame.groupby(["period", "firm"], dropna=False)["share"].sum().rename("share_of_all")
    bought = held.groupby("period", dropna=False).transform("sum")
    return held.where(bought < 1 - TOLERANCE).reset_index()


def _of_revenue(source: Source) -> pd.DataFrame:
    if not knows_revenue(source):
        return rows(source)[["period", "firm"]].drop_duplicates().assign(revenue_share=np.nan)
    return firm_shares(source, "revenue").rename(columns={"share": "revenue_share"})[
        ["period", "firm", "revenue_share"]
    ]


def _checks(source: Source, basis: str) -> tuple[Check, ...]:
    known = knows_revenue(source)
    _, check = volumes(source, "revenue" if known else basis)
    if not known and source.has("price") and source.frame["price"].notna().any():
        check = Check("Prices are known, so shares of revenue are", False, revenue_gap(source))
    return (check,) if check else ()


def _title(focal: str, held: pd.Series, period: str) -> str:
    leaders, sellers = _leaders(held), int((held > 0).sum())
    if not held.get(focal, 0.0):
        lead = f"{_named(leaders, focal)} {'leads' if len(leaders) == 1 else 'share the lead'}"
        return f"{lead}; {focal} sold nothing{' ' + at(period) if period else ''}"
    if sellers == 1:
        return f"Only {focal} sold anything{' ' + at(period) if period else ''}"
    place = int((held > held[focal]).sum()) + 1
    if len(leaders) > 1:
        lead = f"{_named(leaders, focal)} share the lead"
        return lead if focal in leaders else f"{lead}; {focal} is number {place}"
    if focal in leaders:
        return f"{focal} leads {count(sellers)} firms"
    return f"{leaders[0]} leads; {focal} is number {place} of {count(sellers)}"


def _leaders(held: pd.Series) -> list[str]:
    return list(held.index[np.isclose(held, held.max(), rtol=1e-9, atol=0)])


def _named(leaders: list[str], focal: str) -> str:
    if len(leaders) < 3:
        return listed(leaders)
    return f"{focal} and {len(leaders) - 1} others" if focal in leaders else f"{len(leaders)} firms"


def _first(asked: list[str], focal: str) -> list[str]:
    # On the first screen the leader, the focal firm and the next largest will do.
    return [firm for i, firm in enumerate(asked) if firm == focal or i < 3]


def _sentence(held: pd.Series, focal: str, asked: list[str], period: str, sold: str, *, rest: bool) -> str:
    leaders = _leaders(held)
    others = [firm for firm in asked if firm not in leaders]
    size = f"with {percent(held.max())} of {sold}"
    lead = (
        f"{leaders[0]} leads {size}"
        if len(leaders) == 1
        else (f"{_named(leaders, focal)} share the lead {size} each")
    )
    shares = [f"{firm} {'' if i else 'has '}{percent(held.get(firm, 0.0))}" for i, firm in enumerate(others)]
    clauses = [lead, ", ".join(shares)]
    remaining = held.drop([*leaders, *others], errors="ignore")
    if rest and (remaining > 0).sum() > 1:
        clauses.append(f"the other {count((remaining > 0).sum())} firms share {percent(remaining.sum())}")
    when = f"{at(period)} " if period else ""
    return f"{capital(when)}{'; '.join(filter(None, clauses))}."


def _subtitle(source: Source, what: str, period: str, bought: float) -> str:
    start = ", ".join(filter(None, [f"Share of {what}", period]))
    if np.isnan(bought):
        return f"{start}."
    if source.partial:
        return f"{start}; they hold {percent(bought)} of the market, and who is not listed the rest."
    return f"{start}, among those who bought: {percent(bought)} of potential buyers."


def _numbers(
    source: Source, held: pd.Series, focal: str, rivals: Sequence[str], period: str, sold: str
) -> tuple[Number, ...]:
    slugs = names(source.frame["firm"])
    named = {"focal_share": focal} | {f"{slugs[firm]}_share": firm for firm in rivals if firm != focal}
    if held.index[0] not in named.values():
        named["leader_share"] = held.index[0]
    return tuple(
        Number(
            name=name,
            label=f"{possessive(firm)} share of {sold}",
            value=float(held.get(firm, 0.0)),
            unit="%",
            period=period,
            source=source.name,
        )
        for name, firm in named.items()
    )
