"""A logit as a formula: shares of offers whose prices or attributes a reader may move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any

import numpy as np

from pmlib.formula.model import LARGEST, Input, Model, Output, model
from pmlib.formula.term import Term, added, called, given, term

PLACES = 7  # decimals of a utility: shares are exact to about as many
NEVER = -1e3  # utility of what is not on offer, whose exponential is 0


@dataclass(frozen=True, eq=False)
class Group:
    """Offers that are told of together, in C cells: a cell is a choice set, or a draw of tastes in one.

    utility : (K, C) of K offers; -inf where a cell lacks one. slopes : by input, (K, C), what a unit of it
        adds to utility, in `scale`.
    """

    utility: np.ndarray
    slopes: Mapping[str, np.ndarray]
    scale: float = 1.0


def shares(inputs: Sequence[Input], groups: Sequence[Group], weights: np.ndarray) -> list[Term]:
    """Write the share of each group, averaged over the cells by their weights (C,)."""
    groups, weights = _distinct(groups, weights)
    values = {one.name: one.value for one in inputs}
    pulls = [_pull(group, values) for group in groups]
    whole = added(pulls)
    if len(weights) == 1:
        return [pull / whole for pull in pulls]
    part = term(_short(weights)) / whole
    return [called("sum", pull * part) / float(weights.sum()) for pull in pulls]


def simulator(inputs: Sequence[Input], outputs: Sequence[tuple[Term, Output]], about: str) -> Model | None:
    """Lay it out for a page; None where that has no room for it."""
    made = model(inputs, outputs, about=about)
    return made if made.size <= LARGEST else None


def _distinct(groups: Sequence[Group], weights: np.ndarray) -> tuple[list[Group], np.ndarray]:
    """Round, with the largest utility of each cell as 0, and keep one of cells that are alike."""
    top = np.max([group.utility.max(axis=0) for group in groups], axis=0)
    rows = [np.maximum(group.utility - top, NEVER).round(PLACES) for group in groups]
    slopes = [{name: _rounded(each) for name, each in group.slopes.items()} for group in groups]
    every = np.vstack([*rows, *(each for found in slopes for each in found.values())])
    _, first, places = np.unique(every, axis=1, return_index=True, return_inverse=True)
    kept = [
        Group(row[:, first], {name: each[:, first] for name, each in found.items()}, group.scale)
        for row, found, group in zip(rows, slopes, groups, strict=True)
    ]
    return kept, np.bincount(places.ravel(), weights)


def _rounded(slopes: np.ndarray) -> np.ndarray:
    """Round to so many digits that inputs of any size move utilities as exactly as these are."""
    most = np.abs(slopes).max()
    return slopes.round(PLACES + 2 - floor(log10(most))) if most else slopes


def _pull(group: Group, values: Mapping[str, float]) -> Term:
    """Write the exponentials of a group's utilities, added up."""
    moved = {name: (given(name) - values[name]) * group.scale for name in group.slopes}
    if group.utility.shape[1] == 1:  # one cell: its offers stand in a row
        slopes = {name: slope[:, 0] for name, slope in group.slopes.items()}
        return called("sum", _risen(group.utility[:, 0], slopes, moved))
    return added(
        [
            _risen(_short(utility), {name: _short(slope[k]) for name, slope in group.slopes.items()}, moved)
            for k, utility in enumerate(group.utility)
        ]
    )


def _risen(utility: Any, slopes: Mapping[str, Any], moved: Mapping[str, Term]) -> Term:
    whole = term(utility)
    for name, slope in slopes.items():
        if np.any(slope):
            whole = whole + term(slope) * moved[name]
    return called("exp", whole)


def _short(row: np.ndarray) -> np.ndarray | float:
    return float(row[0]) if (row == row[0]).all() else row
