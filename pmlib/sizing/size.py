"""How big the market is: every node of a driver tree with its range, and whose uncertainty that is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pmlib.parameters import check_level, check_seed
from pmlib.result import Absent, Check, Number, Result
from pmlib.sizing.drivers.draws import DRAWS
from pmlib.sizing.drivers.draws import draws as drawn
from pmlib.sizing.drivers.levels import quantiles
from pmlib.sizing.drivers.lineage import below, causes, focus_of, sources, untreed
from pmlib.sizing.drivers.shapley import shapley_shares
from pmlib.sizing.drivers.variance import variance_shares
from pmlib.sizing.drivers.words import (
    amount,
    band,
    capital,
    column,
    estimate,
    evidence,
    in_money,
    label,
    listed,
    lower,
)
from pmlib.table import Column, number, percentage

if TYPE_CHECKING:
    from pmlib.sizing.drivers.tree import Tree

TITLE = "Size of the market"
SETTLED = 0.05  # of a range's width: how far the medians of two halves of the draws may lie apart
ALIKE = 0.9  # of the largest share: another this large is named with it
COLUMNS = {
    "label": Column("What"),
    "value": Column("Median"),
    "range": Column("Range"),
    "share": Column("Share of the uncertainty", "%", 0),
    "note": Column("What it is"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Size(Result):
    """Every node's range. focus : the node it is about. level : of the ranges."""

    focus: str
    level: float

    def plot(self, ax: Any = None) -> Any:
        """Draw whose uncertainty it is, the largest share first; nothing where there is one leaf or none."""
        from pmlib import chart

        leaves = self.frame[self.frame["leaf"] & (self.frame["share"] > 0)]
        if len(leaves) < 2:
            return None
        leaves = leaves.sort_values("share", ascending=False, kind="stable").head(10)
        first = list(leaves["label"].head(1))
        return chart.ranked(leaves, "share", "label", spec=COLUMNS["share"], highlight=first, ax=ax)


def size(
    market: "Tree | Absent | None",
    *,
    focus: str | None = None,
    level: float = 0.8,
    draws: int = DRAWS,
    method: str = "sobol",
    seed: int = 1,
) -> Size | Absent:
    """Size a market from its driver tree.

    Parameters
    ----------
    market : the tree. focus : the node that the answer is about; else the first that is part of no other.
    level : of the ranges. draws, method, seed : of the sample, see `drivers.draws`.

    Returns
    -------
    Size : frame has a row per node, in the order of the tree: name, label, value and range (in words), share,
        estimate (median), low, high, mean, sd, unit, leaf (whether it is one), first, total. `share` is the
        node's part of the variance of the focus: a Shapley effect, which is honest of correlated leaves too;
        of a formula, that of its leaves together; missing where the focus does not hang on the node. `first`
        and `total` are a leaf's Sobol' indices, missing where leaves are correlated.

    Raises
    ------
    ValueError : an unknown focus; a level outside 0-1; a draw that is no number.
    """
    if absent := untreed(TITLE, market):
        return absent
    assert market is not None and not isinstance(market, Absent)
    check_level(level)
    check_seed(seed)
    focus = focus_of(market, focus)
    values = drawn(market, draws, method=method, seed=seed)
    frame = _frame(market, focus, values, level, seed)
    here = frame[frame["name"] == focus].iloc[0]
    node = market.nodes[focus]
    said = estimate(here["estimate"], here["low"], here["high"], here["unit"], level)
    about = "about " if _varies(here) else ""
    finding = f"{label(node)}: {about}{said}{'' if about else ', with no range given'}."
    return Size(
        title=f"{label(node)}: {about}{amount(here['estimate'], here['low'], here['high'], here['unit'])}",
        finding=f"{finding}{_sources(frame)}",
        headline=f"{capital(about + said)}.{_most(frame)}",
        advice=_advice(here, level),
        unknown=_unknown(market, frame),
        subtitle=_subtitle(node.unit.column("").unit, level),
        frame=frame,
        columns=COLUMNS if frame["note"].any() else {k: c for k, c in COLUMNS.items() if k != "note"},
        source=sources(market, focus),
        numbers=(_number(market, here, level),),
        checks=_checks(market, focus, values[focus], here),
        focus=focus,
        level=level,
    )


