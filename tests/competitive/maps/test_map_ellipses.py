"""Ellipses and intervals of the maps hold the truth about as often as they say."""

import numpy as np
import pandas as pd
import pytest

from pmlib.competitive.maps.correspondence import correspondence
from pmlib.competitive.maps.ellipses import (
    aligned,
    centre_ellipses,
    counts_ellipses,
    ellipses,
    flat,
    places_of,
    reach,
)
from pmlib.competitive.maps.principal import principal_components
from pmlib.competitive.maps.separation import separation
from pmlib.competitive.maps.ties import ties

approx = pytest.approx
TRUTH = pd.DataFrame(
    [[60, 20, 10, 10], [20, 60, 10, 10], [10, 10, 50, 30], [25, 25, 20, 30], [10, 40, 40, 10]],
    index=list("abcde"),
    columns=list("wxyz"),
)
SHARES = TRUTH / TRUTH.to_numpy().sum()


def sample(size, seed, shares=SHARES):
    counts = np.random.default_rng(seed).multinomial(size, shares.to_numpy().ravel())
    return pd.DataFrame(counts.reshape(shares.shape), shares.index, shares.columns)


def held(away, shapes):
    """Tell which places, given as seen from their ellipses' middle, lie within."""
    turn = np.radians(shapes["angle"].to_numpy())
    along = away[:, 0] * np.cos(turn) + away[:, 1] * np.sin(turn)
    across = away[:, 1] * np.cos(turn) - away[:, 0] * np.sin(turn)
    return (along / shapes["long"].to_numpy()) ** 2 + (across / shapes["short"].to_numpy()) ** 2 <= 1


def test_many_tables_at_once_are_mapped_as_one_by_one():
    tables = np.stack([sample(400, seed).to_numpy(float) for seed in range(3)])
    for places, table in zip(places_of(tables), tables, strict=True):
        one = flat(correspondence(pd.DataFrame(table)))
        assert np.abs(places) == approx(np.abs(one), abs=1e-9)


def test_a_turned_and_mirrored_map_is_laid_upon_the_first():
    target = np.random.default_rng(1).normal(size=(6, 2))
    turn = np.array([[np.cos(1), np.sin(1)], [np.sin(1), -np.cos(1)]])
    assert aligned((target @ turn)[None], target, np.ones(6))[0] == approx(target)


def test_an_ellipse_is_the_one_of_its_points():
    rng = np.random.default_rng(2)
    turn = np.radians(30)
    cloud = (
        rng.normal(size=(20_000, 2)) * [3, 1] @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    )
    (shape,) = ellipses(cloud[:, None], ["a"], reach(0.95)).to_numpy()
    assert shape == approx([3 * np.sqrt(5.991), np.sqrt(5.991), 30], rel=0.03)
    assert held(
        cloud, pd.DataFrame([shape] * len(cloud), columns=["long", "short", "angle"])
    ).mean() == approx(0.95, abs=0.005)


def test_a_few_products_reach_as_far_as_hotelling_asks():
    # Johnson & Wichern (2007), Applied Multivariate Statistical Analysis, section 5.4: p (n − 1) ∕ (n − p) F.
    assert reach(0.95, 42) == approx(2 * 41 / 40 * 3.23, rel=1e-3)
    assert reach(0.95) == approx(5.991, abs=1e-3) and reach(0.95, 10**6) == approx(reach(0.95), rel=1e-4)


def test_the_same_seed_gives_the_same_ellipses_and_another_others():
    found = correspondence(sample(500, 1))
    first, again, other = (counts_ellipses(found, draws=200, seed=seed)[0] for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)
    assert first["long"].to_numpy() == approx(other["long"].to_numpy(), rel=0.3)


def test_four_times_the_counts_halve_an_ellipse():
    small, large = (counts_ellipses(correspondence(TRUTH * times))[0] for times in (10, 40))
    assert (small["long"] / large["long"]).to_numpy() == approx(2, rel=0.1)


def test_no_ellipses_where_counts_are_not_counts_or_too_many_or_on_one_axis(monkeypatch):
    assert counts_ellipses(correspondence(SHARES)) is None
    assert counts_ellipses(correspondence(TRUTH[["w", "x"]])) is None
    monkeypatch.setattr("pmlib.competitive.maps.ellipses.WORK", 100 * TRUTH.size)
    assert counts_ellipses(correspondence(TRUTH)) is None


