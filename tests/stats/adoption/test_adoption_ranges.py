"""Ranges of adoption hold the truth as often as they claim, and say what a series cannot tell."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from coverage_of_adoption import NOISES, TABLE, coverage, outcomes

from pmlib.stats.adoption import CURVES, fit

TIMES = np.arange(1.0, 11.0)


@pytest.mark.slow
def test_ranges_hold_the_truth_in_a_few_series():
    table = coverage(outcomes("mixed", range(40)), 40).set_index(["what", "claimed"])["held"]
    assert table["ceiling", 0.95] >= 0.87 and table["imitation", 0.95] >= 0.87
    assert 0.70 <= table["periods 1 to 5", 0.8] <= 0.90


def test_ranges_held_the_truth_in_thousands():
    table = pd.read_csv(TABLE)
    assert set(table["noise"]) == set(NOISES)
    assert table.loc[table["noise"] == "mixed", "series"].min() >= 2000
    held = table.set_index(["noise", "what", "claimed"])["held"]
    for name in ("innovation", "imitation", "ceiling"):
        assert 0.93 <= held["mixed", name, 0.95] <= 0.97
    assert 0.76 <= held["mixed", "periods 1 to 5", 0.8] <= 0.84
    assert 0.93 <= held["mixed", "periods 1 to 5", 0.95] <= 0.97


def test_an_exponential_bounds_no_potential():
    found = fit(TIMES, np.exp(0.3 * TIMES))
    assert not found.identified and found.ceiling == np.inf
    assert found.m_low > np.exp(0.3 * TIMES).sum()
    assert found.interval()["ceiling"][1] == np.inf
    assert np.isfinite(found.forecast([11, 12]).high).all()


def test_a_potential_is_bounded_from_above_if_said():
    found = fit(TIMES, np.exp(0.3 * TIMES), most=1000)
    assert found.ceiling <= 1000 and found.interval()["ceiling"][1] <= 1000


@pytest.mark.parametrize("curve", CURVES)
def test_constant_sales_bound_no_potential(curve):
    assert not fit(TIMES, np.full(10, 7.0), curve).identified


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("kind", ["sales", "cumulative"])
def test_a_curve_without_noise_is_found_again(curve, kind):
    rate, position = 0.6, 3.0
    upto = 1000 * CURVES[curve].share(np.arange(13.0), np.array(rate), np.array(position))
    values = np.diff(upto) if kind == "sales" else upto[1:]
    found = fit(np.arange(2001.0, 2013.0), values, curve, kind)
    assert found.ceiling == pytest.approx(1000, rel=1e-6) and found.identified
    assert found.at([2003, 2012]) == pytest.approx(values[[2, 11]], rel=1e-6)
    band = found.forecast([2013, 2014])
    assert (band.high - band.low < 1e-2).all()


def test_bands_of_later_times_widen_and_hold_the_estimate():
    table = pd.read_csv(Path(__file__).parents[3] / "data" / "us_computers.csv")
    found = fit(table["year"], table["value"], "gompertz", "cumulative", most=100)
    near, far = found.forecast([2019, 2030], 0.8), found.forecast([2019, 2030], 0.95)
    assert (near.low <= near.estimate).all() and (near.estimate <= near.high).all()
    assert (far.low <= near.low).all() and (far.high >= near.high).all() and (far.high <= 100).all()


def test_same_seed_same_ranges():
    values = np.array([3.0, 5, 9, 12, 16, 15, 13, 8, 6, 3])
    one, two, other = (fit(TIMES, values, seed=seed) for seed in (1, 1, 2))
    assert one.interval() == two.interval() != other.interval()
