"""Effects beside a mix of units that never had it: what is said of published panels, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from pmlib import data, impact
from pmlib.result import Absent


@pytest.fixture(scope="module")
def smoking(read_shipped):
    return impact.panel(read_shipped("prop99"))


@pytest.fixture(scope="module")
def prop99(smoking):
    return impact.synthetic(smoking)


@pytest.fixture(scope="module")
def donors(read_shipped):
    return impact.panel(read_shipped("organ_donations"))


def made(units=12, periods=10, launches=None, seed=1, holes=(), effect=0.0):
    """A panel whose units move together; `launches` are positions by unit number."""
    rng = np.random.default_rng(seed)
    together = rng.normal(size=periods).cumsum()
    launches = {0: 7} if launches is None else launches
    rows = []
    for unit in range(units):
        level, own = 50 + 5 * unit, rng.normal(size=periods)
        for at in range(periods):
            since = unit in launches and at >= launches[unit]
            value = np.nan if (unit, at) in holes else level + together[at] + own[at] + effect * since
            rows.append((f"shop {unit:02}", 2000 + at, value, int(since)))
    frame = pd.DataFrame(rows, columns=["shop", "year", "sales", "flag"])
    source = data.source(frame, "shops", unit="shop", period="year", kpis=["sales"], treated="flag")
    return impact.panel(source)


def test_proposition_99_is_as_published_with_what_placebos_say(prop99):
    assert prop99.effect == pytest.approx(-15.604, abs=1e-3)
    assert 8 < prop99.se < 12 and prop99.errors == "placebo" and prop99.df == 37
    assert prop99.low < prop99.effect - 1.96 * prop99.se and prop99.high > 0
    assert prop99.relative == pytest.approx(prop99.effect / (60.35 - prop99.effect), abs=0.002)
    assert prop99.false_alarms == pytest.approx(1 / 38)
    assert prop99.p_ratio == pytest.approx(1 / 39)  # no placebo leaves its mix as far as California does
    assert prop99.detectable == pytest.approx(0.36, abs=0.02)
    assert prop99.grade == "B" and all(check.passed for check in prop99.checks)
    assert prop99.title == "We cannot tell an effect on cigarette packs a head"


def test_the_mix_and_its_periods_are_told(prop99):
    assert prop99.donors["weight"].sum() == pytest.approx(1)
    assert prop99.donors["unit"].to_list()[:3] == ["Nevada", "New Hampshire", "Connecticut"]
    assert "most of Nevada (12%), New Hampshire (11%) and Connecticut (8%)" in prop99.finding
    years = prop99.time_weights.set_index(prop99.time_weights["period"].dt.year)["weight"]
    assert years.loc[[1986, 1987, 1988]].to_list() == pytest.approx([0.366, 0.206, 0.427], abs=1e-3)
    assert prop99.donors["without"].min() > -18 and prop99.donors["without"].max() < -14


def test_the_mean_gap_since_the_launch_is_the_effect(prop99):
    since = prop99.frame[prop99.frame["since"]]
    assert since["gap"].mean() == pytest.approx(prop99.effect)
    assert (since["observed"] - since["estimate"]).to_numpy() == pytest.approx(since["gap"].to_numpy())
    assert ((since["low"] < since["estimate"]) & (since["estimate"] < since["high"])).all()
    assert len(since) == 12 and prop99.launch.year == 1989


def test_the_page_shows_both_lines(prop99):
    page = prop99.html()
    assert "without it" in page and "observed" in page and page.count("<svg") == 2


def test_one_state_of_27_cannot_show_what_its_own_error_seems_to(donors):
    # Errors clustered by state give -2.2 points (0.6): a clear effect; placebos are off by 5 times as much.
    plain = impact.synthetic(donors, "did")
    assert plain.effect == pytest.approx(-0.02246, abs=1e-5)
    assert plain.se > 0.025 and plain.low < 0 < plain.high
    mixed = impact.synthetic(donors)
    assert mixed.effect == pytest.approx(-0.018, abs=0.001)
    assert mixed.grade == "C" and not next(c for c in mixed.checks if c.label.startswith("5 periods")).passed
    assert mixed.numbers[1].unit == "points"


def test_weights_that_are_not_found_to_the_end_are_found_and_it_is_said(donors):
    control = impact.synthetic(donors, "sc")
    check = next(c for c in control.checks if c.label.startswith("The search"))
    assert control.effect == control.minimum != control.published
    assert not check.passed and check.saw.endswith("which is taken")


def test_an_effect_that_is_there_is_found():
    found = impact.synthetic(made(units=16, effect=15.0))
    assert found.low < 15 < found.high and found.low > 0
    assert found.title.endswith("since the launch") and found.advice.startswith("Plan on its cautious end")


def test_several_launches_count_by_their_cells():
    found = impact.synthetic(made(units=20, launches={0: 5, 1: 5, 2: 8}, effect=20.0), reps=20)
    assert found.cohorts["units"].to_list() == [2, 1]
    assert found.cohorts["weight"].to_list() == pytest.approx([10 / 12, 2 / 12])
    assert found.effect == pytest.approx(20, abs=3) and np.isnan(found.jackknife_se)
    again = impact.synthetic(made(units=20, launches={0: 5, 1: 5, 2: 8}, effect=20.0), reps=20)
    assert again.summary() == found.summary()


def test_many_treated_units_tell_the_error_themselves():
    found = impact.synthetic(made(units=30, launches=dict.fromkeys(range(10), 7), effect=9.0), reps=20)
    assert found.errors == "jackknife" and found.se == found.jackknife_se and found.df == 9


def test_donors_and_periods_without_values_are_left_out_and_named():
    found = impact.synthetic(made(holes={(5, 2), (0, 3)}), reps=20)
    assert found.left_out == ("shop 05",) and found.lost == ("2003",)
    assert len(found.frame) == 9 and found.frame["since"].sum() == 3
    saw = next(c for c in found.checks if c.label == "Nothing had to be left out")
    assert (
        not saw.passed and saw.saw == "shop 05, for want of values; 2003, as the treated have no value there"
    )


def test_treated_units_that_share_their_chances_cost_a_grade():
    panel = made(units=20, launches=dict.fromkeys(range(4), 7))
    alone = impact.synthetic(panel, reps=20)
    shared = panel.clusters.where(panel.first < 0, "north")
    together = type(panel)(**{
        **{name: getattr(panel, name) for name in panel.__dataclass_fields__},
        "clusters": shared,
    })  # fmt: skip
    found = impact.synthetic(together, reps=20)
    check = next(c for c in found.checks if c.label == "Every treated unit has chances of its own")
    assert check.saw == "4 units share 1 cluster; errors are too small" and not check.passed
    assert found.grade == chr(ord(alone.grade) + 1)


def test_few_donors_say_how_little_they_can_show():
    found = impact.synthetic(made(units=6))
    check = next(c for c in found.checks if c.label.startswith("10 units"))
    assert not check.passed and "no chance below 1 in 6 can be shown" in check.saw
    assert found.grade in "CD"
    assert (found.high - found.effect) / found.se > 3  # five placebos tell their spread badly


def test_too_few_others_are_no_mix():
    absent = impact.synthetic(made(units=4, holes={(2, 1)}))
    assert isinstance(absent, Absent)
    have, without = "2 units that never had it can be compared", "left out for want of values: shop 02"
    assert absent.reason == f"shops: {have} ({without}); a mix needs 3."


def test_a_panel_in_which_all_had_it_has_no_mix():
    absent = impact.synthetic(made(units=6, launches={i: 4 + i % 3 for i in range(6)}))
    assert absent.reason == "shops: no units that never had it can be compared; a mix needs 3."


def test_units_that_all_change_alike_tell_no_error():
    years = np.tile(np.arange(2000, 2010), 6)
    frame = pd.DataFrame({"shop": np.repeat(list("abcdef"), 10), "year": years, "sales": years * 1.0})
    frame["flag"] = ((frame["shop"] == "a") & (frame["year"] > 2006)).astype(int)
    panel = impact.panel(
        data.source(frame, "shops", unit="shop", period="year", kpis=["sales"], treated="flag")
    )
    for method in ("sdid", "sc", "did"):
        absent = impact.synthetic(panel, method)
        assert absent.reason == "shops: units that never had it all change alike, so no error can be told."


def test_launches_with_one_period_before_are_told():
    absent = impact.synthetic(made(launches={0: 1}))
    assert absent.reason == "shops: fewer than 2 periods lie before the launch of shop 00; a mix needs 2."


def test_what_is_absent_stays_absent():
    assert impact.synthetic(None).reason == "No panel was given."
    assert impact.synthetic(Absent(title="Panel", reason="No table.")).reason == "No table."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"method": "abadie"}, 'method is \'abadie\'; give "sdid", "sc" or "did"'),
        ({"errors": "robust"}, 'errors is \'robust\'; give "placebo", "jackknife" or "bootstrap"'),
        ({"errors": "jackknife"}, "errors is 'jackknife', which needs two treated units of every launch"),
        ({"errors": "bootstrap"}, "errors is 'bootstrap', which needs two treated units"),
        ({"reps": 3}, "reps is 3; give a whole number, 20 to 100,000"),
        ({"level": 95}, "level is 95; write a fraction between 0 and 1, such as 0.95"),
        ({"seed": -1}, "seed is -1; give a whole number of 0 or more"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(smoking, given, said):
    with pytest.raises(ValueError) as refused:
        impact.synthetic(smoking, **given)
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_a_table_is_no_panel(read_shipped):
    with pytest.raises(ValueError, match=r"needs what impact\.panel gives; this is a Source"):
        impact.synthetic(read_shipped("prop99"))


def test_hostile_names_are_inert():
    panel = made()
    names = {unit: f"<script>{unit}" for unit in panel.units}
    hostile = type(panel)(**{
        **{name: getattr(panel, name) for name in panel.__dataclass_fields__},
        "outcomes": panel.outcomes.rename(index=names),
        "first": panel.first.rename(index=names),
    })  # fmt: skip
    assert "<script" not in impact.synthetic(hostile, reps=20).html()


def test_who_makes_up_the_mix_is_drawn_and_said(prop99):
    found = impact.mix(prop99)
    assert found.title == "7 of 38 units make up half of the mix" and found.columns["weight"].unit == "%"
    assert found.effective == pytest.approx(1 / (prop99.donors["weight"] ** 2).sum())
    assert "Nevada moves it most" in found.finding and found.html().count("<svg") == 2


def test_placebos_are_drawn_with_the_launch_among_them(prop99):
    found = impact.placebo_units(prop99)
    assert found.title == "1 of 38 units without a launch moved as far"
    assert found.larger == pytest.approx(1 / 38) and found.frame["alarm"].sum() == 1
    assert "The launch" in found.html()


def test_only_what_synthetic_gives_has_a_mix_and_placebos(prop99, smoking):
    for show in (impact.mix, impact.placebo_units):
        assert show(None).reason == "No fitted model was given."
        assert show(Absent(title="", reason="No mix.")).reason == "No mix."
        with pytest.raises(ValueError, match="effect is a Panel; give what synthetic gives"):
            show(smoking)
    more_treated = impact.synthetic(made(units=9, launches=dict.fromkeys(range(5), 7)), "did", reps=20)
    assert impact.placebo_units(more_treated).reason == "No more units are without it than had it."
