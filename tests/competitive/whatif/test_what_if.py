"""What if: numbers from the literature, laws, and what is said or refused."""

from dataclasses import replace
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
from pmlib.competitive.whatif.scenario import Change, Setting, named
from pmlib.result import Absent


@pytest.fixture(scope="module")
def model():
    return conditional_logit(table(choices(1, choosers=300)), base="A")


@pytest.fixture(scope="module")
def shop():
    return conditional_logit(
        table(choices(2).assign(firm=lambda f: f["product"].map({"A": "X", "B": "X"}).fillna("Y")))
    )


def after(told, scenario=None):
    rows = told.frame if scenario is None else told.frame[told.frame["scenario"] == scenario]
    return rows.set_index("who")["after"]


def test_a_rebate_on_heat_pumps(heating):
    # Kenneth Train's exercises (mlogit's vignette): installing a heat pump costs 10 % less (V3).
    told = what_if(conditional_logit(heating, base="hp"), "hp: ic -10%", focal="hp", draws=20)
    expected = {"ec": 0.070455, "er": 0.092470, "gc": 0.630644, "gr": 0.141968, "hp": 0.064462}
    assert after(told)[list(expected)].to_list() == pytest.approx(list(expected.values()), abs=1e-5)


def test_a_new_heating_system(heating):
    # The same exercises: one like electric heating, $200 dearer to install, a quarter cheaper to run (V4).
    told = what_if(
        conditional_logit(heating, base="hp"), "add new like ec: ic +200, oc -25%", focal="hp", draws=20
    )
    expected = {
        "new": 0.103632,
        "ec": 0.063116,
        "er": 0.083477,
        "gc": 0.571451,
        "gr": 0.128551,
        "hp": 0.049773,
    }
    assert after(told)[list(expected)].to_list() == pytest.approx(list(expected.values()), abs=1e-5)


def test_a_cheaper_accord(cars_1990):
    # Berry, Levinsohn & Pakes's cars, logit by two-stage least squares: the Accord of 1990 (V9).
    told = what_if(cars_1990, "Honda Accord: price -10%", focal="Honda Accord", draws=50)
    row = told.own.iloc[0]
    assert row["relative"] == pytest.approx(0.132024, abs=2e-6)
    assert row["before_low"] == row["before_high"] == pytest.approx(row["before"], abs=1e-15)
    assert told.headline.startswith("If Honda Accord cuts its price by 10%, Honda Accord sells 13")
    assert told.numbers[0].unit == "%" and told.numbers[0].low < 0.132 < told.numbers[0].high


def test_ketchup_in_words(ketchup):
    model = conditional_logit(ketchup)
    told = what_if(model, ["Hunt's 32 oz: price -10%", "delist Heinz 28 oz"], focal="Heinz 32 oz", draws=300)
    row = told.own.iloc[0]
    assert row["low"] < row["estimate"] < row["high"] < 0
    assert (
        told.headline == "If Hunt's 32 oz cuts its price by 10%, Heinz 32 oz loses 2.5 points (2.0 to 3.1)."
    )
    assert told.title == "Heinz 32 oz would gain 21.2 points in the strongest case"


def test_what_is_written_is_what_is_worked_out_by_hand(shop):
    demand = shop.demand
    offers = demand.offers
    moved = offers.assign(
        price=offers["price"] * np.where(offers["product"].isin(["A", "B"]), 1.05, 1.0),
        quality=offers["quality"] + (offers["product"] == "C"),
    )
    told = what_if(shop, "X: price +5%; C: quality +1", focal="X", draws=4)
    by_hand = demand.on(moved).volume / len(demand.size)
    assert after(told)[demand.products].to_numpy() == pytest.approx(by_hand)
    volume = told.measures[told.measures["measure"] == "volume"].set_index("who")
    assert volume.loc["X", "before"] == pytest.approx(demand.volume[:2].sum())
    surplus = told.measures[told.measures["measure"] == "surplus"].iloc[0]
    assert surplus["estimate"] == pytest.approx(demand.on(moved).surplus() - demand.surplus())
    revenue = told.measures[told.measures["measure"] == "revenue"].set_index("who")
    assert revenue.loc["A", "before"] == pytest.approx(
        (demand.probabilities * offers["price"])[offers["product"] == "A"].sum()
    )


