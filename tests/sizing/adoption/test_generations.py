"""Generations are fitted together, and what each adds is told with its range."""

from pathlib import Path

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
