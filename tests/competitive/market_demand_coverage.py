"""How often the intervals of market demand hold the truth of made-up markets.

From the project's root: PYTHONPATH=. python tests/competitive/market_demand_coverage.py writes
tests/reference/coverage_market_demand.csv (a few minutes).
"""

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd
from simulated_demand import CONSTANT, PRICE, SIZE, markets, table

from pmlib.competitive import market_demand

TRUTH = {"price": PRICE, "size": SIZE, "(constant)": CONSTANT}
LIKENESS, REPLICATES = 0.4, 2000


def instrumented(frame):
    """Add what moves shares within a nest: the costs of a product's neighbours there."""
    nest = frame.groupby(["period", "kind"])
    near = {f"near_{name}": nest[name].transform("sum") - frame[name] for name in ("cost", "freight")}
    return table(frame.assign(**near), instruments=("cost", "freight", *near))


def held(seed):
    """Whether each interval of one made-up market holds its truth: (model, what, held)."""
    flat = markets(seed, products=80, periods=8)
    nested = markets(seed, products=80, periods=24, strength=1.5, likeness=LIKENESS, nests=20)
    fits = {
        "logit": (market_demand(table(flat)), 0.0),
        "nested": (market_demand(instrumented(nested), nests="kind"), LIKENESS),
    }
    found = []
    for model, (fit, likeness) in fits.items():
        rows = fit.frame.set_index("term")
        truth = TRUTH | ({"(within its nest)": LIKENESS} if likeness else {})
        found += [
            (model, term, rows["low"][term] <= true <= rows["high"][term]) for term, true in truth.items()
        ]
        own, seen = fit.estimate.own, fit.estimate.observed
        near = 0.0 if seen.within_nest is None else 1 - seen.within_nest
        share = seen.rows["share"].to_numpy()
        true = (PRICE * seen.price * (1 - share + likeness / (1 - likeness) * near)).mean()
        found.append((model, "mean own elasticity", own.low <= true <= own.high))
    return found


def coverage(seeds):
    """Share of replicates in which each 95% interval held the truth."""
    seeds = list(seeds)
    with ProcessPoolExecutor() as pool:
        found = [row for one in pool.map(held, seeds, chunksize=50) for row in one]
    frame = pd.DataFrame(found, columns=["model", "what", "coverage"])
    table_ = frame.groupby(["model", "what"], sort=False)["coverage"].agg(["mean", "size"]).reset_index()
    return table_.rename(columns={"mean": "coverage", "size": "replicates"})


if __name__ == "__main__":
    target = Path(__file__).parents[1] / "reference" / "coverage_market_demand.csv"
    coverage(range(REPLICATES)).to_csv(target, index=False)