def test_a_firm_of_few_products_has_no_ellipse():
    table = pd.DataFrame(np.random.default_rng(1).normal(size=(14, 3)))
    firms = pd.Series(["A"] * 10 + ["B"] * 4)
    shapes = centre_ellipses(principal_components(table), firms, draws=200)
    assert shapes.loc["A"].notna().all() and shapes.loc["B"].isna().all()


@pytest.mark.slow
def test_ellipses_of_counts_cover_the_truth():
    # Of 1,500 counts in the shares of children_ct: 93 % on average, 85 % at worst, for a row of some 20.
    truth, hits = flat(correspondence(SHARES * 1e6)), []
    for seed in range(250):
        found = correspondence(sample(3000, seed))
        masses = np.concatenate([found.rows.mass, found.columns.mass])
        away = aligned(truth[None], flat(found), masses)[0] - flat(found)
        hits.append(held(away, pd.concat(counts_ellipses(found, draws=300, seed=seed))))
    assert 0.93 < np.mean(hits) < 0.97
    assert np.mean(hits, axis=0).min() > 0.91


def products(seed, size):
    """Products of three firms that differ by 2 and 1 in the first two of four attributes."""
    rng = np.random.default_rng(seed)
    firm = np.repeat(np.arange(3), size)
    own = np.column_stack([2.0 * (firm == 0), 1.0 * (firm == 1), 0.0 * firm, 0.0 * firm])
    shared = rng.normal(size=(len(firm), 2))
    return pd.DataFrame(own + shared[:, [0, 0, 0, 1]] + rng.normal(size=(len(firm), 4))), pd.Series(firm)


def loadings_and_centres(found, firms):
    centres = found.rows.principal.iloc[:, :2].groupby(firms).mean().to_numpy()
    return np.concatenate([found.columns.principal.iloc[:, :2].to_numpy(), centres])


@pytest.mark.slow
def test_ellipses_of_firms_cover_the_truth():
    table, firms = products(0, 60_000)  # as good as all there could be
    truth, hits = loadings_and_centres(principal_components(table), firms), []
    by_loadings = np.array([1.0] * 4 + [0.0] * 3)
    for seed in range(1, 201):
        table, firms = products(seed, 150)
        found = principal_components(table)
        shown = loadings_and_centres(found, firms)
        away = (aligned(truth[None], shown, by_loadings)[0] - shown)[4:]
        hits.append(held(away, centre_ellipses(found, firms, draws=300, seed=seed)))
    assert 0.93 < np.mean(hits) < 0.97


@pytest.mark.slow
def test_intervals_of_ties_hold_for_the_strongest_of_all():
    # Looked at because it is the strongest: an interval for one pair would fail far more often than 1 in 20.
    lift = SHARES / np.outer(SHARES.sum(axis=1), SHARES.sum())
    hits = []
    for seed in range(1000):
        found = ties(sample(600, seed), 0.95).head(len(SHARES))
        strongest = found["low"].idxmax()
        own = found.loc[strongest]
        hits.append(own["low"] <= lift.loc[SHARES.index[strongest], own["tie"]] <= own["high"])
    assert np.mean(hits) > 0.95


@pytest.mark.slow
def test_where_nothing_goes_together_a_tie_is_rarely_claimed():
    shares = pd.DataFrame(np.outer([0.2, 0.3, 0.5], [0.4, 0.3, 0.2, 0.1]))
    claimed = [(ties(sample(800, seed, shares), 0.95)["low"] > 1).any() for seed in range(1000)]
    assert np.mean(claimed) < 0.06


@pytest.mark.slow
def test_where_firms_are_alike_a_difference_is_rarely_claimed():
    claimed = []
    for seed in range(1000):
        values = pd.DataFrame(np.random.default_rng(seed).normal(size=(40, 5)))
        own = np.arange(40) < 8
        found = separation((values - values.mean()) / values.std(ddof=0), own, ~own, 0.95)
        claimed.append(((found["low"] > 0) | (found["high"] < 0)).any())
    assert 0.02 < np.mean(claimed) < 0.07
