"""Pairs of leaves that are correlated, and those that cannot be."""

from collections.abc import Mapping, Sequence

from pmlib.data.words import meant, shown
from pmlib.sizing.drivers.lines import PairLine
from pmlib.sizing.drivers.node import Node
from pmlib.sizing.drivers.refusal import TreeError

Pairs = dict[tuple[str, str], float]


def pairs_of(
    found: Sequence[PairLine], nodes: Mapping[str, Node], changed: frozenset[str]
) -> tuple[Pairs, list[str]]:
    """Take the correlations of leaves that vary.

    Parameters
    ----------
    changed : names of nodes that were leaves when the correlations were written.

    Returns
    -------
    correlation by pair; what to tell of those without effect.

    Raises
    ------
    TreeError : a name that is no leaf's, or a pair that stands there twice.
    """
    pairs: Pairs = {}
    notices = []
    for line in found:
        pair = (line.one, line.other)
        still = [_still(line, name, nodes, changed) for name in pair]
        if pair in pairs or pair[::-1] in pairs:
            raise TreeError(f"{line.place}: {line.one} ~ {line.other} stands here a second time; keep one")
        if any(still):
            notices.append(f"{line.one} ~ {line.other} has no effect: {next(filter(None, still))}")
        else:
            pairs[pair] = line.correlation
    return pairs, notices


def _still(line: PairLine, name: str, nodes: Mapping[str, Node], changed: frozenset[str]) -> str:
    if name not in nodes:
        raise TreeError(f"{line.place}: {shown(name)} is no node of the tree; {meant(name, nodes, 'it has')}")
    law = nodes[name].law
    if law is None:
        if name in changed:
            return f"{name} is a formula now"
        raise TreeError(f"{line.place}: {name} is a formula; correlate leaves, such as those it is made of")
    return f"{name} does not vary" if law.constant else ""
