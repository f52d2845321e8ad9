"""A driver tree: nodes with units and laws, read from text and computed on arrays of draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from pmlib.result import Absent
from pmlib.sizing.drivers.checked import agreed, checked
from pmlib.sizing.drivers.compute import Amount, compute
from pmlib.sizing.drivers.convert import Rates
from pmlib.sizing.drivers.correlation import TOLD, matrix, nearest
from pmlib.sizing.drivers.leaf import Inputs, Leaf, of_cell, of_number, of_value
from pmlib.sizing.drivers.lines import BREAK, NodeLine, PairLine, cut_comment, lines
from pmlib.sizing.drivers.node import Node, remark
from pmlib.sizing.drivers.parse import Step, formula
from pmlib.sizing.drivers.refusal import TreeError, at, meant, shown
from pmlib.sizing.drivers.tokens import tokens
from pmlib.sizing.drivers.units import Unit
from pmlib.sizing.drivers.values import is_value

if TYPE_CHECKING:
    from pmlib.data import Source


@dataclass(frozen=True, eq=False)
class Tree:
    """Drivers that make a market.

    text : as it was given. nodes : by name, in the order of the text. order : names, each after what it is
        made of. pairs : correlations of leaves. notices : what was assumed or changed, to be told.
    """

    text: str
    nodes: Mapping[str, Node]
    order: tuple[str, ...]
    pairs: Mapping[tuple[str, str], float]
    notices: tuple[str, ...]
    steps: Mapping[str, tuple[Step, ...]] = field(repr=False)
    inputs: Inputs = field(repr=False)

    @property
    def leaves(self) -> tuple[str, ...]:
        """Names of the nodes that are computed from nothing."""
        return tuple(name for name, node in self.nodes.items() if node.formula is None)

    @property
    def uncertain(self) -> tuple[str, ...]:
        """Names of the leaves that vary."""
        return tuple(
            name for name, node in self.nodes.items() if node.law is not None and not node.law.constant
        )

    @cached_property
    def correlation(self) -> np.ndarray:
        """Correlation of the normal scores of the uncertain leaves: the nearest matrix that is one."""
        return nearest(matrix(self.uncertain, self.pairs))

    def evaluate(self, values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Compute all nodes.

        Parameters
        ----------
        values : of leaves, arrays of one shape, in the unit of the node; the others stand at their median.

        Raises
        ------
        TreeError : a name that is no leaf; a draw that gives no number, or a share beyond 0–1.
        """
        given = {name: np.asarray(array, float) for name, array in values.items()}
        for name in given:
            if name not in self.nodes or self.nodes[name].law is None:
                raise TreeError(f"{shown(name)} is no leaf; {meant(name, self.leaves, 'there are')}")
        shapes = {array.shape for array in given.values() if array.shape}
        if len(shapes) > 1:
            raise TreeError(f"the draws of the leaves have shapes {sorted(shapes)}; give as many of each")
        shape = next(iter(shapes), ())
        found: dict[str, Amount] = {}
        for name in self.order:
            node = self.nodes[name]
            if node.law is not None:
                found[name] = given[name] if name in given else np.float64(node.law.median)
            else:
                found[name] = compute(self.steps[name], found)
                self._check_draws(node, found)
        return {name: np.broadcast_to(found[name], shape) for name in self.nodes}

    def _check_draws(self, node: Node, found: Mapping[str, Amount]) -> None:
        # A sum tells of a single draw that is no number, in one pass; where it came from is looked for then.
        if not np.isfinite(np.sum(found[node.name])) and node.formula:
            for name in (*node.formula.names, node.name):
                _check_finite(self.nodes[name], found[name])
        _check_share(node, found[node.name])

    def given(self, **changes: str) -> "Tree":
        """Change nodes, each to a value such as "9% .. 15%" or to a formula; gives a new tree.

        Raises
        ------
        TreeError : an unknown name, or a text that does not fit.
        """
        rows = BREAK.split(self.text)
        for name, text in changes.items():
            node = self.node(name)
            if not isinstance(text, str) or BREAK.search(text) or not cut_comment(text)[0].strip():
                raise TreeError(f"{name} is changed to {shown(text)}; write a value or a formula as text")
            body, _ = cut_comment(rows[node.line - 1])
            rows[node.line - 1] = f"{body.partition('=')[0].rstrip()} = {cut_comment(text)[0].strip()}"
        return _tree("\n".join(rows), self.inputs, changed=frozenset(changes))

    def node(self, name: str) -> Node:
        """Give a node by its name.

        Raises
        ------
        TreeError : there is none; says which there are.
        """
        if name not in self.nodes:
            raise TreeError(f"{shown(name)} is no node of the tree; {meant(str(name), self.nodes, 'it has')}")
        return self.nodes[name]

    def quantity(self, name: str, text: str) -> float:
        """Read a number that is written for a node, such as "60 M", in the node's unit."""
        return self.node(name).quantity(text)


