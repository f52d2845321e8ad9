"""The range of a reconciled figure holds the truth at least about as often as it says."""

import pandas as pd
import pytest
import reconcile_coverage

STORED = pd.read_csv(reconcile_coverage.STORED)


def test_stored_coverage_never_falls_below_what_is_promised():
    assert len(STORED) == len(reconcile_coverage.CASES)
    assert (STORED["sets"] >= 2000).all()
    assert (STORED["covered"] >= 0.76).all()


def test_it_is_about_80_percent_where_methods_disagree_and_more_where_they_agree():
    # Where methods err by no more than they say, the range is never narrower than what they say.
    apart = STORED.loc[STORED["spread"] >= 0.2, "covered"]
    assert apart.between(0.76, 0.88).all()
    assert apart.between(0.76, 0.84).mean() > 0.8
    assert STORED["covered"].max() < 0.94


@pytest.mark.parametrize("case", [(3, "unequal", 0.5, 0.1), (2, "equal", 0.0, 0.5)])
def test_coverage_can_be_worked_out_again(case):
    stored = STORED.set_index(["methods", "errors", "correlation", "spread"]).loc[case, "covered"]
    assert reconcile_coverage.covered(*case, sets=300) == pytest.approx(stored, abs=0.08)
