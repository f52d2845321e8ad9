"""Bertrand-Nash prices: against PyBLP, and by trying whether a firm could do better."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from market_demand import market_demand, toy_market
from simulated_choices import choices, table

from pmlib.competitive import conditional_logit, what_if
from pmlib.competitive.demand.demand import Mixing
from pmlib.competitive.whatif.nash import equilibrium, implied_costs
from pmlib.competitive.whatif.stage import stage
from pmlib.competitive.whatif.world import World, priced

REFERENCE = Path(__file__).parents[2] / "reference"


@pytest.mark.parametrize(("kind", "nests", "likeness"), [("logit", None, None), ("nested", "nest", 0.4)])
def test_a_merger_comes_to_what_pyblp_finds(kind, nests, likeness):
    frame = pd.read_csv(REFERENCE / "merger_pyblp.csv")
    model = market_demand(frame, [-0.2, 0, 0], terms=["power"], nests=nests, likeness=likeness)
    told = what_if(model, "merge F0 + F1", focal="P0", costs="cost", draws=4)
    for measure in ("price", "share"):
        rows = told.measures[(told.measures["measure"] == measure) & (told.measures["kind"] == "product")]
        found = rows.set_index("who").loc[frame["product"], "after"]
        assert found.to_numpy() == pytest.approx(frame[f"{measure}_{kind}"].to_numpy(), abs=1e-8)


def mixed_market(seed):
    """A market in which buyers differ in how they mind price: no observed shares to keep."""
    model = market_demand(toy_market(seed), [-0.25, 0.8, 0.4], terms=["power"])
    draws = np.random.default_rng(seed).normal(size=(40, 2))
    demand = replace(
        model.demand, observed=None, names=(*model.demand.names, "spread power", "spread price"),
        params=np.append(model.demand.params, [0.5, 0.03]), covariance=np.zeros((5, 5)),
        mixing=(Mixing(2, 3), Mixing(0, 4)), draws=draws, weights=np.full(40, 1 / 40),
    )  # fmt: skip
    return SimpleNamespace(demand=demand)


def panel(seed):
    return conditional_logit(table(choices(seed, choosers=60)))


MODELS = {
    "logit": lambda seed: market_demand(toy_market(seed), [-0.3, 0, 0.5], terms=["power"]),
    "nested": lambda seed: market_demand(
        toy_market(seed), [-0.2, 0, 0.5], terms=["power"], nests="nest", likeness=0.5),
    "mixed": mixed_market,
    "choice sets": panel,
}  # fmt: skip


def profits(world, cost, shift):
    sold = world.sold(shift)
    each = world.product @ (sold.volume * (world.prices(shift) - cost))
    owners = world.stage.firms
    return {firm: each[owners == firm].sum() for firm in set(owners)}


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("seed", [1, 2])
def test_no_firm_gains_by_moving_from_the_new_prices(kind, seed):
    model = MODELS[kind](seed)
    first = stage(model.demand)
    world = World.at(first, model.demand, model.demand.params[None])
    cost = 0.8 * implied_costs(world, first.cost)[first.demand.codes]
    free = priced(first)
    shift = equilibrium(world, cost, free)
    assert np.isfinite(shift).all() and np.abs(shift).max() > 0.01
    best = profits(world, cost, shift)
    scale = np.abs(first.price).mean()
    for product in range(len(free)):
        for step in (-0.02, 0.02):
            moved = shift.copy()
            moved[product] += step * scale
            firm = first.firms[product]
            assert profits(world, cost, moved)[firm] < best[firm]


@pytest.mark.parametrize("kind", MODELS)
def test_implied_costs_leave_prices_where_they_are(kind):
    model = MODELS[kind](3)
    first = stage(model.demand)
    world = World.at(first, model.demand, model.demand.params[None])
    cost = implied_costs(world, first.cost)[first.demand.codes]
    start = np.full((len(first.demand.products), 1), 0.05 * first.price.mean())
    assert equilibrium(world, cost, priced(first), start) == pytest.approx(0, abs=1e-7)


def test_implied_costs_of_a_logit_are_prices_less_one_markup_a_firm():
    frame = toy_market(4)
    model = market_demand(frame, [-0.3, 0, 0.5], terms=["power"])
    costs = what_if(model, "P0: price -10%", focal="P0", draws=4).implied_costs.set_index("product")["cost"]
    held = frame.groupby("firm")["share"].sum()
    expected = frame["price"] - 1 / (0.3 * (1 - frame["firm"].map(held)))
    assert costs[frame["product"]].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-10)


def test_known_costs_are_kept_and_the_rest_follow():
    frame = toy_market(5)
    model = market_demand(frame, [-0.3, 0, 0.5], terms=["power"])
    free = what_if(model, "P0: price -10%", focal="P0", draws=4).implied_costs.set_index("product")
    some = {name: float(free.loc[name, "cost"]) for name in ("P0", "P5")}
    told = what_if(model, "P0: price -10%", focal="P0", costs=some, draws=4).implied_costs.set_index(
        "product"
    )
    assert told["cost"].to_numpy() == pytest.approx(free["cost"].to_numpy())
    assert list(told.index[told["given"]]) == ["P0", "P5"]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.floats(0.01, 100))
def test_the_unit_of_money_does_not_matter(seed, rate):
    frame = toy_market(seed)
    scaled = frame.assign(price=frame["price"] * rate, cost=frame["cost"] * rate)
    ends = [
        what_if(
            market_demand(f, [-0.3 / r, 0, 0], terms=["power"]), "merge F0 + F1", focal="P0", costs="cost",
            draws=2,
        ).frame["after"].to_numpy()
        for f, r in ((frame, 1), (scaled, rate))
    ]  # fmt: skip
    assert ends[0] == pytest.approx(ends[1], abs=1e-8)


def test_merged_firms_raise_prices_and_their_rivals_follow():
    told = what_if(MODELS["nested"](6), "merge F0 + F1", focal="F2", draws=4)
    prices = told.measures[(told.measures["measure"] == "price") & (told.measures["kind"] == "product")]
    moved = prices.set_index("who")["relative"]
    own = [name for name in moved.index if int(name[1:]) % 4 in (0, 1)]
    assert (moved[own] > 0).all() and (moved > 0).all() and moved[own].min() > moved.drop(own).max()
    surplus = told.measures[told.measures["measure"] == "surplus"].iloc[0]
    assert surplus["estimate"] < 0


def test_who_owns_all_there_is_has_no_best_price():
    told = what_if(panel(2), "merge A + B + C + D", focal="A", draws=20)
    found = next(check for check in told.checks if "no firm gains" in check.label)
    assert not found.passed and "merge A + B + C + D" in found.saw
    assert told.frame["after"].isna().all() and not told.numbers


def test_cars_whose_buyers_hardly_mind_price_have_no_cost_and_no_profit(cars_1990):
    told = what_if(cars_1990, "Honda Accord: price -10%; rivals respond", focal="Honda Accord", draws=20)
    costs = told.implied_costs
    assert costs.loc[costs["impossible"], "product"].isin(["Yugo YGGVPL90"]).any()
    assert (costs.loc[costs["impossible"], "cost"] < 0).all() and (
        costs.loc[~costs["impossible"], "cost"] >= 0
    ).all()
    check = next(check for check in told.checks if check.label == "Prices imply costs above 0")
    assert not check.passed and f"{costs['impossible'].sum()} of 131" in check.saw
    rows = told.measures.set_index(["measure", "who"])
    assert np.isnan(rows.loc[("profit", "Yugo YGGVPL90"), "after"])
    assert rows.loc[("price", "Yugo YGGVPL90"), "estimate"] == 0
    assert rows.loc[("price", "Ford Taurus"), "estimate"] != 0
    assert rows.loc[("price", "Honda Civic"), "estimate"] == 0  # Honda's prices are those of the scenario
