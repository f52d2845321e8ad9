"""Income at exchange rates and in what it buys."""

import pytest

from pmlib import chart, data
from pmlib.data import DataError
from pmlib.result import Absent
from pmlib.sizing.money import purchasing_power


@pytest.fixture(scope="module")
def incomes(read_shipped):
    return read_shipped("income_ppp")


def test_what_incomes_buy_as_published(incomes):
    # reference/sizing.md, V15
    found = purchasing_power(incomes, year=2017, markets=["India", "China", "Netherlands"])
    rows = found.frame.set_index("market")
    assert rows.loc["India", ["at_exchange_rate", "at_purchasing_power"]].tolist() == pytest.approx(
        [1923.32, 6280.9], rel=1e-5
    )
    assert rows.loc["China", "at_purchasing_power"] == pytest.approx(12626.82, rel=1e-5)
    assert rows.loc["Netherlands", "at_exchange_rate"] == pytest.approx(48754.14, rel=1e-5)
    assert found.finding == (
        "India produced $1,923 a head in 2017 at exchange rates; in what that buys, 6,281 int$ (2011): "
        "3.27 times."
    )
    assert found.focal == "India" and found.numbers[0].value == pytest.approx(6280.9, rel=1e-5)


def test_places_gained_sum_to_none_over_all_countries(incomes):
    found = purchasing_power(incomes, year=2017)
    assert len(found.frame) == 180 and found.frame["places"].sum() == 0
    assert not found.checks[0].passed  # somebody changes places


def test_the_country_asked_for_is_drawn_wherever_it_stands(incomes):
    drawn = chart.svg(purchasing_power(incomes, year=2017, focal="India").plot, alt="", name="x")
    assert "India" in drawn and "Albania" not in drawn


def test_wrong_countries_and_years_are_refused(incomes):
    with pytest.raises(DataError, match="income_ppp has no year 2018; it has 1950 to 2017"):
        purchasing_power(incomes, year=2018)
    with pytest.raises(DataError, match="income_ppp has no 'Netherland' in 2017; did you mean 'Netherlands'"):
        purchasing_power(incomes, year=2017, markets=["Netherland"])
    with pytest.raises(DataError, match='markets is the text "India"; write a list of countries'):
        purchasing_power(incomes, year=2017, markets="India")
    with pytest.raises(DataError, match="focal 'Peru' is not compared; it has 'India'"):
        purchasing_power(incomes, year=2017, markets=["India"], focal="Peru")


def test_without_a_table_of_incomes_it_is_absent(read_shipped):
    assert purchasing_power(data.read(None), year=2017).reason == "No table of incomes was given."
    lacking = purchasing_power(read_shipped("population"), year=2017)
    assert isinstance(lacking, Absent)
    assert lacking.reason == "population has no column gdp_a_head and no price_level."
