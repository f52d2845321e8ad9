"""Robust errors: what they equal, and what they do where the usual formula has no value."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from pmlib.competitive.regression import check_level, fit, unexplained


def data(rows=40, seed=1):
    draw = np.random.default_rng(seed)
    matrix = pd.DataFrame({"a": draw.normal(size=rows), "b": draw.normal(size=rows)})
    matrix -= matrix.mean()
    return matrix["a"].to_numpy() + draw.normal(size=rows) * (1 + matrix["b"].abs().to_numpy()), matrix


def test_with_one_row_a_product_errors_are_hc3():
    y, matrix = data()
    ours = fit(y, matrix, np.arange(len(y))).errors
    theirs = sm.OLS(y, sm.add_constant(matrix)).fit(cov_type="HC3").bse
    assert ours[["a", "b"]].tolist() == pytest.approx(theirs[["a", "b"]].tolist())


def test_with_several_rows_a_product_errors_are_the_jackknife_over_products():
    y, matrix = data()
    groups = np.arange(len(y)) // 3
    result = fit(y, matrix, groups)
    exog = matrix.assign(constant=1.0).to_numpy()
    full = np.linalg.lstsq(exog, y, rcond=None)[0]
    without = [np.linalg.lstsq(exog[groups != g], y[groups != g], rcond=None)[0] for g in set(groups)]
    jackknife = np.sqrt(((np.array(without) - full) ** 2).sum(axis=0))
    assert result.errors.tolist() == pytest.approx(jackknife.tolist())


def test_the_classical_regression_is_that_of_statsmodels():
    y, matrix = data()
    ours = fit(y, matrix, np.arange(len(y))).classical
    theirs = sm.OLS(y, matrix.assign(constant=1.0)).fit()
    assert ours.params.tolist() == pytest.approx(theirs.params.tolist())
    assert ours.bse.tolist() == pytest.approx(theirs.bse.tolist())
    assert ours.resid == pytest.approx(theirs.resid.to_numpy())
    assert (ours.ssr, ours.rsquared) == pytest.approx((theirs.ssr, theirs.rsquared))


def test_a_level_with_one_product_takes_the_scatter_of_all():
    y, matrix = data()
    matrix["alone"] = np.eye(len(y))[0] - 1 / len(y)
    result = fit(y, matrix, np.arange(len(y)))
    # Its coefficient is how far off the product is from what the others predict: the same t value.
    influence = sm.OLS(y, sm.add_constant(matrix[["a", "b"]])).fit().get_influence()
    t = result.classical.params["alone"] / result.errors["alone"]
    assert t == pytest.approx(influence.resid_studentized_external[0])
    assert np.isfinite(result.errors).all()


def test_one_product_over_ten_periods_is_not_ten_products():
    y, matrix = data()
    matrix["rare"] = (np.arange(len(y)) < 10) - 0.25
    groups = np.maximum(np.arange(len(y)), 9)
    assert fit(y, matrix, groups).errors["rare"] > 3 * fit(y, matrix, np.arange(len(y))).errors["rare"]


def test_what_others_leave_unexplained():
    y, matrix = data()
    assert unexplained(y - y.mean(), np.empty((len(y), 0))) == 1
    assert unexplained((2 * matrix["a"] - 3 * matrix["b"]).to_numpy(), matrix.to_numpy()) < 1e-20
    assert unexplained(np.zeros(len(y)), matrix.to_numpy()) == 0


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, float("nan")])
def test_a_level_is_a_fraction(level):
    with pytest.raises(ValueError, match=r"write a fraction between 0 and 1, such as 0\.95"):
        check_level(level)
