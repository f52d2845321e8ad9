"""Leaves from tables and from the Numbers of other methods."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pmlib import data, sizing
from pmlib.result import Absent, Number, Result
from pmlib.sizing.drivers.refusal import TreeError
from pmlib.table import Column

PEOPLE = pd.DataFrame(
    {
        "country": ["Netherlands", "Netherlands", "Belgium", "Belgium", "Luxembourg"],
        "year": [1977, 1978, 1978, 1979, 1978],
        "people": [13.8e6, 13.9e6, 9.8e6, 9.8e6, np.nan],
        "cars": [3851.0, 4056, 2900, 3000, 130],
        "price": [10.0, 11, 12, 13, 14],
    }
)
UNITS = {
    "people": Column("People"),
    "cars": Column("Cars", "thousand cars"),
    "price": Column("Price", "$k (1978)"),
}


@pytest.fixture(scope="module")
def tables():
    return {
        "nations": data.source(PEOPLE, "nations", columns=UNITS, market="country", period="year", line="WDI")
    }


def refusal(text, **inputs):
    with pytest.raises(TreeError) as refused:
        sizing.tree(text, **inputs)
    return str(refused.value)


def test_a_cell_is_found_by_label_and_year(tables):
    market = sizing.tree('people [person] = nations.people["Netherlands", 1978] +- 2%', tables=tables)
    law, node = market.nodes["people"].law, market.nodes["people"]
    assert law.median == pytest.approx(13.9e6)
    assert law.ends() == pytest.approx((13.9e6 * 0.98, 13.9e6 * 1.02))
    assert node.source == "WDI"
    one = sizing.tree("people [person] = nations.people[1977]  # CBS; 1978; A", tables=tables).nodes["people"]
    assert (one.law.median, one.source, one.grade) == (13.8e6, "CBS", "A")


def test_the_scale_of_a_column_is_not_lost(tables):
    text = 'stock [{}] = nations.cars["Netherlands", 1978]{}'
    assert refusal(text.format("car", ""), tables=tables) == (
        'node stock, line 1: declared car, nations.cars["Netherlands", 1978] gives thousand cars: '
        "a factor of 1,000 is missing; write `... in car` to convert"
    )
    assert sizing.tree(text.format("thousand car", ""), tables=tables).evaluate({})["stock"] == 4056
    assert sizing.tree(text.format("car", " in car"), tables=tables).evaluate({})["stock"] == 4_056_000
    noticed = sizing.tree(text.format("thousand vehicle", ""), tables=tables).notices
    assert noticed == (
        'stock: declared thousand vehicle, nations.cars["Netherlands", 1978] gives thousand cars; '
        "taken as thousand vehicle",
    )


class Inflation:
    def convert(self, values, from_currency, from_year, to_currency, to_year):
        assert from_currency == to_currency == "USD"
        return values * 1.03 ** (to_year - from_year)


def test_the_price_year_of_a_column_is_not_lost(tables):
    text = 'price [USD1988/car] = nations.price["Belgium", 1978]'
    assert refusal(text, tables=tables) == (
        'node price, line 1: declared USD1988/car, nations.price["Belgium", 1978] gives thousand USD1978; '
        "write `... in USD1988/car` to convert, or declare [thousand USD1978]"
    )
    market = sizing.tree(f"{text} in USD1988/car", tables=tables, money=Inflation())
    assert market.evaluate({})["price"] == pytest.approx(12_000 * 1.03**10)


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        (
            'nations.people["Netherlands"]',
            'nations.people["Netherlands"] is 2 rows; add a year from 1977 to 1978',
        ),
        (
            "nations.people[1978]",
            'nations.people[1978] is 3 rows; add one of "Netherlands", "Belgium", "Luxembourg"',
        ),
        (
            'nations.people["Nederland"]',
            "nations.people[\"Nederland\"]: nations has no row 'Nederland'; did you mean 'Netherlands'? "
            "It has 'Netherlands', 'Belgium', 'Luxembourg'",
        ),
        (
            'nations.people["Belgium", 1977]',
            'nations.people["Belgium", 1977]: Belgium has no year 1977; it has 1978 to 1979',
        ),
        (
            'nations.people["Belgium", 2030]',
            'nations.people["Belgium", 2030]: nations has no year 2030; it has 1977 to 1979',
        ),
        (
            'nations.persons["Belgium", 1978]',
            "nations has no column 'persons'; did you mean 'period'? "
            "It has 'market', 'period', 'people', 'cars', 'price'",
        ),
        (
            'nations.market["Belgium", 1978]',
            'nations.market["Belgium", 1978]: market holds no numbers; choose a column that does',
        ),
        (
            'nations.people["Luxembourg", 1978]',
            'nations.people["Luxembourg", 1978] is blank; choose another row, or write the number',
        ),
        (
            "nations.people[Belgium]",
            "'Belgium' picks no row; write labels and a year: [\"Netherlands\", 1978]",
        ),
        (
            'nations.people["Belgium", 1978] * 2',
            "found '*' after a value; give the value a node of its own, and use its name",
        ),
    ],
)
def test_no_row_or_several_are_refused(tables, cell, line):
    assert refusal(f"x [person] = {cell}", tables=tables) == f"node x, line 1: {line}"


def test_a_table_that_is_not_there_is_refused(tables, tmp_path, monkeypatch):
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    line = refusal('x [person] = countries.people["Belgium"]', tables=tables)
    assert line.startswith("node x, line 1: ")
    assert line.endswith("; the tree was given nations")
    assert refusal('x = a.b["c"]', tables={"a": data.read(None)}) == (
        "node x, line 1: the table a was not given; name one, or write the number"
    )


def test_a_declared_table_is_read_by_its_name(monkeypatch, read_shipped):
    monkeypatch.setenv("PMLIB_ROOT", str(Path(__file__).parents[3]))
    market = sizing.tree('price [k USD1983/car] = us_cars.price["Acura Integra", 1990]')
    frame = read_shipped("us_cars").frame
    asked = frame.loc[(frame["name"] == "Acura Integra") & (frame["period"].dt.year == 1990), "price"]
    assert market.nodes["price"].law.median == asked.item()
    assert market.nodes["price"].source.startswith("US new cars, 1971–1990: Berry")
    assert market.notices == ()


def test_months_are_found_by_their_text():
    frame = pd.DataFrame({"month": pd.to_datetime(["2025-01-01", "2025-02-01"]), "units": [3.0, 4.0]})
    tables = {"sales": data.source(frame, "sales", period="month")}
    assert sizing.tree('x [car] = sales.units["2025-02"]', tables=tables).evaluate({})["x"] == 4
    assert refusal("x [car] = sales.units[2025]", tables=tables) == (
        "node x, line 1: sales.units[2025] is 2 rows of one year; "
        'write a month such as "2025-01" for the year'
    )


class Curve(Result):
    pass


STOCK = Number(name="stock", label="cars", value=4.0, low=3.5, high=4.8, level=0.8, unit="million cars")
RATE = Number(name="rate", label="a rate", value=0.1, unit="%")


def result(*numbers):
    return Curve(title="t", finding="f", frame=pd.DataFrame(), numbers=numbers)


def test_a_number_of_another_method_keeps_its_range_and_level():
    for text, numbers in (
        ("stock [M car] = diffusion", {"diffusion": STOCK}),
        ("stock [M car] = diffusion", {"diffusion": result(STOCK)}),
        ("stock [M car] = diffusion.stock", {"diffusion": result(STOCK, RATE)}),
        ("stock [M car] = stock", {"stock": STOCK}),
    ):
        law = sizing.tree(text, numbers=numbers).nodes["stock"].law
        assert (law.kind, law.level) == ("lognormal", 0.8)
        assert law.ends(0.8) == pytest.approx((3.5, 4.8))
        assert law.median == pytest.approx(4.0)
    converted = sizing.tree("stock [car] = diffusion in car +- 5%", numbers={"diffusion": STOCK})
    assert converted.nodes["stock"].law.ends() == pytest.approx((3.8e6, 4.2e6))
    normal = sizing.tree("stock [M car] = diffusion normal", numbers={"diffusion": STOCK}).nodes["stock"].law
    assert (normal.kind, normal.ends(0.8)) == ("normal", pytest.approx((3.5, 4.8)))


TOO_FEW = Absent(title="Curve", reason="Three points are too few.")


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (TOO_FEW, "diffusion is absent: Three points are too few. Write a range instead"),
        (
            result(STOCK, RATE),
            "diffusion holds 2 numbers: diffusion.stock, diffusion.rate; write one of them",
        ),
        (result(), "diffusion holds 0 numbers: none; write one of them"),
        (4.0, "diffusion is a float, not a Number; pass a Result or a Number of one"),
        (
            replace(STOCK, level=None),
            "the range of diffusion says no level; write the range here: low .. high (90%)",
        ),
        (
            replace(STOCK, value=9.0),
            "diffusion is 9.0 million cars (3.5 to 4.8 million cars), "
            "which lies outside its own interval; look at its method",
        ),
        (RATE, "declared M car, diffusion gives %; declare the unit [%]"),
    ],
)
def test_a_number_that_cannot_be_used_is_refused(given, line):
    assert refusal("stock [M car] = diffusion", numbers={"diffusion": given}) == f"node stock, line 1: {line}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("diffusion.peak", "diffusion has no number 'peak'; it has 'stock', 'rate'"),
        (
            "diffusion.stock in thousand car",
            "declared M car, the value is converted to thousand car; write the same in both",
        ),
        ("plain in car", "plain has no unit to convert from; leave `in` out, or give the table one"),
        ("plain.value", "plain is one number, which has no 'value'; write plain"),
    ],
)
def test_a_part_of_a_result_is_asked_for_by_its_name(text, line):
    numbers = {"diffusion": result(STOCK, RATE), "plain": Number(name="n", label="n", value=3.0)}
    assert refusal(f"stock [M car] = {text}", numbers=numbers) == f"node stock, line 1: {line}"


def test_nouns_of_another_method_are_told():
    market = sizing.tree("stock [vehicle] = diffusion in vehicle", numbers={"diffusion": STOCK})
    assert market.notices == ("stock: diffusion gives M cars; taken as vehicle",)
    growth = sizing.tree("rate [%/year] = rate", numbers={"rate": RATE})
    assert growth.notices == ("rate: declared %/year, rate gives %; taken as %/year",)


def test_rows_that_no_label_tells_apart_are_refused():
    frame = pd.DataFrame({"country": ["A", "A"], "people": [1.0, 2.0]})
    tables = {"t": data.source(frame, "t", market="country"), "bare": data.source(frame[["people"]], "bare")}
    assert refusal('x = t.people["A"]', tables=tables) == (
        'node x, line 1: t.people["A"] is 2 rows that do not differ in any label; '
        "keep one of them in the table"
    )
    assert refusal("x = t.people[1978]", tables=tables) == (
        "node x, line 1: t.people[1978]: t has no period; leave 1978 out"
    )
    assert refusal('x = bare.people["A"]', tables=tables) == (
        "node x, line 1: bare.people[\"A\"]: bare has no column of labels; leave 'A' out"
    )
    assert refusal('x = t.people["A"]', tables={"t": frame}) == (
        "node x, line 1: the table t is a DataFrame; make a Source with data.source(frame)"
    )


def test_two_labels_pick_a_row(tables):
    assert refusal('x = nations.people["Belgium", "Netherlands"]', tables=tables) == (
        'node x, line 1: nations.people["Belgium", "Netherlands"]: Belgium has no row \'Netherlands\'; '
        "it has 'Belgium'"
    )


def test_a_misspelt_number_is_refused_with_those_there_are():
    assert refusal("stock [M car] = diffusion", numbers={"difusion": STOCK}) == (
        "node stock, line 1: 'diffusion' is no node of the tree; it has 'stock', "
        "and there are the numbers difusion"
    )


def test_an_absent_number_that_is_not_used_does_not_matter():
    assert sizing.tree("x [car] = 3", numbers={"diffusion": TOO_FEW}).evaluate({})["x"] == 3


def test_a_number_stands_in_a_node_of_its_own():
    assert refusal("x [M car] = 2 * diffusion", numbers={"diffusion": STOCK}) == (
        "node x, line 1: diffusion is a Number of another method; give it a node of its own: "
        "my_diffusion [unit] = diffusion"
    )
