"""Engines of forecasts: they find what was put in, and no moment sees what came after it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.stats.series.calibrate import spread, worth
from pmlib.stats.series.foresee import foresee
from pmlib.stats.series.kinds import KINDS, NAIVE, fitting, foretell
from pmlib.stats.series.scale import scale_of, tamed
from pmlib.stats.series.scores import SHARES, errors, intervals
from pmlib.stats.series.season import Season, curves, seasons_of
from pmlib.stats.series.smoothing import grid, smooth
from pmlib.stats.series.theta import is_seasonal

MONTHS, DAYS = Season(12), Season(7, 365.25)


def monthly(count=120, noise=0.03, seed=1):
    time = np.arange(count)
    season = 0.2 * np.sin(2 * np.pi * time / 12)
    return 5 + 0.005 * time + season + np.random.default_rng(seed).normal(0, noise, count)


def test_seasons_are_sorted_into_a_short_and_a_long_one():
    assert seasons_of((7, 365.25)) == DAYS and DAYS.year_ago == 364
    assert seasons_of((52.1775,)) == Season(1, 52.1775) and seasons_of((4,)) == Season(4)
    assert seasons_of(()) == Season()


@pytest.mark.parametrize("kind", ["ets", "theta", "airline"])
def test_trend_and_season_go_on(kind):
    known, ahead = monthly(noise=0.0)[:108], monthly(noise=0.0)[108:]
    path = foretell(known, np.array([108]), 12, MONTHS, [kind])[kind][0]
    assert path == pytest.approx(ahead, abs=0.04 if kind == "theta" else 0.005)


def test_a_week_and_a_year_go_on():
    time = np.arange(1500)
    values = 8 + 0.5 * np.sin(2 * np.pi * time / 365.25) + 0.2 * (time % 7 == 3)
    for kind in ("ets", "harmonic", "year_ago"):
        path = foretell(values[:1400], np.array([1400]), 100, DAYS, [kind])[kind][0]
        assert np.abs(path - values[1400:]).max() < 0.06, kind


@given(st.integers(0, 1000), st.integers(30, 60))
@settings(max_examples=5, deadline=None)
def test_no_moment_sees_what_came_after_it(seed, end):
    values = monthly(72, 0.1, seed)
    kinds = [*fitting(72, MONTHS), *NAIVE]
    both = foretell(values, np.array([end, 72]), 6, MONTHS, kinds)
    other = np.append(values[:end], values[end:] + 9)
    changed = foretell(other, np.array([end, 72]), 6, MONTHS, kinds)
    for kind in kinds:
        assert both[kind][0] == pytest.approx(changed[kind][0])


def test_no_moment_of_a_year_of_days_sees_what_came_after_it():
    values = np.random.default_rng(2).normal(5, 1, 900)
    kinds = fitting(900, DAYS)
    both = foretell(values, np.array([700, 900]), 9, DAYS, kinds)
    changed = foretell(np.append(values[:700], np.full(200, 50.0)), np.array([700, 900]), 9, DAYS, kinds)
    for kind in kinds:
        assert both[kind][0] == pytest.approx(changed[kind][0]), kind


def test_sets_of_smoothing_are_weighed_by_what_they_explain():
    plain = np.random.default_rng(3).normal(5, 1, 200)
    found = smooth(plain[:, None], np.array([200]), 4, 1, grid(1))
    assert found.weights.sum() == pytest.approx(1)
    best = found.weights[0].argmax()
    assert found.grid.level[best] <= 0.1 and not found.grid.sloped[best]
    walk = np.cumsum(plain - 5)
    found = smooth(walk[:, None], np.array([200]), 4, 1, grid(1))
    assert found.weights[0] @ found.grid.level > 0.7
    assert found.paths[0] == pytest.approx(np.full(4, walk[-1]), abs=0.6)


def test_what_is_missing_moves_nothing():
    values = monthly(96)
    values[[20, 50, 51, 80]] = np.nan
    for kind, path in foretell(values, np.array([96]), 12, MONTHS, fitting(96, MONTHS)).items():
        assert np.abs(path[0] - monthly(108, 0.0)[96:]).max() < 0.15, kind


def test_a_season_is_tested_for():
    assert is_seasonal(monthly(), 12)
    assert not is_seasonal(np.random.default_rng(1).normal(0, 1, 120), 12)


def test_the_curve_of_a_year_is_flat_until_a_year_and_a_half_is_known():
    values = np.sin(2 * np.pi * np.arange(800) / 365.25)
    curve = curves(values, np.array([500, 800]), 10, DAYS)
    assert not curve[:, 0].any() and np.abs(curve[:800, 1] - values).max() < 0.15


def test_logarithms_are_taken_where_there_are_some():
    assert scale_of(np.array([1.0, 2, 3])).log
    assert not scale_of(np.array([0.0, 2, 3])).log and not scale_of(np.array([-1.0, 2])).log
    many = np.append(np.arange(1.0, 300), 0.0)
    scale = scale_of(many)
    assert scale.log and scale.floor == 0.5 and scale.back(scale.there(many))[0] == pytest.approx(1)
    assert scale_of(np.tile([0.0, 1.0], 9)).back(np.array([-2.0])) == 0


def test_only_what_is_far_off_is_held_back():
    values = monthly(100)
    values[40] += 30
    calm = tamed(values, 12)
    assert calm[40] < 6 and np.delete(calm, 40) == pytest.approx(np.delete(values, 40))


def test_overlapping_windows_count_as_what_they_are_worth():
    ends = np.arange(100, 200)
    assert worth(ends, np.full((100, 12), True)) == pytest.approx(
        [100, *(1 + 99 / step for step in range(2, 13))]
    )


def test_ranges_hold_as_often_as_they_say_where_errors_are_normal():
    random = np.random.default_rng(5)
    inside, sums = [], []
    for _ in range(40):
        off = random.normal(0, 1, (60, 8)) * np.arange(1, 9) ** 0.5 + random.normal(0, 1, (60, 1))
        found = spread(off[:50], np.arange(0, 500, 10) + 100)
        low, high = found.quantile(np.array([0.1, 0.9])).T
        inside.append(((off[50:] >= low) & (off[50:] <= high)).mean())
        low, high = np.quantile(found.draw(500, 1).sum(axis=1), [0.1, 0.9])
        sums.append(((off[50:].sum(axis=1) >= low) & (off[50:].sum(axis=1) <= high)).mean())
    assert np.mean(inside) == pytest.approx(0.8, abs=0.04) and np.mean(sums) == pytest.approx(0.8, abs=0.05)


def test_points_of_paths_scatter_as_the_ranges_say():
    seen = foresee(np.exp(monthly(100)), MONTHS, 12)
    found = np.quantile(seen.draw(4000, 1), [0.1, 0.5, 0.9], axis=0).T
    assert found == pytest.approx(seen.quantiles([0.1, 0.5, 0.9]), rel=0.02)
    assert (seen.draw(5, 7) == seen.draw(5, 7)).all() and (seen.draw(5, 7) != seen.draw(5, 8)).any()


def test_few_windows_make_ranges_wider():
    off = np.random.default_rng(4).normal(0, 1, (30, 6))
    many, few = (spread(off[:count], np.arange(count) * 6 + 50) for count in (30, 3))
    wide, narrow = (found.quantile(np.array([0.975]))[:, 0] / found.scale for found in (few, many))
    assert (wide > 1.05 * narrow).all() and few.windows[-1] == 3


def test_errors_are_scored_as_the_textbook_does():
    known, came = np.array([10.0, 20, 12, 22]), np.array([14.0, np.nan])
    assert errors(came, np.array([13.0, 5]), known, 2) == pytest.approx(
        {"rmse": 1, "mae": 1, "mape": 1 / 14, "mase": 0.5}
    )


def test_a_sharp_forecast_that_is_right_scores_better():
    seen = foresee(np.exp(monthly(120)), MONTHS, 12)
    ours, naive = (intervals(seen, kind, 40) for kind in ("combined", "mean"))
    assert 0 < ours["crps"] < naive["crps"] and len(SHARES) == 21


@pytest.mark.parametrize("count", [8, 14, 25, 31])
@pytest.mark.parametrize("lengths", [(7, 365.25), (52.1775,), (12,), (4,), ()])
def test_any_length_with_gaps_is_forecast(count, lengths):
    random = np.random.default_rng(count)
    values = random.poisson(30, count) + 1.0
    values[1:-1][random.random(count - 2) < 0.25] = np.nan
    seen = foresee(values, seasons_of(lengths), count // 2, moments=10)
    assert np.isfinite(seen.quantiles([0.1, 0.5, 0.9])).all() and np.isfinite(seen.draw(9, 1)).all()


def test_short_series_are_forecast_by_naive_kinds_only():
    assert fitting(20, MONTHS) == ("seasonal", "last") and fitting(10, MONTHS) == ("last",)
    assert "year_ago" not in fitting(400, DAYS) and "year_ago" in fitting(800, DAYS)
    assert set(fitting(800, DAYS)) | set(fitting(800, MONTHS)) | set(fitting(20, MONTHS)) < set(KINDS)
