"""Units multiply as numbers do, and know nouns, scale, time and money of a year."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.sizing.drivers.convert import factor
from pmlib.sizing.drivers.nouns import plural, stem
from pmlib.sizing.drivers.reading import of_column
from pmlib.sizing.drivers.unit_text import unit
from pmlib.sizing.drivers.units import PLAIN

WORDS = (
    "car",
    "person",
    "order",
    "thousand",
    "M",
    "bn",
    "year",
    "month",
    "week",
    "EUR2025",
    "USD2020",
    "$2025",
)
texts = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from("*/")), min_size=1, max_size=5).map(
    lambda parts: (
        "1" * (parts[0][1] == "/")
        + "".join(("/" if s == "/" else "*" * (i > 0)) + w for i, (w, s) in enumerate(parts))
    )
)
units = texts.map(unit)


@settings(max_examples=50)
@given(units, units, units)
def test_units_multiply_like_numbers(a, b, c):
    assert a * b == b * a
    assert (a * b) * c == a * (b * c)
    assert a / a == PLAIN
    assert a * b / b == a
    assert (a ** Fraction(2)) ** Fraction(1, 2) == a


@settings(max_examples=50)
@given(units)
def test_a_unit_reads_back_what_it_writes(a):
    assert unit(str(a)) == a


@settings(max_examples=50)
@given(units, st.sampled_from(("thousand", "M", "month", "week")))
def test_a_conversion_there_and_back_is_none(a, word):
    there = a * unit(word) / (unit("year") if word in ("month", "week") else PLAIN)
    assert factor(a, there, None) * factor(there, a, None) == pytest.approx(1, rel=1e-12)


def test_scale_and_time_convert_by_their_number():
    assert factor(unit("thousand car"), unit("car"), None) == 1000
    assert factor(unit("EUR2025/month"), unit("M EUR2025/year"), None) == pytest.approx(12e-6)
    assert factor(unit("order/week"), unit("order/day"), None) == pytest.approx(1 / 7)
    assert factor(unit("car/thousand person"), unit("car/person"), None) == pytest.approx(1e-3)
    assert factor(unit("quarter"), unit("month"), None) == pytest.approx(3)


class Rates:
    def convert(self, values, from_currency, from_year, to_currency, to_year):
        worth = {"EUR": 1.1, "USD": 1.0}
        return values * worth[from_currency] / worth[to_currency] * 1.02 ** (to_year - from_year)


def test_money_converts_at_the_rates_that_are_given():
    assert factor(unit("EUR2020/order"), unit("k USD2020/order"), Rates()) == pytest.approx(1.1e-3)
    assert factor(unit("order/EUR2020"), unit("order/USD2022"), Rates()) == pytest.approx(1 / (1.1 * 1.02**2))
    there, back = unit("USD2020"), unit("EUR2025")
    assert factor(there, back, Rates()) * factor(back, there, Rates()) == pytest.approx(1)


NOUNS = [
    "person people",
    "person persons",
    "city cities",
    "house houses",
    "box boxes",
    "watch watches",
    "cache caches",
    "bus buses",
    "movie movies",
    "household households",
    "company companies",
    "licence licences",
    "glass glasses",
    "TV TVs",
    "gas gases",
    "child children",
    "e-bike e-bikes",
    "potato potatoes",
    "shoe shoes",
    "Car cars",
    "life lives",
    "lens lenses",
    "analysis analyses",
    "purchase purchases",
    "user users",
    "subscription subscriptions",
    "survey surveys",
    "series series",
]


@pytest.mark.parametrize("words", NOUNS)
def test_one_and_many_are_one_noun(words):
    one, many = words.split()
    assert stem(one) == stem(many)
    assert unit(one) == unit(many)


def test_different_nouns_stay_apart():
    words = ["car", "care", "plan", "plane", "cub", "cube", "user", "use", "site", "sit", "bar", "bare"]
    assert len({stem(word) for word in words}) == len(words)


def test_plurals_are_written_as_a_reader_expects():
    assert [plural(w) for w in ("person", "city", "box", "day", "cars", "people")] == [
        "people",
        "cities",
        "boxes",
        "days",
        "cars",
        "people",
    ]


@pytest.mark.parametrize(
    ("text", "label", "written"),
    [
        ("%", "Reach", "%"),
        ("%/year", "Reach a year", "%"),
        ("EUR2025/year", "Reach", "€ a year (2025)"),
        ("M EUR2025/year", "Reach", "€M a year (2025)"),
        ("M CHF2025", "Reach", "million CHF (2025)"),
        ("EUR2025/order", "Reach", "€ an order (2025)"),
        ("thousand car", "Reach", "thousand cars"),
        ("order/person/year", "Reach", "orders a person a year"),
        ("1", "Reach", ""),
    ],
)
def test_a_column_says_the_unit_in_words(text, label, written):
    column = unit(text).column("Reach")
    assert (column.label, column.unit) == (label, written)
    if "year" not in column.label and written:
        assert of_column(written, PLAIN) == (unit(text), "")


def test_money_without_a_year_in_a_table_takes_that_of_the_node():
    found, said = of_column("$k", unit("USD2024/car"))
    assert found == unit("k USD2024")
    assert said == "$k has no price year; taken as money of 2024"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("EUR", "EUR has no price year; write EUR2025 for money of 2025"),
        ("€/order", "€ has no price year; write €2025 for money of 2025"),
        ("MEUR2025", "'MEUR2025' is scale and money in one word; write M EUR2025"),
        ("EUS2025", "'EUS' is no currency; write a code such as EUR, USD or GBP with its year"),
        ("EUR1492", "EUR1492 has the price year 1492; write one from 1800 to 2100"),
        ("C$2025", "a unit cannot hold '$'; write one such as [EUR2025/order] or [person]"),
        ("car/", "the unit 'car/' ends in a sign; write one such as [order/person]"),
        ("3 car", "a unit holds no number, found '3'; write thousand, M or bn, and money as EUR2025"),
        ("m", "'m' in a unit may mean several things; write k, M or bn, or the noun in full"),
        ("%/order", "the unit '%/order': a % stands alone, or per time as in [%/year]"),
        ("car %", "a % stands alone in a unit, or per time as in [%/year]"),
        ("", "the unit is empty; write one such as [person], or [1] for a plain number"),
    ],
)
def test_what_is_no_unit_is_refused(text, line):
    with pytest.raises(ValueError) as refused:
        unit(text)
    assert str(refused.value) == line


def test_signs_are_currencies():
    assert unit("$2025") == unit("USD2025") == unit("US$2025")
    assert unit("£2020/order") == unit("GBP2020 / orders")
    assert unit("USD2025") != unit("USD2024")
    assert np.isclose(unit("k €2025").scale, 1000)
