"""Pooling gives the published numbers of meta-analysis, laws that always hold, and errors in one line."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from pmlib.stats.pooling import pool

CARS, ERRORS = np.log([3346, 2602, 2449]), [0.2, 0.08, 0.05]
# Colditz et al. (1994), JAMA 271: tuberculosis with and without vaccination in 13 trials (ill, well; each).
BCG = np.array(
    [
        (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619),
        (33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892),
        (29, 7470, 45, 7232), (17, 1699, 65, 1600), (186, 50448, 141, 27197),
        (5, 2493, 3, 2338), (27, 16886, 29, 17825),
    ],
    float,
)  # fmt: skip


@pytest.fixture
def bcg():
    """Log risk ratios and their standard errors."""
    ill, well, ill_too, well_too = BCG.T
    ratio = (ill / (ill + well)) / (ill_too / (ill_too + well_too))
    return np.log(ratio), np.sqrt(1 / ill - 1 / (ill + well) + 1 / ill_too - 1 / (ill_too + well_too))


def test_three_methods_for_the_dutch_cars_of_1970():
    fixed, random = pool(CARS, ERRORS, method="fixed"), pool(CARS, ERRORS, method="dl")
    assert np.exp(fixed.estimate) == pytest.approx(2522.9, rel=1e-4)
    assert fixed.q == pytest.approx(2.495575, rel=1e-6)
    assert random.tau2 == pytest.approx(0.001885, abs=1e-6)
    assert np.exp(random.estimate) == pytest.approx(2548.0, rel=1e-4)
    assert random.se == pytest.approx(0.051804, abs=1e-6)


def test_the_vaccine_trials_as_metafor_prints_them(bcg):
    reml = pool(*bcg)
    assert reml.estimate == pytest.approx(-0.7145, abs=5e-5)
    assert reml.se == pytest.approx(0.1798, abs=5e-5)
    assert (reml.low, reml.high) == pytest.approx((-1.0669, -0.3622), abs=5e-5)
    assert reml.tau2 == pytest.approx(0.3132, abs=5e-5)
    assert (reml.tau2_low, reml.tau2_high) == pytest.approx((0.1197, 1.1115), abs=5e-5)
    assert (reml.q, reml.df) == (pytest.approx(152.2330, abs=5e-5), 12)
    assert reml.i2 == pytest.approx(0.9222, abs=5e-5)
    assert (reml.predicted_low, reml.predicted_high) == pytest.approx((-1.8667, 0.4376), abs=5e-5)
    assert pool(*bcg, method="dl").tau2 == pytest.approx(0.3088, abs=5e-5)
    assert pool(*bcg, interval="knapp-hartung").se == pytest.approx(0.1808, abs=5e-5)


@pytest.mark.parametrize(("method", "theirs"), [("dl", "chi2"), ("pm", "iterated")])
def test_statsmodels_says_the_same(bcg, method, theirs):
    from statsmodels.stats.meta_analysis import combine_effects

    expected = combine_effects(bcg[0], bcg[1] ** 2, method_re=theirs)
    ours, scaled = pool(*bcg, method=method), pool(*bcg, method=method, interval="knapp-hartung")
    assert ours.tau2 == pytest.approx(expected.tau2, rel=1e-6)
    assert ours.estimate == pytest.approx(expected.mean_effect_re, rel=1e-6)
    assert ours.se == pytest.approx(expected.sd_eff_w_re, rel=1e-6)
    assert scaled.se == pytest.approx(expected.sd_eff_w_re_hksj, rel=1e-6)


def test_restricted_likelihood_is_highest_at_its_estimate(bcg):
    y, error = bcg

    def likelihood(tau2):
        weight = 1 / (error**2 + tau2)
        mean = (weight * y).sum() / weight.sum()
        return np.log(weight).sum() - np.log(weight.sum()) - (weight * (y - mean) ** 2).sum()

    best = pool(y, error).tau2
    assert likelihood(best) > max(likelihood(best * 0.999), likelihood(best * 1.001))


def test_shared_errors_do_not_average_out():
    shared = np.full((3, 3), 0.04) + np.diag([0.01, 0.01, 0.01])
    pooled = pool([1.0, 1.1, 0.9], shared, method="fixed")
    assert pooled.se == pytest.approx(np.sqrt(0.04 + 0.01 / 3))
    assert pooled.q == pytest.approx(2.0)  # they tell nothing of disagreement: (0.1² + 0.1²) / 0.01


def test_correlation_can_push_the_pooled_value_outside_unless_kept_within():
    cov = [[0.01, 0.019], [0.019, 0.04]]
    assert pool([0.0, 1.0], cov, method="fixed").estimate < 0
    kept = pool([0.0, 1.0], cov, method="fixed", within=True)
    assert (kept.estimate, kept.se, kept.weights) == (0.0, pytest.approx(0.1), (1.0, 0.0))


def test_for_few_the_interval_tends_to_students_t_where_they_disagree():
    far = np.array([0.0, 3.0, -4.0])
    expected = t.isf(0.1, 2) * far.std(ddof=1) / np.sqrt(3)
    found = pool(far, [0.01] * 3, method="pm", interval="few", level=0.8)
    assert (found.high - found.low) / 2 == pytest.approx(expected, rel=0.01)


def test_for_few_that_agree_by_chance_the_interval_is_that_of_their_errors():
    found = pool([1.0, 1.0], [0.1, 0.1], method="pm", interval="few", level=0.8)
    alone = pool([1.0, 1.0], [0.1, 0.1], method="fixed", level=0.8)
    assert (found.high - found.low) == pytest.approx(alone.high - alone.low, rel=1e-6)


def test_estimates_that_agree_exactly_and_surely_have_an_interval():
    found = pool([1e3, 1e3, 1e3], [1e-9, 1e-9, 1e-9], method="pm", interval="few", level=0.8)
    assert (found.low, found.high) == pytest.approx((1e3, 1e3), abs=1e-8)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 1)), min_size=2, max_size=6),
    st.floats(-5, 5),
    st.floats(0.1, 10),
    st.sampled_from(["dl", "pm", "reml"]),
)
def test_a_shift_and_a_change_of_unit_change_nothing_else(rows, shift, unit, method):
    y, error = np.array(rows).T
    here = pool(y, error, method=method, interval="few")
    there = pool(y * unit + shift, error * unit, method=method, interval="few")
    ends = np.array([here.estimate, here.low, here.high]) * unit + shift
    assert [there.estimate, there.low, there.high] == pytest.approx(list(ends), rel=1e-5, abs=1e-5)
    assert there.tau2 == pytest.approx(here.tau2 * unit**2, rel=1e-4, abs=1e-6)
    assert min(y) - 1e-9 <= here.estimate <= max(y) + 1e-9


@pytest.mark.parametrize(
    ("estimates", "errors", "options", "said"),
    [
        ([1.0], [0.1], {}, "pooling needs two estimates or more; found 1"),
        ([1.0, np.nan], [0.1, 0.1], {}, "estimate 2 is nan; leave it out"),
        ([1.0, 2.0], [0.1, 0.0], {}, "the standard error of estimate 2 is 0; it must be above 0"),
        ([1.0, 2.0], [0.1, -0.2], {}, "the standard error of estimate 2 is -0.2"),
        ([1.0, 2.0], [0.1], {}, "2 estimates need 2 standard errors, or their covariance matrix; found 1"),
        ([1.0, 2.0], np.ones((2, 2)), {}, "two estimates err alike"),
        ([1.0, 2.0], [[1.0, 3.0], [3.0, 1.0]], {}, "or cannot be"),
        ([1.0, 2.0], [[1.0, 0.5], [0.2, 1.0]], {}, "the covariance matrix is not symmetric"),
        ([1.0, 2.0], [0.1, 0.1], {"method": "hs"}, "method is 'hs'; write one of fixed, dl, pm, reml"),
        ([1.0, 2.0], [0.1, 0.1], {"interval": "wide"}, "interval is 'wide'; write one of normal"),
        ([1.0, 2.0], [0.1, 0.1], {"method": "fixed", "interval": "few"}, "is of a random effect"),
        ([1.0, 2.0], [0.1, 0.1], {"level": 95}, "level is 95; write a share between 0 and 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_pooled_is_refused_in_one_line(estimates, errors, options, said):
    with pytest.raises(ValueError, match=re.escape(said)) as refused:
        pool(estimates, errors, **options)
    assert "\n" not in str(refused.value)
