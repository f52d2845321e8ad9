"""Chances of thresholds, and what better information would do to the range and to a decision."""

import numpy as np
import pytest
from scipy.stats import norm

from pmlib import sizing

# ln som ~ N(ln 40, .3² + .4²): two lognormal factors whose 90 % ranges have these deviations.
Z = norm.ppf(0.95)
TREE = f"""
som [EUR2025/year] = 10 M [EUR2025/year] * a * b
a [1] = {np.exp(-0.3 * Z):.12f} .. {np.exp(0.3 * Z):.12f}
b [1] = {4 * np.exp(-0.4 * Z):.12f} .. {4 * np.exp(0.4 * Z):.12f}
c [1] = 1 .. 2
"""
SD = 0.5


@pytest.fixture(scope="module")
def market():
    return sizing.tree(TREE)


def test_a_chance_has_its_closed_form_and_lies_within_its_error(market):
    texts = ["som > 50 M", "som < 30 M EUR2025/year", "som between 30 M and 50 M", "a >= 1"]
    frame = sizing.chance(market, texts).frame
    above, below = norm.sf(np.log(50 / 40) / SD), norm.cdf(np.log(30 / 40) / SD)
    exact = np.array([above, below, 1 - above - below, 0.5])
    assert frame["estimate"].to_numpy() == pytest.approx(exact, abs=2e-3)
    assert ((frame["low"] < exact) & (exact < frame["high"])).all()
    assert frame["estimate"][:3].sum() == pytest.approx(1)


def test_a_higher_threshold_is_passed_less_often(market):
    frame = sizing.chance(market, [f"som > {bar} M" for bar in range(10, 100, 10)], draws=1024).frame
    assert frame["estimate"].is_monotonic_decreasing
    opposite = sizing.chance(market, [f"som <= {bar} M" for bar in range(10, 100, 10)], draws=1024).frame
    assert (frame["estimate"] + opposite["estimate"]).to_numpy() == pytest.approx(1)


def test_a_chance_is_said_with_its_error_and_what_to_plan_on(market):
    found = sizing.chance(market, "som > 50 M")
    assert found.title == "33% chance that SOM is above €50M a year"
    assert found.finding == (
        "The chance is 33% that SOM is above €50M a year, give or take 0.7 points of sampling."
    )
    assert found.advice == (
        "Plan on €21M a year, which is passed with 90% probability; above €50M a year is a bet."
    )
    assert (found.numbers[0].name, found.numbers[0].value) == ("chance_som", 0.33)
    assert found.frame.loc[0, "low"] < 0.33 < found.frame.loc[0, "high"]
    likely = sizing.chance(market, "som > 25 M")
    assert likely.advice == "You can plan on €25M a year: the chance of that is 83%."


def test_no_chance_is_nothing_or_certain(market):
    found = sizing.chance(market, ["som > 10 bn", "som > 1"])
    assert "under 0.01% that SOM is above €10bn a year" in found.finding
    assert "over 99.99% that SOM is above €1 a year" in found.finding
    assert found.frame["high"][0] > 0 and found.frame["low"][1] < 1


def test_few_draws_fail_their_check(market):
    (check,) = sizing.chance(market, "som > 40 M", draws=256).checks
    assert not check.passed and check.saw == "a chance is off by 6.1 points at most"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "som = 3",
            "threshold 'som = 3': it is no threshold; write one such as som > 30 M",
        ),
        ("sum > 3", "'sum' is no node of the tree; did you mean 'som'?"),
        ("som > 3 kg", "declared EUR2025/year, found 3 kg; write it in EUR2025/year"),
        ("som > 2 .. 3", "one number is needed; write one such as 60 M"),
        ("som between 5 and 3", "its ends are swapped; write som between 3 and 5"),
    ],
)
def test_a_text_that_is_no_threshold_is_refused(market, text, said):
    with pytest.raises(ValueError) as told:
        sizing.chance(market, [text])
    assert said in str(told.value) and "\n" not in str(told.value)


