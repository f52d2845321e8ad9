"""How often the range of an income curve holds a market that nobody saw.

From the project's root: PYTHONPATH=. python tests/stats/saturating_coverage.py writes
tests/reference/coverage_income_curve.csv (some minutes).
"""

from pathlib import Path

import pandas as pd
from simulated_markets import new_market_held

REPLICATES = 2000
CASES = [  # markets, level, true shape, fitted shape
    (12, 0.8, "logistic", "logistic"),
    (18, 0.8, "gompertz", "logistic"),
    (24, 0.95, "logistic", "logistic"),
]


def coverage(replicates: int = REPLICATES) -> pd.DataFrame:
    """Give the share of replicates in which the range held the new market."""
    rows = []
    for markets, level, shape, fitted in CASES:
        held = [
            new_market_held(seed, level, markets=markets, fitted=fitted, shape=shape)
            for seed in range(replicates)
        ]
        rows.append((markets, level, shape, fitted, replicates, sum(held) / replicates))
    return pd.DataFrame(rows, columns=["markets", "level", "shape", "fitted", "replicates", "coverage"])


if __name__ == "__main__":
    target = Path(__file__).parents[1] / "reference" / "coverage_income_curve.csv"
    coverage().to_csv(target, index=False, float_format="%.4f")
