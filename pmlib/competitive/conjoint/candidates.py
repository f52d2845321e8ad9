"""All products that could be made of a study's attributes, within what is allowed, and what each wins."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.conjoint.studied import Attribute, ChoiceModel, Shelf, offered
from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.words import count, listed

MOST = 100_000  # candidates that are all tried; beyond this some attribute must be fixed
STEPS = 21  # prices tried, evenly over the studied range
FEW_LEVELS = 7  # a number with more levels is tried at this many places of its range
EACH = "each"  # key of costs: what any product costs, whatever its levels
BLOCK = 2_000_000  # cells worked out at once


@dataclass(frozen=True, eq=False)
class Candidates:
    """Every allowed combination of levels.

    rows : a column an attribute, a row a candidate; all prices of a make-up together. makeup : (n,) code of
        what a candidate is but for its price. cost : (n,) of one piece. forbidden : how many were ruled out.
    """

    rows: pd.DataFrame
    makeup: np.ndarray
    cost: np.ndarray
    forbidden: int

    def part(self, kept: np.ndarray) -> "Candidates":
        """Take some of them."""
        return Candidates(
            self.rows[kept].reset_index(drop=True), self.makeup[kept], self.cost[kept], self.forbidden
        )


def candidates(
    known: Mapping[str, Attribute],
    *,
    fixed: Mapping[str, Any],
    forbidden: Sequence[Mapping[str, Any]],
    costs: Mapping[str, Any],
) -> Candidates:
    """List every combination of levels that is allowed.

    Raises
    ------
    ValueError : an unknown attribute or level; nothing is allowed, or more than can all be tried.
    """
    for what, keys in (("fixed", fixed), ("costs", costs), *(("forbidden", pair) for pair in forbidden)):
        if unknown := [key for key in keys if key not in known and not (what == "costs" and key == EACH)]:
            raise ValueError(
                f"{what} names {listed(unknown)}, which the study has not; it has {listed(list(known))}"
            )
    tried = {name: _tried(a, fixed.get(name)) for name, a in known.items()}
    total = int(np.prod([len(levels) for levels in tried.values()]))
    if total > MOST:
        sizes = listed([f"{name} {len(levels)}" for name, levels in tried.items()])
        raise ValueError(
            f"{count(total)} combinations ({sizes}) are more than {count(MOST)}; fix some attributes"
        )
    names = sorted(tried, key=lambda name: name == "price")  # prices of one make-up stand together
    rows = pd.DataFrame(list(product(*(tried[name] for name in names))), columns=names)[list(known)]
    out = np.zeros(len(rows), bool)
    for pair in forbidden:
        if not pair:
            raise ValueError("forbidden holds an empty combination; name the levels that do not go together")
        out |= np.all([rows[k] == known[k].checked("forbidden", level) for k, level in pair.items()], axis=0)
    if out.all():
        raise ValueError("no combination is allowed; forbid fewer, or fix fewer attributes")
    rows = rows[~out].reset_index(drop=True)
    others = [name for name in known if name != "price"]
    makeup = rows.groupby(others, sort=False).ngroup().to_numpy() if others else np.zeros(len(rows), int)
    return Candidates(rows, makeup, _costs(known, rows, costs), int(out.sum()))


def _tried(attribute: Attribute, fixed: Any) -> list[Any]:
    if fixed is not None:
        given = list(fixed) if isinstance(fixed, (list, tuple, set, range, np.ndarray)) else [fixed]
        levels = [attribute.checked("fixed", level) for level in given]
        if far := [level for level in levels if attribute.beyond(level)]:
            ends = f"{attribute.levels[0]:g} to {attribute.levels[-1]:g}"
            raise ValueError(f"fixed: {attribute.name} {far[0]:g} lies outside what was studied ({ends})")
        return list(dict.fromkeys(levels))
    if attribute.name == "price":
        return np.linspace(attribute.levels[0], attribute.levels[-1], STEPS).tolist()
    if attribute.kind == "number" and len(attribute.levels) > FEW_LEVELS:
        return np.linspace(attribute.levels[0], attribute.levels[-1], FEW_LEVELS).tolist()
    return list(attribute.levels)


def _costs(known: Mapping[str, Attribute], rows: pd.DataFrame, costs: Mapping[str, Any]) -> np.ndarray:
    total = np.full(len(rows), float(costs.get(EACH, 0.0)))
    for name, cost in costs.items():
        if name == EACH:
            continue
        if isinstance(cost, Mapping):
            by = {known[name].checked("costs", level): float(value) for level, value in cost.items()}
            if missing := [level for level in rows[name].unique() if level not in by]:
                raise ValueError(
                    f"costs of {name} lack {listed([str(level) for level in missing])}; give each a cost"
                )
            total += rows[name].map(by).to_numpy(float)
        elif known[name].kind == "label":
            raise ValueError(f"costs of {name} is {cost}; give a cost a level, as {{level: cost}}")
        else:
            total += float(cost) * rows[name].to_numpy(float)
    return total


def shares_against(
    model: ChoiceModel, rivals: Shelf | None, tried: Candidates
) -> Callable[[Demand], np.ndarray]:
    """Give a function that says which share each candidate would win, alone against the rivals, (n,)."""
    own = offered(model, tried.rows.to_dict("records"))
    if model.demand.nests:
        return _among_nests(model, rivals, own)
    mine = model.demand.design.matrix(own)
    theirs = None if rivals is None else model.demand.design.matrix(rivals.offers)
    step = max(1, BLOCK // len(model.demand.weights))

    def shares(demand: Demand) -> np.ndarray:
        against = np.full(len(demand.weights), 0.0 if demand.outside else -np.inf)
        if theirs is not None:
            against = np.logaddexp.reduce([against, *(theirs @ demand.coefficients)], axis=0)
        out = np.empty(len(mine))
        for i in range(0, len(mine), step):
            ahead = mine[i : i + step] @ demand.coefficients - against
            out[i : i + step] = (1 / (1 + np.exp(-np.clip(ahead, -700, 700)))) @ demand.weights
        return out

    return shares


def _among_nests(
    model: ChoiceModel, rivals: Shelf | None, own: pd.DataFrame
) -> Callable[[Demand], np.ndarray]:
    # A set for each candidate, with all rivals in it.
    others = pd.DataFrame() if rivals is None else rivals.offers
    parts = [own.assign(set=range(len(own)), product="candidate")]
    parts += [
        others.iloc[[i]].loc[[others.index[i]] * len(own)].assign(set=range(len(own)))
        for i in range(len(others))
    ]
    frame = pd.concat(parts, ignore_index=True).sort_values("set", kind="stable", ignore_index=True)
    asked = model.demand.on(frame, np.ones(len(own)))
    first = asked.layout.sets.starts

    def shares(demand: Demand) -> np.ndarray:
        twin = asked.at(demand.params)
        return twin.probabilities[first]

    return shares
