"""Adoption goes through the points that a text names, or as that of analogues did."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib import data, impact
from pmlib.impact.calendar import STEPS
from pmlib.impact.feature.adoption import adoption_of
from pmlib.impact.feature.analogues import adoption_like
from pmlib.stats.adoption import CURVES

DAY, MONTH = STEPS[0], STEPS[2]
MIDDLE = np.zeros((2, 1))


def test_a_curve_goes_through_the_points_that_it_names():
    curve = adoption_of("half in 6 weeks, 90% in 16 weeks", DAY)
    assert curve.shares(MIDDLE, np.array([-1.0, 0, 42, 112])) == pytest.approx(np.array([[0, 0, 0.5, 0.9]]))
    assert not curve.uncertain
    other = adoption_of("logistic 20% in 1 .. 3 weeks, 60% in 2 months", DAY)
    middle = np.sqrt(3) * 7
    assert other.shares(MIDDLE, np.array([middle, 2 * 365.25 / 12])) == pytest.approx(np.array([[0.2, 0.6]]))
    assert other.uncertain


def test_bass_is_bass_and_its_rates_are_of_a_period_unless_they_say():
    days = np.array([30.0, 180.0, 600.0])
    wanted = CURVES["bass"].share(days * 12 / 365.25, *CURVES["bass"].inner(0.03, 0.4))
    assert adoption_of("bass p=.03 q=.4 a month", DAY).shares(MIDDLE, days)[0] == pytest.approx(wanted)
    unsaid = adoption_of("bass p=0.03, q=0.4", MONTH)
    assert unsaid.shares(MIDDLE, days)[0] == pytest.approx(wanted)
    assert unsaid.words.endswith("a month")


def test_at_once_is_at_once_and_a_ceiling_is_kept_apart():
    curve = adoption_of("at once, at most 40% .. 60%", DAY)
    assert curve.shares(MIDDLE, np.array([-0.5, 0.5])).tolist() == [[0, 1]]
    assert curve.ceiling.ends(0.9) == pytest.approx((0.4, 0.6))


@given(first=st.integers(1, 20), wide=st.integers(1, 10), gap=st.integers(1, 30), score=st.floats(-4, 4))
@settings(max_examples=30, deadline=None)
def test_adoption_rises_from_nothing_towards_all(first, wide, gap, score):
    second = first + wide + gap
    text = f"half in {first} .. {first + wide} days, 90% in {second} .. {second + wide} days"
    try:
        curve = adoption_of(text, DAY)
    except ValueError:
        return  # times that cross in far draws
    shares = curve.shares(np.full((2, 1), score), np.linspace(0, 400, 101))[0]
    assert shares[0] == 0 and (np.diff(shares) >= 0).all() and shares[-1] <= 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("half in 6 weeks", 'write "at once", "half in 6 weeks, 90% in 16 weeks"'),
        ("90% in 6 weeks, half in 16 weeks", "the second share is not above the first"),
        ("half in 16 weeks, 90% in 6 weeks", "the second time is not always after the first"),
        ("half in 6 moons, 90% in 16 weeks", "'moons' is no time; write days, weeks, months or years"),
        ("half in x weeks, 90% in 16 weeks", "adoption, half in: found 'x' where a number is due"),
        ("half in 6 weeks, 100% in 16 weeks", "100% is no part of those who ever will; write 1% to 99%"),
        ("half way, 90% in 16 weeks", "found 'half way'; write a share and a time, as in half in 6 weeks"),
        ("bass p=0 q=.4", "p lies above 0 and below 1, q above 0"),
        ("at once, at most 120%", "adoption, at most: 120% is above 100%"),
        (7, "adoption is 7; write"),
    ],
)
def test_what_is_no_adoption_is_refused_in_one_line(text, said):
    with pytest.raises(ValueError, match=r"^adoption") as refused:
        adoption_of(text, DAY)
    assert said in str(refused.value) and "\n" not in str(refused.value)


def histories(count, *, noise=0.02, seed=1):
    """Monthly sales of Bass curves whose p and q scatter around .02 and .3."""
    random = np.random.default_rng(seed)
    rows = []
    for i in range(count):
        p, q = 0.02 * np.exp(0.2 * random.normal()), 0.3 * np.exp(0.1 * random.normal())
        upto = CURVES["bass"].share(np.arange(31.0), *CURVES["bass"].inner(p, q))
        sold = 1000 * np.diff(upto) * np.exp(noise * random.normal(size=30))
        dates = pd.date_range("2015-01-01", periods=30, freq="MS")
        rows.append(pd.DataFrame({"product": f"app {i}", "period": dates, "units": sold}))
    return data.source(pd.concat(rows, ignore_index=True), "apps")


def test_analogues_give_their_own_rates_and_how_far_those_lie_apart():
    like = adoption_like(histories(24), "t")
    month = 365.25 / 12
    assert np.exp(np.log(like.innovation * month).mean()) == pytest.approx(0.02, rel=0.15)
    assert np.exp(np.log(like.imitation * month).mean()) == pytest.approx(0.3, rel=0.1)
    assert np.log(like.innovation).std(ddof=1) == pytest.approx(0.2, rel=0.4)
    draws = like.shares(
        np.random.default_rng(1).normal(size=(2, 2000)), np.array([0.0, 6 * month, 400 * month])
    )
    assert draws[:, 0].max() == 0 and draws[:, 2].min() == pytest.approx(1)
    assert np.median(draws[:, 1]) == pytest.approx(
        float(CURVES["bass"].share(np.array(6.0), *CURVES["bass"].inner(0.02, 0.3))), rel=0.15
    )


def test_a_feature_may_be_taken_up_as_others_were(foretold):
    found = impact.feature(
        foretold(24, step="month"), effect="2%", reach="40%", analogues=histories(5), draws=500
    )
    assert "like that of 5 others" in found.subtitle
    assert found.gain_high > found.gain_low > 0


def test_too_few_analogues_or_none_are_said_to_be(foretold):
    few = impact.feature(foretold(), effect="2%", reach="40%", analogues=histories(3))
    assert few.reason == "apps has 3 histories, too few to see how they differ."
    bare = data.source(pd.DataFrame({"product": ["a"], "when": [1]}), "apps")
    assert "no column of role period or units or share" in adoption_like(bare, "t").reason


def test_two_rows_of_a_period_are_refused():
    twice = pd.concat([histories(4).frame, histories(4).frame.iloc[[3]]], ignore_index=True)
    with pytest.raises(ValueError, match="a second row of 2015-04-01, app 0; add them up, or keep one"):
        adoption_like(data.source(twice, "apps"), "t")
