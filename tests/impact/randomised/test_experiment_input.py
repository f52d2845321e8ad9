"""What an experiment refuses, and what it handles and says."""

import numpy as np
import pandas as pd
import pytest

from pmlib import data, impact
from pmlib.table import Column


def shop(n=2000, seed=1, frame=False, **columns):
    rng = np.random.default_rng(seed)
    before = rng.gamma(2, 2, n)
    users = pd.DataFrame({"variant": rng.choice(["A", "B"], n), "before": before})
    users["spend"] = before + rng.gamma(2, 2, n)
    users["visits"] = rng.poisson(2, n) + 1
    for name, column in columns.items():
        users[name] = column(users) if callable(column) else column
    if frame:
        return users
    named = {"spend": Column("Spend", "$", better="higher"), "visits": Column("Visits")}
    return data.source(users, "shop", kpis=["spend", "visits"], covariates=["before"], columns=named)


def failed(found):
    return {check.label: check.saw for check in found.checks if not check.passed}


def test_a_table_without_a_test_is_no_section():
    assert impact.experiment(None).reason == "No table of a test, one row a user was given."
    bare = data.source(pd.DataFrame({"spend": [1.0, 2.0]}), "shop", kpis=["spend"])
    assert impact.experiment(bare).reason == "shop has no column of role variant."
    unmeasured = data.source(pd.DataFrame({"variant": ["A", "B"] * 9}), "shop")
    assert impact.experiment(unmeasured).reason == "shop has no column of role kpi."


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"variant": "A"}, "shop has one arm, 'A'; a test compares two arms or more"),
        (
            {"variant": lambda f: np.where(f.index == 0, "B", "A")},
            "shop: arm 'B' has only 1 user; a comparison needs 2 or more in each",
        ),
        (
            {"spend": lambda f: f["spend"].where(f.index != 5, np.inf)},
            "shop, row 5: spend is infinite; correct it, or leave it missing",
        ),
        ({"spend": "much"}, "metric 'spend': shop: spend holds str, not numbers; convert it first"),
    ],
)
def test_tables_that_cannot_be_compared_are_refused(columns, message):
    with pytest.raises(data.DataError) as refused:
        impact.experiment(shop(**columns), ["spend"])
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("metric", "message"),
    [
        ("spent", "metric 'spent': shop has no column 'spent'; did you mean 'spend'? It has"),
        ("spend ~ earlier", "metric 'spend ~ earlier': shop has no column 'earlier'; it has"),
        ("spend ~", "metric 'spend ~' lacks the name of a column; write one such as"),
        ("spend ~ before ~ visits", "metric 'spend ~ before ~ visits' has two ~; join covariates by +"),
        ("spend / visits / before", "metric 'spend / visits / before' has 2 strokes; a ratio has one"),
        ("p0(spend)", "metric 'p0(spend)': p0 is no percentile; write p1 to p99.9"),
        ("p90(spend) ~ before", "metric 'p90(spend) ~ before': a quantile is not adjusted by covariates"),
        ("variant", "metric 'variant': shop: variant holds str, not numbers; convert it first"),
        (" ", "metric ' ' says nothing; write one such as"),
        (3, "metric 3 says nothing; write one such as"),
    ],
)
def test_metrics_that_say_nothing_are_refused(metric, message):
    with pytest.raises((ValueError, TypeError)) as refused:
        impact.experiment(shop(), [metric])
    assert str(refused.value).startswith(message)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"metrics": "spend"}, "metrics is the text 'spend'; write a list: [\"spend\"]"),
        ({"metrics": []}, "no metric is given; write such as"),
        ({"metrics": ["spend", "spend"]}, "metric 'spend' is given twice; leave one out"),
        ({"guardrails": "visits: -2%"}, "guardrails is the text 'visits: -2%'; write a list"),
        ({"guardrails": ["visits"]}, "guardrail 'visits' lacks its margin; write how much may be lost"),
        ({"guardrails": ["visits: 0%"]}, "guardrail 'visits: 0%' lacks its margin"),
        ({"guardrails": ["spend > 3: -2"]}, "guardrail 'spend > 3': write its margin in points or %"),
        ({"guardrails": ["visits: -2 points"]}, "guardrail 'visits': write its margin in its own unit or %"),
        ({"control": "C"}, "control is 'C'; the arms are 'A', 'B'"),
        ({"expected": {"A": 1}}, "expected lacks arm 'B'; it has 'A'"),
        ({"level": 95}, "level is 95; write a fraction between 0.5 and 1, such as 0.95"),
        ({"power": 2}, "power is 2; give a fraction between 0 and 1, such as 0.8"),
        ({"looks": "daily"}, "looks is 'daily'; write 'fixed' or 'sequential'"),
        ({"tightest": 0}, "tightest is 0; give a number of users above 0"),
        (
            {"correction": "fdr"},
            "correction is 'fdr'; write 'holm', 'benjamini-hochberg', 'bonferroni' or 'none'",
        ),
        ({"seed": -1}, "seed is -1; give a whole number of 0 or more"),
    ],
)
def test_parameters_that_cannot_be_are_refused(given, message):
    with pytest.raises((ValueError, TypeError)) as refused:
        impact.experiment(shop(), **given)
    assert str(refused.value).startswith(message)


