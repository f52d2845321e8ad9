"""What hangs on what in a driver tree, and which node a report is about."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pmlib.data.words import shown
from pmlib.result import Absent
from pmlib.sizing.drivers.refusal import at
from pmlib.sizing.drivers.tree import Tree

if TYPE_CHECKING:
    from pmlib.stats.laws import Law


def untreed(title: str, market: Any) -> Absent | None:
    """Say that a section's tree was not given, or why there is none; None where there is one.

    Raises
    ------
    ValueError : it is something else, such as a table or the tree's text.
    """
    if market is None or isinstance(market, Absent):
        return Absent(title=title, reason="No driver tree was given." if market is None else market.reason)
    if not isinstance(market, Tree):
        what = "text" if isinstance(market, str) else type(market).__name__
        raise ValueError(f"the market is a {what}; give the tree that sizing.tree(text) makes")
    return None


def given_texts(texts: str | Sequence[str]) -> list[str]:
    """Take one text or several, as a report's parameters give them; empty ones are none.

    Raises
    ------
    TypeError : it is something else.
    """
    every = [texts] if isinstance(texts, str) else texts
    if not isinstance(every, (list, tuple)) or not all(isinstance(text, str) for text in every):
        raise TypeError(f"found {shown(texts)} where texts are due; write a list of them in quotes")
    return [text for text in every if text.strip()]


def parts(tree: Tree) -> dict[str, tuple[str, ...]]:
    """Give what each node is computed from; nothing, of a leaf."""
    return {name: node.formula.names if node.formula else () for name, node in tree.nodes.items()}


def below(tree: Tree, name: str) -> set[str]:
    """Give the names of all that a node hangs on, and its own."""
    made_of, found, open_ = parts(tree), set[str](), [name]
    while open_:
        here = open_.pop()
        if here not in found:
            found.add(here)
            open_ += made_of[here]
    return found


def sources(tree: Tree, *names: str) -> str:
    """Name where all that these nodes hang on is from."""
    beneath = set[str]().union(*(below(tree, name) for name in names))
    named = [node.source for name, node in tree.nodes.items() if name in beneath and node.source]
    return "; ".join(dict.fromkeys(named))


def focus_of(tree: Tree, focus: str | None) -> str:
    """Choose the node that a report is about: the one asked for, else the first that is part of no other.

    Raises
    ------
    TreeError : the tree has no node of that name.
    """
    if focus is not None and not isinstance(focus, str):
        raise TypeError(f"focus is {shown(focus)}; write the name of a node")
    if focus:
        with at("focus"):
            return tree.node(focus).name
    used = {part for inputs in parts(tree).values() for part in inputs}
    return next(name for name in tree.nodes if name not in used)


def causes(tree: Tree, focus: str) -> tuple[dict[str, "Law"], np.ndarray]:
    """Give the laws of the leaves that make a node uncertain, by name, and their correlation."""
    beneath = sorted(below(tree, focus))
    laws = {name: law for name in beneath if (law := tree.nodes[name].law) and not law.constant}
    order = [tree.uncertain.index(name) for name in laws]
    return laws, np.asarray(tree.correlation, float)[np.ix_(order, order)]
