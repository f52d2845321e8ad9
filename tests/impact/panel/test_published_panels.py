"""Comparisons of units give the numbers of the books and packages they come from."""

import numpy as np
import pytest
from known_panels import banks, frame, mpdta

from pmlib import data, impact


@pytest.fixture(scope="module")
def counties():
    return mpdta()


@pytest.fixture(scope="module")
def organs(read_shipped):
    return impact.panel(read_shipped("organ_donations"))


def rows(found, kind, column="estimate"):
    return found.frame.loc[(found.frame["kind"] == kind) & found.frame["at"].notna(), column].tolist()


def test_effects_of_callaway_and_santanna(counties):
    # README of R's did 2.1: minimum wages and teenage employment, never treated, no covariates.
    found = impact.staggered(counties)
    assert rows(found, "cell") == pytest.approx(
        [-0.0105, -0.0704, -0.1373, -0.1008, 0.0065, -0.0028, -0.0046, -0.0412, 0.0305, -0.0027, -0.0311,
         -0.0261], abs=1e-4,
    )  # fmt: skip
    averages = found.frame[found.frame["at"].isna()].set_index("kind")
    kinds = ["simple", "group", "dynamic", "calendar"]
    assert list(averages.loc[kinds, "estimate"]) == pytest.approx(
        [-0.0400, -0.0310, -0.0772, -0.0417], abs=1e-4
    )
    assert list(averages.loc[kinds, "se"]) == pytest.approx([0.0120, 0.0124, 0.0200, 0.0160], rel=0.1)
    assert [found.simple, found.group, found.dynamic, found.calendar] == list(averages.loc[kinds, "estimate"])
    assert (found.design, found.grade, found.errors) == (
        "staggered difference-in-differences",
        "B",
        "cluster",
    )


def test_event_study_of_callaway_and_santanna(counties):
    found = impact.event_study(counties)
    assert list(found.frame["at"]) == [-3, -2, -1, 0, 1, 2, 3]
    assert list(found.frame["estimate"]) == pytest.approx(
        [0.0305, -0.0006, -0.0245, -0.0199, -0.0510, -0.1373, -0.1008], abs=1e-4
    )
    assert found.pretrend.p == pytest.approx(0.168, abs=5e-4)
    assert found.effect == pytest.approx(-0.0772, abs=1e-4)
    assert (found.frame["band_high"] > found.frame["high"]).all()


def test_covariates_are_held_equal_as_in_csdid(counties):
    # csdid 0.4.3, est_method="dr", xformla lpop: run in an environment of its own.
    found = impact.staggered(counties, covariates=["lpop"])
    assert rows(found, "cell") == pytest.approx(
        [-0.0145, -0.0764, -0.1404, -0.1069, -0.0005, -0.0062, 0.0010, -0.0413, 0.0267, -0.0046, -0.0284,
         -0.0288], abs=6e-5,
    )  # fmt: skip


def test_two_way_fixed_effects_of_the_counties(counties):
    # pyfixest 0.60: −0.036549 (0.013255).
    found = impact.did(counties)
    assert (found.effect, found.se) == pytest.approx((-0.036549, 0.013255), abs=1e-5)
    weighted = (found.comparisons["weight"] * found.comparisons["estimate"]).sum()
    assert weighted == pytest.approx(found.effect, abs=1e-10)
    assert found.forbidden == pytest.approx(0.0539, abs=1e-4)


def test_imputation_of_the_counties(counties):
    found = impact.imputation(counties)
    assert found.effect == pytest.approx(-0.0477, abs=1e-4)
    assert rows(found, "dynamic") == pytest.approx([-0.0311, -0.0522, -0.1361, -0.1047], abs=1e-4)


def test_organ_donors_of_california(organs):
    # The Effect, chapter 18; pyfixest 0.60 with errors by state.
    found = impact.did(organs, errors="cluster")
    assert (found.effect, found.se) == pytest.approx((-0.02246, 0.00603), abs=1e-5)
    own = impact.did(organs)
    assert own.errors == "placebo"
    assert own.se > 4 * found.se
    assert own.grade == "C"
    assert "We cannot tell whether the feature moved organ donors" in own.finding


def test_event_study_of_california(organs):
    found = impact.event_study(organs, method="twfe")
    assert list(found.frame["estimate"]) == pytest.approx(
        [-0.0029, 0.0063, 0.0, -0.0216, -0.0203, -0.0222], abs=6e-5
    )
    assert list(found.frame["part"]) == ["before", "before", "compared with", "after", "after", "after"]


def test_house_prices_near_an_incinerator():
    # Wooldridge, Introductory Econometrics, table 13.2.
    table = data.source(frame("kielmc"), "kielmc", period="year", variant="nearinc", kpis=["rprice"])
    found = impact.did(table, errors="classical")
    assert (found.effect, found.se) == pytest.approx((-11863.90, 7456.65), abs=1e-2)
    older = impact.did(table, errors="classical", covariates=["age", "agesq"])
    assert (older.effect, older.se) == pytest.approx((-21920.27, 6359.75), abs=1e-2)
    assert impact.did(table).errors == "robust"


def test_weeks_off_work_in_kentucky():
    # Wooldridge, example 13.4; Meyer, Viscusi and Durbin (1995).
    table = data.source(frame("injury").query("ky == 1"), "injury", variant="highearn", kpis=["ldurat"])
    found = impact.did(table, after="afchnge", errors="classical")
    assert (found.effect, found.se) == pytest.approx((0.1906, 0.0685), abs=1e-4)
    assert found.rows == 5626


def test_banks_of_mississippi():
    # Mastering 'Metrics, chapter 5: all years 20.5 (10.7), 1930 and 1931 only 19.
    roles = {"period": "year", "unit": "district", "kpis": ["banks"]}
    years = impact.panel(data.source(banks(), "banks", **roles), treated="bib6", launch="1931")
    found = impact.did(years)
    assert (found.effect, found.se) == pytest.approx((20.5, 10.7), abs=0.05)
    assert found.errors == "classical"
    two = impact.panel(
        data.source(banks().query("1930 <= year <= 1931"), "banks", **roles), treated="bib6", launch="1931"
    )
    short = impact.did(two)
    assert short.effect == pytest.approx(19)
    assert np.isnan(short.se)
    assert "so few values tell no range" in short.finding
    groups = data.source(banks(), "banks", period="year", variant="district", kpis=["banks"])
    pooled = impact.did(groups, exposed="bib6", launch="1931", errors="classical")
    assert (pooled.effect, pooled.se) == pytest.approx((20.5, 10.7), abs=0.05)


def test_minimum_wage_of_new_jersey():
    # Card and Krueger (1994), table 3: 2.76 (1.36); from the rounded means 2.75.
    found = impact.did_of_means((20.44, 21.03), (23.33, 21.17), errors=(0.54, 1.25))
    assert (found.effect, found.se) == pytest.approx((2.76, 1.36), abs=0.02)
    four = impact.did_of_means((20.44, 21.03), (23.33, 21.17), errors=((0.51, 0.52), (1.35, 0.94)))
    assert four.se == pytest.approx(1.80, abs=0.02)


def test_placebos_of_proposition_99(read_shipped):
    # Arkhangelsky et al. (2021), table 1: difference-in-differences −27.3 (17.7).
    found = impact.did(impact.panel(read_shipped("prop99")))
    assert found.effect == pytest.approx(-27.349, abs=1e-3)
    assert 16 < found.se < 19
