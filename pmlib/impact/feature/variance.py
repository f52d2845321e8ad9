"""Whose doing the uncertainty is: shares of the variance of an outcome, by driver, that add up to 1."""

from collections.abc import Mapping
from itertools import combinations
from math import factorial

import numpy as np

from pmlib.impact.feature.breakeven import Outcome


def shares(parts: Mapping[str, np.ndarray], names: tuple[str, ...], outcome: Outcome) -> dict[str, float]:
    """Divide the variance among independent drivers: Shapley effects, from the draws there are.

    A group of drivers is known, the others are drawn anew: from the same draws, each moved on by another
    number of them, so that what was one draw is as many draws apart.

    Parameters
    ----------
    names : the drivers that vary, at most seven. outcome : by draws of all drivers.

    References
    ----------
    Song, Nelson & Staum (2016), "Shapley effects for global sensitivity analysis", SIAM/ASA JUQ 4.
    """
    count = len(next(iter(parts.values())))
    away = {
        name: np.roll(parts[name], (i + 1) * count // (len(names) + 2), axis=0)
        for i, name in enumerate(names)
    }
    first = outcome(parts)
    left = {}
    for size in range(len(names) + 1):
        for known in combinations(names, size):
            mixed = {**parts, **{name: away[name] for name in names if name not in known}}
            left[frozenset(known)] = float(np.mean((first - outcome(mixed)) ** 2)) / 2
    whole = left[frozenset()]
    if not whole > 0:
        return dict.fromkeys(names, 0.0)
    found = {}
    for name in names:
        others = [other for other in names if other != name]
        found[name] = sum(
            factorial(size) * factorial(len(others) - size) / factorial(len(names))
            * (left[frozenset(group)] - left[frozenset(group) | {name}])
            for size in range(len(others) + 1)
            for group in combinations(others, size)
        ) / whole  # fmt: skip
    return found
