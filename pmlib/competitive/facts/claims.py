"""Claims about rivals, read as of a day: the newest of each matter, with what speaks against it."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from pmlib.competitive.market import lacking
from pmlib.competitive.words import count, money
from pmlib.data import Source
from pmlib.given import ungiven
from pmlib.result import Absent, Check
from pmlib.table import Column

LOW = 0.5  # a confidence below it is low
WORDS = {"low": True, "unsure": True, "rumour": True, "medium": False, "high": False}  # whether that is low
TEXTS = ("claim", "place")


@dataclass(frozen=True)
class Claims:
    """All claims seen until a day, oldest first; of one day the surest last, then as in the table.

    frame : firm, product ("" where none), topic, claim, price, place, period, age (days before `as_of`),
        unsure (confidence is low), said (claim and price in words).
    """

    frame: pd.DataFrame
    as_of: pd.Timestamp
    checks: tuple[Check, ...]

    @property
    def current(self) -> pd.DataFrame:
        """The newest claim of each matter."""
        return self.until(self.as_of)

    def until(self, day: pd.Timestamp) -> pd.DataFrame:
        """Give the newest claim of each matter as of another day."""
        seen = self.frame[self.frame["period"] <= day]
        return seen[~seen.duplicated(MATTER, keep="last")]


MATTER = ["firm", "product", "topic"]


def unclaimed(title: str, facts: Source) -> Absent | None:
    """Say why a section cannot be filled from these claims, or None when it can."""
    absent = ungiven(title, facts, "table of facts")
    if absent := absent or lacking(title, facts, "firm", "topic", "period", firms=0):
        return absent
    if not facts.has("claim") and not facts.has("price"):
        return Absent(title=title, reason=f"The data ({facts.title}) have no claim and no price column.")
    if facts.frame.empty:
        return Absent(title=title, reason=f"The data ({facts.title}) have no rows.")
    return None


def claims(source: Source, as_of: str | date | None = None) -> Claims:
    """Read a table of claims as of a day; its newest day where none is given.

    Raises
    ------
    ValueError : a claim without firm or topic; a negative or infinite price; a confidence that is no
        fraction; a day that is none, or lies before all claims.
    """
    frame = source.frame.copy()
    for role in ("firm", "topic"):
        if (lost := frame[role].isna()).any():
            raise ValueError(f"{source.name}: {role} is missing ({_row(lost)}); fill it, or drop the row")
        frame[role] = frame[role].astype(str)
    for role in TEXTS:
        words = frame[role].astype("string").str.strip() if role in frame else pd.Series("", frame.index)
        frame[role] = words.fillna("").astype(str)
    frame["product"] = frame["product"].astype("string").fillna("").astype(str) if "product" in frame else ""
    frame["price"] = _prices(source, frame)
    frame["unsure"], rank = _unsure(source, frame)
    frame["said"] = _said(frame, source.columns.get("price", Column("Price")).unit)
    day = _day(source, frame["period"], as_of)
    late, empty = frame["period"] > day, frame["said"] == ""
    kept = frame.assign(rank=rank)[~late & ~empty].sort_values(["period", "rank"], kind="stable")
    kept["age"] = (day - kept["period"]).dt.days
    names = [*MATTER, "claim", "price", "place", "period", "age", "unsure", "said"]
    return Claims(kept[names].reset_index(drop=True), day, _checks(late, empty, day))


def _row(which: pd.Series) -> str:
    return f"row {int(which.to_numpy().argmax()) + 1} of {len(which)}"


def _prices(source: Source, frame: pd.DataFrame) -> pd.Series:
    if "price" not in frame:
        return pd.Series(np.nan, frame.index)
    prices = frame["price"].astype(float)
    if (bad := (prices < 0) | np.isinf(prices)).any():
        raise ValueError(
            f"{source.name}: price is {prices[bad].iloc[0]:g} ({_row(bad)}); "
            "write what is asked, 0 where it is free, nothing where it is not known"
        )
    return prices


def _unsure(source: Source, frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    # Whether confidence is low, and its rank among claims of one day.
    if "confidence" not in frame:
        return pd.Series(False, frame.index), pd.Series(0.0, frame.index)
    values = frame["confidence"]
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.astype(float)
        if (bad := (numbers < 0) | (numbers > 1)).any():
            raise ValueError(
                f"{source.name}: confidence is {numbers[bad].iloc[0]:g} ({_row(bad)}); "
                "write a fraction from 0 to 1, or low, medium and high"
            )
        return numbers < LOW, numbers.fillna(LOW)
    if getattr(values.dtype, "ordered", False):
        rank = values.cat.codes.astype(float)
        return rank == 0, rank.where(rank >= 0, len(values.cat.categories) / 2)
    words = values.astype("string").str.strip().str.casefold()
    if (bad := words.notna() & ~words.isin(list(WORDS))).any():
        raise ValueError(
            f"{source.name}: confidence is {str(values[bad].iloc[0])[:40]!r} ({_row(bad)}); "
            f"write {', '.join(WORDS)}, or a fraction from 0 to 1"
        )
    low = words.map(WORDS).astype("boolean").fillna(False).astype(bool)
    return low, words.map({"high": 2.0, "medium": 1.0}).astype(float).fillna(0.0).where(words.notna(), 1.0)


def _said(frame: pd.DataFrame, unit: str) -> pd.Series:
    prices = frame["price"].map(lambda p: "" if p != p else "free" if p == 0 else money(p, unit))
    both = frame["claim"] + ", " + prices
    return both.where((frame["claim"] != "") & (prices != ""), frame["claim"] + prices)


def _day(source: Source, periods: pd.Series, as_of: str | date | None) -> pd.Timestamp:
    if as_of is None:
        return periods.max()
    try:
        day = pd.Timestamp(as_of)
    except ValueError:
        raise ValueError(f"as_of is {as_of!r}; write a day, as in 2026-03-31") from None
    if not day >= periods.min():
        first = periods.min().date()
        raise ValueError(f"{source.name} has no claim seen by {as_of}; the first is of {first}")
    return day


def _checks(late: pd.Series, empty: pd.Series, day: pd.Timestamp) -> tuple[Check, ...]:
    checks = []
    if late.any():
        saw = f"{count(late.sum())} seen after {day.date()} are left out"
        checks.append(Check("No claim is newer than the day of the report", False, saw))
    if empty.any():
        checks.append(Check("Every row claims something", False, f"{count(empty.sum())} say nothing"))
    return tuple(checks)


def alike(said: str) -> str:
    """Bring a claim to the form in which it is compared: without case and doubled spaces."""
    return " ".join(said.casefold().split())


def matter(frame: pd.DataFrame) -> pd.Series:
    """Name what a claim is about: the topic, with its product where one is named."""
    return frame["topic"].where(frame["product"] == "", frame["product"] + ": " + frame["topic"])
