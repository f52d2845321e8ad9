"""What cannot stand in a ledger is refused in one line that names the row and the launch."""

import re

import numpy as np
import pandas as pd
import pytest

from pmlib import data, impact
from pmlib.table import Column

GOOD = pd.DataFrame(
    {
        "launch": list("abcdef"),
        "effect": [0.02, 0.01, 0.03, 0.02, 0.05, 0.0],
        "effect_se": [0.01] * 6,
        "effect_low": [0.0, -0.01, 0.01, 0.0, 0.03, -0.02],
        "effect_high": [0.04, 0.03, 0.05, 0.04, 0.07, 0.02],
        "grade": list("ABCDAA"),
        "period": pd.to_datetime(["2020-01-01"] * 6),
        "reach": [0.5] * 6,
        "domain": ["app"] * 6,
    }
)


def read(frame, **said):
    roles = {name: name for name in frame}
    source = data.source(frame, "ours", columns={"effect": Column("Effect", "%")}, **roles)
    return impact.ledger(source, **said)


def refused(line, frame, **said):
    with pytest.raises(ValueError, match=f"^{re.escape(line)}") as error:
        read(frame, **said)
    assert "\n" not in str(error.value)


def changed(column, row, cell):
    cells = GOOD[column].tolist()
    cells[row] = cell
    return GOOD.assign(**{column: cells})


@pytest.mark.parametrize(
    ("column", "row", "cell", "line"),
    [
        ("launch", 3, "a", "a second row of this launch; keep one, the better graded"),
        ("effect", 1, np.nan, "effect is missing; give what was measured, or drop the row"),
        ("effect", 1, np.inf, "effect is infinite; give what was measured, or drop the row"),
        ("effect", 1, -1.5, "effect is -1.5, a loss of more than all there was; correct it"),
        ("effect", 4, 0.09, "effect 0.09 is not within 0.03 to 0.07; correct the interval"),
        ("effect_se", 0, 0.0, "effect_se is 0; an error is above 0, and finite"),
        ("effect_se", 0, -0.1, "effect_se is -0.1; an error is above 0, and finite"),
        ("effect_se", 0, np.inf, "effect_se is inf; an error is above 0, and finite"),
        ("effect_low", 0, np.nan, "its interval has one end; give effect_low and effect_high"),
        ("effect_low", 0, 0.3, "effect 0.02 is not within 0.3 to 0.04; correct the interval"),
        ("effect_high", 5, np.inf, "its interval has one end; give effect_low and effect_high"),
        ("grade", 5, "E", "grade is 'E'; write one of A, B, C, D"),
        ("reach", 5, 50.0, "reach is 50; it is a share of users, above 0 and at most 1"),
        ("domain", 5, None, "domain is empty; say what kind of launch it was"),
        ("period", 5, pd.Timestamp("2999-01-01"), "launched 2999-01-01, which is to come; a ledger is"),
    ],
)
def test_a_row_that_cannot_be_is_refused(column, row, cell, line):
    frame = changed(column, row, cell)
    refused(f"ours, row {row} ({frame['launch'][row]!r}): {line}", frame)


@pytest.mark.parametrize("cell", [" ", None])
def test_a_launch_without_a_name_is_refused(cell):
    refused("ours, row 2: launch is empty; name it", changed("launch", 2, cell))


def test_an_error_that_nothing_gives_is_refused():
    frame = changed("effect_se", 2, np.nan)
    line = "ours, row 2 ('c'): its error is missing; give effect_se, or effect_low and effect_high at 95%"
    refused(line, frame.drop(columns=["effect_low", "effect_high"]))
    assert read(frame).table_read.errors[2] == pytest.approx(0.04 / 2 / 1.959964)


def test_words_in_place_of_numbers_are_refused():
    with pytest.raises(ValueError, match=r"^ours: effect holds \w+, not numbers; convert it first$"):
        read(GOOD.assign(effect="2%"))


def test_an_interval_without_a_log_is_refused():
    frame = changed("effect_low", 2, -1.0)
    refused("ours, row 2 ('c'): effect_low is -1, which has no log; leave scale out", frame, scale="log")


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"method": "bayes"}, "method is 'bayes'; write one of fixed, dl, pm, reml"),
        ({"scale": "sqrt"}, "scale is 'sqrt'; write \"log\", or leave it out"),
        ({"prior": "small"}, 'prior is \'small\'; write low .. high, such as "-2% .. 6%", or "flat"'),
        ({"prior": "6% .. -2%"}, "prior is '6% .. -2%'; its low end comes first, and below its high end"),
        ({"prior": "-2 .. 6"}, "prior is '-2 .. 6'; write it in percent, as effects are"),
        ({"spread": "half-normal"}, 'spread="half-normal" needs spread_scale, above 0, in the unit of'),
        ({"spread": "broad"}, "spread is 'broad'; write one of flat, half-normal, half-cauchy"),
        ({"doubt": {"D": 0.5}}, "doubt of 'D' is 0.5; give 1 or more for A, B, C or D"),
        ({"level": 95}, "level is 95; write a fraction between 0 and 1, such as 0.95"),
        ({"domain": "web"}, "ours has no domain 'web'; it has 'app'"),
    ],
)
def test_a_parameter_that_is_none_is_refused(said, line):
    refused(line, GOOD, **said)


def test_a_flat_prior_of_two_launches_is_refused():
    line = "a flat prior of the spread needs 3 estimates; found 2; state a prior"
    refused(line, GOOD.head(2), prior="flat")


def test_a_ledger_without_domains_has_none_to_choose():
    line = "ours has no column of role domain, so none to choose; leave it out"
    refused(line, GOOD.drop(columns="domain"), domain="app")


def test_more_launches_than_anybody_compares_are_refused():
    many = pd.DataFrame({"launch": range(2001), "effect": 0.01, "effect_se": 0.01})
    refused("ours has 2,001 launches to compare; choose 2,000 at most", many)
