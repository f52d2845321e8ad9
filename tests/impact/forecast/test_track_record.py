"""Forecasts are kept from edition to edition, and scored when their time has come."""

import json
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
import pytest

from pmlib import data
from pmlib.impact import Kpi, kpi
from pmlib.impact.forecast.track_record import track_record


@dataclass
class Foreseen:
    """What a baseline offers: draws around 100 for the 28 days to come."""

    kpi: Kpi
    level: float = 0.8
    spread: float = 5.0

    @property
    def dates(self):
        return self.kpi.step.dates(self.kpi.dates[-1] + pd.Timedelta(days=1), 28)

    def paths(self, count, seed):
        return 100 + np.random.default_rng(seed).normal(0, self.spread, (count, 1)) * np.ones(28)


def days(count, level=100.0, unit="rides"):
    dates = pd.date_range("2024-01-01", periods=count)
    frame = pd.DataFrame({"date": dates, "rides": np.full(count, level) + np.arange(count) % 7})
    return kpi(data.source(frame, "bikes", period="date", kpis=["rides"], line="bikes"))


@pytest.fixture
def editions(tmp_path, monkeypatch):
    """Publish one edition after another, as the press lays the last one's Numbers beside a run."""
    monkeypatch.setenv("PMLIB_RUN_DIR", str(tmp_path))

    def publish(*foreseen):
        for one in foreseen:
            record = track_record(one)
            numbers = [asdict(number) for number in record.owned()]
            (tmp_path / "previous.json").write_text(json.dumps({"report": "r", "numbers": numbers}), "utf-8")
        return record

    return publish


def test_a_first_edition_keeps_its_forecasts_and_says_when_they_are_due(editions):
    record = editions(Foreseen(days(60)))
    assert [n.name for n in record.numbers] == [
        "forecast of 2024-02-29 for 7",
        "forecast of 2024-02-29 for 28",
    ]
    assert record.scored == 0 and "due on 2024-03-07" in record.finding
    assert record.plot() is None


def test_the_next_edition_scores_what_has_come(editions):
    record = editions(Foreseen(days(60)), Foreseen(days(70)))
    assert record.scored == 1 and record.held == 1
    frame = record.frame.set_index("window")
    assert frame.loc["2024-03-01 to 2024-03-07", "came"] == pytest.approx(103)
    assert np.isnan(frame.loc["2024-03-01 to 2024-03-28", "came"])
    assert "cannot tell" in record.finding


def test_the_same_data_keep_the_same_forecast(editions):
    once, again = Foreseen(days(60)), Foreseen(days(60))
    assert len(editions(once, again).numbers) == 2


def test_ranges_that_are_too_narrow_are_found_out(editions):
    record = editions(*(Foreseen(days(60 + 7 * week), spread=0.5) for week in range(14)))
    assert record.held == 0 and record.scored >= 20
    assert record.title == f"0 of {record.scored} forecasts held"
    assert record.finding.endswith("ranges are too narrow.")
    assert not record.checks[0].passed


def test_a_window_that_was_hardly_observed_is_not_scored(editions):
    later = days(70)
    later.values.iloc[62:66] = np.nan
    assert editions(Foreseen(days(60)), Foreseen(later)).scored == 0


def test_forecasts_of_another_quantity_are_left_alone(editions):
    dates = pd.date_range("2024-01-01", periods=90)
    frame = pd.DataFrame({"date": dates, "rides": 100.0 + np.arange(90) % 5})
    other = kpi(data.source(frame, "trams", period="date", kpis=["rides"], line="trams"))
    assert len(editions(Foreseen(days(60)), Foreseen(other)).numbers) == 2
