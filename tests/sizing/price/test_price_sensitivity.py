"""Van Westendorp's points and the best prices are R's, whatever the money; what cannot be told is not."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pmlib import data, sizing
from pmlib.result import Absent
from pmlib.table import Column

QUESTIONS = ["too_cheap", "cheap", "expensive", "too_expensive"]
INTENTS = ["intent_if_cheap", "intent_if_expensive"]
REFERENCE = Path(__file__).parents[2] / "reference" / "psm_example_seed42.csv"


def example():
    frame = pd.read_csv(REFERENCE)
    return frame.set_axis([*QUESTIONS, *INTENTS], axis=1)


def survey(frame, unit="$"):
    return data.source(frame, "asked", columns={q: Column(q, unit) for q in QUESTIONS if q in frame})


def found(frame, column="estimate", **options):
    return sizing.price_sensitivity(survey(frame), draws=400, **options).frame.set_index("point")[column]


def test_the_points_are_those_of_rs_pricesensitivitymeter():
    # pricesensitivitymeter 1.3.3 of R on 250 made-up answers: V12 of the reference page.
    result = sizing.price_sensitivity(survey(example()))
    points = result.frame.set_index("point")
    expected = {
        "lower": 9.53,
        "upper": 14.043333333,
        "idp": 12.366666667,
        "opp": 11.09,
        "reach": 11.43,
        "revenue": 11.56,
    }
    assert points["estimate"].to_dict() == pytest.approx(expected, abs=1e-6)
    assert tuple(points.loc["opp", ["plateau_min", "plateau_max"]]) == pytest.approx((11.09, 12.04), abs=1e-6)
    assert (result.asked, result.valid, result.intransitive, result.missing) == (250, 139, 111, 0)
    assert [number.name for number in result.numbers] == ["acceptable_low", "acceptable_high", "best_price"]
    assert (points["low"] <= points["estimate"]).all() and (points["estimate"] <= points["high"]).all()


def test_it_is_said_as_a_product_manager_would():
    result = sizing.price_sensitivity(survey(example()))
    assert result.headline.startswith(
        "Priced between $9.53 and $14.04 few find it dubious or too dear; $11.4"
    )
    assert "wins most buyers" in result.headline and len(result.title.split()) <= 10
    assert "fewest object anywhere from $11.09 to $12.04" in result.finding
    assert "overstates" in result.unknown
    said = {check.label: check for check in result.checks}
    order = said["At least nine in ten put their prices in order"]
    assert not order.passed and order.saw == "111 of 250 do not and are left out"
    assert not said[
        "Each point hangs on at least 20 respondents"
    ].passed  # nobody decides the least resistance


@pytest.mark.parametrize(
    ("keep", "price"), [("min", 11.09), ("max", 12.04), ("mean", 11.56775), ("median", 11.53)]
)
def test_a_plateau_is_a_set_of_which_one_is_kept(keep, price):
    assert found(example(), keep=keep)["opp"] == pytest.approx(price, abs=1e-6)


@pytest.mark.parametrize("rate", [0.01, 83.0, 1e6])
def test_money_and_scale_do_not_matter(rate):
    frame = example()
    there = frame.assign(**{q: frame[q] * rate for q in QUESTIONS})
    for column in ("estimate", "low", "high"):
        assert found(there, column).to_numpy() == pytest.approx(found(frame, column).to_numpy() * rate)


def test_a_weight_of_two_is_two_respondents():
    frame = example().assign(design_weight=np.tile([1.0, 2.0], 125))
    twice = pd.concat([frame, frame[frame["design_weight"] == 2]]).drop(columns="design_weight")
    assert found(frame).to_numpy() == pytest.approx(found(twice).to_numpy(), abs=1e-9)


def test_clusters_widen_the_ranges():
    alike = pd.concat([example()] * 8, ignore_index=True)
    widths = []
    for clusters in (np.arange(len(alike)), np.tile(np.arange(250), 8)):
        points = sizing.price_sensitivity(survey(alike.assign(cluster=clusters)), draws=400).frame
        widths.append((points["high"] - points["low"]).iloc[0])
    assert widths[1] > 2 * widths[0]


def test_strata_are_drawn_each_by_itself():
    frame = example().sort_values("cheap", ignore_index=True)
    frame["stratum"] = np.where(np.arange(250) < 125, "low", "high")
    width = [found(f, "high")["idp"] - found(f, "low")["idp"] for f in (frame, frame.drop(columns="stratum"))]
    assert width[0] < width[1]


def test_with_fewer_questions_the_points_that_hang_on_them():
    frame = example()
    ordered = frame[(frame["too_cheap"] < frame["cheap"]) & (frame["cheap"] < frame["expensive"])]
    middle = [np.sort(ordered[QUESTIONS[i : i + 2]].to_numpy().ravel())[len(ordered) - 1] for i in (0, 1)]
    assert list(found(frame[QUESTIONS[:3]])) == pytest.approx(
        middle, abs=0.02
    )  # they cross at the pooled median
    assert list(found(frame[["cheap", "expensive"]]).index) == ["idp"]
    assert list(found(frame[["too_cheap", "too_expensive"]]).index) == ["opp"]
    assert list(found(frame[QUESTIONS[1:]]).index) == ["idp", "upper"]
    assert list(found(frame[QUESTIONS[1:] + INTENTS]).index) == ["idp", "upper", "reach", "revenue"]


def test_too_few_or_none_is_absent_with_a_reason():
    frame = example()
    absent = sizing.price_sensitivity(survey(frame.head(50)))
    assert isinstance(absent, Absent) and "are needed" in absent.reason and "do not" in absent.reason
    equal = frame.assign(**dict.fromkeys(QUESTIONS, 10.0))
    assert "Only 0 of 250 respondents name prices that rise" in sizing.price_sensitivity(survey(equal)).reason
    assert "lacks questions of price" in sizing.price_sensitivity(survey(frame[["cheap", *INTENTS]])).reason
    assert isinstance(sizing.price_sensitivity(None), Absent)
    assert isinstance(sizing.price_sensitivity(data.no_source()), Absent)


def test_thirty_one_respondents_are_enough_and_unanswered_questions_are_counted():
    valid = example()[lambda f: (np.diff(f[QUESTIONS], axis=1) > 0).all(axis=1)].head(31)
    lost = valid.head(3).assign(expensive=np.nan)
    result = sizing.price_sensitivity(survey(pd.concat([valid, lost], ignore_index=True)), draws=400)
    assert (result.asked, result.valid, result.missing) == (34, 31, 3)
    assert any(not c.passed and c.saw == "3 of 34 did not" for c in result.checks)


def test_round_prices_named_twice_are_counted_apart():
    frame = example().round(dict.fromkeys(QUESTIONS, 0))
    result = sizing.price_sensitivity(survey(frame), draws=400)
    assert 0 < result.tied < result.intransitive
    assert "only by naming a price twice" in result.checks[0].saw


def test_calibration_is_a_parameter_whose_keys_may_be_words():
    words = {"5": 0.7, "4": 0.5, "3": 0.3, "2": 0.1, "1": 0}
    assert found(example(), calibration=words).equals(found(example()))
    eager = found(example(), "reached", calibration={5: 1, 4: 0.9, 3: 0.5, 2: 0.3, 1: 0.1}, if_too_cheap=0.1)
    assert eager["reach"] > found(example(), "reached")["reach"]


def changed(role, value, row=4):
    frame = example().astype(float)
    frame.loc[row, role] = value
    return frame


BAD = [
    (
        lambda: changed("cheap", -3),
        {},
        "asked, row 4: cheap is −3, which is no price; correct it, or leave it missing",
    ),
    (
        lambda: changed("expensive", np.inf),
        {},
        "asked, row 4: expensive is infinite, which is no price; correct",
    ),
    (
        lambda: changed("intent_if_cheap", 7),
        {},
        "asked, row 4: intent_if_cheap is 7; the calibration knows 5, 4, 3, 2, 1",
    ),
    (
        lambda: changed("cheap", 8).assign(chooser=[1, 1, *range(2, 250)]),
        {},
        "asked, row 1: respondent 1 answers twice",
    ),
    (
        lambda: example().assign(design_weight=[1.0, -2.0] * 125),
        {},
        "asked, row 1: design_weight is −2; give each",
    ),
    (
        lambda: example().assign(design_weight=[1.0, None] * 125),
        {},
        "asked, row 1: design_weight is missing; give",
    ),
    (
        lambda: example().assign(stratum=["a", *["b"] * 249]),
        {},
        "asked: stratum a has one unit that answered; merge",
    ),
    (example, {"keep": "first"}, "keep is 'first'; write one of min, max, mean, median"),
    (example, {"level": 95}, "level is 95; write a fraction between 0 and 1, such as 0.95"),
    (
        example,
        {"draws": 10},
        "draws is 10; give a whole number, 40 to 10,000,000; an interval of 0.95 needs 40, better 2,000",
    ),
    (example, {"calibration": {5: 1.4}}, "calibration of 5 is 1.4; a chance of buying lies between 0 and 1"),
    (
        example,
        {"calibration": {"sure": 1}},
        "calibration is {'sure': 1}; give the chance of buying by answer",
    ),
    (example, {"if_too_cheap": -1}, "if_too_cheap is -1; a chance of buying lies between 0 and 1"),
]


@pytest.mark.parametrize(("frame", "options", "words"), BAD, ids=[words[:40] for *_, words in BAD])
def test_bad_input_is_refused_in_one_line(frame, options, words):
    with pytest.raises(ValueError) as refused:
        sizing.price_sensitivity(survey(frame()), **options)
    assert str(refused.value).startswith(words) and "\n" not in str(refused.value)


def test_prices_as_words_or_in_two_units_are_refused():
    with pytest.raises(ValueError, match=r"asked: cheap holds .*, not numbers; convert it first"):
        sizing.price_sensitivity(survey(example().astype({"cheap": str})))
    units = {"cheap": Column("Cheap", "€"), "expensive": Column("Expensive", "€k")}
    mixed = data.source(example()[["cheap", "expensive"]], "asked", columns=units)
    with pytest.raises(
        ValueError, match=r"different units \(cheap in €, expensive in €k\); bring them to one"
    ):
        sizing.price_sensitivity(mixed)


def test_zero_is_a_price_that_may_be_too_cheap():
    frame = example()
    frame["too_cheap"] = 0.0
    result = sizing.price_sensitivity(survey(frame), draws=400)
    assert result.valid > 139 and result.frame["estimate"].notna().all()


def test_the_same_seed_gives_the_same_bytes_and_the_table_is_left_alone():
    frame = example()
    first, second = (sizing.price_sensitivity(survey(frame), draws=400, seed=7) for _ in range(2))
    assert first.payload() == second.payload() and first.html() == second.html()
    pd.testing.assert_frame_equal(frame, example())


def test_fifty_thousand_answers_to_the_cent_are_told_in_seconds_and_drawn_small():
    draw = np.random.default_rng(1)
    middle = 20 + draw.gamma(1.5, 20, size=50_000)
    steps = np.cumprod(1 + draw.gamma(2, 0.2, size=(50_000, 3)), axis=1)
    prices = np.round(np.column_stack([middle, middle[:, None] * steps]), 2)
    result = sizing.price_sensitivity(survey(pd.DataFrame(prices, columns=QUESTIONS)), draws=400)
    points = result.frame.set_index("point")
    for name, pair in {"lower": [0, 1], "opp": [0, 3], "idp": [1, 2], "upper": [2, 3]}.items():
        assert points.loc[name, "estimate"] == pytest.approx(np.median(prices[:, pair]), abs=0.05)
        assert points.loc[name, "high"] - points.loc[name, "low"] < 2
    assert len(result.html()) < 60_000
