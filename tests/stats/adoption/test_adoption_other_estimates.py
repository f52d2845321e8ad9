"""Bass's regression, maximum likelihood and generations give the numbers of their references."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pmlib.stats.adoption import CURVES, generations, likeliest, parabola

HERE = Path(__file__).parents[2]
IBM = pd.read_csv(HERE / "reference" / "ibm_generations.csv").to_numpy(float)
YEARS = np.arange(1.0, 25.0)


@pytest.fixture(scope="module")
def air_conditioners():
    table = pd.read_csv(HERE.parent / "data" / "consumer_durables.csv")
    rows = table[table["series"] == "room_air_conditioners"]
    return rows["year"].to_numpy(float), rows["adopters"].to_numpy(float)


def test_bass_regression_of_room_air_conditioners(air_conditioners):
    found = parabola(*air_conditioners)
    assert (found.a, found.b, found.c) == pytest.approx((290.4, 0.38795, -2.36932e-5), rel=1e-4)
    told = (found.innovation, found.imitation, found.ceiling, found.r2)
    assert told == pytest.approx((0.016992, 0.40495, 17091.3, 0.8950), rel=1e-4)
    assert found.valid


def test_bass_regression_says_when_it_tells_nothing(air_conditioners):
    years, sales = air_conditioners
    found = parabola(years[:5], sales[:5])
    assert not found.valid and np.isnan(found.ceiling)
    assert found.reason.startswith("the parabola has no root, so there is no potential; use least squares")


def test_likeliest_curve_sells_what_was_sold(air_conditioners):
    years, sales = air_conditioners
    found = likeliest(years, sales * 1000)
    assert found.agree == found.starts and found.gradient < 1e-3
    p, q, m = found.parameters.values()
    sold = m * float(CURVES["bass"].share(np.array(13.0), np.array(p + q), np.array(np.log(q / p))))
    assert sold == pytest.approx(sales.sum() * 1000, rel=1e-6)
    assert found.dispersion > 1000  # nobody buys independently


def test_standard_errors_of_likelihood_are_those_of_counts():
    truth, random = (0.01, 0.4, 5000), np.random.default_rng(1)
    share = np.diff(CURVES["bass"].share(np.arange(16.0), np.array(0.41), np.array(np.log(40.0))))
    found = [likeliest(np.arange(1.0, 16.0), random.poisson(5000 * share)) for _ in range(40)]
    off = np.array([list(f.parameters.values()) for f in found]) - truth
    off = off / [list(f.counted.values()) for f in found]
    assert 0.7 < off.std() < 1.3 and abs(off.mean()) < 0.4
    assert 0.7 < np.mean([f.dispersion for f in found]) < 1.3


def test_a_population_bounds_the_likeliest_potential(air_conditioners):
    years, sales = air_conditioners
    assert likeliest(years, sales * 1000, population=17e6).parameters["ceiling"] <= 17e6


def test_generations_of_computers_as_norton_and_bass():
    found = generations(YEARS, IBM)
    assert found.innovation[0] == pytest.approx(0.080321, rel=1e-3)
    assert found.imitation[0] == pytest.approx(0.43218, rel=1e-3)
    assert found.ceilings == pytest.approx([3367.7, 13907.4, 14422.9, 6706.2], rel=1e-3)
    assert found.agree == found.starts and found.gradient < 1e-6
    assert found.launches.tolist() == [0, 5, 10, 15]


@pytest.mark.slow
def test_own_rates_fit_better_and_many_starts_agree():
    own = generations(YEARS, IBM, common=False)
    assert own.sse < generations(YEARS, IBM).sse and own.agree >= own.starts / 2


def test_three_generations_are_found_again():
    launches = np.array([1990.0, 1994, 2001])
    rates = {"innovation": np.full(3, 0.02), "imitation": np.full(3, 0.5)}
    truth = replace(generations(YEARS, IBM), launches=launches, ceilings=np.array([10.0, 5, 20]), **rates)
    years = np.arange(1991.0, 2012.0)
    found = generations(years, truth.at(years), launches=launches)
    assert found.ceilings == pytest.approx([10, 5, 20], rel=1e-4)
    assert (found.innovation[0], found.imitation[0]) == pytest.approx((0.02, 0.5), rel=1e-4)