def tree(
    text: str,
    *,
    tables: Mapping[str, "Source"] | None = None,
    numbers: Mapping[str, Any] | None = None,
    money: Rates | None = None,
) -> Tree | Absent:
    """Read a driver tree from its text.

    Parameters
    ----------
    text : one node a line, `name [unit] = value or formula  # source; date; grade`, and correlations of
        leaves, `orders ~ basket: -0.4`. A value is a point, low .. high (90 % interval unless said), low ..
        median .. high, each with a law or a level after it, value +- band, a cell of a table as in
        table.column["label", 1978], or the name of a Number. Shares (%) are
        logit-normal, growth (%/year) normal, sizes log-normal.
    tables : that cells are taken from, by name; others are read by their declared name.
    numbers : Results or Numbers of other methods, by name.
    money : converts currencies and price years, where `in` asks for it.

    Raises
    ------
    TreeError : the first thing that is wrong, in one line: node, line, what was found, what to do.
    """
    if not isinstance(text, str):
        raise TreeError(f"a tree is a text, found a {type(text).__name__}; write one node a line")
    return _tree(text, Inputs(dict(tables or {}), dict(numbers or {}), money))


def _tree(text: str, inputs: Inputs, changed: frozenset[str] = frozenset()) -> Any:
    statements = lines(text)
    if not statements:
        return Absent(title="Driver tree", reason="No driver tree was given.")
    written = _unique([line for line in statements if isinstance(line, NodeLine)])
    if not written:
        raise TreeError("the tree has correlations and no node; write name [unit] = value, one a line")
    nodes: dict[str, Node] = {}
    notices: list[str] = []
    for name, line in written.items():
        with at(line.place):
            nodes[name], told = _node(line, written, inputs)
            notices += [f"{name}: {one}" for one in told]
    order = _order(nodes)
    steps: dict[str, tuple[Step, ...]] = {}
    units: dict[str, Unit] = {}
    for name in order:
        node = nodes[name]
        if node.formula is not None:
            with at(node.place):
                found, steps[name] = checked(node.formula, units, inputs.rates)
                nodes[name] = replace(node, unit=agreed(written[name].unit, found, node.text))
        units[name] = nodes[name].unit
    pairs = _pairs([line for line in statements if isinstance(line, PairLine)], nodes, changed, notices)
    notices += _unused(nodes)
    made = Tree(text, nodes, order, pairs, (), steps, inputs)
    return replace(made, notices=(*notices, *_moved(made)))


def _unique(found: Sequence[NodeLine]) -> dict[str, NodeLine]:
    nodes: dict[str, NodeLine] = {}
    for line in found:
        if line.name in nodes:
            first = nodes[line.name].line
            raise TreeError(f"{line.place}: a second {line.name}, the first is line {first}; rename one")
        nodes[line.name] = line
    return nodes


def _node(line: NodeLine, written: Mapping[str, NodeLine], inputs: Inputs) -> tuple[Node, tuple[str, ...]]:
    leaf = _leaf(line, written, inputs)
    said = remark(line.comment, leaf=leaf is not None)
    if leaf is None:
        made = formula(line.text)
        for name in made.names:
            if name not in written:
                raise ValueError(_unknown(name, written, inputs))
        unit = line.unit or Unit()
        return Node(name=line.name, unit=unit, text=line.text, line=line.line, formula=made, remark=said), ()
    said = said if said.source else replace(said, source=leaf.source)
    made_ = Node(name=line.name, unit=leaf.unit, text=line.text, line=line.line, law=leaf.law, remark=said)
    return made_, leaf.notices


