"""Several launches of one series: published regressions, recovery, and what cannot be told apart."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pmlib import data, impact
from pmlib.result import Absent

REFERENCE = Path(__file__).parents[2] / "reference"


def series(effects=(), count=420, seed=2):
    """Daily rides with steps: (day, factor) each."""
    random = np.random.default_rng(seed)
    weather = random.standard_normal(count)
    log = 5 + np.cumsum(0.01 * random.standard_normal(count)) + 0.1 * weather
    log += 0.1 * random.standard_normal(count)
    for day, factor in effects:
        log[day:] += np.log(factor)
    days = pd.date_range("2023-01-01", periods=count)
    frame = pd.DataFrame({"day": days, "rides": np.exp(log), "warm": weather})
    return impact.kpi(data.source(frame, "rides", period="day", kpis=["rides"], covariates=["warm"]))


def table(*rows):
    frame = pd.DataFrame(rows, columns=["launch", "period", "until"][: len(rows[0])])
    dates = {name: pd.to_datetime(frame[name]) for name in frame if name != "launch"}
    roles = {name: name for name in frame}
    return data.source(frame.assign(**dates), "facts", **roles)


def seatbelts():
    frame = pd.read_csv(REFERENCE / "seatbelts_monthly.csv", parse_dates=["date"])
    frame["petrol"] = np.log(frame["PetrolPrice"])
    return impact.kpi(data.source(frame, "belts", period="date", kpis=["drivers"], covariates=["petrol"]))


def test_seat_belts_with_a_level_that_stands():
    # Commandeur & Koopman (2007), section 7.1: petrol -0.45213, law -0.19714 (0.0207).
    found = impact.launches(seatbelts(), table(("Law", "1983-02-01")), trend="fixed", calibrate="model")
    terms = found.coefficients.set_index("term")
    assert terms.loc["petrol", "estimate"] == pytest.approx(-0.45213, abs=1e-4)
    assert terms.loc["Law", "estimate"] == pytest.approx(-0.19714, abs=1e-4)
    assert terms.loc["Law", "se"] == pytest.approx(0.0207, abs=1e-4)
    assert found.frame.loc[0, "estimate"] == pytest.approx(np.expm1(-0.19714), abs=1e-4)


def test_seat_belts_with_a_level_that_moves():
    # Section 7.3: law -0.2376; statsmodels with a season that moves too: -0.236 (0.045).
    found = impact.launches(seatbelts(), table(("Law", "1983-02-01")), calibrate="model")
    law = found.frame.iloc[0]
    assert law["coefficient"] == pytest.approx(-0.236, abs=0.005)
    assert law["coefficient_se"] == pytest.approx(0.045, abs=0.005)
    assert law["estimate"] == pytest.approx(-0.21, abs=0.005)
    placebo = impact.launches(seatbelts(), table(("Law", "1983-02-01"))).frame.iloc[0]
    assert (placebo["calibrated"], placebo["grade"]) == ("placebo", "C")
    assert placebo["low"] < law["estimate"] < placebo["high"]


def test_a_festival_that_comes_every_march():
    # Hyndman & Athanasopoulos, exercise of the souvenir shop: festival 0.5015 (0.1964), trend 0.02202.
    frame = pd.read_csv(REFERENCE / "souvenirs_monthly.csv", parse_dates=["date"])
    kpi = impact.kpi(data.source(frame, "shop", period="date", kpis=["sales"]))
    years = [("Festival", f"{year}-03-01", f"{year}-03-31") for year in range(1988, 1994)]
    found = impact.launches(kpi, table(*years), trend="line")
    terms = found.coefficients.set_index("term")
    assert terms.loc["Festival"].tolist() == pytest.approx([0.5015, 0.1964], abs=1e-4)
    assert terms.loc["trend", "estimate"] == pytest.approx(0.02202, abs=1e-4)
    assert found.frame.loc[0, ["runs", "calibrated", "grade"]].tolist() == [6, "model", "D"]


def test_launches_are_estimated_together():
    kpi = series([(200, 1.3), (300, 0.8)])
    found = impact.launches(kpi, table(("Second", "2023-10-28"), ("First", "2023-07-20")))
    assert found.frame["launch"].tolist() == ["First", "Second"]
    inside = (found.frame["low"] < [0.3, -0.2]) & (found.frame["high"] > [0.3, -0.2])
    assert inside.all()
    assert (np.sign(found.frame["low"]) == np.sign(found.frame["high"])).all()
    assert found.title == "2 of 2 launches clearly moved rides"
    assert found.frame["grade"].tolist() == ["C", "C"]
    assert len(found.numbers) == 2 and found.html().count("<svg") == 2


def test_intervals_hold_effects_put_in():
    held = []
    for seed in range(8):
        kpi = series([(250, 1.1)], count=330, seed=seed)
        row = impact.launches(kpi, table(("A", "2023-09-08"))).frame.iloc[0]
        held.append(row["low"] < 0.1 < row["high"])
    assert sum(held) >= 6


def test_nothing_from_a_launch_on_calibrates_it():
    one = series([(200, 1.3)])
    two = series([(200, 3.0), (300, 0.2)])
    facts = table(("First", "2023-07-20"), ("Second", "2023-10-28"))
    first, other = (impact.launches(kpi, facts).frame.iloc[0] for kpi in (one, two))
    assert first["false_alarms"] == other["false_alarms"]
    assert first["apart"] == other["apart"]


def test_what_a_ledger_takes_is_there():
    found = impact.launches(series([(200, 1.3)]), table(("First", "2023-07-20")))
    frame = found.frame[["launch", "period", "effect", "effect_se", "grade"]]
    ledger = data.source(frame, "past", **{name: name for name in frame})
    assert ledger.has("effect_se")
    assert frame["effect_se"].between(0, 0.3).all()


def test_launches_too_close_are_said_to_be():
    found = impact.launches(series(), table(("A", "2023-07-20"), ("B", "2023-07-22")))
    assert found.frame["grade"].tolist() == ["D", "D"]
    assert "A and B are too close" in str(found)


def test_launches_outside_the_data_are_said_to_be():
    kpi = series()
    found = impact.launches(kpi, table(("A", "2023-07-20"), ("B", "2029-07-22")))
    assert found.frame["launch"].tolist() == ["A"]
    assert "left out, as not within the data, or on from its first day: B" in str(found)
    none = impact.launches(kpi, table(("B", "2029-07-22")))
    assert isinstance(none, Absent) and "2023-01-01 to 2024-02-24" in none.reason


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("A", "2023-07-20"), ("B", "2023-07-20")], "launches 'A', 'B' were on in the same days"),
        ([(None, "2023-07-20")], "facts, row 0: launch is blank"),
        ([("A", "2023-07-20", "2023-07-01")], "facts, row 0: 'A' ends on 2023-07-01, before it begins"),
    ],
)
def test_tables_that_say_too_little_are_refused(rows, says):
    with pytest.raises(ValueError) as caught:
        impact.launches(series(), table(*rows))
    assert says in str(caught.value)


def test_no_table_no_role_no_movement():
    kpi = series()
    assert impact.launches(kpi, None).reason == "No table of launches was given."
    bare = data.source(pd.DataFrame({"launch": ["A"]}), "facts", launch="launch")
    assert impact.launches(kpi, bare).reason.endswith("has no column of role period.")
    still = pd.DataFrame({"day": pd.date_range("2023-01-01", periods=300), "rides": 5.0})
    flat = impact.kpi(data.source(still, "rides", period="day", kpis=["rides"]))
    assert impact.launches(flat, table(("A", "2023-07-20"))).reason.startswith("Not estimable")
