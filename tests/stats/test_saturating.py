"""Saturating curves in log income are found again, and the ranges made from markets left out hold."""

import numpy as np
import pytest

from pmlib.stats.saturating import SHAPES, Curve, fit, left_out, stable, unstable


def world(seed: int, markets: int = 20, years: int = 6, apart: float = 0.08):
    """Markets whose incomes grow and that lie off one curve, each by its own distance in all years."""
    rng = np.random.default_rng(seed)
    market = np.repeat(np.arange(markets), years)
    start = rng.uniform(np.log(2e3), np.log(3e4), markets)
    income = np.exp(start[market] + 0.04 * np.tile(np.arange(years), markets))
    off = apart * rng.standard_normal(markets)
    true = Curve("logistic", 0.6, 0.0, 1.6, float(np.log(9e3)), 0.0)
    share = unstable(np.clip(stable(true(income)) + off[market], 0, np.pi / 2))
    return true, income, share, market, np.arange(years - 1, markets * years, years)


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
    held = []
    for seed in range(60):
        true, income, share, market, last = world(seed, years=2)
        seen = market < 19
        curve = fit(income[seen], share[seen], "logistic", like=true)
        judged = left_out(curve, income[seen], share[seen], market[seen], last[:19], None)
        new = last[19]
        error = stable(share[new]) - stable(curve(income[[new]]))[0]
        held.append(abs(error) <= judged.reach(income[new], 0.8))
    assert 0.7 <= np.mean(held) <= 0.92  # 80%, give or take two standard errors


def test_too_few_markets_for_a_level_leave_the_range_open():
    _, income, share, market, last = world(4, markets=8)
    judged = left_out(fit(income, share, "logistic"), income, share, market, last, None)
    assert np.isfinite(judged.reach(9e3, 0.8)) and np.isinf(judged.reach(9e3, 0.95))
