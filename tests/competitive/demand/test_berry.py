"""Demand from market shares: published numbers, PyBLP's, laws, recovery, and what is refused or said."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from market_demand_coverage import REPLICATES, held
from simulated_demand import PRICE, SIZE, markets, table

from pmlib import data
from pmlib.competitive import blp_instruments, demand_ladder, instrument_strength, market_demand
from pmlib.result import Absent

approx = pytest.approx
quick = settings(max_examples=10, deadline=None)
ATTRIBUTES = ("hp_per_weight", "air", "miles_per_dollar_tens", "space")
PYBLP = json.loads((Path(__file__).parents[2] / "reference/pyblp_market_demand.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def cars(us_cars_demand):
    """The shipped cars with their instruments, in the units of the literature."""
    frame = us_cars_demand.frame
    frame = frame.assign(miles_per_dollar_tens=frame["miles_per_dollar_tens"] / 10)
    return data.source(frame, "cars", attributes=ATTRIBUTES, instruments=us_cars_demand.instruments)


@pytest.fixture(scope="module")
def with_instruments(cars):
    """The shipped cars' model."""
    return market_demand(cars)


def coefficients(result):
    return result.frame.set_index("term")["estimate"]


def check(result, start):
    return next(one for one in result.checks if one.label.startswith(start))


def test_the_published_plain_logit_of_us_cars(cars):
    # Berry, Levinsohn & Pakes (1995), Table III, first column; R2 .387.
    result = market_demand(cars, instruments="none")
    rows = result.frame.set_index("term").loc[["(constant)", *ATTRIBUTES, "price"]]
    assert rows["estimate"].tolist() == approx([-10.068, -0.121, -0.035, 0.263, 2.341, -0.089], abs=0.004)
    assert rows["se_classical"].tolist() == approx([0.253, 0.277, 0.073, 0.043, 0.125, 0.004], abs=6e-4)
    assert result.rsquared == approx(0.387, abs=5e-4) and result.rows == 2217
    # 1,494 were published; 1,502 with price × coefficient × (1 - share).
    assert result.inelastic == 1502


def test_two_stages_with_the_shipped_instruments(with_instruments):
    found = coefficients(with_instruments)[["price", *ATTRIBUTES, "(constant)"]]
    assert found.tolist() == approx([-0.1340836, 1.1792, 0.4683, 0.1748, 2.2933, -9.9207], abs=5e-5)
    assert with_instruments.inelastic == 775
    assert with_instruments.own.mean() == approx(-1.5759, abs=5e-5)


def test_what_the_fitted_cars_demand_says_of_1990(with_instruments):
    demand = with_instruments.demand
    moved = demand.summed(demand.offers["price"].to_numpy())
    accord, taurus = (demand.products.index(name) for name in ("Honda Accord", "Ford Taurus"))
    sold = demand.volume
    assert moved[accord, accord] / sold[accord] == approx(-1.2404301, abs=5e-7)
    assert moved[taurus, accord] / sold[taurus] == approx(0.00551129, abs=5e-8)
    by_unit = demand.summed()
    assert -by_unit[taurus, accord] / by_unit[accord, accord] == approx(0.00333644, abs=5e-8)
    outside = by_unit[:, accord].sum() / by_unit[accord, accord]
    assert outside == approx(0.91183487, abs=5e-8)
    cut = demand.offers.assign(
        price=demand.offers["price"].where(demand.offers["product"] != "Honda Accord", lambda p: 0.9 * p)
    )
    assert demand.on(cut).volume[accord] / sold[accord] - 1 == approx(0.132024, abs=5e-6)


