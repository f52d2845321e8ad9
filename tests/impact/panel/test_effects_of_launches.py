"""Effects that are known are found, ranges hold them, and what a comparison needs is asked for."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_panels import mpdta
from made_up_panels import as_table, panel, world

from pmlib import data, impact
from pmlib.impact.panel.effects import ranged
from pmlib.impact.panel.errors import codes
from pmlib.impact.panel.imputed import imputed_effects
from pmlib.impact.panel.pretrend import pre_trend
from pmlib.impact.panel.staggered import cell_effects
from pmlib.impact.panel.two_way import TwoWay
from pmlib.result import Absent

METHODS = [impact.did, impact.staggered, impact.imputation, impact.event_study]


def test_growing_effects_of_different_launches_are_held_where_two_way_effects_are_wrong():
    held, gaps = [], []
    for seed in range(15):
        outcomes, first, truth, treated = world(seed, {2: 12, 4: 12, 6: 12}, 20)
        real, cluster = truth[treated].mean(), np.arange(len(first))
        for compute in (partial(cell_effects, comparison="never"), imputed_effects):
            _, table, _ = ranged(outcomes, first, cluster, compute, scarce=False, level=0.95, seed=1)
            held.append(table["low"][0] <= real <= table["high"][0])
        left = TwoWay(np.full(treated.shape, True)).residual(treated.astype(float))
        gaps.append((left * outcomes).sum() / (left**2).sum() - real)
    assert sum(held) >= 26  # of 30, of which 95% are promised; tests/honesty counts more of them
    assert np.mean(gaps) < -0.8  # where the mean effect is 2.5


def test_without_noise_the_effect_is_found_exactly():
    _, first, truth, treated = world(1, {2: 3, 5: 4}, 6)
    exact = np.arange(13)[:, None] + np.arange(8.0) ** 2 + truth
    for method in (impact.staggered, impact.imputation):
        found = method(panel(exact, first))
        assert found.effect == pytest.approx(truth[treated].mean())
    assert impact.did(panel(exact, first)).effect < truth[treated].mean()


def test_a_panel_with_holes_is_used_as_it_is():
    _, first, truth, treated = world(2, {3: 6, 5: 6}, 8)
    exact = np.arange(20)[:, None] + np.arange(8.0) + truth
    rng = np.random.default_rng(0)
    exact[rng.random(exact.shape) < 0.15] = np.nan
    found = impact.imputation(panel(exact, first))
    assert found.effect == pytest.approx(truth[treated & ~np.isnan(exact)].mean())
    cells = impact.staggered(panel(exact, first)).frame.query("kind == 'cell' and group == '2004'")
    assert cells["estimate"].tolist() == pytest.approx([0, 0, 1, 2, 3, 4, 5], abs=1e-9)


@settings(max_examples=4, deadline=None)
@given(st.floats(-50, 50), st.floats(0.1, 20), st.integers(0, 100))
def test_level_and_scale_of_the_outcome_do_not_matter(shift, scale, seed):
    outcomes, first, _, _ = world(seed, {3: 5, 5: 5}, 8)
    for method in (impact.staggered, impact.imputation):
        here, there = method(panel(outcomes, first)), method(panel(shift + scale * outcomes, first))
        assert there.effect == pytest.approx(scale * here.effect)
        assert there.se == pytest.approx(scale * here.se)
        assert there.pretrend.p == pytest.approx(here.pretrend.p, abs=1e-6)


def test_one_launch_gives_one_number_whatever_the_method():
    outcomes, first, _, _ = world(3, {4: 10}, 10)
    made = panel(outcomes, first)
    pairs = impact.did(made)
    assert pairs.effect == pytest.approx(impact.imputation(made).effect)
    universal = impact.event_study(made, base="universal")
    terms = impact.event_study(made, method="twfe")
    assert universal.frame["estimate"].tolist() == pytest.approx(terms.frame["estimate"].tolist())
    assert universal.effect == pytest.approx(terms.effect)
    assert pairs.forbidden == 0
    assert pairs.cells["mean"].diff().iloc[[1, 3]].diff().iloc[1] == pytest.approx(-pairs.effect)


def test_units_that_drift_apart_before_the_launch_cost_a_grade():
    outcomes, first, _, _ = world(4, {3: 30, 5: 30}, 40, effect=0, drift=0.8)
    found = impact.event_study(panel(outcomes, first))
    assert found.grade == "C"
    assert not found.pretrend.holds
    assert found.unknown.startswith("Before the launch sales already moved apart, so")
    steady, first, _, _ = world(4, {3: 30, 5: 30}, 40)
    good = impact.event_study(panel(steady, first))
    assert good.grade == "B"
    assert "the two moved alike as far as we can see; " in good.finding
    assert good.breakdown > 1


def test_a_drift_that_would_be_seen_is_seen_in_four_of_five_cases():
    promised = []
    for seed in range(20):
        outcomes, first, _, _ = world(seed, {4: 40}, 60, effect=0)
        promised.append(pre_trend(outcomes, first, np.arange(100), "never", 1).drift)
    seen = []
    for seed in range(100, 200):
        outcomes, first, _, _ = world(seed, {4: 40}, 60, effect=0, drift=np.mean(promised))
        seen.append(pre_trend(outcomes, first, np.arange(100), "never", 1).p < 0.05)
    assert 0.7 <= np.mean(seen) <= 0.9


def test_few_units_are_compared_with_launches_that_never_were():
    outcomes, first, truth, treated = world(15, {4: 1}, 20, effect=3)
    for method in METHODS:
        found = method(panel(outcomes, first))
        assert found.errors == "placebo"
        assert found.grade == "C"
        assert 0 <= found.false_alarms <= 0.15
        assert found.low < truth[treated].mean() < found.high
        assert found.checks[1].saw.startswith("1 with the feature, 20 without; the range is by launches that")
    assert impact.did(panel(outcomes, first)).placebo_p == pytest.approx(1 / 21)


def test_a_cohort_of_one_unit_borrows_the_scatter_of_others():
    outcomes, first, _, _ = world(7, {2: 1, 4: 8}, 20)
    frame = impact.staggered(panel(outcomes, first)).frame
    alone = frame.query("kind == 'group' and at == '2003'").iloc[0]
    assert alone["se"] > 2 * alone["cluster_se"]
    outcomes[0] = outcomes[0].mean()
    assert impact.imputation(panel(outcomes, first)).se > 0.2


def test_of_two_units_nobody_can_tell_a_range():
    outcomes, first, _, _ = world(1, {4: 1}, 1)
    for method in METHODS[1:]:
        found = method(panel(outcomes, first))
        assert np.isnan(found.se)
        assert found.finding.startswith("With the feature, sales changed by +")
        assert "so few values tell no range." in found.finding
        assert found.title == "No clear effect on sales"
        assert found.html()


def test_everyone_treated_in_the_end_is_compared_with_those_to_come():
    noisy, first, truth, _ = world(8, {3: 8, 6: 8}, 0)
    exact = np.arange(16)[:, None] + np.arange(8.0) + truth
    made = panel(exact, first)
    found = impact.staggered(made)
    assert found.comparison == "not yet"
    assert found.effect == pytest.approx(2.0)  # of the early, before the others came
    filled = impact.imputation(made)
    assert filled.untold == 32  # from 2007 on nobody is left to compare with
    assert filled.effect == pytest.approx(2.0)
    assert "a drift that all share cannot be seen" in impact.staggered(panel(noisy, first)).unknown
    with pytest.raises(
        ValueError, match=r'^comparison is "never", and every unit got the feature in the end'
    ):
        impact.staggered(made, comparison="never")


def test_clusters_are_what_is_counted():
    outcomes, first, _, _ = world(9, {4: 20}, 20)
    table = as_table(outcomes, first)
    frame = table.frame.assign(state=table.frame["unit"].str[1:].astype(int) // 2)
    both = data.source(frame, "made up", kpis=["sales"], launched="launched", cluster="state")
    found = impact.did(impact.panel(both))
    assert (found.units, found.clusters, found.treated_clusters) == (40, 20, 10)
    alone = impact.did(impact.panel(table))
    assert found.effect == pytest.approx(alone.effect)
    assert found.se != pytest.approx(alone.se)


def test_same_seed_same_band():
    outcomes, first, _, _ = world(10, {3: 6, 5: 6}, 10)
    once, again = (impact.event_study(panel(outcomes, first), seed=4).frame for _ in range(2))
    pd.testing.assert_frame_equal(once, again)


def test_two_way_effects_with_holes_are_those_of_dummies():
    rng = np.random.default_rng(11)
    values, seen = rng.normal(size=(9, 6)), rng.random((9, 6)) > 0.3
    dummies = np.hstack([np.kron(np.eye(9), np.ones((6, 1))), np.tile(np.eye(6), (9, 1))])[seen.ravel()]
    left = values[seen] - dummies @ np.linalg.lstsq(dummies, values[seen], rcond=None)[0]
    assert TwoWay(seen).residual(values)[seen] == pytest.approx(left)


def test_a_table_is_laid_out_on_the_way():
    outcomes, first, _, _ = world(12, {4: 8}, 10)
    table = as_table(outcomes, first)
    for method in METHODS:
        assert method(table).effect == method(impact.panel(table)).effect
        assert isinstance(method(None), Absent)
        assert isinstance(method(Absent(title="", reason="no units")), Absent)


@pytest.mark.parametrize("method", METHODS)
def test_what_is_no_panel_is_refused(method):
    with pytest.raises(
        TypeError, match=r"^a panel is needed, found a DataFrame; make one: impact.panel\(table\)$"
    ):
        method(pd.DataFrame({"a": [1]}))


@pytest.mark.parametrize(
    ("method", "parameters", "line"),
    [
        ("did", {"errors": "hc9"}, "errors is 'hc9'; give classical, robust, cluster, placebo"),
        ("did", {"covariates": ["age"]}, "made up has no covariate 'age'; it has none"),
        ("staggered", {"comparison": "all"}, 'comparison is \'all\'; give "never" or "not yet"'),
        ("staggered", {"average": "mean"}, "average is 'mean'; give simple, group, dynamic, calendar"),
        ("staggered", {"base": "fixed"}, 'base is \'fixed\'; give "varying" or "universal"'),
        ("event_study", {"method": "sun"}, "method is 'sun'; give staggered, imputation, twfe"),
        ("imputation", {"level": 95}, "level is 95; write a fraction between 0 and 1, such as 0.95"),
    ],
)
def test_a_wrong_parameter_is_refused(method, parameters, line):
    outcomes, first, _, _ = world(13, {4: 6}, 6)
    with pytest.raises(ValueError) as refused:
        getattr(impact, method)(panel(outcomes, first), **parameters)
    assert str(refused.value) == line


def test_what_never_changes_is_no_covariate_of_two_way_effects():
    found = mpdta()
    with pytest.raises(
        ValueError, match=r"^mpdta: lpop never changes within a unit but with the period, so that"
    ):
        impact.did(found, covariates=["lpop"])


def users(**change):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"year": [2020, 2021] * 40, "near": [0, 0, 1, 1] * 20, "price": rng.normal(size=80)})
    return frame.assign(**change)


@pytest.mark.parametrize(
    ("frame", "parameters", "line"),
    [
        (users(near=["a", "a", "b", "b"] * 20), {}, "homes: the variants are 'a', 'b'; name the one with"),
        (
            users(near=["a", "a", "b", "b"] * 20),
            {"exposed": "c"},
            "exposed is 'c', which no row of homes is; it has",
        ),
        (
            users(near=[0, 1, 2, 1] * 20),
            {"exposed": "1"},
            "homes has 3 variants; a comparison before and after",
        ),
        (
            users(year=[2019, 2020, 2021, 2021] * 20),
            {},
            "homes has 3 periods; say which are after the launch: launch=",
        ),
        (users(), {"launch": "2030"}, "launch 2030-01-01 is not within 2020-01-01 to 2021-01-01"),
        (users(), {"after": "later"}, "homes has no column 'later'"),
        (users(), {"after": "price"}, "homes, row 0: price is "),
        (
            users(near=[0, 0, 0, 1] * 20),
            {},
            "homes has 0 rows with the feature before the launch; each of the four",
        ),
        (
            users(),
            {"errors": "cluster"},
            "errors by cluster need a column of role cluster, of three at least",
        ),
    ],
)
def test_users_of_other_than_two_groups_and_times_are_refused(frame, parameters, line):
    table = data.source(frame, "homes", period="year", variant="near", kpis=["price"])
    with pytest.raises(ValueError) as refused:
        impact.did(table, **parameters)
    assert str(refused.value).startswith(line)
    assert "\n" not in str(refused.value)


def test_a_table_of_users_without_groups_is_absent():
    table = data.source(users().drop(columns="near"), "homes", period="year", kpis=["price"])
    assert impact.did(table).reason == "homes has no column of role variant, and no units."


@pytest.mark.parametrize(
    ("means", "line"),
    [
        (((1,), (2, 3), None), "treated is (1,); give two means, before and after"),
        (((1, 2), (2, np.inf), None), "others is (2, inf); give two means, before and after"),
        (
            ((1, 2), (2, 3), (1, -1)),
            "errors is (1, -1); give one a change, or one a mean: ((.5, .5), (1.3, .9))",
        ),
    ],
)
def test_means_that_are_none_are_refused(means, line):
    with pytest.raises(ValueError) as refused:
        impact.did_of_means(*means[:2], errors=means[2])
    assert str(refused.value) == line


def test_clusters_are_numbered_by_name():
    assert codes(np.array(["b", "a", "b"])).tolist() == [1, 0, 1]
