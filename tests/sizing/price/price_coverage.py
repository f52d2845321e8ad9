"""How often 95% ranges of prices hold the truth of made-up surveys.

`python tests/sizing/price/price_coverage.py 2000` works the stored table out again (about five minutes).
"""

import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from pmlib.sizing.price.answers import CALIBRATION, QUESTIONS, Answers
from pmlib.sizing.price.asked import Asked, implications
from pmlib.sizing.price.crossing import gap, meet
from pmlib.sizing.price.demand import resting, shares, smooth, smooth_best, tally, wilson
from pmlib.sizing.price.design import Design
from pmlib.sizing.price.points import POINTS, best_rows, point_rows
from pmlib.sizing.price.resamples import stretch
from pmlib.sizing.price.trial import best, trial

STORED = Path(__file__).parents[2] / "reference" / "coverage_price.csv"
LEVEL, DRAWS, MANY = 0.95, 499, 1_000_000
ROUND = {"whole prices": 1.0, "fives": 5.0, "halves": 0.5, "cents": 0.01}
CASES = [
    (shape, rounded, size, "")
    for shape, rounded in [
        ("even", "cents"),
        ("even", "whole prices"),
        ("skewed", "cents"),
        ("skewed", "fives"),
        ("two groups", "halves"),
    ]
    for size in (40, 200)
] + [("skewed", "fives", 200, "weighted"), ("even", "whole prices", 200, "clustered")]
CHANCES = np.array([0.0, *(CALIBRATION[intent] for intent in (1, 2, 3, 4, 5))])


def people(shape, rounded, size, rng, shift=0.0):
    """Draw prices and chances of respondents, and whose prices rise; shift : in clusters, of the log."""
    if shape == "even":
        middle = 10 * np.exp(0.3 * rng.normal(size=size) + shift)
        steps = np.exp(0.25 * rng.normal(size=(size, 3))) * [0.25, 0.3, 0.35]
        parts = [np.maximum(1 - steps[:, 0] / 3, 0.3), 1, 1 + steps[:, 1], 1 + steps[:, 1] + steps[:, 2]]
    elif shape == "skewed":
        middle = 20 + rng.gamma(1.5, 20, size=size)
        steps = rng.gamma(2, 0.2, size=(size, 3)) + 0.02
        parts = [1 / (1 + steps[:, 0]), 1, 1 + steps[:, 1], (1 + steps[:, 1]) * (1 + steps[:, 2])]
    else:
        low = rng.random(size) < 0.45
        middle = np.maximum(np.where(low, 8 + rng.normal(size=size), 14 + 1.5 * rng.normal(size=size)), 2)
        steps = rng.uniform(0.1, 0.5, size=(size, 3))
        parts = [1 - steps[:, 0], 1, 1 + steps[:, 1], 1 + steps[:, 1] + steps[:, 2]]
    prices = np.column_stack([middle * part for part in parts])
    prices = np.round(np.round(prices / ROUND[rounded]) * ROUND[rounded], 2)
    if_cheap = np.clip(np.round(3.6 + 1.1 * rng.normal(size=size)), 1, 5).astype(int)
    if_expensive = np.clip(if_cheap - 1 - (rng.random(size) < 0.4), 1, 5)
    nobody = np.zeros(size)
    chances = np.column_stack([nobody, CHANCES[if_cheap], CHANCES[if_expensive], nobody])
    return prices, chances, (np.diff(prices, axis=1) > 0).all(axis=1)


@cache
def truth(shape, rounded, drawn):
    """The points of a population a million strong."""
    rng = np.random.default_rng(99)
    shift = 0.15 * rng.normal(size=MANY) if drawn == "clustered" else 0.0
    prices, chances, kept = people(shape, rounded, MANY, rng, shift)
    prices, chances = prices[kept], chances[kept]
    grid, weights = np.unique(prices), np.ones(len(prices))
    found = {}
    for name, questions in POINTS.items():
        pair = prices[:, [QUESTIONS.index(question) for question in questions]]
        found[name] = float(meet(gap(pair, weights, grid)[None], grid).median[0])
    share = trial(prices, chances, weights, grid, np.zeros(len(prices), int), 1)
    return found | {"reach": float(grid[best(share)[0]]), "revenue": float(grid[best(share * grid)[0]])}