def test_observed_shares_are_the_models_own(cars, with_instruments):
    shares = cars.frame["share"].to_numpy()
    assert with_instruments.everywhere.probabilities == approx(shares, rel=1e-12)
    nested = market_demand(cars, nests="region").everywhere
    assert nested.probabilities == approx(shares, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("logit", {}),
        ("nested", {"nests": "region"}),
        ("absorbed", {"absorb": ["firm_id"]}),
    ],
)
def test_the_numbers_are_pyblps(cars, name, options):
    # Computed by tests/reference/pyblp_market_demand.py, whose covariances are not corrected for few rows.
    theirs = PYBLP[name]
    result = market_demand(cars, cluster="firm_id", **options)
    frame = result.frame.set_index("term")
    names = {"1": "(constant)", "prices": "price"}
    order = [names.get(term, term) for term in theirs["terms"]]
    order += ["(within its nest)"] * (name == "nested")
    frame = frame.loc[order]
    rows, width, firms = result.rows, len(order), cars.frame["firm_id"].nunique()
    absorbed = firms if name == "absorbed" else 0
    assert frame["estimate"].tolist() == approx(theirs["params"], abs=1e-8)
    few = np.sqrt(rows / (rows - width - absorbed))
    assert frame["se_robust"].to_numpy() / few == approx(np.array(theirs["se_robust"]), abs=1e-8)
    assert frame["se_classical"].to_numpy() / few == approx(np.array(theirs["se_unadjusted"]), abs=1e-8)
    few = np.sqrt(firms / (firms - 1) * (rows - 1) / (rows - width))
    assert frame["se_clustered"].to_numpy() / few == approx(np.array(theirs["se_clustered"]), abs=1e-8)
    own = theirs["own"]
    assert [result.own.mean(), result.own[0], result.own[-1]] == approx(
        [own["mean"], own["first"], own["last"]], abs=1e-8
    )
    assert result.inelastic == own["inelastic"]


def test_built_sums_are_the_shipped_instruments(cars):
    built = blp_instruments(cars, attributes=ATTRIBUTES[:3])
    assert len(built.instruments) == 8
    ours, theirs = (one.frame[list(one.instruments)].to_numpy(float) for one in (built, cars))
    size = theirs.max(axis=0)
    assert ours / ours.max(axis=0) == approx(theirs / size, abs=1e-8)
    assert coefficients(market_demand(built))["price"] == approx(-0.1340836, abs=5e-7)
    assert "attributes were fixed before prices" in built.said[-1]
    assert built.columns["rivals: air"].label == "Rivals' air, summed"


def test_built_counts_are_pyblps(cars):
    built = blp_instruments(cars, kind="differentiation")
    like = built.frame[[name for name in built.instruments if "like it" in name]]
    theirs = PYBLP["differentiation"]
    assert like.sum().tolist() == theirs["sums"]
    assert like.iloc[1000].tolist() == theirs["row_1000"]


def test_instruments_that_are_built_are_said_to_be(cars):
    said = check(market_demand(cars, instruments="sums"), "Instruments come with the data")
    assert not said.passed and "fixed before prices" in said.saw


def test_the_cars_do_not_show_what_a_price_change_does(cars, with_instruments):
    assert not with_instruments.causal and not with_instruments.demand.causal
    assert with_instruments.title == "Dearer products sold less; why, these data cannot tell"
    assert with_instruments.finding == (
        "Products priced 1% higher sold about 1.58% less (1.18% to 1.97%), other attributes equal; that is "
        "no forecast of what a price change does: the things that should move prices apart from quality "
        "contradict each other."
    )
    assert with_instruments.headline == (
        "Products priced 1% higher sold about 1.58% less; what a price change would do, these data cannot "
        "tell."
    )
    assert not check(with_instruments, "Instruments agree").passed
    assert check(with_instruments, "Instruments move prices strongly").passed
    [stage] = with_instruments.estimate.first
    assert stage.f == approx(47.8905, abs=5e-5) and stage.r2 == approx(0.148089, abs=5e-7)


def test_without_instruments_nothing_causal_is_said():
    result = market_demand(table(markets(1), instruments=()))
    assert not result.causal
    assert (
        "that is no forecast of what a price change does: nothing in the data moved prices" in result.finding
    )
    assert not check(result, "Something moved prices").passed
    assert coefficients(result)["price"] > PRICE + 0.1  # biased towards none


