"""A tree's size, what swings it, and scenarios: closed forms, laws, and words with their ranges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib import sizing
from pmlib.result import Absent

FUNNEL = """
sales [EUR2025] = people * reach * orders * basket   # what is sold in all
people [person] = 8 M .. 12 M                        # Census; 2025; A
reach [1] = 0.1 .. 0.3
orders [order/person] = 2 .. 6                       # ; C
basket [EUR2025/order] = 20 .. 45
"""
LOG_SHARES = {"people": 0.0508055, "reach": 0.372986, "orders": 0.372986, "basket": 0.203222}
CORRELATED = """
som [EUR2025/year] = buyers * orders * basket
buyers [person] = adults * reach
adults [person] = 14.2 M
reach = 4% .. 11%
orders [order/person/year] = 2 .. 6
basket [EUR2025/order] = 38 .. 55
orders ~ basket: -0.4
"""


@pytest.fixture(scope="module")
def funnel():
    return sizing.tree(FUNNEL)


@pytest.fixture(scope="module")
def correlated():
    return sizing.tree(CORRELATED)


def test_the_size_of_a_product_of_lognormals_has_its_closed_form(funnel):
    sales = sizing.size(funnel, level=0.9).frame.set_index("name").loc["sales"]
    assert sales["estimate"] == pytest.approx(176_363_000, rel=2e-3)
    assert sales["mean"] == pytest.approx(204_803_000, rel=1e-3)
    assert [sales["low"], sales["high"]] == pytest.approx([71_744_700, 433_537_000], rel=5e-3)
    assert sales["sd"] / sales["mean"] == pytest.approx(0.590355, rel=0.02)


def test_shares_of_independent_leaves_lie_between_first_and_total_and_add_up(funnel):
    leaves = sizing.size(funnel).frame.query("leaf")
    assert leaves["share"].sum() == pytest.approx(1, abs=1e-9)
    assert (leaves["first"] < leaves["share"]).all() and (leaves["share"] < leaves["total"]).all()
    assert leaves["first"].to_numpy() == pytest.approx([0.0439206, 0.3385245, 0.3385245, 0.1797576], abs=0.01)


def test_shares_of_correlated_leaves_add_up_too_and_indices_are_left_out(correlated):
    frame = sizing.size(correlated).frame.set_index("name")
    assert frame.query("leaf")["share"].sum() == pytest.approx(1, abs=1e-9)
    assert frame.query("leaf")[["first", "total"]].isna().all(axis=None)
    assert frame.loc["buyers", "share"] == frame.loc["reach", "share"]  # whose only uncertain leaf it is
    assert frame.loc["adults", "share"] == 0


def test_a_size_is_said_with_its_range_and_what_is_most_uncertain(correlated):
    found = sizing.size(correlated)
    assert found.headline == (
        "About €150M a year (€86M to €262M, 80% range). "
        "Most uncertain: reach and orders, 49% and 47% of the range."
    )
    assert found.advice == "Plan on €86M a year: the chance of more is 90%."
    assert found.subtitle == "Medians and 80% ranges, in 2025 prices."
    (number,) = found.numbers
    assert (number.name, number.level) == ("som", 0.8) and number.low < number.value < number.high
    assert all(check.passed for check in found.checks)


def test_leaves_that_are_about_as_uncertain_are_named_together(funnel):
    assert "Most uncertain: reach and orders, 37% of the range each." in sizing.size(funnel).headline


def test_a_size_without_any_range_says_so():
    found = sizing.size(sizing.tree("som [car] = a * b\na [person] = 100\nb [car/person] = 0.5"))
    assert found.headline == "50 cars." and found.finding == "SOM: 50 cars, with no range given."
    assert found.numbers[0].low is None and found.unknown == "How sure this is: no driver has a range."
    assert found.plot() is None


def test_any_node_may_be_the_focus(funnel):
    found = sizing.size(funnel, focus="orders")
    assert found.numbers[0].name == "orders"
    shares = found.frame.set_index("name")["share"]
    assert shares["orders"] == pytest.approx(1) and np.isnan(shares["sales"]) and np.isnan(shares["reach"])


def test_the_same_seed_gives_the_same_words_and_numbers_however_leaves_are_ordered(funnel):
    first, *others = FUNNEL.strip().splitlines()
    turned = sizing.size(sizing.tree("\n".join([*others[::-1], first])))
    once, again = sizing.size(funnel), sizing.size(funnel)
    assert repr(once.payload()) == repr(again.payload())
    assert turned.headline == once.headline and turned.numbers == once.numbers


@settings(max_examples=5, deadline=None)
@given(st.floats(0.01, 1000))
def test_a_constant_factor_scales_the_size_and_no_share(factor):
    text = "sales = a * b * c\na [1] = 2 .. 6\nb [1] = 1 .. 9\nc [1] = {}"
    one, other = (sizing.size(sizing.tree(text.format(f"{c:.6f}")), draws=256).frame for c in (1, factor))
    assert other["estimate"][0] == pytest.approx(one["estimate"][0] * float(f"{factor:.6f}"))
    assert other["share"].to_numpy() == pytest.approx(one["share"].to_numpy(), abs=1e-6)


def test_a_tornado_has_the_closed_form_and_the_order_of_the_shares(funnel):
    found = sizing.tornado(funnel, level=0.9)
    frame = found.frame.set_index("name")
    others = found.middle / np.sqrt(2 * 6)
    assert frame.loc["orders", ["low", "high"]].tolist() == pytest.approx([2 * others, 6 * others], rel=1e-6)
    assert set(found.frame["name"][:2]) == {"reach", "orders"} and frame.index[-1] == "people"
    order = sorted(LOG_SHARES, key=LOG_SHARES.get)
    assert order[0] == frame.index[-1] and order[1] == frame.index[-2]
    assert all(check.passed for check in found.checks)


def test_in_a_tornado_what_is_correlated_moves_along(correlated):
    frame = sizing.tornado(correlated, level=0.9).frame.set_index("name")
    spread = np.log(55 / 38) / 2
    along = np.exp(-0.4 * spread)  # the basket's median where orders are at their upper end
    middle = 14.2e6 * correlated.nodes["reach"].law.median * np.sqrt(38 * 55)
    assert frame.loc["orders", "high"] == pytest.approx(middle * 6 * along, rel=1e-6)


def test_a_tornado_says_which_driver_the_size_hangs_on(correlated):
    found = sizing.tornado(correlated)
    assert found.title == "SOM hangs most on reach"
    assert found.finding == (
        "Were only reach unsure (4.5% to 9.9%), SOM would lie between €101M and €222M a year."
    )
    assert "what is correlated moves along" in found.subtitle


def test_a_driver_that_divides_swings_the_other_way():
    market = sizing.tree("trips [1] = distance / range_\ndistance [1] = 900 .. 1100\nrange_ [1] = 200 .. 600")
    swing = sizing.tornado(market).frame.set_index("name").loc["range_"]
    assert swing["low"] > swing["high"]


def test_scenarios_are_conditions_on_the_same_draws(correlated):
    found = sizing.scenarios(
        correlated, "som", ["bear: reach 3% .. 6%", "bull: reach 9% .. 15%; orders 4 .. 6"]
    )
    frame = found.frame.set_index("scenario")
    assert list(frame.index) == ["base", "bear", "bull"]
    assert frame.loc["base", "estimate"] == sizing.size(correlated).frame["estimate"][0]
    assert frame.loc["bear", "estimate"] < frame.loc["base", "estimate"] < frame.loc["bull", "estimate"]
    assert frame.loc["bull", "conditions"] == "reach 9% to 15% and orders 4 to 6"
    assert [number.name for number in found.numbers] == ["som_bear", "som_bull"]
    assert found.advice == "Have a plan of its own for bull, which lies outside the range of base."


def test_a_scenario_on_one_of_two_correlated_leaves_moves_the_other(correlated):
    moved = sizing.scenarios(correlated, "basket", ["many: orders 6"]).frame.set_index("scenario")
    spread = np.log(55 / 38) / 2
    assert moved.loc["many", "estimate"] == pytest.approx(
        moved.loc["base", "estimate"] * np.exp(-0.4 * spread), rel=2e-3
    )


def test_a_scenario_that_is_far_off_or_idle_is_told(correlated):
    found = sizing.scenarios(correlated, "buyers", ["odd: reach 60%; basket 40"])
    idle, far = found.checks
    assert not idle.passed and idle.saw == "odd: basket"
    assert not far.passed and far.saw == "odd: reach"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "bull",
            "scenario 'bull': write its name and its conditions, as in bull: reach 9% .. 15%; orders 4 .. 6",
        ),
        ("bull: reach", "scenario 'bull': found 'reach'; write a node and its value, as in reach 9% .. 15%"),
        ("bull: reach 5%; reach 6%", "scenario 'bull': reach is set twice, to '5%' and '6%'; keep one"),
        ("bull: rech 5%", "'rech' is no node of the tree; did you mean 'reach'?"),
        ("bull: reach 15% .. 9%", "the ends are swapped; write 9% .. 15%"),
    ],
)
def test_a_text_that_is_no_scenario_is_refused(correlated, text, said):
    with pytest.raises(ValueError) as told:
        sizing.scenarios(correlated, None, [text])
    assert said in str(told.value) and "\n" not in str(told.value)


def test_one_text_will_do_and_an_empty_one_is_none(correlated):
    assert len(sizing.scenarios(correlated, "", "low: reach 5%").frame) == 2
    assert sizing.scenarios(correlated, "som", [""]).reason == "No scenario was given."
    assert len(sizing.better_information(correlated, "", trials="reach: 6%").frame) == 4


def test_two_scenarios_of_one_name_are_refused(correlated):
    with pytest.raises(ValueError, match="scenario 'low' is given twice; rename one"):
        sizing.scenarios(correlated, None, ["low: reach 5%", "low: reach 6%"])


RESULTS = [
    sizing.size,
    sizing.tornado,
    sizing.scenarios,
    sizing.chance,
    sizing.better_information,
    sizing.ledger,
    sizing.driver_tree,
    sizing.what_moved,
]


@pytest.mark.parametrize("result", RESULTS)
def test_without_a_tree_a_section_is_absent(result):
    assert result(None).reason == "No driver tree was given."
    assert result(sizing.tree("")).reason == "No driver tree was given."
    assert isinstance(result(Absent(title="", reason="It is not known.")), Absent)
    with pytest.raises(ValueError, match="the market is a text; give the tree that"):
        result("som = 3")


@pytest.mark.parametrize("result", [one for one in RESULTS if one not in (sizing.chance, sizing.ledger)])
def test_an_unknown_focus_is_refused(result, funnel):
    with pytest.raises(ValueError, match="'sale' is no node of the tree; did you mean 'sales'"):
        result(funnel, focus="sale")


def test_without_a_range_there_is_nothing_to_swing_or_to_find_out():
    market = sizing.tree("som [car] = 2 * a\na [car] = 100")
    for result in (sizing.tornado, sizing.better_information):
        assert result(market).reason == "No driver of SOM has a range."
    assert sizing.scenarios(market).reason == "No scenario was given."
    assert sizing.chance(market).reason == "No threshold was given."


@pytest.mark.parametrize("level", [0, 1, 80])
def test_a_level_that_is_none_is_refused(funnel, level):
    with pytest.raises(
        ValueError, match=rf"level is {level}; write a fraction between 0 and 1, such as 0\.8"
    ):
        sizing.size(funnel, level=level)


def test_the_results_draw_and_escape_what_they_are_told():
    market = sizing.tree(CORRELATED.replace("4% .. 11%", "4% .. 11%  # <b>a</b> & co"))
    for result in (
        sizing.size(market),
        sizing.tornado(market),
        sizing.driver_tree(market),
        sizing.ledger(market),
        sizing.scenarios(market, None, ["<i>x</i>: reach 5% .. 7%"]),
        sizing.chance(market, ["som > 90 M", "som < 200 M"]),
        sizing.better_information(market, threshold="100 M"),
    ):
        page = result.html()
        assert "<b>a" not in page and "<i>x" not in page
        assert result.folded or page.count("<svg") == 2
