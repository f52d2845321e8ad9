"""A window foreseen says how far it may err, from what came before it alone."""

import numpy as np
import pytest
from scipy.stats import t as student

from pmlib.stats.foreseen import apart, foresee, weigh
from pmlib.stats.steps import placebo_steps

NONE = np.empty((120, 0))
HOW = {"least": 4, "level": 0.95}


def walk(seed, count=120, steps=0.2):
    random = np.random.default_rng(seed)
    return np.cumsum(steps * random.standard_normal(count)) + random.standard_normal(count)


def test_an_effect_moves_the_estimate_by_itself_and_nothing_else():
    y, moved = walk(1), walk(1)
    moved[-12:] += 3
    one, two = (foresee(values, NONE, 12, **HOW) for values in (y, moved))
    assert two.mean - one.mean == pytest.approx(np.full(12, 3.0))
    for part in ("se", "around", "errors", "alarms", "starts", "expected"):
        assert getattr(one, part) == pytest.approx(getattr(two, part), nan_ok=True)


def test_intervals_hold_what_they_say():
    # Of 36 walks 2 are to be missed, and 6 or more in 1 of 100 such tests.
    missed = 0
    for seed in range(36):
        steps = (0.0, 0.1, 0.5)[seed % 3]
        found = foresee(walk(seed, steps=steps), NONE, 12, ratios=(1e-3, 1e-2, 0.1, 1.0), **HOW)
        missed += abs(found.mean[-1]) > student.ppf(0.975, found.df) * found.se[-1]
    assert missed < 6


def test_what_is_missing_in_the_window_is_left_out():
    y = walk(2)
    y[-12:-6] = np.nan
    found = foresee(y, NONE, 12, **HOW)
    assert found.mean[-1] == pytest.approx(np.nanmean(found.gaps))
    assert np.isfinite(found.se).all()


def test_without_room_the_model_speaks_for_itself():
    found = foresee(walk(3), NONE, 40, **HOW)
    assert found.apart == 0 == len(found.starts)
    assert np.isnan(found.false_alarms)
    assert apart(120, 40, 4) == 1 and apart(80, 40, 4) == 0


def test_the_speed_that_foresees_well_counts():
    errors = np.array([[1.0, 0.1], [-1.0, 0.1], [1.0, -0.1]])
    assert weigh(errors, 3)[1] > 0.99
    assert weigh(errors, 0.0) == pytest.approx([0.5, 0.5])


def test_placebo_steps_come_out_as_wide_as_they_are():
    alarms = []
    for seed in range(30):
        tried = placebo_steps(
            walk(seed, 100), NONE[:100], 10, lasting=True, least=4, level=0.95, ratios=(1e-3, 0.1, 1.0)
        )
        alarms.append(tried.false_alarms)
    assert np.mean(alarms) < 0.12
    few = placebo_steps(walk(1, 30), NONE[:30], 10, lasting=True, least=4, level=0.95, ratios=(0.1,))
    assert few is None