def test_good_instruments_allow_to_say_what_a_price_rise_does():
    result = market_demand(table(markets(1, products=80)))
    assert result.causal
    assert result.title.startswith("A 1% higher price loses about 4.")
    assert "raises its price by 1% loses about" in result.finding and result.advice == ""
    off = coefficients(result)[["price", "size"]] - [PRICE, SIZE]
    assert (off.abs() < 3 * result.frame.set_index("term")["se"][["price", "size"]]).all()


def test_nests_are_recovered():
    frame = markets(2, products=80, likeness=0.6)
    source = blp_instruments(table(frame))
    wide = table(
        source.frame.assign(
            near=frame.groupby(["period", "kind"])["cost"].transform("sum") - frame["cost"],
            near_freight=frame.groupby(["period", "kind"])["freight"].transform("sum") - frame["freight"],
        ),
        instruments=("cost", "freight", "near", "near_freight"),
    )
    result = market_demand(wide, nests="kind")
    rows = result.frame.set_index("term")
    assert abs(rows["estimate"]["(within its nest)"] - 0.6) < 3 * rows["se"]["(within its nest)"] < 0.3
    assert abs(rows["estimate"]["price"] - PRICE) < 3 * rows["se"]["price"]
    demand = result.demand
    own = np.diag(demand.summed(demand.offers["price"].to_numpy())) / demand.volume
    newest = result.estimate.observed.rows["set"] == demand.offers["set"].max()
    by_name = pd.Series(result.own[newest], result.estimate.observed.rows["product"][newest]).sort_index()
    assert own == approx(by_name.to_numpy(), rel=1e-8)  # the closed form is the model's own derivative


def test_weak_instruments_are_said_and_the_interval_is_their_own():
    result = market_demand(table(markets(2, products=16, periods=5, strength=0.02)))
    assert not result.causal and not check(result, "Instruments move prices strongly").passed
    assert "cannot tell" in result.finding
    assert "price effect up to −0.043 or from 1.310 up" in check(result, "Instruments move prices").saw
    assert result.frame.loc[0, ["low", "high"]].isna().any() and result.numbers[1].low is None


def test_a_price_that_sells_more_is_called_quality():
    frame = markets(4)
    frame["price"] = 15 + np.log(frame["share"]) + np.random.default_rng(4).normal(0, 0.3, len(frame))
    result = market_demand(table(frame, instruments=()))
    assert result.title == "Quality hides what price does; demand cannot be read off"
    assert result.finding.startswith("No answer of sales to price can be read off these data: a higher price")
    assert not check(result, "Dearer products sell less").passed


def test_nests_that_do_not_fit_are_said_and_not_asked():
    frame = markets(5, products=16, periods=6)
    frame["kind"] = np.where(frame["share"] > frame["share"].median(), "large", "small")
    frame["share"] = frame["share"].where(frame["kind"] == "large", frame["share"] / 50)
    result = market_demand(table(frame, instruments=()), nests="kind")
    likeness = coefficients(result)["(within its nest)"]
    assert not 0 <= likeness < 1 and not check(result, "Likeness within nests").passed and not result.causal
    with pytest.raises(ValueError, match=r"likeness within nests is .*leave nests out"):
        _ = result.demand


def test_a_nest_needs_an_instrument_of_its_own():
    with pytest.raises(ValueError, match=r"nests need two instruments or more.*it has 1"):
        market_demand(table(markets(6), instruments=("cost",)), nests="kind")
    with pytest.raises(ValueError, match="every product is alone in its product"):
        market_demand(table(markets(6)), nests="product")


@quick
@given(st.floats(0.01, 100), st.floats(0.001, 1000))
def test_units_and_currency_do_not_matter(rate, unit):
    frame = markets(7, products=16, periods=6)
    here = market_demand(table(frame))
    there = market_demand(table(frame.assign(price=frame["price"] * rate, size=frame["size"] * unit)))
    assert there.own == approx(here.own, rel=1e-7)
    scale = {"price": rate, "size": unit}
    for term, size in scale.items():
        assert coefficients(there)[term] * size == approx(coefficients(here)[term], rel=1e-6)


