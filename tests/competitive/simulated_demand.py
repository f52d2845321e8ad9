"""Made-up markets whose demand is known, with prices that follow quality which the table lacks."""

import numpy as np
import pandas as pd

from pmlib.data import source

PRICE, SIZE, CONSTANT = -1.0, 0.8, -0.5  # effects on utility
FOLLOWS = 0.6  # what a unit of unobserved quality adds to the price


def markets(seed, *, products=40, periods=12, strength=1.0, likeness=0.0, lasting=0.5, spread=0.5, nests=4):
    """Products of 8 firms and a few nests over periods.

    strength : what a unit of cost adds to the price. likeness : of the products of a nest.
    lasting : spread of the part of quality that a product keeps over the periods; spread : of the rest.
    """
    draw = np.random.default_rng(seed)
    shape = (periods, products)
    size, kept = draw.uniform(0, 2, products), draw.normal(0, lasting, products)
    cost, other = draw.uniform(0, 2, shape), draw.uniform(0, 2, shape)
    quality = kept + draw.normal(0, spread, shape)
    price = 3 + 0.5 * size + strength * (cost + other) / 2 + FOLLOWS * quality + draw.normal(0, 0.3, shape)
    utility = CONSTANT + SIZE * size + PRICE * price + quality
    nest = np.arange(products) % nests
    share = shares(utility, nest, likeness)
    name = [f"P{i:02d}" for i in range(products)]
    return pd.DataFrame(
        {
            "product": np.tile(name, periods),
            "firm": np.tile([f"F{i % 8}" for i in range(products)], periods),
            "period": np.repeat(np.arange(2000, 2000 + periods), products),
            "share": share.ravel(),
            "price": price.ravel(),
            "size": np.tile(size, periods),
            "kind": np.tile([f"N{i}" for i in nest], periods),
            "cost": cost.ravel(),
            "freight": other.ravel(),
        }
    )


def shares(utility, nest, likeness):
    """Shares of a nested logit, a row a market, beside those who buy none at utility 0."""
    left = 1 - likeness
    risen = np.exp(utility / left)
    sums = np.stack([risen[:, nest == one].sum(axis=1) for one in range(nest.max() + 1)], axis=1)
    total = 1 + (sums**left).sum(axis=1, keepdims=True)
    return risen / sums[:, nest] * (sums**left)[:, nest] / total


def table(frame, *, attributes=("size",), instruments=("cost", "freight"), **roles):
    """Wrap a frame of markets."""
    return source(frame, "made_up", attributes=list(attributes), instruments=list(instruments), **roles)
