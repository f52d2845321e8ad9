"""The estimators of a test by what they must find: known effects, and laws that always hold."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pmlib import data, impact
from pmlib.impact.randomised.compare import compare
from pmlib.impact.randomised.contrast import Means, fieller
from pmlib.impact.randomised.metric import metrics_of
from pmlib.impact.randomised.moments import moments
from pmlib.impact.randomised.multiplicity import adjusted, claim_level
from pmlib.impact.randomised.quantile import resampled, resampled_clusters
from pmlib.impact.randomised.sequential import Fixed, Sequential


def made_up(n=2000, seed=1, **columns):
    """Users of two arms; what they spend hangs on what they spent before."""
    rng = np.random.default_rng(seed)
    before = rng.gamma(2, 2, n)
    frame = pd.DataFrame({"variant": rng.choice(["A", "B"], n), "before": before})
    frame["spend"] = before + rng.gamma(2, 2, n)
    frame["visits"] = rng.poisson(2, n) + 1
    for name, column in columns.items():
        frame[name] = column(frame, rng)
    return data.source(
        frame, "shop", variant="variant", kpis=["spend", "visits"], covariates=["before"],
        **{role: role for role in ("cluster", "stratum") if role in frame},
    )  # fmt: skip


def only(test, metric, **more):
    return impact.experiment(test, [metric], **more).frame.iloc[0]


def holds_nothing(frame):
    """Whether the interval of the effect on spending holds 0."""
    test = data.source(frame, "shop", kpis=["spend"])
    known, metric = moments(test, ["spend"]), metrics_of(test, None)[0]
    low, high = compare(test, known, metric, law=Fixed(), level=0.95, seed=1).contrasts[0].interval(0.95)
    return low < 0 < high


def test_without_strata_and_covariates_it_is_welchs_t():
    test = made_up()
    frame = test.frame
    a, b = (frame.loc[frame["variant"] == arm, "spend"] for arm in "AB")
    welch = stats.ttest_ind(b, a, equal_var=False)
    row = only(test, "spend")
    assert row["p"] == pytest.approx(welch.pvalue)
    assert tuple(row[["low", "high"]]) == pytest.approx(tuple(welch.confidence_interval()))


def test_adjusting_is_the_regression_and_its_gain_is_the_correlation_squared():
    row = only(made_up(), "spend ~ before")
    frame = made_up().frame
    r = np.corrcoef(frame["spend"], frame["before"])[0, 1]
    assert row["variance_ratio"] == pytest.approx(1 - r**2, abs=0.02)
    assert row["r2_low"] < r**2 < row["r2_high"]
    treated = (frame["variant"] == "B").astype(float)
    design = np.column_stack([np.ones(len(frame)), treated, frame["before"]])
    slope = np.linalg.lstsq(design, frame["spend"], rcond=None)[0]
    assert row["estimate"] == pytest.approx(slope[1], abs=0.1 * row["se"])


def test_adjusting_by_twins_or_by_what_is_constant_changes_nothing():
    test = made_up(twin=lambda f, _: 3 * f["before"] + 1, same=lambda f, _: 1.0)
    one, twins, constant = (
        only(test, f"spend ~ {by}") for by in ("before", "before + twin", "before + same")
    )
    assert (twins["estimate"], twins["se"]) == pytest.approx((one["estimate"], one["se"]))
    assert (constant["estimate"], constant["se"]) == pytest.approx((one["estimate"], one["se"]))


def test_the_unit_of_money_does_not_matter():
    dollars, cents = made_up(), made_up(spend=lambda f, r: 100 * (f["before"] + r.gamma(2, 2, len(f))))
    metrics = ["spend", "spend / visits", "p90(spend)"]
    cheap = impact.experiment(cents, metrics).frame
    again = data.source(
        cents.frame.assign(spend=cents.frame["spend"] / 100),
        "shop",
        variant="variant",
        kpis=["spend", "visits"],
    )
    dear = impact.experiment(again, metrics).frame
    columns = ["p", "relative", "relative_low", "relative_high", "detectable"]
    np.testing.assert_allclose(cheap[columns].astype(float), dear[columns].astype(float), rtol=1e-9)
    assert len(dollars.frame) == len(cents.frame)


def test_strata_undo_arms_that_are_unlike():
    # Of the rich, 80% got B; of the poor, 20%. B does nothing: only who got it differs.
    rng = np.random.default_rng(3)
    rich = rng.random(4000) < 0.5
    got = np.where(rng.random(4000) < np.where(rich, 0.8, 0.2), "B", "A")
    spend = np.where(rich, 100, 10) + rng.normal(0, 5, 4000)
    frame = pd.DataFrame({"variant": got, "stratum": np.where(rich, "rich", "poor"), "spend": spend})
    test = data.source(frame, "shop", kpis=["spend"])
    row = only(test, "spend", correction="none")
    assert abs(row["estimate"]) < 3 * row["se"] < 1.5
    naive = only(data.source(frame.drop(columns="stratum"), "shop", kpis=["spend"]), "spend")
    assert naive["estimate"] > 50


def test_whole_clusters_have_wider_intervals_which_cover():
    rng = np.random.default_rng(4)
    covered, narrow = [], []
    for trial in range(80):
        cluster = np.repeat(np.arange(30), rng.integers(5, 30, 30))
        level = rng.normal(0, 1, 30)[cluster]
        frame = pd.DataFrame({"variant": np.where(cluster % 2, "B", "A"), "cluster": cluster})
        frame["spend"] = 10 + level + rng.normal(0, 1, len(cluster))
        covered.append(holds_nothing(frame))
        if trial < 40:
            narrow.append(holds_nothing(frame.drop(columns="cluster")))
    assert np.mean(covered) >= 0.88
    assert np.mean(narrow) < 0.6


def test_resampled_quantiles_are_those_of_users_drawn_anew():
    values = np.sort(np.random.default_rng(5).lognormal(0, 1, 300))
    fast = resampled(values, 0.9, 20_000, np.random.default_rng(6))
    drawn = np.random.default_rng(7).choice(values, (4000, 300))
    slow = np.quantile(drawn, 0.9, axis=1)
    at = np.array([0.025, 0.25, 0.5, 0.75, 0.975])
    np.testing.assert_allclose(np.quantile(fast, at), np.quantile(slow, at), rtol=0.04)


def test_of_clusters_of_one_user_resampled_quantiles_are_those_of_users():
    values = np.sort(np.random.default_rng(5).lognormal(0, 1, 500))
    single = resampled_clusters(values, np.arange(500), 0.75, 3000, np.random.default_rng(8))
    users = resampled(values, 0.75, 20_000, np.random.default_rng(9))
    at = np.array([0.025, 0.5, 0.975])
    np.testing.assert_allclose(np.quantile(single, at), np.quantile(users, at), rtol=0.03)


def test_clusters_that_act_alike_widen_a_quantile():
    rng = np.random.default_rng(10)
    cluster = np.repeat(np.arange(40), 50)
    values = rng.normal(0, 1, 40)[cluster] + 0.1 * rng.normal(0, 1, 2000)
    order = np.argsort(values)
    whole = resampled_clusters(values[order], cluster[order], 0.5, 1000, rng).std()
    assert whole > 3 * resampled(values[order], 0.5, 1000, rng).std()


def test_the_best_of_twenty_looks_is_wrong_in_a_twentieth_of_tests_at_most():
    rng = np.random.default_rng(11)
    n, tests, looks = 2000, 1000, 20
    gaps = np.cumsum(rng.normal(0, 1, (tests, looks, n // looks)).sum(axis=2), axis=1)  # of two arms' sums
    size = np.arange(1, looks + 1) * (n // looks)
    ratio = gaps / np.sqrt(size)
    law = Sequential(tightest=n, level=0.95)
    always = np.array([law.critical(0.95, np.inf, k) for k in size])
    assert (np.abs(ratio) > always).any(axis=1).mean() <= 0.05
    peeking = (np.abs(ratio) > Fixed().critical(0.95, np.inf, n)).any(axis=1).mean()
    assert 0.18 < peeking < 0.32  # what looking at the usual intervals costs


def test_fiellers_interval_is_of_all_ratios_that_are_not_refused():
    control, value, control_error, error, half = 2.0, 2.6, 0.6, 0.5, 1.96
    for end in fieller(control, value, control_error, error, half):
        ratio = 1 + end
        assert abs(value - ratio * control) == pytest.approx(half * np.hypot(error, ratio * control_error))
    assert np.isnan(fieller(1.0, 2.0, 0.6, 0.5, half)).all()  # the control may be 0


def test_a_control_near_0_has_a_lopsided_range_or_none():
    near = Means(2.0, 2.6, 0.6, 0.5, 100, 200, Fixed()).relative_interval(0.95)
    assert near[1] - 0.3 > 2 * (0.3 - near[0])
    assert np.isnan(Means(-2.0, 2.6, 0.1, 0.1, 100, 200, Fixed()).relative)


def test_what_is_claimed_of_many_holds_together():
    p = np.array([0.001, 0.02, 0.04, np.nan])
    assert adjusted(p, "holm")[:3] == pytest.approx([0.003, 0.04, 0.04])
    assert adjusted(p, "bonferroni")[:3] == pytest.approx([0.003, 0.06, 0.12])
    assert adjusted(p, "benjamini-hochberg")[:3] == pytest.approx([0.003, 0.03, 0.04])
    assert np.isnan(adjusted(p, "holm")[3])
    assert claim_level(p, "holm", 0.95) == pytest.approx(1 - 0.05 / 3)
    assert claim_level(p, "none", 0.95) == 0.95


def test_seeds_alone_change_quantiles():
    test = made_up()
    one, same, other = (only(test, "p90(spend)", seed=seed)["low"] for seed in (1, 1, 2))
    assert one == same != other


def test_the_users_stay_as_they_are():
    test = made_up()
    before = test.frame.copy()
    impact.experiment(test, ["spend > 3", "p90(spend)", "spend ~ before"])
    pd.testing.assert_frame_equal(test.frame, before)
