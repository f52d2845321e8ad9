"""What products are compared on, and what is left out and said."""

import numpy as np
import pandas as pd
import pytest
from simulated_market import market, products

from pmlib.competitive.comparable import comparables
from pmlib.result import Absent
from pmlib.table import Column


def told(layout):
    return {check.label: check.saw for check in layout.checks if not check.passed}


def test_the_forms_of_us_cars(us_cars):
    layout = comparables("Prices", us_cars, all_periods=True)
    assert {t.attribute: t.form for t in layout.terms} == {
        "hp_per_weight": "log", "air": "yes/no", "mpg_tens": "log", "space": "log", "": "linear",
    }  # fmt: skip
    assert layout.matrix.mean().abs().max() < 1e-9
    assert layout.basis == "power to weight, air conditioning standard, fuel economy and size"


def test_the_newest_period_has_no_trend(us_cars):
    layout = comparables("Prices", us_cars)
    assert len(layout.rows) == 131
    assert all(term.attribute for term in layout.terms)


def test_a_product_that_returns_counts_once(us_cars):
    layout = comparables("Prices", us_cars, all_periods=True)
    assert len(np.unique(layout.groups)) == us_cars.frame.groupby(["firm", "name"]).ngroups


def test_a_category_is_set_against_its_most_frequent_level(cars_1993):
    names = [t.label for t in comparables("Prices", cars_1993).terms if t.attribute == "AirBags"]
    assert names == ["Airbags: No airbag", "Airbags: Driver & Passenger"]


def test_better_airbags_are_expected_to_cost_more(cars_1993):
    better = {t.form: t.better for t in comparables("Prices", cars_1993).terms if t.attribute == "AirBags"}
    assert better == {"level No airbag": "lower", "level Driver & Passenger": "higher"}


def test_an_attribute_in_another_unit_is_left_out_by_name():
    frame = products(1).assign(kilowatt=lambda f: (f["power"] * 0.7457).round(1))
    layout = comparables("Prices", market(frame, attributes=["power", "air", "kilowatt"]))
    assert told(layout) == {"Every attribute is compared on": "left out: kilowatt (given by power)"}


def test_a_constant_and_a_mostly_unknown_attribute_are_left_out_by_name():
    frame = products(1).assign(wheels=4, seats=lambda f: f["power"].where(f.index < 20).round())
    layout = comparables("Prices", market(frame, attributes=["power", "wheels", "seats"]))
    saw = "left out: wheels (the same for all), seats (mostly unknown)"
    assert told(layout) == {"Every attribute is compared on": saw}
    assert len(layout.rows) == 60


def test_rows_with_an_unknown_attribute_are_counted():
    frame = products(1)
    frame.loc[:2, "power"] = np.nan
    layout = comparables("Prices", market(frame))
    assert told(layout) == {"Products compared have all attributes": "3 of 60 products left out"}


def test_what_few_products_can_bear_is_taken_in_declared_order():
    frame = products(1, size=12).assign(colour=list("rgbyrgbyrgby"), doors=[2, 4] * 6)
    layout = comparables("Prices", market(frame, attributes=["power", "colour", "doors"]))
    assert [t.attribute for t in layout.terms] == ["power", "doors"]
    assert "colour (too much for so few products)" in told(layout)["Every attribute is compared on"]


def test_too_few_products_are_said():
    layout = comparables("Prices", market(products(1, size=4)))
    assert isinstance(layout, Absent)
    assert (
        layout.reason
        == (
            "4 priced products do not suffice to compare: power is too much for so few products and "
            "air conditioning is the same for all."
        )
        or "too much for so few products" in layout.reason
    )


def test_no_attributes_are_said():
    layout = comparables("Prices", market(products(1), attributes=[]))
    assert layout.summary() == ("Prices: not shown. The data (made_up) declare no attributes to compare on.")


def test_names_that_look_like_ours_do_no_harm():
    frame = products(1).rename(columns={"power": "constant", "air": "year"})
    layout = comparables("Prices", market(frame, attributes=["constant", "year"]))
    assert list(layout.matrix) == ["constant", "year"]


def test_a_serial_number_varies_by_no_more_than_rounding():
    frame = products(1).assign(serial=lambda f: 1e12 + f["power"])
    layout = comparables("Prices", market(frame, attributes=["serial", "air"]))
    assert told(layout) == {"Every attribute is compared on": "left out: serial (the same for all)"}


def test_wild_units_are_no_trap():
    frame = products(1).assign(far=lambda f: f["power"] * 1e9 - 1e11, near=lambda f: f["air"] * 1e-6 + 1)
    frame["far"] += np.random.default_rng(1).normal(0, 1e9, 60)
    layout = comparables("Prices", market(frame, attributes=["far", "near"]))
    assert [t.form for t in layout.terms] == ["linear", "log"]


def test_the_input_is_left_alone(us_cars):
    before = us_cars.frame.copy()
    comparables("Prices", us_cars)
    pd.testing.assert_frame_equal(us_cars.frame, before)


def test_a_text_among_numbers_is_refused_by_product():
    frame = products(1).astype({"power": object})
    frame.loc[3, "power"] = "n/a"
    with pytest.raises(
        ValueError, match='power of "D3" is the text "n/a" among numbers; correct it, or leave'
    ):
        comparables("Prices", market(frame))


def test_an_infinite_price_is_refused_by_product():
    frame = products(1)
    frame.loc[3, "price"] = np.inf
    with pytest.raises(ValueError, match='price of "D3" is infinite'):
        comparables("Prices", market(frame))


def test_an_attribute_unknown_for_all_is_not_called_the_same():
    frame = products(1).assign(seats=np.nan)
    layout = comparables("Prices", market(frame, attributes=["power", "air", "seats"]))
    assert told(layout) == {"Every attribute is compared on": "left out: seats (mostly unknown)"}


def test_levels_without_an_order_have_no_better_end():
    frame = products(1).assign(colour=["red", "green"] * 30)
    colour = Column("Colour", better="higher")
    layout = comparables("Prices", market(frame, attributes=["colour"], colour=colour))
    assert [term.better for term in layout.terms] == [""]


def test_a_price_of_zero_is_refused():
    frame = products(1)
    frame.loc[3, "price"] = 0
    with pytest.raises(ValueError, match='price of "D3" is 0'):
        comparables("Prices", market(frame, price=Column("Price")))
