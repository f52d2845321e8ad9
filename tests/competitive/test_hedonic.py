"""Attributes and price: the published regression, laws, recovery."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_market import AIR, POWER, market, products

from pmlib.competitive import hedonic
from pmlib.result import Absent
from pmlib.table import Column

quick = settings(max_examples=15, deadline=None)


def coefficients(result):
    return result.frame.set_index("term")["estimate"]


def test_the_published_regression_of_us_cars(us_cars):
    # Berry, Levinsohn & Pakes (1995), Table III, last column: .520 .680 -.471 .125 .013, R2 .656.
    result = hedonic(us_cars)
    terms = ["hp_per_weight", "air", "mpg_tens", "space", "(years)"]
    assert coefficients(result)[terms].tolist() == pytest.approx(
        [0.5203, 0.6798, -0.4706, 0.1248, 0.0128], abs=5e-5
    )
    assert result.fit.bse[terms].tolist() == pytest.approx([0.035, 0.019, 0.049, 0.063, 0.002], abs=6e-4)
    assert result.fit.rsquared == pytest.approx(0.65644, abs=5e-6)


def test_intervals_are_wider_than_if_every_model_year_were_a_new_model(us_cars):
    result = hedonic(us_cars)
    robust = (result.frame.set_index("term")["high"] - coefficients(result)) / 1.96
    assert (robust > 1.3 * result.fit.bse[robust.index]).all()


def test_what_a_reader_is_told(us_cars):
    result = hedonic(us_cars.window(1980, 1990))
    assert result.title == "Price goes most with air conditioning standard"
    assert result.finding == (
        "Other things equal, prices are 87% higher (73% to 104%) with air conditioning standard, "
        "7% higher (5% to 9%) with 10% more power to weight, lower with better fuel economy."
    )
    assert result.headline == (
        "Other things equal, prices are higher with air conditioning standard, more power to weight "
        "and more size."
    )
    odd = result.checks[-1]
    assert not odd.passed
    assert odd.saw == ("not fuel economy, other things equal; this does not show what buyers want")


def test_dearer_products_are_never_said_to_have_less(us_cars, cars_1993):
    # Larger cars were dearer, and cheaper only among cars alike in the rest.
    early = us_cars.window(1972, 1974)
    assert early.frame["space"].corr(early.frame["price"], method="spearman") > 0.5
    result = hedonic(early)
    assert result.title == "Price goes with lower fuel economy, then lower size"
    assert result.headline == "Other things equal, prices are higher with air conditioning standard."
    assert result.finding.endswith("lower with better fuel economy and size.")
    assert "earer" not in result.html() + hedonic(cars_1993).html().replace("dearer products differ", "")


def test_the_title_names_what_goes_furthest_even_against_expectation():
    frame = products(1, scatter=0.05).assign(
        noise=lambda f: np.random.default_rng(7).uniform(1, 9, len(f)),
        price=lambda f: f["price"] * f["noise"] ** 0.8,
    )
    noise = Column("Noise", "dB", better="lower")
    result = hedonic(market(frame, attributes=["noise", "power", "air"], noise=noise))
    assert result.title == "Price goes with noise, then power"
    result = hedonic(market(frame, attributes=["noise"], noise=noise))
    assert result.title == "Price goes most with noise"
    assert result.finding == "Other things equal, prices are lower with better noise."


def test_the_share_explained_leaves_out_what_time_explains():
    frame = pd.concat([products(1, scatter=0.5).assign(period=2000 + year) for year in range(8)])
    frame["price"] *= np.exp(0.5 * (frame["period"] - 2000))  # prices mostly rise
    now, all_years = (
        hedonic(market(f.reset_index(drop=True))) for f in (frame[frame["period"] == 2000], frame)
    )
    assert all_years.fit.rsquared > 0.8
    assert all_years.numbers[0].value == pytest.approx(now.fit.rsquared)
    assert now.numbers[0].value == pytest.approx(now.fit.rsquared)
    assert all_years.numbers[0].label == "of price differences, the trend aside, go with these attributes"
    assert now.numbers[0].label == "of price differences go with these attributes"


def test_better_fuel_economy_goes_with_cheaper_cars_and_is_called_implausible(us_cars, cars_1993):
    for source, odd in ((us_cars, "mpg_tens"), (cars_1993, "MPG.city")):
        frame = hedonic(source).frame
        assert frame.loc[~frame["plausible"], "term"].tolist() == [odd]


def test_a_level_is_named_with_its_attribute(cars_1993):
    assert "with airbags “No airbag”" in hedonic(cars_1993).finding


@quick
@given(st.floats(0.001, 1000), st.floats(0.01, 100))
def test_units_and_currency_do_not_matter(unit, rate):
    frame = products(3)
    here = hedonic(market(frame)).frame
    scaled = frame.assign(power=frame["power"] * unit, price=frame["price"] * rate)
    there = hedonic(market(scaled)).frame
    pd.testing.assert_frame_equal(here, there, rtol=1e-6)


def test_the_order_of_rows_does_not_matter():
    frame = products(3)
    shuffled = frame.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(hedonic(market(frame)).frame, hedonic(market(shuffled)).frame)


def test_a_step_is_ten_percent_or_yes_or_round():
    frame = products(3).assign(warranty=lambda f: (f.index % 30).astype(float))
    result = hedonic(market(frame, attributes=["power", "air", "warranty"])).frame.set_index("term")
    assert result["step"].to_dict() == {"power": "10% more", "air": "yes, not no", "warranty": "1 more"}
    assert result.loc["power", "premium"] == pytest.approx(1.1 ** result.loc["power", "estimate"] - 1)
    assert result.loc["air", "premium"] == pytest.approx(np.expm1(result.loc["air", "estimate"]))
    assert result.loc["warranty", "premium"] == pytest.approx(np.expm1(result.loc["warranty", "estimate"]))


def coverage(seeds):
    held = []
    for seed in seeds:
        frame = hedonic(market(products(seed))).frame.set_index("term")
        held += [
            frame.low[name] < truth < frame.high[name] for name, truth in (("power", POWER), ("air", AIR))
        ]
    return np.mean(held)


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say():
    assert 0.93 < coverage(range(300)) < 0.97


def panel(seed, years=6, size=40):
    first = products(seed, size=size)
    lasting = np.random.default_rng(seed + 10**6).normal(0, 0.3, size)  # a model stays dear or cheap
    later = [
        first.assign(period=1980 + y, price=first["price"] * np.exp(lasting + 0.02 * y)) for y in range(years)
    ]
    return pd.concat(later, ignore_index=True)


def test_models_that_return_each_year_do_not_make_intervals_too_narrow():
    held = []
    for seed in range(50):
        frame = hedonic(market(panel(seed))).frame.set_index("term")
        held.append(frame.low["air"] < AIR < frame.high["air"])
        assert frame.estimate["(years)"] == pytest.approx(0.02)
    assert np.mean(held) > 0.86


def test_no_price_and_bad_levels_are_said():
    absent = hedonic(market(products(1).drop(columns="price")))
    assert isinstance(absent, Absent)
    assert absent.summary() == "Price and attributes: not shown. The data (made_up) have no price column."
    with pytest.raises(ValueError, match="level is 95"):
        hedonic(market(products(1)), level=95)


def test_a_level_keeps_its_decimals():
    assert hedonic(market(products(1)), level=0.9996).subtitle.endswith("99.96% intervals")


def test_prices_without_pattern_are_said():
    frame = products(1).assign(price=np.random.default_rng(5).uniform(9, 11, 60))
    result = hedonic(market(frame, power=Column("Power")))
    assert result.title == "No attribute clearly goes with price"
    assert result.finding == "We cannot tell which attributes go with price."


def test_the_input_is_left_alone():
    frame = products(1)
    before = frame.copy()
    hedonic(market(frame))
    pd.testing.assert_frame_equal(frame, before)
