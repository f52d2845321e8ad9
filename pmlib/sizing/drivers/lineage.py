"""What hangs on what in a driver tree, and which node a report is about."""

from typing import TYPE_CHECKING, Any

import numpy as np

from pmlib.data import Source
from pmlib.given import ungiven
from pmlib.result import Absent
from pmlib.sizing.drivers.refusal import at

if TYPE_CHECKING:
    from pmlib.sizing.drivers.laws import Law
    from pmlib.sizing.drivers.tree import Tree


def untreed(title: str, market: Any) -> Absent | None:
    """Say that a section's tree was not given, or why there is none; None where there is one.

    Raises
    ------
    ValueError : it is a table or a text.
    """
    if absent := ungiven(title, market, "driver tree"):
        return absent
    if isinstance(market, (Source, str)):
        what = f"{market.name} is a table" if isinstance(market, Source) else "the market is a text"
        raise ValueError(f"{what}; give the tree that sizing.tree(text) makes")
    return None


def parts(tree: "Tree") -> dict[str, tuple[str, ...]]:
    """Give what each node is computed from; nothing, of a leaf."""
    return {name: node.formula.names if node.formula else () for name, node in tree.nodes.items()}


def below(tree: "Tree", name: str) -> set[str]:
    """Give the names of all that a node hangs on, and its own."""
    made_of, found, open_ = parts(tree), set[str](), [name]
    while open_:
        here = open_.pop()
        if here not in found:
            found.add(here)
            open_ += made_of[here]
    return found


def focus_of(tree: "Tree", focus: str | None) -> str:
    """Choose the node that a report is about: the one asked for, else the first that is part of no other.

    Raises
    ------
    TreeError : the tree has no node of that name.
    """
    if focus is not None:
        with at("focus"):
            return tree.node(focus).name
    used = {part for inputs in parts(tree).values() for part in inputs}
    return next(name for name in tree.nodes if name not in used)


def causes(tree: "Tree", focus: str) -> tuple[dict[str, "Law"], np.ndarray]:
    """Give the laws of the leaves that make a node uncertain, by name, and their correlation."""
    beneath = sorted(below(tree, focus))
    laws = {name: law for name in beneath if (law := tree.nodes[name].law) and not law.constant}
    order = [tree.uncertain.index(name) for name in laws]
    return laws, np.asarray(tree.correlation, float)[np.ix_(order, order)]
