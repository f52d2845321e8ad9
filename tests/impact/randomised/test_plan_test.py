"""The test to run: R's numbers, the rule of thumb, and plans from a table as from its numbers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib import data, impact
from pmlib.stats.looks import false_alarms
from pmlib.stats.power import Means, Shares, detectable, size


def test_power_is_that_of_r():
    # power.prop.test(p1=.5, p2=.75, power=.9); power.t.test(n=20, delta=1); (delta=1, power=.9);
    # (delta=.2, power=.8); power.prop.test(p1=.1, p2=.12, power=.8), and pwr.2p.test; (p1=.2, p2=.25)
    assert impact.plan_test(rate=0.5, difference=0.25, power=0.9).size == pytest.approx(76.707, abs=1e-3)
    assert Means(1.0).power(20, 1.0, 0.95) == pytest.approx(0.86895, abs=1e-5)
    assert impact.plan_test(mean=0, sd=1, difference=1, power=0.9).size == pytest.approx(22.0211, abs=1e-3)
    assert impact.plan_test(mean=0, sd=1, difference=0.2).size == pytest.approx(393.406, abs=1e-3)
    assert impact.plan_test(rate=0.1, effect=0.2).size == pytest.approx(3840.85, abs=5e-3)
    assert impact.plan_test(rate=0.1, effect=0.2, form="arcsine").size == pytest.approx(3834.60, abs=5e-3)
    assert impact.plan_test(rate=0.2, effect=0.25).size == pytest.approx(1093.74, abs=5e-3)


def test_the_rule_of_thumb_is_sixteen_variances():
    assert impact.plan_test(rate=0.05, effect=0.05).rule_of_thumb == pytest.approx(121_600)
    assert impact.plan_test(mean=3.75, sd=30, effect=0.05).rule_of_thumb == pytest.approx(409_600)


@given(st.floats(0.01, 0.6), st.floats(0.02, 0.5), st.floats(0.5, 0.95), st.sampled_from([0.9, 0.95]))
@settings(max_examples=25, deadline=None)
def test_what_a_size_finds_is_what_it_was_taken_for(rate, effect, power, level):
    for kind, difference in ((Shares(rate), rate * effect), (Means(3.0), effect)):
        n = size(kind, difference, power, level)
        if n > 2:
            assert detectable(kind, n, power, level) == pytest.approx(difference, rel=1e-4)
            assert size(kind, difference, min(power + 0.04, 0.99), level) > n


def test_many_users_need_no_other_formula():
    # The noncentral t of more than a million degrees of freedom is the normal.
    near = [Means(1.0).power(n, 0.004, 0.95) for n in (499_999, 500_002)]
    assert near[0] == pytest.approx(near[1], abs=1e-5)


def test_weeks_are_whole_and_looks_have_their_price():
    found = impact.plan_test(rate=0.1, effect=0.05, users_a_week=10_000)
    assert (found.users_per_arm, found.users, found.weeks) == (57_763, 115_526, 12)
    assert found.title == "12 weeks find a change of 5%"
    assert found.finding == (
        "A change of 5% in rate, from 10.0% to 10.5%, is found in 80% of such tests with 57,763 users in "
        "each of 2 arms: 12 weeks at 10,000 users a week."
    )
    assert found.advice == (
        "Run 12 weeks and look once, at the end; to look at any time takes 1.9 times the users. Looking "
        "every week as if it were the end cries effect in 21% of tests without one."
    )
    row = found.frame[found.frame["weeks"] == 12].iloc[0]
    assert 0.045 < row["estimate_relative"] < 0.05 < row["always_relative"]
    assert (found.frame["estimate"].diff().dropna() < 0).all()
    assert found.always_size == pytest.approx(found.always_factor * found.size)


def test_naive_looks_cry_effect_as_often_as_armitage_says():
    # Armitage, McPherson and Rowe (1969), table 2: 5, 8.3, 10.7, 12.6, 14.2 %; of 10 looks 19.3, of 20 24.8.
    found = false_alarms(20, 1.959964)
    assert found[[0, 1, 2, 3, 4, 9, 19]] == pytest.approx(
        [0.05, 0.083, 0.107, 0.126, 0.142, 0.193, 0.248], abs=5e-4
    )


def test_arms_share_the_level_and_clusters_and_covariates_count():
    two = impact.plan_test(mean=10, sd=8, effect=0.02)
    three = impact.plan_test(mean=10, sd=8, effect=0.02, arms=3)
    assert three.level_each == pytest.approx(0.975) and three.size > two.size
    assert three.users == 3 * three.users_per_arm
    known = impact.plan_test(mean=10, sd=8, effect=0.02, correlation=0.6)
    assert known.size == pytest.approx(0.64 * two.size, rel=1e-3)
    shops = impact.plan_test(mean=10, sd=8, effect=0.02, cluster_size=21, icc=0.05)
    assert shops.size == pytest.approx(2 * two.size, rel=1e-3) and shops.design_effect == 2


@pytest.fixture(scope="module")
def users():
    rng = np.random.default_rng(2)
    before = rng.gamma(2, 5, 4000)
    visits = rng.poisson(3, 4000) + 1
    return pd.DataFrame(
        {
            "spend": before + rng.normal(0, 4, 4000),
            "before": before,
            "visits": visits,
            "orders": rng.binomial(visits, 0.3),
            "shop": np.arange(4000) // 20,
        }
    )


def test_a_table_gives_what_its_numbers_give(users):
    table = data.source(users, "users", kpis=["spend", "orders", "visits"], covariates=["before"])
    found = impact.plan_test(table, effect=0.03)
    right = impact.plan_test(mean=users["spend"].mean(), sd=users["spend"].std(), effect=0.03)
    assert found.size == pytest.approx(right.size, rel=2e-3)
    adjusted = impact.plan_test(table, "spend ~ before", effect=0.03)
    r2 = np.corrcoef(users["spend"], users["before"])[0, 1] ** 2
    assert adjusted.variance_left == pytest.approx(1 - r2, abs=2e-3)
    assert adjusted.size == pytest.approx(found.size * (1 - r2), rel=5e-3)
    share = impact.plan_test(table, "orders > 0", effect=0.03)
    rate = impact.plan_test(rate=(users["orders"] > 0).mean(), effect=0.03)
    assert share.size == pytest.approx(rate.size, rel=1e-3)


def test_the_control_of_a_past_test_is_the_baseline(users):
    tried = users.assign(arm=np.where(users.index % 2, "new", "old"))
    tried.loc[tried["arm"] == "new", "spend"] *= 3
    found = impact.plan_test(data.source(tried, "users", kpis=["spend"], variant="arm"), effect=0.1)
    assert found.baseline == pytest.approx(tried.loc[tried["arm"] == "old", "spend"].mean())


def test_users_of_one_shop_are_alike(users):
    rng = np.random.default_rng(1)
    likes = users.assign(spend=users["spend"] + rng.normal(0, 5, 200)[users["shop"]])
    found = impact.plan_test(data.source(likes, "users", kpis=["spend"], cluster="shop"), effect=0.05)
    spread = likes.groupby("shop")["spend"].mean().var() * 20 / likes["spend"].var()
    assert found.design_effect == pytest.approx(spread, rel=0.02) and found.design_effect > 5


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, None),
        ({"rate": 0.1, "effect": 0}, "effect is 0; no test finds nothing: give the smallest that matters"),
        ({"rate": 0.5, "effect": 1}, "effect is 1: of 50.0% it makes 100%, which is no share; give less"),
        ({"rate": 0}, "rate is 0; give a share of users between 0 and 1, such as 0.05"),
        ({"rate": 5}, "rate is 5; give a share of users between 0 and 1, such as 0.05"),
        ({"mean": 3}, "give rate, or mean and sd, or a table of users: a test is planned from one of them"),
        ({"mean": 3, "sd": 0}, "sd is 0; give the standard deviation between users, above 0"),
        ({"rate": 0.1, "mean": 3}, "rate and mean or sd are both given; a share of users has its rate only"),
        ({"rate": 0.1, "users_a_week": 0}, "users_a_week is 0; give users that come a week, 1 and more"),
        ({"rate": 0.1, "effect": 0.1, "difference": 1}, "effect and difference are both given; leave one out"),  # noqa: E501
        ({"mean": 0, "sd": 1, "effect": 0.1}, "effect is a fraction of the baseline, which is 0; give difference"),  # noqa: E501
        ({"rate": 0.1, "power": 80}, "power is 80; give a chance between 0 and 1, such as 0.8"),
        ({"rate": 0.1, "form": "exact"}, "form is 'exact'; write 'normal' or 'arcsine'"),
        ({"rate": 0.1, "arms": 1}, "arms is 1; give a whole number, 2 to 100"),
        ({"rate": 0.1, "icc": 2}, "icc is 2; give the correlation inside a cluster, 0 to 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_refused(asked, said):
    if said is None:
        assert impact.plan_test().reason == "No table of users, and no rate, or mean and sd, was given."
        return
    with pytest.raises(ValueError) as refused:
        impact.plan_test(**asked)
    assert str(refused.value) == said


def test_few_users_are_never_advised():
    found = impact.plan_test(mean=10, sd=1, effect=0.9, users_a_week=1000)
    assert found.users_per_arm >= 2 and found.weeks == 1
    assert not found.checks[0].passed and "take 50" in found.checks[0].saw


def test_a_metric_that_cannot_move_is_refused(users):
    table = data.source(users.assign(spend=1.0), "users", kpis=["spend"])
    with pytest.raises(data.DataError, match="spend is the same for all users; choose one that can move"):
        impact.plan_test(table, effect=0.1)


def test_what_takes_years_is_not_advised():
    found = impact.plan_test(rate=0.05, effect=0.01, users_a_week=300)
    assert found.title == "A change of 1% is too small to test for"
    assert found.advice.startswith("Don't run this test: 8 weeks find changes of 56.0% and more only.")


def test_a_plan_keeps_its_promise():
    rng = np.random.default_rng(7)
    n = int(impact.plan_test(rate=0.1, effect=0.2).users_per_arm)
    a, b = (rng.binomial(n, rate, 4000) / n for rate in (0.1, 0.12))
    found = np.abs(b - a) > 1.96 * np.sqrt((a * (1 - a) + b * (1 - b)) / n)
    assert found.mean() == pytest.approx(0.8, abs=0.02)
    alarms = false_alarms(10, 1.96)[-1]
    walks = rng.normal(size=(20_000, 10)).cumsum(axis=1) / np.sqrt(np.arange(1, 11))
    assert (np.abs(walks) > 1.96).any(axis=1).mean() == pytest.approx(alarms, abs=0.01)
