"""What cannot be fitted is refused in a line that names series, time and value; unit and origin do not
matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.stats.adoption import CURVES, fit, fit_many, generations, likeliest

TIMES = np.arange(1.0, 9.0)
SALES = np.array([3.0, 5, 9, 12, 16, 15, 13, 8])


def with_value(i, value):
    changed = SALES.copy()
    changed[i] = value
    return changed


@pytest.mark.parametrize(
    ("times", "values", "more", "words"),
    [
        (TIMES, with_value(2, -1), {}, "series: -1 at 3 cannot be adoption; it must be 0 or more"),
        (TIMES, with_value(2, np.inf), {}, "series: inf at 3 cannot be adoption"),
        (TIMES[:3], SALES[:3], {}, "series: 3 values cannot tell a curve; have 4 or more, or pool it"),
        (TIMES, 0 * SALES, {}, "series: all values are 0; there is no adoption yet to fit"),
        (TIMES[::-1], SALES, {}, "series: times must rise; 7 does not"),
        (TIMES[:-1], SALES, {}, "series: 7 times and 8 values"),
        (TIMES**2, SALES, {}, "series: sales of uneven periods"),
        (TIMES, SALES, {"curve": "weibull"}, "curve 'weibull' is not known; take one of bass"),
        (TIMES, SALES, {"kind": "flow"}, "kind 'flow' is not known"),
        (TIMES, SALES, {"launch": 5}, "series: launch 5 comes after the first period"),
        (TIMES, SALES, {"most": 0}, "most is 0; a potential must be more than 0"),
    ],
)
def test_what_cannot_be_fitted(times, values, more, words):
    with pytest.raises(ValueError) as refused:
        fit(times, values, **more)
    assert str(refused.value).startswith(words) and "\n" not in str(refused.value)


def test_of_many_series_the_wrong_one_is_named():
    with pytest.raises(ValueError, match="phones: -1 at 3"):
        fit_many([TIMES, TIMES], [SALES, with_value(2, -1)], names=["cars", "phones"])


def test_a_forecast_is_of_later_times():
    with pytest.raises(ValueError, match="forecast from 8: values are seen until 8; ask for later times"):
        fit(TIMES, SALES).forecast([8, 9])


def test_a_missing_period_is_passed_over():
    left_out = np.arange(8) != 3
    gap = fit(TIMES[left_out], SALES[left_out])
    missing = fit(TIMES, with_value(3, np.nan))
    assert gap.parameters == pytest.approx(missing.parameters, rel=1e-9)
    assert gap.n == 7 and gap.parameters != pytest.approx(fit(TIMES, SALES).parameters, rel=1e-3)


@settings(max_examples=15, deadline=None)
@given(st.floats(1e-6, 1e9), st.floats(0.01, 100), st.sampled_from(sorted(CURVES)))
def test_units_of_value_and_time_do_not_matter(scale, period, curve):
    here, there = fit(TIMES, SALES, curve), fit(1900 + TIMES * period, SALES * scale, curve)
    assert there.sse == pytest.approx(here.sse * scale**2, rel=1e-6)
    assert there.parameters[CURVES[curve].parameters[0]] * period == pytest.approx(
        here.parameters[CURVES[curve].parameters[0]], rel=1e-3
    )


@pytest.mark.parametrize("curve", CURVES.values(), ids=CURVES)
def test_density_is_the_slope_of_the_share_and_highest_at_the_peak(curve):
    rate, position = np.array(0.6), np.array(3.0)
    at = np.linspace(0.1, 20, 400)
    slope = (curve.share(at + 1e-5, rate, position) - curve.share(at - 1e-5, rate, position)) / 2e-5
    assert curve.density(at, rate, position) == pytest.approx(slope, abs=1e-7)
    peak = curve.peak(0.6, 3.0)
    assert at[curve.density(at, rate, position).argmax()] == pytest.approx(peak, abs=0.05)
    assert curve.inner(*curve.natural(rate, position)) == pytest.approx((0.6, 3.0))
    assert curve.share(np.array(1e3), rate, position) == pytest.approx(1)


@pytest.mark.parametrize(
    ("values", "more", "words"),
    [
        (np.array([[1.0, 0], [2, 0], [3, 0], [4, 0]]), {}, "generation 2: fewer than 2 values above 0"),
        (np.array([[1.0, 0], [2, -3], [3, 0], [4, 0]]), {}, "generation 2: -3 at 2 cannot be in use"),
        (np.ones((4, 2)), {"launches": [5, 0]}, "launches [5.0, 0.0] must be 2, one a generation, oldest"),
    ],
)
def test_generations_that_cannot_be_fitted(values, more, words):
    with pytest.raises(ValueError) as refused:
        generations(np.arange(1.0, 5.0), values, **more)
    assert str(refused.value).startswith(words)


def test_more_adopters_than_people_are_refused():
    with pytest.raises(ValueError, match="81 adopted in a population of 50; it must be larger"):
        likeliest(TIMES, SALES, population=50)
