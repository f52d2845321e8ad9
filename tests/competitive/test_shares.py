"""Shares of the newest period, and their path."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from pmlib.competitive import market_shares, share_trend
from pmlib.data import source
from pmlib.result import Absent
from pmlib.table import Column

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


def test_shares_of_a_market_listed_in_part_are_said_to_be():
    frame = pd.DataFrame({"firm": ["A", "B"], "product": ["a", "b"], "share": [0.5, 0.3]})
    shares = market_shares(replace(source(frame), partial=True), focal="A")
    assert shares.headline == "A leads with 62.5% of units sold by the firms listed; B has 37.5%."
    assert shares.subtitle == (
        "Share of units sold by the firms listed; they hold 80.0% of the market, and who is not listed "
        "the rest."
    )
    assert shares.columns["share_of_all"].label == "Share of the whole market"


def test_units_are_called_what_the_data_call_them_and_a_day_is_on_its_date():
    frame = pd.DataFrame({"firm": ["A", "B"] * 2, "product": ["a", "b"] * 2, "units": [1, 3, 2, 2]})
    frame["period"] = pd.to_datetime(["2025-06-21"] * 2 + ["2025-06-28"] * 2)
    named = source(frame, columns={"units": Column("Downloads (Absolute)")})
    assert (
        market_shares(named, focal="A").headline
        == "On 2025-06-28 A and B share the lead with 50.0% of downloads each."
    )


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
    assert shares.title == "General Motors leads; AMC sold nothing in 1990"
    assert shares.headline.endswith("Ford has 22.2%, AMC none.")


def units(**firms):
    return source(pd.DataFrame({"product": list(firms), "firm": list(firms), "units": list(firms.values())}))


def test_a_table_without_periods_prices_or_outsiders():
    shares = market_shares(units(Ox=3, Elk=1), focal="Ox")
    assert shares.title == "Ox leads 2 firms"
    assert shares.finding == "Ox leads with 75.0% of units sold; Elk has 25.0%."
    assert shares.subtitle == "Share of units sold."
    assert shares.frame[["share_of_all", "revenue_share"]].isna().all(axis=None)


def test_firms_that_share_the_lead_are_named_together():
    third = market_shares(units(A=5, B=5, C=2), focal="C")
    assert third.title == "A and B share the lead; C is number 3"
    assert third.finding == "A and B share the lead with 41.7% of units sold each; C has 16.7%."
    assert third.headline == third.finding
    leader = market_shares(units(A=5, B=5, C=2), focal="B", rivals=["A", "C"])
    assert leader.title == "A and B share the lead"
    assert leader.headline == third.headline
    many = market_shares(units(A=1, B=1, C=1, D=1), focal="B")
    assert many.title == "B and 3 others share the lead"
    assert many.finding == "B and 3 others share the lead with 25.0% of units sold each."
    assert (
        market_shares(units(A=2, B=2, C=2, D=1), focal="D").title == "3 firms share the lead; D is number 4"
    )


def test_rounding_breaks_no_tie():
    frame = pd.DataFrame({"product": list("abc"), "firm": list("AAB"), "share": [0.1, 0.2, 0.3]})
    shares = market_shares(source(frame), focal="A")
    assert shares.title == "A and B share the lead"
    assert shares.frame["rank"].tolist() == [1, 1]


def test_a_firm_that_sold_nothing_has_no_place():
    shares = market_shares(units(A=5, B=3, C=0), focal="C")
    assert shares.title == "A leads; C sold nothing"
    assert shares.headline == "A leads with 62.5% of units sold; B has 37.5%, C none."


def test_a_single_seller_is_said_to_be_one():
    frame = pd.DataFrame({"firm": ["A", "B", "A"], "period": [2001, 2001, 2002], "units": [5, 5, 7]})
    shares = market_shares(source(frame), focal="A")
    assert shares.title == "Only A sold anything in 2002"
    assert shares.finding == "In 2002 A leads with 100.0% of units sold."


def test_firms_whose_names_look_alike_have_numbers_of_their_own():
    shares = market_shares(units(**{"C": 3, "C++": 2, "C#": 1, "Focal": 1}), focal="C",
                           rivals=["C++", "C#", "Focal"])  # fmt: skip
    assert [(n.name, n.label[: n.label.index("'s")]) for n in shares.numbers] == [
        ("focal_share", "C"), ("c_3_share", "C++"), ("c_2_share", "C#"), ("focal_1_share", "Focal"),
    ]  # fmt: skip


def test_an_empty_price_column_is_no_price():
    table = units(Ox=3, Elk=1)
    shares = market_shares(source(table.frame.assign(price=float("nan"))), focal="Ox")
    assert shares.frame["revenue_share"].isna().all()
    assert shares.checks == ()


def two_years(price, **more):
    frame = pd.DataFrame({"firm": ["A", "B"] * 2, "year": [2001, 2001, 2002, 2002], "units": [5, 5, 60, 7]})
    return source(frame.assign(price=price, **more), "toys", period="year")


def test_a_missing_price_is_no_share_of_revenue_lost():
    toys = two_years([3, 2, None, 5])
    for function in (market_shares, share_trend):
        with pytest.raises(
            ValueError, match=r'toys: "A" in 2002 \(firm A\) has no price; rows without one hold'
        ):
            function(toys, focal="A", basis="revenue")
    units_ = market_shares(toys, focal="A")
    assert units_.title == "A leads 2 firms"
    assert units_.frame["revenue_share"].isna().all()
    assert [c.passed for c in units_.checks] == [False]
    assert units_.checks[0].saw.startswith('"A" in 2002 (firm A) has no price')


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
        assert absent.reason == "The data (Cars on sale in the US, 1993) have no sales."


def test_the_trend_names_the_best_and_the_worst_year(us_cars):
    trend = share_trend(us_cars.window(1980, 1990), focal="Ford", rivals=RIVALS)
    assert trend.title == "Ford's share peaked in 1989"
    assert trend.finding == (
        "Ford's share of units sold was between 17.8% (1983) and 22.9% (1989); in 1990 it was 22.2%."
    )
    assert share_trend(us_cars, focal="Honda").title == "Honda's share is at its highest since 1971"
    assert share_trend(us_cars, focal="AMC").title == "AMC was last sold in 1989"
    assert isinstance(share_trend(us_cars.window(1990, 1990), focal="Ford"), Absent)


def path(*units_, other=5):
    years = range(2001, 2001 + len(units_))
    rows = [(firm, year, sold) for year, own in zip(years, units_, strict=True)
            for firm, sold in (("A", own), ("B", other)) if sold is not None]  # fmt: skip
    return share_trend(source(pd.DataFrame(rows, columns=["firm", "period", "units"])), focal="A")


def test_a_year_without_sales_is_a_year_at_nothing():
    for gap in (None, 0):  # no row, or a row of nothing
        trend = path(5, gap, 3)
        own = trend.frame[trend.frame["firm"] == "A"]
        assert own["share"].tolist() == pytest.approx([0.375, 0, 0.5])
        assert own["rank"].tolist() == [2, 2, 1]
        assert trend.title == "A's share peaked in 2001"
        assert trend.finding == (
            "A's share of units sold was between 0% (2002) and 50.0% (2001); in 2003 it was 37.5%."
        )


def test_the_path_of_a_firm_that_left_ends_at_nothing():
    trend = path(5, 5, None)
    assert trend.title == "A was last sold in 2002"
    assert trend.finding.endswith("between 0% (2003) and 50.0% (2001); in 2003 it was 0%.")


def test_the_path_of_a_firm_starts_with_its_first_sale():
    trend = path(None, 0, 5)
    assert trend.title == "A was first sold in 2003"
    assert trend.finding == "A's share of units sold was 50.0% in 2003, its first."
    assert (trend.frame["firm"] == "A").sum() == 1


def test_a_share_that_did_not_move_is_neither_high_nor_low():
    trend = path(5, 5, 5)
    assert trend.title == "A's share is unchanged since 2001"
    assert trend.finding == "A's share of units sold was 50.0% from 2001 to 2003."


def test_a_firm_that_never_sold_has_no_path():
    assert path(0, 0).reason == "A sold nothing, 2001 to 2002."


def test_a_small_gap_in_prices_is_said_under_the_path():
    toys = two_years([3, 2, 4, 5]).frame
    small = toys.tail(1).assign(product="Z", units=0.1, price=float("nan"))
    table = source(pd.concat([toys.assign(product=["a", "b", "a", "b"]), small]), "toys")
    trend = share_trend(table, focal="A", basis="revenue")
    assert [c.passed for c in trend.checks] == [False]


def test_the_source_is_left_alone(us_cars):
    before = us_cars.frame.copy()
    market_shares(us_cars, focal="Ford")
    share_trend(us_cars, focal="Ford")
    pd.testing.assert_frame_equal(us_cars.frame, before)


def test_charts_are_drawn(shares, us_cars):
    assert "Other (12 firms)" in re.sub(r"\s+", " ", shares.chart())
    assert "<svg" in share_trend(us_cars, focal="Ford", rivals=RIVALS).chart()
