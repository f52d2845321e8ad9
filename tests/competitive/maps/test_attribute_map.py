"""A map of attributes says what sets a firm apart, where nobody is, and what it left out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from pmlib.competitive import attribute_map
from pmlib.competitive.maps.empty import widest_empty
from pmlib.competitive.maps.separation import separation
from pmlib.data import source
from pmlib.result import Absent
from pmlib.table import Column

approx = pytest.approx


def offers(seed=1, firms="AAAAAABBBBBBCCCCCC", **columns):
    """Products of firms A, B and C; those of A have far more power, and nothing else differs."""
    rng = np.random.default_rng(seed)
    n = len(firms)
    frame = pd.DataFrame({"firm": list(firms), "product": [f"{f}{i}" for i, f in enumerate(firms)]})
    frame["power"] = 100 + 60 * (frame["firm"] == "A") + rng.normal(0, 8, n)
    frame["size"] = 50 + rng.normal(0, 5, n)
    frame["noise"] = 60 + 0.1 * (frame["power"] - 100) + rng.normal(0, 6, n)
    return frame.assign(**columns)


def wrapped(frame, **options):
    named = [name for name in frame if name not in ("firm", "product", "period")]
    return source(frame, "shop", attributes=named, columns={"power": Column("Power", "hp")}, **options)


def passed(result):
    return {check.label: check for check in result.checks}


def test_what_a_reader_is_told():
    result = attribute_map(wrapped(offers()), focal="A")
    assert result.title == "Power most sets A apart from its rivals"
    assert result.finding.startswith(
        "A's products differ most from those of its rivals in power: 162 hp against 100 hp, 2.10 typical"
    )
    assert (result.numbers[0].name, result.numbers[0].level) == ("focal_difference", 0.95)
    assert result.numbers[0].low > 1.5
    assert "demand" in result.unknown
    assert "cos" not in result.headline + result.title + result.finding + result.subtitle


def test_one_rival_is_named():
    result = attribute_map(wrapped(offers()), focal="B", rivals=["A"])
    assert result.title == "Power most sets B apart from A"
    assert "differ most from A's in power" in result.finding and "less" in result.finding


def test_firms_that_are_alike_are_not_set_apart():
    result = attribute_map(wrapped(offers()), focal="B", rivals=["C"])
    assert result.title == "B is not clearly set apart from C"
    assert "which may be chance" in result.finding


def test_differences_are_welchs_and_hold_for_all_attributes_at_once():
    values = pd.DataFrame(np.random.default_rng(1).normal(size=(20, 3)), columns=list("xyz"))
    own = np.arange(20) < 7
    found = separation(values, own, ~own, 0.95)
    expected = ttest_ind(values[own], values[~own], equal_var=False).confidence_interval(1 - 0.05 / 3)
    assert found["low"].to_numpy() == approx(expected.low) and found["high"].to_numpy() == approx(
        expected.high
    )


def test_a_flag_that_all_have_is_not_taken_as_certain():
    frame = offers(auto=[1] * 6 + [0] * 12)
    found = attribute_map(wrapped(frame), focal="A").frame.set_index("point")
    assert found.loc["auto", "high"] - found.loc["auto", "low"] > 0.5
    assert (found.loc["auto", "own"], found.loc["auto", "others"]) == (1.0, 0.0)


def test_firms_stand_at_the_middle_of_their_products():
    frame = attribute_map(wrapped(offers()), focal="A").frame
    products = frame[frame["kind"] == "product"].groupby("firm")[["x", "y"]].mean()
    firms = frame[frame["kind"] == "firm"].set_index("firm")
    assert firms[["x", "y"]].to_numpy() == approx(products.to_numpy())
    assert (firms["long"] >= firms["short"]).all()


def test_only_the_newest_period_is_mapped():
    old = offers(2, period=pd.Timestamp("2020-01-01"))
    new = offers(1, period=pd.Timestamp("2021-01-01"))
    both = attribute_map(wrapped(pd.concat([old, new], ignore_index=True)), focal="A")
    assert both.finding == attribute_map(wrapped(new), focal="A").finding
    assert "products, 2021" in both.subtitle


def test_what_is_unknown_or_the_same_is_left_out_and_named():
    frame = offers(wheels=4, rare=[1.0, 2.0] + [None] * 16, colour=["red", "blue"] * 9)
    frame.loc[3, "size"] = None
    checks = passed(attribute_map(wrapped(frame), focal="A"))
    assert checks["Every attribute is on the map"].saw == (
        "left out: rare (mostly unknown), colour (no numbers) and wheels (the same for all)"
    )
    assert checks["Products mapped have all attributes"].saw == "left out: A3"


def test_an_ordered_category_counts_its_steps():
    grades = pd.Categorical(["low", "mid", "high"] * 6, ["low", "mid", "high"], ordered=True)
    result = attribute_map(wrapped(offers(grade=grades)), focal="A")
    assert result.analysis.means["grade"] == approx(1.0)
    assert np.isnan(result.frame.set_index("point").loc["grade", "own"])  # a mean of steps says nothing


def test_a_firm_of_few_products_is_shown_without_knowing_how_sure():
    result = attribute_map(wrapped(offers(firms="AAAAAABBBBBBCCCCCD")), focal="D")
    assert (
        passed(result)["Firms shown have at least 5 products, so it is known how sure their middle is"].saw
        == "not D"
    )
    assert "with too few products to tell how surely" in result.finding
    assert result.numbers[0].low is None


def test_a_map_that_shows_too_little_says_so_and_names_no_empty_place():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(60, 9)), columns=list("abcdefghi")).assign(firm=list("XYZ") * 20)
    result = attribute_map(wrapped(frame), focal="X")
    assert not passed(result)["The map shows at least 60% of all differences"].passed
    assert result.advice == "" and "gap" not in set(result.frame["side"])


@given(st.integers(0, 10_000), st.integers(4, 30))
@settings(max_examples=40, deadline=None)
def test_the_widest_empty_place_holds_nobody_and_no_other_is_wider(seed, number):
    points = np.random.default_rng(seed).normal(size=(number, 2))
    found = widest_empty(points)
    assume(found)  # four points may have all middles outside
    away = np.hypot(*(points - found.place).T)
    assert away.min() == approx(found.distance) and away[found.nearest] == approx(found.distance)
    tried = np.random.default_rng(seed + 1).dirichlet(np.ones(number) * 0.3, 300) @ points  # within the hull
    free = np.hypot(*(tried[:, None] - points).transpose(2, 0, 1)).min(axis=1).max()
    assert free <= found.distance * (1 + 1e-9) or _beside_the_edge(points, tried, free)


def _beside_the_edge(points, tried, free):
    # A wider circle may have its middle on the edge of the hull, which is at the rim of what is on offer.
    from scipy.spatial import ConvexHull

    widest = tried[np.hypot(*(tried[:, None] - points).transpose(2, 0, 1)).min(axis=1).argmax()]
    hull = ConvexHull(points)
    edge = (hull.equations[:, :2] @ widest + hull.equations[:, 2]).max()
    return -edge < free


def test_points_on_a_line_have_no_empty_place():
    assert widest_empty(np.column_stack([np.arange(5.0), np.arange(5.0)])) is None
    assert widest_empty(np.zeros((2, 2))) is None


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (offers(firms="A" * 9), "The data (shop) have only 1 firm."),
        (offers()[["firm", "product", "power"]], "There are 18 complete rows and 1 attributes that vary;"),
        (offers()[["firm", "product"]], "The data (shop) have no attribute column."),
        (offers().assign(size=lambda f: f["size"].where(f["firm"] != "A")),
         "The newest period holds no product of A with all attributes known."),
    ],
)  # fmt: skip
def test_what_cannot_be_mapped_is_absent_with_a_reason(frame, reason):
    result = attribute_map(wrapped(frame), focal="A")
    assert isinstance(result, Absent) and result.reason.startswith(reason)


def test_mistakes_are_refused_in_one_line():
    shop = wrapped(offers())
    with pytest.raises(ValueError, match=r'^focal "Q" is not a firm in shop; It has A, B, C$'):
        attribute_map(shop, focal="Q")
    with pytest.raises(ValueError, match=r"^level is 2; write a fraction between 0 and 1, such as 0\.95$"):
        attribute_map(shop, focal="A", level=2)


def test_shipped_cars_are_drawn_and_the_same_call_gives_the_same_page(us_cars, cars_1993):
    pages = [attribute_map(us_cars, focal="Ford", rivals=["Honda"]).html() for _ in range(2)]
    assert pages[0] == pages[1] and len(pages[0]) < 60_000
    result = attribute_map(cars_1993, focal="Ford")
    assert (
        passed(result)["Products mapped have all attributes"].saw
        == "left out: Chevrolet Corvette, Mazda RX-7"
    )
    assert result.plot().patches  # Ford's ellipse


def test_names_from_the_data_stay_text():
    shop = wrapped(offers().replace({"firm": {"A": "<b>A</b>"}}).rename(columns={"size": "<i>size</i>"}))
    page = attribute_map(shop, focal="<b>A</b>").html()
    assert "<b>A" not in page and "<i>size" not in page