def survey(shape, rounded, size, drawn, seed):
    """A survey of so many whose prices rise."""
    rng = np.random.default_rng(seed)
    asked, clusters, weights, shift = 8 * size, None, np.ones(size), 0.0
    if drawn == "clustered":
        clusters = np.arange(asked) % (size // 5)
        shift = 0.15 * rng.normal(size=size // 5)[clusters]
    prices, chances, kept = people(shape, rounded, asked, rng, shift)
    kept = np.flatnonzero(kept)[:size]
    if drawn == "weighted":
        weights = np.exp(0.6 * rng.normal(size=size))
    if clusters is not None:
        clusters = np.unique(clusters[kept], return_inverse=True)[1]
    sample = Design(weights, clusters, None)
    return Answers(
        questions=QUESTIONS, prices=prices[kept], everybody=prices[kept], all_weights=weights,
        chances=chances[kept], sample=sample, unit="", asked=asked, missing=0, disordered=0, tied=0,
    )  # fmt: skip


def replicate(case, seed):
    """The range of each point of one survey."""
    said = survey(*case, seed)
    unit, times = said.sample.resamples(DRAWS, np.random.default_rng(seed))
    rows = point_rows(said, unit, times, keep="min", level=LEVEL)
    rows += best_rows(said, np.ones(len(said.prices), bool), unit, times, LEVEL)[0]
    return {row["point"]: (row["low"], row["high"]) for row in rows}


PRICES = np.array([6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 20.0])
HALF, SLOPE, SLIPS = 12.0, 0.4, 0.05
DESIGNS = [(way, size) for way in ("all prices", "slips", "ladder", "one price each") for size in (60, 300)]
TOLD = {"demand at 8": 1, "demand at 12": 3, "demand at 16": 5}


@cache
def true_demand(way):
    """Shares that say yes, in all of a population."""
    share = 1 / (1 + np.exp(SLOPE * (PRICES - HALF)))
    return (1 - 2 * SLIPS) * share + SLIPS if way == "slips" else share


def asked_of(way, size, seed):
    """Answers of so many, whose highest prices are logistic."""
    rng = np.random.default_rng(seed)
    said = (rng.logistic(HALF, 1 / SLOPE, size=size)[:, None] >= PRICES).astype(float)
    if way == "slips":
        said = np.where(rng.random(said.shape) < SLIPS, 1 - said, said)
    rows, start = np.arange(size), rng.integers(len(PRICES), size=size)
    seen = np.ones(said.shape, bool)
    if way == "one price each":
        seen = np.arange(len(PRICES)) == start[:, None]
    elif way == "ladder":  # up while yes, down while no, until it turns
        top = said.sum(axis=1).astype(int)
        up = said[rows, start] == 1
        first = np.where(up, start, np.maximum(top - 1, 0))[:, None]
        last = np.where(up, np.minimum(top, len(PRICES) - 1), start)[:, None]
        seen = (np.arange(len(PRICES)) >= first) & (np.arange(len(PRICES)) <= last)
    said = np.where(seen, said, np.nan)
    implies = way != "one price each"
    below, above, yes = implications(said) if implies else (np.zeros(0, int), np.zeros(0, int), said)
    return Asked(
        prices=PRICES, said=said, yes=yes, below=below, above=above, asked=seen.sum(axis=0), contradictory=0,
        implies=implies, missing=0, sample=Design(np.ones(size), None, None),
    )  # fmt: skip


def replicate_demand(design, seed):
    """Whether the ranges of one survey of demand hold the truth."""
    way, size = design
    said, true = asked_of(way, size, seed), true_demand(way)
    unit, times = said.sample.resamples(DRAWS, np.random.default_rng(seed))
    demand = shares(tally(said, unit), np.concatenate([np.ones((1, size)), times]))
    curve, real = smooth(demand, PRICES), smooth(true[None], PRICES)
    priced = PRICES[best(demand * PRICES)]
    low, high = wilson(demand[0], demand[1:].var(axis=0), resting(said), LEVEL)
    held = {name: low[place] <= true[place] <= high[place] for name, place in TOLD.items()}
    own = np.full(len(demand), priced[0])
    for name, values, value in [
        ("best price asked", priced, PRICES[best((true * PRICES)[None])[0]]),
        ("smooth best price", smooth_best(curve, PRICES, 0.0), smooth_best(real, PRICES, 0.0)[0]),
        ("elasticity", curve.elasticity(own), real.elasticity(own[:1])[0]),
    ]:
        _, lowest, highest = stretch(values, LEVEL)
        held[name] = lowest <= value <= highest
    return held


def covered(cases, seeds, known=truth):
    """Count how often the truth is held: a row a case and point."""
    rows = []
    for shape, rounded, size, drawn in cases:
        true = known(shape, rounded, drawn)
        found = [replicate((shape, rounded, size, drawn), seed) for seed in seeds]
        for point, value in true.items():
            held = np.mean([low - 1e-9 <= value <= high + 1e-9 for low, high in (f[point] for f in found)])
            rows.append(
                (
                    "points",
                    f"{shape}, {rounded}{', ' + drawn if drawn else ''}",
                    size,
                    point,
                    value,
                    len(found),
                    held,
                )
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def covered_demand(designs, seeds):
    """Count how often the truth of demand is held: a row a design and quantity."""
    rows = []
    for way, size in designs:
        held = pd.DataFrame([replicate_demand((way, size), seed) for seed in seeds])
        rows += [("demand", way, size, name, np.nan, len(held), held[name].mean()) for name in held]
    return pd.DataFrame(rows, columns=COLUMNS)


COLUMNS = ["question", "survey", "size", "quantity", "truth", "replicates", "coverage"]

if __name__ == "__main__":
    seeds = range(int(sys.argv[1]))
    table = pd.concat([covered(CASES, seeds), covered_demand(DESIGNS, seeds)], ignore_index=True)
    table.to_csv(STORED, index=False, float_format="%.4f")
