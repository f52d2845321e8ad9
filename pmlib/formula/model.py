"""A formula as a program: slots of numbers, filled in order; Python and a page's script run the same."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise, product
from math import isfinite
from typing import Any

import numpy as np

from pmlib.formula.term import Row, Term

EQUAL = 1e-14  # relative: what rounding leaves between two numbers that are the same


def _less(a: Any, b: Any) -> Any:
    """Subtract; of equals nothing is left."""
    gap = np.subtract(a, b)
    return np.where(np.abs(gap) < EQUAL * np.abs(a), 0.0, gap)


TWO: dict[str, Callable[..., Any]] = {
    "+": np.add,
    "-": _less,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
    "min": np.minimum,
    "max": np.maximum,
}
ONE: dict[str, Callable[..., Any]] = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt, "sum": np.sum}
NO_YES = ("no", "yes")
LARGEST = 100_000  # bytes of a model as JSON: what a page of 300 kB has room for
CORNERS = 6  # inputs whose ends are all tried together, to see how far outputs go


@dataclass(frozen=True, kw_only=True)
class Input:
    """What a reader may move.

    label : in words. unit, digits, sign : how values are written, see `written`.
    stops : the values it takes, rising. start : place of the default among them.
    likely : low and high end of the range that it lies in, which is marked; None where nothing is unsure.
    words : what the stops are called, where they are no amounts, as are NO_YES.
    """

    name: str
    label: str
    stops: Row
    start: int
    unit: str = ""
    digits: int | None = None
    sign: bool = False
    likely: tuple[float, float] | None = None
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        rising = all(one < next_ for one, next_ in pairwise(self.stops))
        if not (rising and all(map(isfinite, self.stops)) and 0 <= self.start < len(self.stops)):
            raise ValueError(f"input {self.name}: stops must rise, and the start be one of them")
        if self.words and len(self.words) != len(self.stops):
            raise ValueError(f"input {self.name}: {len(self.stops)} stops, {len(self.words)} words for them")

    @property
    def is_flag(self) -> bool:
        """Whether it is had or not."""
        return self.words == NO_YES

    @property
    def value(self) -> float:
        """Where it stands as published."""
        return self.stops[self.start]


@dataclass(frozen=True, kw_only=True)
class Output:
    """What comes of it. slot : where the program leaves it, once there is one."""

    name: str
    label: str
    unit: str = ""
    digits: int | None = None
    slot: int = 0


@dataclass(frozen=True, kw_only=True)
class Model:
    """A program: slots hold the inputs, then the constants (numbers, or rows of them), then what steps make.

    steps : each an operation and the slots it takes. A number goes with every number of a row; "sum" adds a
        row up. about : what stays as it is, in a sentence.
    """

    inputs: tuple[Input, ...]
    constants: tuple[float | Row, ...]
    steps: tuple[tuple[str | int, ...], ...]
    outputs: tuple[Output, ...]
    about: str = ""

    def __post_init__(self) -> None:
        if not all(np.isfinite(value).all() for value in self.constants):
            raise ValueError("model: a constant is no finite number")
        filled = len(self.inputs) + len(self.constants)
        for number, (sign, *slots) in enumerate(self.steps):
            if len(slots) != (1 if sign in ONE else 2 if sign in TWO else 0):
                raise ValueError(f"model: step {number + 1} is {sign!r} of {len(slots)} slots")
            if not all(isinstance(slot, int) and 0 <= slot < filled + number for slot in slots):
                raise ValueError(f"model: step {number + 1} takes a slot that is not filled yet")
        if any(not 0 <= output.slot < filled + len(self.steps) for output in self.outputs):
            raise ValueError("model: an output stands in a slot that is never filled")

    def at(self, **values: float) -> dict[str, float]:
        """Compute the outputs; inputs that are not given stand at their default."""
        slots: list[Any] = [values.get(one.name, one.value) for one in self.inputs]
        slots += [np.asarray(value) if isinstance(value, tuple) else value for value in self.constants]
        with np.errstate(all="ignore"):
            for sign, *taken in self.steps:
                function = (ONE if sign in ONE else TWO)[str(sign)]
                slots.append(function(*(slots[int(slot)] for slot in taken)))
        return {output.name: float(slots[output.slot]) for output in self.outputs}

    def spans(self) -> dict[str, tuple[float, float]]:
        """Say how far each output goes below and above 0 where inputs are at their ends; shares together."""
        moved = {one.name: (one.stops[0], one.stops[-1]) for one in self.inputs[:CORNERS]}
        corners = [dict(zip(moved, ends, strict=True)) for ends in product(*moved.values())]
        tried = [self.at(), *(self.at(**corner) for corner in corners)]
        found = {
            one.name: [0.0, *(values[one.name] for values in tried if isfinite(values[one.name]))]
            for one in self.outputs
        }
        shares = [value for one in self.outputs if one.unit == "%" for value in found[one.name]]
        found |= {one.name: shares for one in self.outputs if one.unit == "%"}
        return {name: (min(values), max(values)) for name, values in found.items()}

    def plain(self) -> dict[str, Any]:
        """Give it as plain JSON."""
        return asdict(self)

    @property
    def size(self) -> int:
        """Bytes of it as JSON."""
        return len(json.dumps(self.plain(), separators=(",", ":")))


def model(inputs: Sequence[Input], outputs: Sequence[tuple[Term, Output]], *, about: str = "") -> Model:
    """Lay a formula out as a program; outputs come with the term that each stands for."""
    order = _ordered([one for one, _ in outputs])
    named = {one.name: at for at, one in enumerate(inputs)}
    constants = list(dict.fromkeys(one.value for one in order if one.value is not None))
    known = {value: len(named) + at for at, value in enumerate(constants)}
    steps = [one for one in order if one.sign]
    made = {id(one): len(named) + len(known) + at for at, one in enumerate(steps)}

    def slot(one: Term) -> int:
        if one.sign:
            return made[id(one)]
        return named[one.name] if one.value is None else known[one.value]

    return Model(
        inputs=tuple(inputs),
        constants=tuple(constants),
        steps=tuple((one.sign, *map(slot, one.parts)) for one in steps),
        outputs=tuple(replace(output, slot=slot(one)) for one, output in outputs),
        about=about,
    )


def _ordered(terms: Sequence[Term]) -> list[Term]:
    """List terms and all that they are made of, each once and after its parts."""
    found, open_ = dict[int, Term](), list(terms)
    while open_:
        left = [part for part in open_[-1].parts if id(part) not in found]
        if left:
            open_ += left
        else:
            found[id(open_[-1])] = open_[-1]
            open_.pop()
    return list(found.values())
