"""Methods are reconciled with ranges that know shared errors; a slip by a thousand is caught."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib import chart
from pmlib.result import Absent, Number
from pmlib.sizing.drivers.tree import tree
from pmlib.sizing.reconcile import reconcile
from pmlib.sizing.where_methods_part import where_methods_part

# The Dutch cars of 1978 in thousands, as three methods put them; 4,056 were counted.
CARS = """
people               [thousand person] = 13942 +- 1%     # World Bank; 1978
cars_a_head          [car/person]      = 0.2870 +- 5%
income_cars_a_head   [car/person]      = 0.3160 +- 15%
bottom_up            [thousand car]    = people * cars_a_head
top_down             [thousand car]    = people * income_cars_a_head
diffusion            [thousand car]    = 3934 +- 8%      # sales until 1973
registry             [thousand car]    = 3.95 .. 4.2     # written in millions of cars
"""
SURE = CARS + "sure [thousand car] = 4000"
SAME = CARS + "same [thousand car] = diffusion"
LESS = CARS + "less [thousand car] = bottom_up - 3900 [thousand car]"
METHODS = ["bottom_up", "top_down", "diffusion"]


def a_number(value, width=0.1, unit="cars", level=0.9):
    return Number(
        name="n",
        label="n",
        value=value,
        low=value / (1 + width),
        high=value * (1 + width),
        level=level,
        unit=unit,
    )


def test_dutch_cars_of_1978_are_within_5_percent_and_the_truth_in_the_range():
    found = reconcile(tree(CARS), METHODS, truth=4056)
    answer = found.numbers[0]
    assert answer.value == pytest.approx(4056, rel=0.05)
    assert answer.low < 4056 < answer.high
    assert found.title == "Three methods agree within 12%"
    assert all(check.passed for check in found.checks)
    assert found.drivers[0].label == "Cars a person"
    assert found.drivers[0].gap == pytest.approx(1.12, abs=0.005)


def test_what_methods_share_cancels_and_one_figure_implies_a_driver():
    (driver,) = reconcile(tree(CARS), METHODS).drivers
    assert driver.label == "Cars a person"
    assert driver.implied == ("diffusion",)
    assert driver.by_method == pytest.approx(
        {"bottom_up": 0.287, "top_down": 0.316, "diffusion": 3934 / 13942}, rel=1e-3
    )


def test_a_method_counted_in_thousands_is_caught_and_left_out():
    found = reconcile(tree(CARS), [*METHODS, "registry"])
    assert "Caught: registry is counted in thousands; unnoticed, the answer is a thousand times wrong" in (
        found.headline
    )
    row = found.frame.set_index("method").loc["Registry"]
    assert (row["standing"], row["weight"]) == ("set aside", 0)
    assert row["estimate"] == pytest.approx(4.07, rel=0.01)  # as it came
    assert found.numbers[0].value == reconcile(tree(CARS), METHODS).numbers[0].value
    failed = [check.saw for check in found.checks if not check.passed]
    assert failed == [
        "registry says 4.07 thousand cars, the others 4,010 thousand cars; "
        "if its source counts in thousands, say so in its unit, or write it times 1,000"
    ]


@pytest.mark.parametrize(
    ("times", "what"),
    [
        (1e-6, "C is counted in millions; unnoticed, the answer is a million times wrong"),
        (1e3, "C is a thousand times too high; unnoticed, the answer is a thousand times wrong"),
        (100, "C is a hundred times too high"),
        (1 / 12, "C is 12 times too low; unnoticed, the answer is 12 times wrong"),
        (52, "C is 52 times too high"),
    ],
)
def test_other_slips_are_caught_too(times, what):
    found = reconcile({"a": a_number(4e6), "b": a_number(4.2e6), "c": a_number(4.1e6 * times)})
    assert what.lower() in found.headline.lower()
    assert found.numbers[0].value == pytest.approx(4.1e6, rel=0.02)


@pytest.mark.parametrize("times", [0.5, 2.0, 5.0, 8.0, 30.0, 200.0])
def test_a_method_that_is_merely_off_stays_in(times):
    found = reconcile({"a": a_number(4e6), "b": a_number(4.2e6), "c": a_number(4.1e6 * times)})
    assert "set aside" not in set(found.frame["standing"])
    assert not found.checks[1].passed  # they disagree by more than their ranges allow


def test_two_methods_a_thousand_times_apart_are_not_reconciled():
    found = reconcile(tree(CARS), ["diffusion", "registry"])
    assert isinstance(found, Absent)
    assert found.reason.startswith(
        "diffusion is 966 times registry: one of them slipped in its unit, and two methods cannot tell which."
    )


def test_two_against_two_are_not_reconciled():
    both = {"a": a_number(4e6), "b": a_number(4.1e6), "c": a_number(4e3), "d": a_number(4.1e3)}
    assert "four methods cannot tell which" in reconcile(both).reason


def test_one_method_passes_through_and_says_so():
    found = reconcile({"survey": a_number(4e6), "panel": Absent(title="Panel", reason="No table was given.")})
    assert found.numbers[0].value == 4e6
    assert found.title == "One method; nothing to compare it with"
    assert "This is survey alone" in found.finding
    assert "without panel: No table was given." in found.subtitle


def test_an_error_that_all_methods_share_does_not_average_out():
    text = """
    people [person] = 10 M +- {}%
    one    [car/person] = 0.30 +- 10%
    other  [car/person] = 0.31 +- 10%
    a      [car] = people * one
    b      [car] = people * other
    """

    def width(shared):
        answer = reconcile(tree(text.format(shared)), ["a", "b"]).numbers[0]
        return np.log(answer.high / answer.low)

    assert width(40) > 1.5 * width(1)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.6, 1.6), min_size=2, max_size=5), st.floats(0.01, 1e6))
def test_the_figure_lies_among_the_methods_and_moves_with_their_unit(values, unit):
    here = reconcile({f"m{i}": a_number(v) for i, v in enumerate(values)}).numbers[0]
    there = reconcile({f"m{i}": a_number(v * unit) for i, v in enumerate(values)}).numbers[0]
    assert [there.value, there.low, there.high] == pytest.approx(
        [here.value * unit, here.low * unit, here.high * unit], rel=1e-6
    )
    assert min(values) * (1 - 1e-9) <= here.value <= max(values) * (1 + 1e-9)
    assert here.low < here.value < here.high


def test_same_inputs_same_bytes_and_the_chart_is_drawn():
    first, second = (reconcile(tree(CARS), METHODS, truth="4056") for _ in range(2))
    assert first.payload() == second.payload()
    assert chart.svg(first.plot, alt=first.finding, name="x") == chart.svg(
        second.plot, alt=second.finding, name="x"
    )


def test_no_tree_and_no_methods_leave_the_section_out():
    assert reconcile(tree(""), METHODS).reason == "No driver tree was given."
    assert reconcile(None, METHODS).reason == "No driver tree was given."
    assert reconcile(tree(CARS), []).reason == "No methods were named."
    assert reconcile({}).reason == "No methods were named."


@pytest.mark.parametrize(
    ("market", "methods", "options", "said"),
    [
        (CARS, "bottom_up", {}, "methods is 'bottom_up'; write a list of names"),
        (CARS, ["bottom_up", "topdown"], {}, "'topdown' is no node of the tree; did you mean 'top_down'?"),
        (CARS, ["bottom_up", "bottom_up"], {}, "method 'bottom_up' is named twice"),
        (CARS, ["bottom_up", "people"], {}, "method people is in [thousand person], bottom_up in"),
        (SURE, ["bottom_up", "sure"], {}, "method sure has no range; say how sure"),
        (LESS, ["bottom_up", "less"], {}, "method less is zero or below"),
        (SAME, ["diffusion", "same"], {}, "methods diffusion and same err as one"),
        (CARS, METHODS, {"level": 80}, "level is 80; write a fraction between 0 and 1, such as 0.8"),
        (CARS, METHODS, {"truth": -1}, "truth is -1; give a size above zero, or None"),
        ({"a": Number(name="a", label="a", value=4.0)}, (), {}, "method a has no range; give its Number"),
        ({"a": 4.0}, (), {}, "method a is 4.0; give a Number, or a Result that has one"),
        ({"a": a_number(-4.0)}, (), {}, "a size and its range lie above zero"),
        ({"a": a_number(4.0), "b": a_number(4.0, unit="trucks")}, (), {}, "method b is in trucks, a in cars"),
        ({"a": a_number(4.0)}, ["b"], {}, "'b' is no method; it has 'a'"),
    ],
)  # fmt: skip
def test_what_cannot_be_reconciled_is_refused_in_one_line(market, methods, options, said):
    given_ = tree(market) if isinstance(market, str) else market
    with pytest.raises(ValueError, match=re.escape(said)) as refused:
        reconcile(given_, methods, **options)
    assert "\n" not in str(refused.value)


def test_the_drivers_stand_side_by_side():
    found = where_methods_part(reconcile(tree(CARS), METHODS))
    assert found.title == "Methods part most in cars a person: 1.12 times"
    assert list(found.frame["method"]) == ["Bottom up", "Top down", "Diffusion"]
    assert found.frame["value"].iloc[2] == "0.282 cars a person (implied)"
    alone = reconcile({"a": a_number(4.0), "b": a_number(4.1)})
    assert where_methods_part(alone).reason == "The methods have no driver in common to compare."
