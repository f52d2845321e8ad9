"""The figures of experiments against other programs' and published ones."""

from pathlib import Path

import pandas as pd
import pytest

from pmlib import data, impact
from pmlib.impact.randomised.contrast import Means
from pmlib.impact.randomised.sequential import Fixed, Sequential
from pmlib.table import Column

REFERENCE = Path(__file__).parents[2] / "reference"
COVARIATES = ["sessions_covariate", "orders_covariate", "revenue_covariate"]


@pytest.fixture(scope="module")
def users():
    frame = pd.read_csv(REFERENCE / "tea_users_seed42_cov.csv.gz")
    return data.source(
        frame, "users", variant="variant", unit="user", kpis=["sessions", "orders", "revenue"],
        covariates=COVARIATES, columns={"orders": Column("Orders", better="higher")},
    )  # fmt: skip


def only(test, metric, **more):
    return impact.experiment(test, [metric], **more).frame.iloc[0]


def test_means_ratios_and_their_adjustment_agree_with_tea_tasting(users):
    # tea-tasting 2.0.0, documentation: users of seed 42, with covariates.
    orders = only(users, "orders")
    assert tuple(orders[["estimate", "low", "high", "p"]]) == pytest.approx(
        (0.042690, -0.010800, 0.096180, 0.117732), abs=1e-6
    )
    assert orders["relative"] == pytest.approx(0.0805, abs=5e-5)
    adjusted = only(users, "orders ~ orders_covariate")
    assert tuple(adjusted[["estimate", "p"]]) == pytest.approx((0.058304, 0.007330), abs=1e-6)
    assert tuple(adjusted[["unadjusted", "unadjusted_p"]]) == pytest.approx((0.042690, 0.117732), abs=1e-6)
    assert only(users, "orders / sessions")["p"] == pytest.approx(0.076238, abs=1e-6)
    # Ran in tea-tasting 1.14.0: RatioOfMeans("orders", "sessions", "orders_covariate", "sessions_covariate").
    ratio = only(users, "orders / sessions ~ orders_covariate / sessions_covariate")
    assert tuple(ratio[["estimate", "low", "high", "p"]]) == pytest.approx(
        (0.0317342630, 0.0113444770, 0.0521240491, 0.0022929438), abs=1e-9
    )


def arm(total, squares, n):
    mean = total / n
    return mean, ((squares / n - mean**2) / (n - 1)) ** 0.5


def pair(control_n, law):
    """The two arms of gbstats' tests of means."""
    one, other = arm(1396.87, 52377.9767, control_n), arm(2422.7, 134698.29, 3461)
    a, b = one[1] ** 2, other[1] ** 2
    df = (a + b) ** 2 / (a**2 / (control_n - 1) + b**2 / 3460)
    return Means(one[0], other[0], one[1], other[1], df, control_n + 3461, law)


def test_means_and_relative_effects_agree_with_gbstats():
    found = pair(3407, Fixed())
    assert (found.estimate, *found.interval(0.95)) == pytest.approx((0.29, 0.04538, 0.53462), abs=1e-5)
    assert found.p == pytest.approx(0.02016, abs=1e-5)
    assert (found.relative, *found.relative_interval(0.95)) == pytest.approx(
        (0.70732, -0.03526, 1.44989), abs=1e-5
    )


def test_always_valid_intervals_agree_with_gbstats():
    found = pair(3000, Sequential(tightest=1000, level=0.95))
    assert (found.relative, *found.relative_interval(0.95)) == pytest.approx(
        (0.50336, -0.55844, 1.56516), abs=1e-5
    )


def test_an_always_valid_p_is_the_level_at_which_the_interval_ends_at_0():
    found = Means(0.5, 0.9, 0.07, 0.08, 5000, 6461, Sequential(tightest=1000, level=0.95))
    assert 0 < found.p < 0.05
    assert found.interval(1 - found.p)[0] == pytest.approx(0, abs=1e-12)


def test_the_search_test_gives_openintros_chi_squared(read_shipped):
    found = impact.experiment(read_shipped("search_test"), expected={"current": 2, "test 1": 1, "test 2": 1})
    whole = found.omnibus.iloc[0]
    assert (whole["statistic"], whole["df"], whole["p"]) == pytest.approx((6.1203, 2, 0.04688), abs=1e-4)
    assert found.arm == "test 2"
    assert found.title == "Searched again: 2.5 points lower with test 2"
    assert list(found.frame["verdict"]) == ["cannot tell", "better"]


def test_the_same_numbers_come_of_sums_and_of_a_table(users):
    frame = users.frame.assign(cluster=range(len(users.frame)))
    single = data.source(frame, "users", kpis=["orders", "sessions"], covariates=COVARIATES)
    for metric in ("orders", "orders ~ orders_covariate", "orders / sessions"):
        one, other = only(users, metric), only(single, metric)
        assert other["estimate"] == pytest.approx(one["estimate"])
        assert other["se"] == pytest.approx(one["se"])  # clusters of one user are users
