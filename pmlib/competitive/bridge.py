"""Who won share and who lost it between the first and the last period, and at which prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.market import check_firms, check_prices, lacking, period_label, sold_words, volumes
from pmlib.competitive.thirds import THIRDS, by_third
from pmlib.competitive.words import gained, names, percent, points, possessive, signed
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, number, plain

BARS = 9
COLUMNS = {
    "firm": Column("Firm"),
    "end": Column("Share at the end", "%", 1),
    "change": Column("Change", "points", 1),
    "cheapest": Column("Cheapest third", "points", 1),
    "middle": Column("Middle third", "points", 1),
    "dearest": Column("Dearest third", "points", 1),
    "start": Column("Share at the start", "%", 1),
    "status": Column("Status"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ShareBridge(Result):
    """Each firm's share at both ends and its change, the largest gain first."""

    shown: tuple[str, ...]

    def plot(self, ax: Any = None) -> Any:
        """Draw gains and losses: the firms asked for, the largest other changes, and the rest as Other."""
        from pmlib import chart

        spec = self.columns["change"]
        return chart.ranked(
            self.bars(), "change", "firm", spec=spec, highlight=self.shown, signed=True, ax=ax
        )

    def ordered(self) -> pd.DataFrame:
        """Give the largest changes first, gains and losses alike."""
        return self.frame.sort_values("change", key=abs, ascending=False, kind="stable")

    def bars(self) -> pd.DataFrame:
        """Give the chart's rows."""
        size = self.frame["change"].abs().where(~self.frame["firm"].isin(self.shown), np.inf)
        kept = size.rank(ascending=False, method="first") <= max(BARS, len(self.shown))
        rest = self.frame[~kept]
        if len(rest) < 2:
            return self.frame
        other = {"firm": f"Other ({len(rest)} firms)", "change": rest["change"].sum()}
        return pd.concat([self.frame[kept], pd.DataFrame([other])], ignore_index=True)


