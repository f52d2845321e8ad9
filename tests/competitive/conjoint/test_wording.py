"""Products and costs of a study as text: the same as written out, and refused in one line."""

import pytest
from simulated_study import study, wrapped

from pmlib.competitive import conditional_logit, optimal_product, share_of_preference

OURS = {"name": "Ours", "firm": "Ajax", "screen": 1, "finish": "light", "price": 110}
CHEAP = {"firm": "Core", "screen": 0, "finish": "dark", "price": 50}


@pytest.fixture(scope="module")
def model():
    return conditional_logit(wrapped(study(1, people=200)))


def test_a_text_is_the_product_it_describes(model):
    there = share_of_preference(model, products=[OURS, CHEAP], draws=20).frame
    for ours in ("Ours: Ajax, screen, light, price 110", "Ours: price $110, finish light, Big screen, ajax"):
        here = share_of_preference(model, products=[ours, "core, dark, price 50"], draws=20).frame
        assert here.equals(there)


def test_costs_as_text_are_the_costs_written_out(model):
    there = optimal_product(
        model, against=[CHEAP], maximise="profit", draws=20,
        costs={"each": 20, "screen": 15, "finish": {"light": 5, "dark": 0}},
    )  # fmt: skip
    texts = ["each 20", "Big screen 15", "light $5"]
    here = optimal_product(model, against=[CHEAP], maximise="profit", draws=20, costs=texts)
    assert here.frame.equals(there.frame) and here.frame["cost"].max() == 40


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Ours: Ajax, scren, light, price 9", "the study has no 'scren'; did you mean 'screen'?"),
        ("Ours: Ajax, light, price", "'price' says no level of price; write it as in \"price $50\""),
        ("Ours: Ajax, light, dark, price 9", "says finish twice; keep one"),
        ("Ours: light, price 80", "Ours lacks firm; give every attribute"),
    ],
)
def test_what_cannot_be_read_is_said(model, text, line):
    with pytest.raises(ValueError) as error:
        share_of_preference(model, products=[text])
    assert line in str(error.value) and "\n" not in str(error.value)


def test_a_cost_without_a_number_is_said(model):
    with pytest.raises(ValueError, match="cost 'zoom' has no number"):
        optimal_product(model, against=[CHEAP], maximise="profit", costs=["zoom"])
