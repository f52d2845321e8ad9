"""Demand by price is what respondents said, however they were asked, and the best price is found on it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib import data, sizing
from pmlib.result import Absent
from pmlib.table import Column

PRICES = np.array([6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 20.0])


def source(frame, unit="€"):
    return data.source(frame, "asked", columns={"price": Column("Price", unit)} if "price" in frame else None)


def granger(frame, **options):
    return sizing.gabor_granger(source(frame), **{"draws": 200} | options)


def answers(most):
    """One row a respondent and price; `most` is what each would pay at most."""
    rows = [(who, price, int(top >= price)) for who, top in enumerate(most) for price in PRICES]
    return pd.DataFrame(rows, columns=["chooser", "price", "chosen"])


def drawn(size=300, seed=3):
    return 12 * np.exp(0.35 * np.random.default_rng(seed).normal(size=size))


def ladder(most, seed=0):
    """Start anywhere, go up while yes and down while no, until it turns."""
    draw, rows = np.random.default_rng(seed), []
    for who, top in enumerate(most):
        place = draw.integers(len(PRICES))
        first = top >= PRICES[place]
        while 0 <= place < len(PRICES):
            rows.append((who, PRICES[place], int(top >= PRICES[place])))
            if rows[-1][2] != first:
                break
            place += 1 if first else -1
    return pd.DataFrame(rows, columns=["chooser", "price", "chosen"])


def test_demand_revenue_and_best_price_by_hand():
    # 40 pay 8 at most, 40 pay 12, 20 pay nothing asked: 80% buy at 6 and 8, 40% at 10 and 12.
    most = np.repeat([8.0, 12.0, 0.0], [40, 40, 20])
    result = granger(answers(most))
    assert list(result.frame["estimate"]) == pytest.approx([0.8, 0.8, 0.4, 0.4, 0, 0, 0])
    assert list(result.frame["revenue"][:4]) == pytest.approx([4.8, 6.4, 4.0, 4.8])
    assert result.best[0] == 8 and result.numbers[0].name == "best_price"
    dear = granger(answers(most), cost=7)
    assert dear.best[0] == 12 and dear.earns == "profit" and dear.frame["profit"].max() == pytest.approx(2.0)


def test_a_ladder_and_a_highest_price_say_what_all_prices_say():
    most = drawn()
    whole = granger(answers(most)).frame["estimate"]
    assert granger(ladder(most)).frame["estimate"].to_numpy() == pytest.approx(whole.to_numpy())
    highest = [PRICES[top >= PRICES].max(initial=0) for top in most]
    single = granger(pd.DataFrame({"price": highest}))
    assert single.frame["estimate"].to_numpy() == pytest.approx(whole.to_numpy())
    assert single.best == granger(answers(most)).best


def test_one_price_each_gives_the_shares_of_those_asked_evened_out():
    every = answers(drawn(700))
    alone = every[every["chooser"] % len(PRICES) == every.index % len(PRICES)].reset_index(drop=True)
    result = granger(alone).frame
    assert result["raw"].to_numpy() == pytest.approx(alone.groupby("price")["chosen"].mean().to_numpy())
    assert (result["asked"] == 100).all() and (np.diff(result["raw"]) <= 0).all()
    assert result["estimate"].to_numpy() == pytest.approx(result["raw"].to_numpy(), abs=1e-4)


def test_contradictions_are_counted_and_never_make_demand_rise():
    frame = answers(drawn())
    slips = np.random.default_rng(1).random(len(frame)) < 0.15
    frame.loc[slips, "chosen"] = 1 - frame.loc[slips, "chosen"]
    result = granger(frame)
    assert result.contradictory > 100 and not result.checks[0].passed
    assert result.checks[0].saw.endswith("of 300 refuse a price and take a higher one")
    assert (np.diff(result.frame["estimate"]) <= 1e-12).all()
    assert result.frame["raw"].to_numpy() == pytest.approx(frame.groupby("price")["chosen"].mean().to_numpy())


@settings(max_examples=8, deadline=None)
@given(st.floats(0.01, 1000), st.integers(0, 99))
def test_money_does_not_matter(rate, seed):
    here = answers(drawn(60, seed))
    there = here.assign(price=here["price"] * rate)
    first, second = granger(here, draws=40), granger(there, draws=40)
    assert second.frame["estimate"].to_numpy() == pytest.approx(first.frame["estimate"].to_numpy())
    assert second.best == pytest.approx(tuple(price * rate for price in first.best))
    assert second.elasticity == pytest.approx(first.elasticity, rel=1e-6)


def test_the_smooth_curve_and_elasticity_of_a_logit_are_found():
    draw = np.random.default_rng(5)
    result = granger(answers(draw.logistic(12, 2.5, size=20_000)))
    assert (result.half, result.slope) == pytest.approx((12, 0.4), rel=0.03)
    share = 1 / (1 + np.exp(0.4 * (10 - 12)))
    assert result.best[0] == 10 and result.elasticity[0] == pytest.approx(-0.4 * 10 * (1 - share), rel=0.03)
    assert result.elasticity[1] <= result.elasticity[0] <= result.elasticity[2]


def test_a_purchase_intent_is_calibrated():
    frame = answers(drawn())
    frame["intent"] = np.where(frame.pop("chosen") == 1, 5, 1)
    plain, intent = granger(answers(drawn())), granger(frame, intent="intent")
    assert intent.frame["estimate"].to_numpy() == pytest.approx(0.7 * plain.frame["estimate"].to_numpy())
    assert intent.best == plain.best


def test_weights_count():
    most = drawn()
    frame = answers(most).assign(design_weight=np.repeat(np.where(most > 12, 2.0, 1.0), len(PRICES)))
    buys = most[:, None] >= PRICES
    expected = np.average(buys, axis=0, weights=np.where(most > 12, 2.0, 1.0))
    assert granger(frame).frame["estimate"].to_numpy() == pytest.approx(expected)


def test_the_words_say_what_stated_demand_is_worth():
    result = granger(answers(drawn()))
    assert result.headline.startswith(
        "Of the prices asked €10 (€8 to €10) earns most revenue; 72% (67% to 77%)"
    )
    assert "overstates what they pay" in result.unknown and len(result.title.split()) <= 10
    edge = granger(answers(np.full(60, 30.0) + np.arange(60)))
    assert "the highest asked: a better one may lie beyond" in edge.unknown
    assert result.html().count("<svg") == 2


def test_what_cannot_be_told_is_absent_with_a_reason():
    frame = answers(drawn())
    assert isinstance(sizing.gabor_granger(None), Absent)
    assert "no price" in granger(frame.drop(columns="price")).reason
    assert "which respondent" in granger(frame.drop(columns="chooser")).reason
    assert granger(answers(drawn(20))).reason == "Only 20 respondents answered; 30 are needed."
    assert "one price only" in granger(frame[frame["price"] == 8].reset_index(drop=True)).reason
    assert granger(frame.assign(chosen=0)).reason == "Nobody would buy at any price asked."
    assert granger(pd.DataFrame({"price": [0.0] * 40})).reason == "Nobody would pay anything."
    assert "above the cost of €40" in granger(frame, cost=40).reason


def with_row(**cells):
    frame = answers(drawn()).astype({"chosen": "float"})
    for column, value in cells.items():
        frame.loc[9, column] = value
    return frame


BAD = [
    (
        lambda: with_row(price=-2.0),
        {},
        "asked, row 9: price is −2, which is no price; correct it, or leave it missing",
    ),
    (lambda: with_row(price=np.nan), {}, "asked, row 9: price is missing; fill it in, or drop the row"),
    (lambda: with_row(chooser=np.nan), {}, "asked, row 9: chooser is missing; fill it in, or drop the row"),
    (lambda: with_row(price=8.0), {}, "asked, row 9: respondent 1 is asked 8 a second time; keep one answer"),
    (
        lambda: answers(drawn()).drop(columns="chosen"),
        {},
        "asked, row 1: respondent 0 answers twice, and no column",
    ),
    (
        lambda: answers(drawn()).assign(cost=[3.0] * 2099 + [4.0]),
        {},
        "asked: cost is 3 and 4; give the one cost of a",
    ),
    (lambda: answers(drawn()), {"cost": -1}, "cost is -1; give what a unit costs, 0 or more"),
    (
        lambda: answers(drawn()),
        {"intent": "liking"},
        "asked has no column 'liking'; it has chooser, price, chosen",
    ),
    (
        lambda: answers(drawn()).assign(liking="a"),
        {"intent": "liking"},
        "asked: liking holds words; give the numbers",
    ),
    (
        lambda: answers(drawn()).assign(liking=9),
        {"intent": "liking"},
        "asked, row 0: liking is 9; the calibration knows",
    ),
]


@pytest.mark.parametrize(("frame", "options", "words"), BAD, ids=[words[:40] for *_, words in BAD])
def test_bad_answers_are_refused_in_one_line(frame, options, words):
    with pytest.raises(ValueError) as refused:
        granger(frame(), **options)
    assert str(refused.value).startswith(words) and "\n" not in str(refused.value)


def test_answers_left_out_are_counted():
    frame = with_row(chosen=np.nan)
    frame["chosen"] = frame["chosen"].astype("Float64")
    frame = frame.rename(columns={"chosen": "say"}).assign(say=lambda f: f["say"] * 4 + 1)
    result = granger(frame, intent="say")
    assert result.missing == 1 and any(c.saw == "1 are not and are left out" for c in result.checks)


def test_prices_are_written_as_they_were_asked():
    most = np.repeat([0, 9.99, 14.99, 19.99], [75, 75, 62, 38])
    found = sizing.gabor_granger(
        data.source(pd.DataFrame({"who": range(250), "price": most}), chooser="who"), cost=4
    )
    assert found.title.startswith("14.99 earns") and "from 9.99 to 14.99" in found.advice
