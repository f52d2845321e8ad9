"""Competitive sets: recovery of nests, silence where there are none, and what is refused."""

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from pmlib.competitive import competitive_sets
from pmlib.competitive.switching.closeness import closeness, proportional

NAMES = list("abcdefgh")
SHARES = np.array([0.2, 0.15, 0.1, 0.05, 0.2, 0.15, 0.1, 0.05])


def diversion(ratio, shares=SHARES):
    """Divert in proportion to share, `ratio` times as much within each half of the products."""
    half = np.arange(len(shares)) // (len(shares) // 2)
    rates = np.where(half[:, None] == half, ratio, 1.0) * shares
    np.fill_diagonal(rates, 0)
    return rates / rates.sum(axis=1, keepdims=True)


def sampled(rng, ratio, moves=2000, draws=150):
    """Count moves of a market, and resample them."""
    rows = zip(SHARES, diversion(ratio), strict=True)
    seen = np.stack([rng.multinomial(int(moves * share), row) for share, row in rows])
    again = [np.stack([rng.multinomial(row.sum(), row / row.sum()) for row in seen]) for _ in range(draws)]
    return table(seen), np.stack(again)


def table(moves):
    names = NAMES[: len(moves)]
    return pd.DataFrame(moves, names, names)


weights = st.lists(st.floats(0.05, 1), min_size=3, max_size=7).map(lambda w: np.array(w) / sum(w))


@settings(max_examples=50, deadline=None)
@given(weights)
def test_diversion_in_proportion_to_share_is_neither_close_nor_far(shares):
    rates = shares / (1 - shares)[:, None]
    assert closeness(rates) == pytest.approx(np.ones((len(shares), len(shares))), abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.integers(3, 6), st.integers(0, 10_000))
def test_what_sizes_predict_adds_up_as_the_moves_do(many, seed):
    moves = np.random.default_rng(seed).integers(1, 50, (many, many)).astype(float)
    np.fill_diagonal(moves, 0)
    found = proportional(moves)
    assert found.sum(axis=1) == pytest.approx(moves.sum(axis=1), rel=1e-6)
    assert found.sum(axis=0) == pytest.approx(moves.sum(axis=0), rel=1e-6)
    assert closeness(moves) == pytest.approx(closeness(moves).T)


def test_nests_are_found_and_hold_in_resamples():
    moves, draws = sampled(np.random.default_rng(1), 2)
    found = competitive_sets(moves, draws=draws, focal="f")
    assert found.told and found.sets == (("e", "f", "g", "h"), ("a", "b", "c", "d"))
    assert (found.frame["together"] > 0.8).all() and all(check.passed for check in found.checks)
    assert found.title == "f competes most closely with 3 others"


def test_three_pairs_are_three_sets():
    rates = np.full((6, 6), 1.0)
    for i in (0, 2, 4):
        rates[i, i + 1] = rates[i + 1, i] = 8.0
    rng = np.random.default_rng(2)
    draws = rng.poisson(30 * rates, (200, 6, 6)).astype(float)
    found = competitive_sets(table(30 * rates), draws=draws, focal="c")
    assert found.sets == (("c", "d"), ("a", "b"), ("e", "f"))
    assert found.title == "c competes most closely with d"


def test_moves_as_sizes_have_them_are_seldom_sorted():
    rng = np.random.default_rng(3)
    told = [
        competitive_sets(m, draws=d, focal="a").told
        for m, d in (sampled(rng, 1, draws=40) for _ in range(12))
    ]
    assert sum(told) <= 2


def test_sets_that_cannot_be_told_apart_are_one():
    moves, draws = sampled(np.random.default_rng(4), 1)
    found = competitive_sets(moves, draws=draws, focal="a")
    assert found.told is False and found.sets == (tuple(NAMES),)
    assert found.title == "We cannot tell competitive sets apart" and found.finding.startswith(
        "We cannot tell sets"
    )
    assert not all(check.passed for check in found.checks)


def test_a_models_table_without_draws_is_sorted_and_says_what_is_not_known():
    found = competitive_sets(table(diversion(3)), focal="a", line="a model")
    assert found.sets[0] == ("a", "b", "c", "d") and found.told is None
    assert "how firm they are is not known" in found.finding
    assert found.numbers[0].low is None and found.source == "a model" and "svg" in found.html()


def test_the_scale_of_the_moves_does_not_matter():
    moves, draws = sampled(np.random.default_rng(5), 2)
    one, other = (competitive_sets(moves * k, draws=draws * k, focal="a") for k in (1, 0.001))
    assert one.sets == other.sets and one.p == other.p
    assert one.closeness.to_numpy() == pytest.approx(other.closeness.to_numpy())


def test_the_order_of_the_products_does_not_matter():
    moves, draws = sampled(np.random.default_rng(6), 2)
    order = [3, 6, 0, 5, 1, 7, 4, 2]
    mixed = moves.iloc[order, order]
    one = competitive_sets(moves, draws=draws, focal="a")
    other = competitive_sets(mixed, draws=draws[:, order][:, :, order], focal="a")
    assert {frozenset(s) for s in one.sets} == {frozenset(s) for s in other.sets}


def test_a_panel_brings_its_own_resamples(ketchup):
    found = competitive_sets(ketchup, focal="Hunt's 32 oz")
    assert found.sets == (("Heinz 32 oz", "Hunt's 32 oz"), ("Heinz 28 oz", "Heinz 41 oz"))
    own = found.frame.set_index("product").loc["Hunt's 32 oz"]
    assert own["nearest"] == "Heinz 32 oz" and own["low"] < own["estimate"] < own["high"]
    assert found.html() == competitive_sets(ketchup, focal="Hunt's 32 oz").html()


def test_two_brands_make_no_sets(ketchup):
    assert "three or more" in competitive_sets(ketchup, by="firm", focal="Hunt's").reason


def wrong(row, column, value):
    moves = table(diversion(2))
    moves.loc[row, column] = value
    return moves


@pytest.mark.parametrize(
    ("moves", "says"),
    [
        (wrong("b", "c", -0.1), 'from "b" to "c" is -0.1; moves are numbers from 0 up'),
        (wrong("b", "c", np.nan), 'from "b" to "c" is missing'),
        (
            table(diversion(2)).drop(columns="c"),
            "the same products once as rows and once as columns; c is not",
        ),
        (table(diversion(2)).rename(index={"a": "z"}), "a and z are not"),
    ],
)
def test_a_table_that_is_no_table_of_moves_is_refused(moves, says):
    with pytest.raises(ValueError, match=says):
        competitive_sets(moves, focal="b")


def test_draws_of_another_shape_or_sign_and_unknown_products_are_refused():
    moves = table(diversion(2))
    with pytest.raises(ValueError, match="draws are 5 by 3 by 3; give two or more of 8 by 8"):
        competitive_sets(moves, draws=np.ones((5, 3, 3)), focal="a")
    with pytest.raises(ValueError, match="draws hold a move that is negative"):
        competitive_sets(moves, draws=-np.ones((5, 8, 8)), focal="a")
    with pytest.raises(ValueError, match='focal "z" is no product of the table'):
        competitive_sets(moves, focal="z")
