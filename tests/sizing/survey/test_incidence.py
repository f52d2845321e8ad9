"""Incidence of the school surveys as an analyst calls it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib import data
from pmlib.result import Absent
from pmlib.sizing.survey import incidence, weighting
from pmlib.table import Column

REFERENCE = Path(__file__).parents[2] / "reference"
TYPES = [("stype", "E", 4421), ("stype", "H", 755), ("stype", "M", 1018)]
WIDE = [("sch_wide", "No", 1072), ("sch_wide", "Yes", 5122)]
approx = pytest.approx


def population(*rows):
    frame = pd.DataFrame(rows, columns=["margin", "margin_level", "margin_total"])
    return data.source(frame, "schools")


@pytest.fixture(scope="module")
def frame():
    return pd.read_csv(REFERENCE / "api_clus1.csv.gz").rename(columns=lambda name: name.replace(".", "_"))


@pytest.fixture(scope="module")
def survey(frame):
    return data.source(frame, "api_clus1", design_weight="pw", cluster="dnum", stratum_size="fpc")


def test_a_raked_mean_and_total_are_those_of_r(survey):
    found = incidence(survey, "api00", population=population(*TYPES, *WIDE))  # V9
    assert (found.frame["estimate"][0], found.standard_error) == approx((641.2303209, 23.70361689), rel=1e-9)
    assert found.degrees == 14
    pupils = incidence(survey, "enroll", population=population(*TYPES, *WIDE)).frame.loc[0]
    assert tuple(pupils[["total", "total_standard_error"]]) == approx((3647280.148, 400603.2569), rel=1e-9)


def test_other_methods_and_no_population_are_those_of_r(survey):
    drawn = incidence(survey, "enroll").frame.loc[0]  # V7
    assert tuple(drawn[["total", "total_standard_error"]]) == approx((3404940.13, 932235.03), rel=1e-6)
    cells = incidence(survey, "api00", population=population(*TYPES), method="post-stratify")  # V8
    assert (cells.frame["estimate"][0], cells.standard_error) == approx((642.3108, 23.92049), rel=1e-6)
    known = population(*TYPES, ("api99", None, 3914069))
    regressed = incidence(survey, "api00", population=known, method="calibrate")
    assert (regressed.frame["estimate"][0], regressed.standard_error) == approx((665.31, 3.4418), rel=1e-4)


def test_strata_and_their_sizes_are_read_by_role():
    frame = pd.read_csv(REFERENCE / "api_strat.csv.gz")
    for roles in ({"design_weight": "pw"}, {}):  # without weights, those that the sizes of the strata give
        named = data.source(frame, "api_strat", stratum="stype", stratum_size="fpc", **roles)
        found = incidence(named, "api00", by="stratum")
        row = found.frame.loc[0]
        assert tuple(row[["estimate", "standard_error"]]) == approx((662.287363, 9.408941), rel=1e-6)
        assert row["design_effect"] == approx(1.20446, rel=1e-5)
        assert set(found.frame["group"]) == {"All", "E", "H", "M"}


def test_a_share_says_who_how_many_and_how_sure(survey):
    found = incidence(survey, "awards", population=population(*TYPES, *WIDE), by="stype")
    share, people = found.numbers
    assert (share.name, people.name) == ("incidence", "total")
    assert str(share) == "66.1% (61.3% to 70.6%)"
    assert people.value == approx(6194 * share.value)
    assert (people.low, people.high) == approx((6194 * share.low, 6194 * share.high))
    assert found.title == "awards “Yes”: about 66.1%"
    assert found.finding == (
        "awards “Yes”: 66.1% (61.3% to 70.6%, 95%), weighted to stype and sch_wide; 71.0% as answered. "
        "E is 31 points above the others (8 to 54 points)."
    )
    row = found.frame.set_index("group").loc["H"]
    assert (row["respondents"], row["degrees"]) == (14, 7)
    assert found.columns["total"]


def test_shares_of_levels_weight_as_people_do_but_count_nobody(survey, frame):
    shares = [(margin, level, total / 6194) for margin, level, total in (*TYPES, *WIDE)]
    equal = data.source(frame.drop(columns="pw"), "api_clus1", cluster="dnum")
    counted = incidence(survey, "awards", population=population(*TYPES, *WIDE)).frame.loc[0]
    shared = incidence(equal, "awards", population=population(*shares))
    assert shared.frame["estimate"][0] == approx(counted["estimate"])
    assert [number.name for number in shared.numbers] == ["incidence"]
    assert "total" not in shared.frame


def test_a_crossed_margin_is_met_cell_by_cell(survey, frame):
    cells = frame.groupby(["stype", "sch_wide"]).size()
    rows = [("stype & sch_wide", f"{a} & {b}", 40 * n + 100) for (a, b), n in cells.items()]
    found = weighting(survey, population(*rows), method="post-stratify")
    assert found.frame["weighted"].to_numpy() == approx(found.frame["population"].to_numpy())
    assert len(found.frame) == 6


def test_missing_levels_keep_their_share_when_asked_to(frame):
    frame = frame.assign(stype=frame["stype"].where(frame.index >= 20))
    survey = data.source(frame, "holes")
    with pytest.raises(ValueError, match=r"margin stype: 20 respondents have no level \(row 0 first\)"):
        incidence(survey, "awards", population=population(*TYPES))
    found = incidence(survey, "awards", population=population(*TYPES), missing="own level")
    assert found.weights[:20].sum() == approx(6194 * 20 / 183)
    said = [check.saw for check in found.checks if not check.passed]
    assert said == ["margin stype: 20 respondents without a level keep their share of 10.93%"]


def test_who_did_not_answer_is_left_out_and_counted(survey):
    found = incidence(survey, "target", population=population(*TYPES))
    assert "8 of 183 did not and are left out, as if they were like the others" in found.summary()
    assert found.frame["total"][0] == approx(6194 * found.frame["estimate"][0])


def test_who_is_in_no_group_is_counted(frame):
    holes = data.source(frame.assign(stype=frame["stype"].where(frame.index >= 20)), "holes")
    found = incidence(holes, "awards", by="stype")
    assert "NOT Everybody's stype is known: 20 are in no group, only in all" in found.summary()


def test_everyone_may_be_known_and_a_number_raked_to(survey):
    known = population(("everyone", None, 6194), ("api99", None, 3914069))
    found = incidence(survey, "api00", population=known)
    assert found.weights.sum() == approx(6194)
    assert found.weights.min() > 0
    assert found.weights @ survey.frame["api99"] == approx(3914069)


def test_trimming_holds_the_margins_and_says_where_it_cannot(survey):
    known = population(*TYPES, *WIDE)
    found = weighting(survey, known, trim=1.8)
    assert found.largest == approx(1.8)
    assert found.frame["weighted"].to_numpy() == approx(found.frame["population"].to_numpy())
    with pytest.raises(
        ValueError,
        match=r'trim=1.2 is too tight \(untrimmed, the largest weight is 1.98 times .*stype "H"',
    ):
        weighting(survey, known, trim=1.2)
    with pytest.raises(
        ValueError, match=r"trim is 0.5; it is the largest weight in multiples of the average"
    ):
        weighting(survey, known, trim=0.5)


def test_weights_tell_what_they_cost_and_who_is_heavy(frame):
    heavy = frame.assign(pw=np.where(frame.index == 4, 900.0, 30.0), id=frame.index + 100)
    survey = data.source(heavy, "uneven", design_weight="pw", chooser="id")
    found = weighting(survey)
    assert found.extreme[["respondent", "row"]].to_numpy().tolist() == [[104, 4]]
    assert found.effective_size == approx(heavy["pw"].sum() ** 2 / (heavy["pw"] ** 2).sum())
    assert found.title == "Weighting costs 77% of 183 respondents"
    assert found.advice.startswith("One respondent counts for more than 5: try trim=5")
    eased = weighting(survey, trim=5)
    assert eased.effective_size > found.effective_size
    assert eased.weights.sum() == approx(heavy["pw"].sum())


def test_lonely_strata_are_said(frame):
    lonely = frame.assign(region=np.where(frame["dnum"] == frame["dnum"][0], "a", "b"))
    found = incidence(data.source(lonely, "lonely", stratum="region", cluster="dnum"), "awards")
    said = [check.saw for check in found.checks if not check.passed]
    assert said == ["1 had one (a), compared with all others: errors are on the safe side"]


def test_a_part_of_one_cluster_or_few_people_is_shown_and_not_compared(survey):
    found = incidence(survey, "api00", by="cname").frame.set_index("group")
    assert found.loc["San Joaquin", "verdict"] == "too few: one cluster"
    assert found.loc["Merced", "verdict"] == "too few: 4 respondents"
    assert found.loc[["San Joaquin", "Merced"], ["low", "gap_low"]].isna().all(axis=None)


def test_nobody_and_everybody_are_shares_with_a_range():
    survey = data.source(pd.DataFrame({"has": [0] * 30, "all": [True] * 30}), "s")
    none, everybody = incidence(survey, "has"), incidence(survey, "all")
    assert none.frame["estimate"][0] == 0 and 0.05 < none.frame["high"][0] < 0.15
    assert everybody.frame["estimate"][0] == 1 and everybody.frame["high"][0] == 1


def test_a_unit_makes_a_total_worth_saying(frame):
    spent = data.source(
        frame, "api_clus1", design_weight="pw", cluster="dnum", columns={"enroll": Column("Pupils", "pupils")}
    )
    assert incidence(spent, "enroll").headline.startswith(
        "Pupils: about 550 pupils on average (452 to 648 pupils)"
    )
    assert "in all 3.4 million pupils" in incidence(spent, "enroll").headline


def test_what_is_not_there_is_absent_with_a_reason(survey):
    assert incidence(data.no_source(), "x").reason == "No survey was given."
    assert isinstance(incidence(survey, "awards", population=Absent(title="t", reason="No file.")), Absent)
    bare = data.source(pd.DataFrame({"margin": ["stype"]}), "bare")
    assert weighting(survey, bare).reason == "bare has no column of role margin_level, margin_total."
    with pytest.raises(TypeError, match="a Source is needed, found a DataFrame"):
        incidence(survey.frame, "awards")


def test_charts_are_drawn_and_the_survey_is_left_alone(survey):
    before = survey.frame.copy()
    found = incidence(survey, "awards", population=population(*TYPES, *WIDE), by="stype")
    assert "<svg" in found.html() and "<svg" in weighting(survey, population(*TYPES)).html()
    pd.testing.assert_frame_equal(survey.frame, before)


@settings(max_examples=15, deadline=None)
@given(st.floats(0.01, 100), st.integers(0, 1000))
def test_the_scale_of_design_weights_and_the_order_of_rows_do_not_matter(scale, seed):
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "sex": random.permutation(["f"] * 40 + ["m"] * 60),
            "age": random.permutation(["young"] * 30 + ["old"] * 70),
            "car": random.integers(2, size=100),
            "w": random.uniform(1, 3, size=100),
        }
    )
    known = population(("sex", "f", 500), ("sex", "m", 500), ("age", "young", 400), ("age", "old", 600))
    here = incidence(data.source(frame, "s", design_weight="w"), "car", population=known).frame
    other = frame.assign(w=frame["w"] * scale).sample(frac=1, random_state=seed)
    there = incidence(data.source(other, "s", design_weight="w"), "car", population=known).frame
    columns = ["estimate", "low", "high", "standard_error", "total"]
    assert there.loc[0, columns].to_numpy(float) == approx(here.loc[0, columns].to_numpy(float), rel=1e-7)


def test_shares_in_percent_are_shares():
    place = np.arange(90)  # fewer than 100 respondents, so that 100 might be people
    frame = pd.DataFrame({"sex": np.where(place % 3, "f", "m"), "car": place % 5 % 2})
    asked = data.source(frame, "people")
    told = [
        incidence(asked, "car", population=population(("sex", "f", whole * 0.51), ("sex", "m", whole * 0.49)))
        for whole in (1, 100)
    ]
    assert told[0].frame.equals(told[1].frame) and "total" not in told[1].frame


def test_an_answer_that_a_margin_settles_has_no_design_effect(survey):
    found = incidence(survey, "sch_wide", population=population(*TYPES, *WIDE))
    assert found.frame["estimate"][0] == approx(5122 / 6194, rel=1e-12)
    assert found.design_effect == 0 and found.effective_size < 183


def test_a_column_with_a_role_also_goes_by_its_own_name():
    frame = pd.read_csv(REFERENCE / "api_strat.csv.gz")
    schools = data.source(frame, stratum="stype", design_weight="pw")
    found = incidence(schools, "api00", by="stype", population=population(*TYPES), method="post-stratify")
    assert found.frame["estimate"][0] == approx(662.287363, rel=1e-6)  # V6: the strata have these sizes
    assert set(found.frame["group"]) == {"All", "E", "H", "M"} and found.columns["group"].label == "stype"
    assert incidence(schools, "stype", yes="E").frame["estimate"][0] == approx(4421 / 6194, rel=1e-6)
