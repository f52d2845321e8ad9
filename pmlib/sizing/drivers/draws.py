"""Draws of a driver tree: values of all its nodes, evenly spread, correlated, under conditions if asked."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from pmlib.parameters import check_count, check_seed
from pmlib.sizing.drivers.conditioned import conditioned
from pmlib.sizing.drivers.scores import FEWEST, blocks, factor

if TYPE_CHECKING:
    from pmlib.sizing.drivers.tree import Tree
    from pmlib.stats.laws import Law

DRAWS = 16_384
FAR = 4.0  # scores; a condition beyond what a leaf's law has ever been says no more than one at its edge
HALVINGS = 50


def draws(tree: "Tree", n: int = DRAWS, *, method: str = "sobol", seed: int = 1) -> dict[str, np.ndarray]:
    """Draw all nodes of a tree.

    Parameters
    ----------
    n : draws; any number, best a power of two. method : "sobol" (evenly spread, a scrambled sequence), or
        "random". seed : of either; the same seed gives the same bytes, however the lines are ordered.

    Returns
    -------
    values : an array of n by node, in each node's unit.

    Raises
    ------
    TreeError : a draw of a node that is no number, as where something is divided by zero.
    """
    return draws_given(tree, {}, n, method=method, seed=seed)


def draws_given(
    tree: "Tree", changes: Mapping[str, str], n: int = DRAWS, *, method: str = "sobol", seed: int = 1
) -> dict[str, np.ndarray]:
    """Draw a tree under conditions: leaves given a value or another range, as `tree.given` reads them.

    Leaves that are correlated with those follow their conditional law: what they would be if this were so.
    The draws are of the same underlying sample as those without conditions, so differences have little noise.

    Raises
    ------
    TreeError : as in `draws`; a condition that `tree.given` refuses.
    """
    check_count("draws", n, FEWEST, better="; best 1,024 or more")
    check_seed(seed)
    changed = tree.given(**changes) if changes else tree
    varies = sorted(tree.uncertain)  # by name: the order of lines is no reason for another number
    names = varies + sorted(set(changed.uncertain) - set(varies))
    laws = {name: law for name in names if (law := changed.nodes[name].law) is not None}
    correlation = _correlation(tree, varies, len(names))
    lower = factor(correlation)
    known = [row for row, name in enumerate(varies) if name in changes and name in laws]
    found = {name: np.empty(n) for name in changed.nodes}
    start = 0
    for z in blocks(len(names), n, method=method, seed=seed):
        if lower is not None:
            z = lower @ z
        if lower is not None and known:
            given = {names[row]: laws[names[row]].at(z[row]) for row in known}
            before = [score(tree.nodes[name].law, values) for name, values in given.items()]
            followed = conditioned(z, correlation, known, np.array(before))
            followed[known] = z[known]  # whose own law is another now
            z = followed
        values = {name: law.at(z[names.index(name)]) for name, law in laws.items()}
        for name, column in changed.evaluate(values).items():
            found[name][start : start + z.shape[1]] = column
        start += z.shape[1]
    return found


def score(law: "Law | None", values: np.ndarray) -> np.ndarray:
    """Give the standard normal scores at which a law has these values, at most FAR."""
    assert law is not None  # of a leaf
    low, high = np.full(np.shape(values), -FAR), np.full(np.shape(values), FAR)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        above = law.at(middle) > values
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.asarray((low + high) / 2)


def _correlation(tree: "Tree", names: list[str], size: int) -> np.ndarray:
    """Give the correlation in the order of `names`; what is not in the tree's is independent."""
    out = np.eye(size)
    order = [tree.uncertain.index(name) for name in names]
    out[: len(names), : len(names)] = np.asarray(tree.correlation)[np.ix_(order, order)]
    return out