def _bridge(then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    then, now = then[then["share"] > 0], now[now["share"] > 0]
    firms = then.index.union(now.index)
    before, after = firms.isin(then.index), firms.isin(now.index)
    status = np.select([~before, ~after], ["entered", "left"], "stayed")
    # Where a period's prices are not known its thirds are missing, and so is every change of theirs.
    known = then[THIRDS].notna().all(axis=None) and now[THIRDS].notna().all(axis=None)
    then, now = then.reindex(firms, fill_value=0.0), now.reindex(firms, fill_value=0.0)
    frame = pd.DataFrame(
        {"start": then["share"], "end": now["share"], "change": now["share"] - then["share"]}
    )
    frame = frame.assign(status=status).join((now[THIRDS] - then[THIRDS]) * (1 if known else np.nan))
    return (
        frame.rename_axis("firm")
        .reset_index()
        .sort_values("change", ascending=False, kind="stable", ignore_index=True)
    )


def share_bridge(
    source: Source,
    *,
    focal: str,
    rivals: Sequence[str] = (),
    basis: str = "units",
    materiality: float = 0.01,
) -> ShareBridge | Absent:
    """Split the change of share from the source's first to its last period by firm and by price third.

    Parameters
    ----------
    source : one row per product and period; roles firm, period and units, share or revenue; price if any.
    focal, rivals : firms the report is about.
    basis : shares of "units" sold or of "revenue".
    materiality : a smaller change of share (0.01 is one point) is not called a gain or a loss; everything
        sold is counted, so there is no sampling error to judge by.

    Returns
    -------
    ShareBridge : one row per firm, the largest gain first: start, end (shares, 0-1), change, status (stayed,
        entered, left), and the change among the cheapest, middle and dearest third of what was sold in each
        period (missing without prices). Changes add up to zero over firms, thirds to a firm's change.

    Raises
    ------
    ValueError : an unknown firm or basis; a missing or negative value; a price that is not above 0.
    """
    if absent := lacking("Share won and lost", source, "firm", sales=True, periods=2):
        return absent
    firms = check_firms(source, focal, rivals)
    sold, dropped = volumes(source, basis)
    if source.has("price"):
        check_prices(source, sold)
    sold = sold[sold["volume"] > 0]  # what nobody bought needs no price
    ends = sold["period"].min(), sold["period"].max()
    first, last = (period_label(sold["period"], end) for end in ends)
    frame = _bridge(*(by_third(sold[sold["period"] == end]) for end in ends))
    moves = frame.set_index("firm")
    if focal not in moves.index:
        return Absent(title="Share won and lost", reason=f"{focal} sold nothing in {first} or in {last}.")
    shown = [firm for firm in firms if firm in moves.index]
    words, what = sold_words(source, basis)
    thirds = f" Price thirds: each period's {words}, from cheapest to dearest."
    thirds = "" if frame[THIRDS].isna().any(axis=None) else thirds
    return ShareBridge(
        title=_title(moves, focal, materiality, first),
        finding=_finding(moves, focal, materiality, [first, last], words),
        headline=_headline(moves.loc[shown] if len(shown) > 1 else moves, focal, materiality, first),
        advice=_advice(moves, focal, materiality),
        unknown="A survey of recent buyers would show why.",
        subtitle=f"Change of share of {what}, {first} to {last}, in percentage points.{thirds}",
        frame=frame,
        columns=COLUMNS,
        source=source.line,
        numbers=_numbers(moves.loc[shown, "change"], focal, f"{first} to {last}", source),
        checks=_checks(frame, source, dropped),
        shown=tuple(shown),
    )


def _third(row: pd.Series, materiality: float) -> str:
    """Find the price third where most of a firm's change lies; "" where none is worth a word."""
    signed = row[THIRDS].astype(float) * np.sign(row["change"])
    return str(signed.idxmax()) if signed.max() >= materiality else ""


def _held(row: pd.Series) -> str:
    """Say of a firm whose share hardly moved what became of it."""
    return {"entered": "is new", "left": "is gone"}.get(row["status"], "held its share")


def _title(moves: pd.DataFrame, focal: str, materiality: float, first: str) -> str:
    change = moves["change"]
    own, others = change[focal], change.drop(focal)
    news = abs(own) >= materiality
    said = (
        f"{focal} {gained(own)} {points(own)} since {first}" if news else f"{focal} {_held(moves.loc[focal])}"
    )
    if not others.abs().max() >= materiality:  # nor is there a largest of none
        return said
    other = others.abs().idxmax()
    return f"{said}; {other} {gained(others[other])} {points(others[other], unit=not news)}"


def _finding(moves: pd.DataFrame, focal: str, materiality: float, ends: list[str], words: str) -> str:
    own, others = moves.loc[focal], moves["change"].drop(focal)
    third = _third(own, materiality)
    where = f", most in the {third} price third" if third else ""
    largest = others[others.abs() >= materiality].sort_values(key=abs, ascending=False).head(2)
    rest = [f"{firm} {gained(change)} {points(change, unit=False)}" for firm, change in largest.items()]
    moved = (
        f"{gained(own['change'])} {points(own['change'])}"
        if abs(own["change"]) >= materiality
        else "moved little"
    )
    return (
        f"From {ends[0]} to {ends[1]} {focal} {moved}, to {percent(own['end'])} of {words}{where}; "
        f"{', '.join(rest) or 'no other firm moved ' + number(materiality, 'points')}."
    )


def _headline(moves: pd.DataFrame, focal: str, materiality: float, first: str) -> str:
    change = moves["change"].sort_values(key=abs, ascending=False)
    others = change.drop(focal).index[:2]  # short enough to read
    named = change[change.index.isin([focal, *others])]
    named = named[named.abs() >= materiality]
    clauses: list[str] = []
    for verb in dict.fromkeys(map(gained, named)):  # the larger movers' direction first
        part = named[named.map(gained) == verb]
        sizes = [points(value, unit=not clauses and not i) for i, value in enumerate(part)]
        firms = [part.index[0] + " " + verb, *part.index[1:]]
        clauses.append(", ".join(f"{firm} {size}" for firm, size in zip(firms, sizes, strict=True)))
    if focal not in named:
        clauses.append(f"{focal} {_held(moves.loc[focal])}")
    best = named.drop(focal, errors="ignore")
    third = _third(moves.loc[best.idxmax()], materiality) if best.max() > 0 else ""
    watch = f" Watch {best.idxmax()}: it grew most in the {third} price third." if third else ""
    return f"Since {first} {'; '.join(clauses)}.{watch}"


def _advice(moves: pd.DataFrame, focal: str, materiality: float) -> str:
    own, others = moves.loc[focal, THIRDS].astype(float), moves[THIRDS].drop(focal)
    if own.isna().any() or others.empty:
        return ""
    worst, best, contested = own.idxmin(), own.idxmax(), others.max().idxmax()
    if own[worst] <= -materiality:
        return f"Defend the {worst} price third ({focal} {signed(own[worst])}, {_winner(others[worst])})."
    if own[best] < materiality:
        return ""
    build = f"Build on the {best} price third ({focal} {signed(own[best])})"
    lost_to = others[contested].max() >= materiality > own[contested]
    return f"{build}; contest the {contested} one ({_winner(others[contested])})." if lost_to else f"{build}."


def _winner(changes: pd.Series) -> str:
    return f"{changes.idxmax()} {plain(changes.max(), 'points', 1, sign=True)}"


def _numbers(change: pd.Series, focal: str, period: str, source: Source) -> tuple[Number, ...]:
    slugs = names(source.frame["firm"]) | {focal: "focal"}
    return tuple(
        Number(
            name=f"{slugs[firm]}_share_change",
            label=f"change of {possessive(firm)} share",
            value=float(value),
            unit="points",
            period=period,
            source=source.name,
        )
        for firm, value in change.items()
    )


def _checks(frame: pd.DataFrame, source: Source, dropped: Check | None) -> tuple[Check, ...]:
    total = frame["change"].sum()
    checks = [
        Check("Gains and losses add up to zero", bool(abs(total) < 1e-9), number(abs(total), "points", 1))
    ]
    if dropped:
        checks.append(dropped)
    elif source.has("price") and frame[THIRDS].isna().any(axis=None):
        checks.append(Check("Every product has a price, so changes split by price", False, "some have none"))
    return tuple(checks)