def test_profit_is_what_is_left_of_a_price_after_cost(shop):
    told = what_if(shop, "A: price 1.5", focal="A", costs={"A": 0.5, "B": 1, "C": 1, "D": 1}, draws=4)
    rows = told.measures.set_index(["measure", "who"])["after"]
    assert rows["profit", "A"] == pytest.approx(rows["volume", "A"] * (1.5 - 0.5))
    assert rows["profit", "X"] == pytest.approx(rows["profit", "A"] + rows["profit", "B"])


def test_a_cost_may_be_a_part_of_a_scenario(shop):
    costs = {"A": 0.5, "B": 1, "C": 1, "D": 1}
    told = what_if(
        shop, ["A: cost +0.1", "add E like A: cost 0.2", "add E like A"], focal="A", costs=costs, draws=4
    )
    rows = told.measures.set_index(["scenario", "measure", "who"])[["before", "after"]]
    first = rows.loc[("A: cost +0.1", "profit", "A")]
    volume = rows.loc[("A: cost +0.1", "volume", "A")]
    assert first["before"] - first["after"] == pytest.approx(0.1 * volume["after"])
    cheap, plain = (
        rows.loc[(name, "profit", "E"), "after"] for name in ("add E like A: cost 0.2", "add E like A")
    )
    assert cheap - plain == pytest.approx(0.3 * rows.loc[("add E like A", "volume", "E"), "after"])


@settings(max_examples=20, deadline=None)
@given(st.sampled_from("ABCD"), st.integers(-40, 40).filter(bool), st.sampled_from(["price", "quality"]))
def test_shares_keep_adding_up_and_differences_to_nothing(shop, who, change, column):
    amount = f"{change / 10:+}" if column == "quality" else f"{change:+}%"
    told = what_if(shop, f"{who}: {column} {amount}", focal=who, draws=2)
    rows = told.frame[told.frame["kind"] == "product"]
    assert rows["after"].sum() == pytest.approx(1) and rows["estimate"].sum() == pytest.approx(0, abs=1e-12)
    own = rows.set_index("who").loc[who, "estimate"]
    assert np.sign(own) == (-np.sign(change) if column == "price" else np.sign(change))


def test_a_twin_takes_half_of_everybody_it_is_like():
    frame = toy_market(1)
    told = what_if(
        market_demand(frame, [-0.3, 0, 0], terms=["power"]), "add P0 again like P0", focal="P0", draws=2
    )
    assert after(told)["P0 again"] == pytest.approx(after(told)["P0"])
    share = frame["share"].iloc[0]
    assert after(told)["P0"] == pytest.approx(share / (1 + share))
    assert after(told)["none of these"] == pytest.approx(0.55 / (1 + share))


def test_delisting_hands_shares_on_in_proportion(model):
    told = what_if(model, "delist D", focal="A", draws=4)
    assert after(told)["D"] == 0 and after(told).drop("D").sum() == pytest.approx(1)


def test_a_column_of_whole_numbers_takes_a_fraction():
    frame = choices(3).assign(
        price=lambda f: np.ceil(f["price"] * 10).astype(int), quality=lambda f: f.index % 3
    )
    told = what_if(conditional_logit(table(frame)), ["A: price -15%", "A: quality 0.5"], focal="A", draws=4)
    assert (told.own["estimate"] != 0).all()


def test_objects_do_as_texts_do(model):
    scenario = named([Change("A", (Setting("price", -0.1, "times"),))])
    there = what_if(model, "A: price -10%", focal="A", draws=10)
    here = what_if(model, scenario, focal="A", draws=10)
    pd.testing.assert_frame_equal(here.measures, there.measures)


