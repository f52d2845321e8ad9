"""Shares of the newest period, and their path."""

import re

import pandas as pd
import pytest

from pmlib.competitive import market_shares, share_trend
from pmlib.data import source
from pmlib.result import Absent

RIVALS = ["General Motors", "Honda", "Toyota", "Chrysler"]


@pytest.fixture(scope="module")
def shares(us_cars):
    return market_shares(us_cars.window(1980, 1990), focal="Ford", rivals=RIVALS)


def test_shares_of_us_cars_in_1990(shares):
    # reference/competitive.md, V10: computed from the shipped table.
    newest = shares.frame[shares.frame["period"] == "1990"].set_index("firm")
    assert newest["share"].head(5).to_dict() == {
        "General Motors": pytest.approx(0.37506, abs=5e-6),
        "Ford": pytest.approx(0.22229, abs=5e-6),
        "Honda": pytest.approx(0.08964, abs=5e-6),
        "Toyota": pytest.approx(0.08961, abs=5e-6),
        "Chrysler": pytest.approx(0.08434, abs=5e-6),
    }
    assert newest["share_of_all"].sum() == pytest.approx(0.092199, abs=1e-6)
    assert newest["revenue_share"].sum() == pytest.approx(1)


def test_what_a_reader_is_told(shares):
    assert shares.title == "General Motors leads; Ford is number 2 of 20"
    assert shares.headline == (
        "In 1990 General Motors leads with 37.5% of units sold; Ford has 22.2%, Honda 9.0%."
    )
    assert shares.finding == (
        shares.headline[:-1] + ", Toyota 9.0%, Chrysler 8.4%; the other 15 firms share 13.9%."
    )
    assert shares.subtitle == ("Share of units sold, 1990, among those who bought: 9.2% of potential buyers.")


def test_numbers_are_named_after_firms(shares):
    assert [n.name for n in shares.numbers] == [
        "focal_share", "general_motors_share", "honda_share", "toyota_share", "chrysler_share",
    ]  # fmt: skip
    assert str(shares.numbers[0]) == "22.2%"
    assert shares.numbers[0].level is None  # a census


def test_the_leader_has_a_number_even_when_nobody_asked(us_cars):
    alone = market_shares(us_cars.window(1990, 1990), focal="Honda")
    assert [n.name for n in alone.numbers] == ["focal_share", "leader_share"]
    assert "Ford" in alone.finding  # two other large firms stand in for rivals


def test_the_bars_hold_the_whole_market_with_other_last(shares):
    bars = shares.bars()
    assert bars["share"].sum() == pytest.approx(1)
    assert bars["firm"].iloc[-1] == "Other (12 firms)"
    assert {"Ford", *RIVALS} <= set(bars["firm"])


def test_revenue_shares_say_that_they_are(us_cars):
    shares = market_shares(us_cars.window(1990, 1990), focal="Ford", rivals=RIVALS, basis="revenue")
    assert shares.subtitle.startswith("Share of revenue (units times price), 1990,")
    assert shares.numbers[0].value == pytest.approx(0.22594, abs=1e-5)


def test_a_firm_that_left_has_none(us_cars):
    shares = market_shares(us_cars, focal="AMC", rivals=["Ford"])
    assert shares.title == "General Motors leads; AMC is no longer sold"
    assert shares.headline.endswith("Ford has 22.2%, AMC none.")


def units(**firms):
    return source(pd.DataFrame({"product": list(firms), "firm": list(firms), "units": list(firms.values())}))


def test_a_table_without_periods_prices_or_outsiders():
    shares = market_shares(units(Ox=3, Elk=1), focal="Ox")
    assert shares.title == "Ox leads 2 firms"
    assert shares.finding == "Ox leads with 75.0% of units sold; Elk has 25.0%."
    assert shares.subtitle == "Share of units sold."
    assert shares.frame[["share_of_all", "revenue_share"]].isna().all(axis=None)
    assert market_shares(units(Ox=2, Elk=2), focal="Ox").title == "Ox shares the lead of 2 firms"


def test_an_empty_price_column_is_no_price():
    table = units(Ox=3, Elk=1)
    shares = market_shares(source(table.frame.assign(price=float("nan"))), focal="Ox")
    assert shares.frame["revenue_share"].isna().all()
    assert shares.checks == ()


def test_shares_that_add_up_to_one_leave_no_outsiders():
    frame = pd.DataFrame({"product": ["a", "b"], "firm": ["a", "b"], "share": [0.6, 0.4]})
    shares = market_shares(source(frame), focal="a")
    assert shares.frame["share_of_all"].isna().all()
    assert "among those" not in shares.subtitle


def test_missing_prices_are_counted(us_cars):
    cars = us_cars.window(1990, 1990)
    price = cars.frame["price"].where(cars.frame.index > 0)
    shares = market_shares(source(cars.frame.assign(price=price), "cars"), focal="Ford")
    assert [c.passed for c in shares.checks] == [False]
    assert shares.checks[0].saw.startswith("1 of 131 rows left out, the first is")


def test_without_sales_it_is_absent(cars_1993):
    for function in (market_shares, share_trend):
        absent = function(cars_1993, focal="Ford")
        assert isinstance(absent, Absent)
        assert absent.reason == "The data (cars_1993) have no sales."


def test_the_trend_names_the_best_and_the_worst_year(us_cars):
    trend = share_trend(us_cars.window(1980, 1990), focal="Ford", rivals=RIVALS)
    assert trend.title == "Ford's share peaked in 1989"
    assert trend.finding == (
        "Ford's share of units sold was between 17.8% (1983) and 22.9% (1989); in 1990 it was 22.2%."
    )
    assert share_trend(us_cars, focal="Honda").title == "Honda's share is at its highest since 1971"
    assert share_trend(us_cars, focal="AMC").title == "AMC was last sold in 1989"
    assert isinstance(share_trend(us_cars.window(1990, 1990), focal="Ford"), Absent)


def test_the_source_is_left_alone(us_cars):
    before = us_cars.frame.copy()
    market_shares(us_cars, focal="Ford")
    share_trend(us_cars, focal="Ford")
    pd.testing.assert_frame_equal(us_cars.frame, before)


def test_charts_are_drawn(shares, us_cars):
    assert "Other (12 firms)" in re.sub(r"\s+", " ", shares.chart())
    assert "<svg" in share_trend(us_cars, focal="Ford", rivals=RIVALS).chart()
