"""In which driver methods disagree: each taken apart into its factors, what they share cancelling."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from pmlib.sizing.drivers import words
from pmlib.sizing.drivers.parse import Step
from pmlib.sizing.drivers.tree import Tree
from pmlib.sizing.drivers.units import PLAIN, Unit

Factors = Mapping[str, Fraction]  # names of nodes, each with its power
SAME = 1e-9  # logs closer than this are equal


@dataclass(frozen=True)
class Driver:
    """One driver, or several together, as each method has it.

    label, unit : of the driver, in words. by_method : values, in plain units (without thousands or millions).
    implied : methods that have no such driver, and imply one by the others.
    """

    label: str
    unit: str
    by_method: Mapping[str, float]
    implied: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """How many times the largest is of the smallest."""
        return max(self.by_method.values()) / min(self.by_method.values())


def method_drivers(
    market: Tree, methods: Sequence[str], sizes: Mapping[str, np.ndarray]
) -> tuple[Driver, ...]:
    """Compare methods driver by driver, the driver in which they part most first.

    Parameters
    ----------
    sizes : draws of all nodes; medians are compared.

    Returns
    -------
    drivers : of two methods or more; none where the methods have no driver in common.
    """
    parts = {name: factors_of(market, name) for name in methods}
    built = {name: own for name, own in parts.items() if set(own) != {name}}
    shared = _shared(built, sizes)
    rest = {name: {f: p for f, p in own.items() if f not in shared} for name, own in built.items()}
    rest = {name: own for name, own in rest.items() if own}
    grouped = {name: _by_unit(market, own) for name, own in rest.items()}
    rows: list[tuple[dict[str, Factors], tuple[str, ...]]] = []
    lone = [name for name in methods if name not in built] if shared else []
    if lone:  # a method that is one figure implies what the others have beside what they share
        apart = {f: -p for f, p in shared.items()}
        rows.append(({**rest, **{name: {name: Fraction(1)} | apart for name in lone}}, tuple(lone)))
    if not lone or any(len(groups) > 1 for groups in grouped.values()):
        for key in dict.fromkeys(key for groups in grouped.values() for key in groups):
            rows.append(({name: groups[key] for name, groups in grouped.items() if key in groups}, ()))
    found = [_driver(market, own, sizes, implied) for own, implied in rows if len(own) > 1]
    found += _fixed_numbers(market, parts, sizes)
    return tuple(sorted(found, key=lambda driver: (-round(float(np.log(driver.gap)), 9), driver.label)))


def factors_of(market: Tree, name: str) -> dict[str, Fraction]:
    """Take a node apart into nodes that it is a product of; sums, and what no formula makes, stay whole."""
    node = market.nodes[name]
    if node.formula is None:
        return {name: Fraction(1)}
    own = product(node.formula.steps)
    if own is None:
        return {name: Fraction(1)}
    found: Counter[str] = Counter()
    for part, power in own.items():
        for inner, inner_power in factors_of(market, part).items():
            found[inner] += power * inner_power  # type: ignore[assignment]
    return {part: Fraction(power) for part, power in found.items() if power}


def product(steps: Sequence[Step]) -> dict[str, Fraction] | None:
    """Read a formula as a product of nodes, numbers aside; None where it is none."""
    stack: list[tuple[dict[str, Fraction], float | None]] = []
    for step in steps:
        if step.kind == "number":
            stack.append(({}, step.value))
        elif step.kind == "name":
            stack.append(({step.name: Fraction(1)}, None))
        elif step.kind in ("*", "/"):
            (right, _), (left, _) = stack.pop(), stack.pop()
            sign = 1 if step.kind == "*" else -1
            names = dict.fromkeys([*left, *right])
            stack.append(
                ({n: left.get(n, Fraction(0)) + sign * right.get(n, Fraction(0)) for n in names}, None)
            )
        elif step.kind == "**" and stack[-1][1] is not None and stack[-1][0] == {}:
            power = Fraction(stack.pop()[1] or 0.0).limit_denominator(12)
            stack.append(({n: p * power for n, p in stack.pop()[0].items()}, None))
        elif step.kind not in ("in", "minus"):
            return None
    return stack[0][0] or None


def _shared(built: Mapping[str, Factors], sizes: Mapping[str, np.ndarray]) -> Factors:
    """Find the factors that all methods share; of one method alone, all but its least sure factor."""
    if not built:
        return {}
    first, *others = built.values()
    if not others:
        spread = {name: float(abs(p) * np.std(np.log(np.abs(sizes[name])))) for name, p in first.items()}
        least = max(spread, key=lambda name: spread[name])
        return {name: p for name, p in first.items() if name != least}
    return {name: p for name, p in first.items() if all(own.get(name) == p for own in others)}


def _unit(market: Tree, own: Factors) -> Unit:
    unit = PLAIN
    for name, power in own.items():
        unit = unit * market.nodes[name].unit ** power
    return unit


def _by_unit(market: Tree, own: Factors) -> dict[tuple[object, ...], Factors]:
    groups: dict[tuple[object, ...], dict[str, Fraction]] = {}
    for name, power in own.items():
        key = tuple(_unit(market, {name: power}).dimensions.items())
        groups.setdefault(key, {})[name] = power
    return dict(groups)


def _driver(
    market: Tree, own: Mapping[str, Factors], sizes: Mapping[str, np.ndarray], implied: tuple[str, ...]
) -> Driver:
    built = [factors for name, factors in own.items() if name not in implied]
    first = _unit(market, built[0])
    shown = Unit(first.factors, percent=_is_share(market, built))
    values = {
        name: float(np.median(_times(factors, sizes)) * _unit(market, factors).scale / shown.scale)
        for name, factors in own.items()
    }
    return Driver(_label(market, built, shown), shown.column("").unit, values, implied)


def _times(own: Factors, sizes: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.asarray(np.prod([sizes[name] ** float(power) for name, power in own.items()], axis=0))


def _is_share(market: Tree, built: Sequence[Factors]) -> bool:
    return all(market.nodes[name].unit.share and power > 0 for own in built for name, power in own.items())


def _label(market: Tree, built: Sequence[Factors], unit: Unit) -> str:
    if len({tuple(own.items()) for own in built}) > 1 and not unit.plain:
        return words.capital(unit.column("").unit)
    names = dict.fromkeys(name for own in built for name in own)
    return words.capital(words.listed([words.inside(market.nodes[name]) for name in names][:3]))


def _fixed_numbers(
    market: Tree, parts: Mapping[str, Factors], sizes: Mapping[str, np.ndarray]
) -> list[Driver]:
    """Compare the numbers that stand in the formulas themselves."""
    values = {
        name: float(np.median(sizes[name] / _times(own, sizes)))
        * (market.nodes[name].unit.scale / _unit(market, own).scale)
        for name, own in parts.items()
    }
    built = {name: value for name, value in values.items() if set(parts[name]) != {name} and value > 0}
    differ = len(built) > 1 and max(built.values()) / min(built.values()) > 1 + SAME
    return [Driver("Fixed numbers in the formulas", "", built)] if differ else []
