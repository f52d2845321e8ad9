"""How likely the market is to pass a threshold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from pmlib.result import Absent, Check, Number, Result
from pmlib.sizing.drivers.alone import alone
from pmlib.sizing.drivers.draws import DRAWS
from pmlib.sizing.drivers.draws import draws as drawn
from pmlib.sizing.drivers.lineage import focus_of, given_texts, untreed
from pmlib.sizing.drivers.thresholds import Threshold, threshold
from pmlib.sizing.drivers.words import amount, capital, column, in_money, inside
from pmlib.table import Column, number

if TYPE_CHECKING:
    from pmlib.sizing.drivers.node import Node
    from pmlib.sizing.drivers.tree import Tree

TITLE = "Chance of passing"
LEVEL = 0.95  # of the error of sampling
SHARP = 0.02  # what a chance may be off by, for the number of draws to be enough
LIKELY, SAFE = 0.8, 0.9  # from which on a threshold is one to plan on; of what is passed to plan on


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Chance(Result):
    """The chance that each threshold holds."""

    def plot(self, ax: Any = None) -> Any:
        """Draw the chances as bars; one alone is said better in words."""
        from pmlib import chart

        if len(self.frame) < 2:
            return None
        return chart.ranked(self.frame, "estimate", "label", spec=self.columns["estimate"], ax=ax)


def chance(
    market: "Tree | Result | None",
    texts: str | Sequence[str] = (),
    *,
    focus: str | None = None,
    draws: int = DRAWS,
    method: str = "sobol",
    seed: int = 1,
) -> Chance | Absent:
    """Tell how likely it is that a node passes a threshold.

    Parameters
    ----------
    market : the tree, or a Result whose first Number is asked about, as a reconciled figure is.
    texts : one threshold or several: "som > 30 M", "som < 20 M" (also >= and <=), "som between 20 M and
        30 M"; numbers in the node's unit, or with one. "> 30 M" is of the focus.
    focus : the node in question where a text names none; else the first that is part of no other.
    draws, method, seed : as in `size`.

    Returns
    -------
    Chance : frame has a row per threshold, in the order given: threshold (as written), label (in words), name
        (of the node), estimate, low, high (the chance, 0-1, and how far sampling may be off: Wilson's 95 %
        interval, which is wider than evenly spread draws deserve), draws, bound_low, bound_high.

    Raises
    ------
    ValueError : a text that is no threshold; an unknown node; a unit that is not the node's.
    """
    if isinstance(market, Result) and not isinstance(market, Absent):
        market, focus = alone(market), None
    if absent := untreed(TITLE, market):
        return absent
    assert market is not None and not isinstance(market, Result)
    asked = [threshold(text, market, focus_of(market, focus)) for text in given_texts(texts)]
    if not asked:
        return Absent(title=TITLE, reason="No threshold was given.")
    values = drawn(market, draws, method=method, seed=seed)
    frame = pd.DataFrame([_row(one, market.nodes[one.name], values[one.name]) for one in asked])
    lines = [f"{row.estimate_text} that {row.words}" for row in frame.itertuples()]
    error = float((frame["high"] - frame["low"]).max() / 2)
    return Chance(
        title=f"{capital(frame['estimate_text'].iloc[0])} chance that {frame['words'].iloc[0]}",
        finding=f"The chance is {'; '.join(lines)}, {_sampling(error)}.",
        headline=f"The chance that {frame['words'].iloc[0]} is {frame['estimate_text'].iloc[0]}.",
        advice=_advice(market, asked[0], frame.iloc[0], values[asked[0].name]),
        subtitle=_subtitle(market, asked, draws),
        frame=frame.drop(columns=["words", "estimate_text"]),
        columns={
            "label": Column("What"),
            "estimate": Column("Chance", "%", 0 if error > 0.005 else 1),
            "low": Column("Low", "%", 1),
            "high": Column("High", "%", 1),
        },
        numbers=_numbers(frame),
        checks=(
            Check(
                "There are draws enough",
                error < SHARP,
                f"a chance is off by {number(error, 'points', 1)} at most",
            ),
        ),
    )


def _row(one: Threshold, node: "Node", values: np.ndarray) -> dict[str, Any]:
    count = int(one.holds(values).sum())
    ends = binomtest(count, len(values)).proportion_ci(LEVEL, method="wilson")
    return {
        "threshold": one.text,
        "label": capital(f"{inside(node)} {one.bound}"),
        "name": one.name,
        "estimate": count / len(values),
        "low": float(ends.low),
        "high": float(ends.high),
        "draws": len(values),
        "bound_low": one.low,
        "bound_high": one.high,
        "words": one.words,
        "estimate_text": _said(count, len(values)),
    }


def _said(count: int, draws: int) -> str:
    """Write a chance; none is ever nothing or certain, as draws alone cannot tell."""
    least = 1 / draws
    if count == 0:
        return f"under {number(least, '%', 2)}"
    if count == draws:
        return f"over {number(1 - least, '%', 2)}"
    return number(count / draws, "%", 0 if 0.01 <= count / draws <= 0.99 else 2)


def _sampling(error: float) -> str:
    if error < 0.0005:
        return "give or take less than 0.1 points of sampling"
    return f"give or take {number(error, 'points', 1)} of sampling"


def _advice(market: "Tree", one: Threshold, row: Any, values: np.ndarray) -> str:
    """Say what may be planned on: the threshold where it is likely, else what is passed nine times in ten."""
    if one.side not in ("above", "at least"):
        return ""
    node = market.nodes[one.name]
    unit = column(node).unit
    if row["estimate"] >= LIKELY:
        bar = one.bound.removeprefix(one.side).strip()
        return f"You can plan on {bar}: the chance of that is {row['estimate_text']}."
    low, high = (float(end) for end in np.quantile(values, [1 - SAFE, SAFE]))
    if not high > low:
        return ""
    safe = amount(low, low, high, unit)
    return f"Plan on {safe}, which is passed with {number(SAFE, '%', 0)} probability; {one.bound} is a bet."


def _subtitle(market: "Tree", asked: Sequence[Threshold], draws: int) -> str:
    money = in_money(column(market.nodes[asked[0].name]).unit)
    return capital(", ".join(filter(None, [f"share of {draws:,} draws in which it holds", money])) + ".")


def _numbers(frame: pd.DataFrame) -> tuple[Number, ...]:
    return tuple(
        Number(
            name=f"chance_{row.name}" if not i else f"chance_{row.name}_{i + 1}",
            label=f"chance that {row.words}",
            value=round(row.estimate, 2),  # no finer than the draws tell
            unit="%",
        )
        for i, row in enumerate(frame.itertuples(index=False))
    )
