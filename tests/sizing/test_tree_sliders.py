"""What a page computes of a driver tree is what the tree gives, wherever its sliders stand."""

import numpy as np
import pytest

from pmlib import sizing

EVERY = """
som     [EUR2025/year] = max(sam * share - cost, 0 [EUR2025/year])
sam     [EUR2025/year] = people * reach * orders * (basket in EUR2025/order)
people  [person]       = 2 M .. 3 M
reach   [%]            = 5% .. 15%
orders  [order/person/year] = grow(one, rate, 3 [year]) + exp(-log(speed)) * one
one     [order/person/year] = 1
rate    [%/year]       = 2% .. 9%
speed   [1]            = 2 .. 4
basket  [thousand EUR2025/order] = 0.02 .. 0.04
share   [%]            = min(lead ** 2, sqrt(lead), 90%)
lead    [%]            = 20% .. 60%
cost    [EUR2025/year] = 1 M .. 2 M
"""


def moved(model, random):
    return {one.name: float(random.choice(one.stops)) for one in model.inputs}


def test_it_is_the_tree_at_any_setting():
    market = sizing.tree(EVERY)
    found = sizing.tornado(market, "som").formula()
    assert len(found.inputs) == 4
    random = np.random.default_rng(1)
    for _ in range(50):
        values = moved(found, random)
        there = market.evaluate(values)
        assert found.at(**values) == pytest.approx({n: float(there[n]) for n in ("som", "sam")}, rel=1e-12)


def test_it_starts_where_the_tornado_does():
    swings = sizing.tornado(sizing.tree(EVERY), "som")
    found = swings.formula()
    assert found.at()["som"] == pytest.approx(swings.middle, rel=1e-12)
    assert [one.name for one in found.inputs] == list(swings.frame["name"][:4])


def test_a_slider_runs_past_the_marked_range_and_stays_within_its_law():
    found = sizing.tornado(sizing.tree(EVERY), "som").formula()
    for one in found.inputs:
        low, high = one.likely
        assert one.stops[0] < low < one.value < high < one.stops[-1]
    lead = next(one for one in found.inputs if one.name == "lead")
    assert lead.likely == pytest.approx((0.2, 0.6)) and lead.stops[0] > 0 and lead.stops[-1] < 1


def test_what_others_do_is_said():
    pair = "a [car] = 1 .. 2\nb [car] = 3 .. 9\nall [car] = a + b\n"
    assert sizing.tornado(sizing.tree(pair), "all").formula().about == "Shaded: 90% ranges."
    together = sizing.tornado(sizing.tree(pair + "a ~ b: 0.5"), "all").formula().about
    assert together.endswith("Drivers said to go together do not move along.")
    assert "Other drivers stay at their medians." in sizing.tornado(sizing.tree(EVERY)).formula().about


def test_a_tree_without_a_slider_has_none():
    tight = "all [person] = people * share\npeople [person] = 13.9 M .. 14.0 M\nshare [%] = 50%"
    assert sizing.tornado(sizing.tree(tight)).formula() is None
    over = "all [%] = a + b + c + d\n" + "".join(f"{n} [%] = 12% .. 22%\n" for n in "abcd")  # ends over 100%
    assert sizing.tornado(sizing.tree(over)).formula() is None
