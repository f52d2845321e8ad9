"""The ladder: which design is taken, what is said of the others, and when they disagree."""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from pmlib import impact
from pmlib.impact.rungs import LADDER
from pmlib.result import Absent, Check

TEST, STAGGERED, DID = LADDER[0].design, LADDER[1].design, LADDER[2].design
SDID, CONTROL, SERIES = LADDER[3].design, LADDER[4].design, "interrupted series without controls"


def effect(design, grade="B", share=0.05, error=0.01, failed="", **more):
    """An effect of 5% of 100, as any estimator gives one."""
    checks = (Check("It is as it should be", True, "it is"),)
    if failed:
        checks += (Check(failed, False, "it is not"),)
    sizes = {"relative": share, "relative_se": error, "relative_low": share - 2 * error}
    sizes |= {"relative_high": share + 2 * error, "effect": 100 * share, "se": 100 * error}
    sizes |= {"low": 100 * (share - 2 * error), "high": 100 * (share + 2 * error)}
    return impact.Effect(
        title=design,
        finding=f"By {design}: {share:.0%}.",
        frame=pd.DataFrame(),
        checks=checks,
        design=design,
        grade=grade,
        level=0.95,
        detectable=0.03,
        **sizes | more,
    )


def taken(*given):
    return impact.evidence(*given).chosen.design


def test_of_equal_grades_the_higher_rung_is_taken_in_any_order():
    ordered = [effect(rung.design) for rung in LADDER]
    found = impact.evidence(*reversed(ordered))
    assert [one.design for one in found.of] == [rung.design for rung in LADDER]
    assert found.chosen.design == TEST
    assert found.frame["why"].to_list() == ["taken"] + ["of the same grade, on a lower rung"] * 7


def test_a_better_grade_beats_a_higher_rung_and_it_is_said_why():
    found = impact.evidence(
        effect(STAGGERED, "C", failed="Before the launch both moved alike"), effect(SDID, "B")
    )
    assert found.design == SDID and found.grade == "B"
    assert found.frame["why"].iloc[1] == "grade C, not B; does not hold: before the launch both moved alike"


def test_a_mix_ranks_above_a_comparison_with_all_where_few_units_got_it():
    class Few(impact.Effect):
        errors = "placebo"

    few = effect(DID)
    lone = Few(**{field.name: getattr(few, field.name) for field in fields(few)})
    assert taken(lone, effect(CONTROL)) == CONTROL
    assert taken(few, effect(CONTROL)) == DID


def test_a_test_that_withholds_its_effect_is_not_taken():
    withheld = effect(TEST, "D", failed="The split is as planned", effect=np.nan, relative=np.nan)
    found = impact.evidence(withheld, effect(SERIES, "D"))
    assert found.design == SERIES
    assert found.frame["why"].iloc[1] == "states no effect; does not hold: the split is as planned"
    nothing = impact.evidence(withheld)
    assert isinstance(nothing, Absent)
    assert nothing.reason.startswith("Randomised test: ")


def test_what_is_absent_is_told_with_its_reason():
    found = impact.evidence(Absent(title="The test", reason="No table of a test."), None, effect(SDID))
    assert found.frame[["label", "why"]].to_numpy().tolist()[1:] == [["The test", "No table of a test."]]
    nothing = impact.evidence(Absent(title="The test", reason="No table of a test."))
    assert nothing.reason == "The test: No table of a test."
    assert impact.evidence().reason == "No estimate of an effect was given."


def test_better_designs_that_nobody_tried_are_named():
    found = impact.evidence(effect(SERIES, "C"))
    assert found.frame["label"].to_list() == [SERIES.capitalize(), "Randomised test", "Comparison of units"]
    assert found.frame["why"].iloc[1] == "No test that gave it to users at random was given."
    assert found.unknown.startswith("A test that gives it to users or units at random")
    assert len(impact.evidence(effect(TEST, "A")).frame) == 1


