"""How stable the order of the firms is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.market import (
    check_firms,
    firm_shares,
    lacking,
    period_label,
    period_noun,
    sold_words,
    span,
    volumes,
)
from pmlib.competitive.words import count, possessive
from pmlib.data import Source
from pmlib.result import Absent, Number, Result
from pmlib.table import Column, number

DOTS = 10
STEADY = {
    0.95: "very stable",
    0.85: "stable",
    0.0: "unsettled",
}  # by the share of pairs that kept their order
COLUMNS = {
    "firm": Column("Firm"),
    "rank": Column("Rank", "", 0),
    "best": Column("Best", "", 0),
    "worst": Column("Worst", "", 0),
    "mean_change": Column("Mean change", "", 2),
    "periods": Column("Periods", "", 0),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RankVolatility(Result):
    """Each firm's rank now, its best and worst, and how much it moves; the newest order first.

    order : per pair of neighbouring periods: period, before, firms (sold in both), tau (Kendall's tau-b, 1 is
        the same order) and kept (share of pairs of firms, 0-1, that kept their order).
    """

    order: pd.DataFrame
    shown: tuple[str, ...]

    def plot(self, ax: Any = None) -> Any:
        """Draw each firm's newest rank as a dot on the line from its best to its worst."""
        from pmlib import chart

        asked = self.frame["firm"].isin(self.shown)
        others = self.frame.loc[~asked, "firm"].head(max(0, DOTS - asked.sum()))
        frame = self.frame[asked | self.frame["firm"].isin(others)]
        frame = frame.rename(columns={"rank": "estimate", "best": "low", "worst": "high"})
        return chart.dots(frame, "firm", spec=self.columns["rank"], highlight=self.shown, zero=None, ax=ax)


def rank_volatility(
    source: Source, *, focal: str, rivals: Sequence[str] = (), basis: str = "units"
) -> RankVolatility | Absent:
    """Follow each firm's rank by share from period to period.

    Parameters
    ----------
    source : one row per product and period; roles firm, period and units, share or revenue.
    focal, rivals : firms the report is about.
    basis : shares of "units" sold or of "revenue".

    Returns
    -------
    RankVolatility : one row per firm of the newest period, by rank (1 is the largest): best and worst rank of
        all periods it was sold in, mean_change (ranks a period, up or down), periods (number of them).

    Raises
    ------
    ValueError : an unknown firm or basis; a missing or negative value.

    References
    ----------
    Kendall (1945), "The Treatment of Ties in Ranking Problems", Biometrika 33(3): tau-b.
    """
    if absent := lacking("Stability of ranks", source, "firm", sales=True, periods=2):
        return absent
    firms = check_firms(source, focal, rivals)
    _, dropped = volumes(source, basis)
    shares = firm_shares(source, basis)
    ranks = shares[shares["volume"] > 0].pivot_table("rank", "period", "firm")
    last = period_label(shares["period"], ranks.index[-1])
    now = ranks.iloc[-1].dropna().sort_values(kind="stable")
    if focal not in now:
        return Absent(title="Stability of ranks", reason=f"{focal} sold nothing in {last}.")
    frame = _ranges(ranks, now)
    own = frame.set_index("firm").loc[focal]
    order = _order(shares)
    kept = float(order["kept"].mean())
    if np.isnan(kept):
        return Absent(
            title="Stability of ranks", reason="No two firms were sold in two neighbouring periods."
        )
    first, pace = period_label(shares["period"], ranks.index[0]), period_noun(shares["period"])
    since = period_label(shares["period"], ranks[focal].first_valid_index())
    _, what = sold_words(source, basis)
    return RankVolatility(
        title=f"{_place(own, focal)}{f' since {since}' if own['periods'] > 1 else ''}",
        finding=_finding(frame, own, focal, kept, pace),
        headline=(
            f"The order of firms is {_steadiness(kept)}: {number(kept, '%', 0)} of pairs keep it "
            f"from {pace} to {pace}. {_place(own, focal)}."
        ),
        subtitle=f"Rank by {what}: the dot is {last}, the line runs from best to worst since {first}.",
        frame=frame,
        columns=COLUMNS,
        source=source.line,
        numbers=_numbers(kept, own, focal, span(shares["period"]), source.name),
        checks=(dropped,) if dropped else (),
        order=order,
        shown=tuple(firm for firm in firms if firm in now),
    )


def _ranges(ranks: pd.DataFrame, now: pd.Series) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "rank": now,
            "best": ranks.min(),
            "worst": ranks.max(),
            "mean_change": ranks.diff().abs().mean(),
            "periods": ranks.notna().sum(),
        }
    ).loc[now.index]
    whole = dict.fromkeys(["rank", "best", "worst", "periods"], int)
    return frame.astype(whole).rename_axis("firm").reset_index()


def _order(shares: pd.DataFrame) -> pd.DataFrame:
    held = shares.pivot_table("share", "period", "firm")
    records = []
    for (before, old), (period, new) in pairwise(zip(held.index, held.to_numpy(), strict=True)):
        both = (old > 0) & (new > 0)
        tau, kept = _agreement(old[both], new[both])
        records.append({"period": period, "before": before, "firms": both.sum(), "tau": tau, "kept": kept})
    return pd.DataFrame(records).sort_values("period", ascending=False, ignore_index=True)


def _agreement(before: np.ndarray, after: np.ndarray) -> tuple[float, float]:
    # Kendall's tau-b, and the share of pairs in the same order.
    i, j = np.triu_indices(len(before), 1)
    old, new = np.sign(before[i] - before[j]), np.sign(after[i] - after[j])
    told = np.sqrt(np.abs(old).sum() * np.abs(new).sum())
    return float(old @ new / told) if told else np.nan, float((old == new).mean()) if len(old) else np.nan


def _place(own: pd.Series, focal: str) -> str:
    if own["periods"] == 1:
        return f"{focal} is new, at number {count(own['rank'])}"
    if own["best"] == own["worst"]:
        return f"{focal} stayed number {count(own['rank'])}"
    return f"{focal} moved between number {count(own['best'])} and {count(own['worst'])}"


def _steadiness(kept: float) -> str:
    return next(word for least, word in STEADY.items() if kept >= least)


def _finding(frame: pd.DataFrame, own: pd.Series, focal: str, kept: float, pace: str) -> str:
    top = frame.head(DOTS).set_index("firm")["mean_change"]
    restless = ""
    if top.max() > 0:
        among = f"of the {count(len(top))} largest {top.idxmax()} moved most"
        restless = f"; {among}, {number(top.max(), '', 1)} ranks a {pace}"
    return (
        f"From {pace} to {pace} {number(kept, '%', 0)} of firm pairs kept their order. "
        f"{_place(own, focal)}{restless}."
    )


def _numbers(kept: float, own: pd.Series, focal: str, period: str, source: str) -> tuple[Number, ...]:
    said = (
        ("order_kept", "of pairs of firms kept their order", kept, "%"),
        ("focal_rank_change", f"ranks a period: {possessive(focal)} moves", own["mean_change"], ""),
    )
    return tuple(
        Number(name=name, label=label, value=float(value), unit=unit, period=period, source=source)
        for name, label, value, unit in said
        if not np.isnan(value)
    )
