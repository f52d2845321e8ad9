"""Runs the steps of a formula on arrays, in place wherever an array belongs to no node."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pmlib.sizing.drivers.parse import Step

Amount = float | np.ndarray
BINARY: dict[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
    "min": np.minimum,
    "max": np.maximum,
}
UNARY: dict[str, Callable[..., Any]] = {"sqrt": np.sqrt, "log": np.log, "exp": np.exp, "minus": np.negative}


def compute(steps: Sequence[Step], values: Mapping[str, Amount]) -> Amount:
    """Compute a formula; the arrays of nodes are left as they are.

    Returns
    -------
    the values; where some part of it is no finite number, those of that part, though later ones hide it, as
    min(1 / 0, 5) does.
    """
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
            return _run(steps, values)
    except FloatingPointError:
        with np.errstate(all="ignore"):
            return _run(steps, values, careful=True)


def _run(steps: Sequence[Step], values: Mapping[str, Amount], *, careful: bool = False) -> Amount:
    stack: list[tuple[Amount, bool]] = []  # each with whether it may be written over
    for step in steps:
        if careful and stack and not np.isfinite(stack[-1][0]).all():
            break
        if step.kind == "number":
            stack.append((np.float64(step.value), False))
        elif step.kind == "name":
            stack.append((values[step.name], False))
        elif step.kind == "in":
            if step.value != 1:
                stack.append(_binary(np.multiply, stack.pop(), (np.float64(step.value), False)))
        elif step.kind == "minus" or step.name in UNARY:
            stack.append(_unary(UNARY[step.name or "minus"], stack.pop()))
        elif step.name == "grow":
            base, rate, years = (stack.pop(-3), stack.pop(-2), stack.pop())
            growth = _binary(np.power, _binary(np.add, rate, (np.float64(1), False)), years)
            stack.append(_binary(np.multiply, growth, base))
        else:
            taken = stack[-step.count :]
            del stack[-step.count :]
            part = taken[0]
            for other in taken[1:]:
                part = _binary(BINARY[step.name or step.kind], part, other)
            stack.append(part)
    result, own = stack[-1]
    return result if own or not isinstance(result, np.ndarray) else result.copy()


def _binary(
    function: Callable[..., Any], left: tuple[Amount, bool], right: tuple[Amount, bool]
) -> tuple[Amount, bool]:
    for value, own in (left, right):
        if own:
            return function(left[0], right[0], out=value), True
    result = function(left[0], right[0])
    return result, isinstance(result, np.ndarray)


def _unary(function: Callable[..., Any], part: tuple[Amount, bool]) -> tuple[Amount, bool]:
    value, own = part
    result = function(value, out=value) if own else function(value)
    return result, isinstance(result, np.ndarray)
