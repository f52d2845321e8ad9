"""What buyers gain: the laws of consumer surplus."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_choices import choices, table

from pmlib.competitive import conditional_logit, consumer_surplus


@pytest.fixture(scope="module")
def model():
    return conditional_logit(table(choices(1)), base="A")


def total(result):
    return result.frame.set_index("what").loc["all"]


def test_a_small_fall_of_a_price_is_worth_what_is_bought(model):
    offers, demand = model.demand.offers, model.demand
    cheaper = offers.assign(price=offers["price"] - 1e-4 * (offers["product"] == "C"))
    gained = total(consumer_surplus(model, after=cheaper))["estimate"]
    assert gained / 1e-4 == pytest.approx(demand.volume[demand.products.index("C")], rel=1e-3)


@settings(max_examples=15, deadline=None)
@given(st.floats(-0.9, 2.0))
def test_a_fall_of_every_price_by_one_amount_is_worth_that_amount(model, fall):
    offers = model.demand.offers
    result = consumer_surplus(model, after=offers.assign(price=offers["price"] - fall))
    each = result.frame.set_index("what").loc["each"]
    assert [each["low"], each["estimate"], each["high"]] == pytest.approx([fall] * 3, abs=1e-6)


def test_what_is_gained_one_way_is_lost_the_other(model):
    offers = model.demand.offers
    fewer = offers[offers["product"] != "D"]
    lost = consumer_surplus(model, after=fewer)
    back = consumer_surplus(model, before=fewer, after=offers)
    assert total(lost)["estimate"] == pytest.approx(-total(back)["estimate"])
    assert total(lost)["high"] < 0 and lost.title.startswith("Buyers lose")


def test_prices_that_followed_quality_do_not_tell_how_much(model):
    offers = model.demand.offers
    wary = replace(model, demand=replace(model.demand, causal=False))
    found = consumer_surplus(wary, after=offers.assign(price=offers["price"] - 0.5))
    assert found.title == "Buyers gain; how much, these prices cannot tell"
    assert found.finding.startswith("If prices there were show") and not found.checks[0].passed


def test_other_choice_sets_are_refused(model):
    offers = model.demand.offers
    with pytest.raises(ValueError, match="other choice sets"):
        consumer_surplus(model, after=offers[offers["set"] > 3])


def test_money_does_not_measure_what_dearer_offers_gain(model):
    params = -np.abs(model.demand.params)
    params[0] = 1.0
    wrong = replace(model, demand=replace(model.demand, params=params))
    assert "no less" in consumer_surplus(wrong, after=model.demand.offers).reason
