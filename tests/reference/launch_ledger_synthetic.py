"""Make the made-up ledger of past launches that is shipped to show how one works: run it to write it."""

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 20190901
ERROR = {"A": 0.008, "B": 0.014, "C": 0.022, "D": 0.035}  # of an estimate by its grade, about
DOMAINS = {  # mean and spread of what launches truly did there, and what was launched
    "Fares and passes": (0.025, 0.02, ["day pass", "student pass", "family pass", "fare cap", "gift card",
                                       "corporate pass", "first ride free", "monthly billing"]),
    "Stations and bikes": (0.04, 0.025, ["12 stations downtown", "stations at Metro", "child seats",
                                         "longer dock hours", "20 stations east", "lighter bikes"]),
    "App": (0.005, 0.01, ["dock alerts", "route planner", "group rides"]),
}  # fmt: skip


def ledger() -> pd.DataFrame:
    """Draw the launches; the same each time."""
    draw = np.random.default_rng(SEED)
    rows = []
    for domain, (mean, spread, names) in DOMAINS.items():
        for name in names:
            grade = draw.choice(list(ERROR), p=[0.3, 0.25, 0.25, 0.2])
            error = round(ERROR[grade] * draw.uniform(0.8, 1.3), 4)
            effect = round(draw.normal(draw.normal(mean, spread), error), 4)
            month = draw.integers(0, 84)
            when = f"{2012 + month // 12}-{1 + month % 12:02d}-01"
            reach = round(draw.uniform(0.1, 0.9), 2)
            rows.append((f"Synthetic: {name}", domain, when, effect, error, grade, reach))
    names = ["launch", "domain", "launched", "effect", "effect_se", "grade", "reach"]
    return pd.DataFrame(rows, columns=names).assign(source="made up, no real launch").sort_values("launched")


if __name__ == "__main__":
    target = Path(__file__).parents[2] / "data" / "launch_ledger_synthetic.csv"
    ledger().to_csv(target, index=False, lineterminator="\n")
