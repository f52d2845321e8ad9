"""Intervals hold the truth as often as they say: the stored table, and a part of it made again."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from choice_coverage import MODELS, covered

STORED = Path(__file__).parents[2] / "reference" / "coverage_choice.csv"


def test_the_stored_table_keeps_what_intervals_promise():
    stored = pd.read_csv(STORED)
    assert set(stored["model"]) == set(MODELS)
    assert stored["covered"].between(0.93, 0.97).all()
    assert stored.groupby("model")["replicates"].first().to_dict() == {m: n for m, (_, n) in MODELS.items()}


@pytest.mark.slow
@pytest.mark.parametrize(("model", "replicates"), [("logit", 100), ("nested", 40), ("mixed", 12)])
def test_a_part_of_the_table_made_again_agrees(model, replicates):
    again = covered(model, replicates, first=10_001).set_index("term")
    stored = pd.read_csv(STORED).set_index("model").loc[model].set_index("term")
    assert (again["covered"] > 0.95 - 4 * np.sqrt(0.95 * 0.05 / replicates)).all()
    off = (again["mean_estimate"] - stored["mean_estimate"]) / (again["mean_error"] / np.sqrt(replicates))
    assert off.abs().max() < 5
