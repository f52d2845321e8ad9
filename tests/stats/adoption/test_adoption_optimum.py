"""Fits of adoption end in the global optimum, however noisy, short or cut off the series."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from optimum_of_adoption import compared, rival
from simulated_adoption import simulated

from pmlib.stats.adoption import CURVES, fit, fit_many

REFERENCE = Path(__file__).parents[2] / "reference"
DATA = Path(__file__).parents[3] / "data"


@pytest.mark.parametrize("kind", ["sales", "cumulative"])
@pytest.mark.parametrize("curve", CURVES)
def test_many_starts_find_no_better_than_few(curve, kind):
    made = list(simulated(60))
    values = [row[1] if kind == "sales" else row[1].cumsum() for row in made]
    few, many = (fit_many([row[0] for row in made], values, curve, kind, starts=n) for n in (5, 25))
    ratio = np.array([a.sse / b.sse for a, b in zip(few, many, strict=True)])
    assert ratio.max() < 1.0001
    assert max(a.gradient for a in few) < 0.02


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sales", "cumulative"])
def test_random_starts_of_scipy_find_no_better(kind):
    row = compared("bass", kind, 12, 4)
    assert row["within"] == row["series"]


def test_over_all_thousand_series_no_better_was_found():
    table = pd.read_csv(REFERENCE / "optimum_adoption.csv")
    assert set(table["curve"]) == set(CURVES)
    assert (table["within"] == table["series"]).all() and (table["series"] >= 1000).all()


def classic():
    durables = pd.read_csv(DATA / "consumer_durables.csv")
    for name, rows in durables.groupby("series"):
        yield name, rows["year"], rows["adopters"]
    cars = pd.read_csv(REFERENCE / "small_car_sales.csv")
    for name, rows in cars.groupby("car"):
        yield name, rows["year"], rows["sales"]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "years", "sales"), list(classic()), ids=[row[0] for row in classic()])
def test_classic_series_end_in_the_optimum(name, years, sales):
    found = fit(years, sales)
    assert found.sse <= rival(found, 10, 1) * 1.0001


def test_a_chicken_grows_along_a_gompertz_curve():
    table = pd.read_csv(REFERENCE / "chicken_weight.csv")
    fits = {curve: fit(table["time"], table["weight"], curve, "cumulative") for curve in CURVES}
    assert fits["gompertz"].r2 > 0.999 and fits["gompertz"].identified
    assert fits["gompertz"].sse < fits["logistic"].sse
