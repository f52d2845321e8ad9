"""Looking back: curves beside naive forecasts, few points beside last value, honest bands."""

import pandas as pd
import pytest
from few_points import STORED as FEW
from few_points import every_series, summary, tried
from hindcast_coverage import SCENARIOS, coverage
from hindcast_coverage import STORED as COVERAGE

from pmlib.result import Absent
from pmlib.sizing import hindcast


@pytest.fixture(scope="module")
def cars(read_shipped):
    return hindcast(read_shipped("nl_car_stock"), kind="stock")


def test_naive_forecasts_stand_beside_the_curves(cars):
    named = set(cars.frame["forecaster"])
    assert {"the forecast", "last value", "drift", "linear trend", "damped growth", "Bass curve"} <= named
    assert cars.frame["capped_mean"].is_monotonic_increasing
    assert cars.frame["coverage"].between(0, 1).all() and cars.moments == 12


def test_where_naive_wins_the_hindcast_says_so(read_shipped):
    found = hindcast(read_shipped("consumer_durables"), series="room_air_conditioners")
    assert found.best == "last value" and found.title == "Looking back, the forecast did not beat last value"
    assert not found.checks[0].passed


def test_too_short_a_series_leaves_the_hindcast_out(read_shipped):
    found = hindcast(read_shipped("nl_car_stock"), kind="stock", until=1969)
    assert isinstance(found, Absent) and "5 periods; 7 are needed" in found.reason


@pytest.mark.slow
def test_few_points_beat_last_value_on_both_measures():
    # Each series is left out of its own prior; four to six points known, as in the reference page.
    stored = pd.read_csv(FEW)
    table = summary(stored)
    assert (table.loc["forecast"] < table.loc["last value"]).all()
    assert 0.72 <= stored["inside_80"].mean() <= 0.88
    again = tried(every_series())
    pd.testing.assert_frame_equal(again.round(4), stored, atol=2e-4)


def test_bands_hold_what_came_as_often_as_they_claim():
    stored = pd.read_csv(COVERAGE)
    assert set(stored["scenario"]) == set(SCENARIOS) and (stored["sets"] >= 1000).all()
    assert stored["inside_80"].between(0.76, 0.84).all()
    assert stored["inside_95"].between(0.92, 0.98).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scenario", "sets"), [("few points, no analogues", 100), ("many points, sales", 12)]
)
def test_a_part_of_the_coverage_run_again(scenario, sets):
    found = coverage(scenario, sets, seed=2)
    assert 0.6 <= found["inside_80"] <= 0.95
