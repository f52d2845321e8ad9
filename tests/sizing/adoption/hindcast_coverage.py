"""How often bands of adoption held what came; run as a script, this writes the table.

Made-up series follow one of the four curves. Of many points: 7 to 16 are known, 10 to 90% of the potential
is reached; what is seen strays from the curve by 3 to 25% (sales) or 0.5 to 3% (a stock), in proportion to
the curve or evenly under the root, on its own or carried over by half. Of few points: 3 to 6 Bass sales, p
and q scattered as in the literature, strays of 10 to 30%, eight such series of 9 to 16 periods as analogues.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from pmlib.sizing.adoption.few import lender
from pmlib.sizing.adoption.foresee import Means, foresee
from pmlib.stats.adoption import CURVES

STORED = Path(__file__).parents[2] / "reference" / "coverage_hindcast.csv"
STEPS = 5
Case = tuple[np.ndarray, np.ndarray, str, Means]


def strays(rng: np.random.Generator, count: int) -> np.ndarray:
    carry = rng.choice([0.0, 0.5])
    found = rng.standard_normal(count)
    for i in range(1, count):
        found[i] = carry * found[i - 1] + np.sqrt(1 - carry**2) * found[i]
    return found


def many_points(rng: np.random.Generator, kind: str) -> Iterator[Case]:
    """A series of many points: values of all periods, how many are known, kind, means."""
    alone = Means(tuple(CURVES), lender([], STEPS), None, 1)
    positions = np.linspace(-2, 12, 400)
    while True:
        curve = CURVES[list(CURVES)[rng.integers(4)]]
        known = int(rng.integers(7, 17))
        rate, reached = np.array(rng.uniform(0.2, 0.8)), rng.uniform(0.1, 0.9)
        shares = curve.share(np.array(float(known)), np.full(400, rate), positions)
        if not shares.min() < reached < shares.max():
            continue
        position = np.array(positions[np.abs(shares - reached).argmin()])
        times = np.arange(1.0, known + STEPS + 1)
        path = curve.share(times, rate, position)
        if kind == "sales":
            path = path - curve.share(times - 1, rate, position)
        size = rng.uniform(0.03, 0.25) if kind == "sales" else rng.uniform(0.005, 0.03)
        off = size * strays(rng, len(times))
        if rng.random() < 0.5:
            seen = path * np.exp(off)
        else:
            seen = np.maximum(np.sqrt(path) + off / 2 * np.sqrt(path[:known].mean()), 0) ** 2
        yield 1e6 * np.maximum(seen, 1e-9), np.arange(1.0, known + 1), kind, alone


def bass_sales(rng: np.random.Generator, periods: int) -> np.ndarray:
    p, q = 0.012 * np.exp(0.8 * rng.standard_normal()), 0.4 * np.exp(0.4 * rng.standard_normal())
    fading = np.exp(-(p + q) * np.arange(periods + 1))
    sales = np.diff((1 - fading) / (1 + q / p * fading))
    return np.asarray(1e6 * sales * np.exp(rng.uniform(0.1, 0.3) * strays(rng, periods)))


def few_points(rng: np.random.Generator, pooled: bool = True) -> Iterator[Case]:
    """Series of few points, eight to each set of analogues."""
    while True:
        analogues = [bass_sales(rng, int(rng.integers(9, 17))) for _ in range(8)] if pooled else []
        means = Means(tuple(CURVES), lender(analogues, STEPS), None, 1)
        for _ in range(8):
            known = int(rng.integers(3, 7))
            yield bass_sales(rng, known + STEPS), np.arange(1.0, known + 1), "sales", means


SCENARIOS = {
    "many points, sales": lambda rng: many_points(rng, "sales"),
    "many points, stock": lambda rng: many_points(rng, "stock"),
    "few points, eight analogues": few_points,
    "few points, no analogues": lambda rng: few_points(rng, pooled=False),
}


def coverage(scenario: str, sets: int, seed: int = 1) -> dict[str, object]:
    """Run a scenario: share of what came, one to five periods ahead, inside the 80 and 95% bands."""
    cases = SCENARIOS[scenario](np.random.default_rng(seed))
    inside = []
    for _ in range(sets):
        values, times, kind, means = next(cases)
        ahead = times[-1] + np.arange(1.0, STEPS + 1)
        found = foresee(times, values[: len(times)], ahead, kind=kind, means=means, level=0.8)
        came = values[len(times) :]
        inside.append([[(came >= low).mean() - (came > high).mean()] for low, high in found.bands.values()])
    eighty, ninety_five = np.mean(inside, axis=0).ravel()
    return {
        "scenario": scenario,
        "sets": sets,
        "inside_80": round(eighty, 4),
        "inside_95": round(ninety_five, 4),
    }


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000  # of many points; few points cost little
    sets = {scenario: count if "many" in scenario else 2 * count for scenario in SCENARIOS}
    table = pd.DataFrame([coverage(scenario, number) for scenario, number in sets.items()])
    table.to_csv(STORED, index=False)
    print(table.to_string())
