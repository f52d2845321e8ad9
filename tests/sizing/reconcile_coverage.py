"""How often the 80% range of a reconciled figure holds the truth, in made-up markets.

    python tests/sizing/reconcile_coverage.py 2000    writes tests/reference/coverage_reconcile.csv (minutes)

Methods are off by their own stated errors, equal or not and correlated or not, and by a spread between
methods that none of them states.
"""

import sys
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from pmlib.stats.pooling import pool

STORED = Path(__file__).parents[1] / "reference" / "coverage_reconcile.csv"
ERRORS = {"equal": [0.1] * 5, "unequal": [0.05, 0.1, 0.2, 0.05, 0.1]}
COUNTS, SPREADS, CORRELATIONS = (2, 3, 4, 5), (0.0, 0.05, 0.1, 0.2, 0.5), (0.0, 0.5)
CASES = list(product(COUNTS, ERRORS, CORRELATIONS, SPREADS))


def covered(count: int, errors: str, correlation: float, spread: float, sets: int, seed: int = 1) -> float:
    """Give the share of made-up sets of methods whose 80% range holds the truth, which is 0."""
    random = np.random.default_rng([seed, CASES.index((count, errors, correlation, spread))])
    error = np.array(ERRORS[errors][:count])
    cov = np.outer(error, error) * np.where(np.eye(count), 1.0, correlation)
    found = random.multivariate_normal(np.zeros(count), cov, size=sets, method="cholesky")
    found += spread * random.standard_normal((sets, count))
    pooled = (pool(y, cov, method="pm", interval="few", within=True, level=0.8) for y in found)
    return float(np.mean([one.low <= 0 <= one.high for one in pooled]))


def main(sets: int) -> None:
    rows = [(*case, sets, round(covered(*case, sets), 4)) for case in CASES]
    columns = ["methods", "errors", "correlation", "spread", "sets", "covered"]
    pd.DataFrame(rows, columns=columns).to_csv(STORED, index=False, lineterminator="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
