"""What goes with winning: logistic regression against published and other programs' numbers."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_deals import deals, table

from pmlib.competitive import win_drivers
from pmlib.competitive.deals.identified import repeated, telling
from pmlib.competitive.deals.logistic import NoFit, fit_logit, slope, switch
from pmlib.competitive.deals.validated import area, validated
from pmlib.data import source
from pmlib.result import Absent

# Spector & Mazzeo (1980), as printed in Greene, Econometric Analysis, "Effects of PSI": grade point average,
# pretest score, whether taught by the new method, whether the grade improved.
GPA = [
    2.66, 2.89, 3.28, 2.92, 4.00, 2.86, 2.76, 2.87, 3.03, 3.92, 2.63, 3.32, 3.57, 3.26, 3.53, 2.74,
    2.75, 2.83, 3.12, 3.16, 2.06, 3.62, 2.89, 3.51, 3.54, 2.83, 3.39, 2.67, 3.65, 4.00, 3.10, 2.39,
]  # fmt: skip
TUCE = [
    20, 22, 24, 12, 21, 17, 17, 21, 25, 29, 20, 23, 23, 25, 26, 19,
    25, 19, 23, 25, 22, 28, 14, 26, 24, 27, 17, 24, 21, 23, 21, 19,
]  # fmt: skip
PSI = [0] * 18 + [1] * 14
GRADE = [0] * 4 + [1] + [0] * 4 + [1] + [0] * 3 + [1] + [0] * 5 + [1, 0, 1, 0, 0, 1, 1, 1, 0, 1, 1, 0, 1]
SPECTOR = pd.DataFrame({"gpa": GPA, "tuce": TUCE, "psi": PSI, "won": GRADE})


@pytest.fixture(scope="module")
def spector():
    return np.column_stack([GPA, TUCE, PSI]).astype(float), np.array(GRADE, float)


def test_published_coefficients_and_errors(spector):
    model = fit_logit(*spector)
    # Greene (2003), Table 21.1: logit -13.021, 2.826, 0.095, 2.379 (errors 4.931, 1.263, 0.142, 1.065)
    assert model.coefficients == pytest.approx([-13.021, 2.826, 0.095, 2.379], abs=5e-4)
    assert model.classical_errors == pytest.approx([4.931, 1.263, 0.142, 1.065], abs=5e-4)
    assert model.log_likelihood == pytest.approx(-12.8896, abs=5e-5)
    assert model.pseudo_r2 == pytest.approx(0.374, abs=5e-4)


def test_errors_and_marginal_effects_are_those_of_statsmodels(spector):
    columns, won = spector
    fitted = sm.Logit(won, sm.add_constant(columns)).fit(disp=0, cov_type="HC0")
    model, factor = fit_logit(columns, won), np.sqrt(32 / 28)  # HC1 over HC0
    assert model.errors == pytest.approx(factor * fitted.bse, rel=1e-6)
    effects = fitted.get_margeff()
    for j in range(3):
        own = slope(model, j + 1)
        assert own[0] == pytest.approx(effects.margeff[j], rel=1e-6)
        assert own[1] == pytest.approx(factor * effects.margeff_se[j], rel=1e-6)
    discrete = fitted.get_margeff(dummy=True)
    assert switch(model, 3, [3]) == pytest.approx(
        (discrete.margeff[2], factor * discrete.margeff_se[2]), rel=1e-6
    )
    customers = np.arange(32) // 3
    clustered = sm.Logit(won, sm.add_constant(columns)).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": customers}
    )
    assert fit_logit(columns, won, customers).errors == pytest.approx(clustered.bse, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-6, 1e6), st.floats(-1e6, 1e6))
def test_scale_and_origin_do_not_matter(seed, scale, origin):
    draw = np.random.default_rng(seed)
    columns = draw.normal(size=(60, 2))
    won = (draw.random(60) < 0.4).astype(float)
    here, there = fit_logit(columns, won), fit_logit(columns * scale + origin * scale, won)
    assert there.coefficients[1:] * scale == pytest.approx(here.coefficients[1:], rel=1e-4, abs=1e-6)
    assert there.errors[1:] * scale == pytest.approx(here.errors[1:], rel=1e-4)


def test_penalised_estimates_are_the_textbooks():
    # One yes/no column: Firth's estimate is the log odds ratio with a half added to each cell.
    yes, won = np.repeat([1.0, 0.0], 10), np.array([1.0] * 10 + [1.0] * 3 + [0.0] * 7)
    found = fit_logit(yes[:, None], won, penalised=True).coefficients
    assert found == pytest.approx([np.log(3.5 / 7.5), np.log(10.5 / 0.5) - np.log(3.5 / 7.5)], abs=1e-6)
    with pytest.raises(NoFit):
        fit_logit(yes[:, None], won)


def test_what_cannot_be_told_is_found():
    draw = np.random.default_rng(1)
    columns = draw.normal(size=(50, 3))
    both = np.column_stack([columns, columns[:, 0] - 2 * columns[:, 2] + 5, np.full(50, 3.0)])
    assert repeated(both) == {3: [0, 2], 4: []}
    won = (columns[:, 0] + columns[:, 1] > 0).astype(float)
    assert telling(columns[:, :2], won) == [0, 1]
    assert telling(columns, draw.permutation(won)) == []


def test_pairs_in_the_right_order_are_counted():
    # Hanley & McNeil's example: ties count half
    assert area(np.array([0.1, 0.4, 0.4, 0.8]), np.array([0, 0, 1, 1.0])) == (3.5, 4)
    assert area(np.array([0.9, 0.1]), np.array([0, 1.0])) == (0.0, 1)


def test_noise_predicts_nothing_on_deals_left_out():
    fitted, tested = [], []
    for seed in range(20):
        draw = np.random.default_rng(seed)
        columns, won = draw.normal(size=(200, 15)), (draw.random(200) < 0.5).astype(float)
        right, pairs = area(fit_logit(columns, won).probability, won)
        fitted.append(right / pairs)
        tested.append(validated(columns, won, None, penalised=False, seed=1))
    assert np.mean(fitted) > 0.63  # on the deals it was fitted on it looks good
    assert np.mean([t.ranked for t in tested]) == pytest.approx(0.5, abs=0.04)
    assert all(t.brier > t.plain for t in tested)


def test_a_table_of_published_numbers_through_the_front_door():
    made = source(SPECTOR, "spector", attributes=["gpa", "tuce", "psi"])
    result = win_drivers(made, penalty="none")
    rows = result.frame.set_index("term")
    assert rows["coefficient"].to_dict() == pytest.approx(
        {"gpa": 2.826, "psi": 2.379, "tuce": 0.095}, abs=5e-4
    )
    assert rows.loc["psi", "odds"] == pytest.approx(10.79, abs=5e-3)
    assert rows.loc["gpa", "estimate"] == pytest.approx(rows.loc["gpa", "slope"] * np.std(GPA))
    assert not result.penalised and win_drivers(made).penalised
    assert result.ratio_p == pytest.approx(0.001502, abs=5e-6)  # chi-square 15.404 with 3 degrees


def test_what_a_reader_is_told():
    result = win_drivers(table(deals(1, 900)), focal="We")
    assert result.title == "We: won more often, trial run"
    assert result.finding == (
        "Other things equal, the chance to win is 21 points higher with trial run "
        "(14 to 27) and 16 points higher against Gamma than against Acme (9 to 24)."
    )
    assert result.unknown.startswith("What goes with winning need not cause it")
    assert [n.name for n in result.numbers] == ["driver_trial", "driver_rival_gamma", "driver_segment_mid"]
    assert "<svg" in result.html()


def test_a_level_that_was_always_lost_is_named_and_set_aside():
    frame = deals(1, 600)
    frame.loc[frame["rival"] == "Gamma", "won"] = 0
    result = win_drivers(table(frame))
    lost = int((frame["rival"] == "Gamma").sum())
    row = result.frame.set_index("term").loc["(rival): Gamma"]
    assert row["note"] == f"all {lost} lost" and np.isnan(row["estimate"])
    assert result.title == f"Against Gamma: all {lost} lost"
    assert ("No level tells every outcome", False) in [(c.label, c.passed) for c in result.checks]
    others = win_drivers(table(frame[frame["rival"] != "Gamma"])).frame.set_index("term")
    assert result.frame.set_index("term").loc["trial", "estimate"] == pytest.approx(
        others.loc["trial", "estimate"]
    )


def test_numbers_that_tell_every_outcome_are_named():
    frame = deals(1, 300)
    frame["won"] = (frame["size"] > 40).astype(int)
    assert (
        win_drivers(table(frame)).reason
        == "Deal size tells which deals are won, without error; leave it out."
    )


def test_collinear_drivers_are_left_out_and_named():
    frame = deals(1, 600)
    made = table(frame.assign(twice=frame["size"] * 2 + 1))
    attributes = [*made.attributes, "twice"]
    again = source(made.frame, "deals", attributes=attributes, columns=made.columns)
    check = next(c for c in win_drivers(again).checks if c.label == "No driver repeats others")
    assert (check.passed, check.saw) == (False, "left out: twice (repeats Deal size)")


def test_few_deals_are_penalised_or_refused():
    assert win_drivers(table(deals(1, 120))).penalised
    assert win_drivers(table(deals(1, 40))).reason == (
        "Too few: 15 deals of the rarer outcome for 6 terms (18 are needed); name fewer drivers."
    )
    with pytest.raises(ValueError, match=r'^penalty is \'ridge\'; write "auto", "none" or "firth"$'):
        win_drivers(table(deals(1)), penalty="ridge")


def test_customers_widen_the_errors():
    frame = deals(1, 600, each=6, alike=0.6)
    frame["trial"] = frame["customer"] % 2  # the same for all deals of a customer
    alone, together = (win_drivers(table(frame, **roles)) for roles in ({}, {"chooser": "customer"}))
    errors = [r.frame.set_index("term").loc["trial", "error"] for r in (alone, together)]
    assert errors[1] > 1.2 * errors[0]
    assert together.model.freedom == 99
    assert win_drivers(table(frame.assign(customer=frame.index % 4), chooser="customer")).reason == (
        "Too few: 4 customers for 7 terms; name fewer drivers."
    )


def test_deals_with_unknown_attributes_and_rare_levels():
    frame = deals(1, 600)
    frame.loc[:9, "size"] = np.nan
    frame.loc[frame.index[20:24], "segment"] = ["Bank", "Bank", "Farm", "Farm"]
    result = win_drivers(table(frame))
    assert len(result.model.probability) == 590
    assert "segment: other" in result.frame["term"].tolist()
    assert "10 of 600 left out" in [c.saw for c in result.checks]


def test_rivals_of_a_deal_that_met_several():
    frame = deals(1, 600)[["opportunity", "rival", "trial", "won"]]
    second = frame[frame.index % 3 == 0].assign(rival="Delta")
    result = win_drivers(table(pd.concat([frame, second], ignore_index=True)))
    rows = result.frame.set_index("term")
    assert len(result.model.probability) == 600
    assert rows.loc["(rival): Delta", ["deals", "base"]].tolist() == [200, "deals without it"]


def test_nothing_to_compare_is_said():
    frame = deals(1, 100)
    absent = win_drivers(table(frame[["opportunity", "won"]]))
    assert isinstance(absent, Absent)
    assert absent.reason == "No driver varies among the deals compared."
    assert win_drivers(table(frame.assign(won=1))).reason.startswith("All deals compared went one way")


def test_the_same_table_gives_the_same_bytes_and_stays_as_it_is():
    made = table(deals(5, 200))
    before = made.frame.copy()
    assert win_drivers(made).html() == win_drivers(made).html()
    pd.testing.assert_frame_equal(made.frame, before)


def test_a_level_called_other_is_a_level_as_any():
    frame = deals(3).assign(segment=lambda d: d["segment"].replace({"Mid": "other"}))
    result = win_drivers(table(frame))
    assert (result.frame["term"] == "segment: other").sum() == 1
    assert next(c for c in result.checks if c.label.startswith("No driver repeats")).passed
