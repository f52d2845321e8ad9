"""A feature's forecast: sums worked out by hand, laws that always hold, and refusals in one line."""

import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from pmlib import data, impact
from pmlib.impact.effect import Effect
from pmlib.result import Absent
from pmlib.table import Column

LEVEL, DAYS = 10_000, 28


def made(foretold, **changes):
    given_values = {"effect": "2%", "reach": "40%"} | changes
    baseline = given_values.pop("baseline", None) or foretold()
    return impact.feature(baseline, **given_values)


def measured(relative=0.02, se=0.01):
    words = dict.fromkeys(["effect", "se", "low", "high", "relative_low", "relative_high", "detectable"], 0.0)
    return Effect(
        title="t", finding="f", frame=pd.DataFrame(), design="randomised test", grade="A", level=0.95,
        relative=relative, relative_se=se, **words,
    )  # fmt: skip


def test_the_gain_is_the_product_of_its_drivers(foretold):
    found = made(foretold, value="1.5", cost="500", cannibalises="10%")
    gain = LEVEL * DAYS * 0.02 * 0.4 * 0.9
    assert found.gain == found.gain_low == found.gain_high_95 == pytest.approx(gain)
    assert found.lift == pytest.approx(0.0072)
    assert found.money == found.money_mean == pytest.approx(1.5 * gain - 500)
    assert found.frame["gain"].sum() == pytest.approx(gain)
    assert (found.frame["estimate"] - found.frame["without"]).to_numpy() == pytest.approx(72.0)


def test_a_normal_effect_gives_a_normal_gain_and_the_chance_that_follows(foretold):
    spread = 0.05 / (2 * norm.ppf(0.95))
    found = made(foretold, effect="1% .. 6%", target="12000 ", level=0.8)
    size = LEVEL * DAYS * 0.4
    middle, error = size * 0.035, size * spread
    assert found.gain_mean == pytest.approx(middle, rel=1e-9)
    assert found.gain_se == pytest.approx(error, rel=2e-3)
    assert found.gain_high == pytest.approx(middle + norm.ppf(0.9) * error, rel=1e-3)
    assert found.gain_low_95 == pytest.approx(middle + norm.ppf(0.025) * error, abs=5e-3 * error)
    assert found.chance == pytest.approx(norm.sf((12_000 - middle) / error), abs=1e-3)


@pytest.mark.parametrize(
    ("target", "reached"),
    [("+0.8%", 1), ("+0.81%", 0), ("2240", 1), (2241, 0), ("80 a day", 1), ("81 a day", 0), ("-1%", 0)],
)
def test_a_target_is_a_change_a_total_or_an_amount_a_period(foretold, target, reached):
    assert made(foretold, target=target, effect=0.0200001).chance == reached


def test_a_target_below_zero_is_reached_by_falling_as_far(foretold):
    assert made(foretold, target="-1%", effect="-3%").chance == 1
    assert made(foretold, target="-2%", effect="-3%").chance == 0


def test_it_pays_back_when_the_gains_have_met_the_cost(foretold):
    found = made(foretold, value="1", cost="500", launch="2024-04-15")  # 80 rides a day
    assert found.payback == 7
    days = found.frame.set_index("period")["paid"]
    assert days["2024-04-20"] == 0 and days["2024-04-21"] == 1
    assert np.isinf(made(foretold, value="1", cost="5000").payback)


def test_a_gain_nobody_gets_is_nothing(foretold):
    found = made(foretold, effect="-1% .. 6%", reach="0%", value="1", baseline=foretold(spread=0.1))
    assert found.gain == found.gain_high_95 == found.money == 0
    assert found.frame["estimate"].equals(found.frame["without"])


