"""Shrinkage gives the published numbers, its laws, and calibrated posteriors; mixtures are what they say."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from pmlib.stats.mixture import Mixture
from pmlib.stats.pooling import pool
from pmlib.stats.shrinkage import shrink
from pmlib.stats.small_study import egger

TRIALS = pd.read_csv(Path(__file__).parents[1] / "reference" / "bcg_trials.csv")
# Rubin (1981): coaching in eight schools, as Gelman et al. (2013), table 5.2.
SCHOOLS = np.array([28, 8, -3, 7, -1, 1, 18, 12.0]), np.array([15, 10, 16, 11, 9, 11, 10, 18.0])


@pytest.fixture(scope="module")
def vaccine():
    """Log risk ratios of the vaccine trials, and their standard errors."""
    ill, well, ill_too, well_too = (TRIALS[c].to_numpy(float) for c in ("tpos", "tneg", "cpos", "cneg"))
    ratio = np.log(ill / (ill + well) / (ill_too / (ill_too + well_too)))
    return ratio, np.sqrt(1 / ill - 1 / (ill + well) + 1 / ill_too - 1 / (ill_too + well_too))


@pytest.fixture(scope="module")
def schools():
    return shrink(*SCHOOLS)


def test_the_eight_schools_as_the_book_has_them(schools):
    assert schools.mean.mean == pytest.approx(7.93, abs=0.05)
    assert schools.mean.sd == pytest.approx(5.17, abs=0.1)
    assert schools.spread(0.5) == pytest.approx(5.23, abs=0.3)
    effects = [schools.effect(i).mean for i in range(8)]
    assert effects == pytest.approx([11.4, 7.9, 6.1, 7.6, 5.1, 6.1, 10.7, 8.5], abs=0.3)


def test_the_grid_gives_what_integration_gives(schools):
    y, v = SCHOOLS[0], SCHOOLS[1] ** 2

    def density(tau):
        total = v + tau**2
        centre = np.sum(y / total) / np.sum(1 / total)
        return np.exp(-np.sum(np.log(total) + (y - centre) ** 2 / total) / 2) / np.sqrt(np.sum(1 / total))

    def centre(tau):
        return np.sum(y / (v + tau**2)) / np.sum(1 / (v + tau**2))

    whole = quad(density, 0, np.inf, limit=200)[0]
    mean = quad(lambda tau: density(tau) * centre(tau), 0, np.inf, limit=200)[0] / whole
    below = quad(density, 0, 5.0)[0] / whole
    assert schools.mean.mean == pytest.approx(mean, abs=1e-3)
    assert np.sum(schools.chances[schools.spreads < 5.0]) == pytest.approx(below, abs=5e-3)


def test_a_tiny_spread_pools_and_a_wide_one_leaves_estimates_alone():
    together = shrink(*SCHOOLS, spread="half-normal", scale=1e-4)
    fixed = pool(*SCHOOLS, method="fixed")
    assert together.mean.mean == pytest.approx(fixed.estimate, abs=1e-3)
    assert together.mean.sd == pytest.approx(fixed.se, abs=1e-3)
    assert together.effect(0).mean == pytest.approx(fixed.estimate, abs=1e-2)
    precise = shrink(SCHOOLS[0], SCHOOLS[1] / 1000)
    assert [precise.effect(i).mean for i in range(8)] == pytest.approx(list(SCHOOLS[0]), abs=0.01)


@settings(max_examples=25, deadline=None)
@given(st.floats(1e-4, 1e4), st.floats(-100, 100))
def test_the_unit_and_the_origin_do_not_matter(times, shift):
    here, there = shrink(*SCHOOLS), shrink(times * (SCHOOLS[0] + shift), times * SCHOOLS[1])
    assert there.mean.mean == pytest.approx(times * (here.mean.mean + shift), rel=1e-6, abs=1e-6 * times)
    assert there.spread(0.9) == pytest.approx(times * here.spread(0.9), rel=1e-6)
    assert there.next.sd == pytest.approx(times * here.next.sd, rel=1e-6)


def test_effects_are_drawn_towards_the_mean_and_never_past_it(schools):
    raw = SCHOOLS[0]
    shrunk = np.array([schools.effect(i).mean for i in range(8)])
    centre = schools.mean.mean
    assert (np.abs(shrunk - centre) < np.abs(raw - centre)).all()


def test_a_prior_alone_comes_back_when_nothing_was_measured():
    nothing = np.array([])
    known = shrink(nothing, nothing, middle=2.0, middle_sd=3.0, spread="half-normal", scale=4.0)
    assert known.mean.mean == pytest.approx(2.0)
    assert known.mean.sd == pytest.approx(3.0)
    assert known.next.sd == pytest.approx(5.0, rel=1e-4)  # 9 and 16


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"spread": "wide"}, "spread is 'wide'; write one of flat, half-normal, half-cauchy"),
        ({"spread": "half-cauchy"}, "a half-cauchy prior of the spread needs a scale above 0; found nan"),
    ],
)
def test_a_prior_that_is_none_is_refused(said, why):
    with pytest.raises(ValueError, match=why):
        shrink(*SCHOOLS, **said)
    with pytest.raises(ValueError, match="needs 3 estimates; found 2; state a prior"):
        shrink(SCHOOLS[0][:2], SCHOOLS[1][:2])


MIXED = Mixture(np.array([0.3, 0.7]), np.array([-1.0, 2.0]), np.array([0.5, 1.5]))


def test_quantiles_of_a_mixture_have_their_chance_below():
    for chance in (0.001, 0.1, 0.5, 0.975):
        assert MIXED.below(MIXED.quantile(chance)) == pytest.approx(chance, abs=1e-9)
    assert MIXED.ends(0.8) == (MIXED.quantile(0.1), MIXED.quantile(0.9))


def test_draws_of_a_mixture_have_its_moments_and_are_the_same_each_time():
    drawn = MIXED.draws(200_000, np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(MIXED.mean, abs=0.02)
    assert drawn.std() == pytest.approx(MIXED.sd, abs=0.02)
    assert (drawn == MIXED.draws(200_000, np.random.default_rng(1))).all()


def test_the_score_of_a_mixture_is_the_integral_that_defines_it():
    came = 0.7
    below = quad(lambda x: MIXED.below(x) ** 2, -15, came)[0]
    above = quad(lambda x: (1 - MIXED.below(x)) ** 2, came, 15)[0]
    assert MIXED.crps(came) == pytest.approx(below + above, abs=1e-8)
    single = Mixture(np.ones(1), np.zeros(1), np.ones(1))
    assert single.crps(0.0) == pytest.approx(2 * norm.pdf(0) - 1 / np.sqrt(np.pi))


def test_small_vaccine_trials_do_not_find_more_as_metafor_prints_it(vaccine):
    found = egger(*vaccine)
    assert (found.t, found.df) == (pytest.approx(-1.4013, abs=5e-5), 11)
    assert found.p == pytest.approx(0.1887, abs=5e-5)
    assert found.limit == pytest.approx(-0.1909, abs=5e-5)


def test_estimates_that_grow_with_their_error_are_seen():
    errors = np.linspace(0.1, 1, 12)
    found = egger(2 * errors + 0.01 * np.sin(np.arange(12)), errors)
    assert found.slope == pytest.approx(2, abs=0.05)
    assert found.p < 1e-6
    with pytest.raises(ValueError, match="needs three estimates of unlike errors"):
        egger(np.ones(5), np.ones(5))
