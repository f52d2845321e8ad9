"""What changed about rivals between two days: claims that are new, gone or other, and prices that moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from pmlib.age import AGE, days
from pmlib.competitive.facts.claims import MATTER, Claims, alike, claims, matter, unclaimed
from pmlib.competitive.market import check_firms
from pmlib.competitive.words import count, listed
from pmlib.data import Source
from pmlib.result import Absent, Number, Result
from pmlib.table import Column, number, percentage

TITLE = "What changed about rivals"
PRICE, CHANGED, NEW, GONE, UNSEEN = "price moved", "changed", "new", "gone", "not seen again"
NOTHING = "–"  # in the place of what was not there
ORDER = (PRICE, CHANGED, NEW, GONE, UNSEEN)
COLUMNS = {
    "firm": Column("Rival"),
    "matter": Column("Feature or plan"),
    "change": Column("News"),
    "before": Column("Before"),
    "now": Column("Now"),
    "move": Column("Price move", "%", 1),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RivalMonitor(Result):
    """What is news about rivals, moved prices first."""


def rival_monitor(
    facts: Source,
    *,
    before: Source | None = None,
    since: str | date = "90 days",
    as_of: str | date | None = None,
    rivals: Sequence[str] = (),
    materiality: float = 0.01,
) -> RivalMonitor | Absent:
    """Compare what stands about rivals with what stood on an earlier day, or in an earlier table.

    Within one table nothing can be seen to be gone: a claim is "not seen again" where its rival was looked at
    after the earlier day and the matter was not met. In comparison with an earlier table, a claim that is no
    longer there is "gone".

    Parameters
    ----------
    facts : as for rival_facts. before : the same table as it was; `since` is then not used.
    since : the earlier day, or an age before `as_of` as in "90 days".
    as_of : the later day; the newest of the table when None.
    rivals : those to compare; all when none are named.
    materiality : a smaller move of a price, as a fraction of it, is no news.

    Returns
    -------
    RivalMonitor : frame has one row for each piece of news: firm, product, topic, matter, change ("price
        moved", "changed", "new", "gone", "not seen again"), before, now (in words), move (of the price, a
        fraction), seen (the day of the newest claim).

    Raises
    ------
    ValueError : as for rival_facts; a materiality that is no fraction.
    """
    if not 0 <= materiality < 1:
        raise ValueError(f"materiality is a fraction such as 0.01 for 1% of a price, not {materiality!r}")
    for table in (facts, *([] if before is None else [before])):
        if absent := unclaimed(TITLE, table):
            return absent
    asked = check_firms(facts, None, rivals)
    now = claims(facts, as_of)
    if before is None:
        start = _start(since, now)
        if not (now.frame["period"] <= start).any():
            reason = f"Nothing was known of rivals by {start.date()}; the first claim is newer."
            return Absent(title=TITLE, reason=reason)
        then = now.until(start)
        when = f"{start.date()} to {now.as_of.date()}"
    else:
        start, then = None, claims(before).current
        when = f"an earlier table to {now.as_of.date()}"
    frame = _news(then, now, start, materiality)
    frame = frame[frame["firm"].isin(asked)] if asked else frame
    return RivalMonitor(
        title=_title(frame),
        finding=_finding(frame, when),
        headline=_counted(frame, when),
        subtitle=f"Newest claims, {when}; prices are news from {percentage(materiality)} on",
        frame=frame.reset_index(drop=True),
        columns=COLUMNS,
        source=facts.line,
        numbers=(
            Number(
                name="rival_news",
                label="pieces of news about rivals",
                value=float(len(frame)),
                period=when,
                source=facts.name,
            ),
        ),
        checks=now.checks,
    )


def _start(since: str | date, now: Claims) -> pd.Timestamp:
    if isinstance(since, str) and AGE.fullmatch(since):
        return now.as_of - pd.Timedelta(days=days(since))
    try:
        start = pd.Timestamp(since)
    except ValueError:
        raise ValueError(f'since is {since!r}; write a day, or an age as in "90 days"') from None
    if not start < now.as_of:
        raise ValueError(f"since is {since}, which is not before {now.as_of.date()}; write an earlier day")
    return start


def _news(then: pd.DataFrame, now: Claims, start: pd.Timestamp | None, materiality: float) -> pd.DataFrame:
    both = then.merge(now.current, on=MATTER, how="outer", suffixes=("_then", "_now"), indicator="side")
    looked = now.frame["firm"][now.frame["period"] > start].unique() if start is not None else []
    found = []
    for row in both.itertuples():
        change, move = _change(row, start, list(looked), materiality)
        if change:
            found.append(
                {
                    "firm": row.firm,
                    "product": row.product,
                    "topic": row.topic,
                    "change": change,
                    "before": NOTHING if change == NEW else row.said_then,
                    "now": NOTHING if change in (GONE, UNSEEN) else row.said_now,
                    "move": move,
                    "seen": row.period_then if change in (GONE, UNSEEN) else row.period_now,
                }
            )
    columns = [*MATTER, "change", "before", "now", "move", "seen"]
    frame = pd.DataFrame(found, columns=columns).astype({"move": float})
    frame.insert(3, "matter", matter(frame) if len(frame) else pd.Series(dtype=str))
    size = pd.DataFrame({"change": frame["change"].map(ORDER.index), "size": -frame["move"].abs().fillna(0)})
    return frame.loc[size.sort_values(["change", "size"], kind="stable").index]


def _change(row: Any, start: pd.Timestamp | None, looked: list[str], materiality: float) -> tuple[str, float]:
    side, nothing = row.side, float("nan")
    if side == "right_only":
        return NEW, nothing
    if side == "left_only":
        return GONE, nothing
    if start is not None and row.period_now <= start:
        return (UNSEEN if row.firm in looked else ""), nothing
    old, new = row.price_then, row.price_now
    if old == old and new == new and old != new:
        move = new / old - 1 if old else nothing
        if not abs(move) < materiality - 1e-9:  # a hair below the bar is the bar
            return PRICE, move
    if alike(row.claim_then) != alike(row.claim_now) or (old == old) != (new == new):
        return CHANGED, nothing
    return "", nothing


def _title(frame: pd.DataFrame) -> str:
    if frame.empty:
        return "Nothing changed about rivals"
    row = frame.iloc[0]
    if row["change"] == PRICE:
        way = "is no longer free" if row["move"] != row["move"] else _moved(row["move"])
        return f"{row['firm']}: {row['matter']} {way}"
    words = {CHANGED: "claims otherwise", NEW: "is new", GONE: "is gone", UNSEEN: "was not seen again"}
    return f"{row['firm']}: {row['matter']} {words[row['change']]}"


def _moved(move: float) -> str:
    return f"costs {number(abs(move), '%', 0)} {'more' if move > 0 else 'less'}"


def _finding(frame: pd.DataFrame, when: str) -> str:
    words = _counted(frame, when)
    if frame.empty:
        return words
    row = frame.iloc[0]
    ends = {"then": row["before"], "now": row["now"]}
    told = ", ".join(f"{said} {when}" for when, said in ends.items() if said != NOTHING)
    return f"{words} First of all: {row['firm']}, {row['matter']}: {told}."


def _counted(frame: pd.DataFrame, when: str) -> str:
    kinds = frame["change"].value_counts()
    words = {
        PRICE: ("price moved", "prices moved"),
        CHANGED: ("claim changed", "claims changed"),
        NEW: ("claim is new", "claims are new"),
        GONE: ("is gone", "are gone"),
        UNSEEN: ("was not seen again", "were not seen again"),
    }
    said = [f"{count(kinds[kind])} {words[kind][int(kinds[kind] > 1)]}" for kind in ORDER if kind in kinds]
    if not said:
        return f"From {when} nothing that is news changed about rivals."
    return f"From {when} {listed(said)}."
