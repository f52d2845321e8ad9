"""Time of the structural model beside statsmodels' UnobservedComponents, on bike rides of two lengths.

    python tests/benchmarks/structural.py [--rounds 5]

What is measured, in CPU seconds: one fit of a moving level, a season of the week and three controls, from
arrays to coefficients; and ours with all placebo windows before the launch foreseen at every speed.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.tsa.statespace.structural import UnobservedComponents

from pmlib.stats.foreseen import foresee
from pmlib.stats.seasons import seasons
from pmlib.stats.structural import structural

ROOT = Path(__file__).parents[2]
LENGTHS, AHEAD = (365, 1095), 28


def main() -> None:
    """Measure each in turn, and print the best of each."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--rounds", type=int, default=5)
    rounds = asked.parse_args().rounds
    table = pd.read_csv(ROOT / "data" / "bikeshare_daily.csv.gz")
    values = table["rides"].to_numpy(float)
    controls = table[["tmin", "tmax", "precip"]].to_numpy(float)
    print("| days | arm | CPU ms | x ours |\n|---|---|---|---|")
    for length in LENGTHS:
        kept = slice(400, 400 + length + AHEAD)
        y = np.log(values[kept])
        x = np.hstack([controls[kept], seasons(np.arange(length + AHEAD, dtype=float), [7])])
        peer = UnobservedComponents(
            y[:length], "local level", exog=x[:length, :3], seasonal=7, stochastic_seasonal=False
        )
        arms = {
            "ours": lambda y=y, x=x: structural(y, x, ahead=AHEAD),
            "statsmodels": lambda peer=peer: peer.fit(disp=False),
            "ours, with placebo windows": lambda y=y, x=x: foresee(y, x, AHEAD, least=14, level=0.95),
        }
        spent = {name: min(seconds(arm) for _ in range(rounds)) for name, arm in arms.items()}
        for name, each in spent.items():
            print(f"| {length} | {name} | {1000 * each:.1f} | {each / spent['ours']:.1f} |")


def seconds(arm) -> float:
    before = time.process_time()
    arm()
    return time.process_time() - before


if __name__ == "__main__":
    main()
