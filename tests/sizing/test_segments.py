"""Segments are ranked by size to come and fit, and where the order cannot be told this is said."""

import re

import numpy as np
import pandas as pd
import pytest

from pmlib import chart, data
from pmlib.sizing.segments import segments
from pmlib.table import Column


def table(sizes, *, years=8, noise=0.02, seed=1, role="segment", **more):
    """A table of segments that start at `sizes` with steady growth: {"young": (100, 0.08)}."""
    random = np.random.default_rng(seed)
    rows = [
        (name, 2010 + year, start * (1 + rate) ** year * np.exp(noise * random.standard_normal()))
        for name, (start, rate) in sizes.items()
        for year in range(years)
    ]
    frame = pd.DataFrame(rows, columns=[role, "period", "units"]).assign(**more)
    return data.source(frame, "sold", columns={"units": Column("Cars", "cars")})


APART = {"young": (1000, 0.10), "families": (900, 0.0), "older": (300, -0.05)}


def test_the_largest_to_come_is_first_and_growth_is_found():
    found = segments(table(APART))
    assert list(found.frame["segment"]) == ["young", "families", "older"]
    assert found.title == "young comes first"
    assert found.frame["first"].iloc[0] == 1
    assert found.frame["growth"].iloc[0] == pytest.approx(0.10, abs=0.02)
    future = found.frame["future"].iloc[0]
    assert future == pytest.approx(1000 * 1.1**10, rel=0.1)
    assert found.numbers[0].low < future < found.numbers[0].high
    assert found.numbers[0].period == "by 2020"
    assert "The order is clear." in found.finding
    assert found.advice == "Start with young."


def test_fit_turns_the_order():
    found = segments(table(APART), fit=["Young: 0.5 .. 1", "families: 80% .. 100%"])
    assert found.frame["segment"].iloc[0] == "families"
    fit = found.frame.set_index("segment").loc["young", ["fit_low", "fit", "fit_high"]]
    assert list(fit) == pytest.approx([0.1, 0.15, 0.2])


def test_an_order_that_cannot_be_told_is_said():
    found = segments(table({"north": (1000, 0.05), "south": (1000, 0.05), "east": (100, 0.0)}, noise=0.1))
    first, second, last = found.frame["segment"]
    assert found.title == f"{first} leads {second}, but not for sure"
    assert f"The order of {first} and {second} cannot be told." in found.finding
    assert last == "east"
    assert 0.3 < found.frame["first"].iloc[0] < 0.95
    assert found.frame["first"].sum() == pytest.approx(1)


def test_growth_as_given_has_no_range():
    frame = pd.DataFrame(
        {"market": ["NL", "BE"], "revenue": [10.0, 12.0], "growth": [0.2, 0.0], "fit": [4, 5]}
    )
    found = segments(data.source(frame, "markets"), value="revenue", horizon=2)
    assert list(found.frame["segment"]) == ["BE", "NL"]
    nl = found.frame.set_index("segment").loc["NL"]
    assert (nl["future"], nl["growth_low"], nl["fit"]) == (pytest.approx(14.4), pytest.approx(0.2), 0.8)
    assert found.numbers[0].low is None
    assert "in 2 years" in found.finding


def test_products_add_up_to_their_segment_and_any_column_may_be_the_size():
    frame = table(APART).frame
    halves = pd.concat([frame.assign(units=frame["units"] / 2, product=p, euro=5.0) for p in ("a", "b")])
    whole = segments(data.source(halves, "products"))
    assert whole.frame["size"].to_numpy() == pytest.approx(segments(table(APART)).frame["size"].to_numpy())
    assert segments(data.source(halves, "products"), value="euro").frame["growth"].abs().max() < 1e-12


