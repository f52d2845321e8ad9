"""Design checks: ideal designs are ideal, and what is wrong with a survey is seen."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_study import study, wrapped

from pmlib.competitive import design_check
from pmlib.competitive.choice.sets import Sets
from pmlib.competitive.conjoint.design_quality import associations, beaten, efficiency
from pmlib.result import Absent
from pmlib.table import Column


def said(result, label):
    return next(check for check in result.checks if label in check.label)


def sets(count, length):
    return Sets.of(np.repeat(np.arange(count), length))


def test_a_design_that_shows_every_level_once_a_task_is_ideal():
    brands = pd.Series(["a", "b", "c", "d"] * 6)
    assert efficiency({"brand": brands}, sets(6, 4)) == pytest.approx(1)
    both = {"one": pd.Series([0.0, 0, 1, 1] * 6), "other": pd.Series([0.0, 1, 0, 1] * 6)}
    assert efficiency(both, sets(6, 4)) == pytest.approx(1)


def test_attributes_that_go_together_leave_nothing_to_tell():
    twice = {"one": pd.Series([0.0, 0, 1, 1] * 6), "other": pd.Series([0.0, 0, 1, 1] * 6)}
    assert efficiency(twice, sets(6, 4)) == 0
    assert associations(twice)["size"].item() == pytest.approx(1)


@pytest.mark.filterwarnings("error")
def test_tasks_of_a_single_offer_ask_nothing():
    assert efficiency({"brand": pd.Series(["a", "b"] * 3)}, sets(6, 1)) == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(2, 4), st.booleans())
def test_no_design_is_better_than_the_ideal(seed, levels, length, many):
    draw = np.random.default_rng(seed)
    columns = {
        "label": pd.Series(draw.integers(0, levels, 12 * length).astype(str)),
        "number": pd.Series(
            draw.normal(size=12 * length) if many else draw.choice([1.0, 2.0, 5.0], 12 * length)
        ),
    }
    assert 0 <= efficiency(columns, sets(12, length)) <= 1 + 1e-9


def test_offers_beaten_in_everything_are_found():
    columns = {
        "brand": pd.Series(["a", "a", "b", "a", "a", "a"]),
        "screen": pd.Series([1.0, 0, 0, 1, 1, 0]),
        "price": pd.Series([5.0, 6, 6, 5, 5, 4]),
    }
    # The second is dearer and lacks the screen; the third is another brand; equals do not beat each other.
    found = beaten(columns, {"screen": 1, "price": -1}, sets(2, 3))
    assert found.tolist() == [False, True, False, False, False, False]


def test_cameras_hold_up(cameras):
    found = design_check(cameras)
    assert found.title == "The survey's design holds up"
    assert (found.respondents, found.tasks) == (332, 5312)
    assert said(found, "Price was shown").saw == "5, $79 to $279"
    level = found.frame.set_index("label").loc["Price: $79"]
    assert level["low"] < 0.4567 < level["high"]
    assert found.frame.groupby("attribute")["share"].sum().to_numpy() == pytest.approx(1)


def always(frame, which):
    """Everybody takes the offer for which `which` is true, the first of a task."""
    right = which(frame)
    first = right & ~right.groupby([frame["person"], frame["task"]]).cumsum().gt(1)
    return frame.assign(chosen=first.astype(int))


def rote(frame, which, people):
    """Some people answer by rote."""
    changed = always(frame, which)
    return frame.assign(chosen=changed["chosen"].where(frame["person"] < people, frame["chosen"]))


@pytest.mark.parametrize(
    ("change", "check", "saw"),
    [
        (lambda f: rote(f, lambda g: g["place"] == 1, 30), "took the same place", "30 of 150 respondents"),
        (lambda f: rote(f, lambda g: g["brand"] == "none", 20), "took none", "20 of 150 respondents"),
        (lambda f: always(f, lambda g: g["place"] == 0), "order of offers", "one place"),
        (lambda f: f[f["task"] < np.where(f["person"] == 0, 3, 99)], "6 tasks or more", "1 did fewer"),
        (lambda f: f.assign(price=f["price"].clip(80, 81)), "three levels", "2"),
        (
            lambda f: f.assign(finish=f["screen"].map({0: "dark", 1: "light"})),
            "go together", "Big screen and Finish: 1.00 of 1",
        ),
        (lambda f: rote(f, lambda g: g["brand"] == "none", 120), "usual answer", "%"),
    ],
    ids=["place", "none", "sorted", "tasks", "prices", "together", "always none"],
)  # fmt: skip
def test_what_is_wrong_with_a_survey_is_seen(change, check, saw):
    frame = change(study(1))
    if check == "order of offers":  # nobody may choose what is never chosen, or the fit is refused before
        frame = frame.assign(brand=frame["brand"].where(frame["place"] < 3, "Core"))
    found = design_check(wrapped(frame))
    told = said(found, check)
    assert not told.passed and saw in told.saw
    assert "checks of the survey fail" in found.title


def test_a_sound_made_up_survey_holds_up():
    table = wrapped(study(2))
    # Nobody says that a big screen is better, so that few offers are better in everything.
    found = design_check(replace(table, columns={**table.columns, "screen": Column("Big screen")}))
    assert [check.label for check in found.checks if not check.passed] == []


def test_a_study_without_choices_says_so():
    assert isinstance(design_check(None), Absent)
    said = design_check(wrapped(study(1).drop(columns="chosen")))
    assert "no chosen column" in said.reason
