"""Reads what is to be otherwise: "bull: reach 9% .. 15%; orders 4 .. 6"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pmlib.data.words import shown
from pmlib.sizing.drivers.refusal import at
from pmlib.sizing.drivers.words import inside, listed

if TYPE_CHECKING:
    from pmlib.sizing.drivers.tree import Tree

SETTING = re.compile(r"\s*([^\W\d]\w*)\s*(?:[:=]\s*|\s)(\S.*?)\s*", re.DOTALL)


@dataclass(frozen=True)
class Change:
    """name : of the scenario. settings : the text of each changed node. words : the same, as it is read."""

    name: str
    settings: Mapping[str, str]
    words: str = ""


def change(text: str, tree: "Tree", *, what: str) -> Change:
    """Read a named change of several nodes, and see that the tree takes it.

    Parameters
    ----------
    what : what the text is, as a refusal calls it: "scenario".

    Raises
    ------
    TreeError : it has no name or no setting, a node twice, or what the tree refuses.
    """
    with at(f"{what} {shown(text)}"):
        name, colon, rest = str(text).partition(":")
        if not colon or not name.strip() or not rest.strip():
            raise ValueError("write its name and its conditions, as in bull: reach 9% .. 15%; orders 4 .. 6")
    with at(f"{what} {shown(name.strip())}"):
        return Change(name.strip(), *settings(rest, tree))


def settings(text: str, tree: "Tree") -> tuple[dict[str, str], str]:
    """Read "reach 9% .. 15%; orders 4 .. 6": the text of each node, and the same in words.

    Raises
    ------
    ValueError : a piece that is none, a node twice, or what the tree refuses.
    """
    found: dict[str, str] = {}
    for piece in filter(None, (piece.strip() for piece in text.split(";"))):
        match = SETTING.fullmatch(piece)
        if match is None:
            raise ValueError(f"found {shown(piece)}; write a node and its value, as in reach 9% .. 15%")
        name, value = match.groups()
        tree.node(name)
        if name in found:
            raise ValueError(f"{name} is set twice, to {shown(found[name])} and {shown(value)}; keep one")
        found[name] = value
    tree.given(**found)
    said = [f"{inside(tree.nodes[name])} {value.replace(' .. ', ' to ')}" for name, value in found.items()]
    return found, listed(said)
