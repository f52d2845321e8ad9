"""Where a brand's buyers go next: the brand-switching matrix."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.regression import check_level
from pmlib.competitive.switching.closeness import proportional
from pmlib.competitive.switching.loyalty import Order, order
from pmlib.competitive.switching.purchases import ENOUGH, FEW, Purchases, check_brands, places, purchases
from pmlib.competitive.switching.square import square
from pmlib.competitive.switching.steady import brand_rows
from pmlib.competitive.switching.transitions import Transitions, transitions
from pmlib.competitive.words import count, level_words, listed, names, possessive
from pmlib.data import Source
from pmlib.result import Absent, Check, Number, Result
from pmlib.table import Column, interval, number, plain

TITLE = "Where buyers go next"
SHOWN = 5  # brands in the chart

COLUMNS = {
    "before": Column("Bought before"),
    "after": Column("Bought next"),
    "count": Column("Times"),
    "estimate": Column("Share of next purchases", "%", 1),
    "low": Column("Low", "%", 1),
    "high": Column("High", "%", 1),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BrandSwitching(Result):
    """What was bought after what.

    counts, rates : bought before down, bought next across; rates are shares of a row, of few purchases too.
    brands : one row a brand, as in `steady_shares`. order : tests of zero-order buying.
    """

    focal: str
    rivals: tuple[str, ...]
    counts: pd.DataFrame
    rates: pd.DataFrame
    brands: pd.DataFrame
    order: Order

    def plot(self, ax: Any = None) -> Any:
        """Draw the matrix; blue where clearly more leavers go than that brand draws, orange where fewer."""
        from pmlib import chart

        shown = self.frame["before"].unique()[:SHOWN]
        cells = self.frame.assign(text=self.frame["estimate"].map(_percent).where(self.frame["enough"], FEW))
        texts, tints = (square(cells, "before", "after", what, shown) for what in ("text", "tint"))
        return chart.heat(tints, texts, ax=ax)


def brand_switching(
    source: Source, *, by: str = "product", focal: str, rivals: Sequence[str] = (), level: float = 0.95
) -> BrandSwitching | Absent:
    """Measure what buyers buy next after each brand, from purchases in their order.

    Intervals know that one household gives many purchases (see `cluster`). A rate of fewer than 30 purchases
    is left out of the frame.

    Parameters
    ----------
    source : choices (chooser, occasion, product or firm, chosen) or a log with one row a purchase (chooser,
        occasion or period, product or firm).
    by : what a brand is: "product" or "firm". focal, rivals : brands the report is about. level : of the
        intervals.

    Returns
    -------
    BrandSwitching : frame has one row a pair, the focal brand's first: before, after, count, base (times that
        before was bought and something after it), households (who gave these), estimate, low, high (of base,
        0-1), leavers, leavers_low, leavers_high (of those who bought another brand next), expected (the same,
        if every brand drew on all others alike), flow, flow_low, flow_high (count less that of the other
        direction, of all transitions), enough, tint (1: clearly more leavers than expected, -1: clearly
        fewer, else 0).

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
    if not moves.counts.any():
        return Absent(title=TITLE, reason=f"No chooser of the data ({source.title}) bought twice.")
    frame = _pairs(bought, moves, asked)
    tests = order(bought, moves.counts)
    named = list(bought.brands)
    return BrandSwitching(
        title=_title(frame, focal),
        subtitle=f"Share of purchases after each brand (rows) that were of each brand (columns), "
        f"{count(moves.counts.sum())} purchases of {count(moves.choosers)} households; blue: clearly more "
        "of the "
        f"leavers than the brand draws from others, orange: fewer; {level_words(level)}",
        finding=_finding(frame, focal, rivals),
        headline=_finding(frame, focal, rivals[:1]),
        unknown="Whether they left for price, empty shelves or variety: what was on offer would tell.",
        frame=frame,
        columns=COLUMNS,
        source=source.line,
        numbers=_numbers(frame, focal, level, source),
        checks=_checks(bought, moves, tests, level),
        focal=focal,
        rivals=tuple(asked[1:]),
        counts=pd.DataFrame(moves.counts, named, named),
        rates=pd.DataFrame(moves.rates.estimate, named, named),
        brands=brand_rows(bought, moves),
        order=tests,
    )


def _pairs(bought: Purchases, moves: Transitions, asked: list[str]) -> pd.DataFrame:
    brands, many = list(bought.brands), len(bought.brands)
    base = moves.counts.sum(axis=1)
    left = base - np.diag(moves.counts)
    drawn = proportional(moves.counts.astype(float))
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.where(np.eye(many, dtype=bool), np.nan, drawn / left[:, None])
    before, after = np.divmod(np.arange(many**2), many)
    columns: dict[str, Any] = {
        "before": np.array(brands)[before],
        "after": np.array(brands)[after],
        "count": moves.counts.ravel(),
        "base": base[before],
        "households": moves.households[before],
        "estimate": moves.rates.estimate.ravel(),
        "low": moves.rates.low.ravel(),
        "high": moves.rates.high.ravel(),
        "leavers": moves.leavers.estimate.ravel(),
        "leavers_low": moves.leavers.low.ravel(),
        "leavers_high": moves.leavers.high.ravel(),
        "expected": expected.ravel(),
        "flow": moves.flows.estimate.ravel(),
        "flow_low": moves.flows.low.ravel(),
        "flow_high": moves.flows.high.ravel(),
    }
    frame = pd.DataFrame(columns)
    frame["enough"] = frame["base"] >= ENOUGH
    frame.loc[~frame["enough"], ["estimate", "low", "high"]] = np.nan
    few = left[before] < ENOUGH
    frame.loc[few, ["leavers", "leavers_low", "leavers_high", "expected"]] = np.nan
    above, below = (frame["leavers_low"] > frame["expected"]), (frame["leavers_high"] < frame["expected"])
    frame["tint"] = (above.astype(float) - below).where(frame["leavers"].notna())
    rank = frame["before"].map(places(asked, brands))
    return (
        frame.assign(_rank=rank)
        .sort_values(
            ["_rank", "count", "after"], ascending=[True, False, True], kind="stable", ignore_index=True
        )
        .drop(columns="_rank")
    )


