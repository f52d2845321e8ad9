"""What a page computes of shares is what the simulators give, wherever its sliders stand."""

from dataclasses import replace

import numpy as np
import pytest

from pmlib import competitive
from pmlib.formula.model import LARGEST
from pmlib.table import MINUS

FLAGS = ["pixels", "zoom", "video", "swivel", "wifi"]
SHELF = ["Ours: Sony, zoom, wifi, price 179", "Theirs: Canon, pixels, zoom, video, price 229"]


@pytest.fixture(scope="module")
def tastes(cameras):
    return competitive.mixed_logit(cameras, draws=20, starts=1, check=False)


@pytest.fixture(scope="module")
def logit(ketchup):
    return competitive.conditional_logit(ketchup)


@pytest.fixture(scope="module")
def causal(us_cars_demand):
    """A demand for cars, taken as if its prices were shown to be causes."""
    fitted = competitive.market_demand(us_cars_demand)
    return replace(fitted, everywhere=replace(fitted.everywhere, causal=True))


def moved(model, random):
    return {one.name: float(random.choice(one.stops)) for one in model.inputs}


def played(model, settings, focal):
    """Shares and relative changes as `what_if` has them."""
    parts = [
        f"{who}: price {'+' if x > 0 else MINUS}{abs(round(100 * x))}%" for who, x in settings.items() if x
    ]
    text = "; ".join(parts) or f"{focal}: price +0%"
    frame = competitive.what_if(model, [text], focal=focal, draws=2).frame.set_index("who")
    return frame[~frame.index.duplicated()]


def test_the_shelf_is_that_of_share_of_preference(tastes):
    found = competitive.share_of_preference(tastes, products=SHELF, draws=2).formula()
    assert [one.name for one in found.inputs] == ["price", *FLAGS]
    random = np.random.default_rng(1)
    for _ in range(50):
        values = moved(found, random)
        has = ["Sony", *(name for name in FLAGS if values[name]), f"price {values['price']}"]
        ours = f"Ours: {', '.join(has)}"
        there = competitive.share_of_preference(tastes, products=[ours, SHELF[1]], draws=2).frame
        expected = dict(zip(there["product"], there["estimate"], strict=True))
        assert found.at(**values) == pytest.approx(expected, rel=1e-7)


def test_prices_move_shares_as_a_what_if_does(logit):
    found = competitive.what_if(logit, focal="Hunt's", draws=2).formula()
    assert [one.label for one in found.inputs] == ["Price of Hunt's 32 oz", "Heinz's prices"]
    assert found.outputs[0].label == "Hunt's 32 oz"
    random = np.random.default_rng(1)
    for _ in range(10):
        values = moved(found, random)
        after = played(logit, values, "Hunt's")["after"]
        assert found.at(**values) == pytest.approx({n: after[n] for n in found.at()}, rel=1e-7)


def test_where_buyers_may_buy_none_sales_are_set_against_today(causal):
    found = competitive.what_if(causal, focal="Ford", draws=2).formula()
    assert [one.label for one in found.outputs] == [
        "Ford's sales against today's",
        "General Motors' sales against today's",
        "All others' sales against today's",
    ]
    assert found.at() == pytest.approx(dict.fromkeys(found.at(), 1.0), rel=1e-7)
    random = np.random.default_rng(1)
    for _ in range(10):
        values = moved(found, random)
        after = played(causal, values, "Ford")["relative"]
        expected = {"Ford": 1 + after["Ford"], "General Motors": 1 + after["General Motors"]}
        here = found.at(**values)
        assert {name: here[name] for name in expected} == pytest.approx(expected, rel=1e-6)


def test_a_slider_marks_prices_that_were_seen(logit):
    own, rival = competitive.what_if(logit, focal="Hunt's", draws=2).formula().inputs
    assert own.likely == (-0.3, 0.3)
    assert rival.likely == (-0.3, 0.16)


def test_prices_that_need_not_be_causes_have_no_sliders(us_cars_demand):
    assert (
        competitive.what_if(competitive.market_demand(us_cars_demand), focal="Ford", draws=2).formula()
        is None
    )


def test_tastes_of_one_chooser_each_and_other_rules_have_no_sliders(tastes):
    own = competitive.individual_tastes(tastes)
    for how in ({"own": own}, {"rule": "first choice"}):
        found = competitive.share_of_preference(tastes, products=SHELF, draws=2, **how)
        assert found.formula() is None


def test_what_has_no_room_on_a_page_has_no_sliders(logit, monkeypatch):
    assert competitive.what_if(logit, focal="Hunt's", draws=2).formula().size <= LARGEST
    monkeypatch.setattr("pmlib.competitive.simulator.LARGEST", 10_000)
    assert competitive.what_if(logit, focal="Hunt's", draws=2).formula() is None
