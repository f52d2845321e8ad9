"""How users are split: 650 to 350 is no chance, wherever and however few they are."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pmlib import data, impact
from pmlib.stats.split import always_chance, split_chance

HALVES = np.array([0.5, 0.5])


def table(counts, **more):
    variant = np.repeat(list(counts), list(counts.values()))
    return data.source(pd.DataFrame({"variant": variant} | more), "users", **{r: r for r in more})


def test_650_to_350_is_no_chance_and_said():
    found = impact.sample_ratio(table({"A": 650, "B": 350}))
    assert found.statistic == pytest.approx(90) and found.p == pytest.approx(2.4e-21, rel=0.02)
    assert not found.planned and not found.checks[0].passed and found.always_p < 1e-9
    assert found.title == "Users are not split as planned"
    assert found.finding == (
        "Of 1,000 users, 650 are in A, 65.0% (62.0% to 67.9%, 95%), where 50.0% were planned: chance of such "
        "a split under 0.01%, so it is no chance."
    )
    assert "Don't read this test" in found.advice


def test_it_is_the_chi_squared_test_of_many_and_exact_of_few():
    found = impact.sample_ratio(table({"A": 5047, "B": 4953, "C": 2041}), {"A": 5, "B": 5, "C": 2})
    right = stats.chisquare([5047, 4953, 2041], np.array([5, 5, 2]) / 12 * 12041)
    assert (found.p, found.statistic) == pytest.approx((right.pvalue, right.statistic))
    assert found.planned and found.aside and found.df == 2
    assert split_chance(np.array([9, 1]), HALVES) == pytest.approx(stats.binomtest(9, 10).pvalue)
    assert split_chance(np.array([3, 3, 0]), np.full(3, 1 / 3)) == pytest.approx(
        # of 729 equally likely draws: 63 have all six in two arms as 3 and 3 or rarer (4-2: more likely)
        sum(1 for d in np.ndindex(*[3] * 6) if _as_rare(np.bincount(d, minlength=3))) / 729
    )


def _as_rare(counts):
    ways = stats.multinomial.pmf(counts, 6, np.full(3, 1 / 3))
    return ways <= stats.multinomial.pmf([3, 3, 0], 6, np.full(3, 1 / 3)) * (1 + 1e-9)


@pytest.mark.parametrize("size", [1, 10**3, 10**9, 10**15])
def test_no_size_is_too_large(size):
    even, odd = np.array([50, 50]) * size, np.array([65, 35]) * size
    assert split_chance(even, HALVES) == pytest.approx(1)
    assert 0 <= split_chance(odd, HALVES) < 0.01 and 0 <= always_chance(odd, HALVES) <= 1


def test_looking_at_the_split_all_the_time_is_allowed():
    # 200 tests of 5,000 users, looked at 40 times: a chance below .05 is seen in at most .05 of them.
    rng = np.random.default_rng(3)
    first = (rng.random((200, 5000)) < 0.5).cumsum(axis=1)
    seen = np.arange(1, 5001)
    alarms = 0
    for row in first:
        looks = range(124, 5000, 125)
        alarms += any(always_chance(np.array([row[i], seen[i] - row[i]]), HALVES) < 0.05 for i in looks)
    assert alarms / 200 <= 0.05


def test_strata_say_where_it_went_wrong():
    country = np.repeat(["Chile", "Peru", "Chile", "Peru"], [500, 400, 500, 600])
    found = impact.sample_ratio(table({"A": 900, "B": 1100}, stratum=country))
    (check,) = [check for check in found.checks if "stratum" in check.label]
    assert not check.passed and check.saw == "not in Peru"
    assert found.frame["where"].tolist() == ["All"] * 2 + ["Chile"] * 2 + ["Peru"] * 2


def test_whole_clusters_are_what_was_split():
    sizes = np.tile([1, 50], 20)
    cluster = np.repeat(np.arange(40), sizes)
    frame = pd.DataFrame({"variant": np.where(cluster % 2, "A", "B"), "cluster": cluster})
    found = impact.sample_ratio(data.source(frame, "users", variant="variant", cluster="cluster"))
    assert found.units == (20, 20) and found.planned


def test_users_without_an_arm_are_counted_and_left_out():
    frame = pd.DataFrame({"variant": ["A"] * 50 + ["B"] * 50 + [None] * 10})
    found = impact.sample_ratio(data.source(frame, "users", variant="variant"))
    assert found.units == (50, 50)
    assert "10 of 110 rows have none and are left out" in [check.saw for check in found.checks]


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ({"A": 1}, "expected lacks arm 'B'; it has 'A'"),
        ({"A": 1, "B": 1, "C": 1}, "expected names arm 'C'; the arms are 'A', 'B'"),
        ({"A": 1, "B": 0}, "expected of 'B' is 0; give a share above 0"),
        ({"A": 1, "B": "half"}, "expected of 'B' is 'half'; give a share above 0"),
        (0.5, 'expected is 0.5; give shares by arm, as in {"A": 0.5, "B": 0.5}'),
        (["A"], """expected has 'A'; write an arm and its share, as in "A: 50%\""""),
    ],
)
def test_a_plan_that_cannot_be_is_refused(expected, said):
    with pytest.raises((ValueError, TypeError)) as refused:
        impact.sample_ratio(table({"A": 5, "B": 5}), expected)
    assert str(refused.value) == said


def test_without_arms_there_is_nothing_to_show():
    found = impact.sample_ratio(data.source(pd.DataFrame({"x": [1]}), "users"))
    assert found.reason == "users has no column of role variant."
    assert impact.sample_ratio(None).reason == "No table of a test, one row a user was given."
