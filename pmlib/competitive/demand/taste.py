"""Tastes of a typical buyer, and means over buyers, where tastes may differ between them."""

from collections.abc import Sequence

import numpy as np

from pmlib.competitive.demand.demand import Demand


def typical(demand: Demand, params: np.ndarray) -> np.ndarray:
    """Give the median coefficient of each term at each row of parameters: (D, p) to (D, k)."""
    out = params[:, : len(demand.design.terms)].copy()
    for taste in demand.mixing:
        if taste.law == "lognormal":
            out[:, taste.term] = taste.sign * np.exp(params[:, taste.term])
    return out


def average(demand: Demand, params: np.ndarray) -> np.ndarray:
    """Give the mean coefficient of each term at each row of parameters: (D, p) to (D, k)."""
    out = typical(demand, params)
    for taste in demand.mixing:
        if taste.law == "lognormal":
            out[:, taste.term] *= np.exp(params[:, taste.spread] ** 2 / 2)
    return out


def slopes(demand: Demand) -> np.ndarray:
    """Give what each parameter does to the typical coefficients, (k, p)."""
    width = len(demand.design.terms)
    out = np.zeros((width, len(demand.params)))
    out[np.arange(width), np.arange(width)] = 1.0
    middle = typical(demand, demand.params[None])[0]
    for taste in demand.mixing:
        if taste.law == "lognormal":
            out[taste.term, taste.term] = middle[taste.term]
    return out


def mean_worth(demand: Demand, above: Sequence[str], below: str) -> np.ndarray:
    """Average over buyers what each term is worth in price; missing where that has no mean, or tastes are
    alike.

    A normal taste for price has buyers at 0, so that worth has no mean (Daly, Hess & Train 2012).
    """
    out = np.full(len(above), np.nan)
    names = demand.design.names
    laws = {taste.term: taste.law for taste in demand.mixing}
    if below != "price" or laws.get(names.index("price")) == "normal":
        return out
    worth = -demand.coefficients / demand.slopes
    for i, term in enumerate(above):
        if {names.index(term), names.index("price")} & set(laws):
            out[i] = worth[names.index(term)] @ demand.weights
    return out


def never_negative(demand: Demand) -> float | None:
    """Share of buyers to whom a higher price is no drawback; None where all have one taste for price."""
    if not demand.priced or demand.design.names.index("price") not in {taste.term for taste in demand.mixing}:
        return None
    return float(demand.weights @ (demand.slopes >= 0))
