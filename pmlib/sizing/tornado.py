"""What each driver does to the result by itself, from the low end of its range to the high end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pmlib.formula.model import Model
from pmlib.parameters import check_level, check_seed
from pmlib.result import Absent, Check, Number, Result
from pmlib.sizing.drivers.conditioned import conditioned
from pmlib.sizing.drivers.lineage import causes, focus_of, untreed
from pmlib.sizing.drivers.outputs import values_at
from pmlib.sizing.drivers.shapley import shapley_shares
from pmlib.sizing.drivers.words import (
    band,
    between,
    capital,
    column,
    evidence,
    in_money,
    inside,
    label,
    lower,
    spoken,
    verb,
)
from pmlib.sizing.sliders import sliders
from pmlib.stats.laws import score
from pmlib.table import Column, number, percentage

if TYPE_CHECKING:
    from pmlib.sizing.drivers.tree import Tree
    from pmlib.stats.laws import Law

TITLE = "What each driver does"
BARS = 10
CLOSE = 0.02  # of the variance: shares closer than this have no order to agree with


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Tornado(Result):
    """Swings of the focus, the widest first.

    middle : the focus with all leaves at their median. moved : the tree as a page computes it again.
    """

    focus: str
    middle: float
    level: float
    moved: Model | None = None

    def formula(self) -> Model | None:
        """Let a reader move the drivers that swing most."""
        return self.moved

    def plot(self, ax: Any = None) -> Any:
        """Draw each driver's swing, both ends written."""
        from pmlib import chart

        shown = self.frame.head(BARS).assign(label=lambda f: f["label"] + ", " + f["range"])
        first = list(shown["label"].head(1))
        spec = self.columns["low"]
        return chart.tornado(shown, "label", middle=self.middle, spec=spec, highlight=first, ax=ax)


def tornado(
    market: "Tree | Absent | None", focus: str | None = None, *, level: float = 0.8, seed: int = 1
) -> Tornado | Absent:
    """Move each uncertain leaf from the low to the high end of its range, the others at their median.

    What is correlated with the leaf moves along, to the median it would then have.

    Parameters
    ----------
    market : the tree. focus : the node that swings; else the first that is part of no other.
    level : of the leaves' ranges, whose ends are used: 0.8 for the 10th and 90th percentile.
    seed : of the shares of variance that the order is checked against.

    Returns
    -------
    Tornado : frame has a row per uncertain leaf that the focus hangs on, the widest swing first: name, label,
        range (of the leaf, in words), leaf_low, leaf_high, low, high (of the focus there), swing (between
        them, in the unit of the focus), part (swing over the sum of swings), share (of the variance).

    Raises
    ------
    ValueError : an unknown focus; a level outside 0-1.
    """
    if absent := untreed(TITLE, market):
        return absent
    assert market is not None and not isinstance(market, Absent)
    check_level(level)
    check_seed(seed)
    focus = focus_of(market, focus)
    laws, correlation = causes(market, focus)
    if not laws:
        return Absent(title=TITLE, reason=f"No driver of {inside(market.nodes[focus])} has a range.")
    node = market.nodes[focus]
    unit = column(node).unit
    frame = _swings(market, focus, laws, correlation, level, seed)
    middle = float(market.evaluate({})[focus])
    top = frame.iloc[0]
    low, high = sorted([top["low"], top["high"]])
    words, cause = inside(node), lower(top["label"])
    within = between(low, high, unit)
    return Tornado(
        title=f"{capital(words)} {verb(node, 'hangs', 'hang')} most on {cause}",
        finding=f"Were only {cause} unsure ({top['range']}), {words} would lie between {within}.",
        headline=f"Most uncertain: {cause}, {number(top['share'], '%', 0)} of the range.",
        unknown=evidence(market.nodes[top["name"]]),
        subtitle=_subtitle(node, unit, level, correlation),
        frame=frame,
        columns={
            "label": Column("Driver"),
            "range": Column("Its range"),
            "low": Column(f"{label(node)} at its low end", unit),
            "high": Column("At its high end", unit),
            "share": Column("Share of the uncertainty", "%", 0),
        },
        numbers=(
            Number(
                name=f"{focus}_by_{top['name']}",
                label=f"of the range of {words} comes from {cause}",
                value=round(float(top["share"]), 2),
                unit="%",
            ),
        ),
        checks=(_agreement(frame),),
        focus=focus,
        middle=middle,
        level=level,
        moved=sliders(market, focus, list(frame["name"])),
    )


def _swings(
    market: "Tree", focus: str, laws: Mapping[str, "Law"], correlation: np.ndarray, level: float, seed: int
) -> pd.DataFrame:
    z = score(level)
    shares = shapley_shares(
        lambda values: market.evaluate(values)[focus], laws, correlation=correlation, seed=seed
    )
    rows = []
    for row, name in enumerate(laws):
        scores = conditioned(np.zeros((len(laws), 2)), correlation, [row], np.array([[-z, z]]))
        values = values_at(laws, scores)
        low, high = (float(end) for end in market.evaluate(values)[focus])
        node = market.nodes[name]
        ends = [float(end) for end in values[name]]
        rows.append(
            {
                "name": name,
                "label": label(node),
                "range": band(ends[0], ends[1], column(node).unit),
                "leaf_low": ends[0],
                "leaf_high": ends[1],
                "low": low,
                "high": high,
                "swing": abs(high - low),
                "share": float(shares[name]),
            }
        )
    frame = pd.DataFrame(rows).sort_values(["swing", "name"], ascending=[False, True], ignore_index=True)
    return frame.assign(part=frame["swing"] / (frame["swing"].sum() or 1))


def _agreement(frame: pd.DataFrame) -> Check:
    """Compare the order of swings with that of shares of variance, where those are not about the same."""
    shares = frame["share"].to_numpy()
    turned = [
        (frame["label"].iloc[i], frame["label"].iloc[j])
        for i in range(len(shares))
        for j in range(i + 1, len(shares))
        if shares[j] > shares[i] + CLOSE
    ]
    saw = "all pairs in the same order"
    if turned:
        saw = f"{turned[0][1]} has a larger share than {turned[0][0]}, and a smaller swing"
    return Check("Swings and shares of the uncertainty agree on the order", not turned, saw)


def _subtitle(node: Any, unit: str, level: float, correlation: np.ndarray) -> str:
    along = (
        "" if np.array_equal(correlation, np.eye(len(correlation))) else "; what is correlated moves along"
    )
    what = " ".join(filter(None, [label(node), f"({spoken(unit)})" if spoken(unit) else "", in_money(unit)]))
    ends = (
        f"each driver alone from the low end (grey) to the high end (colour) of its {percentage(level)} range"
    )
    return capital(f"{what}: {ends}, the others at their median{along}.")
