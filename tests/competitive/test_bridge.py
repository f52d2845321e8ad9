"""Who won share from whom, and at which prices."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.competitive import price_thirds, share_bridge
from pmlib.competitive.thirds import THIRDS
from pmlib.data import source
from pmlib.result import Absent

quick = settings(max_examples=15, deadline=None)

RIVALS = ["General Motors", "Honda", "Toyota", "Chrysler"]
products = st.lists(
    st.tuples(st.sampled_from("ABC"), st.floats(0.1, 100), st.floats(1, 50)), min_size=1, max_size=8
)


@pytest.fixture(scope="module")
def bridge(us_cars):
    return share_bridge(us_cars.window(1980, 1990), focal="Ford", rivals=RIVALS)


def test_who_won_and_lost_among_us_cars(bridge):
    change = bridge.frame.set_index("firm")["change"]
    assert change[["General Motors", "Ford", "Honda"]].tolist() == pytest.approx(
        [-0.1093, 0.0346, 0.0387], abs=5e-5
    )
    status = bridge.frame.set_index("firm")["status"]
    assert status[["Ford", "Hyundai", "AMC"]].tolist() == ["stayed", "entered", "left"]


def test_what_a_reader_is_told(bridge):
    assert bridge.title == "Ford gained 3.5 points since 1980; General Motors lost 10.9"
    assert bridge.headline == (
        "Since 1980 General Motors lost 10.9 points; Honda gained 3.9, Ford 3.5. "
        "Watch Honda: it grew most in the middle price third."
    )
    assert bridge.advice == (
        "Build on the dearest price third (Ford +3.4 points); contest the middle one (Honda +5.8)."
    )
    assert bridge.finding == (
        "From 1980 to 1990 Ford gained 3.5 points, to 22.2% of units sold, most in the dearest price third; "
        "General Motors lost 10.9, Honda gained 3.9."
    )


def test_a_firm_that_lost_is_told_where_to_defend(us_cars):
    bridge = share_bridge(us_cars, focal="Chrysler", rivals=["Honda"])
    assert bridge.title == "Chrysler lost 4.0 points since 1971; General Motors lost 10.1"
    assert bridge.advice == ("Defend the cheapest price third (Chrysler −3.1 points, General Motors +4.3).")


def test_a_small_change_is_not_news(us_cars):
    bridge = share_bridge(us_cars.window(1980, 1990), focal="Chrysler", rivals=["Ford"], materiality=0.02)
    assert bridge.title == "Chrysler held its share; General Motors lost 10.9 points"
    assert bridge.headline.startswith("Since 1980 Ford gained 3.5 points; Chrysler held its share.")


@quick
@given(products, products)
def test_changes_add_up_to_nothing_and_thirds_to_the_change(then, now):
    rows = [
        (firm, units, price, year)
        for year, sold in ((2000, then), (2001, now))
        for firm, units, price in sold
    ]
    frame = pd.DataFrame(rows, columns=["firm", "units", "price", "period"])
    toys = source(frame)
    if frame["firm"].nunique() < 2:
        return
    changes = share_bridge(toys, focal=frame["firm"].iloc[0]).frame
    assert changes["change"].sum() == pytest.approx(0, abs=1e-9)
    assert changes[THIRDS].sum(axis=1).tolist() == pytest.approx(changes["change"].tolist(), abs=1e-9)
    assert changes[THIRDS].sum().tolist() == pytest.approx(
        [0, 0, 0], abs=1e-9
    )  # a third is a third in both years


def test_thirds_are_of_what_was_sold_in_the_period():
    # Year one: A sells the cheapest third, B the rest. Year two: A sells the dearest third.
    frame = pd.DataFrame(
        {
            "period": [2000] * 3 + [2001] * 3,
            "firm": list("ABB") + list("BBA"),
            "price": [1, 2, 3] * 2,
            "units": 1,
        }
    )
    moves = share_bridge(source(frame), focal="A").frame.set_index("firm")
    assert moves.loc["A", ["change", *THIRDS]].tolist() == pytest.approx([0, -1 / 3, 0, 1 / 3])


def test_the_bars_show_those_asked_for_and_sum_to_nothing(bridge):
    bars = bridge.bars()
    assert {"Ford", *RIVALS} <= set(bars["firm"])
    assert len(bars) == 10
    assert bars["change"].sum() == pytest.approx(0, abs=1e-9)
    assert "<svg" in bridge.chart()


def test_without_prices_there_are_no_thirds(us_cars):
    bare = source(us_cars.frame[["product", "firm", "period", "share"]])
    bridge = share_bridge(bare, focal="Ford", rivals=RIVALS)
    assert bridge.frame[THIRDS].isna().all(axis=None)
    assert bridge.advice == ""
    assert "third" not in bridge.headline
    assert "third" not in bridge.subtitle


def test_a_missing_price_is_said(us_cars):
    price = us_cars.frame["price"].where(us_cars.frame.index > 0)
    bridge = share_bridge(source(us_cars.frame.assign(price=price)), focal="Ford")
    assert [check.passed for check in bridge.checks] == [True, False]


def test_one_period_without_prices_leaves_no_thirds_to_any_firm():
    frame = pd.DataFrame(
        {"firm": list("BAB"), "period": [2000, 2001, 2001], "units": 1, "price": [None, 2.0, 3]}
    )
    bridge = share_bridge(source(frame), focal="A")
    assert bridge.frame[THIRDS].isna().all(axis=None)
    assert bridge.advice == ""
    assert [check.passed for check in bridge.checks] == [True, False]


def test_what_nobody_bought_needs_no_price():
    frame = pd.DataFrame(
        {
            "firm": list("ABC") * 2,
            "period": [2000] * 3 + [2001] * 3,
            "units": [1, 2, 0] * 2,
            "price": [1, 2, None] * 2,
        }
    )
    bridge = share_bridge(source(frame), focal="A")
    assert bridge.frame[THIRDS].notna().all(axis=None)
    assert price_thirds(source(frame), focal="A").kind == "result"


def test_a_price_below_nothing_is_refused(us_cars):
    price = us_cars.frame["price"].where(us_cars.frame.index != 3, -2.0)
    with pytest.raises(
        ValueError, match=r'cars: price of ".+" in 1971 is -2; prices are above 0: correct it'
    ):
        share_bridge(source(us_cars.frame.assign(price=price), "cars"), focal="Ford")


def test_firms_whose_names_look_alike_have_numbers_of_their_own():
    frame = pd.DataFrame(
        {"firm": ["C", "C++", "C#"] * 2, "period": [2000] * 3 + [2001] * 3, "units": range(1, 7)}
    )
    bridge = share_bridge(source(frame), focal="C", rivals=["C++", "C#"])
    assert [n.name for n in bridge.numbers] == [
        "focal_share_change", "c_3_share_change", "c_2_share_change",
    ]  # fmt: skip


def test_when_it_is_absent(us_cars, cars_1993):
    assert (
        share_bridge(cars_1993, focal="Ford").reason
        == "The data (Cars on sale in the US, 1993) have no sales."
    )
    assert "only one period" in share_bridge(us_cars.window(1990, 1990), focal="Ford").reason
    gone = share_bridge(us_cars.window(1975, 1983), focal="Capri (Ford Europe)")
    assert isinstance(gone, Absent)
    assert gone.reason == "Capri (Ford Europe) sold nothing in 1975 or in 1983."


def test_the_source_is_left_alone(us_cars):
    before = us_cars.frame.copy()
    share_bridge(us_cars, focal="Ford")
    pd.testing.assert_frame_equal(us_cars.frame, before)
