"""Shares: they add up to 1, none is below 0, and no other shares come nearer to the target."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.stats.simplex import _by_least_squares, _by_newton, approached, nearest


def problem(seed, rows=12, count=8):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(rows, count)) * rng.uniform(0.1, 50), rng.normal(size=rows)


def loss(matrix, target, ridge, shares):
    return ((matrix @ shares - target) ** 2).sum() + ridge * (shares**2).sum()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1e-6, 0.1, 10.0]))
def test_no_move_towards_any_share_lessens_what_is_minimised(seed, ridge):
    matrix, target = problem(seed)
    shares = nearest(matrix, target, ridge)
    assert shares.min() >= 0 and shares.sum() == pytest.approx(1)
    slope = matrix.T @ (matrix @ shares - target) + ridge * shares
    scale = np.abs(matrix).max() ** 2 + np.abs(matrix.T @ target).max()
    assert (slope - slope @ shares).min() > -1e-8 * scale


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 20), st.floats(0.01, 10))
def test_many_weights_are_found_alike_by_both_ways(seed, rows, part):
    matrix, target = problem(seed, rows=rows, count=60)
    apart = matrix - target[:, None]
    ridge = part * (apart**2).sum() / 60
    quick = _by_newton(apart, ridge)
    assert quick is not None
    assert quick == pytest.approx(_by_least_squares(apart, ridge), abs=1e-8)
    assert nearest(matrix, target, ridge) == pytest.approx(quick)


def test_shares_that_make_up_the_target_are_found_again():
    matrix, _ = problem(3, rows=20)
    true = np.array([0.5, 0.3, 0.2, 0, 0, 0, 0, 0])
    assert nearest(matrix, matrix @ true, 1e-12) == pytest.approx(true, abs=1e-6)


def test_steps_come_near_the_minimum_from_above():
    matrix, target = problem(5)
    best, near = nearest(matrix, target, 0.5), approached(matrix, target, 0.5, 1e-12)
    assert near.sum() == pytest.approx(1)
    least = loss(matrix, target, 0.5, best)
    assert least <= loss(matrix, target, 0.5, near) <= least * 1.001


def test_one_column_has_it_all():
    matrix, target = problem(1, count=1)
    assert nearest(matrix, target, 1.0) == pytest.approx([1])
    assert approached(matrix, target, 1.0, 1e-9) == pytest.approx([1])


def test_equal_columns_share_alike_where_the_ridge_decides():
    matrix = np.ones((4, 5))
    assert nearest(matrix, np.zeros(4), 1.0) == pytest.approx(np.full(5, 0.2))
