"""The conditional logit: numbers from the literature, laws of the model, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_choices import CONSTANTS, PRICE, QUALITY, choices, table

from pmlib.competitive import conditional_logit, price_elasticities
from pmlib.result import Absent


def params(result):
    return result.frame.set_index("term")["estimate"]


def in_turn(frame):
    return frame.assign(chosen=[int(i // 4 % 4 == i % 4) for i in range(len(frame))])


def test_recovers_what_choices_were_made_of():
    result = conditional_logit(table(choices(1, choosers=2000)), base="A")
    truth = {"price": PRICE, "quality": QUALITY} | {
        f"product: {p}": c for p, c in CONSTANTS.items() if p != "A"
    }
    off = (params(result) - pd.Series(truth)) / result.frame.set_index("term")["se"]
    assert off.abs().max() < 3
    assert result.rsquared == pytest.approx(1 - result.loglik / result.loglik_null)


def test_order_of_rows_and_of_sets_does_not_matter():
    frame = choices(2)
    there = conditional_logit(table(frame), base="A")
    here = conditional_logit(table(frame.sample(frac=1, random_state=3)), base="A")
    assert params(here).to_numpy() == pytest.approx(params(there).to_numpy(), abs=1e-9)


def test_a_model_with_constants_foretells_the_shares_there_were():
    shares = conditional_logit(table(choices(4))).shares
    assert shares["predicted"].to_numpy() == pytest.approx(shares["chosen"].to_numpy(), abs=1e-8)


@settings(max_examples=15, deadline=None)
@given(st.floats(1e-4, 1e4), st.floats(-1e4, 1e4))
def test_the_unit_of_price_does_not_matter(rate, shift):
    frame = choices(5, choosers=40)
    there = conditional_logit(table(frame))
    here = conditional_logit(table(frame.assign(price=(frame["price"] + max(shift, 0)) * rate)))
    assert here.loglik == pytest.approx(there.loglik, abs=1e-6)
    assert params(here)["price"] * rate == pytest.approx(params(there)["price"], rel=1e-5)


def test_errors_allow_for_choices_of_one_chooser_being_alike():
    result = conditional_logit(table(choices(6, choosers=300, each=20, taste=1.5)), base="A")
    row = result.frame.set_index("term").loc["product: B"]
    assert row["se"] > 2 * row["classical_se"]


def test_sets_may_lack_alternatives():
    frame = choices(7, choosers=400)
    out = (np.random.default_rng(7).random(len(frame)) < 0.3) & (frame["chosen"] == 0)
    here = conditional_logit(table(frame[~out]))
    there = conditional_logit(table(frame.assign(available=(~out).astype(int))))
    assert params(here).to_numpy() == pytest.approx(params(there).to_numpy())


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda f: f.assign(chosen=0), "made_up: nothing was chosen in occasion 0 of chooser 0, "),
        (lambda f: f.assign(chosen=1), "several were chosen in occasion 0 of chooser 0, "),
        (
            lambda f: f.assign(price=-f["price"]),
            "made_up, row 0 (A in occasion 0 of chooser 0, and 1999 other rows) has price -",
        ),
        (
            lambda f: f.assign(price=f["price"].where(f.index != 7)),
            "made_up, row 7 (D in occasion 1 of chooser 0) has no price; ",
        ),
        (lambda f: f.assign(chosen=f["chosen"] * 2), "chosen is 2; write 1 for yes and 0 for no"),
        (
            lambda f: f.assign(chosen=f["chosen"].where(f["product"] != "D", 0)).groupby(
                ["chooser", "occasion"]).filter(lambda s: s["chosen"].sum() == 1),
            "D was never chosen",
        ),
        (lambda f: f.assign(quality=10.0 * f["chosen"]), "quality foretells every choice"),
        (lambda f: in_turn(f.head(20)), "5 choices cannot tell 5 terms"),
    ],
    ids=range(8),
)  # fmt: skip
def test_says_what_is_wrong_with_choices(change, line):
    with pytest.raises(ValueError) as error:
        conditional_logit(table(change(choices(8))), base="A")
    assert line in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            lambda f: f.assign(price=f["price"].where(f.index != 5, np.inf)),
            "made_up, row 5 (B in occasion 1 of chooser 0) has price inf; ",
        ),
        (lambda f: f.assign(available=0, chosen=0), "made_up: available is 0 in every row; "),
        (lambda f: f.head(24), "foretell every choice they bear on (6 choices)"),
        (
            lambda f: f.assign(quality=f["quality"].where(f.index != 5)),
            "made_up, row 5 (B in occasion 1 of chooser 0) has no quality; ",
        ),
    ],
    ids=range(4),
)
def test_says_what_is_wrong_with_a_cell(change, line):
    with pytest.raises(ValueError) as error:
        conditional_logit(table(change(choices(1, choosers=60))))
    assert line in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("rate", [1e-6, 1e6])
def test_whole_numbers_and_any_scale_of_price_will_do(rate):
    frame = choices(1, choosers=60)
    cents = frame.assign(price=(frame["price"] * 100).round().astype(int))
    there = conditional_logit(table(frame))
    for here, unit in ((table(cents), 100), (table(frame.assign(price=frame["price"] * rate)), rate)):
        assert params(conditional_logit(here))["price"] * unit == pytest.approx(params(there)["price"])


def test_all_brands_given_as_attributes_leave_one_out_by_name():
    frame = choices(1, choosers=60)
    flags = {f"is_{p}": (frame["product"] == p).astype(int) for p in "ABCD"}
    wide = table(frame.assign(**flags), attributes=("quality", *flags))
    result = conditional_logit(wide)
    said = next(check for check in result.checks if "told from the others" in check.label)
    assert said.saw.startswith("is_D, product: A, product: C and product: D left out")
    assert result.loglik == pytest.approx(conditional_logit(table(frame)).loglik)


def test_one_chooser_has_classical_errors_and_few_are_said():
    result = conditional_logit(table(choices(1, choosers=1, each=60)))
    assert result.frame["se"].to_numpy() == pytest.approx(result.frame["classical_se"])
    assert not next(c for c in result.checks if c.label == "10 choosers or more").passed


def test_a_price_that_never_moves_is_left_out():
    result = conditional_logit(table(choices(1).assign(price=2)))
    assert "price" not in set(result.frame["term"])
    assert any(c.label == "There is a price" and not c.passed for c in result.checks)


def test_no_rows_are_no_choices():
    assert "holds no rows" in conditional_logit(table(choices(1).head(0))).reason


def test_a_product_twice_in_a_set_is_named():
    frame = choices(8)
    frame.loc[1, "product"] = "A"
    with pytest.raises(ValueError, match="a second row of 0, 0, A"):
        table(frame)


def test_a_term_that_others_add_up_to_is_left_out_by_name():
    frame = choices(9)
    twice = frame.assign(double=2 * frame["quality"], income=frame["chooser"] * 1.0)
    result = conditional_logit(table(twice, attributes=("quality", "double", "income")))
    said = next(check for check in result.checks if "told from the others" in check.label)
    assert not said.passed and said.saw.startswith("double and income left out")
    assert "double" not in set(result.frame["term"])


def test_what_has_no_choices_says_so():
    frame = choices(9).drop(columns="chosen")
    said = conditional_logit(table(frame))
    assert isinstance(said, Absent) and "no chosen column" in said.reason
    assert isinstance(conditional_logit(None), Absent)


def test_the_table_is_left_alone():
    frame = choices(10)
    before = frame.copy()
    conditional_logit(table(frame))
    pd.testing.assert_frame_equal(frame, before)


def test_what_a_newcomer_gives_wrongly_is_told_in_a_line():
    frame = choices(4, choosers=40)
    held = table(frame)
    for wrong, said in (
        ({"attributes": "quality"}, 'attributes is the text "quality"; write a list of columns: ["quality"]'),
        ({"chooser_terms": "quality"}, 'chooser_terms is the text "quality"'),
        ({"chooser_terms": ["chooser"], "constants": False}, "which takes constants and a product or firm"),
        ({"chooser_terms": ["quality"]}, "quality differs between the offers of occasion"),
    ):
        with pytest.raises(ValueError) as error:
            conditional_logit(held, **wrong)
        assert said in str(error.value) and "\n" not in str(error.value)
    with pytest.raises(TypeError, match="a Source is needed, found a DataFrame"):
        conditional_logit(frame)
    with pytest.raises(ValueError, match="made_up is a table; give a fitted model of it"):
        price_elasticities(held)


def test_offers_without_names_are_not_counted_as_one():
    frame = choices(4, choosers=40).drop(columns="product")
    assert conditional_logit(table(frame)).title == "Price moves choices"


def test_price_named_among_the_attributes_counts_once():
    held = table(choices(4, choosers=40))
    plain, named = conditional_logit(held), conditional_logit(held, attributes=["price", *held.attributes])
    assert named.frame["term"].tolist() == plain.frame["term"].tolist()