def test_the_page_opens_with_the_effect_and_what_it_rests_on():
    found = impact.evidence(effect(SDID), effect(CONTROL, share=0.06))
    assert found.title == "Evidence grade B: compared with a mix of others"
    said = "By synthetic difference-in-differences: 5%. Evidence grade B: "
    assert found.headline == said + "compared with a mix of others."
    assert (found.effect, found.relative_low) == (pytest.approx(5), pytest.approx(0.03))
    assert found.checks[-1].passed and found.checks[-1].label == "Designs agree within their errors"
    assert found.html().count("<svg") == 2


def test_designs_that_disagree_beyond_their_errors_are_said_and_cost_a_grade():
    found = impact.evidence(effect(SDID), effect(CONTROL, share=-0.05))
    assert found.grade == "C" and not found.checks[-1].passed
    assert found.headline.endswith(
        "The synthetic control says −5.0% (−7.0% to −3.0%): more apart than chance explains."
    )
    weaker = impact.evidence(effect(TEST, "A"), effect(SERIES, "D", share=-0.05))
    assert weaker.grade == "A" and not weaker.checks[-1].passed


def test_an_estimate_without_a_share_is_beside_the_others_in_the_units_of_the_kpi():
    found = impact.evidence(effect(SDID), effect(CONTROL, relative=np.nan, relative_se=np.nan))
    assert found.frame["estimate"].to_list()[:2] == pytest.approx([5, 5])
    assert found.columns["estimate"].unit == "" and pd.isna(found.frame["agrees"].iloc[1])
    assert found.checks[-1].label != "Designs agree within their errors"


def test_designs_of_one_name_are_told_apart(read_shipped):
    panel = impact.panel(read_shipped("organ_donations"))
    mixed, other = impact.synthetic(panel), impact.synthetic(panel, level=0.8)
    equal = impact.synthetic(panel, "did")
    found = impact.evidence(equal, mixed, other, mixed)
    assert found.frame["label"].to_list()[:2] == ["Synthetic difference-in-differences (synthetic)"] * 2
    assert found.design == mixed.design and found.effect == mixed.effect
    assert impact.evidence(found, equal).of[0] is mixed


@pytest.mark.parametrize("given", [pd.DataFrame(), "sdid", Check("a", True)])
def test_what_is_no_effect_is_refused(given):
    with pytest.raises(ValueError, match="evidence takes effects, as experiment or synthetic gives; this is"):
        impact.evidence(given)


def test_a_design_that_is_on_no_rung_is_refused():
    with pytest.raises(ValueError, match="design 'a hunch' is on no rung"):
        impact.evidence(effect("a hunch"))


def test_designs_are_tried_from_the_data_where_no_effects_are_at_hand(read_shipped):
    found = impact.evidence(panel=impact.panel(read_shipped("organ_donations")))
    assert [one.design for one in found.of] == [SDID, CONTROL, DID]
    assert found.frame["label"].iloc[-1] == "Randomised test"
    kpi = impact.kpi(read_shipped("bikeshare"), until="2013-12-31")
    series = impact.evidence(kpi=kpi, launch="2013-06-01")
    assert series.design == "interrupted series with controls" and series.grade in "CD"
    with pytest.raises(
        ValueError, match="evidence of a kpi needs its launch; give launch, such as 2024-03-07"
    ):
        impact.evidence(kpi=kpi)


def test_a_table_of_a_test_whose_split_is_off_gives_no_evidence(read_shipped):
    absent = impact.evidence(test=read_shipped("search_test"))  # half of its users were to see the old search
    assert absent.reason.startswith("Randomised test: ") and "no effect is stated" in absent.reason
    test = impact.experiment(read_shipped("search_test"), expected={"current": 2, "test 1": 1, "test 2": 1})
    found = impact.evidence(test)
    assert found.grade == "A" and found.effect == test.effect and len(found.frame) == 1
