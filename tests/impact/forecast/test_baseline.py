"""A KPI without a launch: the forecast, what it admits, and what it refuses."""

import numpy as np
import pandas as pd
import pytest

from pmlib import data, impact
from pmlib.result import Absent
from pmlib.table import Column


def series(values, freq="D", start="2016-01-01", unit="orders", **columns):
    dates = pd.date_range(start, periods=len(values), freq=freq)
    frame = pd.DataFrame({"date": dates, "orders": np.asarray(values, float), **columns})
    source = data.source(
        frame,
        "shop",
        period="date",
        kpis=["orders"],
        covariates=list(columns),
        columns={"orders": Column("Orders", unit)},
    )
    return impact.kpi(source)


def monthly(count=96, seed=1):
    time = np.arange(count)
    noise = np.random.default_rng(seed).normal(0, 0.04, count)
    return 1000 * np.exp(0.004 * time + 0.2 * np.sin(2 * np.pi * time / 12) + noise)


@pytest.fixture(scope="module")
def rides():
    return impact.baseline(series(monthly(), "MS"))


def test_the_next_year_with_its_ranges(rides):
    frame = rides.frame
    assert list(rides.dates) == list(pd.date_range("2024-01-01", periods=12, freq="MS"))
    inner = (frame["low_95"] < frame["low"]) & (frame["high"] < frame["high_95"])
    assert inner.all() and frame["estimate"].between(frame["low"], frame["high"]).all()
    truth = 1000 * np.exp(0.004 * np.arange(96, 108) + 0.2 * np.sin(2 * np.pi * np.arange(96, 108) / 12))
    assert (np.abs(frame["estimate"] / truth - 1) < 0.08).all()
    assert rides.total_low < truth.sum() < rides.total_high
    assert rides.methods == ("ets", "theta", "airline")


def test_paths_add_up_to_the_number(rides):
    paths = rides.paths(4000, seed=1)
    assert paths.shape == (4000, 12)
    assert np.quantile(paths.sum(axis=1), [0.1, 0.5, 0.9]) == pytest.approx(
        [rides.total_low, rides.total, rides.total_high]
    )


def test_the_same_again_gives_the_same_page(rides):
    again = impact.baseline(series(monthly(), "MS"))
    assert again.summary() == rides.summary() and again.frame.equals(rides.frame)


def test_what_few_windows_cannot_tell_is_said(rides):
    assert rides.limit == (
        "The past holds only 5 windows of 12 months without overlap. A 95% range cannot be measured on fewer "
        "than 19: it is wider, and rests on how errors usually scatter."
    )
    assert rides.unknown == rides.limit
    short = impact.baseline(series(monthly(20), "MS"))
    assert short.methods == ("seasonal", "last")
    assert "20 months show no season twice: only the last values are carried on." in short.limit


def test_a_kpi_that_hardly_moves_is_not_forecast():
    flat = impact.baseline(series([5.0] * 60))
    assert isinstance(flat, Absent)
    assert flat.reason == (
        "shop: orders is 5 orders in every one of 60 days. How far it may move cannot be estimated."
    )
    once = impact.baseline(series([0.0] * 199 + [1.0]))
    assert isinstance(once, Absent) and "in 199 of 200 days" in once.reason


@pytest.mark.parametrize("wild", [1e9, 0.0])
def test_one_wild_day_leaves_the_forecast_alone(wild):
    values = np.random.default_rng(1).poisson(50, 300).astype(float)
    usual = impact.baseline(series(values))
    values[150] = wild
    found = impact.baseline(series(values))
    assert found.total == pytest.approx(usual.total, rel=0.05)
    assert (found.total_high - found.total_low) < 2 * (usual.total_high - usual.total_low)


def test_gaps_stay_gaps_and_the_forecast_begins_after_the_last_known_day():
    values = np.random.default_rng(1).poisson(50, 200).astype(float)
    values[60:75] = values[-2:] = np.nan
    found = impact.baseline(series(values))
    assert found.dates[0] == pd.Timestamp("2016-07-17") and found.total / 28 == pytest.approx(50, abs=4)


def test_values_below_zero_are_forecast_without_logarithms():
    found = impact.baseline(series(np.random.default_rng(1).normal(0, 5, 300)))
    assert not found.foreseen.scale.log and (found.frame["low"] < 0).all()
    counts = impact.baseline(series(np.random.default_rng(1).poisson(0.7, 300)))
    assert (counts.frame["low_95"] >= 0).all() and (counts.paths(200, 1) >= 0).all()


def test_shares_are_averaged_rather_than_added():
    found = impact.baseline(series(np.random.default_rng(1).uniform(0.2, 0.3, 90), unit="%"))
    assert 0.2 < found.total < 0.3 and found.numbers[0].name == "next_average"
    assert "on average in the next 28 days" in found.title


@pytest.mark.parametrize(
    ("freq", "count", "steps", "step"),
    [("W-MON", 150, 13, "week"), ("QS", 40, 8, "quarter"), ("YS", 20, 3, "year"), ("MS", 10, 5, "month")],
)
def test_each_step_has_its_horizon_and_never_more_than_half_of_what_is_known(freq, count, steps, step):
    found = impact.baseline(series(np.random.default_rng(1).poisson(90, count), freq))
    assert found.steps == steps and found.kpi.step.name == step
    assert np.isfinite(found.frame.drop(columns="period")).all(axis=None)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"steps": 40}, "steps is 40; give a whole number, 1 to 30; 60 days are known"),
        ({"level": 80}, "level is 80; write a fraction between 0 and 0.95, such as 0.8"),
        (
            {"methods": ["prophet"]},
            "methods has 'prophet'; choose of ets, theta, airline, harmonic, year_ago, seasonal, last, mean",
        ),
        ({"controls": True}, "shop has no covariate to control for; leave out controls=True"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(parameters, words):
    with pytest.raises(ValueError) as refused:
        impact.baseline(series(np.random.default_rng(1).poisson(50, 60)), **parameters)
    assert str(refused.value) == words


def test_without_a_kpi_there_is_a_reason():
    assert impact.baseline(None).reason == "No KPI was given."
    assert impact.backtest(impact.baseline(series([5.0] * 60))).title == "Such forecasts in the past"


def test_controls_known_ahead_move_the_forecast():
    random = np.random.default_rng(1)
    open_days = random.integers(0, 2, 240).astype(float)
    values = 100 * np.exp(0.5 * open_days + random.normal(0, 0.02, 240))
    values[-14:] = np.nan
    found = impact.baseline(series(values, open=open_days), steps=14, controls=True, methods=["harmonic"])
    assert found.frame["estimate"].to_numpy() == pytest.approx(100 * np.exp(0.5 * open_days[-14:]), rel=0.05)
    with pytest.raises(ValueError, match=r"^shop: controls ahead are known for 14 of 20 days; add rows with"):
        impact.baseline(series(values, open=open_days), steps=20, controls=True)


def test_the_fan_is_drawn(rides):
    assert "<svg" in rides.chart() and "forecast" in rides.chart()