def test_the_order_of_rows_does_not_matter():
    frame = markets(8, products=16, periods=6)
    here = market_demand(table(frame)).frame
    there = market_demand(table(frame.sample(frac=1, random_state=1))).frame
    pd.testing.assert_frame_equal(here, there, rtol=1e-8)


def test_units_and_a_market_size_are_shares():
    frame = markets(9)
    here = market_demand(table(frame))
    sold = frame.assign(units=frame["share"] * 5000, households=5000).drop(columns="share")
    for size in (5000, "households"):
        there = market_demand(table(sold), market_size=size)
        assert coefficients(there).tolist() == approx(coefficients(here).tolist())
        assert there.demand.volume.sum() == approx(sold.loc[sold["period"] == 2011, "units"].sum())
    listed = frame.assign(share=frame["share"] * 2)
    assert coefficients(market_demand(table(listed), market_size=2.0))["price"] == approx(
        coefficients(here)["price"]
    )


def test_another_market_size_is_tried():
    result = market_demand(table(markets(9)), size_bounds=(0.9, 3.0))
    by_hand = market_demand(table(markets(9).assign(share=lambda f: f["share"] / 3)), size_bounds=(1.0, 1.0))
    assert result.by_size["own"].iloc[1] == approx(by_hand.own.mean())
    assert "times as many could buy" in check(result, "Own elasticity holds").saw


def test_absorbing_periods_takes_the_markets_size_out():
    frame = markets(10)
    grown = frame.assign(share=frame["share"] * np.where(frame["period"] > 2005, 0.5, 1.0))
    here, there = (market_demand(table(f), absorb=["period"]) for f in (frame, grown))
    assert coefficients(there).tolist() == approx(coefficients(here).tolist())
    assert "(constant)" not in coefficients(here)


def test_zero_shares_are_kept_for_shares_and_left_out_of_demand():
    frame = markets(11)
    frame.loc[5, "share"] = 0.0
    result = market_demand(table(frame))
    said = check(result, "Every product sold")
    assert not said.passed
    assert said.saw == (
        "1 of 480 rows left out (none sold: they count in shares only), the first is “P05” in 2000"
    )
    assert result.rows == 479


def test_missing_prices_and_attributes_are_counted_and_named():
    frame = markets(11).astype({"price": float, "size": float})
    frame.loc[7, "price"], frame.loc[50, "size"] = np.nan, np.nan
    result = market_demand(table(frame))
    assert check(result, "Every product has a price").saw == (
        '1 of 480 rows left out, the first is "P07" in 2000'
    )
    assert "“P10” in 2001" in check(result, "Every product has all attributes").saw
    assert result.rows == 478
    # Those left out still are bought: not buying any is no likelier for it.
    full = market_demand(table(markets(11))).estimate.observed.rows.set_index(["period", "product"])["rest"]
    kept = result.estimate.observed.rows.set_index(["period", "product"])["rest"]
    assert kept.tolist() == approx(full[kept.index].tolist())


def test_an_attribute_that_is_mostly_unknown_is_left_out():
    frame = markets(11).assign(weight=np.nan)
    frame.loc[:99, "weight"] = 1.5
    result = market_demand(table(frame, attributes=("size", "weight")))
    assert check(result, "Every attribute is known").saw == "weight left out, mostly unknown"
    assert result.rows == 480


def test_collinear_attributes_are_named():
    frame = markets(12).assign(double=lambda f: 2 * f["size"] + 1, same=3.0)
    result = market_demand(table(frame, attributes=("size", "double", "same")))
    said = check(result, "Every attribute tells something of its own")
    assert said.saw == "left out: double (given by size) and same (the same for all it is compared with)"
    assert coefficients(result).index.tolist() == ["price", "(constant)", "size"]


def test_useless_instruments_are_named():
    frame = markets(12).assign(copy=lambda f: f["cost"] + f["size"])
    said = check(market_demand(table(frame, instruments=("cost", "copy"))), "Every instrument tells")
    assert said.saw == "left out, given by attributes or others: copy"


