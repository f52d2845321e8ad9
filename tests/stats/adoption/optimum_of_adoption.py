"""Whether fits of adoption end in the global optimum; `python optimum_of_adoption.py` counts.

A thousand made-up series are fitted from 5 valleys and from 25 starts all over the grid, some also by scipy
from random starts anywhere. Writes tests/reference/optimum_adoption.csv: how many have a sum of squares
within 1.0001 of the least that anyone found, the worst, and the steepest slope left.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize
from simulated_adoption import simulated

from pmlib.stats.adoption import CURVES, Fit, fit_many

MANY, RANDOM = 25, 12  # starts of our own search and of scipy
TABLE = Path(__file__).parents[2] / "reference" / "optimum_adoption.csv"


def rival(fit: Fit, starts: int, seed: int) -> float:
    """Return the least sum of squares that scipy finds from random rates, positions and potentials."""
    random, seen, curve = np.random.default_rng(seed), fit.seen, CURVES[fit.curve]
    edges, last = seen.edges[0], seen.last[0]
    here, goal = seen.weights[0] > 0, seen.values[0]

    def residuals(point: np.ndarray) -> np.ndarray:
        share = curve.share(edges, np.exp(point[0]), point[1] + np.exp(point[0]) * last)
        form = np.diff(share) if seen.sales else share
        return (goal - np.exp(point[2]) * form)[here]

    best = np.inf
    for _ in range(starts):
        log_rate = random.uniform(np.log(0.05 / last), np.log(5))
        start = [log_rate, random.uniform(-np.exp(log_rate) * last - 3, 8), random.uniform(-1, 6)]
        with np.errstate(all="ignore"):
            end = optimize.least_squares(
                residuals, start, x_scale="jac", ftol=1e-12, xtol=1e-12, max_nfev=200
            )
        best = min(best, 2 * end.cost)
    return best * seen.scale[0] ** 2


def compared(curve: str, kind: str, count: int, rivals: int) -> dict[str, object]:
    """Compare fits with our own from many valleys, and some of them with scipy; return a row of the table."""
    made = list(simulated(count))
    values = [row[1] if kind == "sales" else row[1].cumsum() for row in made]
    times = [row[0] for row in made]
    fits, many = (fit_many(times, values, curve, kind, starts=n) for n in (5, MANY))
    least = np.array([fit.sse for fit in many])
    some = np.linspace(0, count - 1, rivals).astype(int)
    least[some] = np.minimum(least[some], [rival(fits[i], RANDOM, i) for i in some])
    ratio = np.array([fit.sse for fit in fits]) / least
    return {
        "curve": curve,
        "kind": kind,
        "series": count,
        "within": int((ratio <= 1.0001).sum()),
        "worst": round(float(ratio.max()), 7),
        "steepest": round(max(fit.gradient for fit in fits), 5),
        "by_scipy": rivals,
    }


if __name__ == "__main__":
    rows = []
    for curve in CURVES:
        for kind in ("sales", "cumulative"):
            rows.append(compared(curve, kind, 1000, 100 if (curve, kind) == ("bass", "sales") else 25))
            print(rows[-1], flush=True)
    pd.DataFrame(rows).to_csv(TABLE, index=False)
