"""Scenarios, drivers, tests worth running and portfolios: closed forms, laws, words and refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from pmlib import impact
from pmlib.impact.feature.drivers import _agreement
from pmlib.impact.feature.information import Decision
from pmlib.impact.feature.ranking import ranking
from pmlib.impact.feature.variance import shares
from pmlib.result import Absent
from pmlib.stats.laws import score

VOLUME = 10_000 * 28
SPREAD = 0.05 / (2 * norm.ppf(0.95))  # of "1% .. 6%"


@pytest.fixture(scope="module")
def pays(foretold):
    """A feature that pays in most cases."""
    return impact.feature(
        foretold(spread=0.05), effect="-1% .. 6%", reach="30% .. 50%", value="1 .. 2", cost="1 k .. 3 k",
        adoption="half in 3 .. 5 days, 90% in 10 days", target="+1%", cannibalises="5% .. 15%",
        name="one-tap unlock",
    )  # fmt: skip


def normal(middle, spread, count=4000):
    return middle + spread * norm.ppf((np.arange(count) + 0.5) / count)


# Scenarios


def test_a_scenario_differs_by_its_condition_alone(foretold):
    feature = impact.feature(foretold(spread=0.1), effect="-1% .. 6%", reach="40%", value="2", cost="1 k")
    found = impact.scenarios(
        feature,
        ["half: reach 20%", "late: launch +1 weeks", "dear: cost 2 k; value 1", "bad: cannibalises 100%"],
    ).frame.set_index("scenario")
    assert list(found.index) == ["as planned", "half", "late", "dear", "bad"]
    assert found["estimate"]["as planned"] == feature.gain
    assert found["estimate"]["half"] == pytest.approx(feature.gain / 2)
    assert found["high"]["late"] == pytest.approx(feature.gain_high * 0.75)
    assert found["money"]["dear"] == pytest.approx((feature.money_mean + 1000) / 2 - 2000)
    assert found["estimate"]["bad"] == found["high"]["bad"] == 0
    assert found["against"]["half"] == pytest.approx(-0.5)


def test_a_launch_may_be_moved_by_weeks_or_to_a_date(pays):
    moved = impact.scenarios(pays, ["late: launch +2 weeks", "dated: launch 2024-04-24"]).frame
    assert moved["estimate"][1] == moved["estimate"][2] < moved["estimate"][0]


def test_scenarios_that_turn_the_decision_are_named(pays):
    found = impact.scenarios(pays, ["small: reach 5% .. 10%", "good: effect 3% .. 8%"])
    assert found.advice == "Watch for small: there one-tap unlock no longer pays."
    assert found.checks[0].passed
    idle = impact.scenarios(pays, "same: launch +0 days")
    assert not idle.checks[0].passed and idle.checks[0].saw == "same"


def test_a_wide_swing_with_a_small_share_is_told():
    frame = pd.DataFrame({"label": ["Cost", "Effect"], "share": [0.3, 0.7]})
    check = _agreement(frame)
    assert not check.passed and check.saw == "Effect holds 70% of the uncertainty"
    assert _agreement(frame.assign(share=[0.5, 0.51])).passed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("late", "scenario 'late': write its name and what is otherwise, as in late: launch +4 weeks"),
        ("late: launch", "scenario 'late': found 'launch'; write a parameter and its value"),
        ("late: launch soon", "scenario 'late': launch is 'soon'; write a date such as 2024-03-07"),
        ("late: launch +9 weeks", "launch +9 weeks is not within the forecast, 2024-04-10 to 2024-05-07"),
        ("late: launch +x weeks", "launch '+x weeks' is no delay; write one such as +4 weeks, or a date"),
        ("low: reech 10%", "scenario 'low': 'reech' is no driver; did you mean 'reach'?"),
        ("low: reach 10%; reach 20%", "scenario 'low': reach is set twice, to '10%' and '20%'; keep one"),
        ("low: reach 110%", "scenario 'low': reach: 110% is above 100%, which no share can be"),
        ("as planned: reach 10%", "scenario 'as planned' is given twice; rename one"),
    ],
)
def test_what_is_no_scenario_is_refused_in_one_line(pays, text, said):
    with pytest.raises(ValueError, match="scenario") as refused:
        impact.scenarios(pays, [text])
    assert said in str(refused.value) and "\n" not in str(refused.value)


# Drivers


def test_shares_of_the_uncertainty_are_those_of_a_product_of_lognormals():
    # Sobol' and Owen: of x·y the variance is (1+a)(1+b) − 1, by x alone a, by y alone b, together a·b.
    random = np.random.default_rng(1)
    a, b = np.expm1(0.3**2), np.expm1(0.6**2)
    parts = {
        name: np.exp(size * norm.ppf((random.permutation(20_000) + 0.5) / 20_000))
        for name, size in (("x", 0.3), ("y", 0.6))
    }
    found = shares(parts, ("x", "y"), lambda p: p["x"] * p["y"])
    whole = a + b + a * b
    assert found["x"] == pytest.approx((a + a * b / 2) / whole, abs=0.02)
    assert sum(found.values()) == pytest.approx(1)


def test_a_driver_alone_has_all_of_the_uncertainty_and_a_known_one_none(foretold):
    feature = impact.feature(foretold(), effect="1% .. 6%", reach="40%")
    frame = impact.drivers(feature).frame.set_index("name")
    assert frame["share"]["effect"] == pytest.approx(1)
    assert "reach" not in frame.index
    z = score(0.8)
    assert frame["high"]["effect"] == pytest.approx(VOLUME * 0.4 * (0.035 + z * SPREAD), rel=1e-3)
    assert frame["swing"]["baseline"] == 0


def test_the_widest_swing_stands_first_and_shares_add_up(pays):
    found = impact.drivers(pays)
    assert found.of == "money"
    assert found.frame["name"][0] == "effect"
    assert found.frame["swing"].is_monotonic_decreasing
    assert found.frame["share"].sum() == pytest.approx(1)
    assert set(found.frame["name"]) == {
        "effect",
        "reach",
        "adoption",
        "cannibalises",
        "baseline",
        "value",
        "cost",
    }
    assert found.checks[0].passed
    assert found.chart().count("<svg") == 2


# A test worth running


@pytest.mark.parametrize(("slope", "bar"), [(1e6, 5e3), (1e6, 2e4), (-1e6, 5e3), (1e6, -3e3)])
@pytest.mark.parametrize("se", [0.002, 0.01, 0.05])
def test_the_worth_of_a_test_is_the_closed_form_of_two_normals(slope, bar, se):
    # Raiffa & Schlaifer: the posterior mean is normal, so the worth is a unit normal loss.
    middle, spread = 0.01, 0.02
    moves = abs(slope) * spread**2 / np.hypot(spread, se)
    far = abs(slope * middle - bar) / moves
    found = Decision(normal(middle, spread), slope, bar)
    scale = abs(slope) * spread
    assert found.sample(se) == pytest.approx(moves * (norm.pdf(far) - far * norm.sf(far)), abs=1e-3 * scale)
    assert found.turns(se) == pytest.approx(norm.sf(far), abs=2e-3)
    known = abs(slope * middle - bar) / scale
    assert found.perfect == pytest.approx(
        scale * (norm.pdf(known) - known * norm.sf(known)), abs=1e-3 * scale
    )


def test_the_worth_of_a_test_is_what_simulated_tests_are_worth():
    random = np.random.default_rng(1)
    before = random.exponential(0.02, 400) - 0.01  # a prior that is far from normal
    decision, se = Decision(before, 1e6, 1.2e4), 0.015
    truth = random.choice(before, 20_000)
    read = truth + se * random.normal(size=len(truth))
    weight = np.exp(-0.5 * ((read[:, None] - before) / se) ** 2)
    after = (weight @ before) / weight.sum(axis=1)
    paid = np.where(1e6 * after > 1.2e4, 1e6 * truth - 1.2e4, 0.0)
    error = paid.std() / np.sqrt(len(paid))
    assert decision.tested(se) == pytest.approx(paid.mean(), abs=4 * error)


@given(
    effects=st.lists(st.floats(-0.1, 0.1), min_size=2, max_size=40),
    bar=st.floats(-5, 5),
    slope=st.floats(-100, 100),
    se=st.floats(1e-4, 1.0),
    finer=st.floats(0.05, 1.0),
)
@settings(max_examples=60, deadline=None)
def test_a_finer_test_is_worth_more_and_never_more_than_knowing(effects, bar, slope, se, finer):
    found = Decision(np.array(effects), slope, bar)
    coarse, fine, slack = found.sample(se), found.sample(se * finer), 1e-9 * (1 + abs(bar))
    assert -slack <= coarse <= fine + slack
    assert fine <= found.perfect + slack
    assert 0 <= found.turns(se) <= 1


def test_the_test_worth_running_leaves_most_after_its_costs_and_the_wait(foretold):
    feature = impact.feature(
        foretold(364), effect="-3% .. 6%", reach="40%", value="1.5", cost="2 k .. 4 k", name="one-tap unlock"
    )
    found = impact.worth_testing(feature, users=10_000, spread=1.5, test_cost="20", cost_a_week=10)
    frame = found.frame
    assert found.weeks == frame["weeks"][frame["net"].idxmax()]
    assert frame["se"][3] == pytest.approx(2 * 1.5 / np.sqrt(4 * 10_000))
    left = frame["sample"] - frame["delay"] - 20 - 10 * frame["weeks"]
    assert frame["net"].to_numpy() == pytest.approx(left.to_numpy())
    assert (
        frame["sample"].is_monotonic_increasing and frame["sample"].max() <= found.perfect <= found.everything
    )
    assert frame["delay"].is_monotonic_increasing
    assert found.advice.startswith("Test one-tap unlock first, for")
    assert found.chart().count("<svg") == 2


def test_waiting_costs_the_gain_of_the_weeks_that_pass(foretold):
    # At once, 4 weeks: a test of one week that is sure to say yes costs a quarter of the gain.
    feature = impact.feature(foretold(), effect="4% .. 6%", reach="40%", value="1", cost="10")
    frame = impact.worth_testing(feature, se="0.1%", weeks=4).frame
    assert frame["delay"][0] == pytest.approx(VOLUME * 0.4 * 0.05 / 4, rel=1e-6)
    assert frame["delay"][3] == pytest.approx(feature.money_mean, rel=1e-6)


def test_a_week_of_waiting_costs_a_week_whatever_the_periods_are(foretold):
    lost = []
    for step, steps in (("week", 52), ("month", 12), ("quarter", 4)):
        feature = impact.feature(
            foretold(steps, step=step), effect="4% .. 6%", reach="40%", value="1", cost="10"
        )
        frame = impact.worth_testing(feature, se="0.1%", weeks=4).frame
        lost.append(frame["delay"][3] / feature.money_mean)
    assert lost[0] == pytest.approx(4 / 52, rel=1e-3)
    assert lost[1] == pytest.approx(4 * 7 / 365.25, rel=0.1)
    assert lost[2] == pytest.approx(4 * 7 / 365.25, rel=0.1)


def test_no_test_may_be_worth_it(pays, foretold):
    dear = impact.worth_testing(pays, se="1%", test_cost="1 M")
    assert dear.weeks == 0 and dear.title == "No test is worth what it costs"
    assert dear.advice == "Ship one-tap unlock now, without a test."
    hopeless = impact.worth_testing(pays, se="1%", threshold="1 M")
    assert hopeless.net <= 0 and not hopeless.ships
    assert hopeless.advice == "Leave one-tap unlock as it is: neither ship nor test it."
    sure = impact.feature(foretold(), effect="2%", reach="40%", value="1")
    assert impact.worth_testing(sure, se="1%").reason == (
        "The effect of the feature is taken as known, so no test would tell more."
    )


def test_without_a_value_a_test_is_weighed_in_the_kpi(foretold):
    feature = impact.feature(foretold(), effect="-3% .. 6%", reach="40%")
    found = impact.worth_testing(feature, se="2%", threshold=500)
    assert found.unit == "rides" and found.perfect > 0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "give users (a week) and spread (of the KPI between them), or se (after one week)"),
        ({"users": 100}, "give users (a week) and spread (of the KPI between them), or se (after one week)"),
        ({"users": 0, "spread": 1}, "users is 0; give a number above 0"),
        ({"users": "many", "spread": 1}, "users is 'many'; give a number above 0"),
        ({"se": "1% .. 2%"}, "se is '1% .. 2%'; write one percentage above 0, such as 0.8%"),
        ({"se": "0.8"}, "se: 0.8 has no %; write 0.8%"),
        ({"se": "1%", "weeks": 0}, "weeks is 0; give a whole number, 1 to 260"),
        ({"se": "1%", "test_cost": "-5"}, "test_cost: -5 is negative, which no size is"),
    ],
)
def test_a_test_that_cannot_be_is_refused_in_one_line(pays, asked, said):
    with pytest.raises((ValueError, TypeError)) as refused:
        impact.worth_testing(pays, **asked)
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_a_cost_in_money_needs_a_value_in_money(foretold):
    feature = impact.feature(foretold(), effect="-3% .. 6%", reach="40%")
    with pytest.raises(ValueError, match="test_cost is money, and the feature has no value in money"):
        impact.worth_testing(feature, se="2%", test_cost="5 k")


# Portfolio


def test_the_chance_of_being_best_is_that_of_two_normals(foretold):
    found = impact.portfolio(
        ["A: effect 1% .. 6%; reach 40%", "B: effect 2% .. 4%; reach 40%"], baseline=foretold(), draws=20_000
    )
    frame = found.frame.set_index("feature")
    gap, spread = 0.005, np.hypot(SPREAD, 0.02 / (2 * norm.ppf(0.95)))
    assert frame["best"]["A"] == pytest.approx(norm.cdf(gap / spread), abs=0.01)
    far = gap / spread
    regret = VOLUME * 0.4 * spread * (norm.pdf(far) - far * norm.sf(far))
    assert frame["regret"]["A"] == pytest.approx(regret, rel=0.03)
    assert list(frame["rank"]) == [1, 2]
    assert frame["stable"]["A"] == frame["best"]["A"]


@given(
    st.integers(2, 6).flatmap(
        lambda n: st.lists(st.lists(st.integers(-3, 3), min_size=n, max_size=n), min_size=1, max_size=20)
    )
)
@settings(max_examples=40, deadline=None)
def test_chances_of_being_best_add_up_and_the_first_regrets_least(rows):
    found = ranking(np.array(rows, float))
    assert found.best.sum() == pytest.approx(1)
    assert sorted(found.rank) == list(range(1, len(rows[0]) + 1))
    assert (found.regret >= 0).all()
    assert found.regret[found.rank == 1][0] == pytest.approx(found.regret.min(), abs=1e-9)


def test_candidates_share_the_baseline_and_the_value_and_nothing_else(foretold):
    twins = impact.portfolio(
        ["A: effect 1% .. 6%; reach 40%; cost 200", "B: effect 1% .. 6%; reach 40%; cost 200"],
        baseline=foretold(spread=0.3), value="1 .. 2", target="+1%",
    )  # fmt: skip
    assert twins.frame["best"].to_numpy() == pytest.approx([0.5, 0.5], abs=0.03)
    assert 0 < twins.frame["regret"][0] < twins.frame["high"][0] - twins.frame["low"][0]
    known = impact.portfolio(
        ["A: effect 3%; reach 40%", "B: effect 2%; reach 40%"], baseline=foretold(spread=0.3), value="1 .. 2"
    )
    assert known.frame["best"].tolist() == [1, 0] and known.title == "A is clearly the best of 2"
    assert known.advice == "Build A first."


def test_features_and_texts_stand_side_by_side(pays):
    found = impact.portfolio([pays, "Dark mode: effect 0.1% .. 0.5%; reach 90%; value 1 .. 2; cost 100"])
    assert set(found.frame["feature"]) == {"one-tap unlock", "Dark mode"}
    row = found.frame.set_index("feature").loc["one-tap unlock"]
    assert row["estimate"] == pytest.approx(pays.money, rel=1e-9)
    assert row["cost_a_point"] == pytest.approx(row["cost"] / (100 * row["lift"]))
    assert 0 <= found.none < 0.2
    assert found.chart().count("<svg") == 2


def test_when_none_is_worth_its_cost_none_is_to_be_built(foretold):
    found = impact.portfolio(
        ["A: effect 1%; reach 10%; cost 1 M", "B: effect 1%; reach 10%; cost 2 M"],
        baseline=foretold(),
        value=1,
    )
    assert found.none == 1
    assert found.advice.startswith("Build none of them")


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["A: effect 2%; reach 40%", "B"], "candidate 'B': write it as Saved cards: effect 1% .. 4%;"),
        (["A: effect 2%; reach 40%", "B: effect 2%"], "candidate 'B' lacks reach; write it as Saved cards:"),
        (
            ["A: effect 2%; reach 40%", "B: effect 2; reach 40%"],
            "candidate 'B': effect: 2 has no %; write 2%",
        ),
        (["A: effect 2%; reach 40%", "a: effect 2%; reach 40%"], "candidate 'A' is given twice; rename one"),
        (["A: effect 2%; reach 40%", 7], "candidate 7: write it as Saved cards:"),
    ],
)
def test_what_is_no_candidate_is_refused_in_one_line(foretold, texts, said):
    with pytest.raises(ValueError, match="candidate") as refused:
        impact.portfolio(texts, baseline=foretold())
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_candidates_of_other_forecasts_are_refused(pays, foretold):
    other = impact.feature(foretold(), effect="2%", reach="40%", name="dark mode")
    with pytest.raises(ValueError, match="dark mode has another baseline than one-tap unlock"):
        impact.portfolio([pays, other])


def test_what_is_no_list_is_refused(pays):
    with pytest.raises(TypeError, match="candidates are 'A: effect 2%; reach 40%'; give a list of features"):
        impact.portfolio("A: effect 2%; reach 40%")
    with pytest.raises(TypeError, match="texts is 7; write a list of texts in quotes"):
        impact.scenarios(pays, 7)


def test_one_candidate_is_no_choice(pays):
    assert impact.portfolio([pays]).reason == "1 candidates were given; a choice needs two."


@pytest.mark.parametrize("question", [impact.scenarios, impact.drivers])
def test_a_feature_that_is_absent_stays_so(question):
    lacks = Absent(title="t", reason="No table of rides was given.")
    assert question(lacks).reason == lacks.reason
    assert impact.worth_testing(lacks, se="1%").reason == lacks.reason
    assert impact.portfolio([lacks, lacks]).reason == lacks.reason
    with pytest.raises(ValueError, match=r"give a forecast, as impact\.feature makes it"):
        question("a feature")
