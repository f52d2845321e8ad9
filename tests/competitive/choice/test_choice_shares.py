"""Shares of choices: those counted, with ranges that know that one chooser's choices are alike."""

import numpy as np
import pytest
from simulated_choices import choices, table

from pmlib.competitive import choice_shares
from pmlib.result import Absent


def test_shares_are_those_counted():
    frame = choices(1)
    found = choice_shares(table(frame)).frame.set_index("label")["estimate"]
    taken = frame[frame["chosen"] == 1]["product"].value_counts(normalize=True)
    assert found.to_dict() == pytest.approx(taken.to_dict())


def test_firms_add_up_their_products():
    frame = choices(2).assign(firm=lambda f: f["product"].map({"A": "X", "B": "X", "C": "Y", "D": "Y"}))
    products = choice_shares(table(frame)).frame.set_index("label")["estimate"]
    firms = choice_shares(table(frame), by="firm").frame.set_index("label")["estimate"]
    assert firms["X"] == pytest.approx(products["A"] + products["B"])


@pytest.mark.slow
@pytest.mark.parametrize("taste", [0.0, 2.0])
def test_intervals_cover_what_they_say(taste):
    truth = choice_shares(table(choices(99, choosers=20_000, each=5, taste=taste))).frame
    truth = truth.set_index("label")["estimate"]
    held = []
    for seed in range(150):
        found = choice_shares(table(choices(seed, choosers=60, each=5, taste=taste))).frame.set_index("label")
        held += list((found["low"] <= truth[found.index]) & (truth[found.index] <= found["high"]))
    assert 0.92 < np.mean(held) < 0.975  # four shares of 150 panels; they hang together


def test_what_has_no_choices_says_so():
    assert isinstance(choice_shares(None), Absent)
    said = choice_shares(table(choices(3).drop(columns="product")))
    assert isinstance(said, Absent) and "what was chosen" in said.reason
