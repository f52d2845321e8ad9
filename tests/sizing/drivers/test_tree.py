"""A tree of text gives the numbers that its formulas and laws say."""

import numpy as np
import pytest

from pmlib import sizing

SHOP = """
revenue [EUR2025/year]        = buyers * orders * basket            # what is spent online
buyers  [person]              = adults * online * reach
adults  [person]              = 14.2 M                              # CBS; 2025-01; A
online                        = 92% .. 96%
reach                         = 4% .. 11% (80%)
orders  [order/person/year]   = 2 .. 3 .. 6
basket  [EUR2025/order]       = 38 .. 55
tam     [M EUR2025/year]      = revenue in M EUR2025/year
orders ~ basket: -0.4
"""


def test_a_tree_computes_what_plain_numpy_does():
    market = sizing.tree(SHOP)
    assert market.leaves == ("adults", "online", "reach", "orders", "basket")
    assert market.uncertain == ("online", "reach", "orders", "basket")
    assert market.notices == ()
    z = np.random.default_rng(1).standard_normal((4, 1000))
    draws = {name: market.nodes[name].law.at(z[i]) for i, name in enumerate(market.uncertain)}
    kept = {name: values.copy() for name, values in draws.items()}
    found = market.evaluate(draws)
    revenue = 14.2e6 * draws["online"] * draws["reach"] * draws["orders"] * draws["basket"]
    assert found["revenue"] == pytest.approx(revenue, rel=1e-12)
    assert found["tam"] == pytest.approx(revenue / 1e6, rel=1e-12)
    assert all((draws[name] == kept[name]).all() for name in draws), "the draws are left as they were"
    assert list(found) == list(market.nodes)


def test_leaves_without_draws_stand_at_their_median():
    found = sizing.tree(SHOP).evaluate({})
    assert found["orders"] == pytest.approx(3)
    assert found["basket"] == pytest.approx(np.sqrt(38 * 55))


def test_a_comment_gives_source_date_and_grade():
    adults = sizing.tree(SHOP).nodes["adults"]
    assert (adults.source, adults.date, adults.grade, adults.line) == ("CBS", "2025-01", "A", 4)
    assert sizing.tree(SHOP).nodes["revenue"].note == "what is spent online"


def test_given_changes_a_copy():
    market = sizing.tree(SHOP)
    changed = market.given(reach="9% .. 15%")
    assert changed.nodes["reach"].law.ends() == pytest.approx((0.09, 0.15))
    assert market.nodes["reach"].law.ends(0.8) == pytest.approx((0.04, 0.11))


def test_no_text_is_absent():
    for text in ("", "  \n\t\r\n", "# only a comment"):
        assert sizing.tree(text).summary() == "Driver tree: not shown. No driver tree was given."
