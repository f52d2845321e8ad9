"""A firm's price against comparable products: now, over time, on the map."""

import numpy as np
import pandas as pd
import pytest
from simulated_market import market, products

from pmlib.competitive import premium_history, price_map, price_premium
from pmlib.result import Absent

RIVALS = ["General Motors", "Honda", "Toyota", "Chrysler"]


def test_what_a_reader_is_told(us_cars):
    result = price_premium(us_cars, focal="Ford", rivals=RIVALS)
    assert result.title == "Ford: no clear price gap to comparable products"
    assert result.headline == (
        "Ford is priced 5% below comparable products (−16% to 9%): no clear gap. General Motors is 14% below."
    )
    assert result.subtitle == (
        "Price against other firms' products equal in power to weight, air conditioning standard, "
        "fuel economy and size, 1990; 95% intervals"
    )
    assert result.advice == "Hold prices: the gap may lie on either side of zero."
    assert result.frame["firm"].tolist() == ["Ford", *RIVALS]
    assert [n.name for n in result.numbers] == ["premium_ford", "premium_general_motors", "premium_honda"]


def test_an_interval_is_double_checked_by_resampling_with_a_seed(us_cars):
    def check(seed):
        checks = price_premium(us_cars, focal="Honda", rivals=RIVALS, seed=seed).checks
        return next(c for c in checks if c.label == "Resampling the products gives a like interval")

    assert check(1).passed
    assert check(1) == check(1)
    assert check(1).saw != check(2).saw


def test_a_premium_is_the_coefficient_of_being_the_firms():
    # Without other attributes that matter, it is the ratio of geometric means.
    frame = products(1).assign(air=[0, 1] * 30)
    frame["price"] = np.where(frame["firm"] == "A", 12.0, 10.0) * np.exp(
        0.01 * np.random.default_rng(2).normal(size=60)
    )
    result = price_premium(market(frame, attributes=["power"]), focal="A")
    assert result.frame["estimate"][0] == pytest.approx(0.2, abs=0.01)
    assert result.title == "A prices 19% above comparable products"
    assert result.advice == "Know what earns the premium before raising prices further."


def coverage(seeds, truth, **options):
    held = []
    for seed in seeds:
        frame = price_premium(market(products(seed, premium=truth, **options)), focal="A").frame
        held.append(frame["low"][0] < np.expm1(truth) < frame["high"][0])
    return np.mean(held)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    assert 0.88 < coverage(range(60), 0.1) <= 1


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say():
    assert 0.93 < coverage(range(600), 0.1) < 0.97


@pytest.mark.parametrize("size", [60, 90])
def test_a_firm_with_one_or_two_products_has_an_honest_interval(size):
    firms = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    assert coverage(range(40), 0.1, size=size, firms=firms) > 0.85


@pytest.mark.slow
def test_a_firm_with_one_product_has_an_honest_interval():
    firms = [chr(65 + i) for i in range(60)]
    assert 0.92 < coverage(range(600), 0.1, firms=firms) < 0.975


def test_a_firm_whose_products_no_other_firm_matches_is_said():
    frame = products(1).assign(electric=lambda f: (f["firm"] == "A").astype(int))
    source = market(frame, attributes=["power", "electric"])
    absent = price_premium(source, focal="A")
    assert isinstance(absent, Absent)
    assert absent.reason == "No other firm has products comparable to those of A."
    result = price_premium(source, focal="B", rivals=["A", "C"])
    assert result.frame["firm"].tolist() == ["B", "C"]
    assert "nothing comparable: A" in [check.saw for check in result.checks]


def test_firms_gone_unknown_or_alone_are_said(us_cars):
    absent = price_premium(us_cars, focal="AMC")
    assert absent.reason == "AMC has no product with a price and all attributes in the newest period."
    with pytest.raises(ValueError, match='did you mean "Ford"'):
        price_premium(us_cars, focal="Fordd")
    alone = price_premium(market(products(1, firms="A")), focal="A")
    assert alone.reason == "The data (made_up) have only 1 firm."


def test_each_period_is_compared_within_itself(us_cars):
    result = premium_history(us_cars.window(1980, 1990), focal="Ford")
    newest = price_premium(us_cars, focal="Ford").frame.iloc[0]
    ends = ["estimate", "low", "high"]
    assert result.frame.loc[0, ends].tolist() == pytest.approx(newest[ends].tolist())
    assert len(result.frame) == 11
    assert result.headline == (
        "In 1990 Ford was priced 5% below comparable products (−16% to 9%); "
        "in 1980, 19% below them (−31% to −6%)."
    )
    assert result.title == "Ford: no clear price change against comparable products"


def test_a_change_of_price_is_found():
    early, late = (products(s, premium=p, scatter=0.05) for s, p in ((1, 0.0), (2, 0.4)))
    frame = pd.concat([early.assign(period=2000), late.assign(period=2001)], ignore_index=True)
    assert (
        premium_history(market(frame), focal="A").title == "A: dearer than before against comparable products"
    )


def test_periods_without_enough_products_are_left_out_and_said():
    parts = [
        products(1).assign(period=2000),
        products(2).assign(period=2001),
        products(3, size=4).assign(period=2002),
    ]
    result = premium_history(market(pd.concat(parts, ignore_index=True)), focal="A")
    assert result.frame["period"].dt.year.tolist() == [2001, 2000]
    assert [c.saw for c in result.checks] == ["left out: 2002"]


def test_one_period_has_no_history(cars_1993):
    assert premium_history(cars_1993, focal="Ford").reason == "The data (cars_1993) have no period column."


def test_the_map_says_the_same_as_the_comparison(us_cars):
    result = price_map(us_cars, focal="Ford", rivals=RIVALS)
    frame = result.frame.set_index("firm")
    assert (frame["price"] / frame["comparable"] - 1).tolist() == pytest.approx(frame["estimate"].tolist())
    premium = price_premium(us_cars, focal="Ford").frame["estimate"][0]
    assert frame.loc["Ford", "estimate"] == pytest.approx(premium)
    assert result.title == "Ford near the line, Porsche furthest above"
    assert result.finding == (
        "Ford charges $10.4k, others $11.0k for the same attributes: a difference of −5% (−16% to 9%)."
    )


def test_the_same_functions_run_without_periods_or_sales(cars_1993):
    result = price_premium(cars_1993, focal="Ford", rivals=["Chevrolet", "Chrysler"])
    assert result.frame["firm"].tolist() == ["Ford", "Chevrolet", "Chrysler"]
    assert "equal in 7 attributes; 95% intervals" in result.subtitle
    assert price_map(cars_1993, focal="Ford").frame["estimate"].notna().all()


@pytest.mark.parametrize("function", [price_premium, price_map])
def test_charts_and_pages_are_made(function, us_cars):
    result = function(us_cars, focal="Ford", rivals=RIVALS)
    assert "<svg" in result.html()
    assert result.payload()["frame"]["data"]
