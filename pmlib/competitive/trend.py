"""How each firm's share moved over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pmlib.competitive.market import (
    check_firms,
    firm_shares,
    lacking,
    period_label,
    ranks,
    sold_words,
    span,
    volumes,
)
from pmlib.competitive.words import at, percent, possessive
from pmlib.data import Source
from pmlib.result import Absent, Number, Result
from pmlib.table import Column, number

TITLE = "Shares over time"

COLUMNS = {
    "period": Column("Period"),
    "firm": Column("Firm"),
    "share": Column("Share", "%", 1),
    "rank": Column("Rank", "", 0),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ShareTrend(Result):
    """Each firm's share over time."""

    shown: tuple[str, ...]

    def plot(self, ax: Any = None) -> Any:
        """Draw a line a firm, the asked-for ones in colour."""
        from pmlib import chart

        return chart.lines(
            self.frame, "period", "share", "firm", spec=self.columns["share"], highlight=self.shown, ax=ax
        )


def share_trend(
    source: Source, *, focal: str, rivals: Sequence[str] = (), basis: str = "units"
) -> ShareTrend | Absent:
    """Follow each firm's share over the source's periods; parameters and errors as for market_shares.

    Returns
    -------
    ShareTrend : one row per period and firm, newest period first, from a firm's first sale on; share 0-1 of
        what was sold, 0 in the periods in which it sold nothing.
    """
    if absent := lacking(TITLE, source, "firm", sales=True, periods=2):
        return absent
    firms = check_firms(source, focal, rivals)
    _, dropped = volumes(source, basis)
    frame = _paths(firm_shares(source, basis))
    sold, what = sold_words(source, basis)
    path = frame[frame["firm"] == focal].set_index("period")["share"].sort_index()
    if path.empty:
        return Absent(title=TITLE, reason=f"{focal} sold nothing, {span(frame['period'])}.")
    high = path.idxmax()
    said = {period: period_label(frame["period"], period) for period in path.index}
    return ShareTrend(
        title=_title(focal, path, said),
        finding=f"{possessive(focal)} share of {sold} {_course(path, said)}.",
        subtitle=f"Share of {what}, {span(frame['period'])}; firms in grey are not named.",
        frame=frame,
        columns=COLUMNS,
        source=source.line,
        numbers=(
            Number(
                name="focal_share_high",
                label=f"{possessive(focal)} highest share of {sold}",
                value=float(path[high]),
                unit="%",
                period=said[high],
                source=source.name,
            ),
        ),
        checks=(dropped,) if dropped else (),
        shown=tuple(firms),
    )


def _paths(shares: pd.DataFrame) -> pd.DataFrame:
    # A firm has a row in every period since its first sale, so that no line runs straight across a gap.
    wide = shares.pivot_table("share", "period", "firm", aggfunc="sum", fill_value=0.0)
    wide = wide.where((wide > 0).cummax())
    frame = wide.melt(value_name="share", ignore_index=False).dropna().reset_index()
    frame["rank"] = ranks(frame)
    order = {"period": False, "rank": True, "firm": True}
    return frame.sort_values(list(order), ascending=list(order.values()), ignore_index=True)


def _title(focal: str, path: pd.Series, said: dict[pd.Timestamp, str]) -> str:
    whose, first, now = possessive(focal), said[path.index[0]], path.iloc[-1]
    if len(path) == 1:
        return f"{focal} was first sold {at(first)}"
    if now == 0:
        return f"{focal} was last sold in {said[path[path > 0].index[-1]]}"
    if _still(path):
        return f"{whose} share is unchanged since {first}"
    if now == path.max():
        return f"{whose} share is at its highest since {first}"
    if now == path.min():
        return f"{whose} share is at its lowest since {first}"
    return f"{whose} share peaked {at(said[path.idxmax()])}"


def _still(path: pd.Series) -> bool:
    return bool(path.max() - path.min() < 1e-9)


def _course(path: pd.Series, said: dict[pd.Timestamp, str]) -> str:
    last, high, low = path.index[-1], path.idxmax(), path.idxmin()
    now = f"{at(said[last])} it was {_percent(path[last])}"
    if len(path) == 1:
        return f"was {_percent(path[last])} {at(said[last])}, its first"
    if _still(path):
        return f"was {_percent(path[last])} from {said[path.index[0]]} to {said[last]}"
    return f"was between {_percent(path[low])} ({said[low]}) and {_percent(path[high])} ({said[high]}); {now}"


def _percent(share: float) -> str:
    return percent(share) if share else number(share, "%")
