"""Decided deals, each once, with the rivals that it met and the reasons that were stated."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.competitive.comparable import is_flag
from pmlib.competitive.market import lacking, span
from pmlib.competitive.words import count
from pmlib.data import Source
from pmlib.given import ungiven
from pmlib.result import Absent, Check

SEVERAL = (
    "won",
    "firm",
    "reason",
)  # what may differ between the rows of one deal; `won` is refused on its own


@dataclass(frozen=True)
class Deals:
    """The deals that were decided.

    frame : one row a deal: won (0 or 1), period, and the source's other columns. buyers : the number of each
        deal's customer; None without choosers. meetings, reasons : one row for each rival that a deal met
        and each reason stated of it: deal (row of `frame`), group.
    """

    frame: pd.DataFrame
    buyers: np.ndarray | None
    meetings: pd.DataFrame
    reasons: pd.DataFrame
    checks: tuple[Check, ...]

    @property
    def won(self) -> np.ndarray:
        """1 for each deal won, 0 for each lost."""
        return self.frame["won"].to_numpy(float)

    @property
    def when(self) -> str:
        """The first and the last month in which deals were decided, or years where they vary no finer."""
        if "period" not in self.frame or self.frame.empty:
            return ""
        return span(self.frame["period"].dt.to_period("M").dt.start_time)

    @property
    def several(self) -> int:
        """Count the deals that met more than one rival."""
        return int((self.meetings["deal"].value_counts() > 1).sum())

    @property
    def customers(self) -> np.ndarray | None:
        """The number of each deal's customer; None where they are not known or none returns."""
        if self.buyers is None or len(np.unique(self.buyers)) == len(self.buyers):
            return None
        return self.buyers


def decided(source: Source) -> Deals:
    """Lay out the decided deals of a table of one row a deal, or one a deal and rival where deals have an id.

    Parameters
    ----------
    source : with won (1, 0, missing where undecided); a deal's id is its `occasion`, its customer its
        `chooser`.

    Raises
    ------
    ValueError : a row without its deal or customer; a deal both won and lost, twice
        against one rival, or with two values of what a deal has once.
    """
    frame = source.frame.assign(won=source.frame["won"].astype(float))
    key = [role for role in ("chooser", "occasion") if role in frame]
    for role in key:
        if (lost := frame[role].isna()).any():
            raise ValueError(f"{source.name}: {role} is missing ({row_of(lost)}); fill it, or drop the row")
    deal = pd.Series(np.arange(len(frame)), frame.index)
    if source.has("occasion"):
        deal = frame.groupby(key, sort=False, observed=True).ngroup()
        _check_repeats(source, frame, deal)
    known = frame["won"].notna()
    number = deal[known].map({d: i for i, d in enumerate(deal[known].unique())})
    first = ~deal.duplicated()
    once = frame[first & known].reset_index(drop=True)
    buyers = pd.factorize(once["chooser"])[0] if "chooser" in once else None
    meetings, reasons = (_groups(frame[known], number, role) for role in ("firm", "reason"))
    return Deals(once, buyers, meetings, reasons, _checks(once, buyers, int((first & ~known).sum())))


def undecided(title: str, source: Source, *roles: str) -> Absent | None:
    """Say why a section cannot be filled from these deals, or None when it can."""
    absent = ungiven(title, source, "table of deals")
    return absent or lacking(title, source, "won", *roles, firms=0)


def row_of(which: pd.Series) -> str:
    """Name the first row that is marked: row 5 of 120."""
    return f"row {int(which.to_numpy().argmax()) + 1} of {len(which)}"


def check_minimum(minimum: int) -> None:
    """Refuse a smallest base that is none."""
    if minimum < 1:
        raise ValueError(f"minimum is {minimum}; write the fewest deals that make a rate, such as 30")


def _check_repeats(source: Source, frame: pd.DataFrame, deal: pd.Series) -> None:
    varies = frame["won"].groupby(deal).nunique(dropna=False) > 1
    if varies.any():
        which = deal == varies.idxmax()
        found = "both won and lost" if frame["won"][which].nunique() > 1 else "both decided and undecided"
        raise ValueError(f"{source.name}: deal {_called(frame, which)} is {found}; keep what is true of it")
    pair = pd.DataFrame({"deal": deal}).join(frame[[c for c in ("firm", "reason") if c in frame]])
    if (twice := pair.duplicated()).any():
        which = deal == deal[twice].iloc[0]
        raise ValueError(
            f"{source.name}: deal {_called(frame, which)} has the same row twice ({row_of(twice)}); keep one"
        )
    asked = [c for c in ("period", *source.attributes) if c in frame and c not in SEVERAL]
    for name in asked:
        varies = frame[name].groupby(deal).nunique(dropna=False) > 1
        if varies.any():
            which = deal == varies.idxmax()
            values = ", ".join(repr(str(v)) for v in frame[name][which].unique()[:2])
            raise ValueError(
                f"{source.name}: deal {_called(frame, which)} has two values of {name}: {values}; keep one"
            )


def _called(frame: pd.DataFrame, which: pd.Series) -> str:
    return repr(str(frame.loc[which, "occasion"].iloc[0]))


def _groups(frame: pd.DataFrame, number: pd.Series, role: str) -> pd.DataFrame:
    if role not in frame:
        return pd.DataFrame({"deal": pd.Series(dtype=int), "group": pd.Series(dtype=str)})
    told = frame[role].notna()
    groups = frame.loc[told, role].astype(str)
    return pd.DataFrame({"deal": number[told], "group": groups}).drop_duplicates(ignore_index=True)


def _checks(once: pd.DataFrame, buyers: np.ndarray | None, undecided: int) -> tuple[Check, ...]:
    saw = f"{count(undecided)} undecided, left out" if undecided else f"{count(len(once))} decided"
    checks = [Check("Every deal is decided", not undecided, saw)]
    if buyers is not None and len(buyers):
        deals = np.bincount(buyers)
        saw = f"{count(len(deals))} customers, {count(len(once))} deals"
        checks.append(Check("No customer decides most deals", bool(2 * deals.max() <= len(once)), saw))
    return tuple(checks)


def group_values(deals: Deals, source: Source, by: str, most: int) -> pd.DataFrame:
    """List which deals belong to which group: of rivals, reasons, or the values of another column.

    Raises
    ------
    ValueError : no such column, or one with too many values to be groups.
    """
    if by in ("firm", "reason"):
        return deals.meetings if by == "firm" else deals.reasons
    options: Sequence[str] = [c for c in deals.frame if c not in ("won", "occasion", "chooser")]
    if by not in options:
        raise ValueError(f"by is {by!r}, which is no column of {source.name}; it has {', '.join(options)}")
    values = deals.frame[by].dropna()
    if values.nunique() > most:
        raise ValueError(
            f"{source.name}: {by} has {values.nunique()} different values; group it into at most {most}"
        )
    words = values.map({0: "no", 1: "yes"}) if is_flag(values) else values.astype(str)
    return pd.DataFrame({"deal": values.index, "group": words.to_numpy(str)})