def test_labels_get_a_term_a_level():
    frame = markets(13)
    terms = coefficients(market_demand(table(frame, attributes=("size", "kind")))).index.tolist()
    assert terms == ["price", "(constant)", "size", "kind: N1", "kind: N2", "kind: N3"]


def test_price_alone_will_do():
    frame = markets(13)
    for absorb, terms in (((), ["price", "(constant)"]), (("product",), ["price"])):
        found = market_demand(table(frame, attributes=()), absorb=absorb)
        assert found.frame["term"].tolist() == terms and found.estimate.slope < 0


def test_one_market_is_warned_about():
    frame = markets(14, products=200, periods=1)
    result = market_demand(table(frame))
    assert not check(result, "There are several periods").passed
    assert np.isnan(result.frame["se_clustered"]).all()
    alone = market_demand(table(frame.drop(columns="period")))
    assert coefficients(alone).tolist() == approx(coefficients(result).tolist())


def test_a_handful_of_products_is_warned_about():
    result = market_demand(table(markets(15, products=8, periods=30)))
    assert not check(result, "Intervals rest on 20").passed


def test_one_firm_and_no_firm_are_fine():
    frame = markets(15)
    one = market_demand(table(frame.assign(firm="F")), instruments="sums")
    none = market_demand(table(frame.drop(columns="firm")))
    assert coefficients(none).tolist() == approx(coefficients(market_demand(table(frame))).tolist())
    assert one.rows == 480


@pytest.mark.parametrize(
    ("change", "options", "line"),
    [
        ({"price": -1.0}, {}, 'made_up: price of "P00" in 2000 is -1; prices are above 0'),
        ({"share": np.nan}, {}, 'share of "P00" in 2000 is missing'),
        ({"share": -0.1}, {}, 'share of "P00" in 2000 is -0.1'),
        ({"share": 1.0}, {}, "made_up: shares of 2000 add up to"),
        ({"cost": np.nan}, {}, "made_up: instrument cost of “P00” is missing; fill it, or drop the row"),
        ({}, {"nests": "type"}, "made_up has no column 'type'; it has"),
        ({}, {"instruments": "cost"}, 'instruments is "cost"; write declared, sums, differentiation or none'),
        ({}, {"cluster": "brand"}, 'cluster is "brand"; write "product", "firm", another column, or None'),
        ({}, {"absorb": "period"}, 'absorb is the text "period"; write a list'),
        ({}, {"market_size": 0.1}, "market_size 0.1 is too small"),
        ({}, {"market_size": 0}, "made_up: market_size of 2000 is 0; it must be above 0"),
        ({}, {"market_size": "cost"}, "made_up: cost differs within 2000; give one a period"),
        ({}, {"market_size": "buyers"}, "market_size names no column of made_up"),
        ({}, {"level": 95}, "level is 95"),
    ],
    ids=range(14),
)
def test_says_what_is_wrong(change, options, line):
    frame = markets(16)
    for column, value in change.items():
        frame.loc[0, column] = value
    with pytest.raises(ValueError) as error:
        market_demand(table(frame), **options)
    assert line in str(error.value) and "\n" not in str(error.value)


def test_percentages_are_told_from_fractions():
    frame = markets(16)
    with pytest.raises(
        ValueError, match=r"shares of 20\d\d add up to .*fractions of the whole, 0.375 for 37.5%"
    ):
        market_demand(table(frame.assign(share=frame["share"] * 100)))
    whole = frame["share"] / frame.groupby("period")["share"].transform("sum")
    with pytest.raises(
        ValueError, match=r"shares of 2000 add up to 1, which leaves nobody .*0.375 for 37.5%"
    ):
        market_demand(table(frame.assign(share=whole)))


def test_a_product_twice_is_named():
    source = table(markets(16))
    twice = pd.concat([source.frame, source.frame.iloc[[3]]], ignore_index=True)
    object.__setattr__(source, "frame", twice)
    with pytest.raises(ValueError, match='made_up: product "P03" has a second row in 2000'):
        market_demand(source)


