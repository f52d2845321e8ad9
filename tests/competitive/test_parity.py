"""What firms offer against each other."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_market import POWER, market, products

from pmlib.competitive import feature_parity
from pmlib.data import source
from pmlib.result import Absent
from pmlib.table import Column

RIVALS = ["General Motors", "Honda", "Toyota", "Chrysler"]


def offers(**columns):
    frame = pd.DataFrame({"firm": ["A", "A", "B", "C"], "power": [10.0, 20.0, 40.0, 30.0]}).assign(**columns)
    better = {"power": Column("Power", "hp", better="higher"), "noise": Column("Noise", "dB", better="lower")}
    names = [name for name in frame if name not in ("firm", "units")]
    return source(frame, columns={n: c for n, c in better.items() if n in frame}, attributes=names)


def test_gaps_are_counted_in_standard_deviations_between_products():
    frame = feature_parity(offers(), focal="A", rivals=["B", "C"]).frame
    # Means 15 against 40; the standard deviation of 10, 20, 40, 30 is 11.18.
    assert frame.loc[0, ["rival", "own_value", "best_value", "verdict"]].tolist() == ["B", 15, 40, "behind"]
    assert frame.loc[0, "gap"] == pytest.approx(-25 / np.std([10, 20, 40, 30]))
    assert np.isnan(frame.loc[0, "estimate"])
    assert frame.loc[0, "association"] == "unknown"


def test_means_weigh_by_sales():
    frame = feature_parity(offers(units=[3, 1, 1, 1]), focal="A").frame
    assert frame.loc[0, "own_value"] == 12.5


def test_where_lower_is_better_less_is_ahead():
    frame = feature_parity(offers(noise=[50, 52, 60, 70]), focal="A").frame.set_index("attribute")
    assert frame.loc["noise", ["verdict", "rival"]].tolist() == ["ahead", "B"]
    assert feature_parity(offers(noise=[50, 52, 60, 70]), focal="B").frame["verdict"].tolist() == [
        "behind",
        "ahead",
    ]


def test_what_a_reader_is_told(us_cars):
    result = feature_parity(us_cars, focal="Ford", rivals=RIVALS)
    assert result.title == "Ford trails Toyota on power to weight"
    assert result.headline == "Ford trails Toyota on power to weight and Honda on fuel economy."
    assert [(n.value, n.label) for n in result.numbers] == [
        (2.0, "of 4 features clearly trail the best rival")
    ]
    assert result.finding == (
        "Ford clearly trails on 2 of 4 attributes, among them power to weight: 0.375 against Toyota 0.440; "
        "a typical step up goes with 18% higher prices (8% to 28%)."
    )
    assert (
        result.unknown
        == "Whether buyers want better fuel economy: other things equal, it goes with lower prices."
    )


def test_an_attribute_that_goes_with_cheaper_products_is_not_ranked(us_cars):
    frame = feature_parity(us_cars, focal="Ford", rivals=RIVALS).frame
    assert frame["attribute"].iloc[-1] == "mpg_tens"
    assert frame["association"].iloc[-1].endswith("not ranked")
    assert frame.loc[frame["attribute"] == "air", "own_value"].iloc[0] == pytest.approx(0.378, abs=5e-4)


def test_categories_lower_is_better_and_missing_cells(cars_1993):
    result = feature_parity(cars_1993, focal="Ford", rivals=["Chevrolet", "Honda", "Toyota", "Chrysler"])
    frame = result.frame.set_index("attribute")
    assert frame.loc["AirBags", ["label", "own", "best"]].tolist() == [
        "Airbags: Driver & Passenger", "0%", "Honda 67%",
    ]  # fmt: skip
    assert frame.loc["Turn.circle", "estimate"] > 0  # a smaller circle goes with dearer cars
    assert "Man.trans.avail" not in frame.index
    assert "left out: manual gearbox on offer (no better direction declared)" in [
        c.saw for c in result.checks
    ]


def test_why_an_attribute_is_not_compared_is_said():
    grades = pd.Categorical(list("aabb"), categories=["a", "b", "c"], ordered=True)
    table = offers(noise=[50, 50, 50, 50], grade=grades, colour=list("rgbw"))
    columns = table.columns | {n: Column(n, better="higher") for n in ("grade", "colour")}
    check = feature_parity(replace(table, columns=columns), focal="A").checks[1]
    assert not check.passed
    assert check.saw == (
        "left out: noise (the same for all), grade (no product has “c”) "
        "and colour (no order of its levels declared)"
    )


def test_prices_are_compared_in_the_newest_period_where_it_suffices():
    old, now = products(1).assign(period=2000), products(2).assign(period=2001)
    old["price"] /= old["power"] ** 2  # power was cheap once
    result = feature_parity(market(pd.concat([old, now], ignore_index=True)), focal="A")
    alone = feature_parity(market(now), focal="A")
    prices = ["estimate", "low", "high"]
    pd.testing.assert_frame_equal(result.frame[prices], alone.frame[prices])
    assert "prices" not in result.subtitle


def test_with_few_new_products_prices_are_of_all_periods_and_that_is_said():
    parts = [products(1).assign(period=2000), products(2, size=9).assign(period=2001)]
    result = feature_parity(market(pd.concat(parts, ignore_index=True)), focal="A", rivals=["B"])
    assert result.frame["estimate"].notna().all()
    assert result.subtitle.endswith("prices: 2000 to 2001")
    assert len(result.subtitle.split()) <= 25


@pytest.mark.parametrize("better", ["higher", "lower"])
def test_one_typical_step_measures_gaps_and_prices(better):
    frame = products(1, scatter=0)
    power = frame["power"]
    spec = Column("Power", "hp", better=better)
    result = feature_parity(market(frame, power=spec), focal="A", rivals=list("BCDEF"))
    row = result.frame.set_index("attribute").loc["power"]
    step = power.std(ddof=0)
    means = power.groupby(frame["firm"]).mean()
    gap = abs(means["A"] - (means.drop("A").max() if better == "higher" else means.drop("A").min()))
    assert abs(row["gap"]) == pytest.approx(gap / step)
    dearer = POWER * np.log(1 + step / power.mean())
    assert np.log1p(row["estimate"]) == pytest.approx(dearer if better == "higher" else -dearer)


def test_rivals_not_named_are_the_largest(us_cars):
    assert list(feature_parity(us_cars, focal="Ford").standing) == ["Ford", *RIVALS]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(1, 100), min_size=4, max_size=4, unique=True), st.floats(0.01, 100))
def test_units_do_not_matter_and_the_leader_is_never_behind(values, unit):
    here = feature_parity(offers(power=values), focal="A").frame
    there = feature_parity(offers(power=[v * unit for v in values]), focal="A").frame
    assert here["gap"].tolist() == pytest.approx(there["gap"].tolist(), abs=1e-6)
    best = max(("A", np.mean(values[:2])), ("B", values[2]), ("C", values[3]), key=lambda pair: pair[1])[0]
    assert feature_parity(offers(power=values), focal=best).frame["verdict"][0] != "behind"


def test_nothing_to_compare_is_said(us_cars):
    absent = feature_parity(market(products(1).drop(columns="price"), attributes=[]), focal="A")
    assert isinstance(absent, Absent)
    assert absent.reason == "The data (made_up) have no attribute column."
    plain = source(products(1), attributes=["power"])
    assert feature_parity(plain, focal="A").reason == (
        "No attribute that varies declares which direction is better."
    )
    assert feature_parity(us_cars, focal="Ford", rivals=["AMC"]).reason == (
        "The newest period holds no product of any rival."
    )


def test_a_level_firm_is_told_so():
    result = feature_parity(offers(power=[30, 30, 30, 31]), focal="A", rivals=["B"])
    assert result.title == "A is level with its best rivals"
    assert result.finding == "A trails on 0 of 1 attributes; A is level with its best rivals."


@pytest.mark.parametrize("name", ["us_cars", "cars_1993"])
def test_charts_and_pages_are_made(name, shipped_data):
    assert "<svg" in feature_parity(shipped_data[name], focal="Ford").html()
