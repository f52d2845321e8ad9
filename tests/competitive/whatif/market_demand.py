"""Demand of markets made by hand: parameters are given, shares are observed."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from pmlib.competitive.choice.design import Design, Term
from pmlib.competitive.choice.sets import Sets
from pmlib.competitive.demand.demand import Demand


def market_demand(frame, params, *, terms, errors=None, nests=None, likeness=None, causal=True, size=1.0):
    """Take a frame (set, product, firm, share, price, attributes) and coefficients of price, a constant and
    `terms`.

    nests : column; likeness : sigma of all nests (0: plain logit), with `errors` last.
    """
    frame = frame.sort_values("set", kind="stable", ignore_index=True)
    offers = frame.assign(constant="(constant)", base=np.arange(len(frame)))
    start = Term("(constant)", "constant", "(constant)")
    design = Design((Term("price", "price"), start, *(Term(name, name) for name in terms)))
    names, dissimilarity, codes = design.names, {}, None
    values = np.asarray(params, float)
    if nests:
        labels = sorted(offers[nests].astype("str").unique())
        codes = pd.Categorical(offers[nests].astype("str"), categories=labels).codes.astype(int)
        dissimilarity = dict.fromkeys(labels, len(values))
        names, values = (*names, "dissimilarity"), np.append(values, 1 - likeness)
    errors = np.zeros(len(values)) if errors is None else np.asarray(errors, float)
    sets = Sets.of(offers["set"].to_numpy())
    demand = Demand(
        offers=offers.drop(columns="share"), design=design, names=names, params=values,
        covariance=np.diag(errors**2), size=np.full(len(sets), float(size)), outside=True, nests=nests,
        dissimilarity=dissimilarity, observed=offers["share"].to_numpy(float),
        observed_matrix=design.matrix(offers), observed_sets=sets, observed_nests=codes, causal=causal,
        money="$k",
    )  # fmt: skip
    return SimpleNamespace(demand=demand)


def toy_market(seed, *, products=12, firms=4, cost=True):
    """One market whose products' shares leave a good half of buyers outside; prices about 10 to 20."""
    draw = np.random.default_rng(seed)
    share = draw.uniform(0.5, 1.5, products)
    frame = pd.DataFrame(
        {
            "set": 0,
            "product": [f"P{i}" for i in range(products)],
            "firm": [f"F{i % firms}" for i in range(products)],
            "share": 0.45 * share / share.sum(),
            "price": draw.uniform(10, 20, products),
            "power": draw.normal(size=products),
            "nest": np.where(np.arange(products) % 3 == 0, "sport", "family"),
        }
    )
    return frame.assign(cost=frame["price"] - draw.uniform(3, 6, products)) if cost else frame
