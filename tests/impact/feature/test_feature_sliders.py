"""What a page computes of a feature is what its forecast comes to, wherever the sliders stand."""

import numpy as np
import pytest

from pmlib import impact
from pmlib.impact.feature.simulate import at_share, money, total

UNSURE = {
    "effect": "-1% .. 6%",
    "reach": "20% .. 40%",
    "cannibalises": "5% .. 15%",
    "value": "2 .. 3",
    "cost": "8 k .. 20 k",
}


@pytest.mark.parametrize(("better", "add"), [("higher", "sum"), ("higher", "mean"), ("lower", "sum")])
def test_it_is_the_forecast_were_all_known(foretold, better, add):
    baseline = foretold(better=better)
    formula = impact.drivers(impact.feature(baseline, **UNSURE, add=add, draws=200)).formula()
    assert [one.name for one in formula.inputs] == list(UNSURE)
    random = np.random.default_rng(1)
    for _ in range(50):
        values = {one.name: float(random.choice(one.stops)) for one in formula.inputs}
        known = impact.feature(baseline, **values, add=add, draws=200)
        expected = {"gain": known.gain, "money": known.money}
        assert formula.at(**values) == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_paths_stay_at_their_middle(foretold):
    adoption = "half in 1 .. 2 weeks, 90% in 8 weeks"
    found = impact.feature(foretold(spread=0.1), **UNSURE, adoption=adoption, draws=400)
    middle = {name: at_share(values, 0.5) for name, values in found.draws.parts.items()}
    there = {"gain": float(total(middle)[0]), "money": float(money(middle, found.draws.better)[0])}
    formula = impact.drivers(found).formula()
    assert formula.at() == pytest.approx(there, rel=1e-12)
    assert formula.about == "Shaded: 90% ranges. Adoption, and rides without it, stay at their middle."


def test_what_is_certain_has_no_slider(foretold):
    baseline = foretold(spread=0.1)
    one = impact.drivers(impact.feature(baseline, effect="1% .. 4%", reach="40%", draws=200)).formula()
    assert [lever.name for lever in one.inputs] == ["effect"]
    assert [output.name for output in one.outputs] == ["gain"]
    assert impact.drivers(impact.feature(baseline, effect="2%", reach="40%", draws=200)).formula() is None
