"""At which prices share was won and lost."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.competitive import price_thirds, share_bridge
from pmlib.competitive.thirds import THIRDS, borders, by_third
from pmlib.data import source
from pmlib.result import Absent

RIVALS = ["General Motors", "Honda", "Toyota", "Chrysler"]


@pytest.fixture(scope="module")
def thirds(us_cars):
    return price_thirds(us_cars.window(1980), focal="Ford", rivals=RIVALS)


def test_what_a_reader_is_told(thirds):
    assert thirds.title == "Honda gained most, in the middle price third"
    assert thirds.finding == (
        "Since 1980 Ford gained most in the dearest price third (+3.4 points); "
        "Honda gained most in the middle one (+5.8 points)."
    )
    assert thirds.heads[1].startswith("Middle, $")


def test_it_agrees_with_the_bridge(us_cars, thirds):
    bridge = share_bridge(us_cars.window(1980), focal="Ford", rivals=RIVALS).frame.set_index("firm")
    pd.testing.assert_frame_equal(
        thirds.moves.sort_index(), bridge[THIRDS].sort_index(), check_names=False, check_like=True
    )


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.floats(0.1, 100), st.sampled_from([1.0, 2.0, 5.0, 9.0])),
        min_size=1,
    )
)
def test_each_third_holds_a_third_of_what_was_sold(rows):
    sold = pd.DataFrame(rows, columns=["firm", "volume", "price"])
    parts = by_third(sold)
    assert parts[THIRDS].sum().tolist() == pytest.approx([1 / 3] * 3)
    assert parts[THIRDS].sum(axis=1).tolist() == pytest.approx(parts["share"].tolist())
    low, high = borders(sold)
    assert sold["price"].min() <= low <= high <= sold["price"].max()


def two_years(**changed):
    frame = pd.DataFrame(
        {
            "year": [2000, 2000, 2001, 2001],
            "firm": ["A", "B"] * 2,
            "units": [5, 5, 5, 5],
            "price": [1.0, 2, 1, 2],
        }
    ).assign(**changed)
    return source(frame.assign(product=range(4)), "made_up", period="year", product="product")


def test_nothing_that_moved_is_said_with_the_bar():
    result = price_thirds(two_years(), focal="A", rivals=["B"], materiality=0.02)
    assert result.title == "No firm here gained share at any price"
    assert result.finding == "Since 2000 no third moved by 2.0 points for A or a rival."


def test_without_rivals_those_that_moved_most_are_shown(us_cars):
    assert price_thirds(us_cars.window(1980), focal="Ford").shown[:2] == ("Ford", "General Motors")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"price": [1.0, None, 1, 2]}, "Some products of 2000 or 2001 have no price."),
        ({"year": [2000] * 4}, "The data (made_up) have only one period."),
    ],
)
def test_what_is_missing_is_said(changed, reason):
    absent = price_thirds(two_years(**changed), focal="A")
    assert isinstance(absent, Absent)
    assert absent.reason == reason


def test_a_price_of_nothing_is_refused():
    with pytest.raises(
        ValueError, match='made_up: price of "1" in 2000 is 0; prices are above 0: correct it'
    ):
        price_thirds(two_years(price=[1.0, 0, 1, 2]), focal="A")


def test_it_is_absent_without_sales(cars_1993):
    assert (
        price_thirds(cars_1993, focal="Ford").reason
        == "The data (Cars on sale in the US, 1993) have no sales."
    )
