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
    sold_words,
    span,
)
from pmlib.competitive.words import percent, possessive
from pmlib.data import Source
from pmlib.result import Absent, Number, Result
from pmlib.table import Column

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
    ShareTrend : one row per period and firm, newest period first; share 0-1 of what was sold.
    """
    if absent := lacking("Shares over time", source, "firm", sales=True, periods=2):
        return absent
    firms = check_firms(source, focal, rivals)
    frame = firm_shares(source, basis)[["period", "firm", "share", "rank"]]
    sold, what = sold_words(source, basis)
    path = frame[frame["firm"] == focal].set_index("period")["share"].sort_index()
    high, low = path.idxmax(), path.idxmin()
    said = {period: period_label(frame["period"], period) for period in path.index}
    last = path.index[-1]
    return ShareTrend(
        title=_title(focal, path, said, frame["period"].max()),
        finding=(
            f"{possessive(focal)} share of {sold} was between {percent(path[low])} ({said[low]}) and "
            f"{percent(path[high])} ({said[high]}); in {said[last]} it was {percent(path[last])}."
        ),
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
        shown=tuple(firms),
    )


def _title(focal: str, path: pd.Series, said: dict[pd.Timestamp, str], newest: pd.Timestamp) -> str:
    whose, first = possessive(focal), said[path.index[0]]
    if path.index[-1] < newest:
        return f"{focal} was last sold in {said[path.index[-1]]}"
    if path.iloc[-1] == path.max():
        return f"{whose} share is at its highest since {first}"
    if path.iloc[-1] == path.min():
        return f"{whose} share is at its lowest since {first}"
    return f"{whose} share peaked in {said[path.idxmax()]}"