def test_same_inputs_same_bytes_and_the_model_is_left_alone(model):
    before = model.demand.offers.copy()
    here, there = (what_if(model, ["A: price -10%", "delist B"], focal="A", draws=50) for _ in range(2))
    assert here.html() == there.html()
    pd.testing.assert_frame_equal(model.demand.offers, before)


def test_both_kinds_of_interval_agree(shop, monkeypatch):
    drawn = what_if(shop, "A: price -10%", focal="A", draws=2000).own.iloc[0]
    monkeypatch.setattr("pmlib.competitive.whatif.trials.MOST", 0)
    told = what_if(shop, "A: price -10%", focal="A", draws=2000)
    row = told.own.iloc[0]
    assert "by the delta method" in told.subtitle
    width = drawn["high"] - drawn["low"]
    assert row["low"] == pytest.approx(drawn["low"], abs=0.1 * width)
    assert row["high"] == pytest.approx(drawn["high"], abs=0.1 * width)


def test_what_is_only_described_is_no_headline(model):
    described = SimpleNamespace(demand=replace(model.demand, causal=False))
    told = what_if(described, "A: price -10%", focal="A", draws=20)
    assert told.numbers == () and not any(character.isdigit() for character in told.headline + told.title)
    assert told.finding.startswith(
        "As if prices had moved for no other reason: if A cuts its price by 10%, A gains "
    )
    assert not next(check for check in told.checks if check.label.startswith("Prices may be read")).passed


def test_what_was_never_seen_is_said(model):
    told = what_if(model, ["A: price 9.5", "B: quality 50", "C: price 2"], focal="A", draws=10)
    check = next(check for check in told.checks if "within what was seen" in check.label)
    assert not check.passed and "price of A (seen from 1 to 3, it outside)" in check.saw
    assert "quality of B" in check.saw and "of C" not in check.saw


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        ("A: price -200%", "price of A would be −"),
        ("A: price -9", "price of A would be −"),
        ("delist A; A: price 2", "“A” is not on offer any more"),
        (
            "delist A; delist B; delist C; delist D",
            "delisting D leaves 500 of 500 choice sets without an offer",
        ),
        ("E: price 2", "“E” is no product or firm; "),
        ("A: colour 2", "“colour” is no column that can be set; it has 'price', 'quality', 'cost'"),
    ],
)
def test_what_cannot_be_played_is_said_in_a_line(shop, scenario, said):
    with pytest.raises(ValueError) as error:
        what_if(shop, scenario, focal="A", draws=4)
    assert said in str(error.value).replace("It has", "it has") and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"focal": "E"}, 'focal "E" is no product or firm; '),
        ({"rivals": "sleep"}, 'rivals is \'sleep\'; it may be "hold" or "respond"'),
        ({"costs": "cots"}, "costs: no column 'cots'; "),
        ({"costs": {"E": 1.0}}, 'costs: "E" is no product; '),
        ({"costs": {"A": -1.0}}, "costs: A has -1; a cost is 0 or more"),
        ({"period": 1990}, "period chooses among markets; these are choices"),
        ({"level": 95}, "level"),
    ],
)
def test_parameters_that_make_no_sense_are_named(shop, parameters, said):
    with pytest.raises(ValueError) as error:
        what_if(shop, "A: price -10%", **({"focal": "A", "draws": 4} | parameters))
    assert said in str(error.value) and "\n" not in str(error.value)


def test_rivals_cannot_respond_where_price_does_not_put_buyers_off(model):
    demand = model.demand
    odd = SimpleNamespace(
        demand=demand.at(demand.params * np.where(np.array(demand.names) == "price", -1, 1))
    )
    with pytest.raises(ValueError, match="rivals cannot respond: in this demand a higher price does not put"):
        what_if(odd, "A: price -10%; rivals respond", focal="A", draws=4)
    told = what_if(odd, "A: price -10%", focal="A", draws=4)
    assert told.measures.loc[told.measures["measure"] == "profit", "after"].isna().all()


