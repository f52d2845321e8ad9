"""Share of preference: the rules against each other, and products that cannot be."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from simulated_study import study, wrapped

from pmlib.competitive import conditional_logit, importances, optimal_product, share_of_preference
from pmlib.competitive.conjoint.rules import FIRST, RANDOMISED, first_choices
from pmlib.competitive.demand.demand import Mixing
from pmlib.data import source
from pmlib.result import Absent

AJAX = {"firm": "Ajax", "screen": 1, "finish": "light", "price": 110}
BOLT = {"firm": "Bolt", "screen": 0, "finish": "dark", "price": 50}


@pytest.fixture(scope="module")
def model():
    return conditional_logit(wrapped(study(1, people=400)))


def shares(model, products, **keywords):
    frame = share_of_preference(model, products=products, **keywords).frame
    return frame.set_index("product")["estimate"].to_dict()


def named(product, name):
    return product | {"name": name}


def mixed(model, spread=0.8):
    """The model with a taste for price that differs between choosers."""
    demand, start = model.demand, model.demand.params.copy()
    start[0] = np.log(-start[0])
    return replace(
        model,
        demand=replace(
            demand, names=(*demand.names, "spread"), params=np.append(start, spread),
            covariance=np.pad(demand.covariance, (0, 1)), mixing=(Mixing(0, len(start), "lognormal", -1),),
            draws=np.random.default_rng(1).normal(size=(500, 1)), weights=np.full(500, 1 / 500),
        ),
    )  # fmt: skip


def test_the_logit_gives_what_utilities_say(model):
    found = shares(model, [named(AJAX, "A"), named(BOLT, "B")])
    b = dict(zip(model.demand.names, model.demand.params, strict=True))
    light, dark = b.get("finish: light", 0.0), b.get("finish: dark", 0.0)  # one of them is the base
    first = np.exp(b["firm: Ajax"] + b["screen"] + light + 110 * b["price"])
    second = np.exp(b["firm: Bolt"] + dark + 50 * b["price"])
    none = np.exp(dark)  # which this study shows as dark, at a price of 0
    assert found["A"] == pytest.approx(first / (first + second + none))
    assert found["B"] == pytest.approx(second / (first + second + none))


@pytest.mark.parametrize("rule", ["logit", RANDOMISED])
def test_shares_add_up_with_and_without_none(model, rule):
    both = shares(model, [AJAX, BOLT], rule=rule)
    alone = shares(model, [AJAX, BOLT], rule=rule, none=False)
    assert sum(both.values()) == pytest.approx(1) and sum(alone.values()) == pytest.approx(1)
    assert set(both) - set(alone) == {"none"}


def test_randomised_first_choice_without_errors_of_levels_is_the_logit(model):
    products = [named(AJAX, "A"), named(BOLT, "B"), named(BOLT | {"firm": "Core"}, "C")]
    assert shares(model, products, rule=RANDOMISED, part=0) == pytest.approx(
        shares(model, products), abs=0.012
    )


def test_twins_share_what_one_of_them_would_take(model):
    one, twins = (
        [named(AJAX, "A"), named(BOLT, "B")],
        [named(AJAX, "A"), named(BOLT, "B"), named(BOLT, "B too")],
    )
    alone, together = (
        shares(model, one, rule=RANDOMISED, part=1),
        shares(model, twins, rule=RANDOMISED, part=1),
    )
    assert together["B"] + together["B too"] == pytest.approx(alone["B"], abs=0.01)
    logit = shares(model, twins)
    assert logit["B"] + logit["B too"] > shares(model, one)["B"] + 0.03


def test_a_twin_is_told(model):
    found = share_of_preference(model, products=[AJAX, BOLT, BOLT | {"price": 51}])
    assert not found.checks[1].passed and "Bolt" in found.checks[1].saw


def test_everybody_takes_what_is_better_in_all(model):
    found = shares(mixed(model), [named(AJAX, "A"), named(AJAX | {"price": 140}, "dear")], rule=FIRST)
    assert found["dear"] == 0 and found["A"] > 0


@dataclass(frozen=True)
class Own:
    """Tastes of each of some choosers, known but for chance."""

    wide: pd.DataFrame
    draws: np.ndarray
    weights: np.ndarray


def known(model, people=200, spread=0.5):
    """Choosers whose taste for price differs, each known for sure."""
    random = np.random.default_rng(2)
    tastes = np.repeat(model.demand.params[None], people, axis=0)
    tastes[:, 0] *= np.exp(spread * random.normal(size=people))
    return Own(pd.DataFrame(tastes, columns=model.demand.names), tastes[:, :, None], np.ones((people, 1)))


def test_shares_by_own_tastes_are_means_over_choosers(model):
    own, products = known(model, people=60), [named(AJAX, "A"), named(BOLT, "B")]
    found = share_of_preference(model, products=products, own=own).frame.set_index("product")
    each = [
        share_of_preference(
            replace(model, demand=model.demand.at(tastes)), products=products, draws=2
        ).frame.set_index("product")["estimate"]["A"]
        for tastes in own.draws[:, :, 0]
    ]
    assert found.loc["A", "estimate"] == pytest.approx(np.mean(each))
    half = 2.000995 * np.std(each, ddof=1) / np.sqrt(60)  # Student's t of 59
    assert found.loc["A", "high"] == pytest.approx(np.mean(each) + half, rel=1e-6)


@pytest.mark.parametrize("rule", ["logit", FIRST, RANDOMISED])
def test_shares_by_own_tastes_add_up(model, rule):
    assert sum(shares(model, [AJAX, BOLT], own=known(model), rule=rule).values()) == pytest.approx(1)


def test_errors_of_products_bring_first_choices_back_to_the_logit(model):
    own, products = known(model), [named(AJAX, "A"), named(BOLT, "B")]
    found = shares(model, products, own=replace(own, draws=np.repeat(own.draws, 100, axis=2),
                   weights=np.full((200, 100), 0.01)), rule=RANDOMISED, part=0)  # fmt: skip
    assert found == pytest.approx(shares(model, products, own=own), abs=0.012)


def test_tastes_of_another_model_are_refused(model):
    own = known(model)
    other = replace(own, wide=own.wide.rename(columns={"screen": "zoom"}))
    with pytest.raises(ValueError, match="own holds tastes of another model"):
        share_of_preference(model, products=[AJAX, BOLT], own=other)
    said = share_of_preference(model, products=[AJAX, BOLT], own=Absent(title="", reason="No tastes."))
    assert said.reason == "No tastes."


def test_first_choice_needs_tastes_that_differ(model):
    said = share_of_preference(model, products=[AJAX, BOLT], rule=FIRST)
    assert isinstance(said, Absent) and "one winner" in said.reason


def test_equals_share_a_first_choice():
    utility = np.array([[1.0, 2.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 3.0]])
    assert first_choices(utility, np.full(3, 1 / 3)) == pytest.approx([0.5, 1 / 6, 1 / 3])


def test_intervals_hold_shares_and_stay_within_bounds(model):
    frame = share_of_preference(model, products=[AJAX, BOLT]).frame
    assert (frame["low"] < frame["estimate"]).all() and (frame["estimate"] < frame["high"]).all()
    assert (frame["low"] >= 0).all() and (frame["high"] <= 1).all()


@pytest.mark.parametrize(
    ("product", "line"),
    [
        (
            {"colour": "red"},
            "product 1 has colour, which the study has not; it has price, screen, finish and firm",
        ),
        ({"firm": "Dash"}, "product 1: firm 'Dash' was not studied; it may be Ajax, Bolt or Core"),
        ({"screen": 2}, "product 1: screen is 2; it may be 0 or 1"),
        ({"price": -5}, "product 1: price is -5; a price is 0 or more"),
        ({"price": "cheap"}, "product 1: price is 'cheap'; give a number"),
        ({"price": float("nan")}, "product 1: price is nan; give a number"),
        ({"name": "Mine", "firm": "none"}, "Mine: firm 'none' was not studied"),
    ],
)
def test_products_that_cannot_be_are_refused(model, product, line):
    with pytest.raises(ValueError) as error:
        share_of_preference(model, products=[AJAX | product])
    assert line in str(error.value) and "\n" not in str(error.value)


def test_a_missing_attribute_is_named(model):
    short = {key: value for key, value in AJAX.items() if key != "price"}
    with pytest.raises(ValueError, match="product 1 lacks price; give every attribute"):
        share_of_preference(model, products=[short])
    said = share_of_preference(model, products=[])
    assert isinstance(said, Absent) and said.reason == "No products were named to set side by side."
    with pytest.raises(ValueError, match='rule is "max"; it may be one of'):
        share_of_preference(model, products=[AJAX], rule="max")


def test_a_price_beyond_what_was_studied_is_flagged(model):
    found = share_of_preference(model, products=[named(AJAX | {"price": 300}, "Dear"), BOLT])
    assert not found.checks[0].passed and found.checks[0].saw == "$300 of Dear"


def test_what_choosers_are_like_is_taken_at_its_mean():
    frame = study(6, people=300)
    table = wrapped(frame.assign(age=20.0 + frame["person"] % 50))
    model = conditional_logit(table, chooser_terms=["age"])
    plain = conditional_logit(table)
    here, there = (shares(m, [named(AJAX, "A"), named(BOLT, "B")]) for m in (model, plain))
    assert here == pytest.approx(there, abs=0.02)


def test_a_study_may_have_its_brand_as_an_attribute():
    frame = study(7, none=False)
    labelled = conditional_logit(wrapped(frame))
    roles = {"chooser": "person", "occasion": "task", "attributes": ["brand", "screen", "finish"]}
    plain = conditional_logit(source(frame.drop(columns="place"), "unlabelled", **roles))
    here = share_of_preference(plain, products=[{("brand" if k == "firm" else k): v for k, v in p.items()}
                               for p in (AJAX, BOLT)]).frame  # fmt: skip
    there = share_of_preference(labelled, products=[AJAX, BOLT]).frame
    assert here["estimate"].to_numpy() == pytest.approx(there["estimate"].to_numpy(), abs=1e-6)
    assert set(here["product"]) == {"product 1 at 110", "product 2 at 50"}
    assert set(importances(plain).frame["attribute"]) == {"price", "brand", "screen", "finish"}


def test_a_panel_of_shoppers_can_be_asked_too(ketchup):
    # What is bought is called "product", as are the products of a shelf.
    model = conditional_logit(ketchup)
    plain = {"feature": 0, "display": 0}
    products = [
        plain | {"product": "Heinz 32 oz", "price": 3, "name": "ours"},
        plain | {"product": "Heinz 32 oz", "price": 3.3, "name": "ours, dearer"},
        plain | {"product": "Hunt's 32 oz", "price": 3, "name": "theirs"},
    ]
    frame = share_of_preference(model, products=products).frame.set_index("product")
    price = model.demand.params[model.demand.names.index("price")]
    ratio = frame.loc["ours, dearer", "estimate"] / frame.loc["ours", "estimate"]
    assert ratio == pytest.approx(np.exp(0.3 * price))
    assert frame.loc["theirs", "product_studied"] == "Hunt's 32 oz"
    best = optimal_product(model, against=products[2:], maximise="revenue", fixed={"product": "Heinz 28 oz"})
    assert best.best["product"] == "Heinz 28 oz" and best.tried == 4 * 21


def test_same_inputs_same_shares(model):
    twice = [share_of_preference(model, products=[AJAX, BOLT], rule=RANDOMISED).frame for _ in range(2)]
    assert twice[0].equals(twice[1])


def test_a_model_that_is_absent_stays_so():
    assert (
        share_of_preference(conditional_logit(None), products=[AJAX]).reason
        == "No table of choices was given."
    )
