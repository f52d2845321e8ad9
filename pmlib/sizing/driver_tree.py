"""The driver tree, drawn: what a market is made of, and how sure each part is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from pmlib.parameters import check_level, check_seed
from pmlib.result import Absent, Result
from pmlib.sizing.drivers.draws import DRAWS
from pmlib.sizing.drivers.draws import draws as drawn
from pmlib.sizing.drivers.levels import quantiles
from pmlib.sizing.drivers.lineage import below, focus_of, parts, untreed
from pmlib.sizing.drivers.words import amount, band, column, in_money, inside, label, listed, verb
from pmlib.table import Column, percentage

if TYPE_CHECKING:
    from pmlib.sizing.drivers.node import Node
    from pmlib.sizing.drivers.tree import Tree

TITLE = "Driver tree"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DriverTree(Result):
    """Nodes beneath the focus. parts : what each is made of."""

    focus: str
    parts: Mapping[str, tuple[str, ...]]

    def plot(self, ax: Any = None) -> Any:
        """Draw the tree: each node with its median, range and grade."""
        from pmlib import chart

        nodes = self.frame.set_index("name")
        lines = ["value", "range", "evidence"]
        return chart.tree(
            nodes, "label", lines, parts=self.parts, top=self.focus, highlight=[self.focus], ax=ax
        )


def driver_tree(
    market: "Tree | Absent | None",
    focus: str | None = None,
    *,
    level: float = 0.8,
    draws: int = DRAWS,
    seed: int = 1,
) -> DriverTree | Absent:
    """Draw what a node is made of.

    Parameters
    ----------
    market : the tree. focus : the node at its root; else the first that is part of no other.
    level, draws, seed : as in `size`.

    Returns
    -------
    DriverTree : frame has a row per node that the focus hangs on: name, label, value and range (in words),
        evidence (grade of a leaf, or that it has none), formula, estimate, low, high, unit.

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
    beneath = below(market, focus)
    values = drawn(market, draws, seed=seed)
    rows = []
    for name, node in market.nodes.items():
        if name in beneath:
            low, middle, high = quantiles(values[name], level)
            rows.append(_row(node, low, middle, high))
    frame = pd.DataFrame(rows)
    node = market.nodes[focus]
    leaves = [market.nodes[name] for name in market.leaves if name in beneath]
    unsure = [one for one in leaves if one.name in market.uncertain]
    ungraded = [inside(one) for one in leaves if not one.grade]
    grades = f" No grade is given for {listed(ungraded)}." if ungraded else ""
    made = f"{label(node)} {verb(node, 'is', 'are')} made of {listed([inside(one) for one in leaves])}"
    doubt = f"{listed([inside(one) for one in unsure]) or 'none'} {'is' if len(unsure) < 2 else 'are'} unsure"
    counted = f"{len(leaves)} driver{'s' if len(leaves) != 1 else ''}, {len(unsure) or 'none'} of them unsure"
    return DriverTree(
        title=f"{label(node)}: {counted}",
        finding=f"{made}; {doubt}.{grades}",
        subtitle=", ".join(
            filter(None, [f"Medians and {percentage(level)} ranges", in_money(column(node).unit)])
        )
        + "; grades from A (measured) to D (a guess).",
        frame=frame,
        columns={
            "label": Column("What"),
            "value": Column("Median"),
            "range": Column("Range"),
            "evidence": Column("Evidence"),
            "formula": Column("Made of"),
        },
        focus=focus,
        parts={name: inputs for name, inputs in parts(market).items() if name in beneath},
    )


def _row(node: "Node", low: float, middle: float, high: float) -> dict[str, object]:
    unit = column(node).unit
    evidence = f"grade {node.grade}" if node.grade else "no grade" if node.source else "no source"
    return {
        "name": node.name,
        "label": label(node),
        "value": amount(middle, low, high, unit),
        "range": band(low, high, unit),
        "evidence": "" if node.formula else evidence,
        "formula": node.formula.text if node.formula else "",
        "estimate": middle,
        "low": low,
        "high": high,
        "unit": unit,
    }