def test_a_period_may_be_chosen(cars_1990):
    told = what_if(cars_1990, "General Motors: price +1%", focal="General Motors", period=1975, draws=4)
    demand = cars_1990.everywhere
    own = (demand.offers["period"].dt.year == 1975) & (demand.offers["firm"] == "General Motors")
    assert told.own["before"].iloc[0] == pytest.approx(demand.observed[own].sum())
    with pytest.raises(ValueError, match="period 1790 is no period of these data"):
        what_if(cars_1990, "General Motors: price +1%", focal="General Motors", period=1790)


def test_cars_with_weak_instruments_are_only_described(cars_fitted):
    told = what_if(cars_fitted, "Honda Accord: price -10%", focal="Honda Accord", draws=20)
    assert not cars_fitted.causal and told.numbers == () and told.own["relative"].iloc[0] > 0.13


def test_hostile_names_stay_text():
    frame = toy_market(2).replace({"product": {"P0": "<script>alert(1)</script>"}})
    model = market_demand(frame, [-0.3, 0, 0], terms=["power"], errors=[0.01, 0, 0])
    html = what_if(
        model, "<script>alert(1)</script>: price -5%", focal="<script>alert(1)</script>", draws=10
    ).html()
    assert "<script>" not in html


def test_what_is_absent_stays_absent():
    told = what_if(Absent(title="Choices", reason="No table of choices was given."), "A: price 1", focal="A")
    assert isinstance(told, Absent) and told.title == "What if" and "No table" in told.reason
    with pytest.raises(ValueError, match="str holds no demand"):
        what_if("model", "A: price 1", focal="A")


@pytest.mark.parametrize("law", ["normal", "lognormal"])
def test_buyers_may_differ_in_their_tastes(model, law):
    demand = model.demand
    count = len(demand.params)
    tastes = (Mixing(0, count, law, -1), Mixing(1, count + 1))
    params = np.append(demand.params, [0.2, 0.5])
    if law == "lognormal":
        params[0] = np.log(-params[0])
    mixed = replace(
        demand, names=(*demand.names, "spread price", "spread quality"), params=params,
        covariance=np.diag(np.full(count + 2, 1e-4)), mixing=tastes,
        draws=np.random.default_rng(1).normal(size=(30, 2)), weights=np.full(30, 1 / 30),
    )  # fmt: skip
    told = what_if(SimpleNamespace(demand=mixed), "A: price -10%", focal="A", draws=20)
    offers = mixed.offers
    cheaper = offers.assign(price=offers["price"] * np.where(offers["product"] == "A", 0.9, 1.0))
    by_hand = mixed.on(cheaper)
    assert after(told)[mixed.products].to_numpy() == pytest.approx(by_hand.volume / len(mixed.size))
    surplus = told.measures[told.measures["measure"] == "surplus"].iloc[0]
    assert surplus["estimate"] == pytest.approx(by_hand.surplus() - mixed.surplus())
    assert told.own["low"].iloc[0] < told.own["estimate"].iloc[0] < told.own["high"].iloc[0]


def test_without_scenarios_our_price_and_that_of_the_largest_rival_fall(ketchup):
    told = what_if(conditional_logit(ketchup), focal="Hunt's", draws=20)
    assert [one.name for one in told.scenarios] == ["Hunt's: price −5%", "Heinz: price −5%"]


def test_advice_is_of_our_own_prices_only(ketchup):
    model = conditional_logit(ketchup)
    told = what_if(model, ["Hunt's 32 oz: price -10%", "Hunt's 32 oz: display 1"], focal="Hunt's", draws=100)
    assert told.advice.startswith("If Hunt's 32 oz cuts its price by 10%, revenue is 2")
    assert told.advice.endswith("whether it pays hangs on costs.")
    assert what_if(model, "delist Heinz 28 oz", focal="Hunt's", draws=20).advice == ""
