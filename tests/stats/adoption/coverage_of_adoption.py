"""How often ranges of adoption hold the truth; `python coverage_of_adoption.py` counts.

Series of Bass adoption are made up with one kind of noise, seen until 0.9 to 2.2 times their peak (8 to
30 periods), and fitted; where the potential is identified, the 95% range of each parameter and the 80%
and 95% bands of the next five periods are compared with the truth. Writes
tests/reference/coverage_adoption.csv.
"""

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from pmlib.stats.adoption import CURVES, fit_many

TABLE = Path(__file__).parents[2] / "reference" / "coverage_adoption.csv"
AHEAD, POTENTIAL = 5, 1000.0
MIXED, ALONE = 2000, 200  # series with noise of any kind, and with each kind alone
NOISES = {
    "even": "sales",
    "root of level": "sales",
    "share of level": "sales",
    "mixed": "sales",
    "even, lasting 0.5": "sales",
    "even stock": "cumulative",
    "adding up": "cumulative",
}


def series(noise: str, number: int):
    """Make a series: its times, values and five later ones, and parameters."""
    random = np.random.default_rng([number, list(NOISES).index(noise)])
    p, q = np.exp(random.uniform(np.log(0.003), np.log(0.03))), random.uniform(0.2, 0.6)
    peak = np.log(q / p) / (p + q)
    length = int(np.clip(peak * random.uniform(0.9, 2.2), 8, 30))
    edges = np.arange(length + AHEAD + 1.0)
    level = POTENTIAL * np.diff(CURVES["bass"].share(edges, p + q, np.log(q / p)))
    kind = random.choice(["even", "root of level", "share of level"]) if noise == "mixed" else noise
    lasting = {"mixed": random.choice([0, 0, 0.3, 0.6]), "even, lasting 0.5": 0.5}.get(noise, 0.0)
    shock = lasts(random.normal(size=len(level)), lasting)
    size = random.uniform(0.03, 0.1)
    if kind == "even stock":
        values = level.cumsum() + 0.3 * size * POTENTIAL * shock
    else:
        power = {"even": 0, "even, lasting 0.5": 0, "root of level": 0.5}.get(kind, 1)
        values = level + size * level.max() * (level / level.max()) ** power * (1 + (power == 1)) * shock
    values = values.cumsum() if kind == "adding up" else values
    return edges[1:], np.maximum(values, 0), length, (p, q, POTENTIAL)


def lasts(shock: np.ndarray, lasting: float) -> np.ndarray:
    """Make shocks last."""
    for i in range(1, len(shock)):
        shock[i] = lasting * shock[i - 1] + np.sqrt(1 - lasting**2) * shock[i]
    return shock


def outcomes(noise: str, numbers: range) -> pd.DataFrame:
    """Return a row a claim: whether it held."""
    made = [series(noise, i) for i in numbers]
    fits = fit_many([t[:n] for t, _, n, _ in made], [v[:n] for _, v, n, _ in made], kind=NOISES[noise])
    rows: list[tuple[int, str, float, bool]] = []
    for number, fit, (times, values, length, truth) in zip(numbers, fits, made, strict=True):
        if not fit.identified:
            continue
        for (name, (low, high)), true in zip(fit.interval(0.95).items(), truth, strict=True):
            rows.append((number, name, 0.95, low <= true <= high))
        for level in (0.8, 0.95):
            band = fit.forecast(times[length:], level)
            inside = (band.low <= values[length:]) & (values[length:] <= band.high)
            rows += [(number, f"periods 1 to {AHEAD}", level, bool(one)) for one in inside]
            rows += [(number, f"period {i + 1}", level, bool(inside[i])) for i in (0, AHEAD - 1)]
    return pd.DataFrame(rows, columns=["number", "what", "claimed", "held"]).assign(noise=noise)


def coverage(found: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return what was claimed and how often it held, a row each."""
    table = found.groupby(["noise", "what", "claimed"])["held"].mean().round(3).reset_index()
    identified = found.groupby("noise")["number"].nunique()
    return table.assign(series=count, identified=table["noise"].map(identified))


if __name__ == "__main__":
    sizes = {noise: MIXED if noise == "mixed" else ALONE for noise in NOISES}
    with ProcessPoolExecutor(2) as pool:
        jobs = {
            n: [pool.submit(outcomes, n, range(i, i + 50)) for i in range(0, k, 50)] for n, k in sizes.items()
        }
        parts = [coverage(pd.concat([job.result() for job in jobs[n]]), k) for n, k in sizes.items()]
    table = pd.concat(parts)
    print(table.pivot_table(index=["what", "claimed"], columns="noise", values="held").to_string())
    table.to_csv(TABLE, index=False)
