"""At which prices share was won and lost: the market in three parts, from cheapest to dearest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.market import check_firms, check_prices, lacking, period_label, sold_words, volumes
from pmlib.competitive.words import money, possessive, signed
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, number, plain

TITLE = "Share won and lost by price"
THIRDS = ["cheapest", "middle", "dearest"]
RIVALS = 4  # firms shown beside the focal one when none are named: those that moved most
COLUMNS = {
    "third": Column("Price third"),
    "firm": Column("Firm"),
    "start": Column("Share at the start", "%", 1),
    "end": Column("at the end", "%", 1),
    "change": Column("Change", "points", 1),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PriceThirds(Result):
    """Each firm's share of the market within each price third, and its change.

    moves : the changes, firm by third. heads : the thirds with their prices. shown : the firms of the chart.
    """

    moves: pd.DataFrame
    heads: tuple[str, ...]
    shown: tuple[str, ...]

    def plot(self, ax: Any = None) -> Any:
        """Draw changes: thirds down, firms across."""
        from pmlib import chart

        change = self.moves.loc[list(self.shown)].T.set_axis(list(self.heads))
        texts = change.map(lambda v: plain(v, "points", 1, sign=True))
        return chart.heat(change / max(change.abs().max(axis=None), 1e-9), texts, ax=ax)


def price_thirds(
    source: Source, *, focal: str, rivals: Sequence[str] = (), basis: str = "units", materiality: float = 0.01
) -> PriceThirds | Absent:
    """Say at which prices firms won and lost share from the source's first to its last period.

    Parameters
    ----------
    source : one row per product and period; roles firm, period, price and units, share or revenue.
    focal, rivals : firms to show; those that moved most when no rivals are named.
    basis : shares of "units" sold or of "revenue". materiality : smaller changes are not called gains.

    Returns
    -------
    PriceThirds : one row per firm and third, the largest change first: start, end (share of the whole market
        that the firm sold within the third, 0-1) and change. Each third is a third of what was sold in its
        period, so changes within one add up to zero over firms.

    Raises
    ------
    ValueError : an unknown firm or basis; a missing or negative value; a price that is not above 0.
    """
    if absent := lacking(TITLE, source, "firm", "price", sales=True, periods=2):
        return absent
    asked = check_firms(source, focal, rivals)
    sold, dropped = volumes(source, basis)
    check_prices(source, sold)
    sold = sold[sold["volume"] > 0]  # what nobody bought needs no price
    ends = sold["period"].min(), sold["period"].max()
    then, now = (sold[sold["period"] == end] for end in ends)
    first, last = (period_label(sold["period"], end) for end in ends)
    if pd.concat([then, now])["price"].isna().any():
        return Absent(title=TITLE, reason=f"Some products of {first} or {last} have no price.")
    parts = [by_third(part) for part in (then, now)]
    firms = parts[0].index[parts[0]["share"] > 0].union(parts[1].index[parts[1]["share"] > 0])
    start, end = (part.reindex(firms, fill_value=0.0)[THIRDS] for part in parts)
    moves = end - start
    if focal not in moves.index:
        return Absent(title=TITLE, reason=f"{focal} sold nothing in {first} or in {last}.")
    size = moves.drop(focal).abs().max(axis=1).sort_values(ascending=False, kind="stable")
    shown = [f for f in asked if f in moves.index] if len(asked) > 1 else [focal, *size.index[:RIVALS]]
    own, others = moves.loc[focal], moves.loc[[firm for firm in shown if firm != focal]]
    best = _best(others, materiality)
    words, what = sold_words(source, basis)
    return PriceThirds(
        title=_title(own, best, focal, materiality),
        finding=f"Since {first} {_finding(own, others, best, focal, materiality)}.",
        subtitle=f"Points that each price third of {words} added to a firm's share of {what}, "
        f"{first} to {last}; prices of {last}",
        frame=_tall(start, end),
        columns=COLUMNS,
        source=source.line,
        numbers=_numbers(own, focal, f"{first} to {last}", source.name),
        checks=(_adds_up(moves), *([dropped] if dropped else [])),
        moves=moves,
        heads=_heads(now, source.columns["price"]),
        shown=tuple(shown),
    )


def by_third(sold: pd.DataFrame) -> pd.DataFrame:
    """Share of one period by firm, in all (`share`) and by price third; a price on a border is split."""
    share = sold["volume"] / sold["volume"].sum()
    parts = pd.DataFrame({"share": share.groupby(sold["firm"]).sum()})
    if "price" not in sold or sold["price"].isna().any():
        return parts.assign(**dict.fromkeys(THIRDS, np.nan))
    level = share.groupby(sold["price"]).sum().sort_index()  # of what was sold, by price
    above = level.cumsum()
    for i, third in enumerate(THIRDS):
        inside = above.clip(upper=(i + 1) / 3) - (above - level).clip(lower=i / 3)
        of_price = (inside.clip(lower=0) / level.where(level > 0)).fillna(0.0)
        parts[third] = (share * sold["price"].map(of_price)).groupby(sold["firm"]).sum()
    return parts


def borders(sold: pd.DataFrame) -> tuple[float, float]:
    """Find the two prices that part a period's sales into thirds."""
    level = sold.groupby("price")["volume"].sum().sort_index()
    above = level.cumsum() / level.sum()
    low, high = (float(above.index[int(np.searchsorted(above, i / 3 - 1e-12))]) for i in (1, 2))
    return low, high


