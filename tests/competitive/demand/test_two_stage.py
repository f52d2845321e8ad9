"""Least squares in one and two stages: the same numbers as statsmodels, laws, and tests of instruments."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.sandbox.regression.gmm import IV2SLS

from pmlib.competitive.demand.instruments import endogeneity, first_stages, hansen, sargan
from pmlib.competitive.demand.two_stage import freed, two_stage, within
from pmlib.competitive.demand.weak import anderson_rubin

approx = pytest.approx
quick = settings(max_examples=20, deadline=None)


def made(seed, *, rows=400, strength=1.0, instruments=3, endogenous=1, slope=2.0, bad=0.0):
    """An outcome, exogenous columns, endogenous ones, instruments and clusters of 10 rows."""
    draw = np.random.default_rng(seed)
    exogenous = np.column_stack([np.ones(rows), draw.normal(size=rows)])
    given_ = draw.normal(size=(rows, instruments)) + 0.3 * exogenous[:, [1]]
    clusters = np.arange(rows) // 10
    noise = draw.normal(size=rows) + draw.normal(0, 0.5, rows // 10)[clusters]
    weights = strength * np.eye(instruments)[:, :endogenous] + 0.2 * strength
    moved = given_ @ weights + 0.7 * noise[:, None] + draw.normal(size=(rows, endogenous))
    outcome = exogenous @ [1.0, -1.0] + slope * moved[:, 0] + noise + bad * given_[:, -1]
    return outcome, exogenous, moved, given_, clusters


def test_plain_regression_is_that_of_statsmodels():
    outcome, exogenous, moved, _, clusters = made(1)
    ours = two_stage(outcome, exogenous, moved, clusters=clusters)
    model = sm.OLS(outcome, np.column_stack([exogenous, moved]))
    assert ours.params == approx(model.fit().params)
    assert ours.r2 == approx(model.fit().rsquared)
    theirs = {
        "classical": model.fit(),
        "robust": model.fit(cov_type="HC1"),
        "clustered": model.fit(cov_type="cluster", cov_kwds={"groups": clusters}),
    }
    for name, fit in theirs.items():
        assert getattr(ours, name) == approx(fit.cov_params())


def test_two_stages_are_those_of_statsmodels():
    outcome, exogenous, moved, given_, _ = made(2)
    ours = two_stage(outcome, exogenous, moved, given_)
    fit = IV2SLS(outcome, np.column_stack([exogenous, moved]), np.column_stack([exogenous, given_])).fit()
    assert ours.params == approx(fit.params)
    assert np.sqrt(np.diag(ours.classical)) == approx(fit.bse)


def test_as_many_instruments_as_prices_give_the_ratio_of_covariances():
    outcome, _, moved, given_, _ = made(3, instruments=1)
    ours = two_stage(outcome, np.ones((len(outcome), 1)), moved, given_)
    across = [np.cov(given_[:, 0], column)[0, 1] for column in (outcome, moved[:, 0])]
    assert ours.params[1] == approx(across[0] / across[1])


@quick
@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_units_do_not_matter(of_outcome, of_price, of_instruments):
    outcome, exogenous, moved, given_, clusters = made(4, rows=100)
    here = two_stage(outcome, exogenous, moved, given_, clusters=clusters)
    there = two_stage(
        outcome * of_outcome, exogenous, moved * of_price, given_ * of_instruments, clusters=clusters
    )
    assert there.params[-1] * of_price / of_outcome == approx(here.params[-1])
    assert there.clustered[-1, -1] ** 0.5 * of_price / of_outcome == approx(here.clustered[-1, -1] ** 0.5)
    ends = [
        anderson_rubin(outcome * a, exogenous, moved * b, given_ * c, clusters=clusters)
        for a, b, c in ((1, 1, 1), (of_outcome, of_price, of_instruments))
    ]
    assert ends[1].low * of_price / of_outcome == approx(ends[0].low, rel=1e-6)
    assert ends[1].high * of_price / of_outcome == approx(ends[0].high, rel=1e-6)


def test_means_taken_off_are_dummies_put_in():
    outcome, exogenous, moved, given_, clusters = made(5, rows=120)
    other = np.random.default_rng(5).integers(0, 7, 120)
    levels = [clusters, other]
    dummies = np.column_stack([codes[:, None] == np.arange(codes.max() + 1) for codes in levels]).astype(
        float
    )
    dummies = np.delete(dummies, -1, axis=1)
    with_dummies = two_stage(outcome, np.column_stack([exogenous[:, 1:], dummies]), moved, given_)
    clean = within(np.column_stack([outcome, exogenous[:, 1], moved, given_]), levels)
    without = two_stage(clean[:, 0], clean[:, [1]], clean[:, [2]], clean[:, 3:], absorbed=dummies.shape[1])
    assert without.params == approx(with_dummies.params[[0, -1]])
    assert without.classical == approx(with_dummies.classical[np.ix_([0, -1], [0, -1])])


def test_the_first_stage_is_the_test_of_the_instruments_in_a_regression():
    _, exogenous, moved, given_, _ = made(6)
    whole = sm.OLS(moved[:, 0], np.column_stack([exogenous, given_])).fit()
    test = whole.f_test(np.eye(5)[2:])
    [stage] = first_stages(exogenous, moved, given_)
    assert stage.f == approx(float(test.fvalue)) and stage.conditional == stage.f
    assert stage.effective == approx(stage.f, rel=0.2)  # rows scatter alike here


def test_two_prices_that_one_instrument_moves_are_found_weak_together():
    draw = np.random.default_rng(7)
    given_ = draw.normal(size=(500, 3))
    noise = draw.normal(size=(500, 2))
    together = given_[:, [0]] * [1.0, 1.0] + noise
    stages = first_stages(np.ones((500, 1)), together, given_)
    assert all(stage.f > 50 and stage.conditional < 10 and not stage.strong for stage in stages)
    apart = given_[:, :2] + noise
    assert all(
        stage.conditional > 50 and stage.strong for stage in first_stages(np.ones((500, 1)), apart, given_)
    )


def test_one_instrument_needs_the_published_strength():
    # Montiel Olea & Pflueger (2013), Table 1: 23.1 for one instrument, a tenth of the bias, 5%.
    _, exogenous, moved, given_, _ = made(8, instruments=1)
    assert first_stages(exogenous, moved, given_)[0].needed == approx(23.1, abs=0.05)


def test_clusters_lower_the_strength_of_instruments_that_do_not_vary_within_them():
    _, exogenous, moved, given_, clusters = made(9, rows=1000)
    wide = given_[clusters * 10]
    draw = np.random.default_rng(9)
    moved = wide[:, [0]] + 3 * draw.normal(size=100)[clusters][:, None] + draw.normal(size=(1000, 1))
    alone, together = (first_stages(exogenous, moved, wide, c)[0] for c in (None, clusters))
    assert together.effective < alone.effective / 4 and together.f == alone.f


def test_wu_hausman_is_the_added_regression():
    outcome, exogenous, moved, given_, _ = made(10)
    noise = freed(moved, np.column_stack([exogenous, given_]))
    fit = sm.OLS(outcome, np.column_stack([exogenous, moved, noise])).fit()
    found = endogeneity(outcome, exogenous, moved, given_)
    assert found.statistic == approx(fit.tvalues[-1] ** 2) and found.p == approx(fit.pvalues[-1])


def test_sargan_is_rows_times_r_squared():
    outcome, exogenous, moved, given_, _ = made(11)
    fit = two_stage(outcome, exogenous, moved, given_)
    again = sm.OLS(fit.residuals, np.column_stack([exogenous, given_])).fit()
    found = sargan(fit, exogenous, given_, 1)
    assert found.statistic == approx(len(outcome) * again.rsquared) and found.freedom == 2


def test_a_bad_instrument_is_noticed_and_good_ones_agree():
    def agreement(bad):
        outcome, exogenous, moved, given_, clusters = made(12, rows=2000, bad=bad)
        fit = two_stage(outcome, exogenous, moved, given_, clusters=clusters)
        return sargan(fit, exogenous, given_, 1).p, hansen(outcome, exogenous, moved, given_, fit, clusters).p

    assert min(agreement(0.0)) > 0.05 and max(agreement(0.5)) < 1e-6


def test_nothing_spare_leaves_nothing_to_compare():
    outcome, exogenous, moved, given_, _ = made(13, instruments=1)
    fit = two_stage(outcome, exogenous, moved, given_)
    assert sargan(fit, exogenous, given_, 1) is None
    assert hansen(outcome, exogenous, moved, given_, fit) is None


def test_the_weak_interval_is_about_the_usual_one_where_instruments_are_strong():
    outcome, exogenous, moved, given_, _ = made(14, rows=5000, instruments=1)
    fit = two_stage(outcome, exogenous, moved, given_)
    region = anderson_rubin(outcome, exogenous, moved, given_)
    half = 1.96 * fit.robust[-1, -1] ** 0.5
    assert len(region.pieces) == 1
    assert (region.low, region.high) == approx((fit.params[-1] - half, fit.params[-1] + half), abs=half / 10)


def test_the_weak_interval_has_no_end_where_instruments_say_nothing():
    outcome, exogenous, moved, given_, _ = made(15, strength=0.0)
    region = anderson_rubin(outcome, exogenous, moved, given_)
    assert np.isinf([region.low, region.high]).all()


def test_contradicting_instruments_leave_no_value():
    outcome, exogenous, moved, given_, _ = made(16, rows=5000, bad=2.0)
    region = anderson_rubin(outcome, exogenous, moved, given_)
    assert region.pieces == () and np.isnan(region.low)


@pytest.mark.parametrize("strength", [1.0, 0.05])
def test_the_weak_interval_holds_the_truth_however_weak_the_instruments(strength):
    held = 0
    for seed in range(200):
        outcome, exogenous, moved, given_, clusters = made(seed, strength=strength)
        pieces = anderson_rubin(outcome, exogenous, moved, given_, clusters=clusters).pieces
        held += any(low <= 2.0 <= high for low, high in pieces)
    assert 0.90 <= held / 200 <= 0.99


def test_too_few_instruments_and_rows_are_refused():
    outcome, exogenous, moved, given_, _ = made(17, endogenous=2)
    with pytest.raises(ValueError, match="2 columns need as many instruments, and there is 1"):
        two_stage(outcome, exogenous, moved, given_[:, :1])
    with pytest.raises(ValueError, match="3 rows cannot tell 4 coefficients"):
        two_stage(outcome[:3], exogenous[:3], moved[:3])