def test_an_uneven_split_withholds_every_effect():
    found = impact.experiment(shop(1000, variant=lambda f: np.where(f.index < 650, "A", "B")))
    assert found.title == "No effect is stated: users are not split as planned"
    assert found.finding.startswith(
        "The split of users (650 in A and 350 in B) would come by lot in under 0.01%"
    )
    assert found.grade == "D" and found.split_p < 1e-20
    assert np.isnan([found.effect, found.low, found.high, found.relative, found.detectable]).all()
    assert found.numbers == () and found.plot() is None
    assert set(found.frame["verdict"]) == {"withheld"}
    shown = f"{found.title} {found.headline} {found.advice} {found.table()._repr_html_()}"
    assert "higher" not in shown and "lower" not in shown and "$" not in shown
    planned = impact.experiment(
        shop(1000, variant=lambda f: np.where(f.index < 650, "A", "B")), expected={"A": 65, "B": 35}
    )
    assert planned.grade == "A" and np.isfinite(planned.effect)


def test_users_without_an_arm_are_left_out_and_counted():
    found = impact.experiment(shop(variant=lambda f: f["variant"].where(f.index % 500 > 0)), ["spend"])
    assert sum(found.users) == 1996
    assert any("4 of 2,000 rows" in check.saw for check in found.checks)


def test_users_without_a_value_are_left_out_and_counted():
    found = impact.experiment(shop(spend=lambda f: f["spend"].where(f.index % 10 > 0)), ["spend"])
    assert found.frame[["users", "control_users"]].to_numpy().sum() == 1800
    assert any("users are left out" in check.saw for check in found.checks)


@pytest.mark.parametrize("value", [0.0, 3.0])
def test_where_everybody_has_the_same_nothing_is_estimated(value):
    found = impact.experiment(shop(spend=value), ["spend", "visits"])
    assert found.title == "Spend: no effect can be estimated"
    assert found.finding == "No effect on spend can be estimated: every user has the same."
    assert np.isnan([found.effect, found.low, found.relative, found.detectable]).all()
    assert "An effect on spend can be estimated" in failed(found)


def test_a_ratio_to_a_sum_of_0_is_not_estimated():
    found = impact.experiment(shop(visits=0), ["spend / visits"])
    assert found.frame["verdict"].tolist() == ["not estimable"]
    assert "divided by is 0" in found.finding


def test_a_quantile_that_many_share_is_not_estimated():
    found = impact.experiment(shop(), ["median(visits)"])
    assert (
        found.finding
        == "No effect on median visits can be estimated: it lies on a value that many users share."
    )


def test_an_arm_in_which_nobody_bought_is_said():
    found = impact.experiment(shop(spend=lambda f: f["spend"].where(f["variant"] == "A", 0.0)), ["spend"])
    assert failed(found) == {"Spend differs between the users of each arm": "all of B have $0"}
    assert np.isnan(found.relative_low) and found.low < found.effect < found.high < 0


