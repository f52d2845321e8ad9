"""Own and cross elasticities: numbers of the reference, laws, and the words about them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_choices import choices, table

from pmlib.competitive import conditional_logit, market_demand, price_elasticities
from pmlib.result import Absent

CAR = ["hp_per_weight", "air", "miles_per_dollar_tens", "space"]
HEINZ = ["Heinz 41 oz", "Heinz 32 oz", "Heinz 28 oz", "Hunt's 32 oz"]


def matrix(result, names):
    return result.matrix.loc[names, names].to_numpy()


@pytest.fixture(scope="module")
def ketchup_model(ketchup):
    return conditional_logit(ketchup)


@pytest.fixture(scope="module")
def made_up():
    return conditional_logit(table(choices(1)), base="A")


def other(model, **changes):
    """The same model with something else said of its demand."""
    return replace(model, demand=replace(model.demand, **changes))


def test_elasticities_of_ketchup(ketchup_model):
    # V16: two engines, share-weighted over purchases; rows are whose sales, columns whose price.
    expected = [
        [-5.3110, 2.1382, 1.5803, 0.5095],
        [0.3664, -1.6400, 1.2432, 0.4146],
        [0.3539, 1.6185, -3.0090, 0.4029],
        [0.4276, 2.0346, 1.5000, -3.3878],
    ]
    assert matrix(price_elasticities(ketchup_model), HEINZ) == pytest.approx(np.array(expected), abs=1e-4)


def test_elasticities_of_yogurt(yogurt):
    names = ["yoplait", "dannon", "hiland", "weight"]
    expected = [
        [-2.3188, 1.0553, 0.0501, 0.6092],
        [1.1710, -1.6599, 0.0550, 0.6609],
        [1.2370, 1.2271, -1.7679, 0.6990],
        [1.2172, 1.1931, 0.0564, -2.1501],
    ]
    found = price_elasticities(conditional_logit(yogurt))
    assert matrix(found, names) == pytest.approx(np.array(expected), abs=1e-4)


def test_elasticities_of_cars(us_cars_demand):
    # V9, from V8: equal to PyBLP to 1e-15.
    found = price_elasticities(market_demand(us_cars_demand, attributes=CAR), focal="Honda Accord")
    assert found.matrix.loc["Honda Accord", "Honda Accord"] == pytest.approx(-1.2404301, abs=1e-6)
    assert found.matrix.loc["Ford Taurus", "Honda Accord"] == pytest.approx(0.00551129, abs=1e-7)
    assert found.cross.title == "The model tells no closer rival from others"
    assert "every rival" in found.cross.finding and "no forecast" in found.cross.finding
    assert "Pontiac PTGRAN90 (5554)" in found.matrix.index
    assert "no forecast" in found.finding  # its instruments contradict each other


@settings(max_examples=10, deadline=None)
@given(st.floats(1e-3, 1e3))
def test_the_unit_of_price_does_not_matter(rate):
    frame = choices(5, choosers=40)
    there = price_elasticities(conditional_logit(table(frame), base="A"))
    here = price_elasticities(conditional_logit(table(frame.assign(price=frame["price"] * rate)), base="A"))
    for column in ("estimate", "low", "high"):
        assert here.frame[column].to_numpy() == pytest.approx(there.frame[column].to_numpy(), rel=1e-4)


def test_what_one_product_gains_the_others_lose(made_up):
    # Everybody chooses one of A to D, so that volumes weighted with any column of elasticities cancel.
    found = price_elasticities(made_up)
    demand = made_up.demand
    sold = dict(zip(demand.products, demand.volume, strict=True))
    weights = np.array([sold[name] for name in found.matrix.index])
    assert weights @ found.matrix.to_numpy() == pytest.approx(0, abs=1e-8)


def test_a_firm_moves_all_its_prices(ketchup_model):
    demand = ketchup_model.demand
    found = price_elasticities(ketchup_model, by="firm", focal="Heinz")
    offers = demand.offers
    own = (offers["firm"] == "Heinz").to_numpy()
    up = demand.on(offers.assign(price=offers["price"] * np.where(own, 1 + 1e-6, 1.0)))
    heinz = [product.startswith("Heinz") for product in demand.products]
    slope = (up.volume[heinz].sum() / demand.volume[heinz].sum() - 1) / 1e-6
    assert found.matrix.loc["Heinz", "Heinz"] == pytest.approx(slope, rel=1e-4)


def test_none_of_these_gains_and_has_no_price(cameras):
    found = price_elasticities(conditional_logit(cameras), focal="Sony")
    assert "none" not in set(found.frame["price_of"])
    gained = found.frame[(found.frame["of"] == "none") & (found.frame["price_of"] == "Sony")]
    assert gained["low"].item() > 0


def test_intervals_hold_the_estimate_and_widen_with_the_level(made_up):
    narrow, wide = (price_elasticities(made_up, level=level).frame for level in (0.8, 0.99))
    assert (wide["low"] < narrow["low"]).all() and (narrow["low"] < narrow["estimate"]).all()


def test_says_what_one_percent_loses(ketchup_model):
    found = price_elasticities(ketchup_model, focal="Heinz 32 oz")
    said = "A 1% higher price loses Heinz 32 oz about 1.64% of its sales (1.45% to 1.83%)"
    assert found.finding.startswith(said)
    assert "purchases only" in found.unknown
    assert found.cross.title == "Heinz 41 oz gains most when Heinz 32 oz costs more"


def test_without_instruments_nothing_is_said_of_what_a_price_does(made_up):
    found = price_elasticities(other(made_up, causal=False))
    assert "no forecast" in found.finding and "loses" not in found.title and not found.advice
    assert not found.checks[-1].passed


def test_what_cannot_be_is_flagged(made_up):
    taken = np.arange(len(made_up.demand.params)) == 0
    rising = price_elasticities(other(made_up, params=np.where(taken, 0.5, made_up.demand.params)))
    assert "we cannot tell" in rising.title and not rising.checks[0].passed
    first = made_up.demand.offers[made_up.demand.offers["set"] == 0]
    dearest = first.loc[first["price"].idxmax(), "product"]
    params = np.where(taken, -30.0, made_up.demand.params)
    absurd = price_elasticities(other(made_up, params=params, offers=first, size=np.ones(1)), focal=dearest)
    assert not absurd.checks[1].passed and "not to be believed" in absurd.finding


def test_an_unknown_product_is_named(made_up):
    with pytest.raises(ValueError, match='focal "E" is not on offer; it may be one of'):
        price_elasticities(made_up, focal="E")
    with pytest.raises(ValueError, match='by is "brand"; it may be "product" or "firm"'):
        price_elasticities(made_up, by="brand")
    with pytest.raises(ValueError, match="the offers name no firm"):
        price_elasticities(made_up, by="firm")


def test_offers_without_a_name_cannot_be_asked_about():
    frame = choices(3).drop(columns="product")
    said = price_elasticities(conditional_logit(table(frame)))
    assert isinstance(said, Absent) and said.reason == "The offers have no product or firm to tell them by."


def test_a_model_that_is_absent_or_has_no_price_stays_so():
    said = price_elasticities(conditional_logit(None))
    assert isinstance(said, Absent) and said.reason == "No table of choices was given."
    priceless = conditional_logit(table(choices(2).drop(columns="price")))
    assert "no price" in price_elasticities(priceless).reason
