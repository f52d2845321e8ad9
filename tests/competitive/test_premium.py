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
        "Ford is priced 5% below comparable products (−16% to 9%): no clear gap. "
        "General Motors is 14% below (−24% to −4%)."
    )
    assert result.subtitle == (
        "Price against other firms' products equal in power to weight, air conditioning standard, "
        "fuel economy and size, 1990; 95% intervals"
    )
    assert result.advice == "Nothing here says to move prices: the gap may go either way."
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
    assert result.title == "A prices 19.5% above comparable products"
    assert result.advice == "Know what earns the premium before raising prices further."


def coverage(seeds, truth, **options):
    held = []
    for seed in seeds:
        frame = price_premium(market(products(seed, premium=truth, **options)), focal="A").frame
        held.append(frame["low"][0] < np.expm1(truth) < frame["high"][0])
    return np.mean(held)


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say():
    assert 0.93 < coverage(range(200), 0.1) < 0.97


@pytest.mark.parametrize("size", [60, 90])
def test_a_firm_with_one_or_two_products_has_an_honest_interval(size):
    firms = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    assert coverage(range(40), 0.1, size=size, firms=firms) > 0.85


@pytest.mark.slow
def test_a_firm_with_one_product_has_an_honest_interval():
    firms = [chr(65 + i) for i in range(60)]
    assert 0.92 < coverage(range(200), 0.1, firms=firms) < 0.975


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
    assert [c.saw for c in result.checks] == ["left out: 2002", "120", "all 2 are"]


def test_all_periods_are_compared_on_the_same_attributes():
    # Twelve products bear one attribute only; a year without air conditioning bears both.
    parts = [
        products(1).assign(period=2003),
        products(2).assign(period=2002, air=0),
        products(3, size=12).assign(period=2001),
        products(4).assign(period=2000, power=np.nan),
        products(5).assign(period=1999),
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame.loc[[0, 61], "power"] = np.nan
    frame.loc[62, "price"] = np.nan
    result = premium_history(market(frame), focal="A")
    assert result.frame["period"].dt.year.tolist() == [2003, 2002, 1999]
    assert "equal in power and air conditioning, period by period, 1999 to 2003" in result.subtitle
    saw = {check.label: check.saw for check in result.checks}
    assert saw["Every period compares on the same attributes"] == "left out: 2001, 2000"
    assert saw["Products compared have all attributes"] == "2 of 179 products left out"
    assert saw["Every product has a price"].startswith("1 of 180 rows left out")


def test_the_newest_attributes_count_even_where_an_older_period_could_bear_more():
    parts = [products(1, size=12).assign(period=2002), products(2).assign(period=2001)]
    source = market(pd.concat(parts, ignore_index=True))
    result = premium_history(source, focal="A")
    power_alone = market(products(2), attributes=["power"])
    assert "equal in power, period by period" in result.subtitle
    expected = price_premium(power_alone, focal="A").frame["estimate"][0]
    assert result.frame["estimate"][1] == pytest.approx(expected)


def close(gap, noise=1e-5):
    """Firm A charges a hair more than others do for the same power."""
    frame = products(1).assign(price=lambda f: f["power"] * np.exp(gap * (f["firm"] == "A")))
    frame["price"] *= np.exp(noise * np.random.default_rng(1).normal(size=60))
    return market(frame, attributes=["power"])


def test_a_gap_too_small_to_write_is_level_in_every_sentence():
    result, on_map = (function(close(0.0002), focal="A") for function in (price_premium, price_map))
    assert result.title == "A: no clear price gap to comparable products"
    assert result.headline == ("A is priced level with comparable products (0.0% to 0.0%): no clear gap.")
    assert result.advice.startswith("Prices are in line")
    assert on_map.title == "A near the line"
    assert "level with the $" in on_map.finding


def test_a_small_clear_gap_keeps_its_decimal():
    result = price_premium(close(0.003), focal="B", rivals=["A"])
    assert " A is 0.3% above (" in result.headline
    assert price_premium(close(0.003), focal="A").title == "A prices 0.3% above comparable products"


def test_resampling_minds_no_units_and_no_absent_level():
    frame = products(1).assign(mass=lambda f: (f["power"] - 100) ** 2 - 900)
    frame["kind"] = ["van"] + ["car", "bus"] * 29 + ["car"]  # most resamples lack the van
    seen = []
    for unit in (1, 1e9):
        wild = frame.assign(mass=frame["mass"] * unit)
        checks = price_premium(market(wild, attributes=["mass", "kind"]), focal="A").checks
        seen.append(checks[-1])
    assert seen[0] == seen[1]
    assert seen[0].label == "Resampling the products gives a like interval"
    assert seen[0].passed


def test_one_period_has_no_history(cars_1993):
    assert (
        premium_history(cars_1993, focal="Ford").reason
        == "The data (Cars on sale in the US, 1993) have no period column."
    )


def test_the_map_says_the_same_as_the_comparison(us_cars):
    result = price_map(us_cars, focal="Ford", rivals=RIVALS)
    frame = result.frame.set_index("firm")
    assert (frame["price"] / frame["comparable"] - 1).tolist() == pytest.approx(frame["estimate"].tolist())
    premium = price_premium(us_cars, focal="Ford").frame["estimate"][0]
    assert frame.loc["Ford", "estimate"] == pytest.approx(premium)
    assert result.title == "Ford near the line, Porsche furthest above"
    assert result.finding == (
        "Ford charges $10.4k, 5% below the $11.0k that others charge for the same attributes (−16% to 9%)."
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
