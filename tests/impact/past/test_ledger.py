"""A ledger gives the published numbers, pools no unrelated domains, and says what is assumed or made up."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pmlib import data, impact
from pmlib.table import Column

REFERENCE = Path(__file__).parents[2] / "reference"
FRACTION = {"effect": Column("Effect on orders", "%", better="higher")}


def table(effects, errors, columns=FRACTION, **more):
    frame = pd.DataFrame({"launch": [f"launch {i}" for i in range(len(effects))], "effect": effects, **more})
    frame["effect_se"] = errors
    roles = {name: name for name in frame if name in ("period", "grade", "domain", "reach", "place")}
    return data.source(
        frame, "launches", columns=columns, launch="launch", effect="effect", effect_se="effect_se", **roles
    )


@pytest.fixture(scope="module")
def vaccine():
    trials = pd.read_csv(REFERENCE / "bcg_trials.csv")
    ill, well, ill_too, well_too = (trials[c].to_numpy(float) for c in ("tpos", "tneg", "cpos", "cneg"))
    ratio = np.log(ill / (ill + well) / (ill_too / (ill_too + well_too)))
    errors = np.sqrt(1 / ill - 1 / (ill + well) + 1 / ill_too - 1 / (ill_too + well_too))
    return table(ratio, errors, {"effect": Column("Log risk ratio", "log ratio", better="lower")})


@pytest.fixture(scope="module")
def learnt(vaccine):
    return impact.ledger(vaccine)


def test_the_vaccine_trials_by_every_method_as_metafor_prints_them(learnt):
    by = learnt.methods.set_index("method")
    assert by["estimate"].to_dict() == pytest.approx(
        {"fixed": -0.43029, "dl": -0.71412, "pm": -0.71497, "reml": -0.71453}, abs=1e-4
    )
    assert by["tau2"][["dl", "pm", "reml"]].tolist() == pytest.approx([0.30876, 0.31809, 0.31324], abs=1e-4)
    assert by.loc["fixed", "se"] == pytest.approx(0.04050, abs=1e-4)
    reml = learnt.pooled
    assert reml.se == pytest.approx(0.17978, abs=1e-4)
    assert reml.i2 == pytest.approx(0.92221, abs=1e-4)
    assert reml.q == pytest.approx(152.233, abs=1e-3)
    assert (reml.predicted_low, reml.predicted_high) == pytest.approx((-1.8667, 0.4376), abs=1e-4)
    scaled = learnt.knapp_hartung
    assert (scaled.low, scaled.high) == pytest.approx((-1.1084, -0.3206), abs=1e-4)


@pytest.mark.parametrize(
    ("name", "mean", "se", "tau2", "q"),
    [  # REML, as metafor's documentation has them: teachers' expectations, districts, writing to learn
        ("raudenbush1985", 0.0837, 0.0516, 0.0188, 35.8295),
        ("konstantopoulos2011", 0.1279, 0.0439, 0.0884, 578.8640),
        ("bangertdrowns2004", 0.2219, 0.0460, 0.0499, 107.1061),
    ],
)
def test_trials_of_other_fields_as_metafor_prints_them(name, mean, se, tau2, q):
    trials = pd.read_csv(REFERENCE / "real_ledgers.csv.gz").query("ledger == @name")
    found = impact.ledger(table(trials["effect"].to_list(), trials["effect_se"].to_list())).pooled
    assert (found.estimate, found.se, found.tau2) == pytest.approx((mean, se, tau2), abs=1e-4)
    assert found.q == pytest.approx(q, rel=1e-5)


def test_shrunk_trials_are_metafors_blups(learnt):
    trials = learnt.frame[learnt.frame["kind"] == "launch"].set_index("launch")
    first = [trials.loc[f"launch {i}", "blup"] for i in range(5)]
    assert first == pytest.approx([-0.8002, -1.2517, -0.9869, -1.3979, -0.2874], abs=1e-4)


def test_the_eight_schools_with_a_flat_spread():
    schools = pd.read_csv(REFERENCE / "eight_schools.csv")
    points = {"effect": Column("Points gained")}
    exact = table([28, 8, -3, 7, -1, 1, 18, 12.0], [15, 10, 16, 11, 9, 11, 10, 18.0], points)
    found = impact.ledger(exact)
    assert found.pooled.estimate == pytest.approx(7.6856, abs=1e-3)
    assert found.pooled.se == pytest.approx(4.0719, abs=1e-3)
    assert (found.pooled.q, found.pooled.tau2) == (pytest.approx(4.707, abs=1e-3), 0)
    assert found.mean == pytest.approx(7.93, abs=0.3)
    assert found.spread == pytest.approx(5.23, abs=0.3)
    assert found.frame["estimate"].iloc[0] == pytest.approx(11.4, abs=0.3)
    decimals = impact.ledger(table(schools["est"], schools["se"], points))
    assert decimals.mean == pytest.approx(found.mean, abs=0.3)


def test_less_is_better_where_the_table_says_so(learnt):
    assert learnt.helps == pytest.approx(learnt.posterior.next.below(0))
    assert learnt.helps > 0.8
    assert learnt.frame["raw"].iloc[0] == learnt.frame["raw"].min()


def test_the_best_launch_had_luck():
    found = impact.ledger(table([0.12, 0.02, 0.01, 0.03, -0.01, 0.02], [0.05, 0.01, 0.01, 0.02, 0.02, 0.01]))
    best = found.frame.iloc[0]
    assert best["raw"] == 0.12
    assert best["estimate"] < 0.06
    assert found.shrunk_95 < found.raw_95
    assert "not with the 12.0% that the best one seemed to bring" in found.advice


def test_unrelated_domains_are_never_pooled(read_shipped):
    shipped = read_shipped("launch_ledger_synthetic")
    with pytest.raises(
        ValueError, match=r"launches of 3 domains, which are not pooled: 'Fares and passes' \(8"
    ):
        impact.ledger(shipped)
    with pytest.raises(ValueError, match="has no domain 'Ap'; did you mean 'App'"):
        impact.ledger(shipped, domain="Ap")
    found = impact.ledger(shipped, domain="Stations and bikes")
    assert (found.launches, found.others) == (6, {"Fares and passes": 8, "App": 3})
    assert "Not pooled with these: Fares and passes (8) and App (3)" in found.subtitle
    alone = shipped.frame[shipped.frame["domain"] == "Stations and bikes"]
    same = table(alone["effect"].tolist(), alone["effect_se"].tolist(), grade=alone["grade"].tolist())
    assert impact.ledger(same).mean == pytest.approx(found.mean)


def test_what_is_made_up_says_so_wherever_it_shows(read_shipped):
    found = impact.ledger(read_shipped("launch_ledger_synthetic"), domain="App")
    for said in (found.title, found.finding, found.headline, found.advice, found.source, found.subtitle):
        assert "ynthetic" in said
    assert all(number.note == "synthetic ledger" for number in found.numbers)
    assert "synthetic" in found.columns["estimate"].label
    assert "ynthetic" in impact.leave_one_out(found).title


def test_the_made_up_ledger_is_the_one_that_its_script_makes():
    spec = importlib.util.spec_from_file_location("made", REFERENCE / "launch_ledger_synthetic.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    shipped = Path(__file__).parents[3] / "data" / "launch_ledger_synthetic.csv"
    assert made.ledger().to_csv(index=False, lineterminator="\n") == shipped.read_text()


def test_below_five_launches_a_stated_prior_is_said_and_not_flat():
    found = impact.ledger(table([0.05, 0.04], [0.02, 0.02]))
    assert found.prior.words == "−5% to 5% (80% of launches)"
    assert "Only 2 launches are comparable: the range rests on an assumed −5% to 5%" in found.unknown
    assert not found.checks[0].passed
    assert 0 < found.mean < 0.045
    stated = impact.ledger(table([0.05, 0.04], [0.02, 0.02]), prior="-2% .. 10%")
    assert stated.mean > found.mean
    five = impact.ledger(table([0.05, 0.04, 0.03, 0.05, 0.02], [0.02] * 5))
    assert five.prior.words == ""
    assert five.checks[0].passed


def test_a_prior_is_what_comes_out_where_launches_tell_nothing():
    found = impact.ledger(table([0.3], [1000.0]), prior="-2% .. 6%")
    assert (found.next_low, found.next_high) == pytest.approx((-0.02, 0.06), abs=1e-4)
    assert found.pooled is None
    assert found.methods.empty


def test_doubt_of_a_grade_makes_errors_larger_and_can_be_left_out():
    effects, errors, grades = [0.02, 0.01, 0.03, 0.02, 0.2], [0.01] * 5, list("AAABD")
    doubted = impact.ledger(table(effects, errors, grade=grades))
    stated = impact.ledger(table(effects, errors, grade=grades), doubt=None)
    assert doubted.table_read.taken.tolist() == pytest.approx([0.01] * 4 + [0.02])
    assert doubted.mean < stated.mean
    assert "Errors are raised for low grades: D 2 times" in doubted.subtitle
    blank = impact.ledger(table(effects, errors, grade=["A", "A", "A", "B", None]))
    assert blank.table_read.grades[-1] == "D"


def test_intervals_stand_in_for_errors():
    frame = pd.DataFrame({"launch": list("abcde"), "effect": [0.01, 0.02, 0.03, 0.0, 0.01]})
    reach = 1.959964 * 0.01
    frame = frame.assign(effect_low=frame["effect"] - reach, effect_high=frame["effect"] + reach)
    ends = {name: name for name in frame}
    by_ends = impact.ledger(data.source(frame, "launches", columns=FRACTION, **ends))
    assert by_ends.mean == pytest.approx(impact.ledger(table(frame["effect"], [0.01] * 5)).mean, abs=1e-8)


def test_logs_pool_effects_that_multiply_and_come_back_as_fractions():
    effects, errors = np.array([0.5, 0.1, 0.3, 0.2, -0.1, 0.4]), np.array([0.1, 0.05, 0.1, 0.06, 0.05, 0.2])
    found = impact.ledger(table(effects, errors), scale="log")
    logs = impact.ledger(table(np.log1p(effects), errors / (1 + effects), {"effect": Column("Log", "log")}))
    assert found.mean == pytest.approx(np.expm1(logs.mean))
    assert found.next_high == pytest.approx(np.expm1(logs.next_high))
    assert found.draws(1000, 3) == pytest.approx(logs.draws(1000, 3))
    assert found.draws(1000).min() > -1


def test_draws_are_the_next_launch_and_the_same_each_time():
    found = impact.ledger(table([0.02, 0.01, 0.03, 0.02, 0.05], [0.01] * 5))
    drawn = found.draws(100_000, 7)
    assert np.quantile(drawn, [0.1, 0.9]) == pytest.approx([found.next_low, found.next_high], abs=1e-3)
    assert (drawn > 0).mean() == pytest.approx(found.helps, abs=0.01)
    assert (drawn == found.draws(100_000, 7)).all()
    points = impact.ledger(table([2.0, 1, 3, 2, 5], [1.0] * 5, {"effect": Column("Score", "marks")}))
    with pytest.raises(ValueError, match="effects of this ledger are in marks, which are no share"):
        points.draws(10)


def test_small_launches_that_find_more_are_seen():
    errors = np.linspace(0.005, 0.06, 12)
    found = impact.ledger(table(0.01 + 2 * errors, errors))
    assert found.small.p < 0.1
    assert not found.checks[-1].passed
    assert impact.ledger(table(0.01 + 2 * errors[:9], errors[:9])).small is None


def test_a_ledger_leaves_its_table_alone_and_says_the_same_each_time():
    source = table([0.02, 0.01, 0.03, 0.02, 0.05], [0.01] * 5, grade=list("ABCDA"))
    before = source.frame.copy()
    assert impact.ledger(source).html() == impact.ledger(source).html()
    pd.testing.assert_frame_equal(source.frame, before)


def test_names_from_the_table_are_inert():
    evil = "<script>alert(1)</script>"
    frame = pd.DataFrame(
        {"launch": [evil, *"abcd"], "effect": [0.01] * 5, "effect_se": [0.01] * 5, "domain": evil}
    )
    roles = {name: name for name in frame}
    page = impact.ledger(data.source(frame, "launches", columns=FRACTION, **roles)).html()
    assert "<script>" not in page


def test_no_ledger_is_an_absent_section():
    assert impact.ledger(None).reason == "No ledger of past launches was given."
    frame = pd.DataFrame({"launch": ["a"], "effect": [0.1]})
    lacking = impact.ledger(data.source(frame, "launches", launch="launch", effect="effect"))
    assert "no column of role effect_se, nor effect_low and effect_high" in lacking.reason