def _leaf(line: NodeLine, written: Mapping[str, NodeLine], inputs: Inputs) -> Leaf | None:
    if is_value(tokens(line.text)):
        _check_product(line, written)
        return of_value(line.text, line.unit)
    if leaf := of_cell(line.text, line.unit, inputs):
        return leaf
    first = tokens(line.text)[0].text
    if first in written and first != line.name:
        return None
    return of_number(line.text, line.unit, inputs)


def _check_product(line: NodeLine, written: Mapping[str, NodeLine]) -> None:
    # 2 a is a number with the unit a, and so it would not be missed that it was to be 2 * a.
    for token in tokens(line.text):
        if line.unit is None and token.kind == "name" and token.text in written:
            name = token.text
            raise ValueError(
                f"{name} in {shown(line.text)} is a node; write * before it, or declare [{name}]"
            )


def _unknown(name: str, written: Mapping[str, NodeLine], inputs: Inputs) -> str:
    if name in inputs.numbers:
        return f"{name} is a Number of another method; give it a node of its own: my_{name} [unit] = {name}"
    others = f", and there are the numbers {', '.join(inputs.numbers)}" if inputs.numbers else ""
    return f"{shown(name)} is no node of the tree; {meant(name, written, 'it has')}{others}"


def _order(nodes: Mapping[str, Node]) -> tuple[str, ...]:
    waits = {name: set(node.formula.names if node.formula else ()) for name, node in nodes.items()}
    users: dict[str, list[str]] = {name: [] for name in nodes}
    for name, needed in waits.items():
        for other in needed:
            users[other].append(name)
    ready = [name for name, needed in waits.items() if not needed]
    for name in ready:  # grows while it is walked
        for user in users[name]:
            waits[user].discard(name)
            if not waits[user]:
                ready.append(user)
    if len(ready) < len(nodes):
        circle = _circle({name: needed for name, needed in waits.items() if needed})
        first = nodes[circle[0]]
        way = " → ".join([*circle[:6], *(["…"] if len(circle) > 6 else []), circle[0]])
        raise TreeError(f"{first.place}: it is made of itself, {way}; break the circle with a value")
    return tuple(ready)


def _circle(waits: Mapping[str, set[str]]) -> list[str]:
    path = [next(iter(waits))]
    while True:
        following = min(name for name in waits[path[-1]] if name in waits)
        if following in path:
            return path[path.index(following) :]
        path.append(following)


def _pairs(
    found: Sequence[PairLine], nodes: Mapping[str, Node], changed: frozenset[str], notices: list[str]
) -> dict[tuple[str, str], float]:
    pairs: dict[tuple[str, str], float] = {}
    for line in found:
        pair = (line.one, line.other)
        still = [_still(line, name, nodes, changed) for name in pair]
        if pair in pairs or pair[::-1] in pairs:
            raise TreeError(f"{line.place}: {line.one} ~ {line.other} stands here a second time; keep one")
        if any(still):
            notices.append(f"{line.one} ~ {line.other} has no effect: {next(filter(None, still))}")
        else:
            pairs[pair] = line.correlation
    return pairs


def _still(line: PairLine, name: str, nodes: Mapping[str, Node], changed: frozenset[str]) -> str:
    if name not in nodes:
        raise TreeError(f"{line.place}: {shown(name)} is no node of the tree; {meant(name, nodes, 'it has')}")
    law = nodes[name].law
    if law is None:
        if name in changed:
            return f"{name} is a formula now"
        raise TreeError(f"{line.place}: {name} is a formula; correlate leaves, such as those it is made of")
    return f"{name} does not vary" if law.constant else ""


def _unused(nodes: Mapping[str, Node]) -> list[str]:
    used = {name for node in nodes.values() if node.formula for name in node.formula.names}
    if not used:
        return []
    return [
        f"{node.name}: no formula uses it" for node in nodes.values() if node.law and node.name not in used
    ]


def _moved(made: Tree) -> list[str]:
    if not made.pairs:
        return []
    names = made.uncertain
    asked = matrix(names, made.pairs)
    change = np.abs(made.correlation - asked)
    if change.max() < TOLD:
        return []
    i, j = sorted(np.unravel_index(int(change.argmax()), change.shape))
    return [
        f"the correlations contradict each other; the nearest that go together are used, and {names[i]} ~ "
        f"{names[j]} changes most, from {asked[i, j]:.2f} to {made.correlation[i, j]:.2f}"
    ]


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