def test_the_shipped_segments_of_the_us_car_market(read_shipped):
    cars = read_shipped("us_car_segments")
    units, revenue = segments(cars), segments(cars, value="revenue")
    assert set(units.frame["segment"]) == set(cars.frame["segment"].astype(str))
    assert revenue.columns["size"].unit == "$ (1983)"
    svg = chart.svg(units.plot, alt=units.finding, name="segments")
    assert svg.count("<svg") == 2
    assert units.payload() == segments(cars).payload()


def test_what_is_sold_no_more_or_too_new_is_left_out_by_name():
    frame = table(APART | {"new": (5, 0.1), "gone": (5, 0.1)}).frame
    kept = frame[~((frame["segment"] == "new") & (frame["period"].dt.year < 2016))]
    kept = kept[~((kept["segment"] == "gone") & (kept["period"].dt.year > 2015))]
    (check,) = [check for check in segments(data.source(kept, "sold")).checks if not check.passed]
    assert check.saw == "gone is not sold any more; new has only 2 periods"


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (None, "No table of segments was given."),
        ({"units": [1.0]}, "t has no segment, market or product column."),
        ({"segment": ["a"], "units": [1.0]}, "t has neither periods nor a growth column."),
        ({"segment": ["a", "b"], "growth": [0.0, 0.1]}, "t does not know units."),
        ({"segment": ["a"], "units": [1.0], "growth": [0.1]}, "Fewer than two segments can be compared."),
    ],
)
def test_what_cannot_be_ranked_is_left_out_with_its_reason(frame, reason):
    source = None if frame is None else data.source(pd.DataFrame(frame), "t")
    assert segments(source).reason == reason


GOOD = {"segment": ["a", "b"], "units": [1.0, 2.0], "growth": [0.1, 0.2]}


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        ({"units": [1.0, -2.0]}, {}, "t, row 1: units is -2; a size is 0 or more"),
        ({"units": [np.nan, 2.0]}, {}, "t, row 0: units is missing"),
        ({"units": [1.0, 0.0]}, {}, "t: units of 'b' is 0, from which growth is not known"),
        ({"segment": ["a", None]}, {}, "t, row 1: it has no segment"),
        ({"growth": [0.1, 20.0]}, {}, "t: growth of 'b' is 20; give fractions, 0.05 for 5%"),
        ({"fit": [3, 7]}, {}, "t: fit of 'b' is 7; a fit lies in 0 to 5"),
        ({"segment": ["a", "a"]}, {}, "t: growth of 'a' is 0.1 and 0.2; keep one"),
        ({}, {"value": "sales"}, "value is 'sales', which is no column of t; it has"),
        ({}, {"value": "segment"}, "value is 'segment', which holds no numbers"),
        ({}, {"fit": "a: 3 .. 5"}, "fit is the text 'a: 3 .. 5'; write a list of texts"),
        ({}, {"fit": ["c: 3"]}, "fit is of 'c', which is no segment; there are 'a', 'b'"),
        ({}, {"fit": ["a 3"]}, "fit 'a 3' cannot be read; write it as"),
        ({}, {"fit": ["a: 5 .. 3"]}, "fit 'a: 5 .. 3' starts above its end; swap them"),
        ({}, {"fit": ["a: 3 .. 7"]}, "fit 'a: 3 .. 7' passes the best, 5 or 100%"),
        ({}, {"fit": ["a: 3", "A: 4"]}, "fit of 'a' is given twice; keep one"),
        ({}, {"horizon": 0}, "horizon is 0; give years above 0, at most 50"),
        ({}, {"top": 0}, "top is 0; give a whole number, 1 to 10,000,000"),
        ({}, {"draws": 5}, "draws is 5; give a whole number, 100 to 10,000,000"),
        ({}, {"level": 95}, "level is 95; write a fraction between 0 and 1, such as 0.95"),
    ],
)
def test_bad_input_is_refused_in_one_line(change, options, said):
    with pytest.raises(ValueError, match=re.escape(said)) as refused:
        segments(data.source(pd.DataFrame(GOOD | change), "t"), **options)
    assert "\n" not in str(refused.value)
