"""Part-worths and importances: the reference, and laws of centring."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_study import BRAND, LIGHT, SCREEN, study, wrapped

from pmlib.competitive import conditional_logit, importances, part_worths


@pytest.fixture(scope="module")
def model():
    return conditional_logit(wrapped(study(1, people=600)))


def test_importances_of_cameras(cameras):
    # V17: brand range without none; price from .79 to 2.79 hundred dollars.
    found = importances(conditional_logit(cameras)).frame.set_index("attribute")["estimate"]
    expected = {
        "firm": 0.0674, "pixels": 0.1155, "zoom": 0.1248, "video": 0.0957, "swivel": 0.0559, "wifi": 0.0880,
        "price": 0.4526,
    }  # fmt: skip
    assert found.to_dict() == pytest.approx(expected, abs=1e-4)


def test_part_worths_of_an_attribute_add_up_to_nothing(model):
    frame = part_worths(model).frame
    assert frame.groupby("attribute")["estimate"].sum().to_numpy() == pytest.approx(0)
    assert "none" not in set(frame["level"]) and (frame["low"] <= frame["estimate"]).all()


def test_part_worths_are_what_choices_were_made_of(model):
    frame = part_worths(model).frame.set_index(["attribute", "level"])
    truth = {("firm", brand): worth - np.mean(list(BRAND.values())) for brand, worth in BRAND.items()}
    truth |= {("finish", "light"): LIGHT / 2, ("screen", "1.0"): SCREEN / 2, ("price", "50.0"): 0.9}
    for level, worth in truth.items():
        half = (frame.loc[level, "high"] - frame.loc[level, "low"]) / 2
        assert abs(frame.loc[level, "estimate"] - worth) < 1.6 * half


def test_the_base_does_not_matter():
    frame = wrapped(study(2))
    names = ["attribute", "level"]
    here = part_worths(conditional_logit(frame, base="Bolt")).frame.set_index(names)["estimate"]
    there = part_worths(conditional_logit(frame)).frame.set_index(names)["estimate"]
    assert here.sort_index().to_numpy() == pytest.approx(there.sort_index().to_numpy(), abs=1e-6)


@settings(max_examples=8, deadline=None)
@given(st.floats(1e-2, 1e2))
def test_the_unit_of_price_does_not_matter(rate):
    frame = study(3, people=60)
    there = importances(conditional_logit(wrapped(frame))).frame
    here = importances(conditional_logit(wrapped(frame.assign(price=frame["price"] * rate)))).frame
    for column in ("estimate", "low", "high"):
        assert here[column].to_numpy() == pytest.approx(there[column].to_numpy(), rel=1e-4)


def test_importances_add_up_to_one_and_say_what_they_rest_on(model):
    found = importances(model)
    assert found.frame["estimate"].sum() == pytest.approx(1)
    assert found.title == "Price decides most" and "Other ranges" in found.unknown
    assert "Price ($50 to $140)" in set(found.frame["label"])


def test_the_news_is_not_that_a_low_price_is_liked(model):
    assert part_worths(model).title in {
        "Brand: Ajax adds most, price aside", "Big screen: yes adds most, price aside"
    }  # fmt: skip
    price = conditional_logit(wrapped(study(1)), attributes=[], constants=False)
    assert part_worths(price).title == "Price $50 adds most"


def test_a_model_that_is_absent_stays_so():
    for ask in (part_worths, importances):
        assert ask(conditional_logit(None)).reason == "No table of choices was given."


def test_one_attribute_has_no_importance(model):
    alone = conditional_logit(wrapped(study(1)), attributes=["screen"], constants=False)
    frame = wrapped(study(1).drop(columns="price"))
    assert importances(alone).frame["attribute"].to_list() == ["price", "screen"]
    only = conditional_logit(frame, attributes=["screen"], constants=False)
    assert importances(only).reason == "The model has one attribute, so it decides all."
