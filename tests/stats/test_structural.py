"""The fast structural model is the one of the textbook, and of statsmodels."""

import numpy as np
import pytest
from statsmodels.datasets import nile
from statsmodels.tsa.statespace.structural import UnobservedComponents

from pmlib.stats.seasons import seasons
from pmlib.stats.structural import FIXED, Unidentified, added, at_speeds, structural

NONE = np.empty((100, 0))


def series(count=90, seed=1):
    random = np.random.default_rng(seed)
    x = np.column_stack([random.standard_normal(count), np.sin(np.arange(count))])
    level = np.cumsum(0.3 * random.standard_normal(count))
    return 5 + level + x @ [1.0, -2.0] + random.standard_normal(count), x


def test_variances_of_the_nile():
    # Durbin & Koopman (2012), section 2.10: noise 15,099, level's steps 1,469.1, log likelihood -632.5456.
    fit = structural(nile.load_pandas().data["volume"].to_numpy(float), NONE)
    assert fit.noise**2 == pytest.approx(15099, rel=0.02)
    assert fit.ratio * fit.noise**2 == pytest.approx(1469.1, rel=0.03)
    assert fit.log_likelihood == pytest.approx(-632.5456, abs=1e-3)


def test_it_foresees_as_the_kalman_filter_does():
    y, x = series()
    y[[3, 40, 41, 42]] = np.nan
    fit = structural(y, x, ratio=0.2, ahead=10)
    variances = [fit.noise**2, 0.2 * fit.noise**2]
    peer = UnobservedComponents(y[:80], "local level", exog=x[:80], mle_regression=False)
    ahead = peer.smooth(variances).get_forecast(10, exog=x[80:])
    assert fit.expected[80:] == pytest.approx(ahead.predicted_mean, rel=1e-4)
    assert np.sqrt(np.diag(fit.foreseen)) == pytest.approx(ahead.se_mean, rel=1e-3)


def test_a_level_that_stands_is_least_squares():
    y, x = series()
    fit = structural(y, x, ratio=FIXED)
    whole = np.column_stack([np.ones(len(y)), x])
    slope, squares = np.linalg.lstsq(whole, y, rcond=None)[:2]
    errors = np.sqrt(np.diag(np.linalg.inv(whole.T @ whole)) * squares / (len(y) - 3))
    assert fit.coefficients == pytest.approx(slope[1:], abs=1e-5)
    assert fit.se == pytest.approx(errors[1:], abs=1e-5)


def test_what_is_foreseen_is_not_used():
    y, x = series()
    other = y.copy()
    other[-10:] += 1000
    one, two = (structural(values, x, ahead=10) for values in (y, other))
    assert one.expected == pytest.approx(two.expected)
    assert one.foreseen == pytest.approx(two.foreseen)


def test_regressors_added_alone_are_those_of_whole_fits():
    y, x = series()
    more = np.column_stack([np.arange(90) >= 30, np.arange(90) >= 60, np.ones(90)]).astype(float)
    estimates, errors = added(y, x, more, 0.1)
    for place in (0, 1):
        fit = structural(y, np.column_stack([x, more[:, place]]), ratio=0.1)
        assert (estimates[place], errors[place]) == pytest.approx((fit.coefficients[-1], fit.se[-1]))
    assert np.isnan(estimates[2])


def test_speeds_are_fits_of_their_own():
    y, x = series()
    for ratio, fit in zip((0.01, 1.0), at_speeds(y, x, (0.01, 1.0), 5), strict=True):
        assert fit.expected == pytest.approx(structural(y, x, ratio=ratio, ahead=5).expected)


@pytest.mark.parametrize("third", [np.ones(90), series()[1] @ [2.0, 3.0]])
def test_what_cannot_be_told_apart_is_named(third):
    y, x = series()
    with pytest.raises(Unidentified) as caught:
        structural(y, np.column_stack([x, third]))
    assert caught.value.column == (2 if np.ptp(third) == 0 else 0)


def test_too_few_observations_are_refused():
    y, x = series()
    with pytest.raises(ValueError, match="3 observations cannot tell a level and 2 regressors"):
        structural(y[:3], x[:3])


def test_seasons_average_out():
    whole = seasons(np.arange(7 * 12.0), [7, 12])
    assert whole.shape == (84, 17)
    assert whole.sum(axis=0) == pytest.approx(np.zeros(17))
    assert seasons(np.arange(50.0), [365.25]).shape == (50, 6)
