"""From utilities to who is chosen: the logit, first choice, and randomised first choice."""

from typing import Protocol

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from pmlib.competitive.conjoint.studied import Shelf
from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.demand.uncertainty import Quantity

LOGIT, FIRST, RANDOMISED = "logit", "first choice", "randomised first choice"
RULES = (LOGIT, FIRST, RANDOMISED)
ERRORS = 20_000  # drawn for each product, over all tastes
EULER = 0.5772156649015329  # mean of the errors that a logit stands for


class Tastes(Protocol):
    """What each chooser is likely to value: `individual_tastes` gives it.

    wide : a row a chooser, a column a term. draws : (C, k, R) coefficients each chooser may have.
    weights : (C, R) how likely each is, adding up to 1 for every chooser.
    """

    @property
    def wide(self) -> pd.DataFrame:
        """Mean coefficients."""

    @property
    def draws(self) -> np.ndarray:
        """Coefficients."""

    @property
    def weights(self) -> np.ndarray:
        """Their chances."""


def first_choices(utility: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Count who likes each product best: (n, M) utilities of choosers to (n,) shares; ties count in part."""
    best = utility >= utility.max(axis=0) - 1e-12
    return (best / best.sum(axis=0)) @ weights


def errors_of(shelf: Shelf, part: float, count: int, seed: int) -> np.ndarray:
    """Draw what tastes and products hold that the model does not, (n, count).

    Of the variance of a logit's error, `part` belongs to levels of attributes (equally many for each), so
    that products that share levels share errors; the rest to the products. At 0 it is the logit; the larger,
    the more do products of like levels take shares from each other. Buying none has an error of its own.

    References
    ----------
    Huber, Orme & Miller (1999), "Dealing with product similarity in conjoint simulations", Sawtooth Software.
    """
    random = np.random.default_rng(seed)
    out = random.gumbel(size=(len(shelf.offers), count)) - EULER
    real = len(shelf.levels)
    out[:real] *= np.sqrt(1 - part)
    for _, values in shelf.levels.items():
        codes, levels = pd.factorize(values)
        shared = random.gumbel(size=(len(levels), count)) - EULER
        out[:real] += np.sqrt(part / shelf.levels.shape[1]) * shared[codes]
    return out


def quantity(rule: str, shelf: Shelf, *, part: float, tastes: int, seed: int) -> Quantity:
    """Give the rule as a quantity of a demand on the shelf: shares, in the order of its rows.

    tastes : how many draws of tastes the demand has.
    """
    if rule == LOGIT:
        return lambda demand: demand.probabilities
    if rule == FIRST:
        return lambda demand: first_choices(demand.utility, demand.weights)
    each = max(1, ERRORS // tastes)
    drawn = errors_of(shelf, part, each * tastes, seed)

    def shares(demand: Demand) -> np.ndarray:
        utility = np.repeat(demand.utility, each, axis=1) + drawn
        return first_choices(utility, np.repeat(demand.weights / each, each))

    return shares


def by_chooser(
    rule: str, shelf: Shelf, matrix: np.ndarray, tastes: Tastes, *, part: float, seed: int
) -> np.ndarray:
    """Give the chance that each chooser takes each product, from his own tastes: (n, C).

    matrix : (n, k) terms of the products.
    """
    utility = np.einsum("nk,ckr->ncr", matrix, tastes.draws)
    if rule == LOGIT:
        risen = np.exp(utility - utility.max(axis=0))
        chance = risen / risen.sum(axis=0)
    else:
        if rule == RANDOMISED:
            drawn = errors_of(shelf, part, utility[0].size, seed)
            utility = utility + drawn.reshape(utility.shape)
        best = utility >= utility.max(axis=0) - 1e-12
        chance = best / best.sum(axis=0)
    return np.einsum("ncr,cr->nc", chance, tastes.weights)


def over_choosers(each: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Average over choosers, with the interval that a sample of choosers leaves: (n, C) to (n,) each."""
    count = each.shape[1]
    middle = each.mean(axis=1)
    half = float(stdtrit(count - 1, 0.5 + level / 2)) * each.std(axis=1, ddof=1) / np.sqrt(count)
    return middle, np.maximum(0.0, middle - half), np.minimum(1.0, middle + half)
