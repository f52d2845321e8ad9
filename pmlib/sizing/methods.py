"""What several methods say of one size: values, ranges, and how their errors move together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from pmlib.data.words import meant, shown
from pmlib.given import ungiven
from pmlib.parameters import check_names
from pmlib.result import Absent, Number, Result
from pmlib.sizing.drivers import words
from pmlib.sizing.drivers.draws import draws
from pmlib.sizing.drivers.lineage import sources
from pmlib.sizing.drivers.tree import Tree

TITLE = "Methods compared"


@dataclass(frozen=True, eq=False)
class Methods:
    """Methods that size the same thing.

    names, labels : of the methods. unit : of all of them, as table.Column writes it.
    value, low, high : what each says; log, covariance : the same on the scale of logs, with shared errors.
    source : where they come from. left_out : what has no value, and why.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    unit: str
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    log: np.ndarray
    covariance: np.ndarray
    period: str = ""
    source: str = ""
    left_out: tuple[str, ...] = ()


def of_tree(
    market: Tree | Absent | None, methods: Sequence[str], level: float, seed: int
) -> Methods | Absent:
    """Take methods that are nodes of a tree; the leaves they share make their errors move together.

    Raises
    ------
    ValueError : methods that are no nodes, differ in unit, have no range or fall to zero.
    """
    if absent := ungiven(TITLE, market, "driver tree"):
        return absent
    if not isinstance(market, Tree):
        raise TypeError(
            f"a driver tree is needed, found a {type(market).__name__}; make one: sizing.tree(text)"
        )
    check_names("methods", methods)
    if isinstance(methods, str):
        raise ValueError(f'methods is {shown(methods)}; write a list of names: ["bottom_up", "top_down"]')
    if not methods:
        return Absent(title=TITLE, reason="No methods were named.")
    for name in methods:
        if list(methods).count(name) > 1:
            raise ValueError(f"method {shown(name)} is named twice; name it once")
    nodes = [market.node(name) for name in methods]
    for node in nodes[1:]:
        if node.unit != nodes[0].unit:
            raise ValueError(
                f"method {node.name} is in [{node.unit}], {nodes[0].name} in [{nodes[0].unit}]; "
                f"write one as `... in {nodes[0].unit}`"
            )
    every = draws(market, seed=seed)
    found = np.array([every[name] for name in methods])
    _check_draws(methods, found)
    tails = [(1 - level) / 2, 0.5, (1 + level) / 2]
    low, value, high = np.quantile(found, tails, axis=1)
    return Methods(
        names=tuple(methods),
        labels=tuple(words.label(node) for node in nodes),
        unit=nodes[0].unit.column("").unit,
        value=value,
        low=low,
        high=high,
        log=np.log(value),
        covariance=np.atleast_2d(np.cov(np.log(found))),
        source=sources(market, *methods),
    )


def _check_draws(methods: Sequence[str], found: np.ndarray) -> None:
    for name, values in zip(methods, found, strict=True):
        if values.min() <= 0:
            share = np.mean(values <= 0)
            raise ValueError(
                f"method {name} is zero or below in {share:.1%} of draws; sizes are compared as ratios, "
                "so keep its drivers above zero"
            )
        if np.ptp(values) == 0:
            raise ValueError(
                f"method {name} has no range; say how sure it is, such as {values[0]:,.6g} +- 10%"
            )


def of_numbers(every: Mapping[str, Any], methods: Sequence[str], level: float) -> Methods | Absent:
    """Take methods that are Numbers, or Results of which the first Number is meant; they err apart.

    Raises
    ------
    ValueError : a method that is not there; a Number that is not above zero, has no range, or another unit.
    """
    for name in methods:
        if name not in every:
            raise ValueError(f"{shown(name)} is no method; {meant(name, every, 'it has')}")
    given = {name: every[name] for name in methods or every}
    left_out = tuple(f"{name}: {one.reason}" for name, one in given.items() if isinstance(one, Absent))
    numbers = {name: _number(name, one) for name, one in given.items() if not isinstance(one, Absent)}
    if not numbers:
        return Absent(title=TITLE, reason=" ".join(left_out) or "No methods were named.")
    unit = next(iter(numbers.values())).unit
    errors = []
    for name, one in numbers.items():
        if one.unit != unit:
            first = next(iter(numbers))
            raise ValueError(
                f"method {name} is in {one.unit or 'no unit'}, {first} in {unit or 'no unit'}; use one"
            )
        errors.append(_log_error(name, one))
    reach = np.exp(float(ndtri((1 + level) / 2)) * np.array(errors))
    value = np.array([float(one.value) for one in numbers.values()])
    return Methods(
        names=tuple(numbers),
        labels=tuple(words.capital(name.replace("_", " ")) for name in numbers),
        unit=unit,
        value=value,
        low=value / reach,
        high=value * reach,
        log=np.log(value),
        covariance=np.diag(np.square(errors)),
        period=next((one.period for one in numbers.values() if one.period), ""),
        source="; ".join(dict.fromkeys(one.source for one in numbers.values() if one.source)),
        left_out=left_out,
    )


def _number(name: str, given: Any) -> Number:
    if isinstance(given, Number):
        return given
    if isinstance(given, Result) and given.numbers:
        return given.numbers[0]
    raise ValueError(f"method {name} is {shown(given)}; give a Number, or a Result that has one")


def _log_error(name: str, number: Number) -> float:
    if number.low is None or number.high is None or number.level is None:
        raise ValueError(f"method {name} has no range; give its Number low, high and level, such as 0.8")
    if not 0 < number.low < number.high or not number.value > 0:
        found = f"{number.value:g} ({number.low:g} to {number.high:g})"
        raise ValueError(f"method {name} is {found}; a size and its range lie above zero, low before high")
    return float(np.log(number.high / number.low) / (2 * ndtri((1 + number.level) / 2)))


def known(truth: Any, methods: Methods, market: Any) -> float | None:
    """Read what came later or is known: a value in the methods' unit, a text as of a node, a Number.

    Raises
    ------
    ValueError : it is not above zero, or in another unit.
    """
    if truth is None or truth == "":
        return None
    if isinstance(truth, str):
        if not isinstance(market, Tree):
            raise ValueError(
                f"truth is {shown(truth)}; without a tree write a number in {methods.unit or 'their unit'}"
            )
        truth = market.quantity(methods.names[0], truth)
    if isinstance(truth, Number):
        if truth.unit != methods.unit:
            raise ValueError(
                f"truth is in {truth.unit or 'no unit'}, the methods in {methods.unit}; bring it to that"
            )
        truth = truth.value
    if isinstance(truth, bool) or not isinstance(truth, (int, float)) or not 0 < truth < np.inf:
        raise ValueError(f"truth is {shown(truth)}; give a size above zero, or None")
    return float(truth)
