"""Which reasons are stated of lost deals."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from pmlib.competitive.deals.table import Deals, check_minimum, decided, undecided
from pmlib.competitive.proportion import effective_size, wilson
from pmlib.competitive.regression import check_level
from pmlib.competitive.words import count, level_words, lower, names
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, number

TITLE = "Stated reasons of lost deals"
STATED = 0.8  # share of lost deals that state a reason; below, those that do may not stand for the others
SHARE = Column("Share of lost deals", "%", 0)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LossReasons(Result):
    """The stated reasons of lost deals, the most frequent first."""

    def plot(self, ax: Any = None) -> Any:
        """Draw each reason's share with its interval."""
        from pmlib import chart

        return chart.dots(self.frame.head(10), "reason", spec=SHARE, zero=None, ax=ax)


def loss_reasons(deals: Source, *, minimum: int = 30, level: float = 0.95) -> LossReasons | Absent:
    """Count the reasons stated of lost deals.

    Reasons are what somebody stated, most often the seller: not causes, and the title does not call them so.
    A deal with several reasons counts for each, so shares may add up to more than 1.

    Parameters
    ----------
    deals : as for win_loss, with reason. minimum : lost deals with a reason below which nothing is shown.
    level : of the intervals.

    Returns
    -------
    LossReasons : frame has one row a reason, the most frequent first: reason, lost (deals), estimate, low,
        high (share of the lost deals that state any reason, 0-1; Wilson's interval of each).

    Raises
    ------
    ValueError : a deal both won and lost, or given twice.
    """
    check_level(level)
    check_minimum(minimum)
    if (absent := undecided(TITLE, deals, "reason")) is not None:
        return absent
    table = decided(deals)
    lost = table.frame.index[table.won == 0]
    reasons = table.reasons[table.reasons["deal"].isin(lost)]
    stated = reasons["deal"].nunique()
    if stated < minimum:
        reason = f"Too few: {count(stated)} lost deals state a reason; shares need {count(minimum)}."
        return Absent(title=TITLE, reason=reason)
    frame = _shares(table, reasons, level)
    when = table.when
    top = frame.iloc[0]
    share = f"{number(top['estimate'], '%', 0)} ({interval(top['low'], top['high'], '%', 0)})"
    clear = len(frame) == 1 or _ahead(top["lost"], frame["lost"].iloc[1], level)
    return LossReasons(
        title=f"“{top['reason']}” is stated {'most' if clear else 'most, not clearly'}",
        finding=f"Of {count(stated)} lost deals that state a reason, {share} say “{top['reason']}”"
        f"{_second(frame)}.",
        headline=f"{share} of lost deals with a reason say “{top['reason']}”.",
        unknown="Stated reasons are not causes; interviews with buyers would tell more.",
        subtitle=f"Share of lost deals by stated reason{', ' + when if when else ''}; {level_words(level)}; "
        "what was stated need not be what decided.",
        frame=frame,
        columns={
            "reason": Column("Stated reason"),
            "lost": Column("Lost deals", "", 0),
            "estimate": SHARE,
            "low": Column("Low", "%", 0),
            "high": Column("High", "%", 0),
        },
        source=deals.line,
        numbers=_numbers(frame, deals, when, level),
        checks=(*table.checks, _stated(stated, len(lost))),
    )


def _shares(table: Deals, reasons: pd.DataFrame, level: float) -> pd.DataFrame:
    stating = pd.Index(reasons["deal"].unique())
    found = []
    for reason, rows in reasons.groupby("group", sort=True):
        says = stating.isin(rows["deal"]).astype(float)
        customers = None if table.customers is None else table.customers[stating]
        low, high = wilson(float(says.mean()), effective_size(says, customers), level)
        found.append((reason, int(says.sum()), float(says.mean()), low, high))
    frame = pd.DataFrame(found, columns=["reason", "lost", "estimate", "low", "high"])
    return frame.sort_values("lost", ascending=False, kind="stable", ignore_index=True)


def _ahead(first: int, second: int, level: float) -> bool:
    # Whether more than half of the deals that state either state the first.
    return wilson(first / (first + second), first + second, level)[0] > 0.5


def _second(frame: pd.DataFrame) -> str:
    if len(frame) < 2:
        return ""
    row = frame.iloc[1]
    return f", {number(row['estimate'], '%', 0)} “{lower(row['reason'])}”"


def _stated(stated: int, lost: int) -> Check:
    saw = f"{count(stated)} of {count(lost)} lost deals"
    return Check("Most lost deals state a reason", stated >= STATED * lost, saw)


def _numbers(frame: pd.DataFrame, deals: Source, when: str, level: float) -> tuple[Number, ...]:
    named = names(frame["reason"])
    return tuple(
        Number(
            name=f"lost_reason_{named[row.reason]}",
            label=f"of lost deals with a reason say “{row.reason}”",
            value=float(row.estimate),
            low=float(row.low),
            high=float(row.high),
            level=level,
            unit="%",
            period=when,
            source=deals.name,
        )
        for row in frame.head(3).itertuples()
    )
