"""How often intervals hold the truth, in made-up studies: willingness to pay, elasticities, simulated shares.

    python tests/competitive/conjoint/coverage_of_worth.py 2000    writes tests/reference/coverage_wtp.csv

Truth of elasticities and shares is what the model says at the true parameters, of the same offers.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))
from simulated_study import BRAND, LIGHT, PRICE, SCREEN, study, wrapped

from pmlib.competitive import conditional_logit
from pmlib.competitive.conjoint.studied import shelf
from pmlib.competitive.demand.asked import groups
from pmlib.competitive.demand.elasticity import elasticities
from pmlib.competitive.demand.ratio import ratios
from pmlib.competitive.demand.uncertainty import delta, sampled

STORED = Path(__file__).parents[2] / "reference" / "coverage_wtp.csv"
SIZES = {"200 people, 8 tasks": (200, 8), "80 people, 6 tasks": (80, 6)}
# Buying none is shown as dark, so that worths of brands are the same whichever finish is the base.
TRUTH = {
    "price": PRICE, "screen": SCREEN, "finish: light": LIGHT, "finish: dark": -LIGHT,
    **{f"firm: {brand}": worth for brand, worth in BRAND.items()},
}  # fmt: skip
PRODUCTS = [
    {"firm": "Ajax", "screen": 1, "finish": "dark", "price": 110, "name": "Ajax"},
    {"firm": "Bolt", "screen": 0, "finish": "light", "price": 80, "name": "Bolt"},
    {"firm": "Core", "screen": 1, "finish": "light", "price": 140, "name": "Core"},
]


def found(seed: int, people: int, tasks: int) -> pd.DataFrame:
    """Give every interval of one made-up study: what, kind, truth, low, high."""
    model = conditional_logit(wrapped(study(seed, people=people, tasks=tasks)))
    demand = model.demand
    true = demand.at(np.array([TRUTH[name] for name in demand.names]))
    rows = []
    terms = [name for name in demand.names if name != "price"]
    plain = {
        term: term.removesuffix(": dark").removesuffix(": light") for term in terms
    }  # base may be either
    worths = ratios(demand, terms, "price", 0.95, draws=2000, seed=seed, sign=-1.0)
    exact = ratios(true, terms, "price", 0.95, draws=2, sign=-1.0).estimate
    for kind, (low, high) in worths.ends.items():
        rows += [
            (f"worth of {plain[term]}", kind, *ends)
            for term, *ends in zip(terms, exact, low, high, strict=True)
        ]
    taken = groups(demand, "product")
    real = taken.offered
    answers = delta(demand, lambda d: elasticities(d, taken), 0.95)
    for i, k in ((i, k) for i in real for k in real):
        name = f"{'own' if i == k else 'cross'} elasticity of {taken.names[i]}"
        name += "" if i == k else f" by {taken.names[k]}"
        rows.append((name, "delta", elasticities(true, taken)[i, k], answers[1][i, k], answers[2][i, k]))
    shown = shelf(model, PRODUCTS)
    asked = demand.on(shown.offers, np.ones(1))
    _, low, high = sampled(asked, lambda d: d.probabilities, 0.95, draws=1000, seed=seed)
    truth = asked.at(true.params).probabilities
    rows += [
        (f"share of {name}", "drawn", *ends)
        for name, *ends in zip(shown.products, truth, low, high, strict=True)
    ]
    return pd.DataFrame(rows, columns=["what", "kind", "truth", "low", "high"])


def coverage(replicates: int, sizes: dict[str, tuple[int, int]] = SIZES) -> pd.DataFrame:
    """Count how often each interval holds the truth."""
    parts = []
    for size, (people, tasks) in sizes.items():
        every = pd.concat([found(seed, people, tasks) for seed in range(replicates)])
        every = every.assign(held=every["truth"].between(every["low"], every["high"]))
        counted = every.groupby(["what", "kind"], sort=False)["held"].agg(["size", "mean"]).reset_index()
        parts.append(counted.set_axis(["what", "kind", "replicates", "coverage"], axis=1).assign(study=size))
    return pd.concat(parts, ignore_index=True)[["study", "what", "kind", "replicates", "coverage"]]


if __name__ == "__main__":
    coverage(int(sys.argv[1])).round(4).to_csv(STORED, index=False)
