"""What to find out next: how much knowing a driver would narrow the range, and turn a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pmlib.data.words import shown
from pmlib.parameters import check_level, check_seed
from pmlib.result import Absent, Check, Number, Result
from pmlib.sizing.drivers.changes import settings
from pmlib.sizing.drivers.draws import DRAWS, draws_given
from pmlib.sizing.drivers.draws import draws as drawn
from pmlib.sizing.drivers.knowing import Known, knowing
from pmlib.sizing.drivers.levels import quantiles
from pmlib.sizing.drivers.lineage import causes, focus_of, given_texts, untreed
from pmlib.sizing.drivers.refusal import at
from pmlib.sizing.drivers.thresholds import bar_of
from pmlib.sizing.drivers.words import (
    about,
    capital,
    column,
    exact,
    in_money,
    inside,
    label,
    listed,
    lower,
    spoken,
)
from pmlib.table import Column, interval, number, percentage

if TYPE_CHECKING:
    from pmlib.sizing.drivers.tree import Tree

TITLE = "What to find out next"
BARS = 10
SELDOM = 0.01  # of cases: a decision that turns less often is not worth a study


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BetterInformation(Result):
    """What knowing each leaf would be worth, the most first; then the trials.

    worth : what knowing everything would be worth to the decision, in the unit of the focus; NaN without one.
    """

    focus: str
    level: float
    worth: float

    def plot(self, ax: Any = None) -> Any:
        """Draw by how much each leaf, known, would narrow the range."""
        from pmlib import chart

        known = self.frame[self.frame["kind"] == "known"].head(BARS)
        return chart.dots(
            known, "label", spec=self.columns["estimate"], highlight=list(known["label"][:1]), ax=ax
        )


def better_information(
    market: "Tree | Absent | None",
    focus: str | None = None,
    *,
    threshold: str | None = None,
    trials: str | Sequence[str] = (),
    level: float = 0.8,
    draws: int = DRAWS,
    seed: int = 1,
) -> BetterInformation | Absent:
    """Measure what better information on each driver would do.

    A leaf known exactly leaves, on average over what it may turn out to be, a narrower range of the focus.
    With a threshold there is a decision: to go where the focus is expected (its mean) to be above it, and so
    to gain or lose the difference. Knowing a leaf is worth what decisions would gain by it on average: the
    expected value of partial perfect information, an upper bound for any study of that leaf.

    Parameters
    ----------
    market : the tree. focus : the node in question; else the first that is part of no other.
    threshold : that a decision hangs on: "30 M", or "som > 30 M". trials : narrower ranges that a study could
        bring, such as "reach: 6% .. 10%".
    level : of the ranges. draws, seed : of the sample.

    Returns
    -------
    BetterInformation : frame has a row per leaf, then per trial: kind ("known" or "trial"), name, label,
        estimate, low, high (part of the width of the focus's range that goes, 0-1; on average, and the range
        over what the leaf may turn out to be), width (that is left), worth (in the unit of the focus), turns
        (how often the decision would be another, 0-1). worth is the value of knowing everything.

    Raises
    ------
    ValueError : an unknown focus or leaf; a threshold or trial that is none.
    """
    if absent := untreed(TITLE, market):
        return absent
    assert market is not None and not isinstance(market, Absent)
    check_level(level)
    check_seed(seed)
    focus = focus_of(market, focus)
    node = market.nodes[focus]
    bar = np.nan if threshold in (None, "") else bar_of(str(threshold), market, focus)
    tried = [(text, _trial(text, market)) for text in given_texts(trials)]
    if not causes(market, focus)[0]:
        return Absent(title=TITLE, reason=f"No driver of {inside(node)} has a range.")
    whole = drawn(market, draws, seed=seed)[focus]
    low, _, high = quantiles(whole, level)
    if not high > low:
        return Absent(title=TITLE, reason=f"No driver moves {inside(node)}.")
    width, known = knowing(market, focus, level=level, seed=seed)
    rows = [_row(market, name, one, width, level, bar) for name, one in known.items()]
    rows.sort(key=lambda row: (-(row["worth"] if bar == bar else 0), -row["estimate"], row["name"]))
    for text, changes in tried:
        rows.append(_tried(market, focus, text, changes, high - low, level, draws, seed))
    frame = pd.DataFrame(rows)
    worth = Known(np.zeros(1), whole).gain(bar) if bar == bar else np.nan
    unit = column(node).unit
    first = frame.iloc[0]
    cause = lower(first["label"])
    said = [_narrows(row) for row in frame[frame["kind"] == "known"].head(2).itertuples()]
    trial = [_narrows(row) for row in frame[frame["kind"] == "trial"].itertuples()]
    decision = _decision(first, node, unit, bar, worth) if bar == bar else ""
    return BetterInformation(
        title=f"Knowing {cause} would {'help the decision' if decision else 'narrow the range'} most",
        finding=f"{capital('; '.join([*said, *trial]))}.{_depends(first)}{decision}",
        headline=f"{capital(said[0])}.",
        advice=_advice(first, node, unit, bar),
        subtitle=_subtitle(node, unit, level, bar),
        frame=frame,
        columns=_columns(node, unit, bar),
        numbers=_numbers(frame, focus, level),
        checks=_checks(frame),
        focus=focus,
        level=level,
        worth=worth,
    )


def _trial(text: str, market: "Tree") -> dict[str, str]:
    with at(f"trial {shown(text)}"):
        changes, _ = settings(text, market)
        for name in changes:
            if market.node(name).formula is not None:
                raise ValueError(f"{name} is a formula, of which no study brings a range; name a leaf")
        return changes


def _row(market: "Tree", name: str, one: Known, width: float, level: float, bar: float) -> dict[str, Any]:
    narrow, _, wide = quantiles(one.widths, level)
    decided = bar == bar
    return {
        "kind": "known",
        "name": name,
        "label": label(market.nodes[name]),
        "estimate": 1 - float(one.widths.mean()) / width,
        "low": 1 - wide / width,
        "high": 1 - narrow / width,
        "width": float(one.widths.mean()),
        "worth": one.gain(bar) if decided else np.nan,
        "turns": one.turns(bar) if decided else np.nan,
    }


def _tried(
    market: "Tree",
    focus: str,
    text: str,
    changes: dict[str, str],
    width: float,
    level: float,
    draws: int,
    seed: int,
) -> dict[str, Any]:
    low, _, high = quantiles(draws_given(market, changes, draws, seed=seed)[focus], level)
    words = {name: value.replace(" .. ", " to ") for name, value in changes.items()}
    said = [f"{inside(market.nodes[name])} at {value}" for name, value in words.items()]
    return {
        "kind": "trial",
        "name": text,
        "label": capital(listed(said)),
        "estimate": 1 - (high - low) / width,
        "width": high - low,
    }


def _narrows(row: Any) -> str:
    way, size = ("narrow", row.estimate) if row.estimate >= 0 else ("widen", -row.estimate)
    by = number(size, "%", 0)
    if row.kind == "trial":
        return f"a study that leaves {lower(row.label)} would {way} it by {by}"
    return f"knowing {lower(row.label)} exactly would {way} the range by {by}"


def _depends(first: Any) -> str:
    if number(first["high"], "%", 0) == number(first["low"], "%", 0):
        return ""
    ends = interval(first["low"], first["high"], "%", 0)
    return f" That is on average: {ends}, depending on the finding."


def _decision(first: Any, node: Any, unit: str, bar: float, worth: float) -> str:
    if first["turns"] < SELDOM:
        return f" No single driver, known, would turn a decision at {exact(bar, unit)} more than seldom."
    return (
        f" Knowing {lower(first['label'])} would turn a decision at {exact(bar, unit)} in "
        f"{number(first['turns'], '%', 0)} of cases, worth up to {about(first['worth'], unit)} on average; "
        f"knowing everything, {about(worth, unit)}."
    )


def _advice(first: Any, node: Any, unit: str, bar: float) -> str:
    what = lower(first["label"])
    if bar == bar:
        if first["turns"] < SELDOM:
            return f"Decide now: no study of one driver is likely to turn a decision at {exact(bar, unit)}."
        return (
            f"Before you decide at {exact(bar, unit)}, find out about {what}: that turns the decision in "
            f"{number(first['turns'], '%', 0)} of cases."
        )
    return f"Find out about {what} first: that narrows the range of {inside(node)} most."


def _subtitle(node: Any, unit: str, level: float, bar: float) -> str:
    what = f"By how much the {percentage(level)} range of {inside(node)} would narrow if a driver were known"
    decided = f", and a decision to go above {exact(bar, unit)} turn" if bar == bar else ""
    return ", ".join(filter(None, [what + decided, in_money(unit)])) + "."


def _columns(node: Any, unit: str, bar: float) -> dict[str, Column]:
    columns = {
        "label": Column("If this were known"),
        "estimate": Column("Range narrows by", "%", 0),
        "low": Column("At least", "%", 0),
        "high": Column("At most", "%", 0),
    }
    if bar == bar:
        columns |= {"turns": Column("Decision turns", "%", 0), "worth": Column("Worth at most", spoken(unit))}
    return columns


def _numbers(frame: pd.DataFrame, focus: str, level: float) -> tuple[Number, ...]:
    first = frame.iloc[0]
    return (
        Number(
            name=f"{focus}_narrows_by_{first['name']}",
            label=f"of the range goes if {lower(first['label'])} is known",
            value=float(first["estimate"]),
            low=float(first["low"]),
            high=float(first["high"]),
            level=level,
            unit="%",
        ),
    )


def _checks(frame: pd.DataFrame) -> tuple[Check, ...]:
    """A trial that widens the range is no better information than there is."""
    trials = frame[frame["kind"] == "trial"]
    if trials.empty:
        return ()
    wider = [lower(row.label) for row in trials.itertuples() if row.estimate < 0]
    return (Check("Every trial narrows the range", not wider, "; ".join(wider) or "all of them do"),)
