"""Looks at what was computed of draws: numbers they must be, and shares between 0 and 1."""

from collections.abc import Mapping

import numpy as np

from pmlib.sizing.drivers.compute import Amount
from pmlib.sizing.drivers.node import Node
from pmlib.sizing.drivers.refusal import TreeError


def check_draws(node: Node, nodes: Mapping[str, Node], found: Mapping[str, Amount]) -> None:
    """Refuse what is no finite number, and a share that is none.

    Raises
    ------
    TreeError : names the node, and the draw.
    """
    # A sum tells of a single draw that is no number, in one pass; where it came from is looked for then.
    if not np.isfinite(np.sum(found[node.name])) and node.formula:
        for name in (*node.formula.names, node.name):
            _check_finite(nodes[name], found[name])
    _check_share(node, found[node.name])


def _check_finite(node: Node, values: Amount) -> None:
    if not np.isfinite(values).all():
        values = np.atleast_1d(values)
        draw = int(np.flatnonzero(~np.isfinite(values))[0])
        what = "no number" if np.isnan(values[draw]) else "infinity"
        remedy = "see what it divides by, or takes a log or root of" if node.formula else "give a number"
        raise TreeError(f"{node.place}: draw {draw + 1} gives {what}; {remedy}")


def _check_share(node: Node, values: Amount) -> None:
    if node.unit.share:
        least, most = np.min(values), np.max(values)
        if least < 0 or most > 1 + 1e-12:
            worst = least if least < 0 else most
            raise TreeError(
                f"{node.place}: it comes to {worst:.4g}, which no share can be; declare [1] for a ratio"
            )
