"""From utilities to who is chosen: the logit, first choice, and randomised first choice."""

import numpy as np
import pandas as pd

from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.demand.uncertainty import Quantity

LOGIT, FIRST, RANDOMISED = "logit", "first choice", "randomised first choice"
RULES = (LOGIT, FIRST, RANDOMISED)
ERRORS = 20_000  # drawn for each product, over all tastes
EULER = 0.5772156649015329  # mean of the errors that a logit stands for


def first_choices(utility: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Count who likes each product best: (n, M) utilities of choosers to (n,) shares; ties count in part."""
    best = utility >= utility.max(axis=0) - 1e-12
    return (best / best.sum(axis=0)) @ weights


def errors_of(
    offers: pd.DataFrame, keys: list[str], part: float, count: int, seed: int, none: bool
) -> np.ndarray:
    """Draw what tastes and products hold that the model does not, (n, count).

    Of the variance of a logit's error, `part` belongs to levels of attributes (equally many for each), so
    that products that share levels share errors; the rest to the products. At 0 it is the logit; the larger,
    the more do products of like levels take shares from each other. Buying none has an error of its own.

    References
    ----------
    Huber, Orme & Miller (1999), "Dealing with product similarity in conjoint simulations", Sawtooth Software.
    """
    random = np.random.default_rng(seed)
    out = random.gumbel(size=(len(offers), count)) - EULER
    real = len(offers) - none
    out[:real] *= np.sqrt(1 - part)
    for key in keys:
        codes, levels = pd.factorize(offers[key].iloc[:real])
        shared = random.gumbel(size=(len(levels), count)) - EULER
        out[:real] += np.sqrt(part / len(keys)) * shared[codes]
    return out


def quantity(
    rule: str, offers: pd.DataFrame, keys: list[str], *, part: float, tastes: int, seed: int, none: bool
) -> Quantity:
    """Give the rule as a quantity of a demand on the shelf: shares, in the order of its rows.

    tastes : how many draws of tastes the demand has.
    """
    if rule == LOGIT:
        return lambda demand: demand.probabilities
    if rule == FIRST:
        return lambda demand: first_choices(demand.utility, demand.weights)
    each = max(1, ERRORS // tastes)
    drawn = errors_of(offers, keys, part, each * tastes, seed, none)

    def shares(demand: Demand) -> np.ndarray:
        utility = np.repeat(demand.utility, each, axis=1) + drawn
        return first_choices(utility, np.repeat(demand.weights / each, each))

    return shares
