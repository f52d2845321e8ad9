"""An alert says what a Number did, how surely, and when it cannot say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlib.reports.alerts import raised
from pmlib.reports.amount import amount
from pmlib.reports.condition import condition
from pmlib.result import Number

WHOLE = ": its whole 95% range is"
PART = ": the estimate is, its whole 95% range is not"


def share(value, low=None, high=None, **other):
    known = {"level": 0.95} if low is not None else {}
    return Number(
        **{"name": "share", "label": "Ford's share", "unit": "%"} | known | other,
        value=value,
        low=low,
        high=high,
    )


def money(value, low=None, high=None, unit="$ a year (2025)"):
    return share(value, low, high, name="som", label="What we could win", unit=unit)


def said(text, now, before=None):
    (line,) = raised([text], {now.name: now}, {before.name: before} if before else None) or [""]
    return line


@pytest.mark.parametrize(
    ("text", "now", "line"),
    [
        ("share < 20%", share(0.182), "Ford's share: 18.2%, below 20%"),
        ("share < 20%", share(0.2), ""),
        ("share < 20%", share(0.19998), "Ford's share: 20.0%, just below 20%"),
        (
            "share<20%",
            share(0.182, 0.17, 0.195),
            "Ford's share: 18.2% (17.0% to 19.5%), certainly below 20%" + WHOLE,
        ),
        (
            "share < 20%",
            share(0.182, 0.16, 0.205),
            "Ford's share: 18.2% (16.0% to 20.5%), probably below 20%" + PART,
        ),
        ("share < 20%", share(0.21, 0.19, 0.23), ""),
        ("share > 25%", share(0.26), "Ford's share: 26.0%, above 25%"),
        (
            "share > 25 %",
            share(0.26, 0.255, 0.265),
            "Ford's share: 26.0% (25.5% to 26.5%), certainly above 25 %" + WHOLE,
        ),
        ("share outside 20% .. 25%", share(0.26), "Ford's share: 26.0%, outside 20% to 25%"),
        ("share outside 20% to 25%", share(0.19), "Ford's share: 19.0%, outside 20% to 25%"),
        ("share outside 20%..25%", share(0.22), ""),
        (
            "share outside 20% .. 25%",
            share(0.26, 0.19, 0.33),
            "Ford's share: 26% (19% to 33%), probably outside 20% to 25%" + PART,
        ),
        ("som < $500M", money(4.8e8), "What we could win: $480M a year (2025), below $500M"),
        (
            "som > $2 bn a year (2025)",
            money(2.5e9),
            "What we could win: $2.50bn a year (2025), above $2 bn a year (2025)",
        ),
        ("som > $12k", money(12.5, unit="$k (1983)"), "What we could win: $12.5k (1983), above $12k"),
        (
            "som < 2 million cars",
            money(1.5e6, unit="cars"),
            "What we could win: 1.50 million cars, below 2 million cars",
        ),
        (
            "som < 4,056 thousand",
            money(4000, unit="thousand cars"),
            "What we could win: 4,000 thousand cars, below 4,056 thousand",
        ),
        ("som < −2", money(-3, unit=""), "What we could win: −3, below −2"),
        ("som > 1 point", money(0.02, unit="points"), "What we could win: +2.0 points, above 1 point"),
    ],
)
def test_a_threshold_or_a_band_that_a_number_leaves(text, now, line):
    assert said(text, now) == line
    assert said(text, now, now) == line


@pytest.mark.parametrize(
    ("text", "now", "before", "line"),
    [
        ("share crosses 20%", share(0.19), share(0.21), "Ford's share: 19.0%, below 20%, from 21.0%"),
        ("share crosses 20%", share(0.21), share(0.19), "Ford's share: 21.0%, above 20%, from 19.0%"),
        ("share crosses 20%", share(0.19), share(0.18), ""),
        ("share crosses 20%", share(0.2), share(0.21), ""),
        ("share crosses 20%", share(0.19), share(0.2), "Ford's share: 19.0%, below 20%, from 20.0%"),
        (
            "share crosses 20%",
            share(0.19, 0.17, 0.21),
            share(0.21),
            "Ford's share: 19.0% (17.0% to 21.0%), probably below 20%, from 21.0%" + PART,
        ),
        (
            "share crosses 20%",
            share(0.19, 0.18, 0.195),
            share(0.21),
            "Ford's share: 19.0% (18.0% to 19.5%), certainly below 20%, from 21.0%" + WHOLE,
        ),
        (
            "share excludes last",
            share(0.22, 0.21, 0.23),
            share(0.2),
            "Ford's share: 22.0% (21.0% to 23.0%), whose 95% range excludes the last edition's 20.0%",
        ),
        ("share excludes last", share(0.22, 0.21, 0.23), share(0.215), ""),
        (
            "share moves > 1 point",
            share(0.22),
            share(0.205),
            "Ford's share: 22.0%, more than 1 point from the last edition's 20.5%",
        ),
        ("share moves > 1 point", share(0.38), share(0.37), ""),  # 0.38 - 0.37 > 0.01 in binary
        (
            "share moves > 1 point",
            share(0.22, 0.2, 0.24),
            share(0.205),
            "Ford's share: 22.0% (20.0% to 24.0%), probably more than 1 point from the last edition's 20.5%"
            + PART,
        ),
        (
            "som moves > 5%",
            money(9.4e8),
            money(10e8),
            "What we could win: $940M a year (2025), more than 5% from the last edition's $1bn a year (2025)",
        ),
        ("som moves > 5%", money(9.6e8), money(10e8), ""),
        (
            "som moves > $50M",
            money(9.4e8),
            money(10e8),
            "What we could win: $940M a year (2025), "
            "more than $50M from the last edition's $1bn a year (2025)",
        ),
    ],
)
def test_what_a_number_did_since_the_last_edition(text, now, before, line):
    assert said(text, now, before) == line
    assert said(text, now) == ""  # a first edition has crossed and moved nothing


@pytest.mark.parametrize(
    ("text", "now", "before", "why"),
    [
        ("shar < 20%", share(0.2), None, "there is no Number 'shar'; did you mean share?"),
        ("share < 20%", share(None), None, "its value is missing"),
        ("share < 20%", share(float("nan")), None, "its value is missing"),
        ("share < 20", share(0.2), None, "'20' is not in %; write it as in 20%"),
        ("share < $20", share(0.2), None, "'$20' is not in %; write it as in 20%"),
        ("som < 5%", money(5e8), None, "'5%' is not in '$ a year (2025)'"),
        ("som < €500M", money(5e8), None, "'€500M' is not in '$ a year (2025)'"),
        (
            "som < $12",
            money(5, unit="$k (1983)"),
            None,
            "'$12' lacks a scale, in '$k (1983)'; write k after it",
        ),
        ("som < 5 trucks", money(5, unit="cars"), None, "'5 trucks' is not in 'cars'"),
        ("som < 5 trucks", money(5, unit=""), None, "'5 trucks' is not in plain numbers"),
        ("share moves > 5%", share(0.2), share(0.2), "'5%' is not in points; write it as in 2 points"),
        ("share excludes last", share(0.2), share(0.2), "it has no range; write it as in share moves > 5%"),
        ("share crosses 20%", share(0.2), money(5), "the last edition does not have it"),
        ("share crosses 20%", share(0.2), share(None), "the last edition does not have it"),
        (
            "share crosses 20%",
            share(0.2),
            share(0.3, label="GM's share"),
            "in the last edition it was of something else, GM's share: 30.0%",
        ),
    ],
)
def test_what_cannot_be_judged_is_an_alert_that_says_why(text, now, before, why):
    assert said(text, now, before) == f"{text} cannot be judged: {why}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "alerts has '', which is no condition; write \"share < 20%\", "),
        ("share", "alerts has 'share', which is no condition; write "),
        ("share << 20%", "alerts has 'share << 20%': '< 20%' is no amount; write it as in 20%, "),
        ("share <= 20%", "alerts has 'share <= 20%': '= 20%' is no amount; "),
        ("share crosess 20%", "alerts has 'share crosess 20%', which is no condition; did you mean crosses?"),
        ("share outside 20%", "alerts has 'share outside 20%': '20%' is no band; write it as in 20% .. 25%"),
        ("share outside 25% .. 20%", "a band that ends before it begins; write the smaller end first"),
        ("share excludes 20%", 'excludes what? write "share excludes last", the last value'),
        (
            "share moves 5%",
            "alerts has 'share moves 5%': it does not say by how much; write it as in share moves > ",
        ),
        ("share moves > -1 point", "a move has no sign; write 1 point"),
        ("share < 1,5%", "'1,5%' is no amount; "),
        ("share < 1e9", "is not"),
        ("share < \x1b[2J", "write at most 200 characters that can be printed"),
        ("share < " + "9" * 300, "write at most 200 characters that can be printed"),
    ],
)
def test_what_is_no_condition_is_refused_in_one_line(text, line):
    with pytest.raises(ValueError) as refused:
        amount(condition(text).amounts[0].text).within("")
    assert line in str(refused.value) and "\n" not in str(refused.value)


ENDS = st.integers(0, 10_000).map(lambda n: n / 10_000)


@given(st.tuples(ENDS, ENDS, ENDS).map(sorted), st.integers(1, 99))
def test_an_alert_below_says_certainly_only_where_the_whole_range_is_below(ends, percent):
    low, value, high = ends
    line = said(f"share < {percent}%", share(value, low, high))
    assert bool(line) == (value < percent / 100 - 1e-9)
    assert ("certainly" in line) == (high < percent / 100 - 1e-9)


@given(ENDS, ENDS, st.integers(1, 99))
def test_crossing_there_and_back_is_told_both_ways(one, other, percent):
    there = said(f"share crosses {percent}%", share(one), share(other))
    back = said(f"share crosses {percent}%", share(other), share(one))
    apart = (one - percent / 100) * (other - percent / 100) < -1e-6
    assert not apart or (there and back)
