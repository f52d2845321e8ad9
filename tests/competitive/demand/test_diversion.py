"""Where lost buyers go: numbers of the reference, laws, and honesty about what a logit assumes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from simulated_choices import choices, table

from pmlib.competitive import conditional_logit, diversion, market_demand
from pmlib.competitive.choice.design import Design, Term
from pmlib.competitive.choice.sets import Sets
from pmlib.competitive.demand.demand import Demand
from pmlib.result import Absent

LABELS = {"h41": "Heinz 41 oz", "h32": "Heinz 32 oz", "h28": "Heinz 28 oz", "hunts": "Hunt's 32 oz"}


@pytest.fixture(scope="module")
def made_up():
    return conditional_logit(table(choices(1)), base="A")


@pytest.fixture(scope="module")
def survey(cameras):
    return conditional_logit(cameras)


def share(result, loser, gainer, column="estimate"):
    frame = result.frame
    return frame.loc[(frame["lost_by"] == loser) & (frame["goes_to"] == gainer), column].item()


@pytest.mark.parametrize(
    ("loser", "gainer", "expected"),
    [
        ("h32", "h41", 0.1625), ("h28", "h41", 0.1137), ("hunts", "h41", 0.0894), ("h41", "h32", 0.5493),
        ("h28", "h32", 0.7058), ("hunts", "h32", 0.5770), ("h41", "h28", 0.3162), ("h32", "h28", 0.5806),
        ("hunts", "h28", 0.3336), ("h41", "hunts", 0.1345), ("h32", "hunts", 0.2569),
        ("h28", "hunts", 0.1805),
    ],
)  # fmt: skip
def test_diversion_of_ketchup(ketchup, loser, gainer, expected):
    # V16, competitive_ship.json
    found = diversion(conditional_logit(ketchup), focal=LABELS[loser])
    assert share(found, LABELS[loser], LABELS[gainer]) == pytest.approx(expected, abs=1e-4)


def test_diversion_of_yogurt(yogurt):
    found = diversion(conditional_logit(yogurt), focal="dannon")
    assert share(found, "dannon", "yoplait") == pytest.approx(0.5358, abs=1e-4)
    assert share(found, "hiland", "weight") == pytest.approx(0.2495, abs=1e-4)


def test_diversion_of_cars(us_cars_demand):
    # V9; nine in ten go to no car since shares are of all households.
    attributes = ["hp_per_weight", "air", "miles_per_dollar_tens", "space"]
    cars = market_demand(us_cars_demand, attributes=attributes)
    found = diversion(cars, focal="Honda Accord")
    assert share(found, "Honda Accord", "Ford Taurus") == pytest.approx(0.00333644, abs=1e-8)
    assert share(found, "Honda Accord", "buys none") == pytest.approx(0.91183487, abs=1e-7)
    half = market_demand(us_cars_demand, attributes=attributes, market_size=0.5)
    other = diversion(cars, focal="Honda", by="firm", sizes={"half": half})
    assert other.sizes["outside"].item() < share(other, "Honda", "buys none")


def test_what_shares_alone_decide_has_no_interval():
    found = diversion(Market(), focal="A")
    assert (found.frame["low"] == found.frame["estimate"]).all()
    assert all(number.low is None for number in found.numbers)
    assert found.finding.startswith(
        "Of the buyers whom A loses by a higher price and who still buy, 60.0% go to B; "
    )


def test_lost_buyers_add_up(survey, made_up):
    for model in (survey, made_up):
        sums = diversion(model).frame.groupby("lost_by")[["estimate", "inside"]].sum()
        assert sums.to_numpy() == pytest.approx(1.0)


def test_buyers_who_still_buy_are_counted_without_those_who_buy_none(survey):
    found = diversion(survey, focal="Sony")
    away = share(found, "Sony", "buys none")
    ratio = share(found, "Sony", "Canon") / share(found, "Sony", "Canon", "inside")
    assert ratio == pytest.approx(1 - away)
    assert np.isnan(share(found, "Sony", "buys none", "inside"))


def one_market(size: float) -> Demand:
    """One market where A, B and C hold half of the potential buyers, when size is 1."""
    offers = pd.DataFrame(
        {
            "set": 0,
            "product": list("ABC"),
            "firm": ["one", "one", "two"],
            "price": [1.0, 2, 3],
            "base": [0, 1, 2],
        }
    )
    design = Design((Term("price", "price"),))
    return Demand(
        offers=offers, design=design, names=("price",), params=np.array([-1.0]), covariance=np.eye(1) / 100,
        size=np.array([size]), outside=True, observed=np.array([0.25, 0.15, 0.1]) / size,
        observed_matrix=design.matrix(offers), observed_sets=Sets.of(np.zeros(3)),
    )  # fmt: skip


class Market:
    """A model of one market."""

    def __init__(self, size=1.0):
        self.demand = one_market(size)


def test_a_logit_of_one_market_diverts_by_shares():
    found = diversion(Market(), focal="A")
    assert share(found, "A", "B") == pytest.approx(0.15 / 0.75)
    assert share(found, "A", "buys none") == pytest.approx(0.5 / 0.75)
    assert share(found, "A", "B", "inside") == pytest.approx(0.6)
    assert not found.checks[1].passed and "by construction" in found.checks[1].saw


def test_a_larger_market_sends_more_to_none_and_none_the_less_alike_inside():
    found = diversion(Market(), focal="A", sizes={"twice as many": Market(2.0)})
    assert found.sizes["outside"].item() == pytest.approx((1 - 0.25) / (1 - 0.125))
    assert "rests on the assumed size of the market (67% to 86%)" in found.finding
    other = diversion(Market(2.0), focal="A")
    assert share(other, "A", "B", "inside") == pytest.approx(share(found, "A", "B", "inside"))


def test_a_firm_loses_to_other_firms_only():
    found = diversion(Market(), by="firm", focal="one")
    assert set(found.frame.loc[found.frame["lost_by"] == "one", "goes_to"]) == {"two", "buys none"}
    # Both prices rise by one: of A and B together the loss is 0.4 (1 - 0.4), and C gains 0.4 × 0.1.
    assert share(found, "one", "two") == pytest.approx(0.1 / 0.6)


def test_observed_switching_stands_beside_the_model(made_up):
    names = list("ABCD")
    counts = pd.DataFrame([[9, 60, 20, 20], *[[1, 1, 1, 1]] * 3], names, names)
    found = diversion(made_up, focal="A", observed=counts)
    assert found.observed.set_index("goes_to")["observed"]["B"] == pytest.approx(0.6)
    said = found.checks[-1]
    assert said.label == "Buyers who switched went where the model says" and "observed" in said.saw
    with pytest.raises(ValueError, match="observed has no row of A"):
        diversion(made_up, focal="A", observed=counts.drop(index="A"))


def test_who_has_no_rival_has_nobody_to_lose_to():
    demand = one_market(1.0)
    alone = Market()
    alone.demand = replace(demand, offers=demand.offers.assign(firm="one"))
    said = diversion(alone, by="firm")
    assert isinstance(said, Absent) and said.reason == "Only one is on offer, so buyers have nowhere to go."


def test_a_model_that_is_absent_stays_so():
    assert diversion(conditional_logit(None)).reason == "No table of choices was given."


def test_a_market_is_asked_at_other_sizes_unbidden(us_cars_demand):
    cars = market_demand(us_cars_demand)
    found = diversion(cars, focal="Ford", by="firm")
    twice = market_demand(us_cars_demand, market_size=2)
    there = diversion(twice, focal="Ford", by="firm", sizes={})
    row = found.sizes.set_index("size").loc["2 times as many"]
    assert row["outside"] == pytest.approx(share(there, "Ford", "buys none"))
    assert "which rests on the assumed size of the market (85% to 96%)" in found.finding
