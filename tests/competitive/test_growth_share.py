"""The growth-share matrix."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.competitive import growth_share
from pmlib.data import source

quick = settings(max_examples=15, deadline=None)

RIVALS = ["General Motors", "Honda", "Toyota", "Chrysler"]


@pytest.fixture(scope="module")
def matrix(us_cars):
    return growth_share(us_cars.window(1980, 1990), focal="Ford", rivals=RIVALS)


def toys(then, now, **more):
    rows = [("A", 2000, then[0]), ("B", 2000, then[1]), ("A", 2002, now[0]), ("B", 2002, now[1])]
    return source(pd.DataFrame(rows, columns=["firm", "period", "units"]).assign(**more))


def test_growth_is_compound_and_size_is_against_the_largest_other():
    frame = growth_share(toys((100, 50), (121, 242)), focal="A").frame.set_index("firm")
    assert frame["growth"].to_dict() == pytest.approx({"A": 0.1, "B": 1.2})
    assert frame["relative_share"].to_dict() == pytest.approx({"A": 0.5, "B": 2.0})
    assert frame["quadrant"].to_dict() == {"A": "small and slow", "B": "large and fast"}


@quick
@given(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(1, 1e6), st.floats(1, 1e6))
def test_the_relative_shares_of_two_firms_are_each_others_inverse(a, b, c, d):
    first, second = growth_share(toys((a, b), (c, d)), focal="A").frame["relative_share"]
    assert first * second == pytest.approx(1)


def test_what_a_reader_is_told(matrix):
    assert matrix.title == "Ford is behind the leader but outgrows the market"
    assert matrix.headline == (
        "Since 1980 Ford grew 2.0% a year, faster than the market (0.3%); Honda grew 6.1%."
    )
    assert matrix.finding == (
        "Growth a year since 1980: Ford 2.0%, the whole market 0.3%, Honda (the fastest rival) 6.1%. "
        "Ford is 0.59 times as large as General Motors."
    )
    assert "per potential buyer" in matrix.subtitle  # shares of households grow with buyers, not households
    assert "<svg" in matrix.chart()


def test_chosen_lines_are_said(us_cars):
    matrix = growth_share(us_cars.window(1980, 1990), focal="Ford", share_cut=0.5, growth_cut=0.05)
    assert matrix.cuts == (0.5, 0.05)
    assert matrix.title == "Ford is large but slow, by the lines chosen"
    assert "Lines: 0.50 times the largest other firm, 5.0% a year." in matrix.subtitle


def test_growth_can_start_later(us_cars):
    matrix = growth_share(us_cars, focal="Hyundai", since=1986)
    assert matrix.finding.startswith("Growth a year since 1986: Hyundai −7.")
    with pytest.raises(ValueError, match="since is 1990; us_cars has earlier periods from 1971 to 1989"):
        growth_share(us_cars, focal="Ford", since=1990)


def test_a_new_firm_has_no_growth_and_is_said_to_be_new(us_cars):
    matrix = growth_share(us_cars.window(1980, 1990), focal="Hyundai", rivals=["Ford"])
    assert matrix.title == "Hyundai entered the market after 1980"
    assert matrix.frame.set_index("firm").loc["Hyundai", "quadrant"] == "new"
    assert matrix.checks[0].passed
    assert matrix.checks[0].saw.startswith("3.4% of the market: Mitsubishi, Hyundai")


def test_when_it_is_absent(us_cars, cars_1993):
    assert growth_share(cars_1993, focal="Ford").reason == "The data (cars_1993) have no sales."
    assert growth_share(us_cars, focal="AMC").reason == "AMC sold nothing in 1990."
    assert "only one period" in growth_share(us_cars.window(1990, 1990), focal="Ford").reason


def test_the_source_is_left_alone(us_cars):
    before = us_cars.frame.copy()
    growth_share(us_cars, focal="Ford")
    pd.testing.assert_frame_equal(us_cars.frame, before)
