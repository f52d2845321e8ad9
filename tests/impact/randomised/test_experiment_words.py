"""What an experiment says: titles, findings and advice, derived from the data's own names."""

import numpy as np
import pandas as pd
import pytest

from pmlib import chart, data, impact
from pmlib.impact.randomised.metric import metric_of
from pmlib.table import Column


@pytest.fixture(scope="module")
def shop():
    rng = np.random.default_rng(0)
    n = 6000
    frame = pd.DataFrame({"variant": rng.choice(["A", "B", "C"], n), "before": rng.gamma(2, 5, n)})
    frame["spend"] = (
        0.8 * frame["before"] + rng.gamma(2, 5, n) + frame["variant"].map({"A": 0, "B": 1.5, "C": 1})
    )
    frame["load"] = rng.gamma(20, 10, n) * np.where(frame["variant"] == "C", 1.05, 1)
    named = {
        "spend": Column("Spend a user", "$", better="higher"),
        "load": Column("Load time", "ms", better="lower"),
    }
    return data.source(frame, "shop", kpis=["spend", "load"], covariates=["before"], columns=named)


def test_all_arms_that_differ_are_named_with_the_sizes(shop):
    found = impact.experiment(shop, ["spend ~ before"])
    low, high = sorted(found.frame["relative"])
    assert found.title == f"Spend a user: {low:.1%} to {high:.1%} higher with both B and C"
    assert found.finding.startswith("Spend a user with B: $19")
    assert "together for 2 comparisons" in found.finding and "; adjusting takes" in found.finding
    assert found.advice.startswith("Roll B out if its cost allows: plan on ")
    assert found.arm == "B" and found.grade == "A" and found.control == "A"


def test_less_is_better_where_the_column_says_so(shop):
    found = impact.experiment(shop, ["load"])
    assert list(found.frame["verdict"]) == ["cannot tell", "worse"]
    assert found.arm == "B"  # the best-supported is the one that does not slow the page
    assert found.title == f"Load time: {found.frame['relative'].iloc[1]:.1%} higher with C"


def test_guardrails_are_kept_broken_or_open(shop):
    found = impact.experiment(shop, ["spend ~ before"], guardrails=["load: +0.2%", "spend: -1%", "load: +20"])
    held = found.frame[found.frame["role"] == "guardrail"]
    assert list(held["verdict"]) == ["cannot tell", "broken", "kept", "kept", "kept", "kept"]
    assert found.advice.startswith(
        "Run the test longer before rolling B out: it improves spend a user, but load time"
    )
    assert "With C, load time is more than 0.2% higher." in found.headline
    goals = impact.experiment(shop, ["spend ~ before"]).frame
    np.testing.assert_allclose(
        found.frame["p_adjusted"].head(2), goals["p_adjusted"]
    )  # guardrails cost nothing


def test_where_nothing_is_clear_it_says_what_would_have_been_seen(shop):
    same = data.source(shop.frame[shop.frame["variant"] != "C"], "shop", kpis=["load"])
    found = impact.experiment(same, ["Time to load = load"])
    assert found.title == "Time to load: no clear effect of B"
    assert found.headline.startswith("We cannot tell whether B changes time to load: ")
    assert f"An effect of {found.detectable:.1%} would have shown in 4 of 5 such tests." in found.finding
    assert found.advice.startswith("Don't decide on this test")
    looked = impact.experiment(same, ["load"], looks="sequential")
    assert looked.title == "Load: no clear effect yet of B"
    assert looked.detectable > found.detectable and "valid at every look" in looked.subtitle


def test_arms_that_are_mere_numbers_are_called_by_their_column(shop):
    coded = shop.frame.assign(variant=shop.frame["variant"].map({"A": 0, "B": 1, "C": 2}))
    found = impact.experiment(data.source(coded, "shop", kpis=["spend"], columns={"variant": Column("Page")}))
    assert found.title.endswith("higher with both page 1 and page 2")
    assert found.arm == "1" and set(found.frame["arm"]) == {"1", "2"}


def test_numbers_are_those_of_the_words(shop):
    found = impact.experiment(shop, ["spend", "load"], level=0.9)
    assert [n.name for n in found.numbers] == ["effect_spend_a_user", "effect_load_time"]
    first, row = found.numbers[0], found.frame.iloc[0]
    assert (first.value, first.low, first.high) == tuple(
        row[["relative", "relative_claim_low", "relative_claim_high"]]
    )
    assert first.range in found.finding and first.level == 0.9


@pytest.mark.parametrize(
    ("text", "label", "unit"),
    [
        ("spend", "Spend a user", "$"),
        ("Money = spend", "Money", "$"),
        ("spend / load", "Spend a user / load time", "$"),
        ("spend > 20", "Spend a user above 20", "%"),
        ("Big = spend >= 20", "Big", "%"),
        ("p99.5(load)", "99.5th percentile of load time", "ms"),
        ("p22(load)", "22nd percentile of load time", "ms"),
        ("median(load)", "Median load time", "ms"),
        ("spend ~ before", "Spend a user", "$"),
    ],
)
def test_metrics_are_called_by_their_columns(shop, text, label, unit):
    column = metric_of(shop, text).column
    assert (column.label, column.unit) == (label, unit)


def test_two_metrics_of_one_name_are_told_apart(shop):
    found = impact.experiment(shop, ["spend", "spend ~ before"])
    assert list(found.frame["metric"].unique()) == ["Spend a user", "Spend a user, adjusted"]


def test_hostile_names_are_only_text():
    rng = np.random.default_rng(1)
    bad = '<img src=x onerror="alert(1)">'
    frame = pd.DataFrame({"variant": rng.choice(["A", bad], 500), "x~y > <b>": rng.normal(5, 1, 500)})
    found = impact.experiment(data.source(frame, "<i>", kpis=["x~y > <b>"]))
    assert found.frame["arm"].tolist() == [bad]
    assert "<img" not in found.html() and "<b>" not in found.html().replace("<b>✗", "")


def test_charts_are_drawn_wide_and_narrow(shop):
    found = impact.experiment(shop, ["spend ~ before", "load", "p90(load)"], guardrails=["load: 1%"])
    drawn = chart.svg(found.plot, alt=found.finding, name=found.name)
    assert drawn.count("<svg") == 2 and "90th percentile" in drawn


def test_a_range_that_leaves_0_out_is_not_written_as_if_it_began_there(read_shipped):
    shares = ["current: 50%", "test 1: 25%", "test 2: 25%"]
    found = impact.experiment(read_shipped("search_test"), control="current", expected=shares)
    assert "2.5 points lower with test 2 than with current (0.03 to 4.97 points)" in found.headline
    assert "plan on 0.03 to 4.97 points" in found.advice
