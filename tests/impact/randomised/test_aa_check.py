"""Tests of nothing cry effect as often as they state, and a look at any time has its own intervals."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pmlib import data, impact
from pmlib.impact.randomised.relot import looked_at, units_of

CDNOW = Path(__file__).parents[2] / "reference/cdnow_users.csv.gz"


@pytest.fixture(scope="module")
def customers():
    return data.source(pd.read_csv(CDNOW), "cdnow", kpis=["after"], covariates=["before"])


@pytest.fixture(scope="module")
def checked(customers):
    return impact.aa_check(customers, "after ~ before", reps=300)


def test_a_shop_without_a_test_shows_the_stated_errors(checked):
    assert checked.units == 23_570 and checked.low < 0.06 and checked.high > 0.04
    assert checked.error_ratio == pytest.approx(1, abs=0.07)
    assert all(check.passed for check in checked.checks)
    assert checked.subtitle == "23,570 users put into two halves by lot, 3,000 times; line: as stated."


def test_looking_each_week_as_if_it_were_the_last_cries_effect(checked):
    assert 0.17 < checked.each_rate < 0.28  # Armitage et al. (1969): 24.8 % of 20 looks
    assert checked.always_rate <= 0.05
    assert "Looking 20 times as if each were the only one makes it" in checked.finding


def test_what_was_spent_before_takes_off_what_it_explains(checked, customers):
    frame = customers.frame
    left = 1 - np.corrcoef(frame["after"], frame["before"])[0, 1] ** 2
    assert checked.variance_left == pytest.approx(left, abs=1e-3) == pytest.approx(0.647, abs=1e-3)
    assert checked.variance_ratio == pytest.approx(left, abs=0.05)


def test_each_look_sees_the_units_that_came_until_then():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"y": rng.normal(size=640), "x": rng.normal(size=640), "where": np.arange(640) % 2})
    units = units_of(data.source(frame, "users", kpis=["y", "x"], stratum="where"), ["y", "x"], 20)
    seen = looked_at(units, 30, 20, np.random.default_rng(1))
    for look, cells in enumerate(seen, 1):
        assert cells.n.shape == (2, 600) and (cells.n == 8 * look).all()
    last = seen[-1]
    for stratum in (0, 1):
        own = frame.loc[frame["where"] == stratum, ["y", "x"]].to_numpy()
        for lot in range(0, 600, 50):
            both = last.mean[stratum, lot] + last.mean[stratum, lot + 1]
            assert both / 2 == pytest.approx(own.mean(axis=0))
            apart = last.mean[stratum, lot : lot + 2] - own.mean(axis=0)
            between = 160 * apart.T @ apart
            inside = last.scatter[stratum, lot] + last.scatter[stratum, lot + 1]
            assert inside + between == pytest.approx(np.cov(own.T) * 319)


@pytest.mark.parametrize("metric", ["orders / visits", "orders > 0", "orders / visits ~ before"])
def test_ratios_shares_and_clusters_are_drawn_as_the_experiment_tests_them(metric):
    rng = np.random.default_rng(4)
    shop = rng.integers(0, 300, 4000)
    visits = rng.poisson(4, 4000) + 1
    frame = pd.DataFrame(
        {"shop": shop, "visits": visits, "orders": rng.binomial(visits, 0.1 + 0.2 * (shop % 3) / 2)}
    ).assign(before=lambda rows: rows["orders"] + rng.normal(size=4000))
    source = data.source(frame, "users", kpis=["orders", "visits", "before"], cluster="shop")
    found = impact.aa_check(source, metric, reps=300, looks=4)
    assert found.units == 300 and found.low < 0.065 and found.high > 0.04
    assert found.error_ratio == pytest.approx(1, abs=0.07)


def test_a_table_is_left_as_it_was_and_the_seed_decides(customers):
    before = customers.frame.copy()
    first, again, other = (impact.aa_check(customers, reps=100, looks=2, seed=s) for s in (1, 1, 2))
    assert (first.effects == again.effects).all() and (first.effects != other.effects).any()
    pd.testing.assert_frame_equal(customers.frame, before)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"metric": "median(after)"},
            "metric 'median(after)': a quantile is not drawn again; take a mean or share",
        ),
        ({"reps": 10}, "reps is 10; give a whole number, 100 to 20,000"),
        ({"looks": 0}, "looks is 0; give a whole number, 1 to 200"),
        (
            {"metric": "spend"},
            "metric 'spend': cdnow has no column 'spend'; it has 'customer', 'before', 'after'",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(customers, asked, said):
    with pytest.raises(ValueError) as refused:
        impact.aa_check(customers, **asked)
    assert str(refused.value) == said


def test_what_does_not_differ_is_not_estimable():
    frame = pd.DataFrame({"y": np.ones(400)})
    with pytest.raises(data.DataError, match=r"^users: y is the same for all users; choose one that"):
        impact.aa_check(data.source(frame, "users", kpis=["y"]), reps=100)
    few = data.source(pd.DataFrame({"y": range(50)}), "users", kpis=["y"])
    with pytest.raises(ValueError, match=r"^users has 50 users to draw; 20 looks at them need 160$"):
        impact.aa_check(few, reps=100)
    assert impact.aa_check(None).reason == "No table of users was given."
