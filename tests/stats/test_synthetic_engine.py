"""Mixes of controls against published figures, and against the authors' code run on made-up panels."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.stats.synthetic import METHODS, mixed
from pmlib.stats.synthetic_errors import bootstrap, further, jackknife, placebos


@pytest.fixture(scope="module")
def california(read_shipped):
    table = read_shipped("prop99").frame
    wide = table.pivot_table(index="unit", columns="period", values=read_shipped("prop99").kpis[0])
    return wide.to_numpy(float), np.where(wide.index == "California", 19, -1), wide


def made(seed=7, treated=((20, 23, 9), (23, 25, 12))):
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(3, 15)).cumsum(axis=1)
    outcomes = 10 + rng.normal(size=(25, 3)) @ factors + rng.normal(size=(25, 15))
    first = np.full(25, -1)
    for start, end, at in treated:
        first[start:end] = at
    return outcomes, first


# V1: Arkhangelsky et al. (2021), table 1: -15.6, -19.6, -27.3.
@pytest.mark.parametrize(("method", "effect"), [("sdid", -15.604), ("sc", -19.620), ("did", -27.349)])
def test_the_published_effects_of_proposition_99(california, method, effect):
    outcomes, first, _ = california
    assert mixed(outcomes, first, method).effect == pytest.approx(effect, abs=1e-3)


def test_only_the_last_years_before_the_launch_count(california):
    outcomes, first, wide = california
    weights = pd.Series(mixed(outcomes, first).cohorts[0].time_weights, wide.columns[:19].year)
    assert weights.loc[[1986, 1987, 1988]].to_list() == pytest.approx([0.366, 0.206, 0.427], abs=1e-3)
    assert weights.loc[:1985].sum() == pytest.approx(0, abs=1e-6)


# V2: the paper has 8.4, 9.9 and 17.7 from 200 draws; here each of the 38 placebos is made once.
@pytest.mark.parametrize(("method", "low", "high"), [("sdid", 8, 12), ("sc", 9, 12), ("did", 16, 19)])
def test_the_published_errors_of_proposition_99(california, method, low, high):
    outcomes, first, _ = california
    tried = placebos(outcomes, first, method, reps=200, rng=np.random.default_rng(1))
    assert tried.complete and len(tried.effects) == 38
    assert low < tried.se < high


# The code of synthdid-py 0.1.0 (a port of the authors') on the same numbers.
@pytest.mark.parametrize(
    ("method", "one", "error", "both"),
    [
        ("sdid", 0.0031726173817853667, 0.802264121684462, 0.17688823726373235),
        ("sc", 0.22007034710133472, 5.720402249965163, 0.3881130809536244),
        ("did", 3.838660819765097, 2.3812780914419664, 3.579236382664412),
    ],
)
def test_several_treated_units_and_launches_as_the_authors_code_has_them(method, one, error, both):
    outcomes, first = made()
    single = mixed(outcomes[:23], first[:23], method)
    assert single.effect == pytest.approx(one, abs=1e-9)
    assert jackknife(outcomes[:23], single) == pytest.approx(error, abs=1e-9)
    assert mixed(outcomes, first, method).effect == pytest.approx(both, abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(st.floats(-20, 20), st.floats(-50, 50), st.sampled_from(METHODS))
def test_what_is_added_to_the_treated_is_found(effect, shift, method):
    outcomes, first = made(seed=3)
    since = (first[:, None] >= 0) & (np.arange(15) >= first[:, None])
    before = mixed(outcomes, first, method, exact=True).effect
    moved = mixed(outcomes + effect * since + shift, first, method, exact=True).effect
    assert moved - before == pytest.approx(effect, abs=1e-5)


def test_levels_and_common_shocks_leave_the_estimate_alone():
    outcomes, first = made(seed=4)
    shifted = outcomes + np.arange(25)[:, None] * 3
    assert mixed(shifted, first, exact=True).effect == pytest.approx(
        mixed(outcomes, first, exact=True).effect, abs=1e-6
    )
    shocked = outcomes + np.random.default_rng(1).normal(size=15)
    assert mixed(shocked, first, "did").effect == pytest.approx(mixed(outcomes, first, "did").effect)


def test_launches_count_by_their_treated_cells():
    outcomes, first = made()
    both = mixed(outcomes, first, "did")
    assert [c.cells for c in both.cohorts] == [18, 6]
    alone = [mixed(outcomes[own], first[own], "did").effect for own in (first != 12, first != 9)]
    assert both.effect == pytest.approx((18 * alone[0] + 6 * alone[1]) / 24)


def test_placebos_are_drawn_where_there_are_too_many_to_make_each():
    outcomes, first = made()
    tried = placebos(outcomes, first, "did", reps=30, rng=np.random.default_rng(1))
    assert not tried.complete and tried.units.shape == (30, 5)
    assert all(len(set(units)) == 5 and max(units) < 20 for units in tried.units)
    again = placebos(outcomes, first, "did", reps=30, rng=np.random.default_rng(1))
    assert (again.effects == tried.effects).all()


def test_a_jackknife_of_one_treated_unit_is_none():
    outcomes, first = made(treated=((24, 25, 9),))
    assert np.isnan(jackknife(outcomes, mixed(outcomes, first)))


def test_units_drawn_anew_vary_as_much_as_units_left_out():
    outcomes, first = made(treated=((13, 25, 9),))
    drawn = bootstrap(outcomes, first, "did", reps=200, rng=np.random.default_rng(1)).std()
    assert drawn == pytest.approx(jackknife(outcomes, mixed(outcomes, first, "did")), rel=0.25)


def test_intervals_cover_an_effect_that_is_there_about_as_often_as_they_say():
    rng = np.random.default_rng(11)
    covered = []
    for _ in range(120):
        factors, loads = rng.normal(size=(2, 14)).cumsum(axis=1), rng.normal(size=(16, 2))
        outcomes = loads @ factors + rng.normal(size=(16, 14))
        outcomes[0, 10:] += 5
        first = np.where(np.arange(16) == 0, 10, -1)
        effect = mixed(outcomes, first, exact=True).effect
        reach = further(0.95, 15) * placebos(outcomes, first, "sdid", reps=20, rng=rng).se
        covered.append(abs(effect - 5) <= reach)
    assert 0.90 <= np.mean(covered) <= 0.99
