"""Saturating curves in log income are found again, and the ranges made from markets left out hold."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from simulated_markets import new_market_held, world

from pmlib.stats.saturating import SHAPES, Curve, fit, left_out

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("ceiling", [0.35, 0.8])
def test_a_curve_without_scatter_is_found_again(shape, ceiling):
    income = np.geomspace(800, 60_000, 40)
    true = Curve(shape, ceiling, 0.2, 1.7, float(np.log(9e3)), 0.0)
    found = fit(income, true(income), shape)
    assert found.ceiling == pytest.approx(ceiling, rel=1e-4) and found.sse < 1e-12
    np.testing.assert_allclose(found(income), true(income), rtol=1e-5)


def test_a_ceiling_may_be_held():
    _, income, share, *_ = world(1)
    held = fit(income, share, "logistic", 0.9)
    assert held.ceiling == 0.9 and held.sse >= fit(income, share, "logistic").sse


def test_the_currency_of_income_does_not_matter():
    _, income, share, *_ = world(2)
    here, there = (fit(income * rate, share, "gompertz") for rate in (1.0, 7.3))
    np.testing.assert_allclose(here(income), there(income * 7.3), rtol=1e-6)


def test_the_start_of_a_market_left_out_finds_what_many_starts_find():
    _, income, share, market, last = world(3)
    curve = fit(income, share, "logistic")
    judged = left_out(curve, income, share, market, last, None)
    for one in range(0, 20, 5):
        alone = fit(income[market != one], share[market != one], "logistic")
        assert judged.predicted[one] == pytest.approx(float(alone(income[last[[one]]])[0]), rel=1e-4)


def test_ranges_hold_for_a_new_market_as_often_as_they_say():
    # 80% of markets that nobody saw; ranges from errors within markets alone would hold a few percent.
    held = [new_market_held(seed, 0.8) for seed in range(50)]
    assert 0.68 <= np.mean(held) <= 0.92  # 80%, give or take two standard errors


def test_over_two_thousand_worlds_they_hold_as_often_as_they_say():
    stored = pd.read_csv(REFERENCE / "coverage_income_curve.csv")
    assert (stored["replicates"] == 2000).all()
    exact = np.ceil(stored["level"] * stored["markets"]) / stored["markets"]  # the conformal quantile's own
    assert (stored["coverage"] - exact).abs().max() < 0.03 and (
        stored["coverage"] > stored["level"] - 0.02
    ).all()


def test_too_few_markets_for_a_level_leave_the_range_open():
    _, income, share, market, last = world(4, markets=8)
    judged = left_out(fit(income, share, "logistic"), income, share, market, last, None)
    assert np.isfinite(judged.reach(9e3, 0.8)) and np.isinf(judged.reach(9e3, 0.95))
