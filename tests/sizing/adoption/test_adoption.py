"""Adoption is foreseen with bands, a ceiling and the naive forecast; wrong input is refused by name."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib import data
from pmlib.result import Absent, Number
from pmlib.sizing import adoption
from pmlib.table import Column

GROWTH = [96.0, 195.0, 238.0, 380.0, 1045.0]


def sales(values, first=1949, **columns):
    frame = pd.DataFrame({"year": range(first, first + len(values)), "units": values} | columns)
    unit = {"units": Column("First purchases", "thousand units")}
    return data.source(frame, "acs", period="year", columns=unit)


def analogues(count=5, periods=12):
    rng = np.random.default_rng(3)
    rows = []
    for i in range(count):
        p, q = 0.02 * rng.uniform(0.5, 2), 0.4 * rng.uniform(0.7, 1.4)
        fading = np.exp(-(p + q) * np.arange(periods + 1))
        sold = (
            1000 * np.diff((1 - fading) / (1 + q / p * fading)) * np.exp(0.1 * rng.standard_normal(periods))
        )
        rows.append(pd.DataFrame({"product": f"a{i}", "year": range(1950, 1950 + periods), "units": sold}))
    return data.source(pd.concat(rows), "others", period="year")


@pytest.fixture(scope="module")
def dutch(read_shipped):
    return adoption(read_shipped("nl_car_stock"), until=1973, kind="stock")


def test_dutch_cars_of_1978_are_foreseen_from_1973(dutch):
    # Truth: 4,056 thousand (Franses 1994); the reference's own diffusion fit gives 3,934.
    expected, ceiling = dutch.numbers
    assert expected.value == pytest.approx(4.056e6, rel=0.05)
    assert expected.low < 4.056e6 < expected.high and expected.level == 0.8
    assert ceiling.low < expected.value < ceiling.high


def test_the_sentence_names_the_range_what_came_and_the_naive_forecast(dutch):
    assert dutch.headline.startswith("By 1978 about 3.9")
    assert (
        "80%" in dutch.headline and "the same step each period would say 4.21 million cars" in dutch.headline
    )
    assert "In 1978 it was 4.06 million cars, inside the band" in dutch.headline


def test_the_frame_holds_history_bands_naive_and_truth(dutch):
    ahead = dutch.frame[dutch.frame["estimate"].notna()]
    assert ahead["period"].dt.year.tolist() == [1974, 1975, 1976, 1977, 1978]
    assert (ahead["low_95"] <= ahead["low"]).all() and (ahead["low"] <= ahead["estimate"]).all()
    assert (ahead["estimate"] <= ahead["high"]).all() and (ahead["high"] <= ahead["high_95"]).all()
    assert ahead["later"].notna().all() and ahead["naive"].notna().all()
    assert sum(dutch.weights.values()) == pytest.approx(1) and "drift" in dutch.weights


def test_the_same_input_gives_the_same_numbers(dutch, read_shipped):
    again = adoption(read_shipped("nl_car_stock"), until=1973, kind="stock")
    pd.testing.assert_frame_equal(again.frame, dutch.frame, check_exact=True)


def test_parameters_are_those_of_least_squares(read_shipped):
    # V1, the whole series: Srinivasan and Mason (1986).
    found = adoption(read_shipped("consumer_durables"), series="room_air_conditioners", curve="bass")
    assert found.parameters["innovation"] == pytest.approx(0.009442, rel=1e-3)
    assert found.parameters["imitation"] == pytest.approx(0.37476, rel=1e-3)
    assert found.identified and found.ceiling.low < 18_712_700 < found.ceiling.high
    assert found.weights == {"bass": 1.0}


def test_uneven_years_of_a_share_stay_below_all(read_shipped):
    found = adoption(read_shipped("us_computers"), kind="share")
    assert found.frame[["estimate", "high_95", "naive"]].max().max() <= 1
    assert any("Every period is known" in c.label and not c.passed for c in found.checks)


def test_few_points_say_that_they_are_prior_driven():
    found = adoption(sales(GROWTH), analogues=analogues())
    assert found.prior_driven and "prior-driven: 5 points pooled with 5 analogues" in found.finding
    assert any("speaks for itself" in check.label and not check.passed for check in found.checks)
    assert any("each left out" in check.label and "last value" in check.saw for check in found.checks)
    assert sum(found.likeness.values()) == pytest.approx(1)


def test_a_series_lends_nothing_to_itself():
    others = analogues()
    own = others.frame[others.frame["product"] == "a2"]
    known = data.source(own.head(5), "known", columns={"units": Column("Sold")})
    without = data.source(others.frame[others.frame["product"] != "a2"], "others")
    with_it, alone = adoption(known, analogues=others), adoption(known, analogues=without)
    pd.testing.assert_frame_equal(with_it.frame, alone.frame)


def test_a_sized_market_anchors_the_ceiling():
    size = Number(name="sam", label="buyers", value=20_000.0, low=16_000.0, high=25_000.0, level=0.9)
    free, held = adoption(sales(GROWTH)), adoption(sales(GROWTH), market_size=size)
    assert held.ceiling.high / held.ceiling.low < free.ceiling.high / free.ceiling.low
    assert 14_000 < held.ceiling.middle < 27_000 and "anchored at" in held.finding


def test_growth_without_a_turn_gives_a_lower_bound_only():
    found = adoption(sales([10 * 1.5**i for i in range(9)]))
    assert not found.identified and "The potential is not identified: at least" in found.finding
    assert found.ceiling.low >= sum(10 * 1.5**i for i in range(9))


@settings(max_examples=5, deadline=None)
@given(st.floats(1e-3, 1e6), st.lists(st.floats(1, 100), min_size=3, max_size=6))
def test_units_do_not_matter(factor, values):
    here, there = adoption(sales(values)), adoption(sales([factor * v for v in values]))
    for column in ("estimate", "low", "high", "naive"):
        expected = factor * here.frame[column].dropna().to_numpy()
        np.testing.assert_allclose(there.frame[column].dropna(), expected, rtol=1e-6)


def test_quarters_go_on_in_quarters():
    frame = pd.DataFrame(
        {"when": pd.date_range("2020-01-01", periods=8, freq="QS"), "units": np.arange(1.0, 9)}
    )
    found = adoption(data.source(frame, "q", period="when"), years=1)
    ahead = found.frame.loc[found.frame["estimate"].notna(), "period"]
    assert ahead.dt.strftime("%Y-%m").tolist() == ["2022-01", "2022-04", "2022-07", "2022-10"]


def without(year):
    source = sales(GROWTH)
    return data.source(source.frame[source.frame["period"].dt.year != year], "acs")


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        (
            sales([1.0, 2.0]),
            {},
            "acs has 2 points up to 1950; 3 are needed: give analogues, or wait for more",
        ),
        (without(1951), {}, "acs: nothing is said between 1950 and 1952; fill it in, 0 if nothing sold"),
        (
            sales([1.0, 2.0, 3.0], product=["a", "a", "b"]),
            {},
            'acs holds 2 series (a, b); choose one: series="a"',
        ),
        (sales([1.0, 2.0], product=["a", "b"]), {"series": "c"}, 'acs has no series "c"; it has a, b'),
        (sales([1.0, -2.0, 3.0]), {}, "acs: units of 1950 is negative (-2); correct it"),
        (
            sales([0.0, 0.0, 0.0]),
            {},
            "acs: units is 0 in every period; nothing was adopted yet, so nothing can be foreseen",
        ),
        (sales([1.0, np.nan, 3.0]), {}, "acs: units of 1950 is missing; fill it in, or start after it"),
        (sales(GROWTH), {"until": 1990}, "until is 1990; acs is known from 1949 to 1953: take a year in it"),
        (sales(GROWTH), {"until": 1900}, "until is 1900; acs is known from 1949 to 1953: take a year in it"),
        (
            sales(GROWTH),
            {"kind": "stocks"},
            "kind is 'stocks'; did you mean 'stock'? It may be 'sales', 'stock', 'share'",
        ),
        (
            sales(GROWTH),
            {"curve": "weibull"},
            "curve is 'weibull'; it may be 'auto', 'bass', 'gompertz', 'shifted_gompertz', 'logistic'",
        ),
        (sales(GROWTH), {"years": 0}, "years is 0; give a whole number, 1 to 30"),
        (sales(GROWTH), {"level": 80}, "level is 80; write a fraction between 0 and 1, such as 0.8"),
        (sales(GROWTH), {"market_size": -5.0}, "market_size is -5; a potential is above 0"),
    ],
)
def test_wrong_input_is_refused_in_one_line(source, options, message):
    with pytest.raises(ValueError) as caught:
        adoption(source, **options)
    assert str(caught.value) == message


def test_a_share_beyond_all_is_refused():
    source = data.source(pd.DataFrame({"period": [2000, 2001, 2002], "penetration": [0.2, 0.5, 50.0]}), "own")
    with pytest.raises(ValueError) as caught:
        adoption(source, kind="share")
    remedy = "a share is from 0 to 1: divide percent by 100"
    assert str(caught.value) == f"own: penetration of 2002 is more than 100% (50); {remedy}"


def test_a_table_without_the_roles_leaves_the_section_out():
    shares = data.source(pd.DataFrame({"period": range(2000, 2008), "penetration": np.arange(8) / 10}), "own")
    pd.testing.assert_frame_equal(adoption(shares).frame, adoption(shares, kind="share").frame)
    found = adoption(shares, kind="sales")
    assert isinstance(found, Absent)
    assert found.reason == 'own has no column of role units (kind="share" reads penetration).'
    assert isinstance(adoption(data.no_source()), Absent)


def test_the_fan_is_drawn_wide_and_narrow_with_its_names(dutch):
    drawn = dutch.chart()
    assert drawn.count("<svg") == 2
    for words in ("forecast", "same step", "what came"):
        assert words in drawn


@pytest.mark.parametrize(
    ("last_day", "every"), [("2001-01-31", "ME"), ("2001-03-31", "QE"), ("2001-12-31", "YE")]
)
def test_periods_may_be_dated_by_their_last_day(last_day, every):
    ends = pd.Series(pd.date_range(last_day, periods=9, freq=every))
    starts = ends.dt.to_period(every[0]).dt.to_timestamp()
    told = [
        adoption(
            data.source(
                pd.DataFrame({"when": when, "n": [2.0, 5, 9, 14, 20, 22, 21, 15, 9]}),
                period="when",
                units="n",
            )
        )
        for when in (ends, starts)
    ]
    assert told[0].headline == told[1].headline and told[0].frame.equals(told[1].frame)


def test_days_of_the_month_that_are_alike_are_months():
    mid = pd.date_range("2001-01-15", periods=9, freq="MS") + pd.Timedelta(days=14)
    found = adoption(data.source(pd.DataFrame({"period": mid, "units": range(1, 10)})), years=1)
    assert len(found.frame) == 9 + 12


def test_an_anchor_bounds_a_ceiling_that_the_series_does_not():
    doubling = sales([2.0**i for i in range(12)])
    assert not adoption(doubling).identified
    anchored = adoption(doubling, market_size=Number(name="sam", label="sam", value=5e4, low=4e4, high=6e4))
    assert anchored.identified and "The ceiling is about" in anchored.finding
    assert "anchored at" in anchored.finding
    assert "ok The series and its anchor bound its potential" in anchored.summary()


def test_a_stock_that_has_fallen_is_no_adoption():
    stock = data.source(
        pd.DataFrame({"period": range(2000, 2009), "units": [1, 3, 6, 9, 10, 9, 8, 7, 6]}), "old"
    )
    found = adoption(stock, kind="stock")
    assert isinstance(found, Absent)
    assert found.reason == (
        "old has fallen 40% from its peak of 2004; curves of adoption only rise: look at sales, or at "
        "generations of the product."
    )
    assert not isinstance(adoption(stock, kind="stock", until=2005), Absent)