def test_few_above_a_bar_have_score_intervals_and_an_exact_p():
    rare = shop(600, spend=lambda f: (f.index % 100 == 1).astype(int))
    row = impact.experiment(rare, ["spend"]).frame.iloc[0]
    assert row["unit"] == "%" and 0 < row["p_exact"] <= 1
    assert row["low"] < row["estimate"] < row["high"]
    nobody = shop(600, spend=lambda f: ((f.index % 100 == 1) & (f["variant"] == "B")).astype(int))
    row = impact.experiment(nobody, ["spend"]).frame.iloc[0]
    assert row["control"] == 0 and np.isnan(row["relative"]) and row["high"] > 0


def test_flags_are_compared_as_shares():
    frame = shop(frame=True, spend=lambda f: f["before"] > 4)
    assert frame["spend"].dtype == bool
    row = impact.experiment(shop(spend=lambda f: f["before"] > 4), ["spend"]).frame.iloc[0]
    n, m = row["control_users"], row["users"]
    variance = row["control"] * (1 - row["control"]) / n + row["value"] * (1 - row["value"]) / m
    assert row["se"] == pytest.approx(variance**0.5) and row["df"] == np.inf
    found = impact.experiment(shop(spend=lambda f: f["before"] > 4), ["spend"])
    assert found.omnibus["p"].iloc[0] == pytest.approx(row["p_pooled"])


def test_a_huge_outlier_is_said():
    found = impact.experiment(shop(spend=lambda f: f["spend"].where(f.index != 7, 1e6)), ["spend"])
    (saw,) = failed(found).values()
    assert saw.startswith("98.") and "cut off there, the effect is " in saw


def test_a_useless_covariate_is_called_so():
    noise = np.random.default_rng(2).normal(size=2000)
    found = impact.experiment(shop(before=noise), ["spend ~ before"])
    assert failed(found)["What is known before helps to tell spend"].endswith("useless")
    assert "adjusting gains nothing" in found.finding
    assert found.frame["variance_ratio"].iloc[0] == pytest.approx(1, abs=0.01)


def test_what_the_test_changed_is_not_adjusted_by():
    test = shop(before=lambda f: f["before"] + (f["variant"] == "B"))
    found = impact.experiment(test, ["spend ~ before"])
    row = found.frame.iloc[0]
    assert row["estimate"] == row["unadjusted"] != row["adjusted"]
    assert found.effect == impact.experiment(test, ["spend"]).effect
    assert (
        "so the figure is not adjusted"
        in failed(found)["Arms are alike before the test in what spend is adjusted by"]
    )
    assert found.grade == "B"


def test_few_clusters_take_a_grade_off():
    rng = np.random.default_rng(3)
    test = shop(cluster=lambda f: f["variant"] + pd.Series(rng.integers(0, 6, len(f))).astype(str))
    found = impact.experiment(test, ["spend", "p90(spend)", "spend ~ before"])
    assert failed(found)["Enough clusters in each arm (20)"] == "A 6, B 6 clusters"
    assert found.grade == "B" and (found.frame["df"] < 11).all()


def test_strata_of_one_user_are_put_together():
    test = shop(stratum=lambda f: np.where(f.index < 3, f.index.astype(str), "big"))
    found = impact.experiment(test, ["spend"])
    assert failed(found) == {
        "Every stratum has 2 users of each arm for spend": "3 have not, and are put together"
    }
    assert np.isfinite(found.se)
    alone = impact.experiment(shop(60, stratum=lambda f: f.index.astype(str)), ["spend"])
    assert alone.se == pytest.approx(impact.experiment(shop(60), ["spend"]).se)


def test_a_negative_control_has_no_relative_effect():
    found = impact.experiment(shop(spend=lambda f: -f["spend"]), ["spend"])
    assert np.isnan([found.relative, found.detectable]).all() and np.isfinite(found.effect)
