"""Reads a threshold: "som > 30 M", "> 30 M" of the focus, "som between 20 M and 30 M"."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pmlib.data.words import shown
from pmlib.sizing.drivers.refusal import at
from pmlib.sizing.drivers.words import column, exact, inside, verb
from pmlib.sizing.drivers.words import sign as sign_of
from pmlib.table import number

if TYPE_CHECKING:
    from pmlib.sizing.drivers.tree import Tree

NAME = r"\s*([^\W\d]\w*)?\s*"
SIDED = re.compile(NAME + r"(>=|<=|>|<|≥|≤)\s*(.+?)\s*")
BETWEEN = re.compile(r"\s*(?:((?!between\b)[^\W\d]\w*)\s)?\s*between\b\s*(.+?)\s*\band\b\s*(.+?)\s*")
SIDES = {">": "above", ">=": "at least", "≥": "at least", "<": "below", "<=": "at most", "≤": "at most"}
HOW = "write one such as som > 30 M, som < 20 M, or som between 20 M and 30 M"


@dataclass(frozen=True)
class Threshold:
    """A condition on a node.

    side : above, at least, below, at most or between. low, high : in its unit. bound, words : in words.
    """

    text: str
    name: str
    side: str
    low: float
    high: float
    bound: str
    words: str

    def holds(self, values: np.ndarray) -> np.ndarray:
        """Tell in which draws it holds."""
        if self.side in ("above", "below"):
            return values > self.low if self.side == "above" else values < self.high
        return (values >= self.low) & (values <= self.high)


def threshold(text: str, tree: "Tree", focus: str) -> Threshold:
    """Read a threshold; it is of the focus where it names no node.

    Raises
    ------
    TreeError : it is none; an unknown node, or a number that does not fit its unit; swapped ends.
    """
    with at(f"threshold {shown(text)}"):
        if found := BETWEEN.fullmatch(str(text)):
            name, *ends = found.groups(focus)
            low, high = (tree.quantity(name, end) for end in ends)
            if low >= high:
                raise ValueError(f"its ends are swapped; write {name} between {ends[1]} and {ends[0]}")
            side = "between"
        elif found := SIDED.fullmatch(str(text)):
            name, sign, end = found.groups(focus)
            side, bound = SIDES[sign], tree.quantity(name, end)
            low, high = (bound, np.inf) if side in ("above", "at least") else (-np.inf, bound)
        else:
            raise ValueError(f"it is no threshold; {HOW}")
        node = tree.node(name)
        unit = column(node).unit
        ends = [exact(bound, unit) for bound in (low, high) if np.isfinite(bound)]
        if side == "between":
            ends[0] = number(low, sign_of(unit))  # the unit is said once
        said = f"{side} {' and '.join(ends)}"
        words = f"{inside(node)} {verb(node, 'is', 'are')} {said}"
        return Threshold(str(text).strip(), name, side, float(low), float(high), said, words)


def bar_of(text: str, tree: "Tree", focus: str) -> float:
    """Read the bar that a decision on a node hangs on: "30 M", or "som > 30 M".

    Raises
    ------
    TreeError : it is neither, or of another node.
    """
    with at(f"threshold {shown(text)}"):
        if not SIDED.fullmatch(text) and not BETWEEN.fullmatch(text):
            return float(tree.quantity(focus, text))
        found = threshold(text, tree, focus)
        if found.side == "between":
            raise ValueError(f"a decision hangs on one bar; write {focus} > {text.split()[-1]}")
        if found.name != focus:
            raise ValueError(
                f"it is of {found.name}, and the question of {focus}; write {focus}, or change focus"
            )
        return found.low if np.isfinite(found.low) else found.high
