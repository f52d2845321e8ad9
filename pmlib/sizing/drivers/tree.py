"""A driver tree: nodes with units and laws, read from text and computed on arrays of draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from pmlib.data import Source
from pmlib.data.words import meant, shown
from pmlib.result import Absent
from pmlib.sizing.drivers.checked import agreed, checked
from pmlib.sizing.drivers.compute import Amount, compute
from pmlib.sizing.drivers.convert import Rates
from pmlib.sizing.drivers.correlation import TOLD, matrix, nearest
from pmlib.sizing.drivers.finite import check_draws
from pmlib.sizing.drivers.leaf import Inputs, Leaf, of_cell, of_number, of_value
from pmlib.sizing.drivers.lines import BREAK, NodeLine, PairLine, cut_comment, lines
from pmlib.sizing.drivers.node import Node, remark
from pmlib.sizing.drivers.pairs import pairs_of
from pmlib.sizing.drivers.parse import Step, formula
from pmlib.sizing.drivers.refusal import TreeError, at
from pmlib.sizing.drivers.sequence import sequence
from pmlib.sizing.drivers.tokens import tokens
from pmlib.sizing.drivers.units import Unit
from pmlib.sizing.drivers.values import is_value


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
                check_draws(node, self.nodes, found)
        return {name: np.broadcast_to(found[name], shape) for name in self.nodes}

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
    tables: Mapping[str, Source] | None = None,
    numbers: Mapping[str, Any] | None = None,
    money: Rates | Absent | None = None,
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
    money : converts currencies and price years, where `in` asks for it; sizing.money makes it.

    Raises
    ------
    TreeError : the first thing that is wrong, in one line: node, line, what was found, what to do.
    """
    if not isinstance(text, str):
        raise TreeError(f"a tree is a text, found a {type(text).__name__}; write one node a line")
    if money is not None and not isinstance(money, Absent) and not hasattr(money, "convert"):
        raise TreeError(f"money is a {type(money).__name__}; give what sizing.money(prices, rates) makes")
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
            nodes[name], said = _node(line, written, inputs)
            notices += [f"{name}: {one}" for one in said]
    order = sequence(nodes)
    steps: dict[str, tuple[Step, ...]] = {}
    units: dict[str, Unit] = {}
    for name in order:
        node = nodes[name]
        if node.formula is not None:
            with at(node.place):
                found, steps[name] = checked(node.formula, units, inputs.rates)
                nodes[name] = replace(node, unit=agreed(written[name].unit, found, node.text))
        units[name] = nodes[name].unit
    correlated = [line for line in statements if isinstance(line, PairLine)]
    pairs, told = pairs_of(correlated, nodes, changed)
    notices += [*told, *_unused(nodes, inputs)]
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


def _unused(nodes: Mapping[str, Node], inputs: Inputs) -> list[str]:
    # What another method found may stand for itself, beside what the tree makes of its leaves.
    used = {name for node in nodes.values() if node.formula for name in node.formula.names}
    if not used:
        return []
    used |= {name for name, node in nodes.items() if tokens(node.text)[0].text in inputs.numbers}
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
