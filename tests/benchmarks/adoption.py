"""Time of a thousand fits of Bass's curve beside a loop over scipy from the same three starts.

    python tests/benchmarks/adoption.py [rounds]

What is measured is CPU seconds from arrays to the parameters and their standard errors; scipy's loop
starts where our search starts and is not charged for finding those starts. The first of our fits is not
counted: it loads what the others use.
"""

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from scipy import optimize

sys.path.insert(0, str(Path(__file__).parents[1] / "stats" / "adoption"))
from simulated_adoption import simulated

from pmlib.stats.adoption import CURVES, fit_many
from pmlib.stats.adoption.observed import Observed, observed
from pmlib.stats.adoption.search import position, starting_points

SERIES, STARTS = 1000, 3


def main() -> None:
    """Measure both arms, round after round, and print the best of each."""
    made = list(simulated(SERIES))
    times, sales = [row[0] for row in made], [row[1] for row in made]
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    ours, theirs = [], []
    fit_many(times[:50], sales[:50], starts=STARTS)
    for _ in range(rounds):
        begun = time.process_time()
        fits = fit_many(times, sales, starts=STARTS)
        ours.append(time.process_time() - begun)
        seen = observed(times, sales, "sales", None, [str(i) for i in range(SERIES)])
        starts = where_to_start(seen)
        begun = time.process_time()
        sums = np.array([least(*one) for one in zip(times, sales, starts, strict=True)])
        theirs.append(time.process_time() - begun)
    ratio = np.array([fit.sse for fit in fits]) / sums
    print(f"{SERIES} series, {STARTS} starts each, load {os.getloadavg()[0]:.1f}")
    times_faster = min(theirs) / min(ours)
    print(f"ours {min(ours):.2f} CPU s; scipy's loop {min(theirs):.2f}; {times_faster:.1f} times faster")
    print(f"sum of squares, ours by scipy's: {ratio.min():.6f} to {ratio.max():.6f}")


def where_to_start(seen: Observed) -> np.ndarray:
    """Return log p, log q and log potential of our starts, three a series."""
    rows = np.repeat(np.arange(SERIES), STARTS)
    everything = np.full(SERIES, np.inf)
    points = starting_points(seen, CURVES["bass"], np.zeros(SERIES), everything, STARTS).reshape(-1, 2)
    rate, place = position(seen, points, rows)
    place = np.clip(place, -15, 25)
    p, q = CURVES["bass"].natural(rate, place)
    share = CURVES["bass"].share(seen.last[rows], rate, place)
    total = (seen.values * seen.scale[:, None]).sum(axis=1)[rows]
    return np.log([p, q, total / share]).T.reshape(SERIES, STARTS, 3)


def least(times: np.ndarray, sales: np.ndarray, starts: np.ndarray) -> float:
    """Return the least sum of squares that scipy reaches from the starts."""
    edges = np.concatenate([[times[0] - 1], times]) - times[0] + 1

    def residuals(logs: np.ndarray) -> np.ndarray:
        p, q, potential = np.exp(logs)
        gone = np.exp(-(p + q) * edges)
        return potential * np.diff((1 - gone) / (1 + q / p * gone)) - sales

    with np.errstate(all="ignore"):
        return min(2 * optimize.least_squares(residuals, s, x_scale="jac").cost for s in starts)


if __name__ == "__main__":
    main()