def test_a_leaf_known_leaves_the_range_that_the_others_make(market):
    found = sizing.better_information(market)
    frame = found.frame.set_index("name")
    z = norm.ppf(0.9)
    whole = 40e6 * 2 * np.sinh(z * SD)
    # Known b: E[b-part] × the width that a leaves, over the whole width.
    left = 40e6 * np.exp(0.4**2 / 2) * 2 * np.sinh(z * 0.3)
    assert frame.loc["b", "estimate"] == pytest.approx(1 - left / whole, abs=0.01)
    assert list(frame.index) == ["b", "a"]  # c is no driver of it
    assert found.advice == "Find out about b first: that narrows the range of SOM most."


def test_the_worth_of_knowing_has_its_closed_form(market):
    found = sizing.better_information(market, threshold="45 M")
    mean = 40e6 * np.exp(SD**2 / 2)

    def worth(sd):  # E max(X − bar, 0) of a lognormal X with this mean, less what the mean alone earns
        d = (np.log(mean / 45e6) + sd**2 / 2) / sd
        return mean * norm.cdf(d) - 45e6 * norm.cdf(d - sd) - max(mean - 45e6, 0)

    frame = found.frame.set_index("name")
    assert found.worth == pytest.approx(worth(SD), rel=0.01)
    assert frame.loc["b", "worth"] == pytest.approx(worth(0.4), rel=0.02)
    assert frame.loc["a", "worth"] == pytest.approx(worth(0.3), rel=0.02)
    # The decision to go (the mean is above) turns where b is so low that the mean given it is below.
    turns = norm.cdf((np.log(45e6 / 40e6) - 0.3**2 / 2) / 0.4)
    assert frame.loc["b", "turns"] == pytest.approx(turns, abs=0.01)
    assert sizing.better_information(market, threshold="som < 45 M").worth == found.worth


def test_a_bar_far_off_is_no_reason_to_ask(market):
    found = sizing.better_information(market, threshold="1 M")
    assert found.advice == "Decide now: no study of one driver is likely to turn a decision at €1M a year."
    assert (found.frame["worth"] < 1e-6 * 40e6).all()


def test_knowing_one_of_two_leaves_that_move_as_one_is_knowing_both():
    market = sizing.tree("som = a * b\na [1] = 2 .. 6\nb [1] = 3 .. 5\na ~ b: 1")
    frame = sizing.better_information(market).frame
    assert frame["estimate"].to_numpy() == pytest.approx([1, 1], abs=1e-3)


def test_a_trial_narrows_the_range_by_what_it_leaves(market):
    found = sizing.better_information(market, trials=["b: 4", "a 0.9 .. 1.1; b 3.5 .. 4.5", "a: 0.1 .. 10"])
    trials = found.frame[found.frame["kind"] == "trial"].reset_index()
    z = norm.ppf(0.9)
    assert trials["estimate"][0] == pytest.approx(1 - np.sinh(z * 0.3) / np.sinh(z * SD), abs=2e-3)
    assert trials["estimate"][1] > trials["estimate"][0]
    (check,) = found.checks
    assert not check.passed and check.saw == "a at 0.1 to 10"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"trials": ["som: 3"]},
            "trial 'som: 3': som is a formula, of which no study brings a range; name a leaf",
        ),
        ({"trials": ["d: 3"]}, "'d' is no node of the tree"),
        (
            {"threshold": "a > 1"},
            "threshold 'a > 1': it is of a, and the question of som; write som, or change focus",
        ),
        ({"threshold": "som between 1 and 2"}, "a decision hangs on one bar; write som > 2"),
        ({"threshold": "much"}, "found 'much' where a number is due"),
    ],
)
def test_what_no_information_can_be_about_is_refused(market, asked, said):
    with pytest.raises(ValueError) as told:
        sizing.better_information(market, **asked)
    assert said in str(told.value) and "\n" not in str(told.value)


def test_what_hardly_varies_is_said_without_zeros():
    sum_ = sizing.tree("s [car] = a + b\na [car] = 100 .. 200 normal\nb [car] = 300 .. 600 normal")
    assert "give or take less than 0.1 points" in sizing.chance(sum_, "s > 1").finding
    assert "depending on the finding" not in sizing.better_information(sum_).headline  # of a sum: always 68%
