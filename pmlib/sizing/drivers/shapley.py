"""Whose variance it is, where inputs may be correlated: a division that always adds up to the whole."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pmlib.sizing.drivers.conditioned import conditioned
from pmlib.sizing.drivers.orders import every_step, sampled_steps
from pmlib.sizing.drivers.outputs import Law, Model, check_varies, outputs, two_samples, values_at

EVERY_GROUP = 8  # inputs up to which every group of them is tried; beyond, a sample of orders
ORDERS = 32  # sampled orders of many inputs, each also walked backwards
EVALUATIONS = 1 << 18
FEWEST, MOST = 1 << 10, 1 << 13  # draws a group


def shapley_shares(
    model: Model,
    laws: Mapping[str, Law],
    *,
    correlation: np.ndarray | None = None,
    n: int | None = None,
    seed: int = 1,
) -> pd.Series:
    """Divide a function's variance among inputs that may be correlated: Shapley effects, which add up to 1.

    An input's share is what knowing it takes off the variance, averaged over all orders in which the inputs
    could become known. Of independent inputs it lies between the first and the total share. Up to 8 inputs
    every group of them is tried, beyond that those of 64 sampled orders.

    Parameters
    ----------
    model, laws, seed : as in `variance_shares`. correlation : of the inputs' normal scores, in their order.
    n : draws a group; where None, as many as 2^18 evaluations allow, between 1,024 and 8,192.

    Raises
    ------
    ValueError : an output that is not a number, and its first draw; an output that does not vary.

    References
    ----------
    Owen & Prieur (2017), "On Shapley value for measuring importance of dependent inputs", SIAM/ASA JUQ 5.
    Song, Nelson & Staum (2016), "Shapley effects for global sensitivity analysis", SIAM/ASA JUQ 4: by the
    variance that is left, of which the estimate has no bias.
    """
    count = len(laws)
    size = n or int(np.clip(EVALUATIONS >> count, FEWEST, MOST))
    pair = two_samples(count, correlation, size, seed)
    values = [values_at(laws, z) for z in pair]
    results = [outputs(model, each) for each in values]
    check_varies(*results)
    tied = () if correlation is None else np.flatnonzero((correlation != np.eye(count)).any(axis=0))
    left: dict[frozenset[int], float] = {frozenset(range(count)): 0.0}

    def again(known: frozenset[int], own: int) -> dict[str, np.ndarray]:
        """Draw all inputs but the known ones anew, by what is known."""
        mixed = {name: values[own if i in known else 1 - own][name] for i, name in enumerate(laws)}
        anew = [row for row in tied if row not in known]
        if anew:
            rows = sorted(known)
            z = conditioned(pair[1 - own], correlation, rows, pair[own][rows])
            mixed |= {name: laws[name].at(z[row]) for row, name in enumerate(laws) if row in anew}
        return mixed

    def variance_left(known: frozenset[int]) -> float:
        if known not in left:
            gaps = [np.mean((results[own] - outputs(model, again(known, own))) ** 2) for own in (0, 1)]
            left[known] = float(np.mean(gaps)) / 2
        return left[known]

    shares = np.zeros(count)
    steps = every_step(count) if count <= EVERY_GROUP else sampled_steps(count, ORDERS, seed)
    for known, new, weight in steps:
        shares[new] += weight * (variance_left(known) - variance_left(known | {new}))
    return pd.Series(shares / variance_left(frozenset()), index=pd.Index(laws, name="input"), name="share")
