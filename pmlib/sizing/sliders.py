"""A driver tree as a formula that a page computes again, when a reader moves the drivers that matter most."""

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from pmlib.formula.model import Input, Model, Output, model
from pmlib.formula.stops import stops
from pmlib.formula.term import Term, called, given, term
from pmlib.sizing.drivers.lineage import below
from pmlib.sizing.drivers.refusal import TreeError
from pmlib.sizing.drivers.words import column, label, spoken
from pmlib.stats.laws import LEVEL
from pmlib.table import percentage

if TYPE_CHECKING:
    from pmlib.sizing.drivers.parse import Step
    from pmlib.sizing.drivers.tree import Tree

MOST = 4  # sliders, and outputs
FEWEST = 6  # stops of a slider: what is known to three digits has less to move
TRACK = 0.99  # of a driver's values that lie on its slider


def sliders(market: "Tree", focus: str, leaves: Sequence[str]) -> Model | None:
    """Lay out how a node, and what it is made of in the same unit, hang on leaves.

    Parameters
    ----------
    leaves : the uncertain ones, the most important first; the others stand at their median.

    Returns
    -------
    Model : None where every leaf is too well known to be moved, or where the sliders' ends come together to
        what no share can be.
    """
    inputs = [one for one in (_input(market, name) for name in leaves[:MOST]) if len(one.stops) >= FEWEST]
    if not inputs or not _holds(market, inputs):
        return None
    terms = _terms(market, {one.name for one in inputs})
    moved = {one.name for one in inputs}
    beneath = [
        name
        for name in reversed(market.order)
        if name in below(market, focus)
        and market.nodes[name].formula is not None
        and market.nodes[name].unit == market.nodes[focus].unit
        and below(market, name) & moved
    ]
    outputs = [(terms[name], _output(market, name)) for name in dict.fromkeys([focus, *beneath][:MOST])]
    return model(inputs, outputs, about=_about(market, inputs, leaves))


def _input(market: "Tree", name: str) -> Input:
    node = market.nodes[name]
    assert node.law is not None
    unit = spoken(column(node).unit)
    values, start, digits = stops(*node.law.ends(TRACK), node.law.median, unit)
    return Input(
        name=name,
        label=label(node),
        unit=unit,
        digits=digits,
        stops=values,
        start=start,
        likely=node.law.ends(LEVEL),
    )


def _output(market: "Tree", name: str) -> Output:
    node = market.nodes[name]
    return Output(name=name, label=label(node), unit=spoken(column(node).unit))


def _holds(market: "Tree", inputs: Sequence[Input]) -> bool:
    corners = np.array(list(product(*((one.stops[0], one.stops[-1]) for one in inputs)))).T
    try:
        market.evaluate({one.name: ends for one, ends in zip(inputs, corners, strict=True)})
    except TreeError:
        return False
    return True


def _terms(market: "Tree", moved: set[str]) -> dict[str, Term]:
    found: dict[str, Term] = {}
    for name in market.order:
        law = market.nodes[name].law
        if law is None:
            found[name] = _formula(market.steps[name], found)
        else:
            found[name] = given(name) if name in moved else term(law.median)
    return found


def _formula(steps: Sequence["Step"], found: dict[str, Term]) -> Term:
    # As `compute` runs them, with terms for numbers.
    stack: list[Term] = []
    for step in steps:
        if step.kind == "number":
            stack.append(term(step.value))
        elif step.kind == "name":
            stack.append(found[step.name])
        elif step.kind == "in":
            stack.append(stack.pop() * step.value)
        elif step.kind == "minus":
            stack.append(-stack.pop())
        elif step.name == "grow":
            base, rate, years = (stack.pop(-3), stack.pop(-2), stack.pop())
            stack.append((rate + 1.0) ** years * base)
        else:
            taken = stack[-step.count :]
            del stack[-step.count :]
            whole = taken[0] if len(taken) > 1 else called(step.name, taken[0])
            for part in taken[1:]:
                whole = called(step.name or step.kind, whole, part)
            stack.append(whole)
    return stack[-1]


def _about(market: "Tree", inputs: Sequence[Input], leaves: Sequence[str]) -> str:
    others = len(leaves) > len(inputs)
    still = " Other drivers stay at their medians." if others else ""
    moved = {one.name for one in inputs}
    together = any(moved & set(pair) for pair in market.pairs)
    alone = " Drivers said to go together do not move along." if together else ""
    return f"Shaded: {percentage(LEVEL)} ranges.{still}{alone}"
