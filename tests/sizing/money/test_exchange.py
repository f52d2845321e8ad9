"""Sums change currency and price year by declared tables, or are refused with what the tables have."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib import data
from pmlib.data import DataError
from pmlib.sizing.money import in_money, money
from pmlib.table import Column

PRICES = data.source(
    pd.DataFrame(
        {
            "year": [2000, 2010, 2020] * 2,
            "money": ["USD"] * 3 + ["EUR"] * 3,
            "index": [100.0, 120.0, 150.0, 80.0, 90.0, 100.0],
        }
    ),
    "prices",
    period="year",
    market="money",
    price="index",
)
RATES = data.source(
    pd.DataFrame(
        {"year": [2000, 2020] * 2, "money": ["USD"] * 2 + ["GBP"] * 2, "rate": [1.0, 1.2, 0.6, 0.9]}
    ),
    "rates",
    period="year",
    market="money",
    price="rate",
    columns={"price": Column("Rate", "per EUR")},
)
BOTH = money(PRICES, RATES)


@pytest.fixture(scope="module")
def shipped(read_shipped):
    return money(read_shipped("us_cpi"), read_shipped("ecb_fx"), read_shipped("income_ppp"))


def test_a_dollar_of_2000_is_a_dollar_and_a_half_of_2020(shipped):
    assert shipped.convert(1.0, "USD", 2000, "USD", 2020) == pytest.approx(1.50297, abs=1e-5)
    assert shipped.deflate(1.0, "USD", 2000, 2020) == pytest.approx(1.50297, abs=1e-5)


def test_a_sum_is_deflated_at_home_and_converted_at_the_rate_of_the_target_year():
    # 100 USD of 2000 are 150 of 2020, at 1.2 USD for a EUR.
    found = BOTH.factor("USD", 2000, "EUR", 2020)
    assert 100 * found.value == pytest.approx(125)
    assert (
        found.words
        == "× 1.500 for prices in USD, 2000 to 2020 (prices), × 0.8333 EUR for a USD, mean of 2020 (rates)"
    )
    assert 100 * found.other_way == pytest.approx(125)  # 100 EUR of 2000, times 1.25


def test_the_other_order_is_taken_where_asked_and_differs_by_the_real_exchange_rate():
    other = money(PRICES, RATES, first="convert").factor("EUR", 2000, "USD", 2020)
    assert other.value == pytest.approx(1.0 * 1.5)
    assert other.other_way == pytest.approx(1.25 * 1.2)


def test_rates_cross_through_the_currency_that_they_are_the_price_of():
    assert BOTH.convert(6.0, "GBP", 2000, "USD", 2000) == pytest.approx(10)


def test_arrays_are_converted_whole_and_left_alone():
    values = np.array([1.0, 2.0])
    np.testing.assert_allclose(BOTH.convert(values, "EUR", 2000, "EUR", 2020), [1.25, 2.5])
    assert values.tolist() == [1, 2]


@settings(max_examples=30, deadline=None)
@given(
    st.floats(0.01, 1e12),
    st.sampled_from(["USD", "EUR"]),
    st.sampled_from([2000, 2020]),
    st.sampled_from(["USD", "EUR"]),
    st.sampled_from([2000, 2020]),
)
def test_there_and_back_in_the_other_order_is_the_same_sum(value, one, start, other, end):
    there = BOTH.convert(value, one, start, other, end)
    back = money(PRICES, RATES, first="convert").convert(there, other, end, one, start)
    assert back == pytest.approx(value)


def test_months_of_prices_are_averaged_over_their_year():
    frame = pd.DataFrame({"month": pd.to_datetime(["2001-01-01", "2001-02-01", "2002-01-01"])})
    frame = frame.assign(market="SEK", price=[10.0, 20.0, 30.0])
    assert money(data.source(frame, "m", period="month")).deflate(1.0, "SEK", 2001, 2002) == pytest.approx(2)


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (
            ("EUR", 2010, "USD", 2020),
            "us_cpi has no price index of 'EUR'; it has 'USD'; add its years to that table, with 'EUR' in "
            'the column of role market; or say first="convert", which these tables allow',
        ),
        (
            ("EUR", 2010, "EUR", 2020),
            "us_cpi has no price index of 'EUR'; it has 'USD'; add its years to that table, with 'EUR' in "
            "the column of role market",
        ),
        (
            ("USD", 1900, "USD", 2020),
            "us_cpi has no price index of USD in 1900; it has 1913 to 2025; "
            "choose a year there, or add that year to the table",
        ),
        (
            ("ISK", 2012, "EUR", 2012),
            "ecb_fx has no exchange rate of ISK in 2012; it has 1999 to 2008, 2018 to 2026; "
            "choose a year there, or add that year to the table",
        ),
        (("$", 2010, "USD", 2020), "currency is '$'; write \"USD\""),
        (("Taler", 2010, "USD", 2020), "currency is 'Taler'; write a code of three letters, as \"USD\""),
        (("USD", "2010", "USD", 2020), "price year of USD is '2010'; write a whole number, as 2025"),
        (
            ("USD", 2010, "INT", 2011),
            "USD2010 does not become INT2011 by any rate: purchasing power differs by country; "
            "use Money.at_purchasing_power, or a column at purchasing power",
        ),
    ],
)
def test_what_the_tables_do_not_have_is_refused(shipped, asked, line):
    with pytest.raises(DataError) as refused:
        shipped.convert(1.0, *asked)
    assert str(refused.value) == line


def test_a_table_is_missed_where_it_is_needed_and_nowhere_else():
    bare = money(data.read(None))
    assert bare.convert(5.0, "USD", 2020, "USD", 2020) == 5
    with pytest.raises(
        DataError, match="USD of 2019 is not USD of 2020, and no prices were given: pass prices="
    ):
        bare.convert(1.0, "USD", 2019, "USD", 2020)
    with pytest.raises(DataError, match="USD is not EUR, and no exchange rates were given: pass rates="):
        bare.convert(1.0, "USD", 2020, "EUR", 2020)
    with pytest.raises(DataError, match="no purchasing power was given: pass ppp="):
        bare.at_purchasing_power(1.0, "India", 2017)


def test_tables_that_are_no_prices_or_rates_are_refused(read_shipped):
    with pytest.raises(DataError) as refused:
        money(read_shipped("population"))
    assert str(refused.value) == "population has no column 'price'; give one that role: it is the price index"
    with pytest.raises(
        DataError, match="us_cars has no column 'market'; give one that role: it is the currency"
    ):
        money(read_shipped("us_cars"))
    with pytest.raises(
        DataError, match="us_cpi: unit of its rates is '1982–84 = 100'; say what they are the price of"
    ):
        money(rates=read_shipped("us_cpi"))
    with pytest.raises(DataError, match='first is \'either\'; write "deflate" or "convert"'):
        money(PRICES, first="either")
    broken = data.source(PRICES.frame.assign(price=[1, 2, 3, 0, 5, 6]), "broken")
    with pytest.raises(DataError, match="broken: price index of EUR in 2000 is 0, not above 0; correct it"):
        money(broken)
    with pytest.raises(TypeError, match="a Source is needed, found a DataFrame"):
        money(PRICES.frame)


def test_a_sum_in_a_countrys_money_becomes_dollars_that_buy_as_much(shipped):
    # V15: India's GDP a head of 2017, in rupees: 1,923.32 dollars at 65.12.
    assert shipped.at_purchasing_power(1923.32 * 65.12157, "India", 2017) == pytest.approx(6280.9, rel=1e-5)


def test_a_column_of_prices_is_written_in_todays_money(read_shipped, shipped):
    cars = read_shipped("us_cars")
    now = in_money(cars, "price", money=shipped, currency="USD", year=2025)
    assert now.columns["price"].unit == "$k (2025)" and cars.columns["price"].unit == "$k (1983)"
    ratio = now.frame["price"] / cars.frame["price"]
    assert ratio.to_numpy() == pytest.approx(np.full(len(ratio), shipped.deflate(1.0, "USD", 1983, 2025)))


def test_a_column_of_each_years_money_is_deflated_by_row():
    sums = data.source(
        pd.DataFrame({"year": [2000, 2020], "spent": [10.0, 10.0]}),
        "sums",
        period="year",
        columns={"spent": Column("Spent", "EUR a head")},
    )
    now = in_money(sums, "spent", money=BOTH, currency="USD", year=2020)
    assert now.frame["spent"].tolist() == pytest.approx([15, 12])
    assert now.columns["spent"].unit == "$ a head (2020)"
    undated = data.source(sums.frame[["spent"]], "sums", columns={"spent": Column("Spent", "€")})
    with pytest.raises(DataError, match="without its year, and no row has a period; declare the year"):
        in_money(undated, "spent", money=BOTH, currency="USD", year=2020)
    with pytest.raises(DataError, match="unit of 'period' is '', which names no money"):
        in_money(sums, "period", money=BOTH, currency="USD", year=2020)
