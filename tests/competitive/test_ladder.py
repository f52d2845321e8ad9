"""Price bands and who is in them."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.competitive import price_ladder
from pmlib.data import source
from pmlib.result import Absent


def table(prices):
    found = [(firm, price) for firm, many in prices.items() for price in many]
    return source(pd.DataFrame(found, columns=["firm", "price"]))


def test_each_firm_from_cheapest_to_dearest():
    result = price_ladder(table({"A": [1, 2, 3, 4], "B": [5, 6, 7, 8, 9, 10]}), focal="A", rivals=["B"])
    assert result.frame.loc[0, ["products", "low", "estimate", "high"]].tolist() == [4, 1, 2.5, 4]
    assert result.frame.loc[0, "gaps"] == "middle fifth, fourth fifth, dearest fifth"
    assert result.title == "A sells in 2 of 5 price bands"
    assert result.advice == "Decide whether to leave the middle fifth to B, which sells 2 there."


def test_what_a_reader_is_told(us_cars, cars_1993):
    assert price_ladder(us_cars, focal="Ford").finding == (
        "Ford's 16 products cost $4.83k to $22.5k; "
        "Ford sells in every fifth of the market, cheapest to dearest."
    )
    result = price_ladder(cars_1993, focal="Ford", rivals=["Chevrolet", "Honda"])
    assert result.title == "Ford has no product in the dearest fifth"
    assert result.headline == "Ford has nothing in the market's dearest fifth (above $26.2k)."


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 1000), min_size=10, max_size=40, unique=True), st.floats(0.01, 100))
def test_bands_hold_every_product_about_equally_and_currency_does_not_matter(prices, rate):
    firms = {"A": prices[::2], "B": prices[1::2]}
    frame = price_ladder(table(firms), focal="A").frame
    bands = [name for name in frame if name.startswith("band_")]
    held = frame[bands].sum()
    assert held.sum() == len(prices)
    assert held.max() - held.min() <= 1
    priced = {firm: [price * rate for price in many] for firm, many in firms.items()}
    pd.testing.assert_frame_equal(price_ladder(table(priced), focal="A").frame[bands], frame[bands])


def test_prices_too_alike_and_firms_gone_are_said(us_cars):
    alike = price_ladder(table({"A": [5, 5, 5], "B": [5, 5, 6]}), focal="A")
    assert isinstance(alike, Absent)
    assert alike.reason == "6 prices are too few or too alike for price bands."
    assert (
        price_ladder(us_cars, focal="AMC").reason == "AMC has no product with a price in the newest period."
    )


@pytest.mark.parametrize("rivals", [[], ["Honda", "Toyota"]])
def test_charts_and_pages_are_made(rivals, us_cars):
    assert "<svg" in price_ladder(us_cars, focal="Ford", rivals=rivals).html()


def test_a_firm_with_one_product_has_one_price():
    finding = price_ladder(table({"A": [1], "B": [5, 6, 7, 8, 9, 10]}), focal="A").finding
    assert finding.startswith("A's only product costs 1; A has nothing in")
