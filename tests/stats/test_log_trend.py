"""A line through logs finds steady growth, and its intervals hold the truth about as often as they say."""

import re

import numpy as np
import pytest
from scipy.stats import linregress, t

from pmlib.stats.log_trend import log_trend


def test_it_is_least_squares_where_errors_are_not_alike():
    times, values = np.arange(6.0), np.array([1.0, 1.3, 1.1, 1.5, 1.3, 1.7])
    found, expected = log_trend(times, values, 1.0), linregress(times, np.log(values))
    assert found.alike == 0
    assert (found.slope, found.se) == (pytest.approx(expected.slope), pytest.approx(expected.stderr))
    assert found.future == pytest.approx(expected.intercept + 6 * expected.slope)


def test_exact_growth_is_exact():
    found = log_trend(np.arange(5.0), 3 * 1.07 ** np.arange(5.0), 3.0)
    assert np.exp(found.slope) == pytest.approx(1.07)
    assert np.exp(found.future) == pytest.approx(3 * 1.07**7)
    assert (found.se, found.future_se) == (pytest.approx(0, abs=1e-12), pytest.approx(0, abs=1e-12))


@pytest.mark.parametrize(("alike", "least", "most"), [(0.0, 0.93, 0.98), (0.5, 0.88, 0.98)])
def test_intervals_hold_the_truth(alike, least, most):
    random, held = np.random.default_rng(1), []
    for _ in range(1500):
        errors = random.standard_normal(24)
        for i in range(1, 24):
            errors[i] = alike * errors[i - 1] + np.sqrt(1 - alike**2) * errors[i]
        values = np.exp(0.05 * np.arange(24) + 0.1 * errors)
        found = log_trend(np.arange(21.0), values[:21], 3.0)
        reach = t.isf(0.025, found.df)
        held.append(
            [
                abs(found.slope - 0.05) < reach * found.se,
                abs(found.future - np.log(values[23])) < reach * found.future_se,
            ]
        )
    growth, future = np.mean(held, axis=0)
    assert least < growth < most
    assert least < future < most


def test_what_has_no_trend_is_refused():
    with pytest.raises(ValueError, match=re.escape("a trend needs 3 times or more; found 2")):
        log_trend(np.arange(2.0), np.ones(2), 1.0)
    with pytest.raises(ValueError, match="values above zero"):
        log_trend(np.arange(3.0), np.array([1.0, 0.0, 1.0]), 1.0)
