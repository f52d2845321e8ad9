"""Fits of adoption give the numbers that others published, or R's `diffusion` where it finds the optimum."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pmlib.stats.adoption import CURVES, fit, fit_many

HERE = Path(__file__).parents[2]


def durable(name):
    table = pd.read_csv(HERE.parent / "data" / "consumer_durables.csv")
    rows = table[table["series"] == name]
    return rows["year"].to_numpy(float), rows["adopters"].to_numpy(float)


@pytest.fixture(scope="module")
def air_conditioners():
    return durable("room_air_conditioners")


def test_room_air_conditioners_as_srinivasan_and_mason_1986(air_conditioners):
    found = fit(*air_conditioners)
    expected = {"innovation": 0.009442, "imitation": 0.37476, "ceiling": 18712.7}
    assert found.parameters == pytest.approx(expected, rel=1e-4)
    assert found.sse == pytest.approx(341_468, rel=1e-4)
    assert found.identified and found.agree == found.starts and found.gradient < 1e-6


def test_colour_television_as_srinivasan_and_mason_1986():
    found = fit(*durable("color_tv"))
    expected = {"innovation": 0.018466, "imitation": 0.61586, "ceiling": 39658.6}
    assert found.parameters == pytest.approx(expected, rel=1e-4)


def test_what_was_sold_by_a_year_is_fitted_as_well(air_conditioners):
    years, sales = air_conditioners
    found = fit(years, sales.cumsum(), kind="cumulative")
    expected = {"innovation": 0.007439, "imitation": 0.42698, "ceiling": 17173.2}
    assert found.parameters == pytest.approx(expected, rel=1e-3)
    assert found.sse == pytest.approx(411_088, rel=1e-3)


def test_dutch_cars_until_1973_tell_those_of_1978():
    table = pd.read_csv(HERE.parent / "data" / "nl_car_stock.csv")
    stock = table[table["year"] <= 1973]
    found = fit(stock["year"], stock["raw"], "gompertz", "cumulative")
    assert found.at([1978, 1989]) == pytest.approx([3934, 4800], rel=0.005)


def test_households_with_a_computer():
    table = pd.read_csv(HERE.parent / "data" / "us_computers.csv")
    logistic, gompertz = (
        fit(table["year"], table["value"], curve, "cumulative") for curve in ("logistic", "gompertz")
    )
    assert logistic.ceiling == pytest.approx(95.5, abs=0.05)
    assert logistic.parameters["inflection"] == pytest.approx(1999.8, abs=0.05)
    assert np.sqrt(logistic.sse / logistic.n) == pytest.approx(2.26, abs=0.005)
    assert gompertz.ceiling == pytest.approx(108.7, abs=0.05)
    assert np.sqrt(gompertz.sse / gompertz.n) == pytest.approx(2.01, abs=0.005)
    limited = fit(table["year"], table["value"], "gompertz", "cumulative", most=100)
    assert limited.ceiling == 100 and limited.sse > gompertz.sse


@pytest.mark.parametrize("curve", CURVES)
def test_many_series_at_once_are_fitted_as_each_alone(curve, air_conditioners):
    years, sales = air_conditioners
    parts = [slice(0, 8), slice(0, 13), slice(2, 12)]
    together = fit_many([years[p] for p in parts], [sales[p] for p in parts], curve)
    for part, one in zip(parts, together, strict=True):
        alone = fit(years[part], sales[part], curve)
        assert one.sse == pytest.approx(alone.sse, rel=1e-9)
        assert one.parameters == pytest.approx(alone.parameters, rel=1e-4)
