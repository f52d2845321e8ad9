"""What prices and attributes a model has seen, and which a scenario puts beyond them."""

import numpy as np

from pmlib.competitive.demand.demand import Demand
from pmlib.competitive.whatif.stage import Stage
from pmlib.result import Check
from pmlib.table import number

BEYOND = 0.05  # of the changed offers may lie outside what was seen before a scenario is called a guess


def seen(demand: Demand, column: str, product: str | None) -> tuple[float, float]:
    """Range of a column among the offers that a model was fitted to.

    Of choices it is the product's own, where it varied; of markets, and of a product that enters, that of all
    products, since demand was learned from how they differ.
    """
    offers = demand.offers
    real = offers[offers["product"] != demand.none] if demand.none is not None else offers
    own = real.loc[real["product"] == product, column].astype(float)
    if demand.observed is not None or own.nunique() < 2:
        own = real[column].astype(float)
    return float(own.min()), float(own.max())


def extrapolated(before: Stage, after: Stage) -> list[str]:
    """Name what a scenario puts outside of what was seen, each in a few words."""
    found = []
    demand, offers = before.demand, after.demand.offers
    numbers = [
        t.column for t in demand.design.terms if t.level is None and t.by is None and t.column in offers
    ]
    for product in after.demand.products:
        rows = offers["product"] == product
        old = before.demand.offers
        like = after.like.get(product, product)
        for column in dict.fromkeys(numbers):
            new = offers.loc[rows, column].to_numpy(float)
            if np.array_equal(new, old.loc[old["product"] == like, column].to_numpy(float)):
                continue
            low, high = seen(demand, column, product)
            slack = 1e-9 * max(abs(low), abs(high))
            out = float(((new < low - slack) | (new > high + slack)).mean())
            if out > BEYOND:
                where = f"{number(out, '%', 0)} of its offers" if 0 < out < 1 else "it"
                found.append(
                    f"{column} of {product} (seen from {number(low)} to {number(high)}, {where} outside)"
                )
    return found


def within_what_was_seen(found: list[str]) -> Check:
    """Check that scenarios stay within what was seen."""
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return Check(
        "Scenarios stay within what was seen",
        not found,
        f"extrapolated: {'; '.join(found[:3])}{more}" if found else "every price and attribute does",
    )
