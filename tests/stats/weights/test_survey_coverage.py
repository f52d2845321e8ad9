"""Intervals of raked surveys hold the truth as often as they say."""

import pandas as pd
import pytest
from survey_coverage import SCENARIOS, STORED, coverage


def test_stored_coverage_is_within_93_to_97():
    stored = pd.read_csv(STORED)
    assert set(stored["survey"]) == {scenario.name for scenario in SCENARIOS}
    assert stored["surveys"].min() >= 2_000
    assert stored["covered"].between(0.93, 0.97).all()


@pytest.mark.parametrize("scenario", [SCENARIOS[0], SCENARIOS[4]], ids=lambda s: s.name)
def test_a_rerun_agrees_with_what_is_stored(scenario):
    # 200 surveys leave a coverage of 95% uncertain by 1.5 points; four such are allowed.
    stored = pd.read_csv(STORED).set_index(["survey", "interval"])["covered"]
    for row in coverage(scenario, 200, seed=7).itertuples():
        assert row.covered == pytest.approx(stored[scenario.name, row.interval], abs=0.06)
