"""The checks that every competitive analysis shares: who is in the table, what was sold, when."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.competitive import market, words
from pmlib.data import source

quick = settings(max_examples=15, deadline=None)


def cells(**changes):
    frame = pd.DataFrame(
        {
            "product": ["Ant", "Bee", "Cow", "Ant", "Bee"],
            "firm": ["Acme", "Acme", "Zeta", "Acme", "Acme"],
            "period": [2001, 2001, 2001, 2002, 2002],
            "units": [20, 30, 50, 25, 75],
            "price": [1.0, 2.0, 4.0, 1.0, 3.0],
        }
    )
    return source(frame.assign(**changes), "toys")


def test_shares_are_added_up_by_firm_newest_first():
    shares = market.firm_shares(cells())
    assert list(shares["firm"]) == ["Acme", "Acme", "Zeta"]
    assert list(shares["share"]) == pytest.approx([1.0, 0.5, 0.5])
    assert list(shares["rank"]) == [1, 1, 1]  # equals share a rank


def test_revenue_is_units_times_price_unless_it_is_given():
    assert market.firm_shares(cells(), "revenue")["share"].tolist() == pytest.approx(
        [1.0, 200 / 280, 80 / 280]
    )
    given_ = cells(revenue=[1, 1, 2, 3, 3])
    assert market.firm_shares(given_, "revenue")["share"].tolist() == pytest.approx([1.0, 0.5, 0.5])


@quick
@given(
    st.lists(st.floats(0, 1e9), min_size=5, max_size=5).filter(lambda u: sum(u[:3]) > 0 and sum(u[3:]) > 0)
)
def test_shares_of_a_period_add_up_to_one(units):
    assert market.firm_shares(cells(units=units)).groupby("period")["share"].sum().tolist() == pytest.approx(
        [1, 1]
    )


@quick
@given(st.floats(1e-3, 1e3))
def test_currency_does_not_matter(rate):
    here, there = cells(), cells(price=np.array([1.0, 2.0, 4.0, 1.0, 3.0]) * rate)
    assert market.firm_shares(here, "revenue")["share"].tolist() == pytest.approx(
        market.firm_shares(there, "revenue")["share"].tolist()
    )


def test_a_product_that_sold_nothing_is_kept():
    shares = market.firm_shares(cells(units=[50, 50, 0, 1, 1]))
    assert shares.set_index("firm").loc["Zeta", "share"] == 0


def test_without_periods_everything_is_one():
    frame = cells().frame
    frame = frame[frame["period"] == frame["period"].min()].drop(columns="period")
    shares = market.firm_shares(source(frame))
    assert len(shares) == 2
    assert len(market.newest(shares)) == 2
    assert (
        market.period_label(shares["period"], shares["period"].iloc[0]) == market.span(shares["period"]) == ""
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"units": [20, -3, 50, 25, 75]}, 'toys: units of "Bee" in 2001 is -3 (row 2 of 5); write a '
                                          "number from 0 up (0 for nothing sold), drop the row (with keep "),
        ({"units": [20, None, 50, 25, 75]}, 'toys: units of "Bee" in 2001 is missing (row 2 of 5); write'),
        ({"units": [20, np.inf, 50, 25, 75]}, 'toys: units of "Bee" in 2001 is infinite (row 2 of 5); write'),
        ({"units": [20, 30, 50, 0, 0]}, "toys: nothing was sold in 2002; drop that period"),
        ({"firm": ["Acme", None, "Zeta", "Acme", "Acme"]}, 'toys: "Bee" in 2001 has no firm; fill it or'),
    ],
)  # fmt: skip
def test_bad_sales_are_refused_by_product_and_period(changes, said):
    toys = cells()
    with pytest.raises(ValueError) as refusal:
        market.firm_shares(replace(toys, frame=toys.frame.assign(**changes)))
    assert str(refusal.value).startswith(said)
    assert "\n" not in str(refusal.value)


def test_a_row_without_a_period_is_refused():
    toys = cells()
    lost = replace(
        toys, frame=toys.frame.assign(period=toys.frame["period"].where(toys.frame["units"] != 30))
    )
    with pytest.raises(ValueError, match='toys: "Bee" has no period; fill it or drop the row'):
        market.firm_shares(lost)


def test_shares_in_percent_are_refused_with_the_remedy():
    frame = cells().frame.drop(columns="units").assign(share=[20, 30, 50, 0.2, 0.3])
    with pytest.raises(ValueError) as refusal:
        market.firm_shares(source(frame, "toys"))
    assert str(refusal.value) == (
        'toys: shares of 2001 add up to 100, beyond 1 (largest: "Cow" in 2001); '
        "write fractions of the whole, 0.375 for 37.5%"
    )


def test_a_price_of_zero_is_refused_and_a_missing_one_is_left_out_and_said():
    with pytest.raises(ValueError, match='toys: price of "Ant" in 2001 is 0; prices are above 0'):
        market.priced(cells(price=[0, 2, 4, 1, 3]))
    frame, check = market.priced(cells(price=[1, None, 4, 1, 3]))
    assert len(frame) == 4
    assert not check.passed
    assert check.saw == '1 of 5 rows left out, the first is "Bee" in 2001'


@pytest.mark.parametrize("price", [-2.0, np.inf])
def test_a_price_that_is_none_is_refused(price):
    toys = cells()
    prices = toys.frame["price"].where(toys.frame.index != 1, price)
    with pytest.raises(
        ValueError, match=r'toys: price of "Bee" in 2001 is (-2|infinite); prices are above 0'
    ):
        market.priced(replace(toys, frame=toys.frame.assign(price=prices)))


def test_revenue_is_refused_when_prices_that_matter_are_missing():
    with pytest.raises(ValueError) as refusal:
        market.volumes(cells(price=[1, None, 4, 1, 3]), "revenue")
    assert str(refusal.value) == (
        'toys: "Bee" in 2001 (firm Acme) has no price; rows without one hold 30.0% of the period\'s sales; '
        'fill prices in, leave out the whole period, or set basis to "units"'
    )
    assert not market.knows_revenue(cells(price=[1, None, 4, 1, 3]))


def test_revenue_is_refused_when_a_whole_firm_has_no_price_however_small():
    small = cells(units=[2000, 3000, 1, 25, 75], price=[1, 2, None, 1, 3])
    with pytest.raises(ValueError, match=r'toys: "Cow" in 2001 \(firm Zeta\) has no price; rows without'):
        market.firm_shares(small, "revenue")


def test_a_period_of_nothing_sold_does_not_vanish_with_its_prices():
    with pytest.raises(ValueError, match="toys: nothing was sold in 2002; drop that period"):
        market.volumes(cells(units=[1, 1, 1, 0, 0], price=[1, 2, 4, None, None]), "revenue")


def test_revenue_without_a_price_that_hardly_matters_is_checked():
    _, check = market.volumes(cells(units=[1, 3000, 50, 25, 75], price=[None, 2, 4, 1, 3]), "revenue")
    assert check.saw == '1 of 5 rows left out, the first is "Ant" in 2001'
    assert market.knows_revenue(cells(units=[0, 30, 50, 25, 75], price=[None, 2, 4, 1, 3]))


@quick
@given(st.sets(st.text(max_size=6), max_size=12))
def test_no_two_firms_share_a_name_for_their_numbers(firms):
    named = words.names(firms)
    assert set(named) == firms
    assert len(set(named.values())) == len(firms)


def test_names_are_plain_unless_they_collide():
    assert words.names(["General Motors", "Ford", "C++", "C", "C 1", "Leader"]) == {
        "General Motors": "general_motors",
        "Ford": "ford",
        "C 1": "c_1",
        "C": "c_2",
        "C++": "c_3",
        "Leader": "leader_1",
    }


def test_an_unknown_basis_is_refused():
    with pytest.raises(ValueError, match='basis is "money"; write "units" or "revenue"'):
        market.firm_shares(cells(), "money")


@pytest.mark.parametrize(
    ("focal", "rivals", "words"),
    [
        ("Fords", (), 'focal "Fords" is not a firm in us_cars; did you mean "Ford"? It has AMC, Alfa Romeo'),
        ("Ford", ["GM"], 'rivals "GM" is not a firm in us_cars; did you mean "General Motors"? It has AMC'),
        ("Ford", "Honda", 'rivals is the text "Honda"; write a list of names: ["Honda"]'),
    ],
)
def test_an_unknown_firm_is_refused_and_the_meant_one_named(us_cars, focal, rivals, words):
    with pytest.raises(ValueError) as refusal:
        market.check_firms(us_cars, focal, rivals)
    assert str(refusal.value).startswith(words)


def test_asked_firms_come_once_focal_first(us_cars):
    assert market.check_firms(us_cars, "Ford", ["Honda", "Ford", "Honda"]) == ["Ford", "Honda"]


def test_why_a_section_is_absent(us_cars, cars_1993):
    def why(*given, **needs):
        return market.lacking("Shares", *given, **needs).summary()

    assert (
        why(cars_1993, "firm", sales=True)
        == "Shares: not shown. The data (Cars on sale in the US, 1993) have no sales."
    )
    assert "no period column" in why(cars_1993, "period")
    assert "only one period" in why(us_cars.window(1990, 1990), periods=2)
    one = source(us_cars.frame.query("firm == 'Ford'"), "ford")
    assert why(one, "firm") == "Shares: not shown. The data (ford) have only 1 firm."
    assert market.lacking("Shares", us_cars, "firm", sales=True, periods=2) is None


def test_years_between_the_same_days_are_whole():
    start, end = pd.Timestamp("1980-01-01"), pd.Timestamp("1990-01-01")
    assert market.years_between(start, end) == 10
    assert market.years_between(end, pd.Timestamp("1990-07-01")) == 0.5
    leap = pd.Timestamp("2000-06-01")
    assert market.years_between(leap, pd.Timestamp("2001-06-01")) == 1


def test_the_frame_is_left_alone(us_cars):
    before = us_cars.frame.copy()
    market.firm_shares(us_cars, "revenue")
    market.priced(us_cars)
    pd.testing.assert_frame_equal(us_cars.frame, before)


def test_a_firm_called_by_a_number_is_told_how_to_be_written():
    with pytest.raises(ValueError, match='focal is 1; firms are called by texts: write "1"'):
        market.check_firms(cells(firm=[1, 1, 2, 1, 1]), 1)
