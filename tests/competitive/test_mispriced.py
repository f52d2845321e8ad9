"""Products priced unlike comparable ones."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from simulated_market import market, products

from pmlib.competitive import mispriced
from pmlib.result import Absent


def test_a_product_is_judged_by_all_others_only():
    # Without the product itself: refit on the other 59, predict it, and compare.
    frame = products(1)
    result = mispriced(market(frame), level=0.9).frame.set_index("product")
    exog = sm.add_constant(pd.DataFrame({"power": np.log(frame["power"]), "air": frame["air"]}))
    others = sm.OLS(np.log(frame["price"][1:]), exog[1:]).fit()
    predicted = others.get_prediction(exog[:1]).summary_frame(alpha=0.1)
    row = result.loc[frame["product"][0]]
    assert row["comparable"] == pytest.approx(np.exp(predicted["mean"].iloc[0]))
    assert row["low"] == pytest.approx(row["price"] / np.exp(predicted["obs_ci_upper"].iloc[0]) - 1)
    assert row["high"] == pytest.approx(row["price"] / np.exp(predicted["obs_ci_lower"].iloc[0]) - 1)


def test_about_as_many_stand_out_as_chance_gives():
    out = [mispriced(market(products(seed))).frame["verdict"].ne("as expected").mean() for seed in range(40)]
    assert 0.035 < np.mean(out) < 0.075


def test_a_product_that_costs_double_is_found():
    frame = products(1)
    frame.loc[7, "price"] *= 3
    result = mispriced(market(frame), focal="B")
    assert result.frame["name"][0] == "B7"
    assert result.frame["verdict"][0] == "dearer"
    assert result.title == "1 B product priced unlike comparable ones"
    assert result.headline.startswith("B7 is priced")
    assert result.advice == "Look at B7 first: what earns its price?"


def test_what_a_reader_is_told(us_cars, cars_1993):
    result = mispriced(us_cars, focal="Ford")
    assert result.title == "No Ford product is priced clearly unlike comparable ones"
    assert result.finding.startswith(
        "None of 16 Ford products stands out clearly; furthest is Ford Thunderbird"
    )
    result = mispriced(cars_1993, focal="Ford")
    assert result.headline == "Ford Escort is priced 33% below comparable products (−55% to −1%)."
    assert result.finding.startswith("1 of 8 Ford products stands out clearly")


def test_what_chance_gives_keeps_its_decimals():
    checks = mispriced(market(products(1)), level=0.995).checks
    assert checks[-1].saw.endswith("chance gives 0.5%")


def test_prices_that_follow_attributes_exactly_are_as_expected():
    frame = products(1).assign(price=lambda f: f["power"] * 3)
    result = mispriced(market(frame, attributes=["power"]), focal="A")
    assert set(result.frame["verdict"]) == {"as expected"}
    assert "level with comparable products" in result.finding


def test_the_only_product_of_its_kind_has_nothing_comparable():
    frame = products(1).assign(kind=["van"] + ["car", "bus"] * 29 + ["car"])
    result = mispriced(market(frame, attributes=["power", "kind"]), focal="A")
    assert result.frame.set_index("name").loc["A0", "verdict"] == "nothing comparable"
    assert [c.saw for c in result.checks if not c.passed] == ["1 have none"]
    assert "A0" not in result.html().split("<details")[0]


def test_firms_gone_and_one_firm_are_said(us_cars):
    gone = mispriced(us_cars, focal="AMC")
    assert isinstance(gone, Absent)
    assert gone.reason == "AMC has no product to compare in the newest period."
    assert mispriced(market(products(1, firms="A"))).frame["firm"].unique().tolist() == ["A"]


@pytest.mark.parametrize("focal", [None, "Ford"])
def test_charts_and_pages_are_made(focal, us_cars):
    assert "<svg" in mispriced(us_cars, focal=focal).html()
