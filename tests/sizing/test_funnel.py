"""A funnel goes from the whole market to ours with ranges, and says where a part passes the whole."""

import re

import numpy as np
import pytest

from pmlib import chart
from pmlib.sizing.drivers.tree import tree
from pmlib.sizing.funnel import funnel

CARS = """
buyers   [M car/year]       = 9 .. 10
price    [USD2025/car]      = 24000 .. 28000
tam      [bn USD2025/year]  = buyers * price in bn USD2025/year   # all new cars
small_cars                  = 20% .. 26%
sam      [bn USD2025/year]  = tam * small_cars                    # small cars only
electric                    = 12% .. 30%
reach                       = 4% .. 11%
ours     [bn USD2025/year]  = sam * electric
som      [bn USD2025/year]  = ours * reach                 # <b>electric</b> small cars our dealers reach
"""
LEVELS = ["tam", "sam", "som"]


def test_each_level_has_its_range_and_its_cut_in_words():
    found = funnel(tree(CARS), LEVELS)
    assert [number.name for number in found.numbers] == LEVELS[::-1]
    assert found.numbers[-1].value == pytest.approx(np.sqrt(9 * 10 * 24 * 28), rel=1e-3)
    assert list(found.frame["cut"]) == [
        "",
        "× 23% (21% to 25%): small cars",
        "× 1.3% (0.8% to 2.2%): electric × reach",
    ]
    assert list(found.frame["definition"])[:2] == ["all new cars", "small cars only"]
    assert found.title == "SOM is 0.30% of TAM"
    assert all(check.passed for check in found.checks)


def test_ranges_hold_what_they_say_and_shares_multiply():
    frame = funnel(tree(CARS), LEVELS).frame
    assert ((frame["low"] < frame["estimate"]) & (frame["estimate"] < frame["high"])).all()
    product = frame["estimate"].iloc[0] * frame["kept"].iloc[1:].prod()
    assert product == pytest.approx(frame["estimate"].iloc[-1], rel=0.01)


def test_a_part_that_passes_the_whole_fails_its_check():
    text = CARS + "lost [bn USD2025/year] = 50 .. 60\n"
    failed = [check for check in funnel(tree(text), ["tam", "sam", "lost"]).checks if not check.passed]
    assert [check.label for check in failed] == ["Lost lies inside SAM in every draw"]
    assert re.fullmatch(r"it passes it in [0-9.]+% of draws", failed[0].saw)


def test_a_level_without_a_factor_of_the_one_above_still_has_its_share():
    text = CARS + "lost [bn USD2025/year] = 5 .. 6\n"
    assert re.fullmatch(r"× [0-9.]+% \(.*\)", funnel(tree(text), ["tam", "lost"]).frame["cut"].iloc[1])


def test_the_chart_is_drawn_wide_and_narrow_with_hostile_words_escaped():
    found = funnel(tree(CARS), LEVELS)
    svg = chart.svg(found.plot, alt=found.finding, name="funnel")
    assert svg.count("<svg") == 2
    assert "<b>" not in svg
    assert "<b>electric" not in found.html()


def test_without_levels_or_a_tree_the_section_is_left_out():
    assert funnel(tree(CARS), []).reason == "No levels were named."
    assert funnel(tree(""), LEVELS).reason == "No driver tree was given."


@pytest.mark.parametrize(
    ("levels", "options", "said"),
    [
        ("tam", {}, "levels is the text 'tam'; write a list of names"),
        (["tam", "sum"], {}, "'sum' is no node of the tree; did you mean 'som'?"),
        (["tam", "tam"], {}, "level tam is named twice"),
        (["tam", "buyers"], {}, "level buyers is in [M car/year], tam in [bn USD2025/year]"),
        (LEVELS, {"level": 0}, "level is 0; write a fraction between 0 and 1, such as 0.8"),
    ],
)
def test_what_is_no_funnel_is_refused_in_one_line(levels, options, said):
    with pytest.raises(ValueError, match=re.escape(said)) as refused:
        funnel(tree(CARS), levels, **options)
    assert "\n" not in str(refused.value)
