"""The best price, the demand curve, and what the answer hangs on."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from market_demand import market_demand, toy_market
from scipy.optimize import minimize_scalar
from simulated_choices import choices, table

from pmlib.competitive import best_price, conditional_logit, demand_curve, sensitivity, what_if
from pmlib.result import Absent


def cheaper(seed=1, choosers=200):
    """Choices among products of which A and B are one firm's, with prices around the best ones."""
    frame = choices(seed, choosers=choosers)
    firm = frame["product"].map({"A": "X", "B": "X", "C": "Y", "D": "Z"})
    return conditional_logit(table(frame.assign(firm=firm)), base="A")


@pytest.fixture(scope="module")
def shop():
    return cheaper()


def worth(demand, factor, members, own, costs=None):
    offers = demand.offers
    price = offers["price"] * np.where(offers["product"].isin(members), factor, 1.0)
    margin = price - (offers["product"].map(costs) if costs else 0.0)
    sold = demand.on(offers.assign(price=price)).probabilities
    return float((sold * margin)[offers["product"].isin(own)].sum())


@pytest.mark.parametrize(
    ("who", "members", "own", "costs"),
    [
        ("C", "C", "C", None),
        ("A", "A", "AB", None),
        ("X", "AB", "AB", None),
        ("C", "C", "C", {"C": 0.4}),
        ("A", "A", "AB", {"A": 0.3, "B": 0.5}),
    ],
)
def test_the_best_price_is_that_of_a_plain_search(shop, who, members, own, costs):
    demand = shop.demand
    if costs:
        told = best_price(shop, who, maximise="profit", costs=costs, draws=4)
    else:
        told = best_price(shop, who, draws=4)
    top = minimize_scalar(
        lambda factor: -worth(demand, factor, list(members), list(own), costs),
        bounds=(told.frame["factor"].min(), told.frame["factor"].max()), method="bounded",
        options={"xatol": 1e-7},
    )  # fmt: skip
    assert told.inside and told.factor == pytest.approx(top.x, rel=1e-3)
    assert told.gain == pytest.approx(
        -top.fun / worth(demand, 1, list(members), list(own), costs) - 1, abs=1e-5
    )
    assert told.low < told.best < told.high


def test_a_single_product_earns_most_at_the_logit_markup():
    # Where a product is alone with its outside option: price = cost + 1 / (slope × (1 − share)).
    frame = toy_market(1, products=8, firms=8)
    model = market_demand(frame, [-0.2, 0, 0], terms=["power"])
    told = best_price(model, "P3", maximise="profit", costs="cost", draws=4)
    share = what_if(model, f"P3: price {told.best:.12g}", focal="P3", draws=2).own["after"].iloc[0]
    cost = frame["cost"].iloc[3]
    assert told.best == pytest.approx(cost + 1 / (0.2 * (1 - share)), rel=1e-4)


def test_rivals_that_respond_move_the_best_price():
    frame = toy_market(3, products=4, firms=2)
    model = market_demand(frame.assign(share=[0.3, 0.2, 0.2, 0.2]), [-0.6, 0, 0], terms=["power"])
    hold, respond = (
        best_price(model, "P1", maximise="profit", costs="cost", rivals=rivals, draws=4)
        for rivals in ("hold", "respond")
    )
    assert hold.inside and respond.inside and respond.best > hold.best + 0.01


def test_a_best_price_beyond_those_seen_is_not_told(ketchup):
    told = best_price(conditional_logit(ketchup), "Heinz 32 oz", draws=100)
    assert not told.inside and told.beyond > 0.9 and told.numbers == ()
    assert told.title == "Heinz 32 oz's best price lies beyond those seen"
    assert "we cannot tell where" in told.finding and "%" not in told.headline
    assert not next(check for check in told.checks if "among the prices seen" in check.label).passed


def test_the_share_of_draws_without_a_best_price_is_said():
    demand = cheaper(3, 40).demand
    unsure = SimpleNamespace(demand=replace(demand, covariance=40 * demand.covariance))
    told = best_price(unsure, "C", draws=400)
    assert told.inside and 0 < told.beyond < 0.6 and "of the draws the best price lies beyond" in told.finding


