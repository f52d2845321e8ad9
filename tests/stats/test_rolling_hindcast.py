"""Hindcasts know at each moment only what was known then, and score what came against it."""

import numpy as np
import pytest

from pmlib.stats.hindcast import (
    CAP,
    Fan,
    damped_growth,
    drift,
    hindcast,
    last_value,
    linear_trend,
    origins,
)


def test_last_value_stays_and_drift_goes_on():
    known = np.array([1.0, 2.0, 4.0])
    assert last_value()(known, 2).middle.tolist() == [4, 4]
    assert drift()(known, 2).middle.tolist() == [5.5, 7]


def test_a_straight_line_is_continued_without_error():
    line = 3 + 2.0 * np.arange(10)
    for forecaster in (drift(), linear_trend()):
        found = hindcast(line, forecaster)
        assert found.errors == pytest.approx(np.zeros(4), abs=1e-12)


def test_damped_growth_halves_each_step():
    assert damped_growth()(np.array([1.0, 4.0]), 2).middle == pytest.approx([8, 8 * 2**0.5])


def test_errors_are_shares_of_the_series_mean():
    found = hindcast(np.array([2.0, 2.0, 2.0, 2.0, 6.0]), last_value(), steps=1)
    assert found.origins.tolist() == [4]
    assert found.errors == pytest.approx([4 / 2.8])


def test_nothing_of_the_future_is_shown():
    lengths = []

    def forecaster(known: np.ndarray, steps: int) -> Fan:
        lengths.append(len(known))
        return last_value()(known, steps)

    hindcast(np.arange(1.0, 11.0), forecaster, steps=3)
    assert lengths == [4, 5, 6, 7]


def test_an_absurd_forecast_counts_as_the_cap():
    wild = hindcast(np.arange(1.0, 9.0), lambda known, steps: Fan(*[np.full(steps, 1e30)] * 3))
    assert wild.capped_mean == CAP and wild.coverage == 0


def test_many_moments_are_thinned_evenly_with_both_ends():
    found = origins(200, 4, 3, most=12)
    assert len(found) == 12 and found[0] == 4 and found[-1] == 197


def test_a_random_walk_lies_in_the_band_of_last_value_as_often_as_said():
    rng = np.random.default_rng(7)
    walks = rng.standard_normal((300, 33)).cumsum(axis=1)
    inside = [hindcast(walk, last_value(), steps=3, at=np.array([30])).coverage for walk in walks]
    assert np.mean(inside) == pytest.approx(0.8, abs=0.04)


def test_too_short_a_series_is_refused():
    with pytest.raises(ValueError, match="a hindcast needs 7 values, 4 known and 3 to come; found 5"):
        hindcast(np.ones(5), last_value())
