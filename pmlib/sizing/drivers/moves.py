"""Two editions of a driver tree at their medians: what each leaf, and the formulas, did to a node."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from pmlib.result import Number
from pmlib.sizing.drivers.attribution import attribution
from pmlib.sizing.drivers.lineage import below
from pmlib.sizing.drivers.words import column

if TYPE_CHECKING:
    from pmlib.sizing.drivers.tree import Tree

ASSUMED, POINT = "assumed_", "{}_at_medians"  # names of Numbers: of a leaf, of a node with leaves at medians
FORMULAS = ""  # the name of what is no leaf: formulas, and leaves that are new or gone
NOTHING = 1e-12  # a logarithm this small is rounding


@dataclass(frozen=True)
class Edition:
    """A tree as it was: the leaves' medians and units that a node hangs on, and the node itself at them."""

    leaves: Mapping[str, tuple[float, str]]
    value: float | None  # not known of an edition that did not say it
    unit: str
    formulas: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Moves:
    """What each name did: parts add up to now − before; logs, if there are, to the logarithm of now over it.

    new, gone, recast : leaves that are new, gone, or in another unit. redone : nodes with another formula;
        None where that is not known.
    """

    before: float
    now: float
    logs: dict[str, float] | None
    parts: dict[str, float]
    new: Sequence[str]
    gone: Sequence[str]
    recast: Sequence[str]
    redone: Sequence[str] | None


def edition(tree: "Tree", focus: str) -> Edition:
    """Describe a tree as an edition."""
    beneath = [name for name in tree.nodes if name in below(tree, focus)]
    nodes = {name: tree.nodes[name] for name in beneath}
    leaves = {name: (float(n.law.median), column(n).unit) for name, n in nodes.items() if n.law is not None}
    formulas = {name: " ".join(n.formula.text.split()) for name, n in nodes.items() if n.formula is not None}
    value = float(tree.evaluate({})[focus])
    return Edition(leaves, value, column(tree.nodes[focus]).unit, formulas)


def published(numbers: Mapping[str, Number], focus: str) -> Edition | None:
    """Read the last edition from its Numbers; None where it had no ledger of assumptions."""
    leaves = {
        name.removeprefix(ASSUMED): (number.value, number.unit)
        for name, number in numbers.items()
        if name.startswith(ASSUMED)
    }
    point = numbers.get(POINT.format(focus))
    if not leaves:
        return None
    return Edition(leaves, point.value if point else None, point.unit if point else "")


def moves(tree: "Tree", focus: str, before: Edition) -> Moves:
    """Attribute the change of a node since an edition.

    First the formulas change, with leaves that are new or gone, at the medians there were; then the leaves.
    """
    now = edition(tree, focus)
    shared = [name for name in now.leaves if name in before.leaves]
    kept = {name for name in shared if before.leaves[name][1] == now.leaves[name][1]}
    here = {name: value for name, (value, _) in now.leaves.items()}
    there = {name: before.leaves[name][0] if name in kept else value for name, value in here.items()}
    found = attribution(lambda values: tree.evaluate(values)[focus], there, here)
    first = found.before if before.value is None else before.value
    redone = None
    if before.formulas is not None and now.formulas is not None:
        redone = [name for name, text in now.formulas.items() if before.formulas.get(name) != text]
    logs, parts = found.logs, {FORMULAS: found.before - first, **found.parts}
    if logs is not None and first * found.now > 0:
        logs = {FORMULAS: log(found.before / first), **logs}
        whole = log(found.now / first)
        mean = first if abs(whole) < NOTHING else (found.now - first) / whole
        parts = {name: mean * part for name, part in logs.items()}
    else:
        logs = None
    return Moves(
        before=first,
        now=found.now,
        logs=logs,
        parts=parts,
        new=[name for name in here if name not in before.leaves],
        gone=[name for name in before.leaves if name not in tree.nodes],
        recast=[name for name in shared if name not in kept],
        redone=redone,
    )