def test_what_cannot_be_fitted_says_why():
    frame = markets(17)
    firms = frame.groupby(["period", "firm"], as_index=False)[["share", "price"]].sum()
    assert "no product column" in market_demand(data.source(firms)).reason
    assert "no price column" in market_demand(table(frame.drop(columns="price"))).reason
    assert "no sales" in market_demand(table(frame.drop(columns="share"))).reason
    sold = frame.assign(units=frame["share"] * 100).drop(columns="share")
    assert "say how many could buy (market_size" in market_demand(table(sold)).reason
    assert market_demand(None).reason == "No table of a market was given."
    revenue = frame.rename(columns={"share": "revenue"})
    assert "has revenue only" in market_demand(table(revenue), market_size=5.0).reason
    assert "All prices" in market_demand(table(frame.assign(price=3.0))).reason
    assert isinstance(demand_ladder(None), Absent)
    assert isinstance(instrument_strength(market_demand(None)), Absent)


def test_integer_prices_are_numbers_like_others():
    frame = markets(18)
    whole = frame.assign(price=(frame["price"] * 100).round().astype(int))
    demand = market_demand(table(whole)).demand
    assert demand.offers["price"].dtype == float
    assert (demand.on(demand.offers.assign(price=demand.offers["price"] * 0.9)).volume > 0).all()


def test_versions_of_one_model_are_told_apart():
    frame = markets(18).assign(name="Alike")
    products = market_demand(table(frame)).demand.products
    assert len(products) == 40 and products[0] == "Alike (P00)"


def test_the_ladder_shows_what_instruments_and_nests_change(cars):
    ladder = demand_ladder(cars, nests="region")
    assert ladder.frame["model"].tolist() == [
        "Prices at their word", "With instruments", "With instruments and nests",
    ]  # fmt: skip
    assert (ladder.frame["inelastic"] * 2217).round().tolist() == [1502, 775, 377]
    assert ladder.frame["fit"].iloc[0] == approx(0.38706, abs=5e-6)
    assert ladder.finding == (
        "For 1% of price the average product's sales are −1.04 to −1.91 percent apart, by model; none is "
        "free of doubts, so none says what a price change does."
    )
    assert ladder.html().count("<details") >= 1
    alone = demand_ladder(table(markets(19), instruments=()))
    assert alone.frame["model"].tolist() == ["Prices at their word"]


def test_the_strength_of_instruments_is_a_folded_table(with_instruments):
    result = instrument_strength(with_instruments)
    assert result.title == "Instruments move prices strongly"
    assert result.tests["test"].tolist() == ["endogeneity", "sargan", "hansen"]
    assert "<details class=numbers>" in result.html()
    assert [one.passed for one in result.checks] == [True, False]


def test_every_result_can_be_shown(with_instruments, cars):
    for result in (with_instruments, demand_ladder(cars)):
        assert "<svg" in result.html() and len(result.title.split()) <= 10
        assert result.payload()["frame"]


def test_intervals_held_the_truth_as_often_as_they_say():
    # Written by market_demand_coverage.py.
    table_ = pd.read_csv(Path(__file__).parents[2] / "reference/coverage_market_demand.csv")
    assert len(table_) == 9 and (table_["replicates"] == REPLICATES).all()
    assert table_["coverage"].between(0.93, 0.97).all()


@pytest.mark.slow
def test_the_stored_coverage_is_that_of_this_code():
    found = pd.DataFrame([row for seed in range(REPLICATES, REPLICATES + 80) for row in held(seed)])
    assert found.groupby([0, 1])[2].mean().between(0.86, 1.0).all() and 0.92 < found[2].mean() < 0.98


def test_the_table_is_left_alone():
    frame = markets(20)
    before = frame.copy()
    market_demand(table(frame), nests="kind")
    market_demand(table(frame), instruments="sums")
    pd.testing.assert_frame_equal(frame, before)
