"""Launches are foretold honestly: of real ledgers, of made-up ones, and of the model's own."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from pmlib import data, impact

sys.path.insert(0, str(Path(__file__).parents[2] / "honesty"))
import ledger as honesty


def source(effects, errors):
    frame = pd.DataFrame({"launch": [f"launch {i}" for i in range(len(effects))], "effect": effects})
    frame["effect_se"] = errors
    return data.source(frame, "launches", launch="launch", effect="effect", effect_se="effect_se")


def test_each_launch_is_foretold_without_itself():
    effects, errors = [0.02, 0.01, 0.03, 0.02, 0.04, 0.9], [0.01] * 6
    found = impact.leave_one_out(impact.ledger(source(effects, errors)))
    assert found.frame["inside"].tolist() == [True] * 5 + [False]
    without = impact.ledger(source(effects[:5], errors[:5]))
    last = found.frame.iloc[-1]
    assert last["estimate"] == pytest.approx(without.next_mean)
    wide = without.posterior.next.with_error(0.01)
    assert (last["low"], last["high"]) == pytest.approx(wide.ends(0.8))
    assert found.inside == pytest.approx(5 / 6)
    assert found.numbers[0].value == found.inside


def test_too_few_launches_foretell_nothing():
    few = impact.leave_one_out(impact.ledger(source([0.1, 0.2], [0.1, 0.1])))
    assert few.reason == "2 launches; each is foretold by others from 3 on."
    assert impact.leave_one_out(None).reason == "No ledger of past launches was given."
    with pytest.raises(TypeError, match="a Ledger is needed"):
        impact.leave_one_out(source([0.1], [0.1]))


def test_four_of_five_real_launches_come_as_foretold():
    found = honesty.real(most=13)
    assert 0.7 <= found["found"] <= 0.9


def test_ranks_of_the_model_on_its_own_draws_are_even():
    assert all(row["low"] <= row["found"] <= row["high"] for row in honesty.ranks(draws=200))


def test_made_up_launches_come_as_often_as_said():
    row = honesty.made_up(ledgers=25)
    assert row["low"] <= row["found"] <= row["high"]
