"""Sufficient statistics of a test: the numbers of its rows, and rows that cannot be used."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib import data
from pmlib.impact.randomised.moments import moments


def table(**columns):
    roles = {role: role for role in ("variant", "unit", "stratum", "cluster") if role in columns}
    kpis = [column for column in columns if column not in roles]
    return data.source(pd.DataFrame(columns), "users", kpis=kpis, **roles)


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.floats(-5, 5)), min_size=6),
    st.sampled_from([0.0, 1e9]),
)
@settings(max_examples=40, deadline=None)
def test_they_are_the_rows_own_means_and_covariances_however_large(rows, level):
    rows = [*rows, ("a", "x", 1.0), ("a", "x", 2.0), ("b", "y", 0.5), ("b", "y", 3.0)]
    variant, stratum, spend = zip(*rows, strict=True)
    spend = np.round(np.array(spend), 3) + level
    again = np.arange(len(spend)) % 3.0
    found = moments(table(variant=variant, stratum=stratum, spend=spend, again=again), ["spend", "again"])
    cells = found.of(["spend", "again"])
    frame = pd.DataFrame({"v": variant, "s": stratum, "spend": spend - level, "again": again})
    for i, name in enumerate(found.strata):
        for j, arm in enumerate(found.arms):
            here = frame[(frame.v == arm) & (frame.s == name)][["spend", "again"]]
            assert cells.n[i, j] == found.assigned[i, j] == len(here)
            if len(here) > 1:
                assert cells.mean[i, j] - [level, 0] == pytest.approx(here.mean().to_numpy(), abs=1e-6)
                assert cells.cov[i, j] == pytest.approx(here.cov().to_numpy(), abs=1e-6)
    for j, arm in enumerate(found.arms):
        here = frame[frame.v == arm][["spend", "again"]]
        assert cells.pooled.cov[0, j] == pytest.approx(here.cov().to_numpy(), abs=1e-6)


def test_a_missing_value_leaves_a_user_out_of_the_metrics_that_need_it():
    nan = np.nan
    found = moments(
        table(
            variant=["a"] * 4 + ["b"] * 4 + [None],
            spend=[1, 2, 3, nan, 1, 2, 3, 4, 9],
            visits=[1, nan, 1, 1, 2, 2, 2, nan, 9],
        ),
        ["spend", "visits"],
    )
    assert (found.rows, found.no_variant, found.assigned.tolist()) == (9, 1, [[4, 4]])
    assert found.missing.tolist() == [[1, 0], [1, 1]]
    assert found.of(["spend"]).n.tolist() == [[3, 4]]
    assert found.of(["spend", "visits"]).n.tolist() == [[2, 3]]
    assert found.of(["spend", "visits"]).mean[0, :, 0].tolist() == [2, 2]
    assert [check.label for check in found.checks(["spend", "visits"])][1:] == [
        "spend is missing as often in every arm",
        "visits is missing as often in every arm",
    ]


def test_values_lost_in_one_arm_only_are_no_chance():
    spend = np.where(np.arange(200) < 30, np.nan, 1.0)
    found = moments(table(variant=np.repeat(["a", "b"], 100), spend=spend), ["spend"])
    (check,) = found.checks(["spend"])
    assert not check.passed and check.saw == "30.0% of a, 0% of b; these users are left out"


def test_a_cluster_is_one_observation_of_totals():
    rng = np.random.default_rng(1)
    cluster = rng.integers(0, 12, 200)
    spend = np.where(rng.random(200) < 0.1, np.nan, rng.normal(size=200))
    found = moments(table(variant=cluster % 2, cluster=cluster, spend=spend), ["spend"])
    cells = found.of(["spend"])
    totals = pd.DataFrame({"c": cluster, "y": spend}).dropna().groupby("c")["y"].agg(["sum", "size"])
    for arm in (0, 1):
        here = totals[totals.index % 2 == arm].to_numpy()
        assert cells.n[0, arm] == found.clusters[arm] == len(here)
        assert cells.mean[0, arm] == pytest.approx(here.mean(axis=0))
        assert cells.cov[0, arm] == pytest.approx(np.cov(here.T))
    assert cells.columns == ("spend", "users") and found.clustered


def test_the_control_comes_first():
    assert moments(table(variant=["new", "old"] * 2, y=[1, 2, 3, 4]), ["y"]).arms == ("old", "new")
    assert moments(table(variant=["B", "A"] * 2, y=[1, 2, 3, 4]), ["y"]).arms == ("A", "B")
    assert moments(table(variant=[1, 0] * 2, y=[1, 2, 3, 4]), ["y"]).arms == ("0", "1")
    assert moments(table(variant=[1.0, 0.0, np.nan] * 2, y=range(6)), ["y"]).arms == ("0", "1")
    assert moments(table(variant=["x", "y"] * 2, y=[1, 2, 3, 4]), ["y"], control="y").arms == ("y", "x")


def test_users_of_two_arms_are_left_out_and_said():
    test = table(
        variant=["a", "a", "a", "b", "b", "b", None], unit=[1, 2, 3, 1, 4, 5, 2], y=[9, 1, 2, 9, 3, 4, 9]
    )
    found = moments(test, ["y"])
    assert found.crossed == 1 and found.of(["y"]).mean[0, :, 0].tolist() == [1.5, 3.5]
    assert "1 was, and is left out" in [check.saw for check in found.checks(["y"])]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"variant": ["a", "a"], "y": [1, 2]}, "users has one arm, 'a'; a test compares two arms or more"),
        (
            {"variant": [None, None], "y": [1, 2]},
            "users has no user with a variant; a test compares two arms or more",
        ),
        (
            {"variant": ["a", "a", "b"], "y": [1, 2, 3]},
            "users: arm 'b' has only 1 user; a comparison needs 2 or more in each",
        ),
        (
            {"variant": ["a", "a", "b", "b"], "y": [1, 2, np.nan, np.nan]},
            "users: arm 'b' has no user that has y; a comparison needs 2 or more in each",
        ),
        (
            {"variant": ["a", "a", "b", "b"], "unit": [1, 1, 2, 3], "y": [1, 2, 3, 4]},
            "users, row 1: a second row of user 1 in arm 'a' (1 such rows); add up to one row a user",
        ),
        (
            {"variant": ["a", "a", "b", "b"], "cluster": [1, 2, 2, 3], "y": [1, 2, 3, 4]},
            "users: cluster '2' is in arm 'a' and in 'b' (1 such); a cluster is assigned whole: "
            "leave the role cluster out, if users were assigned singly",
        ),
        (
            {"variant": ["a", "a", "b", "b"], "stratum": ["x", None, "x", "x"], "y": [1, 2, 3, 4]},
            "users, row 1: stratum is missing (1 such rows); fill it, or leave the role out",
        ),
        (
            {"variant": ["a", "b"], "y": ["1", "2"]},
            "users: y holds str, not numbers; convert it first",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(columns, said):
    test = table(**columns)
    with pytest.raises(data.DataError) as refused:
        moments(test, ["y"]).of(["y"])
    assert str(refused.value) == said


def test_an_infinite_value_is_refused_by_row():
    # An analyst's frame brings none in; a cell computed after reading may.
    test = table(variant=["a", "b", "a", "b"], y=[1.0, 2.0, 3.0, 4.0])
    test.frame.loc[2, "y"] = np.inf
    with pytest.raises(data.DataError, match=r"^users, row 2: y is infinite; correct it, or leave it blank$"):
        moments(test, ["y"])


def test_the_table_is_left_as_it_was():
    test = table(variant=["a", "b"] * 3, unit=range(6), y=[1.0, 2, 3, np.nan, 5, 6])
    before = test.frame.copy()
    moments(test, ["y"]).of(["y"])
    pd.testing.assert_frame_equal(test.frame, before)
