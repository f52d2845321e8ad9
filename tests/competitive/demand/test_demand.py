"""Demand: shares and how they move, against differences taken by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_choices import choices, table

from pmlib.competitive import conditional_logit
from pmlib.competitive.choice.sets import Sets
from pmlib.competitive.demand.demand import Mixing
from pmlib.competitive.demand.shares import Layout, responses, shares
from pmlib.competitive.demand.uncertainty import delta, sampled


def random_sets(seed, nests, outside, draws=3):
    draw = np.random.default_rng(seed)
    lengths = draw.integers(1, 6, 4)
    sets = Sets.of(np.repeat(np.arange(4), lengths))
    codes = draw.integers(0, 3, sets.size) if nests else None
    if codes is not None:
        codes[0] = 2
    return Layout(sets, codes, outside), draw.normal(size=(sets.size, draws)) * 3


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.booleans())
def test_responses_are_the_slopes_of_shares(seed, nests, outside):
    layout, utility = random_sets(seed, nests, outside)
    dissimilarity = np.array([0.4, 0.9, 1.0]) if nests else None
    slopes, weights = np.array([-1.0, -0.5, -2.0]), np.array([0.2, 0.5, 0.3])
    found = shares(utility, layout, dissimilarity)
    moved = responses(found, layout, slopes, weights, dissimilarity)
    for row in range(layout.sets.size):
        set_, place = np.argwhere(layout.place == row)[0]
        step = np.zeros_like(utility)
        step[row] = 1e-6 * slopes
        above = shares(utility + step, layout, dissimilarity).joint @ weights
        below = shares(utility - step, layout, dissimilarity).joint @ weights
        assert moved[set_, :, place] == pytest.approx(((above - below) / 2e-6)[set_], abs=1e-7)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.booleans())
def test_shares_of_a_set_add_up_and_a_common_gain_leaves_them(seed, nests, outside):
    layout, utility = random_sets(seed, nests, outside)
    dissimilarity = np.array([0.4, 0.9, 1.0]) if nests else None
    joint = shares(utility, layout, dissimilarity).joint
    total = joint.sum(axis=1)
    assert (total < 1).all() if outside else total == pytest.approx(1.0)
    if not outside:
        assert shares(utility + 5, layout, dissimilarity).joint == pytest.approx(joint)


def test_dissimilarity_of_one_is_the_plain_logit():
    layout, utility = random_sets(3, True, True)
    plain = shares(utility, Layout(layout.sets, None, True)).joint
    assert shares(utility, layout, np.ones(3)).joint == pytest.approx(plain)


def test_utilities_far_apart_give_no_nan():
    layout, utility = random_sets(4, True, True)
    found = shares(utility * 1e4, layout, np.array([0.01, 0.5, 1.0]))
    assert np.isfinite(found.joint).all() and np.isfinite(found.expected).all()


@pytest.fixture(scope="module")
def demand():
    return conditional_logit(table(choices(1, choosers=300)), base="A").demand


def test_sales_move_with_prices_as_in_small_steps(demand):
    offers = demand.offers
    up = demand.on(offers.assign(price=offers["price"] + 1e-5 * (offers["product"] == "B")))
    assert demand.summed()[:, 1] == pytest.approx((up.volume - demand.volume) / 1e-5, rel=1e-3)
    up = demand.on(offers.assign(price=offers["price"] * (1 + 1e-5 * (offers["product"] == "B"))))
    moved = demand.summed(offers["price"].to_numpy())
    assert moved[:, 1] == pytest.approx((up.volume - demand.volume) / 1e-5, rel=1e-3)


def test_surplus_falls_by_what_is_bought_times_a_price_rise(demand):
    offers = demand.offers
    up = demand.on(offers.assign(price=offers["price"] + 1e-4 * (offers["product"] == "C")))
    assert (demand.surplus() - up.surplus()) / 1e-4 == pytest.approx(demand.volume[2], rel=1e-3)


def test_both_intervals_agree_where_the_model_is_nearly_linear(demand):
    quantity = lambda d: np.diag(d.summed(d.offers["price"].to_numpy())) / d.volume  # noqa: E731
    middle, low, high = delta(demand, quantity, 0.95)
    _, lower, higher = sampled(demand, quantity, 0.95, draws=4000)
    assert low == pytest.approx(lower, abs=0.15 * (high - low).max())
    assert high == pytest.approx(higher, abs=0.15 * (high - low).max())
    assert (low < middle).all() and (middle < high).all()


def test_tastes_that_do_not_differ_leave_the_logit(demand):
    names = (*demand.names, "spread")
    covariance = np.pad(demand.covariance, (0, 1))
    mixed = type(demand)(
        offers=demand.offers, design=demand.design, names=names, params=np.append(demand.params, 0.0),
        covariance=covariance, size=demand.size, mixing=(Mixing(0, len(names) - 1),),
        draws=np.random.default_rng(1).normal(size=(7, 1)), weights=np.full(7, 1 / 7),
    )  # fmt: skip
    assert mixed.volume == pytest.approx(demand.volume)
    assert mixed.summed() == pytest.approx(demand.summed())


def test_asking_about_other_offers_leaves_the_model_alone(demand):
    before = demand.volume.copy()
    gone = demand.on(demand.offers[demand.offers["product"] != "D"])
    assert gone.products == ["A", "B", "C"] and gone.volume.sum() == pytest.approx(demand.volume.sum())
    assert demand.volume == pytest.approx(before)
    assert isinstance(demand.offers, pd.DataFrame)