def _tall(start: pd.DataFrame, end: pd.DataFrame) -> pd.DataFrame:
    parts = {"start": start, "end": end, "change": end - start}
    tall = [part.melt(var_name="third", value_name=name, ignore_index=False) for name, part in parts.items()]
    frame = tall[0].assign(end=tall[1]["end"].to_numpy(), change=tall[2]["change"].to_numpy())
    frame = frame.rename_axis("firm").reset_index()
    return frame.sort_values("change", key=abs, ascending=False, kind="stable", ignore_index=True)


def _heads(now: pd.DataFrame, spec: Column) -> tuple[str, ...]:
    low, high = (money(price, spec.unit) for price in borders(now))
    return f"Cheapest, to {low}", f"Middle, {low} to {high}", f"Dearest, from {high}"


def _best(others: pd.DataFrame, materiality: float) -> tuple[str, str] | None:
    """Find the largest gain among the others: firm and third."""
    if others.empty or others.max(axis=None) < materiality:
        return None
    third = str(others.max().idxmax())
    return str(others[third].idxmax()), third


def _title(own: pd.Series, best: tuple[str, str] | None, focal: str, materiality: float) -> str:
    if best:
        return f"{best[0]} gained most, in the {best[1]} price third"
    if own.max() >= materiality:
        return f"{focal} gained most in the {own.idxmax()} price third"
    return "No firm here gained share at any price"


def _finding(
    own: pd.Series, others: pd.DataFrame, best: tuple[str, str] | None, focal: str, bar: float
) -> str:
    moves = []
    if own.max() >= bar:
        moves.append(f"{focal} gained most in the {own.idxmax()} price third ({signed(own.max())})")
    if own.min() <= -bar:
        moves.append(f"{focal} lost most in the {own.idxmin()} price third ({signed(own.min())})")
    if best:
        moves.append(f"{best[0]} gained most in the {best[1]} one ({signed(others.loc[best])})")
    return "; ".join(moves) or f"no third moved by {number(bar, 'points')} for {focal} or a rival"


def _numbers(own: pd.Series, focal: str, period: str, source: str) -> tuple[Number, ...]:
    return tuple(
        Number(
            name=f"focal_change_{third}",
            label=f"change of {possessive(focal)} share in the {third} price third",
            value=float(own[third]),
            unit="points",
            period=period,
            source=source,
        )
        for third in THIRDS
    )


def _adds_up(moves: pd.DataFrame) -> Check:
    gap = float(moves.sum().abs().max())
    return Check("Changes within each third add up to zero", gap < 1e-9, number(gap, "points", 1))
