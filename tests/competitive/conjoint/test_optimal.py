"""The best product: found by trying all, within what is allowed."""

from dataclasses import replace

import numpy as np
import pytest
from simulated_study import study, wrapped

from pmlib.competitive import conditional_logit, optimal_product, share_of_preference
from pmlib.competitive.conjoint.candidates import candidates
from pmlib.competitive.conjoint.studied import attributes

RIVALS = [
    {"firm": "Ajax", "screen": 1, "finish": "light", "price": 110, "name": "Rival"},
    {"firm": "Core", "screen": 0, "finish": "dark", "price": 50, "name": "Cheap"},
]
COSTS = {"each": 20, "screen": 15, "finish": {"dark": 0, "light": 5}}


@pytest.fixture(scope="module")
def model():
    return conditional_logit(wrapped(study(1, people=400)))


def test_no_other_product_wins_more(model):
    found = optimal_product(model, against=RIVALS, fixed={"firm": "Bolt", "price": [80, 110]})
    assert found.tried == 8
    every = {}
    for screen in (0, 1):
        for finish in ("dark", "light"):
            for price in (80, 110):
                own = {"firm": "Bolt", "screen": screen, "finish": finish, "price": price, "name": "Ours"}
                frame = share_of_preference(model, products=[own, *RIVALS], draws=2).frame
                every[screen, finish, price] = frame.set_index("product").loc["Ours", "estimate"]
    best = max(every, key=every.get)
    assert (found.best["screen"], found.best["finish"], found.best["price"]) == best
    assert found.frame["estimate"].iloc[0] == pytest.approx(every[best])


def test_profit_is_share_times_what_is_left_of_the_price(model):
    found = optimal_product(model, against=RIVALS, maximise="profit", costs=COSTS, fixed={"firm": "Bolt"})
    frame = found.frame
    assert frame["cost"].to_numpy() == pytest.approx(
        20 + 15 * frame["screen"] + 5 * (frame["finish"] == "light")
    )
    assert frame["estimate"].to_numpy() == pytest.approx(frame["share"] * (frame["price"] - frame["cost"]))
    assert frame["estimate"].is_monotonic_decreasing
    # A logit's best price lies where the margin is 1 / (|slope| (1 - share)); the grid is $4.5 wide.
    top, slope = frame.iloc[0], model.demand.params[model.demand.names.index("price")]
    assert top["price"] - top["cost"] == pytest.approx(-1 / (slope * (1 - top["share"])), abs=4.5)
    assert top["price_low"] <= top["price"] <= top["price_high"]


def test_what_is_forbidden_or_fixed_is_kept_to(model):
    found = optimal_product(
        model, against=RIVALS, fixed={"price": 80}, forbidden=[{"screen": 1, "finish": "light"}]
    )
    frame = found.frame
    assert not ((frame["screen"] == 1) & (frame["finish"] == "light")).any()
    assert set(frame["price"]) == {80.0} and found.tried == 3 * 3


def test_chances_add_up_and_are_sure_without_doubt(model):
    found = optimal_product(model, against=RIVALS, maximise="revenue")
    assert found.frame["chance"].sum() == pytest.approx(1)
    sure = replace(model, demand=replace(model.demand, covariance=np.zeros_like(model.demand.covariance)))
    certain = optimal_product(sure, against=RIVALS, maximise="revenue")
    assert certain.chance == 1 and certain.advice == "", "what it costs is not known"
    certain = optimal_product(sure, against=RIVALS, maximise="profit", costs=["each 20"])
    assert certain.chance == 1 and certain.advice.startswith("Build ")
    row = certain.frame.iloc[0]
    assert row["low"] == pytest.approx(row["estimate"]) == pytest.approx(row["high"])


def test_nests_of_dissimilarity_one_change_nothing(model):
    nested = replace(model, demand=replace(model.demand, nests="firm"))
    here, there = (optimal_product(m, against=RIVALS, maximise="revenue", draws=40) for m in (nested, model))
    for column in ("estimate", "low", "high", "chance"):
        assert here.frame[column].to_numpy() == pytest.approx(there.frame[column].to_numpy())


def test_the_cheapest_wins_most_and_that_is_said(model):
    found = optimal_product(model, against=RIVALS)
    assert found.best["price"] == 50
    assert not found.checks[-1].passed and found.checks[-1].saw.startswith("$50, of $50 to $140")


@pytest.mark.parametrize(
    ("keywords", "line"),
    [
        ({"fixed": {"colour": "red"}}, "fixed names colour, which the study has not"),
        ({"fixed": {"price": 300}}, "fixed: price 300 lies outside what was studied (50 to 140)"),
        ({"forbidden": [{"firm": "Dash"}]}, "forbidden: firm 'Dash' was not studied"),
        ({"forbidden": [{}]}, "forbidden holds an empty combination"),
        ({"forbidden": [{"screen": 0}, {"screen": 1}]}, "no combination is allowed"),
        ({"maximise": "profit"}, "profit needs costs"),
        ({"maximise": "joy"}, 'maximise is "joy"; it may be one of'),
        ({"maximise": "profit", "costs": {"finish": 3}}, "costs of finish is 3; give a cost a level"),
        ({"maximise": "profit", "costs": {"finish": {"dark": 3}}}, "costs of finish lack light"),
        ({"fixed": {"price": list(np.linspace(50, 140, 40_000))}}, "480,000 combinations"),
    ],
    ids=range(10),
)
def test_says_what_is_wrong(model, keywords, line):
    with pytest.raises(ValueError) as error:
        optimal_product(model, against=RIVALS, **keywords)
    assert line in str(error.value) and "\n" not in str(error.value)


def test_nothing_to_stand_against(model):
    assert "would win every choice" in optimal_product(model, none=False).reason
    assert optimal_product(conditional_logit(None)).reason == "No table of choices was given."
    alone = optimal_product(model)
    assert "against none" in alone.subtitle


def test_every_price_of_a_makeup_stands_together(model):
    found = candidates(attributes(model.choices), fixed={}, forbidden=[], costs={})
    assert len(found.rows) == 3 * 2 * 2 * 21 and (np.diff(found.makeup) >= 0).all()
