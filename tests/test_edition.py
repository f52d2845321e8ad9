"""What changed: against the last edition's Numbers, beyond the interval or the materiality."""

import json
from dataclasses import asdict, replace

import pandas as pd
import pytest

from pmlib.edition import changes
from pmlib.result import Number, Result


def result(*numbers):
    return Result(title="T", finding="F", frame=pd.DataFrame(), numbers=numbers)


def share(value, name="share"):
    return Number(name=name, label="of units sold are ours", value=value, unit="%")


def estimate(value, low, high):
    return Number(
        name="premium", label="above comparable", value=value, low=low, high=high, level=0.95, unit="%"
    )


@pytest.fixture
def before(tmp_path, monkeypatch):
    monkeypatch.setenv("PMLIB_RUN_DIR", str(tmp_path))
    return lambda *numbers: (tmp_path / "previous.json").write_text(
        json.dumps({"report": "r", "numbers": [asdict(n) for n in numbers]}), "utf-8"
    )


def test_a_first_edition_says_so(before):
    assert changes(result(share(0.4)), materiality=0.01).headline == "this is the first edition."


def test_a_share_is_news_from_the_materiality_on(before):
    before(share(0.37))
    assert changes(result(share(0.3799)), materiality=0.01).frame["news"].tolist() == ["no"]
    moved = changes(result(share(0.38)), materiality=0.01)
    assert moved.frame["news"].tolist() == ["yes"]
    assert moved.headline == "of units sold are ours: 37.0% then, 38.0% now."


def test_a_change_of_share_is_judged_in_points_too(before):
    change = {"name": "c", "label": "change of share", "unit": "points"}
    before(Number(value=-0.019, **change))
    assert changes(result(Number(value=-0.018, **change)), materiality=0.01).frame["news"].tolist() == ["no"]


@pytest.mark.parametrize("other", [{"label": "of revenue is ours"}, {"unit": "points"}, {"source": "else"}])
def test_what_was_measured_differently_is_not_compared(before, other):
    before(replace(share(0.1), **other))
    compared = changes(result(share(0.4)), materiality=0.01)
    assert compared.frame["news"].tolist() == ["not comparable"]
    assert "nothing moved" in compared.headline


def test_an_estimate_is_news_when_its_last_value_is_outside_todays_range(before):
    before(estimate(0.02, 0.0, 0.04))
    assert changes(result(estimate(0.05, 0.01, 0.09)), materiality=0.01).frame["news"].tolist() == ["no"]
    assert changes(result(estimate(0.06, 0.03, 0.09)), materiality=0.01).frame["news"].tolist() == ["yes"]


def test_new_and_gone_numbers_are_listed(before):
    before(replace(share(0.4, "old"), result="result"), replace(share(0.3, "elsewhere"), result="other"))
    frame = changes(result(share(0.4, "fresh")), materiality=0.01).frame
    assert dict(zip(frame["name"], frame["news"], strict=True)) == {"fresh": "new", "old": "gone"}


def test_nothing_moved_is_said_with_the_bar(before):
    before(share(0.4))
    assert "nothing moved by 1.0 points" in changes(result(share(0.4)), materiality=0.01).headline


def test_materiality_is_a_fraction():
    with pytest.raises(ValueError, match=r"materiality is a fraction such as 0\.01 for one point, not 5"):
        changes(result(share(0.4)), materiality=5)
