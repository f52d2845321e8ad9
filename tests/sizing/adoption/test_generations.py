"""Generations are fitted together, and what each adds is told with its range."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pmlib import data
from pmlib.result import Absent
from pmlib.sizing import generations

IBM = Path(__file__).parents[2] / "reference" / "ibm_generations.csv"


def machines():
    wide = pd.read_csv(IBM).assign(year=range(1955, 1979))
    return data.source(wide.melt("year", var_name="product", value_name="units"), "ibm", period="year")


def test_ibm_generations_have_the_published_parameters():
    # V5 of the reference page: Norton-Bass with common p and q, as R's Nortonbass by OLS.
    found = generations(machines())
    assert found.fit.innovation[0] == pytest.approx(0.080321, rel=1e-3)
    assert found.fit.imitation[0] == pytest.approx(0.43218, rel=1e-3)
    assert found.frame["estimate"].tolist() == pytest.approx([3367.7, 13907.4, 14422.9, 6706.2], rel=1e-3)
    assert found.frame["generation"].tolist() == ["SIU1", "SIU2", "SIU3", "SIU4"]
    assert (found.frame["low"] < found.frame["estimate"]).all()


def test_held_back_years_are_compared_with_the_last_value():
    found = generations(machines(), until=1975, years=3)
    assert found.path["later"].notna().sum() == 12 and found.error is not None
    assert any("Held-back" in check.label and "last value" in check.saw for check in found.checks)


def test_a_single_generation_or_no_generations_leave_the_section_out():
    one = data.source(
        pd.DataFrame({"product": "a", "year": [2000, 2001], "units": [1, 2]}), "one", period="year"
    )
    assert isinstance(generations(one), Absent)
    assert generations(data.source(pd.DataFrame({"units": [1]}), "none")).reason == (
        "none has no column of role product or period."
    )


def test_an_until_outside_is_refused():
    with pytest.raises(ValueError, match="until is 1990; ibm is known from 1955 to 1978: take a year in it"):
        generations(machines(), until=1990)


def test_generations_without_error_are_found_again_whenever_they_came():
    def adopted(times, p=0.02, q=0.35):
        fading = np.exp(-(p + q) * np.maximum(times, 0))
        return (1 - fading) / (1 + q / p * fading)

    quarters = pd.date_range("2010-01-01", periods=30, freq="QS")
    x, y, z = (adopted(np.arange(1, 31) - launch) for launch in (0, 6, 13))
    first, second = 1000 * x, y * (800 + 1000 * x)
    users = {"X": first * (1 - y), "Y": second * (1 - z), "Z": z * (1500 + second)}
    wide = pd.DataFrame(users, index=quarters).rename_axis("quarter").reset_index()
    long = wide.melt("quarter", var_name="model", value_name="base").query("base > 0")
    found = generations(data.source(long, "models", product="model", period="quarter", units="base"))
    assert found.frame["estimate"].tolist() == pytest.approx([1000, 800, 1500])
    assert found.frame["imitation"].tolist() == pytest.approx([0.35] * 3)
    assert found.checks[0].passed and "1,500 (" not in found.finding
    assert "(1,500 to 1,500, 95%)" in found.finding
