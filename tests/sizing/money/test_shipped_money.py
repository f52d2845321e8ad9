"""The shipped tables of people, income, money and ownership hold what is documented, or what is right."""

import pandas as pd
import pytest


@pytest.fixture(scope="module")
def cell(read_shipped):
    """A function that looks up one cell of a shipped table."""

    def look(name: str, column: str, year: int | None = None, **of: str) -> float:
        frame = read_shipped(name).frame
        if year is not None:
            frame = frame[frame["period"].dt.year == year]
        for key, value in of.items():
            frame = frame[frame[key] == value]
        (found,) = frame[column]
        return float(found)

    return look


def test_us_prices_rose_by_half_from_2000_to_2020(cell):
    ratio = cell("us_cpi", "price", 2020) / cell("us_cpi", "price", 2000)
    assert ratio == pytest.approx(1.50297, abs=1e-5)


@pytest.mark.parametrize(
    ("market", "nominal", "at_purchasing_power"),
    [("India", 1923.32, 6280.90), ("China", 8682.25, 12626.82), ("Netherlands", 48754.14, 49781.95)],
)
def test_income_at_exchange_rates_and_at_purchasing_power(cell, market, nominal, at_purchasing_power):
    # reference/sizing.md, V15
    assert cell("income_ppp", "gdp_a_head", 2017, market=market) == pytest.approx(nominal, rel=1e-5)
    income = cell("income_ppp", "income_a_head", 2017, market=market)
    assert income == pytest.approx(at_purchasing_power, rel=1e-5)


def test_cars_a_head_are_right_and_the_documented_ones_a_thousandth(cell):
    # V14: 1,273 thousand cars stood in the Netherlands in 1965; as documented there were 1,273.
    people = cell("population", "people", 1965, market="Netherlands")
    cars = people * cell("oecd_cars", "penetration", 1965, market="Netherlands")
    documented = people * cell("oecd_cars", "cars_a_head_as_documented", 1965, market="Netherlands")
    assert cars == pytest.approx(1_273_490, rel=0.005)
    assert cars == pytest.approx(cell("nl_car_stock", "units", 1965), rel=0.01)
    assert documented == pytest.approx(1_273.49, rel=0.005)


def test_a_euro_cost_106_cents_in_1999(cell):
    assert cell("ecb_fx", "price", 1999, market="USD") == pytest.approx(1.06578, abs=1e-5)


def test_internet_users_are_shares_of_the_people_of_their_year(read_shipped):
    frame = read_shipped("internet_income").frame
    assert len(frame) == 179 and frame["penetration"].dropna().between(0, 1).all()
    blank = frame.loc[frame["users"].isna(), "market"].to_list()
    assert blank == ["Algeria", "Angola", "Benin", "Curacao", "Nigeria", "Sint Maarten"]
    assert frame["users"].sum() == pytest.approx(1.762e9, rel=1e-3)


def test_no_member_of_the_union_is_counted_twice(read_shipped):
    frame = read_shipped("internet_users").frame
    assert "European Union" not in set(frame["market"])
    assert frame["internet_users"].sum() == pytest.approx(1.77e9, rel=1e-3)


def test_segments_of_us_cars_add_up_to_all_cars(read_shipped):
    segments, cars = read_shipped("us_car_segments").frame, read_shipped("us_cars").frame
    parts, whole = (f.groupby("period")["share"].sum() for f in (segments, cars))
    pd.testing.assert_series_equal(parts, whole)
    spent = (segments["share"] * segments["price"]).sum()
    assert spent == pytest.approx(1000 * (cars["share"] * cars["price"]).sum())


def test_makers_of_small_cars_share_their_segment(read_shipped):
    makers = read_shipped("us_small_car_makers")
    assert makers.partial and makers.frame.groupby("period")["share"].sum().to_list() == pytest.approx(
        [1] * 20
    )


def test_computers_and_durables_come_in_natural_units(cell):
    assert cell("us_computers", "penetration", 2018) == pytest.approx(0.918)
    assert cell("consumer_durables", "units", 1949, product="room_air_conditioners") == 96_000
