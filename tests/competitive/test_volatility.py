"""How stable the order of the firms is."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.competitive import rank_volatility
from pmlib.data import source

quick = settings(max_examples=15, deadline=None)


def years(*orders):
    rows = [(firm, 2000 + year, len(order) - place) for year, order in enumerate(orders)
            for place, firm in enumerate(order)]  # fmt: skip
    return source(pd.DataFrame(rows, columns=["firm", "period", "units"]))


def test_ranks_and_their_changes():
    result = rank_volatility(years("ABC", "ACB", "CAB"), focal="A")
    frame = result.frame.set_index("firm")
    assert frame.loc["C"].to_dict() == {"rank": 1, "best": 1, "worst": 3, "mean_change": 1.0, "periods": 3}
    assert frame.loc["A", "mean_change"] == 0.5
    # One of three pairs changes places each year: Kendall's tau is (2 - 1) / 3.
    assert result.order["tau"].tolist() == pytest.approx([1 / 3, 1 / 3])
    assert result.order["kept"].tolist() == pytest.approx([2 / 3, 2 / 3])


@quick
@given(st.permutations("ABCDEF"), st.permutations("ABCDEF"))
def test_without_ties_tau_counts_the_pairs_that_kept_their_order(then, now):
    order = rank_volatility(years(then, now), focal="A").order
    assert order["kept"].item() == pytest.approx((1 + order["tau"].item()) / 2)


def test_what_a_reader_is_told(us_cars):
    result = rank_volatility(us_cars.window(1980, 1990), focal="Ford")
    assert result.title == "Ford stayed number 2 since 1980"
    assert result.headline == (
        "The order of firms is very stable: 95% of pairs keep it from year to year. Ford stayed number 2."
    )
    assert result.finding == (
        "From year to year 95% of firm pairs kept their order. "
        "Ford stayed number 2; of the 10 largest Mitsubishi moved most, 1.5 ranks a year."
    )
    assert "<svg" in result.chart()


def test_a_late_entrant_is_judged_since_its_entry(us_cars):
    result = rank_volatility(us_cars, focal="Hyundai")
    assert result.title == "Hyundai moved between number 7 and 10 since 1986"


def test_a_firm_of_one_period_did_not_stay(us_cars):
    result = rank_volatility(years("AB", "ABC"), focal="C")
    assert result.title == "C is new, at number 3"
    assert result.finding.endswith("C is new, at number 3.")


def test_months_are_periods_not_years():
    frame = years("AB", "BA").frame
    months = source(frame.assign(period=pd.to_datetime(["2001-01-01"] * 2 + ["2001-02-01"] * 2)))
    result = rank_volatility(months, focal="A")
    assert result.finding.startswith("From period to period 0% of firm pairs")
    assert result.headline.startswith("The order of firms is unsettled")
    assert result.title == "A moved between number 1 and 2 since Jan 2001"


@pytest.mark.parametrize(
    ("focal", "window", "reason"),
    [
        ("AMC", (None, None), "AMC sold nothing in 1990."),
        ("Ford", (1990, 1990), "The data (US new cars, 1971–1990) have only one period."),
    ],
)
def test_when_it_is_absent(us_cars, focal, window, reason):
    assert rank_volatility(us_cars.window(*window), focal=focal).reason == reason
