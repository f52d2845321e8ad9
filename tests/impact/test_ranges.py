"""Short texts of analysts mean what they mean in a driver tree, or are refused in one line."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.impact.ranges import law
from pmlib.sizing.drivers.leaf import of_value
from pmlib.sizing.drivers.unit_text import unit

SCORES = np.linspace(-3, 3, 13)


@pytest.mark.parametrize(
    ("text", "kind", "declared"),
    [
        ("35% .. 60%", "share", "%"),
        ("2% .. 4% .. 9%", "share", "%"),
        ("40% +- 5 points", "share", "%"),
        ("35% .. 60% (80%)", "share", "%"),
        ("0% .. 5% uniform", "share", "%"),
        ("10% .. 30% beta", "share", "%"),
        ("10% .. 20% .. 30% triangular", "share", "%"),
        ("-1% .. 6%", "change", "%/year"),
        ("2% .. 4% .. 9%", "change", "%/year"),
        ("1.2 .. 1.8", "size", "1"),
        ("-2 .. 5 normal", "size", "1"),
        ("1.5 M", "size", "1"),
        ("20 k .. 30 k", "size", "1"),
        ("100 +- 10%", "size", "1"),
        ("12", "size", "1"),
    ],
)
def test_a_range_means_what_it_means_in_market_sizing(text, kind, declared):
    there = of_value(text, unit(declared)).law
    here = law(text, kind, "reach")
    assert here.at(SCORES) == pytest.approx(there.at(SCORES), rel=1e-12)
    assert here.kind == there.kind


def test_a_range_is_a_90_percent_interval_unless_it_says_so():
    assert law("1% .. 6%", "change", "effect").ends(0.9) == pytest.approx((0.01, 0.06))
    assert law("1% .. 6% (80%)", "change", "effect").ends(0.8) == pytest.approx((0.01, 0.06))


def test_amounts_may_be_written_as_they_are_spoken():
    assert law("$200k", "size", "cost", money="$").median == 200_000
    assert law("1.5 million", "size", "cost").median == 1_500_000
    assert law(".5 .. 2", "size", "value").ends(0.9) == pytest.approx((0.5, 2))
    assert law(0.4, "share", "reach").median == 0.4
    assert law("−3%..1%", "change", "effect").ends(0.9) == pytest.approx((-0.03, 0.01))


@given(
    low=st.integers(1, 60), wide=st.integers(1, 39), scores=st.lists(st.floats(-6, 6), min_size=2, max_size=9)
)
@settings(max_examples=30, deadline=None)
def test_shares_stay_shares_and_rise_with_the_score(low, wide, scores):
    values = law(f"{low}% .. {low + wide}%", "share", "reach").at(np.sort(scores))
    assert ((values > 0) & (values < 1)).all()
    assert (np.diff(values) >= 0).all()


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("60% .. 35%", "share", "reach: 60% .. 35% is not in order; write 35% .. 60%"),
        ("35% .. 35%", "share", "reach: two points of 35% .. 35% are the same; write it once, or move one"),
        ("abc", "share", "reach: found 'abc' where a number is due in 'abc'; write one such as 30% .. 50%"),
        ("", "size", "reach: found nothing where a number is due in ''; write one such as 1.2 .. 1.8"),
        ("35", "share", "reach: 35 has no %; write 35%"),
        ("110%", "share", "reach: 110% is above 100%, which no share can be"),
        ("-5%", "share", "reach: -5% is below 0%, which no share can be"),
        ("12%", "size", "reach: 12% stands where an amount is due; write one such as 1.2 .. 1.8"),
        (
            "-1 .. 2",
            "size",
            "reach: -1 is negative, which no size is; write `normal` after it where it may be",
        ),
        ("€5", "size", "reach: found €5; write amounts in $"),
        ("1,5", "size", "reach: found '1,5' where a number is due in '1,5'; write one such as 1.2 .. 1.8"),
        (
            "5% +- 2%",
            "change",
            "reach: +- 2% may be points or a part of it; write +- 2 points, or low .. high",
        ),
        ("1 .. 2 +- 1", "size", "reach: '1 .. 2 +- 1' is a range, which takes no band; write one of the two"),
        ("5 +- 0", "size", "reach: the band +- 0 is not above 0; write a larger one, or none"),
        (
            "1 .. 2 .. 3 .. 4",
            "size",
            "reach: '1 .. 2 .. 3 .. 4' holds 4 points; write low .. high, or low .. median .. high",
        ),
        (
            "0% .. 5%",
            "share",
            "reach: 0% is no end of a logit-normal law; write 0.1% or 99.9%, or a law: uniform",
        ),
        ("1 .. 2 (5)", "size", "reach: found '(5)' too many in '1 .. 2 (5)'; take it away"),
        (
            "1 .. 2 (100%)",
            "size",
            "reach: the level 100% is no interval's; write one such as (80%), at most (99.9%)",
        ),
        (
            "12 normal",
            "size",
            "reach: 12 is one point, which has no use for a law or a level; write low .. high",
        ),
        ("-120% .. 5%", "change", "reach: -120% is a fall by more than all of it; write −100% or more"),
        (float("nan"), "share", "reach: nan is not finite; write a number such as 30% .. 50%"),
        (None, "size", "reach: found None; write a text such as 1.2 .. 1.8"),
        ("1e-200 .. 1e200", "size", None),
    ],
)
def test_what_is_no_range_is_refused_in_one_line(text, kind, said):
    with pytest.raises(ValueError, match=r"^reach: ") as refused:
        law(text, kind, "reach", money="$")
    assert "\n" not in str(refused.value)
    if said:
        assert str(refused.value) == said


def test_a_law_that_is_none_is_refused_with_the_ones_there_are():
    with pytest.raises(ValueError, match="value: 'norml' is no law; did you mean 'normal'"):
        law("1 .. 2 norml", "size", "value")
