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
        "Since 1980 Ford's sales per potential buyer grew 2.0% a year, faster than the market's (0.3%); "
        "Honda's grew 6.1%."
    )
    assert matrix.finding == (
        "Yearly growth of sales per potential buyer since 1980: Ford 2.0%, the whole market 0.3%, "
        "Honda (the fastest rival) 6.1%. "
        "Ford is 0.59 times as large as General Motors."
    )
    assert "per potential buyer" in matrix.subtitle  # shares of households grow with buyers, not households
    assert matrix.numbers[0].label == "growth a year of Ford's sales per potential buyer"
    assert "<svg" in matrix.chart()


def test_chosen_lines_are_said(us_cars):
    matrix = growth_share(us_cars.window(1980, 1990), focal="Ford", share_cut=0.5, growth_cut=0.05)
    assert matrix.cuts == (0.5, 0.05)
    assert matrix.title == "Ford is large but slow, by the lines chosen"
    assert "Lines: 0.50 times the largest other firm, 5.0% a year." in matrix.subtitle


def test_growth_can_start_later(us_cars):
    matrix = growth_share(us_cars, focal="Hyundai", since=1986)
    assert matrix.finding.startswith("Yearly growth of sales per potential buyer since 1986: Hyundai −7.")
    with pytest.raises(ValueError, match="since is 1990; us_cars has earlier periods from 1971 to 1989"):
        growth_share(us_cars, focal="Ford", since=1990)


def whole(then, now):
    rows = [("A", 2000, then), ("B", 2000, 1 - then), ("A", 2001, now), ("B", 2001, 1 - now)]
    return source(pd.DataFrame(rows, columns=["firm", "period", "share"]))


def test_shares_that_add_up_to_one_do_not_tell_whether_the_market_grew():
    matrix = growth_share(whole(0.4, 0.5), focal="A", rivals=["B"])
    assert [n.name for n in matrix.numbers] == ["focal_growth", "focal_relative_share"]
    assert matrix.numbers[0].label == "growth a year of A's share"
    assert matrix.headline == "Since 2000 A's share grew 25.0% a year; B's grew −16.7%."
    assert matrix.finding == (
        "Yearly growth of share since 2000: A 25.0%, B (the fastest rival) −16.7%. "
        "A is 1.00 times as large as B."
    )
    assert matrix.title == "A shares the lead and outgrows the market"
    assert "market" not in matrix.headline + matrix.finding + matrix.subtitle
    assert matrix.cuts == (1, 0)


@quick
@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_a_firm_outgrows_such_a_market_when_its_share_grew(then, now):
    frame = growth_share(whole(then, now), focal="A").frame.set_index("firm")
    assert frame.loc["A", "growth"] == pytest.approx(now / then - 1)
    assert frame.loc["A", "quadrant"].endswith("fast") == (round(now / then - 1, 12) >= 0)


def test_less_than_a_year_is_not_blown_up_to_one():
    toy = toys((100, 100), (200, 110)).frame
    months = source(toy.assign(period=pd.to_datetime(["2001-01-01"] * 2 + ["2001-02-01"] * 2)))
    matrix = growth_share(months, focal="A", rivals=["B"])
    assert matrix.frame["growth"].tolist() == pytest.approx([1.0, 0.1])
    assert matrix.headline == (
        "Since Jan 2001 A's unit sales grew 100.0%, faster than the market's (55.0%); B's grew 10.0%."
    )
    assert matrix.columns["growth"].label == "Growth since Jan 2001"
    said = [matrix.finding, matrix.subtitle, *(n.label for n in matrix.numbers)]
    assert not any("year" in words for words in said)


def test_the_bubbles_are_called_by_what_they_are():
    bare = toys((100, 50), (121, 242))
    assert growth_share(bare, focal="A").columns["size"].label == "Share of units sold"
    matrix = growth_share(toys((100, 50), (121, 242), price=2.0), focal="A")
    assert matrix.columns["size"].label == "Share of revenue"
    gappy = toys((100, 50), (121, 242), price=[1, 1, 1, None])
    assert growth_share(gappy, focal="A").columns["size"].label == "Share of units sold"


def test_a_single_seller_has_nobody_to_be_larger_than():
    assert growth_share(toys((5, 5), (5, 0)), focal="A").reason == "Only A sold anything in 2002."


def test_a_new_firm_has_no_growth_and_is_said_to_be_new(us_cars):
    matrix = growth_share(us_cars.window(1980, 1990), focal="Hyundai", rivals=["Ford"])
    assert matrix.title == "Hyundai entered the market after 1980"
    assert matrix.frame.set_index("firm").loc["Hyundai", "quadrant"] == "new"
    assert matrix.checks[0].passed
    assert matrix.checks[0].saw.startswith("3.4% of the market: Mitsubishi, Hyundai")


def test_when_it_is_absent(us_cars, cars_1993):
    assert (
        growth_share(cars_1993, focal="Ford").reason
        == "The data (Cars on sale in the US, 1993) have no sales."
    )
    assert growth_share(us_cars, focal="AMC").reason == "AMC sold nothing in 1990."
    assert "only one period" in growth_share(us_cars.window(1990, 1990), focal="Ford").reason


def test_the_source_is_left_alone(us_cars):
    before = us_cars.frame.copy()
    growth_share(us_cars, focal="Ford")
    pd.testing.assert_frame_equal(us_cars.frame, before)
