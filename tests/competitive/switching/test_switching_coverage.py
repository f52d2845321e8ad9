"""95% intervals of switching hold the truth in 93 to 97% of simulated panels."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from switching_coverage import KINDS, REPLICATES, covered, worlds

from pmlib.competitive.switching.transitions import transitions

STORED = Path(__file__).parents[2] / "reference" / "coverage_switching.csv"


def test_stored_coverage_is_between_93_and_97_percent():
    stored = pd.read_csv(STORED)
    assert set(stored["kind"]) == set(KINDS) and set(stored["world"]) == set(worlds())
    assert (stored["replicates"] >= 0.99 * REPLICATES).all()
    assert stored["rate"].between(0.93, 0.97).all()
    assert stored["rate"].to_numpy() == pytest.approx(
        (stored["covered"] / stored["replicates"]).to_numpy(), abs=1e-4
    )


@pytest.mark.parametrize("name", list(worlds()))
def test_stored_truth_is_what_the_world_says_and_a_fresh_draw_agrees(name):
    world = worlds()[name]
    stored = pd.read_csv(STORED).query("world == @name").reset_index(drop=True)
    fresh = covered(name, world, 120, seed=7)
    assert fresh["truth"].to_numpy() == pytest.approx(stored["truth"].to_numpy(), abs=6e-5)
    # 120 draws: four standard errors about 95%, and about 1 on average over the world's intervals.
    assert (fresh["rate"] > 0.95 - 4 * np.sqrt(0.05 * 0.95 / 120)).all()
    assert fresh["rate"].mean() == pytest.approx(0.95, abs=0.025)


def test_a_simulated_panel_of_many_households_shows_the_truth():
    world = worlds()["small"]
    many = type(world)(world.weights, world.starts, world.chains, world.lengths, 200_000)
    found, truth = transitions(many.panel(np.random.default_rng(1))), world.truth()
    for kind in KINDS:
        assert getattr(found, kind).estimate == pytest.approx(truth[kind], abs=0.006, nan_ok=True)
