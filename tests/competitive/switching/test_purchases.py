"""Purchases in their order, and what is refused because it has none."""

import pandas as pd
import pytest

from pmlib import data
from pmlib.competitive.switching.purchases import purchases
from pmlib.result import Absent


def choices(**changes):
    rows = {
        "who": [1, 1, 1, 1, 2, 2],
        "trip": [2, 2, 1, 1, 1, 1],
        "brand": ["a", "b", "a", "b", "a", "b"],
        "bought": [1, 0, 0, 1, 1, 0],
    }
    frame = pd.DataFrame(rows | changes)
    return data.source(frame, "panel", chooser="who", occasion="trip", product="brand", chosen="bought")


def log(when="period", **changes):
    rows = {
        "who": [1, 1, 2],
        "day": pd.to_datetime(["2026-01-02", "2026-01-01", "2026-01-01"]),
        "brand": list("aba"),
    }
    return data.source(pd.DataFrame(rows | changes), "till", chooser="who", product="brand", **{when: "day"})


def names(bought):
    return [(who, bought.brands[brand]) for who, brand in zip(bought.chooser, bought.brand, strict=True)]


def test_choices_become_one_sequence_a_chooser_in_the_order_of_occasions():
    assert names(purchases("", choices(), "product")) == [(0, "b"), (0, "a"), (1, "a")]


def test_a_log_without_chosen_takes_every_row_as_a_purchase():
    assert names(purchases("", log(), "product")) == [(0, "b"), (0, "a"), (1, "a")]


def test_rows_in_any_order_give_the_same_sequences():
    for source in (choices(), log()):
        mixed = data.source(source.frame.sample(frac=1, random_state=3), "panel")
        first, second = purchases("", source, "product"), purchases("", mixed, "product")
        assert names(first) == names(second)


def test_brands_may_be_firms():
    source = data.source(choices().frame.assign(firm=list("xyxyxy")), "panel")
    assert purchases("", source, "firm").brands == ("x", "y")


def test_the_most_bought_brand_comes_first_and_equals_by_name():
    assert purchases("", choices(), "product").brands == ("a", "b")


@pytest.mark.parametrize(
    ("bought", "says"),
    [
        ([1, 1, 0, 1, 1, 0], "panel: several were chosen in occasion 2 of chooser 1"),
        ([0, 0, 0, 1, 1, 0], "panel: nothing was chosen in occasion 2 of chooser 1"),
    ],
)
def test_an_occasion_has_one_chosen(bought, says):
    with pytest.raises(ValueError, match=says):
        purchases("", choices(bought=bought), "product")


@pytest.mark.parametrize(("column", "role"), [("brand", "product"), ("trip", "occasion"), ("who", "chooser")])
def test_a_blank_is_refused_by_row(column, role):
    values = [*choices().frame[role].astype(object)]
    values[3] = None
    with pytest.raises(ValueError, match=f"panel, row 3: {role} is missing; fill it in"):
        purchases("", choices(**{column: values}), "product")


def test_occasions_in_words_have_no_order():
    trips = ["second", "second", "first", "first", "first", "first"]
    with pytest.raises(ValueError, match=r"panel: occasion holds words .*whose order is not known; number"):
        purchases("", choices(trip=trips), "product")


def test_occasions_in_words_do_where_the_order_does_not_matter():
    trips = ["second", "second", "first", "first", "first", "first"]
    assert len(purchases("", choices(trip=trips), "product", ordered=False).brand) == 3


def test_occasions_in_words_are_ordered_by_their_period():
    source = data.source(
        choices(trip=["second", "second", "first", "first", "first", "first"]).frame.assign(
            period=[2002, 2002, 2001, 2001, 2001, 2001]
        ),
        "panel",
    )
    assert names(purchases("", source, "product")) == [(0, "b"), (0, "a"), (1, "a")]


def test_two_purchases_on_one_day_have_no_order():
    with pytest.raises(
        ValueError, match=r"till: chooser 1 has 2 purchases in period 2026-01-01 \(a and b\), whose"
    ):
        purchases("", log(day=pd.to_datetime(["2026-01-01"] * 3)), "product")


def test_an_unknown_base_is_refused():
    with pytest.raises(ValueError, match='by is "colour"; write "product" or "firm"'):
        purchases("", choices(), "colour")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            data.source(pd.DataFrame({"product": ["a"]}), "t"),
            "no chooser column and no occasion or period column",
        ),
        (
            data.source(pd.DataFrame({"chooser": [1, 1], "occasion": [1, 2], "product": ["a", "a"]}), "t"),
            "only one product bought, a",
        ),
        (
            data.source(pd.DataFrame({"chooser": [1], "occasion": [1], "chosen": [1]}), "t"),
            "no product column",
        ),
    ],
)
def test_a_table_that_cannot_tell_says_why(source, reason):
    found = purchases("Switching", source, "product")
    assert isinstance(found, Absent) and reason in found.reason


def test_the_input_is_left_alone():
    source = choices()
    before = source.frame.copy()
    purchases("", source, "product")
    pd.testing.assert_frame_equal(source.frame, before)
