"""Willingness to pay: numbers from the literature, laws of ratios, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_choices import choices, table

from pmlib.competitive import conditional_logit, market_demand, willingness_to_pay
from pmlib.competitive.demand.demand import Mixing
from pmlib.competitive.demand.ratio import fieller
from pmlib.result import Absent


@pytest.fixture(scope="module")
def made_up():
    return conditional_logit(table(choices(1)), base="A")


def worth(result):
    return result.frame.set_index("term")["estimate"]


def test_heating_without_constants(heating):
    # V1, Train's exercises in the mlogit vignette: a dollar a year against a dollar once.
    found = willingness_to_pay(conditional_logit(heating, constants=False), of="oc", per="ic")
    assert worth(found)["oc"] == pytest.approx(0.734945, abs=1e-4)


def test_heating_with_constants(heating):
    found = willingness_to_pay(conditional_logit(heating, base="hp"), of=["oc"], per="ic")
    assert worth(found)["oc"] == pytest.approx(4.563385, abs=1e-4)


def test_yogurt_in_the_unit_of_its_price(yogurt):
    # V5, the specification of the logitr vignette.
    found = worth(willingness_to_pay(conditional_logit(yogurt, base="dannon")))
    expected = {
        "feature": 1.34057, "product: hiland": -10.13573, "product: weight": -1.74908,
        "product: yoplait": 2.00383,
    }  # fmt: skip
    assert found.rename({"feat": "feature"}).to_dict() == pytest.approx(expected, abs=1e-3)


def test_cameras_in_dollars(cameras):
    # V17, competitive_ship.json
    found = worth(willingness_to_pay(conditional_logit(cameras)))
    expected = {
        "firm: Canon": 31.303, "firm: Sony": 16.046, "firm: Nikon": 20.979, "firm: Panasonic": 1.525,
        "pixels": 51.042, "zoom": 55.155, "video": 42.266, "swivel": 24.712, "wifi": 38.895,
    }  # fmt: skip
    assert found.to_dict() == pytest.approx(expected, abs=2e-3)


def test_says_it_in_money(cameras):
    found = willingness_to_pay(conditional_logit(cameras))
    assert found.title == "More zoom is worth $55"
    assert "$55 ($45 to $66) for More zoom" in found.finding and found.unit == "$"
    assert "Canon (against none)" in set(found.frame["label"])


def test_worth_from_prices_that_followed_quality_is_not_told(us_cars_demand):
    attributes = ["hp_per_weight", "air", "miles_per_dollar_tens", "space"]
    found = willingness_to_pay(market_demand(us_cars_demand, attributes=attributes))
    assert found.title == "What Size (one more) is worth, these prices cannot tell"
    assert "which we cannot tell" in found.finding and "$17k ($13k to $24k)" in found.finding
    assert "(constant)" not in set(found.frame["term"]) and not found.advice
    assert worth(found)["air"] == pytest.approx(0.46830 / 0.1340836, abs=1e-3)


@settings(max_examples=10, deadline=None)
@given(st.floats(1e-3, 1e3))
def test_worth_is_in_the_unit_of_price(rate):
    frame = choices(5, choosers=60)
    there = willingness_to_pay(conditional_logit(table(frame), base="A")).frame
    here = willingness_to_pay(
        conditional_logit(table(frame.assign(price=frame["price"] * rate)), base="A")
    ).frame
    for column in ("estimate", "low", "high", "fieller_low", "delta_high"):
        assert here[column].to_numpy() / rate == pytest.approx(there[column].to_numpy(), rel=1e-3, abs=1e-3)


def test_a_ratio_turned_over_is_its_inverse(made_up):
    there = worth(willingness_to_pay(made_up, of="quality", per="product: B"))["quality"]
    here = worth(willingness_to_pay(made_up, of="product: B", per="quality"))["product: B"]
    assert there * here == pytest.approx(1)


@given(st.floats(-5, 5), st.floats(0.5, 5), st.floats(0.01, 0.5), st.floats(-0.9, 0.9), st.floats(0.01, 0.05))
def test_ends_of_fieller_are_as_far_as_the_level_says(a, b, va, correlation, vb):
    vab = correlation * np.sqrt(va * vb)
    low, high = fieller(np.array([a]), b, np.array([va]), np.array([vab]), vb, 1.96)
    if b**2 <= 1.96**2 * vb:
        assert np.isnan(low).all() and np.isnan(high).all()
        return
    for end in (low[0], high[0]):
        apart = (a - end * b) / np.sqrt(va - 2 * end * vab + end**2 * vb)
        assert abs(apart) == pytest.approx(1.96, rel=1e-5)
    assert low[0] <= a / b <= high[0]


def test_all_intervals_agree_where_the_price_effect_is_sure(cameras):
    frame = willingness_to_pay(conditional_logit(cameras)).frame
    width = (frame["delta_high"] - frame["delta_low"]).to_numpy()
    for kind in ("krinsky_robb", "fieller"):
        for end in ("low", "high"):
            off = np.abs(frame[f"{kind}_{end}"] - frame[f"delta_{end}"]) / width
            assert off.max() < 0.1


def test_a_price_effect_that_may_be_nothing_leaves_worth_without_end(made_up):
    covariance = made_up.demand.covariance.copy()
    covariance[0] *= 50
    covariance[:, 0] *= 50
    unsure = replace(made_up, demand=replace(made_up.demand, covariance=covariance))
    found = willingness_to_pay(unsure)
    assert found.title == "We cannot tell what features are worth" and found.method == "fieller"
    assert found.frame[["low", "high"]].isna().all(axis=None) and not found.numbers and not found.advice
    assert not found.checks[0].passed


def test_dearer_offers_chosen_more_have_no_worth_in_money(made_up):
    params = made_up.demand.params.copy()
    params[0] = 0.2
    said = willingness_to_pay(replace(made_up, demand=replace(made_up.demand, params=params)))
    assert isinstance(said, Absent) and "no less" in said.reason


def mixed(model, *, law, spread=0.5):
    """The model with a taste for price that differs between buyers."""
    demand, start = model.demand, model.demand.params.copy()
    if law == "lognormal":
        start[0] = np.log(-start[0])
    quantiles = np.random.default_rng(1).normal(size=(20_000, 1))
    return replace(
        model,
        demand=replace(
            demand, names=(*demand.names, "spread"), params=np.append(start, spread),
            covariance=np.pad(demand.covariance, (0, 1)), mixing=(Mixing(0, len(start), law, -1),),
            draws=quantiles, weights=np.full(20_000, 1 / 20_000),
        ),
    )  # fmt: skip


def test_worth_where_tastes_for_price_are_log_normal(made_up):
    plain, found = willingness_to_pay(made_up), willingness_to_pay(mixed(made_up, law="lognormal"))
    assert worth(found).to_dict() == pytest.approx(worth(plain).to_dict())
    # E[1 / price taste] = exp(s² / 2) / median
    mean = found.frame.set_index("term")["mean"]
    assert mean["quality"] == pytest.approx(worth(plain)["quality"] * np.exp(0.125), rel=0.02)


def test_buyers_who_like_a_higher_price_are_counted(made_up):
    found = willingness_to_pay(mixed(made_up, law="normal"))
    said = found.checks[-1]
    assert said.label == "No buyer likes a higher price" and not said.passed
    assert found.frame["mean"].isna().all()


def test_unknown_terms_and_methods_are_named(made_up):
    with pytest.raises(ValueError, match='of "zoom" is no term of the model; its terms are'):
        willingness_to_pay(made_up, of="zoom")
    with pytest.raises(ValueError, match='method is "bayes"; it may be one of'):
        willingness_to_pay(made_up, method="bayes")
    priceless = conditional_logit(table(choices(2).drop(columns="price")))
    assert "no price to measure worth in" in willingness_to_pay(priceless).reason


def test_a_model_that_is_absent_stays_so():
    assert willingness_to_pay(conditional_logit(None)).reason == "No table of choices was given."


def test_worth_of_a_brand_says_where_what_choosers_are_like_is_0():
    frame = choices(2, choosers=80)
    income = frame["chooser"].astype("category").cat.codes + 1.0
    found = willingness_to_pay(
        conditional_logit(table(frame.assign(income=income)), base="A", chooser_terms=["income"])
    ).frame.set_index("term")["label"]
    assert found["product: B"] == "B (against A, where income is 0)"
    assert found["product: B × income"] == "B × income" and found["quality"] == "quality (one more)"


def test_a_model_of_price_alone_values_nothing():
    plain = conditional_logit(table(choices(3)), attributes=[], constants=False)
    found = willingness_to_pay(plain)
    assert (
        isinstance(found, Absent) and found.reason == "The model has no term but price, so nothing to value."
    )
