"""Tasks kept back: a model of real tastes foretells them, one of noise does not."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import pytest
from simulated_study import BRAND, PRICE, PRICES, study, wrapped

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


@dataclass(frozen=True)
class Own:
    """Tastes of each chooser."""

    wide: pd.DataFrame
    draws: np.ndarray
    weights: np.ndarray


def test_own_tastes_foretell_better_where_tastes_differ():
    table = wrapped(study(5, people=300, spread=1.0))
    slopes = np.random.default_rng(5)  # as `study` draws them, after the columns
    for draw in ("brand", "screen", "finish", "price"):
        size = 300 * 8 * 3
        if draw == "screen":
            slopes.integers(0, 2, size)
        else:
            slopes.choice({"brand": list(BRAND), "finish": ["dark", "light"], "price": PRICES}[draw], size)
    apart = np.exp(slopes.normal(size=300))

    def own(model):
        tastes = np.repeat(model.demand.params[None], 300, axis=0)
        tastes[:, 0] = PRICE * apart
        who = pd.Index(range(300), name="chooser")
        return Own(pd.DataFrame(tastes, who), tastes[:, :, None], np.ones((300, 1)))

    found = holdout_check(table, own=own)
    assert found.frame["method"].to_list() == ["Own tastes", "Model", "Shares alone", "Chance"]
    told = found.checks[0]
    assert told.label == "Own tastes beat those of all" and told.passed
    assert found.frame["estimate"].iloc[0] > found.frame["estimate"].iloc[1]


def test_a_chooser_without_tastes_is_named():
    def own(model):
        tastes = model.demand.params[None]
        return Own(pd.DataFrame(tastes, pd.Index([0])), tastes[:, :, None], np.ones((1, 1)))

    with pytest.raises(ValueError, match="own has no tastes of chooser 1"):
        holdout_check(wrapped(study(1)), own=own)


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
