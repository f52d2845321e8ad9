"""What is claimed about rivals, how old each claim is, and which of them to doubt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from pmlib.age import days
from pmlib.competitive.facts.claims import MATTER, Claims, alike, claims, matter, unclaimed
from pmlib.competitive.market import check_firms
from pmlib.competitive.words import count, listed
from pmlib.data import Source
from pmlib.result import Absent, Number, Result
from pmlib.table import Column

TITLE = "Facts about rivals"
COLUMNS = {
    "firm": Column("Rival"),
    "matter": Column("Feature or plan"),
    "said": Column("Claim"),
    "place": Column("Seen where"),
    "age": Column("Age, days", "", 0),
    "note": Column("Doubt"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RivalFacts(Result):
    """The newest claim of each matter, the newest first."""


def rival_facts(
    facts: Source,
    *,
    rivals: Sequence[str] = (),
    as_of: str | date | None = None,
    max_age: str = "180 days",
) -> RivalFacts | Absent:
    """List what is known of rivals as of a day.

    Of several claims about one matter (rival, product and topic) the newest stands; of one day the surest,
    then the last in the table. Another claim within `max_age` that says otherwise is named beside it.

    Parameters
    ----------
    facts : one row a claim: firm, topic, period (the day seen), and claim, price or both; product, place and
        confidence (a fraction, or low, medium, high) if there are any.
    rivals : those to list; all when none are named.
    as_of : the day ages are counted to; the newest day of the table when None.
    max_age : beyond it a claim is stale.

    Returns
    -------
    RivalFacts : frame has one row a matter, the newest first: firm, product, topic, matter (both in words),
        claim, price, said (claim and price in words), place, period, age (days), stale, unsure, otherwise
        (what else is claimed), note (the doubts in words, "none" without any).

    Raises
    ------
    ValueError : an unknown rival; a claim without firm or topic; a negative price; a confidence or day that
        is none.
    """
    limit = days(max_age)
    if (absent := unclaimed(TITLE, facts)) is not None:
        return absent
    asked = check_firms(facts, None, rivals)
    known = claims(facts, as_of)
    frame = _listed(known, limit, max_age)
    frame = frame[frame["firm"].isin(asked)] if asked else frame
    frame = frame.sort_values(["age", *MATTER], kind="stable", ignore_index=True)
    if frame.empty:
        return Absent(title=TITLE, reason=f"Nothing is claimed of {listed(asked) or 'rivals'}.")
    stale = int(frame["stale"].sum())
    return RivalFacts(
        title=_title(frame, stale),
        finding=_finding(frame, known, max_age),
        headline=_finding(frame, known, max_age),
        advice=_advice(frame),
        unknown="Whether what rivals claim is so: a trial of their products would tell.",
        subtitle=f"Newest claim of each matter as of {known.as_of.date()}; stale: older than {max_age}",
        frame=frame,
        columns=COLUMNS,
        source=facts.line,
        numbers=(
            Number(
                name="facts_stale",
                label=f"of {count(len(frame))} facts about rivals are older than {max_age}",
                value=float(stale),
                period=f"as of {known.as_of.date()}",
                source=facts.name,
            ),
        ),
        checks=known.checks,
    )


def _listed(known: Claims, limit: int, max_age: str) -> pd.DataFrame:
    frame = known.current.copy()
    fresh = known.frame[known.frame["age"] <= limit]
    others = dict(list(fresh.groupby(MATTER, sort=False)))
    frame["matter"] = matter(frame)
    frame["stale"] = frame["age"] > limit
    frame["otherwise"] = [
        _otherwise(row, others.get((row.firm, row.product, row.topic))) for row in frame.itertuples()
    ]
    frame["note"] = [
        _note(*doubts) for doubts in zip(frame["stale"], frame["otherwise"], frame["unsure"], strict=True)
    ]
    return frame


def _otherwise(row: Any, others: pd.DataFrame | None) -> str:
    if others is None:
        return ""
    differ = others[others["said"].map(alike) != alike(row.said)]
    newest = differ.iloc[::-1].drop_duplicates("said")
    return "; ".join(f"“{other.said}” on {other.period.date()}" for other in newest.itertuples())


def _note(stale: bool, otherwise: str, unsure: bool) -> str:
    doubts = ["stale"] * stale + ["low confidence"] * unsure
    return ", ".join([*doubts, f"also claimed: {otherwise}"] if otherwise else doubts) or "none"


def _title(frame: pd.DataFrame, stale: int) -> str:
    facts = f"{count(len(frame))} fact{'s' * (len(frame) != 1)} about rivals"
    return (
        f"{count(stale)} of {facts} {'is' if stale == 1 else 'are'} stale" if stale else f"{facts}, all fresh"
    )


def _finding(frame: pd.DataFrame, known: Claims, max_age: str) -> str:
    said = [
        (int(frame["stale"].sum()), f"older than {max_age}"),
        (int((frame["otherwise"] != "").sum()), "contradicted by another recent claim"),
        (int(frame["unsure"].sum()), "of low confidence"),
    ]
    doubts = [f"{count(n)} {'is' if n == 1 else 'are'} {words}" for n, words in said if n]
    firms = frame["firm"].nunique()
    about = f"{count(len(frame))} facts about {count(firms)} rival{'s' * (firms != 1)}"
    return f"{about} as of {known.as_of.date()}: {listed(doubts) or 'none is in doubt'}."


def _advice(frame: pd.DataFrame) -> str:
    stale = frame[frame["stale"]]
    if stale.empty:
        return ""
    row = stale.iloc[-1]
    return f"Look again at {row['firm']}, {row['matter']}: last seen {count(row['age'])} days before."
