"""Where shares settle if buyers go on switching as they did: the steady state of the switching matrix."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.regression import check_level
from pmlib.competitive.switching.cluster import even_interval, ratio
from pmlib.competitive.switching.purchases import Purchases, check_brands, places, purchases, tally
from pmlib.competitive.switching.transitions import Transitions, transitions
from pmlib.competitive.words import count, level_words, listed
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, number

TITLE = "Where shares are heading"
SHOWN = 10  # brands in the chart
DRIFT = Column("Change to come", "points")
ENDS = ["low", "high", "steady_low", "steady_high"]

COLUMNS = {
    "brand": Column("Brand"),
    "share": Column("Share of purchases", "%", 1),
    "steady": Column("Where it settles", "%", 1),
    "estimate": DRIFT,
    "low": Column("Low", "points"),
    "high": Column("High", "points"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SteadyShares(Result):
    """Shares that switching leads to, against those of all purchases."""

    focal: str

    def plot(self, ax: Any = None) -> Any:
        """Draw how far each brand's share has to go, with its interval."""
        from pmlib import chart

        return chart.dots(self.frame.head(SHOWN), "brand", spec=DRIFT, highlight=[self.focal], ax=ax)


def steady_shares(
    source: Source, *, by: str = "product", focal: str, rivals: Sequence[str] = (), level: float = 0.95
) -> SteadyShares | Absent:
    """Work out where shares settle if buyers go on switching as they did.

    Parameters
    ----------
    source, by, focal, rivals, level : as in `brand_switching`.

    Returns
    -------
    SteadyShares : frame has one row a brand, the focal one and rivals first, then the largest: brand,
        purchases, share (of all purchases, 0-1), base (times bought before another purchase), repeat (share
        of these after which it was bought again), gain (won from all others less lost to them, of all
        transitions), steady (share of the steady state), each with _low and _high; estimate, low, high
        (steady less share). Absent where no one steady state exists.

    Raises
    ------
    ValueError : a brand nobody bought; a level outside 0 to 1; what `purchases` refuses.
    """
    check_level(level)
    bought = purchases(TITLE, source, by)
    if isinstance(bought, Absent):
        return bought
    asked = check_brands(source, bought.brands, focal, rivals, by)
    moves = transitions(bought, level)
    if moves.trapped.any():
        return Absent(title=TITLE, reason=unsettled_words(bought, moves))
    frame = brand_rows(bought, moves)
    rank = frame["brand"].map(places(asked, bought.brands))
    frame = frame.iloc[rank.argsort()].reset_index(drop=True)
    if frame.loc[frame["brand"].isin(asked), ENDS].isna().any(axis=None):
        reason = (
            f"The purchases of {count(moves.choosers)} households are too few to say where shares settle."
        )
        return Absent(title=TITLE, reason=reason)
    own = frame.iloc[0]
    return SteadyShares(
        title=_title(own),
        subtitle="Share where switching settles less share of all purchases, in percentage points; "
        f"{count(moves.choosers)} households; {level_words(level)}",
        finding=_finding(frame, asked),
        headline=_finding(frame, asked[:1]),
        unknown="Whether switching goes on as it did: a launch, a price or a listing would change it.",
        frame=frame,
        columns=COLUMNS,
        source=source.line,
        numbers=(_number(own, level, source),),
        checks=(two_steps(bought, moves, level),),
        focal=focal,
    )


def brand_rows(bought: Purchases, moves: Transitions) -> pd.DataFrame:
    """Lay out what is known of each brand, the most bought first."""
    stay = np.arange(len(bought.brands))
    columns: dict[str, Any] = {
        "brand": list(bought.brands),
        "purchases": np.bincount(bought.brand, minlength=len(stay)),
        "base": moves.counts.sum(axis=1),
    }
    kinds = {"share": moves.share, "repeat": moves.rates, "gain": moves.gain, "steady": moves.steady}
    for kind, found in kinds.items():
        for end, values in {"": found.estimate, "_low": found.low, "_high": found.high}.items():
            columns[kind + end] = values[stay, stay] if kind == "repeat" else values
    drift = moves.drift
    return pd.DataFrame(columns | {"estimate": drift.estimate, "low": drift.low, "high": drift.high})


def unsettled_words(bought: Purchases, moves: Transitions) -> str:
    """Say why there is no one steady state with a share for every brand."""
    off = moves.counts * (1 - np.eye(len(bought.brands), dtype=int))
    odd = []
    for brand, name in enumerate(bought.brands):
        if moves.trapped[brand]:
            into, out = off[:, brand].any(), off[brand].any()
            how = "bought after no other" if not into else "followed by no other" if not out else ""
            odd.append(f"{name} ({how})" if how else name)
    return (
        "Shares settle nowhere that these data tell: not every brand leads on to every other, which leaves "
        "out "
        f"{listed(odd[:5])}{f' and {len(odd) - 5} more' if len(odd) > 5 else ''}. Join small brands, or "
        "take firms."
    )


def two_steps(bought: Purchases, moves: Transitions, level: float) -> Check:
    """Check that the matrix, taken twice, foretells who buys the same brand two purchases later."""
    same = bought.chooser[2:] == bought.chooser[:-2]
    who, first, third = bought.chooser[2:][same], bought.brand[:-2][same], bought.brand[2:][same]
    label = "One purchase back tells enough: the matrix foretells two purchases ahead"
    if not len(who):
        return Check(label, False, "nobody bought three times")
    again = tally(who, (first == third).astype(int), bought.choosers, 2)
    found = ratio(again[:, 1:], again.sum(axis=1))
    low, high = even_interval(found.estimate, found.error, np.array(found.freedom), level)
    rates = np.nan_to_num(moves.rates.estimate)
    foretold = float(np.diag(rates @ rates)[first].mean())
    saw = (
        f"the same brand again two purchases later: {number(found.estimate[0], '%')} "
        f"({interval(low[0], high[0], '%')}), foretold {number(foretold, '%')}"
    )
    return Check(label, bool(low[0] <= foretold <= high[0]), saw)


def _title(own: pd.Series) -> str:
    if own["low"] > 0:
        return f"{own['brand']} gains if buyers go on so"
    if own["high"] < 0:
        return f"{own['brand']} loses if buyers go on so"
    return f"{own['brand']} is not clearly heading anywhere"


def _finding(frame: pd.DataFrame, asked: list[str]) -> str:
    rows = frame.set_index("brand")
    said = []
    for name in asked:
        row = rows.loc[name]
        clear = "" if row["low"] > 0 or row["high"] < 0 else "no clear change, "
        said.append(
            f"{name} settles at {number(row['steady'], '%', 1)} "
            f"({interval(row['steady_low'], row['steady_high'], '%', 1)}), against "
            f"{number(row['share'], '%', 1)} "
            f"of purchases so far ({clear}{interval(row['low'], row['high'], 'points', 1)})"
        )
    return f"If buyers go on switching as they did, {listed(said)}."


def _number(own: pd.Series, level: float, source: Source) -> Number:
    return Number(
        name="focal_drift",
        label=f"{own['brand']} has to go until its share settles",
        value=float(own["estimate"]),
        low=float(own["low"]),
        high=float(own["high"]),
        level=level,
        unit="points",
        source=source.name,
    )
