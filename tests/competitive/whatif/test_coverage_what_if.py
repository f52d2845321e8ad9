"""Intervals of simulated shares and of best prices hold the truth about as often as they say.

`python tests/competitive/whatif/test_coverage_what_if.py 2000` works the stored table out again.
"""

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # where it is run as a program

from simulated_choices import CONSTANTS, PRICE, QUALITY, choices, table

from pmlib.competitive import conditional_logit
from pmlib.competitive.whatif.along import track
from pmlib.competitive.whatif.reading import read_one
from pmlib.competitive.whatif.search import Search
from pmlib.competitive.whatif.simulate import Play, Question
from pmlib.competitive.whatif.stage import changed, known, stage
from pmlib.competitive.whatif.trials import answers
from pmlib.competitive.whatif.what_if import compared

STORED = Path(__file__).parents[2] / "reference" / "coverage_what_if.csv"
SCENARIOS = {
    "price cut": "A: price -10%",
    "attribute": "B: quality +0.5",
    "entrant": "add E like C: price 1.5",
    "rivals respond": "A: price -10%; rivals respond",
}
SETS, BUYERS, DRAWS, LEVEL = 12, 40, 500, 0.95  # everybody sees one of twelve shelves, forty each


@cache
def shelves():
    """The shelves, always the same."""
    return choices(0, choosers=SETS, each=1)


def fitted(seed):
    """Fit the model to choices drawn anew, and ask it about the shelves."""
    frame = pd.concat([shelves()] * BUYERS, ignore_index=True)
    frame["chooser"] = np.repeat(np.arange(SETS * BUYERS), 4)
    utility = PRICE * frame["price"] + QUALITY * frame["quality"] + frame["product"].map(CONSTANTS)
    noise = np.random.default_rng(seed).gumbel(size=len(frame))
    taken = (utility.to_numpy() + noise).reshape(-1, 4).argmax(axis=1)
    frame["chosen"] = (np.arange(4) == taken[:, None]).astype(int).ravel()
    demand = conditional_logit(table(frame), base="A").demand
    return demand.on(demand.offers.head(4 * SETS), np.full(SETS, float(BUYERS)))


@cache
def questions():
    """The scenarios, and the search for the best price of C; they do not hang on what was estimated."""
    demand = replace(fitted(0), params=true_params())
    first = stage(demand)
    words = known(first)
    plays = []
    for text in SCENARIOS.values():
        scenario = read_one(text, words)
        plays.append(Play(after=changed(first, scenario, words), responds=scenario.rivals == "respond"))
    asked = Question(today=first, plays=tuple(plays), costs=False).begun()
    way = track(first, words, "C")
    search = Search.along(first, words, way, maximise="revenue", responds=False, held=frozenset())
    own = np.cumsum([0, *(len(asked.lines(play)) + 1 for play in plays)])[:-1]  # A comes first
    return asked, own, search


def true_params():
    values = {"price": PRICE, "quality": QUALITY} | {f"product: {p}": c for p, c in CONSTANTS.items()}
    return np.array([values[name] for name in fitted(0).names])


def ask(demand, params):
    """Share of A after each scenario, its difference, relative change; the best price of C: (13, D)."""
    asked, own, search = questions()
    ends = compared(asked.ask(demand, params))[own, 0, 1:]
    return np.concatenate([ends.reshape(-1, ends.shape[-1]), search.best(demand, params)[:1]])


NAMES = [(name, quantity) for name in SCENARIOS for quantity in ("share", "difference", "relative change")]
NAMES += [("best price", "revenue")]


@cache
def truth():
    """What the same questions get at the true parameters."""
    return ask(fitted(0), true_params()[None])[:, 0]


def replicate(seed):
    """Say of each interval whether it holds the truth."""
    found = answers(fitted(seed), ask, LEVEL, draws=DRAWS, seed=seed)
    return dict(zip(NAMES, (found.low <= truth()) & (truth() <= found.high), strict=True))


def covered(seeds):
    """Count how often the truth is held, a row a quantity."""
    frame = pd.DataFrame([replicate(seed) for seed in seeds])
    rows = [(*name, len(frame), frame[name].mean()) for name in frame]
    return pd.DataFrame(rows, columns=["question", "quantity", "replicates", "coverage"])


def test_stored_coverage_is_what_intervals_promise():
    stored = pd.read_csv(STORED)
    assert len(stored) == len(NAMES) and (stored["replicates"] >= 2000).all()
    assert stored["coverage"].between(0.93, 0.97).all()


@pytest.mark.slow
def test_a_few_replicates_agree_with_the_stored_table():
    few = covered(range(40))
    stored = pd.read_csv(STORED)
    assert few[["question", "quantity"]].equals(stored[["question", "quantity"]])
    error = np.sqrt(stored["coverage"] * (1 - stored["coverage"]) / 40)
    assert (abs(few["coverage"] - stored["coverage"]) < 4 * error).all()


if __name__ == "__main__":
    covered(range(int(sys.argv[1]))).to_csv(STORED, index=False, float_format="%.4f")