def test_profit_needs_costs(shop):
    with pytest.raises(ValueError, match="profit needs costs, and B has none"):
        best_price(shop, "A", maximise="profit", costs={"A": 0.2})


def test_what_is_only_described_gives_no_best_price(shop):
    described = SimpleNamespace(demand=replace(shop.demand, causal=False))
    for told in (best_price(described, "C", draws=10), demand_curve(described, "C", draws=10)):
        assert told.numbers == () and not any(c.isdigit() for c in told.headline + told.title)
        assert told.finding.startswith("As if prices had moved for no other reason")


@pytest.mark.parametrize("method", [best_price, demand_curve])
def test_what_has_no_price_has_no_curve(method):
    model = conditional_logit(table(choices(1).drop(columns="price")))
    assert isinstance(method(model, "A"), Absent)
    assert isinstance(method(Absent(title="x", reason="y"), "A"), Absent)


def test_a_price_that_never_varied_tells_nothing():
    # Every product has its own price in all sets, but others' prices differ: that range is taken.
    model = conditional_logit(
        table(choices(2).assign(price=lambda f: f["price"].where(f["product"] != "C", 2.0)))
    )
    told = best_price(model, "C", draws=4)
    assert told.frame["price"].max() <= model.demand.offers["price"].max() + 1e-9


def test_the_curve_passes_todays_sales_and_agrees_with_what_if(shop):
    told = demand_curve(shop, "C", draws=20)
    now = told.frame[np.isclose(told.frame["factor"], 1)].iloc[0]
    assert now["estimate"] == 1 and now["share"] == pytest.approx(
        shop.demand.volume[2] / len(shop.demand.size)
    )
    assert told.frame["estimate"].is_monotonic_decreasing
    dearer = what_if(shop, "C: price +20%", focal="C", draws=20).own.iloc[0]
    assert told.frame["estimate"].iloc[-1] - 1 == pytest.approx(dearer["relative"])
    assert told.frame["low"].iloc[-1] < told.frame["estimate"].iloc[-1] < told.frame["high"].iloc[-1]


def test_a_curve_leaves_out_prices_that_were_never_seen(shop):
    told = demand_curve(shop, "C", around=0.9, draws=4)
    check = told.checks[0]
    assert not check.passed and "prices left out" in check.saw
    seen = shop.demand.offers.loc[shop.demand.offers["product"] == "C", "price"]
    assert told.frame["price"].between(seen.min(), seen.max()).all()


@pytest.mark.parametrize("around", [0, 1, -0.1])
def test_a_curve_goes_somewhere(shop, around):
    with pytest.raises(ValueError, match="around is"):
        demand_curve(shop, "C", around=around)


def test_what_the_answer_hangs_on():
    frame = toy_market(1)
    models = {
        "as given": market_demand(frame, [-0.3, 0, 0], terms=["power"], errors=[0.02, 0, 0]),
        "twice the market": market_demand(
            frame.assign(share=frame["share"] / 2), [-0.3, 0, 0], terms=["power"]
        ),
        "nests": market_demand(frame, [-0.2, 0, 0], terms=["power"], nests="nest", likeness=0.6),
        "no fit": Absent(title="x", reason="No instruments."),
    }
    told = sensitivity(models, "P0: price -10%", focal="P0", draws=50)
    assert told.frame["assumption"].to_list() == ["as given", "nests", "twice the market"]
    row = what_if(models["nests"], "P0: price -10%", focal="P0", draws=50).own.iloc[0]
    assert told.frame["estimate"].iloc[1] == row["relative"]
    assert "“nests” moves it most" in told.finding and told.numbers[0].high == row["relative"]
    assert any("no fit" in check.saw and not check.passed for check in told.checks)
    with pytest.raises(ValueError, match="give the base and at least one alternative"):
        sensitivity({"one": models["nests"]}, "P0: price -10%", focal="P0")
    left = sensitivity({"no fit": models["no fit"], "nests": models["nests"]}, "P0: price -10%", focal="P0")
    assert isinstance(left, Absent) and "No instruments." in left.reason