@given(reach=st.integers(5, 90), more=st.integers(1, 9), seed=st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_more_reach_is_more_gain_in_every_draw(foretold, reach, more, seed):
    few, many = (
        made(
            foretold,
            baseline=foretold(7, spread=0.1),
            effect="1% .. 6% lognormal",
            reach=f"{part}%",
            draws=200,
            seed=seed,
        )
        for part in (reach, reach + more)
    )
    assert (many.draws.total > few.draws.total).all()


@given(times=st.floats(0.1, 50))
@settings(max_examples=15, deadline=None)
def test_money_scales_with_what_a_unit_is_worth(foretold, times):
    one, other = (made(foretold, effect="-1% .. 6%", value=value, draws=200) for value in (2.0, 2.0 * times))
    assert other.draws.money == pytest.approx(times * one.draws.money)


@given(late=st.integers(0, 20))
@settings(max_examples=10, deadline=None)
def test_a_delay_moves_the_gains_and_cuts_off_their_end(foretold, late):
    text = "half in 4 .. 8 days, 90% in 14 days"
    first = made(foretold, adoption=text, draws=200)
    day = str((first.frame["period"][late]).date())
    later = made(foretold, adoption=text, launch=day, draws=200)
    assert later.draws.gains[:, :late] == pytest.approx(0)
    assert later.draws.gains[:, late:] == pytest.approx(first.draws.gains[:, : DAYS - late])


def test_an_effect_of_adopters_is_multiplied_by_how_many_adopt(foretold):
    of_users = made(foretold, adoption="half in 1 weeks, 90% in 2 weeks")
    adopters = made(foretold, adoption="half in 1 weeks, 90% in 2 weeks, at most 30%", effect_of="adopter")
    assert adopters.gain == pytest.approx(0.3 * of_users.gain)
    assert "on those who use it" not in of_users.finding
    assert "on those who use it" in adopters.finding


def test_a_measured_effect_and_past_launches_are_taken_as_they_are(foretold):
    one = made(foretold, effect=measured(0.03, 0.01))
    assert one.lift == pytest.approx(0.4 * 0.03)
    assert one.draws.parts["effect"].std() == pytest.approx(0.01, rel=2e-3)
    past = SimpleNamespace(draws=lambda count, seed: np.random.default_rng(seed).exponential(0.02, count))
    many = made(foretold, effect=past)
    drawn = past.draws(4000, 1)
    assert np.quantile(many.draws.parts["effect"], [0.1, 0.5, 0.9]) == pytest.approx(
        np.quantile(drawn, [0.1, 0.5, 0.9]), rel=1e-3
    )


def test_what_rests_on_a_synthetic_ledger_says_so_everywhere(foretold):
    past = SimpleNamespace(
        draws=lambda count, seed: np.random.default_rng(seed).normal(0.02, 0.01, count), synthetic=True
    )
    found = made(foretold, effect=past, value="1", cost="100", adoption="half in 1 weeks, 90% in 2 weeks")
    results = [
        found,
        impact.scenarios(found, ["late: launch +1 weeks"]),
        impact.drivers(found),
        impact.worth_testing(found, se="1%"),
    ]
    for result in results:
        assert result.title.startswith("Synthetic: ")
        assert "synthetic past launches" in result.finding
        assert (
            "Synthetic" in result.headline or result is results[-1]
        )  # whose headline follows the first one's
        assert all("synthetic" in number.note for number in result.numbers)
    assert not impact.scenarios(made(foretold), ["more: reach 50%"]).title.startswith("Synthetic")


def test_less_may_be_better(foretold):
    found = made(foretold, effect="-2%", baseline=foretold(better="lower"), value="1.5", cost="100")
    assert found.money == pytest.approx(1.5 * 2240 - 100)
    assert found.advice.startswith("Ship")


def test_a_percentage_is_averaged_and_its_gain_is_in_points(foretold):
    found = made(foretold, baseline=foretold(unit="%"), target="+0.5 points")
    assert found.mean
    assert found.gain == pytest.approx(LEVEL * 0.4 * 0.02)
    assert found.numbers[0].unit == "points"


def test_the_spread_of_the_baseline_is_in_what_comes_but_hardly_in_the_gain(foretold):
    found = made(foretold, baseline=foretold(spread=0.1))
    row = found.frame.iloc[0]
    assert np.log(row["high"] / row["low"]) == pytest.approx(2 * norm.ppf(0.9) * 0.1, rel=0.05)
    assert found.lift_low == pytest.approx(found.lift_high)


def test_the_decision_and_what_would_turn_it_are_said(foretold):
    found = made(foretold, effect="1% .. 6%", value="1", cost="4 k", name="one-tap unlock")
    # 1 × 280,000 × 40 % × effect = 4,000 at 3.57 %, of which 3.5 % are expected.
    assert found.unknown == "Effect on a user: on average it breaks even at 3.6%, and 1% to 6% was assumed."
    assert found.advice.startswith("Do not ship one-tap unlock as planned")
    assert made(foretold, effect="3% .. 6%", value="1", cost="1 k").advice == (
        "Ship the feature: the chance of a loss is under 1%."
    )
    assert "weigh a test" in made(foretold, effect="-1% .. 6%", value="1", cost="1 k").advice
    assert made(foretold, effect="-1% .. 6%").title == "We cannot say that the feature moves rides"


def test_the_same_seed_gives_the_same_bytes(foretold):
    text = {"effect": "1% .. 6%", "adoption": "bass p=.01 .. .05 q=.3 a week", "value": "1 .. 2"}
    one, again, other = (made(foretold, **text, seed=seed).frame.to_csv() for seed in (1, 1, 2))
    assert one == again != other


def test_a_year_of_weeks_is_forecast_in_well_under_a_second(foretold):
    baseline = foretold(52, spread=0.1, step="week")
    start = time.process_time()
    made(foretold, baseline=baseline, effect="1% .. 6%", reach="30% .. 50%", value="1 .. 2", cost="1 k",
         adoption="half in 4 .. 8 weeks, 90% in 16 weeks", target="+1%", cannibalises="5% .. 9%")  # fmt: skip
    assert time.process_time() - start < 1


def test_it_is_drawn_wide_and_narrow_and_its_name_is_inert(foretold):
    found = made(foretold, effect="1% .. 6%", baseline=foretold(spread=0.1), name="<b>x</b>")
    assert found.chart().count("<svg") == 2
    assert "<b>x" not in found.html()


def test_what_is_absent_stays_absent(foretold):
    lacks = Absent(title="t", reason="No table of rides was given.")
    assert impact.feature(lacks, effect="2%", reach="40%").reason == lacks.reason
    assert impact.feature(foretold(), effect=lacks, reach="40%").reason == lacks.reason
    assert impact.feature(None, effect="2%", reach="40%").reason == "No baseline forecast was given."


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"effect": "2"}, "effect: 2 has no %; write 2%"),
        ({"reach": "50% .. 30%"}, "reach: 50% .. 30% is not in order; write 30% .. 50%"),
        ({"adoption": "soon"}, 'adoption is \'soon\'; write "at once", "half in 6 weeks, 90% in 16 weeks"'),
        ({"adoption": "at once, at most 30%"}, "a ceiling would count it twice"),
        ({"launch": "2030-01-01"}, "launch 2030-01-01 is not within the forecast, 2024-04-10 to 2024-05-07"),
        ({"launch": "01/02/2024"}, "launch is '01/02/2024'; write a date such as 2024-03-07"),
        ({"horizon": 99}, "horizon is 99; give a whole number, 1 to 28; the baseline foretells 28"),
        ({"target": "much"}, "target is 'much'; write a change of the KPI such as \"+3%\""),
        ({"target": "500 a week"}, "target '500 a week': the periods are days; write it a day"),
        ({"target": "3 points"}, "target is '3 points'; write a change of the KPI"),
        ({"value": "12%"}, "value: 12% stands where an amount is due"),
        ({"cost": "€5"}, "cost: found €5; write amounts in $"),
        ({"effect_of": "both"}, 'effect_of is \'both\'; give "user" or "adopter"'),
        ({"add": "median"}, 'add is \'median\'; give "sum" or "mean"'),
        ({"draws": 10}, "draws is 10; give a whole number, 200 to 200,000, of 28 periods each"),
        ({"level": 80}, "level is 80; write a fraction between 0 and 1, such as 0.8"),
        ({"effect": SimpleNamespace(draws=lambda count, seed: np.full(count, np.nan))}, "are not numbers"),
        ({"baseline": SimpleNamespace()}, "give a forecast, as impact.baseline makes it"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(foretold, changes, said):
    with pytest.raises(ValueError) as refused:
        made(foretold, **changes)
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_futures_that_are_no_numbers_are_refused(foretold):
    baseline = foretold()
    baseline.paths = lambda count, seed: np.full((count, 28), np.inf)
    with pytest.raises(ValueError, match="baseline: its futures hold values that are no numbers"):
        made(foretold, baseline=baseline)


def test_a_forecast_and_past_launches_join_to_what_the_next_one_does():
    """The baseline and the ledger themselves: their futures and their draws are what counts."""
    random = np.random.default_rng(1)
    months = pd.date_range("2018-01-01", periods=60, freq="MS")
    seats = 1000 * np.exp(0.005 * np.arange(60) + 0.03 * random.normal(size=60))
    kpi = impact.kpi(data.source(pd.DataFrame({"period": months, "seats": seats}), "seats", kpis=["seats"]))
    baseline = impact.baseline(kpi, steps=6)
    truth = 0.03 + 0.02 * random.normal(size=8)
    launches = pd.DataFrame(
        {
            "launch": [f"L{i}" for i in range(8)],
            "effect": truth + 0.01 * random.normal(size=8),
            "effect_se": 0.01,
        }
    )
    units = {"effect": Column("Effect", "%")}
    ledger = impact.ledger(data.source(launches, "launches", columns=units))
    found = impact.feature(baseline, effect=ledger, reach="50%", target="+1%")
    assert found.draws.base == pytest.approx(baseline.paths(4000, 1))
    assert found.draws.parts["effect"].mean() == pytest.approx(ledger.next_mean, abs=0.002)
    assert found.lift == pytest.approx(0.5 * ledger.next_mean, abs=0.002)
    assert "from past launches" in found.subtitle
