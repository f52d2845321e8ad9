"""Draws of a driver tree: evenly spread, correlated, the same bytes each time, and right under conditions."""

import warnings

import numpy as np
import pytest

from pmlib.sizing import tree
from pmlib.sizing.drivers.draws import draws, draws_given, score

# V11: a product of four lognormals, given by their 90 % intervals.
FUNNEL = """
sales = people * reach * orders * basket
people [person] = 8 M .. 12 M
reach [1] = 0.1 .. 0.3
orders [order/person] = 2 .. 6
basket [EUR2025/order] = 20 .. 45
"""
MEDIAN, P05, P95, MEAN = 176_363_000, 71_744_700, 433_537_000, 204_803_000
PAIR = """
total [EUR2025] = orders * basket
orders [order] = 2 .. 6
basket [EUR2025/order] = 38 .. 55
orders ~ basket: -0.4
"""


def test_a_product_of_lognormals_has_its_closed_form():
    sales = draws(tree(FUNNEL), 16_384)["sales"]
    assert sales.mean() == pytest.approx(MEAN, rel=1e-3)
    assert np.median(sales) == pytest.approx(MEDIAN, rel=2e-3)
    assert np.quantile(sales, [0.05, 0.95]) == pytest.approx([P05, P95], rel=5e-3)


def test_a_thousand_even_draws_know_the_mean_to_a_thousandth():
    market = tree(FUNNEL)
    errors = [draws(market, 1024, seed=seed)["sales"].mean() / MEAN - 1 for seed in range(1, 17)]
    assert np.sqrt(np.mean(np.square(errors))) < 1e-3
    assert abs(errors[0]) < 1e-3


def test_random_draws_are_an_option_and_need_many_more():
    sales = draws(tree(FUNNEL), 200_000, method="random")["sales"]
    assert sales.mean() == pytest.approx(MEAN, rel=0.01)


@pytest.mark.parametrize("method", ["sobol", "random"])
def test_the_same_seed_gives_the_same_bytes_however_lines_are_ordered(method):
    first, *others = FUNNEL.strip().splitlines()
    turned = "\n".join([*others[::-1], first])
    one, other = (draws(tree(text), 1000, method=method, seed=3) for text in (FUNNEL, turned))
    assert all(one[name].tobytes() == other[name].tobytes() for name in one)
    another = draws(tree(FUNNEL), 1000, method=method, seed=4)
    assert one["sales"].tobytes() != another["sales"].tobytes()


def test_any_number_of_draws_is_taken_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for n in (2, 1000, 20_000):
            assert draws(tree(FUNNEL), n)["sales"].shape == (n,)


def test_fewer_draws_are_the_first_of_more():
    few, many = (draws(tree(FUNNEL), n)["sales"] for n in (1000, 20_000))
    assert few.tobytes() == many[:1000].tobytes()


def test_leaves_are_correlated_as_asked():
    found = draws(tree(PAIR), 16_384)
    assert np.corrcoef(np.log(found["orders"]), np.log(found["basket"]))[0, 1] == pytest.approx(
        -0.4, abs=0.01
    )


def test_leaves_that_move_as_one_can_be_drawn():
    found = draws(tree(PAIR.replace("-0.4", "1")), 1024)
    assert np.corrcoef(np.log(found["orders"]), np.log(found["basket"]))[0, 1] == pytest.approx(1, abs=1e-6)


def test_under_a_condition_what_is_correlated_follows_its_conditional_law():
    market = tree(PAIR)
    found = draws_given(market, {"orders": "6"}, 16_384)
    # 6 is the upper end of a 90 % interval: 1.645 deviations up, so the basket's mean is 0.4 × 1.645 down.
    spread = np.log(55 / 38) / 2 / 1.6448536269514722
    middle = np.log(38 * 55) / 2
    scores = (np.log(found["basket"]) - middle) / spread
    assert (found["orders"] == 6).all()
    assert scores.mean() == pytest.approx(-0.4 * 1.6448536, abs=2e-3)
    assert scores.std() == pytest.approx(np.sqrt(1 - 0.4**2), abs=2e-3)


def test_a_condition_that_changes_nothing_changes_no_draw():
    market = tree(PAIR)
    one, other = draws(market, 1024), draws_given(market, {"orders": "2 .. 6"}, 1024)
    assert other["total"] == pytest.approx(one["total"], rel=1e-9)


def test_a_leaf_may_become_a_formula_or_uncertain():
    market = tree(PAIR.replace("orders ~ basket: -0.4", "") + "more [order] = 5\n")
    found = draws_given(market, {"orders": "2 * more", "more": "4 .. 6"}, 1024)
    assert found["orders"] == pytest.approx(2 * found["more"])
    assert found["more"].std() > 0


def test_a_score_is_where_a_law_has_a_value():
    law = tree(PAIR).nodes["orders"].law
    assert law.at(score(law, np.array([1.5, 3.0, 7.0]))) == pytest.approx([1.5, 3.0, 7.0])


def test_a_draw_that_is_no_number_names_its_node():
    market = tree("rate [1] = part / whole\npart [1] = 1 .. 2\nwhole [1] = 0\n")
    with pytest.raises(ValueError, match=r"^node rate, line 1: draw 1 gives infinity; "):
        draws(market, 64)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"method": "lhs"}, "method is 'lhs'; it may be 'sobol', 'random'"),
        ({"n": 1}, "draws is 1; give a whole number, 2 to 10,000,000; best 1,024 or more"),
    ],
)
def test_what_cannot_be_drawn_is_said(asked, said):
    with pytest.raises(ValueError) as told:
        draws(tree(FUNNEL), **asked)
    assert str(told.value) == said
