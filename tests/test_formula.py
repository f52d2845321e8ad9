"""Formulas as programs: what they compute and refuse, the stops of sliders, and how values are written."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given as tried
from hypothesis import strategies as st
from pydantic import TypeAdapter

from pmlib.formula.model import Input, Model, Output, model
from pmlib.formula.stops import stops
from pmlib.formula.term import added, called, given, term
from pmlib.formula.written import bare, pattern, written
from pmlib.table import number


def lever(name, value=1.0, **more):
    return Input(name=name, label=name, stops=(value - 1, value, value + 1), start=1, **more)


def out(name="y", **more):
    return Output(name=name, label=name, **more)


A, B = given("a"), given("b")
ROW = term([1.0, 2.0, 4.0])


@pytest.mark.parametrize(
    ("written_so", "expected"),
    [
        (A + B, 5.0),
        (1 - A, -1.0),
        (A - 1, 1.0),
        (-A, -2.0),
        (3 * A / B, 2.0),
        (1 / A, 0.5),
        (A**B, 8.0),
        (called("min", A, B), 2.0),
        (called("max", A, called("sqrt", 16.0)), 4.0),
        (called("exp", called("log", A)), 2.0),
        (called("sum", ROW * A), 14.0),
        (called("sum", A - ROW), -1.0),
        (called("sum", ROW / (ROW + ROW)), 1.5),
        (called("sum", A), 2.0),
        (added([A, B, term(1.0)]), 6.0),
        (np.float64(3) * A, 6.0),
    ],
)
def test_a_formula_gives_what_python_gives(written_so, expected):
    found = model([lever("a", 2.0), lever("b", 3.0)], [(written_so, out())])
    assert found.at()["y"] == pytest.approx(expected, rel=1e-15)


def test_inputs_that_are_given_move_and_the_others_stand():
    found = model([lever("a", 2.0), lever("b", 3.0)], [(A * B, out()), (A, out("same"))])
    assert found.at(a=5.0) == {"y": 15.0, "same": 5.0}


def test_a_part_that_is_used_twice_is_computed_once():
    part = called("exp", A)
    found = model([lever("a")], [(part + part * part, out())])
    assert [sign for sign, *_ in found.steps] == ["exp", "*", "+"]
    long = A
    for _ in range(5_000):  # longer than Python's own stack
        long = long + 1.0
    assert model([lever("a")], [(long, out())]).at()["y"] == 5_001


def test_it_comes_back_from_json_as_it_was():
    found = model([lever("a", likely=(0.5, 1.5))], [(called("sum", ROW * A), out(unit="%"))], about="So.")
    again = TypeAdapter(Model).validate_python(json.loads(json.dumps(found.plain())))
    assert again == found and again.at(a=0.3) == found.at(a=0.3)
    assert found.size == len(json.dumps(found.plain(), separators=(",", ":")))


@pytest.mark.parametrize(
    ("steps", "slot", "words"),
    [
        ((("alert", 0),), 1, "step 1 is 'alert' of 1 slots"),
        ((("+", 0),), 1, "step 1 is '\\+' of 1 slots"),
        ((("+", 0, 1),), 1, "step 1 takes a slot that is not filled yet"),
        ((("exp", -1),), 1, "step 1 takes a slot that is not filled yet"),
        ((("exp", "0"),), 1, "step 1 takes a slot that is not filled yet"),
        ((), 1, "never filled"),
        ((("constructor", 0),), 0, "step 1 is 'constructor'"),
    ],
)
def test_a_program_that_is_none_is_refused(steps, slot, words):
    with pytest.raises(ValueError, match=words):
        Model(inputs=(lever("a"),), constants=(), steps=steps, outputs=(out(slot=slot),))


@pytest.mark.parametrize("values", [(1.0, 1.0), (2.0, 1.0), (1.0, np.inf), (np.nan, 1.0), ()])
def test_stops_that_do_not_rise_are_refused(values):
    with pytest.raises(ValueError, match="input a: stops must rise"):
        Input(name="a", label="a", stops=values, start=0)


def test_bars_of_shares_end_together_and_others_where_they_go():
    found = model(
        [lever("a", 0.4), lever("b", 3.0)],
        [(A, out("one", unit="%")), (1 - A, out("two", unit="%")), (A * B, out("size"))],
    )
    spans = found.spans()
    assert spans["one"] == spans["two"] == pytest.approx((-0.6, 1.6))
    assert spans["size"] == pytest.approx((-2.4, 5.6))


# The stops of a slider


@tried(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.floats(0, 1), st.sampled_from(["", "%", "$", "people"]))
def test_stops_rise_between_the_ends_and_hold_the_default(low, width, part, unit):
    high = low + width
    value = low + part * width
    found, start, digits = stops(low, high, value, unit)
    assert found[start] == value
    assert all(a < b for a, b in pairwise(found))
    slack = 1e-9 * max(abs(low), abs(high))
    assert low - slack <= found[0] and found[-1] <= high + slack
    assert len(found) <= 202
    others = [written(one, unit, digits) for at, one in enumerate(found) if at != start]
    assert len(set(others)) == len(others), "no two stops read alike"


def test_stops_are_round():
    assert stops(0.02, 0.98, 0.507, "%")[0][:3] == (0.02, 0.025, 0.03)
    assert stops(79, 279, 179, "$")[0][::100] == (79, 179, 279)
    found, start, digits = stops(91.53e6, 93.79e6, 92.646964e6, "households")
    assert found[:2] == (91.6e6, 91.7e6) and found[start] == 92.646964e6
    assert written(found[start], "households", digits) == "92.6 million households"


def test_stops_over_many_sizes_go_in_even_proportion():
    found, _, digits = stops(2_000, 200_000, 21_234, "people")
    assert found[:3] == (2_000, 2_100, 2_200) and found[-2:] == (190_000, 200_000) and digits is None
    assert stops(0.001, 0.9, 0.1, "%")[0][:3] == (0.005, 0.01, 0.015), "a share goes in even steps"


# How they are written


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (895_569.3, "cars", "896,000 cars"),
        (4_123_456.0, "cars", "4.12 million cars"),
        (1_237_000_000.0, "$ a year", "$1.24bn a year"),
        (0.0986, "cars a household", "0.0986 cars a household"),
        (0.375, "%", "37.5%"),
        (-0.0523, "points", "−5.2 points"),
        (float("nan"), "%", "–"),
    ],
)
def test_values_are_written_in_three_digits(value, unit, said):
    assert written(value, unit) == said


@tried(st.floats(-1e12, 1e12), st.sampled_from(["", "%", "points", "$", "€ a year", "cars", "$k (1983)"]))
def test_it_is_the_number_of_prose_with_three_digits(value, unit):
    assert written(value, unit, 2) == number(value, unit, 2)
    if abs(value) < 1_000 or abs(value) >= 1e6 or unit in ("%", "points"):
        assert written(value, unit) == number(value, unit)


def test_the_ends_of_a_scale_leave_words_out():
    units = ("%", "$ a year", "$k", "cars a household", "million cars", "")
    assert [bare(unit) for unit in units] == ["%", "$", "$k", "", "million", ""]
    assert pattern("$ a year")["after"] == " a year" and pattern("cars")["after"] == " cars"