def _leavers(frame: pd.DataFrame, focal: str) -> pd.DataFrame:
    rows = frame[(frame["before"] == focal) & (frame["after"] != focal)]
    return rows.sort_values("count", ascending=False, kind="stable")


def _title(frame: pd.DataFrame, focal: str) -> str:
    left = _leavers(frame, focal)
    if left["leavers"].isna().all():
        return f"Too few left {focal} to say where they go"
    first = left.iloc[0]
    others = left["leavers_high"].iloc[1:].max()
    if len(left) == 1 or first["leavers_low"] > others:
        return f"{focal} loses most to {first['after']}"
    tied = left.loc[left["leavers_high"] >= first["leavers_low"], "after"]
    if len(tied) > 2:
        return f"{possessive(focal)} leavers go to several brands"
    return f"{focal} loses most to {listed(list(tied), 'or')}"


def _finding(frame: pd.DataFrame, focal: str, rivals: Sequence[str]) -> str:
    left = _leavers(frame, focal).set_index("after")
    stay = frame[(frame["before"] == focal) & (frame["after"] == focal)].iloc[0]
    if np.isnan(stay["estimate"]):
        times = "once" if stay["base"] == 1 else f"{count(stay['base'])} times"
        return (
            f"{focal} was bought before another purchase only {times}: "
            "too few to say what its buyers buy next."
        )
    again = f"{_of(stay, 'estimate', 'low', 'high')} of purchases after {focal} were {focal} again"
    if left["leavers"].isna().all():
        others = count(stay["base"] - stay["count"])
        return f"{again}; only {others} were of another brand, too few to say which."
    to = list(dict.fromkeys([left.index[0], *[rival for rival in rivals if rival != focal]]))
    went = [f"{_of(left.loc[name], 'leavers', 'leavers_low', 'leavers_high')} went to {name}" for name in to]
    return f"Of those who left {focal}, {listed(went)}; {again}."


def _of(row: pd.Series, estimate: str, low: str, high: str) -> str:
    digits = 0 if row[high] - row[low] > 0.02 else 1
    return f"{number(row[estimate], '%', digits)} ({interval(row[low], row[high], '%', digits)})"


def _percent(share: float) -> str:
    return plain(share, "%", 0) + "%"


def _numbers(frame: pd.DataFrame, focal: str, level: float, source: Source) -> tuple[Number, ...]:
    stay = frame[(frame["before"] == focal) & (frame["after"] == focal)].iloc[0]
    first = _leavers(frame, focal).iloc[0]
    to = first["after"]
    slug = names(frame["before"])[to]
    said = [
        ("focal_repeat", f"of purchases after {focal} are {focal} again", stay[["estimate", "low", "high"]]),
        (
            f"leavers_to_{slug}",
            f"of {possessive(focal)} leavers buy {to}",
            first[["leavers", "leavers_low", "leavers_high"]],
        ),
    ]
    return tuple(
        Number(
            name=name,
            label=label,
            value=float(found.iloc[0]),
            low=float(found.iloc[1]),
            high=float(found.iloc[2]),
            level=level,
            unit="%",
            source=source.name,
        )
        for name, label, found in said
        if found.notna().all()
    )


def _checks(bought: Purchases, moves: Transitions, tests: Order, level: float) -> tuple[Check, ...]:
    base = moves.counts.sum(axis=1)
    away = moves.counts - np.diag(np.diag(moves.counts))
    both = int(((away > 0) & (away.T > 0)).sum()) // 2
    few = [f"{brand} ({count(n)})" for brand, n in zip(bought.brands, base, strict=True) if n < ENOUGH]
    return (
        Check(
            f"Every brand was bought {ENOUGH} times before another purchase",
            not few,
            f"too few: {listed(few[:5])}{f' and {len(few) - 5} more' if len(few) > 5 else ''}"
            if few
            else f"the least, {count(base.min())} times",
        ),
        Check(
            "Buyers move both ways between brands, as they do where purchases stand in their order",
            both > 0 or int(away.sum()) < ENOUGH,
            f"between {count(both)} pairs of brands"
            if both
            else f"none of {count(away.sum())} switches has one the other way: sorted by brand, not in time?",
        ),
        Check(
            "The last purchase tells about the next (not zero-order)",
            tests.p < 1 - level,
            f"chi-square {number(tests.statistic)} at {tests.freedom} degrees of freedom, {_p(tests.p)}",
        ),
        Check(
            "Repeats come in a row beyond each household's liking",
            tests.runs > 0 and tests.p_within < 1 - level,
            f"{number(tests.runs, '', 1, sign=True)} standard errors more than in any order, "
            f"{_p(tests.p_within)}",
        ),
    )


def _p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
