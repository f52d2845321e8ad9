"""The ledger, and the change between two editions of a tree, attributed without a remainder."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib import sizing
from pmlib.sizing.drivers.attribution import attribution

TREE = """
som [EUR2025/year] = buyers * orders * basket
buyers [person] = adults * reach
adults [person] = 14 M       # CBS; 2025-01; A
reach = 4% .. 11%
orders [order/person/year] = 2 .. 6   # Panel; 2024; C
basket [EUR2025/order] = 38 .. 55     # Panel
"""


@pytest.fixture
def market():
    return sizing.tree(TREE)


@pytest.fixture
def last_edition(tmp_path, monkeypatch):
    def publish(*results):
        numbers = [number for result in results for number in result.payload()["numbers"]]
        (tmp_path / "previous.json").write_text(json.dumps({"numbers": numbers}), encoding="utf-8")
        monkeypatch.setenv("PMLIB_RUN_DIR", str(tmp_path))

    return publish


def test_a_product_moves_by_the_logarithms_of_its_factors(market):
    before = market.given(reach="3% .. 9%", orders="2 .. 4")
    found = sizing.what_moved(market, "som", before)
    logs = found.frame.set_index("name")["log"]
    for name in ("reach", "orders"):
        now, then = (tree.nodes[name].law.median for tree in (market, before))
        assert logs[name] == pytest.approx(np.log(now / then), abs=1e-12)
    assert logs.sum() == pytest.approx(np.log(found.now / found.before), abs=1e-12)
    assert found.frame["amount"].sum() == pytest.approx(found.now - found.before, rel=1e-12)
    assert found.frame["points"].sum() == pytest.approx(found.now / found.before - 1, rel=1e-12)
    assert all(check.passed for check in found.checks)


def test_what_moved_is_said_in_points(market):
    before = market.given(adults="12 M", orders="2 .. 4")
    found = sizing.what_moved(market, None, before)
    assert found.title == "SOM is up 42.9% since the last edition"
    assert found.finding == (
        "With all drivers at their median, SOM is €148M a year, after €104M a year in the last edition: "
        "+24.4 points by orders and +18.5 points by adults."
    )
    assert found.headline == (
        "SOM went from €104M a year to €148M a year: +24.4 points by orders and +18.5 points by adults."
    )


def test_nothing_changed_is_said(market):
    found = sizing.what_moved(market, None, market)
    assert found.frame.empty and found.headline == "no driver of SOM moved."
    assert found.title == "SOM has not moved since the last edition"


values = st.floats(0.1, 10)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(values, values), min_size=1, max_size=6))
def test_parts_of_any_positive_function_add_up_exactly(pairs):
    before = {f"x{i}": pair[0] for i, pair in enumerate(pairs)}
    now = {f"x{i}": pair[1] for i, pair in enumerate(pairs)}

    def function(x):
        return sum(np.sqrt(v) for v in x.values()) * np.prod([1 + v for v in x.values()], axis=0)

    found = attribution(function, before, now)
    assert sum(found.logs.values()) == pytest.approx(np.log(found.now / found.before), abs=1e-12)
    assert sum(found.parts.values()) == pytest.approx(found.now - found.before, abs=1e-12 * max(found.now, 1))


def test_an_input_that_does_not_matter_gets_nothing_and_twins_get_alike():
    before, now = dict.fromkeys("abc", 1.0), {"a": 2.0, "b": 2.0, "c": 9.0}
    found = attribution(lambda x: (x["a"] + x["b"]) ** 2, before, now)
    assert found.logs["c"] == 0 and found.logs["a"] == pytest.approx(found.logs["b"])


def test_many_changed_inputs_add_up_exactly_too():
    names = [f"x{i}" for i in range(20)]
    before, now = dict.fromkeys(names, 1.0), {name: 1 + i / 10 for i, name in enumerate(names)}
    found = attribution(lambda x: 1 + np.prod(list(x.values()), axis=0), before, now)
    assert sum(found.logs.values()) == pytest.approx(np.log(found.now / found.before), abs=1e-12)


def test_a_change_of_sign_is_attributed_in_amounts():
    text = "profit [EUR2025] = revenue - cost\nrevenue [EUR2025] = {}\ncost [EUR2025] = {}"
    now, then = sizing.tree(text.format(120, 100)), sizing.tree(text.format(80, 90))
    found = sizing.what_moved(now, "profit", then)
    assert found.frame.set_index("name")["amount"].to_dict() == {"revenue": 40, "cost": -10}
    assert found.frame["log"].isna().all() and found.frame["points"].isna().all()
    assert (
        "+€40 by revenue and −€10 by cost" in found.finding
        and found.title == "Profit is up since the last edition"
    )
    zero = sizing.what_moved(now, "profit", sizing.tree(text.format(90, 90)))
    assert zero.frame["amount"].sum() == 20 and zero.before == 0


def test_formulas_and_leaves_that_come_and_go_are_a_step_of_their_own(market):
    text = TREE.replace("adults * reach", "adults * online * reach") + "online = 80%\n"
    found = sizing.what_moved(sizing.tree(text), None, market)
    (row,) = found.frame.itertuples()
    assert row.name == "" and row.log == pytest.approx(np.log(0.8))
    assert row.label == "Formulas, new and dropped drivers"
    assert "New: online. Another formula: buyers." in found.finding
    assert not found.checks[1].passed
    back = sizing.what_moved(market, None, sizing.tree(text))
    assert "Gone: online." in back.finding and back.frame["log"].sum() == pytest.approx(-np.log(0.8))


def test_a_leaf_in_another_unit_is_not_compared_by_its_number(market):
    text = TREE.replace("adults [person] = 14 M", "adults [M person] = 14")
    before = sizing.tree(text.replace("adults * reach", "adults * reach in person"))
    found = sizing.what_moved(market.given(adults="28 M"), None, before)
    assert found.frame["log"].to_numpy() == pytest.approx([np.log(2)])
    assert "In another unit: adults. Another formula: buyers." in found.finding


def test_a_focus_in_another_unit_is_not_compared(market):
    before = sizing.tree("som [car] = 3")
    assert (
        sizing.what_moved(market, None, before).reason
        == "SOM: in € a year (2025) now, and in cars in the last edition."
    )
    assert sizing.what_moved(market, "buyers", before).reason == "The tree before had no buyers."


def test_without_an_earlier_edition_it_says_so(market, monkeypatch):
    monkeypatch.delenv("PMLIB_RUN_DIR", raising=False)
    found = sizing.what_moved(market)
    assert (found.title, found.finding) == (
        "This is the first edition",
        "There is no earlier edition to compare with.",
    )
    assert found.headline == "this is the first edition."
    assert found.numbers[0].name == "som_at_medians"


def test_the_last_editions_numbers_do_for_the_tree(market, last_edition):
    before = market.given(reach="3% .. 9%", orders="2 .. 4")
    by_tree = sizing.what_moved(market, None, before)
    last_edition(sizing.ledger(before), sizing.what_moved(before, None, before))
    by_numbers = sizing.what_moved(market)
    assert by_numbers.frame.equals(by_tree.frame)
    assert all(check.passed for check in by_numbers.checks)


def test_numbers_tell_that_formulas_changed_and_which_leaves_came_and_went(market, last_edition):
    before = sizing.tree(TREE.replace("adults * reach", "adults * online * reach") + "online = 80%\n")
    last_edition(sizing.ledger(before), sizing.what_moved(before, None, before))
    found = sizing.what_moved(market)
    assert found.frame["log"].to_numpy() == pytest.approx([-np.log(0.8)])
    assert "Gone: online." in found.finding and not found.checks[1].passed


def test_an_edition_without_its_size_at_medians_leaves_formulas_uncompared(market, last_edition):
    last_edition(sizing.ledger(market.given(orders="2 .. 4")))
    found = sizing.what_moved(market)
    assert found.frame["name"].tolist() == ["orders"]
    assert "Formulas can be compared" in [check.label for check in found.checks if not check.passed]


def test_an_edition_without_a_ledger_cannot_be_compared(market, last_edition):
    last_edition(sizing.size(market))
    assert sizing.what_moved(market).reason == "The last edition published no assumptions to compare with."


def test_the_ledger_lists_every_leaf_and_what_is_missing(market):
    found = sizing.ledger(market)
    frame = found.frame.set_index("name")
    assert list(frame.index) == ["adults", "reach", "orders", "basket"]
    assert frame["missing"].tolist() == ["", "source, date, grade", "", "date, grade"]
    assert frame.loc["adults", ["source", "date", "grade"]].tolist() == ["CBS", "2025-01", "A"]
    assert found.finding == ("3 of 4 assumptions name their source; 2 carry no grade; graded C or D: orders.")
    assert [number.name for number in found.numbers] == [f"assumed_{name}" for name in frame.index]
    assert found.numbers[0].low is None and found.numbers[1].low < found.numbers[1].value
    assert found.checks[0].saw == "none of Reach"


def test_the_drawn_tree_holds_what_the_focus_hangs_on(market):
    found = sizing.driver_tree(market, "buyers")
    assert found.frame["name"].tolist() == ["buyers", "adults", "reach"]
    assert found.frame["evidence"].tolist() == ["", "grade A", "no source"]
    assert found.parts == {"buyers": ("adults", "reach"), "adults": (), "reach": ()}
    assert found.title == "Buyers: 2 drivers, 1 of them unsure"
