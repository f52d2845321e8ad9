"""Works out, with PyBLP 1.3.0, what tests/competitive/demand compares with; writes pyblp_market_demand.json.

Run in an environment of its own: pip install pyblp==1.3.0 "pandas>=3.1", from the project's root.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyblp

ROOT = Path(__file__).parents[2]
ATTRIBUTES = ["hp_per_weight", "air", "miles_per_dollar_tens", "space"]

pyblp.options.verbose = False


def cars():
    """The shipped cars and their instruments, as PyBLP wants them."""
    table = pd.read_csv(ROOT / "data/us_cars_1971_1990.csv.gz")
    given = pd.read_csv(ROOT / "data/us_cars_instruments.csv.gz")
    found = table.rename(
        columns={"year": "market_ids", "firm_id": "firm_ids", "share": "shares", "price_1983usd_k": "prices"}
    )
    given = given.rename(columns={"car_ids": "product_id"})
    given = given[["market_ids", "product_id", *given.filter(like="demand_instruments")]]
    found = found.merge(given, on=["market_ids", "product_id"], validate="1:1")
    assert len(found) == len(table)
    return found


def solved(data, *, nests=False, absorb=None, instruments=True):
    """One fit: coefficients, covariances without corrections for few rows, own elasticities, J."""
    data = data.copy()
    if nests:
        data["nesting_ids"] = data["region"]
    start = "0" if absorb else "1"
    terms = pyblp.Formulation(f"{start} + {' + '.join(ATTRIBUTES)} + prices", absorb=absorb)
    problem = pyblp.Problem(terms, data)
    options = {"rho": 0.5} if nests else {}
    tight = (
        pyblp.Optimization("l-bfgs-b", {"ftol": 0, "gtol": 1e-14}) if nests else pyblp.Optimization("return")
    )
    out = {}
    for errors in ("robust", "unadjusted", "clustered"):
        fit = problem.solve(method="1s", se_type=errors, W_type=errors, optimization=tight, **options)
        out[f"se_{errors}"] = [*fit.beta_se.ravel(), *fit.rho_se.ravel()]
    own = fit.extract_diagonals(fit.compute_elasticities()).ravel()
    return out | {
        "terms": [str(label) for label in fit.beta_labels],
        "params": [*fit.beta.ravel(), *fit.rho.ravel()],
        "own": {"mean": own.mean(), "first": own[0], "last": own[-1], "inelastic": int((own > -1).sum())},
    }


def main():
    """Write the file."""
    data = cars()
    data["clustering_ids"] = data["firm_ids"]
    differ = pyblp.build_differentiation_instruments(
        pyblp.Formulation("0 + hp_per_weight + air + miles_per_dollar_tens + space"), data
    )
    found = {
        "pyblp": pyblp.__version__,
        "logit": solved(data),
        "nested": solved(data, nests=True),
        "absorbed": solved(data, absorb="C(firm_ids)"),
        "differentiation": {"sums": differ.sum(axis=0).tolist(), "row_1000": differ[1000].tolist()},
    }
    text = json.dumps(found, indent=1, default=float)
    Path(__file__).with_suffix(".json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
