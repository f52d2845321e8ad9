"""Panels that nothing here was made with give the numbers of books and of other programs."""

from pathlib import Path

import pandas as pd
import pytest

from pmlib import data, impact

REFERENCE = Path(__file__).parents[2] / "reference"


@pytest.fixture(scope="module")
def zones():
    table = pd.read_csv(REFERENCE / "enterprise_zones.csv")
    return impact.panel(
        data.source(table, "zones", unit="city", period="year", kpis=["luclms"], treated="ez")
    )


def test_claims_of_unemployment_in_enterprise_zones(zones):
    # Papke (1994) in Wooldridge, Introductory Econometrics, chapter 14: -0.104 (0.055).
    classical = impact.did(zones, errors="classical")
    assert (classical.effect, classical.se) == pytest.approx((-0.104, 0.055), abs=5e-4)
    # pyfixest 0.60, errors by city; its did2s.
    found = impact.did(zones)
    assert (found.effect, found.se) == pytest.approx((-0.1044148, 0.0713053), abs=1e-6)
    assert impact.imputation(zones).effect == pytest.approx(-0.0916709, abs=1e-6)


def test_cohorts_of_enterprise_zones(zones):
    # csdid 0.4.3, never treated, no covariates.
    found = impact.staggered(zones)
    assert (found.simple, found.group, found.dynamic, found.calendar) == pytest.approx(
        (-0.1801676, -0.2012379, -0.1602414, -0.1674000), abs=1e-6
    )
    events = impact.event_study(zones).frame
    assert list(events["estimate"]) == pytest.approx(
        [-0.04902, -0.04194, -0.02610, 0.19729, -0.11687, -0.18316, -0.30664, -0.26345, 0.06891], abs=1e-5
    )


def test_black_men_in_the_prisons_of_texas():
    # synthdid 0.10.1 for Python: 19478.6465, 21016.1760 and 29779.7588.
    table = pd.read_csv(REFERENCE / "texas_prisons.csv.gz")
    source = data.source(table, "prisons", unit="state", period="year", kpis=["bmprison"])
    texas = impact.panel(source, treated="Texas", launch="1993")
    found = [impact.synthetic(texas, method, reps=20).published for method in ("sdid", "sc", "did")]
    assert found == pytest.approx([19478.6465, 21016.1760, 29779.7588], rel=1e-6)
