"""Numbers that others published for choices, or that two programs agree on."""

import numpy as np
import pandas as pd
import pytest

from pmlib.competitive import conditional_logit


def params(result):
    return result.frame.set_index("term")["estimate"]


def test_heating_by_cost_alone(heating):
    # R's mlogit, vignette "Exercise 1: Multinomial logit model" (Train and Croissant).
    result = conditional_logit(heating, constants=False)
    found = result.frame.set_index("term")
    assert found["estimate"].to_numpy() == pytest.approx([-0.0062319, -0.0045801], abs=1e-6)
    assert found["classical_se"].to_numpy() == pytest.approx([0.000353, 0.000322], abs=1e-6)
    assert result.loglik == pytest.approx(-1095.237, abs=0.01)
    told = [0.104131, 0.051415, 0.516957, 0.240309, 0.087189]
    assert result.shares["predicted"].to_numpy() == pytest.approx(told, abs=1e-5)
    assert found["estimate"]["oc"] / found["estimate"]["ic"] == pytest.approx(0.734945, abs=1e-4)


@pytest.fixture(scope="module")
def with_constants(heating):
    return conditional_logit(heating, base="hp")


def test_heating_with_constants(with_constants):
    told = {
        "ic": -0.001533, "oc": -0.006996, "product: ec": 1.658846, "product: er": 1.853437,
        "product: gc": 1.710979, "product: gr": 0.308263,
    }  # fmt: skip
    assert params(with_constants).to_dict() == pytest.approx(told, abs=1e-4)
    assert with_constants.loglik == pytest.approx(-1008.2287, abs=0.01)
    assert with_constants.shares["predicted"].to_numpy() == pytest.approx(with_constants.shares["chosen"])


def test_heat_pumps_at_a_tenth_less(with_constants):
    demand = with_constants.demand
    cost = demand.offers["ic"] * np.where(demand.offers["product"] == "hp", 0.9, 1.0)
    found = demand.on(demand.offers.assign(ic=cost)).volume / 900
    assert found == pytest.approx([0.070455, 0.092470, 0.630644, 0.141968, 0.064462], abs=1e-5)


def test_a_new_system_that_is_dearer_to_install_and_cheaper_to_run(with_constants):
    demand = with_constants.demand
    like = demand.offers[demand.offers["product"] == "ec"]
    new = like.assign(product="new", ic=like["ic"] + 200, oc=like["oc"] * 0.75)
    found = demand.on(pd.concat([demand.offers, new])).volume / 900
    told = [0.063116, 0.083477, 0.571451, 0.128551, 0.049773, 0.103632]
    assert found == pytest.approx(told, abs=1e-5)


def test_yogurt(yogurt):
    # R's logitr, vignette on the multinomial logit.
    result = conditional_logit(yogurt, base="dannon")
    told = [-0.366584, 0.491433, -3.715600, -0.641184, 0.734571]
    assert params(result).to_numpy() == pytest.approx(told, abs=1e-4)
    errors = [0.02437, 0.12006, 0.14542, 0.0545, 0.08064]
    assert result.frame["classical_se"].to_numpy() == pytest.approx(errors, abs=1e-4)
    assert result.loglik == pytest.approx(-2656.8879, abs=0.01)


def test_ketchup(ketchup):
    # Newton's method and xlogit 0.2.7.
    result = conditional_logit(ketchup, base="Hunt's 32 oz")
    told = {
        "price": -1.40241, "feature": 0.90856, "display": 0.87559, "product: Heinz 28 oz": 2.42598,
        "product: Heinz 32 oz": 1.50125, "product: Heinz 41 oz": 1.35370,
    }  # fmt: skip
    assert params(result).to_dict() == pytest.approx(told, abs=1e-4)
    errors = [0.05799, 0.11403, 0.09701, 0.09619, 0.06851, 0.12287]
    assert result.frame["classical_se"].to_numpy() == pytest.approx(errors, abs=1e-4)
    assert result.loglik == pytest.approx(-2517.877, abs=0.01)


def test_cameras(cameras):
    # Newton's method and xlogit 0.2.7; there in $100.
    result = conditional_logit(cameras)
    told = {
        "price": -1.48555, "pixels": 0.75826, "zoom": 0.81935, "video": 0.62788, "swivel": 0.36710,
        "wifi": 0.57781, "firm: Canon": 0.46503, "firm: Nikon": 0.31165, "firm: Panasonic": 0.02266,
        "firm: Sony": 0.23837,
    }  # fmt: skip
    found = params(result).to_dict()
    assert found | {"price": found["price"] * 100} == pytest.approx(told, abs=1e-4)
    assert result.loglik == pytest.approx(-6503.747, abs=0.01)
    assert result.choices.base == result.choices.none == "none"