def _frame(
    market: "Tree", focus: str, values: dict[str, np.ndarray], level: float, seed: int
) -> pd.DataFrame:
    shares, indices = _shares(market, focus, seed)
    relevant, rows = below(market, focus), []
    for name, node in market.nodes.items():
        low, middle, high = quantiles(values[name], level)
        unit = column(node).unit
        beneath = below(market, name)
        rows.append(
            {
                "name": name,
                "label": label(node),
                "value": amount(middle, low, high, unit),
                "range": band(low, high, unit),
                "share": sum(share for leaf, share in shares.items() if leaf in beneath)
                if name in relevant
                else np.nan,
                "estimate": middle,
                "low": low,
                "high": high,
                "mean": float(values[name].mean()),
                "sd": float(values[name].std()),
                "unit": unit,
                "leaf": node.formula is None,
                "note": node.note,
            }
        )
    frame = pd.DataFrame(rows)
    frame["share"] = frame["share"].clip(0, 1)  # sampling leaves a hair below 0
    return frame.join(indices, on="name")


def _shares(market: "Tree", focus: str, seed: int) -> tuple[dict[str, float], pd.DataFrame]:
    laws, correlation = causes(market, focus)
    unknown = pd.DataFrame({"first": np.nan, "total": np.nan}, index=list(laws))
    if not laws:
        return {}, unknown
    model = _model(market, focus)
    shares = shapley_shares(model, laws, correlation=correlation, seed=seed).to_dict()
    independent = np.array_equal(correlation, np.eye(len(laws)))
    return shares, variance_shares(model, laws, seed=seed) if independent else unknown


def _model(market: "Tree", focus: str) -> Any:
    return lambda values: market.evaluate(values)[focus]


def _varies(row: Any) -> bool:
    return bool(row["high"] > row["low"])


def _top(frame: pd.DataFrame) -> pd.DataFrame:
    leaves = frame[frame["leaf"] & (frame["share"] > 0)].sort_values("share", ascending=False, kind="stable")
    return leaves[leaves["share"] >= ALIKE * leaves["share"].max()]


def _most(frame: pd.DataFrame) -> str:
    top = _top(frame)
    if top.empty:
        return ""
    top = top.head(2)
    names = listed([lower(name) for name in top["label"]])
    sizes = list(dict.fromkeys(number(share, "%", 0) for share in top["share"]))
    each = " each" if len(top) > len(sizes) else ""
    return f" Most uncertain: {names}, {listed(sizes)} of the range{each}."


def _sources(frame: pd.DataFrame) -> str:
    leaves = frame[frame["leaf"] & (frame["share"] >= 0.01)].sort_values(
        "share", ascending=False, kind="stable"
    )
    said = [f"{lower(row.label)} ({number(row.share, '%', 0)})" for row in leaves.head(3).itertuples()]
    return f" What is unsure comes from {listed(said)}." if said else ""


def _advice(here: Any, level: float) -> str:
    if not _varies(here):
        return ""
    low = amount(here["low"], here["low"], here["high"], here["unit"])
    return f"Plan on {low}: the chance of more is {percentage((1 + level) / 2)}."


def _unknown(market: "Tree", frame: pd.DataFrame) -> str:
    top = _top(frame)
    if top.empty:
        return "How sure this is: no driver has a range."
    return evidence(market.nodes[top["name"].iloc[0]])


def _subtitle(unit: str, level: float) -> str:
    return ", ".join(filter(None, ["Medians and " + percentage(level) + " ranges", in_money(unit)])) + "."


def _number(market: "Tree", here: Any, level: float) -> Number:
    varies = _varies(here)
    return Number(
        name=here["name"],
        label=label(market.nodes[here["name"]]),
        value=float(here["estimate"]),
        low=float(here["low"]) if varies else None,
        high=float(here["high"]) if varies else None,
        level=level if varies else None,
        unit=here["unit"],
    )


def _checks(market: "Tree", focus: str, values: np.ndarray, here: Any) -> tuple[Check, ...]:
    checks = []
    if _varies(here):
        half = len(values) // 2
        medians = [float(np.median(part)) for part in (values[:half], values[half:])]
        apart = abs(medians[0] - medians[1]) / (here["high"] - here["low"])
        saw = f"the medians of two halves lie {number(apart, '%')} of the range's width apart"
        checks.append(Check("There are draws enough", apart < SETTLED, saw))
    notices = tuple(market.notices)
    checks.append(
        Check("The tree was taken as written", not notices, "; ".join(notices) or "nothing changed")
    )
    return tuple(checks)
