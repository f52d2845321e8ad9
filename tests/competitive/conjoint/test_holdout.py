"""Tasks kept back: a model of real tastes foretells them, one of noise does not."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from simulated_study import study, wrapped

from pmlib.competitive import conditional_logit, holdout_check
from pmlib.result import Absent


def test_tastes_foretell_choices_not_seen():
    found = holdout_check(wrapped(study(1)))
    assert found.title == "The model foretells choices it has not seen"
    frame = found.frame.set_index("method")
    assert frame.loc["Chance", "estimate"] == pytest.approx(0.25)
    assert frame.loc["Shares alone", "gain_low"] > 0 and frame.loc["Model", "low"] > 0.3
    assert frame.loc["Chance", "log_score"] == pytest.approx(np.log(0.25))


def test_one_task_of_each_is_kept_back():
    predicted = holdout_check(wrapped(study(1))).predicted
    assert predicted.groupby("chooser")["occasion"].nunique().eq(1).all()
    assert predicted["chooser"].nunique() == 150
    sums = predicted.groupby("chooser")[["chosen", "probability"]].sum()
    assert sums.to_numpy() == pytest.approx(1)


def test_noise_foretells_nothing():
    frame = study(2)
    place = np.random.default_rng(3).integers(0, 4, 150 * 8)
    noise = frame.assign(chosen=(np.arange(4) == place[:, None]).astype(int).ravel())
    found = holdout_check(wrapped(noise))
    assert found.title == "The model does not beat simple guesses"
    assert any(not check.passed for check in found.checks)


def test_other_fits_and_seeds_may_be_asked_for():
    table = wrapped(study(1))
    less = holdout_check(table, fit=partial(conditional_logit, attributes=[], constants=False))
    more = holdout_check(table)
    assert less.frame["log_score"].iloc[0] < more.frame["log_score"].iloc[0]
    assert not holdout_check(table, seed=2).predicted.equals(more.predicted)
    assert holdout_check(table).predicted.equals(more.predicted)


def test_who_chose_once_has_no_task_to_keep_back():
    frame = study(1)
    said = holdout_check(wrapped(frame[frame["task"] == 0]))
    assert isinstance(said, Absent) and "chose twice" in said.reason
    assert holdout_check(None).reason == "No table of choices was given."


def test_the_table_is_left_alone():
    frame = study(4)
    before = frame.copy()
    holdout_check(wrapped(frame))
    pd.testing.assert_frame_equal(frame, before)
