"""A firm's average price against the market's."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.competitive import price_index
from pmlib.data import source
from pmlib.result import Absent

RIVALS = ["General Motors", "Honda", "Toyota", "Chrysler"]
quick = settings(max_examples=25, deadline=None)
rows = st.lists(
    st.tuples(st.sampled_from("ABC"), st.floats(1, 100), st.floats(0.1, 50)), min_size=2, max_size=10
)


def table(*found):
    return source(pd.DataFrame(found, columns=["firm", "price", "units"]))


def test_the_average_weighs_by_sales():
    result = price_index(table(("A", 10, 3), ("A", 20, 1), ("B", 30, 4)), focal="A")
    # A: (30 + 20) / 4 = 12.5; market: (50 + 120) / 8 = 21.25.
    assert result.frame.set_index("firm")["index"].to_dict() == pytest.approx({"A": 58.82353, "B": 141.17647})


def test_what_a_reader_is_told(us_cars):
    result = price_index(us_cars.window(1980, 1990), focal="Ford", rivals=RIVALS)
    assert result.title == "Ford's average sale costs 2% more than the market's"
    assert result.finding == (
        "With the market at 100, Ford stands at 102 in 1990 (93 in 1980), General Motors 101, Honda 87, "
        "Toyota 90 and Chrysler 89."
    )
    assert result.subtitle == "Average price of units sold, market = 100, 1980 to 1990"


def test_without_sales_every_product_counts_the_same_and_that_is_said(cars_1993):
    result = price_index(cars_1993, focal="Ford")
    frame = cars_1993.frame
    assert result.frame["price"][0] == pytest.approx(frame.loc[frame["firm"] == "Ford", "price"].mean())
    assert all(check.passed for check in result.checks)  # what the data have not is no check that fails
    assert "each counting the same" in result.subtitle


@quick
@given(rows, st.floats(0.01, 100))
def test_the_indices_average_to_the_market_and_currency_does_not_matter(found, rate):
    if len({firm for firm, *_ in found}) < 2:
        return
    focal = found[0][0]
    here = price_index(table(*found), focal=focal).frame.set_index("firm")["index"]
    units = pd.DataFrame(found).groupby(0)[2].sum()
    assert (here * units).sum() / units.sum() == pytest.approx(100)
    there = price_index(table(*((f, p * rate, u) for f, p, u in found)), focal=focal).frame
    assert there.set_index("firm")["index"].to_dict() == pytest.approx(here.to_dict())


def test_a_firm_that_sold_nothing_has_no_average():
    result = price_index(table(("A", 10, 1), ("B", 99, 0), ("C", 20, 1)), focal="A", rivals=["B"])
    assert result.frame["firm"].tolist() == ["A", "C"]
    gone = price_index(table(("A", 10, 0), ("B", 99, 1)), focal="A")
    assert isinstance(gone, Absent)
    assert gone.reason == "A sold nothing with a price in the newest period."


def test_revenue_over_price_counts_as_units():
    found = [("A", 10, 3), ("A", 20, 1), ("B", 30, 4)]
    frame = pd.DataFrame(found, columns=["firm", "price", "units"])
    revenue = frame.assign(revenue=frame["price"] * frame["units"]).drop(columns="units")
    result = price_index(source(revenue), focal="A")
    pd.testing.assert_frame_equal(result.frame, price_index(table(*found), focal="A").frame)
    assert "of units sold, taken as revenue over price" in result.subtitle


def test_missing_prices_are_counted():
    result = price_index(table(("A", 10, 1), ("A", None, 5), ("B", 20, 1)), focal="A")
    assert "1 of 3 rows left out" in result.checks[0].saw


@pytest.mark.parametrize("name", ["us_cars", "cars_1993"])
def test_charts_and_pages_are_made(name, shipped_data):
    assert "<svg" in price_index(shipped_data[name], focal="Ford", rivals=["Honda"]).html()


def test_firms_whose_names_look_alike_have_numbers_of_their_own():
    frame = pd.DataFrame({"product": list("abc"), "firm": ["C", "C++", "C#"], "price": [1.0, 2, 3]})
    index = price_index(source(frame), focal="C", rivals=["C++", "C#"])
    assert [n.name for n in index.numbers] == ["price_index_c_1", "price_index_c_3", "price_index_c_2"]
