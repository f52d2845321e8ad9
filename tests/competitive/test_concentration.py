"""Concentration and the merger screen."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.competitive import concentration, merger_screen
from pmlib.competitive.guidelines import GUIDELINES
from pmlib.data import source
from pmlib.result import Absent

quick = settings(max_examples=15, deadline=None)

sales = st.lists(st.floats(0.01, 1e6), min_size=2, max_size=12)


def market(*units, period=None):
    frame = pd.DataFrame({"firm": [f"F{i}" for i in range(len(units))], "units": units})
    return source(frame.assign(product=frame["firm"]) if period is None else frame.assign(period=period))


def test_hhi_of_the_textbook_market():
    # Horizontal Merger Guidelines (2010), section 5.3: shares 30, 30, 20, 20 → 900 + 900 + 400 + 400.
    result = concentration(market(30, 30, 20, 20))
    assert result.frame["hhi"].item() == pytest.approx(2600)
    assert result.frame["cr4"].item() == pytest.approx(1)
    assert result.title == "The market is highly concentrated"
    assert result.plot() is None


def test_concentration_of_us_cars(us_cars):
    # reference/competitive.md, V10.
    frame = concentration(us_cars).frame.set_index(us_cars.frame["period"].drop_duplicates()[::-1].dt.year)
    years = [1971, 1975, 1980, 1985, 1990]
    assert frame.loc[years, "hhi"].tolist() == pytest.approx(
        [3061.9, 2695.2, 2875.9, 2521.0, 2160.8], abs=0.05
    )
    assert frame.loc[years, "cr4"].tolist() == pytest.approx(
        [0.9012, 0.8535, 0.8268, 0.8012, 0.7766], abs=5e-5
    )
    assert frame["effective_firms"].tolist() == pytest.approx((1e4 / frame["hhi"]).tolist())


def test_what_a_reader_is_told(us_cars):
    result = concentration(us_cars.window(1980, 1990))
    assert result.title == "The market is highly concentrated, less so than in 1980"
    assert result.headline == (
        "The market is as concentrated as one of 4.6 equal-sized firms (3.5 in 1980); "
        "the 2023 US guidelines call that highly concentrated."
    )
    assert result.finding == (
        "The HHI went from 2,876 in 1980 to 2,161 in 1990, above the 2023 guidelines' line of 1,800: "
        "−718 points by shifts between existing firms, +3 by entry and exit."
    )
    old = concentration(us_cars, guideline="2010")
    assert old.title.startswith("The market is moderately concentrated")
    assert old.headline.endswith("; the 2010 US guidelines called that moderately concentrated.")
    assert "between the 2010 guidelines' lines of 1,500 and 2,500" in old.finding


def test_the_2023_guidelines_are_credited_with_their_own_words_only():
    # Merger Guidelines (2023), Guideline 1: "highly concentrated" above 1,800, and no word for less.
    loose = concentration(market(*[1] * 8))
    assert loose.title == "The market is not highly concentrated"
    assert loose.headline == (
        "The market is as concentrated as one of 8.0 equal-sized firms; "
        "that is below what the 2023 US guidelines call highly concentrated."
    )
    assert loose.finding.startswith("The HHI is 1,250, below the 2023 guidelines' line of 1,800; the four")
    assert GUIDELINES[2023].moderate is None
    assert GUIDELINES[2010].place(1200) == "below the 2010 guidelines' line of 1,500"
    assert GUIDELINES[2010].level(1200) == "unconcentrated"


def test_a_market_that_is_not_concentrated_is_compared_with_before():
    frames = [market(*units, period=year).frame for units, year in (([1] * 8, 2000), ([1] * 10, 2001))]
    result = concentration(source(pd.concat(frames)))
    assert result.title == "The market is less concentrated than in 2000"
    assert "<svg" in result.chart()


def test_a_single_seller_is_called_one():
    frame = pd.concat([market(1, 1, period=2000).frame, market(1, 0, period=2001).frame])
    assert concentration(source(frame)).headline.startswith(
        "The market is in the hands of a single firm (2.0"
    )


def test_the_outsiders_make_a_market_look_less_concentrated(us_cars):
    frame = concentration(us_cars).frame
    assert (frame["hhi_with_outside"] < frame["hhi"]).all()
    shares = us_cars.frame.groupby(["period", "firm"])["share"].sum()
    whole = (shares**2).groupby("period").sum() * 1e4
    assert frame["hhi_with_outside"].tolist() == pytest.approx(whole[::-1].tolist())
    assert concentration(market(1, 2)).frame["hhi_with_outside"].isna().all()


@quick
@given(sales)
def test_hhi_lies_between_equal_firms_and_a_single_seller(units):
    hhi = concentration(market(*units)).frame["hhi"].item()
    assert 1e4 / len(units) - 1e-6 <= hhi <= 1e4 + 1e-6


@quick
@given(sales, st.floats(1e-3, 1e3))
def test_currency_does_not_matter(units, rate):
    here, there = (concentration(market(*u)).frame["hhi"].item() for u in (units, np.array(units) * rate))
    assert here == pytest.approx(there)


@quick
@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=2, max_size=8).filter(
    lambda pairs: all(sum(column) > 1 for column in zip(*pairs, strict=True))))  # fmt: skip
def test_growth_entry_and_exit_add_up_to_the_change(pairs):
    then, now = zip(*pairs, strict=True)
    frames = [market(*units, period=year).frame for units, year in ((then, 2000), (now, 2001))]
    result = concentration(source(pd.concat(frames)))
    last, first = result.frame.iloc[0], result.frame.iloc[1]
    assert last["growth"] + last["entry"] + last["exit"] == pytest.approx(
        last["hhi"] - first["hhi"], abs=1e-6
    )
    assert last["entry"] >= 0 >= last["exit"]
    assert all(check.passed for check in result.checks)


def test_entry_and_exit_are_told_from_growth():
    frame = pd.DataFrame(
        {"firm": ["A", "B", "A", "C"], "period": [2000, 2000, 2001, 2001], "units": [5, 5, 7, 3]}
    )
    last = concentration(source(frame)).frame.iloc[0]
    assert last[["growth", "entry", "exit"]].tolist() == pytest.approx([2400, 900, -2500])


def test_an_unknown_guideline_is_refused(us_cars):
    for function in (concentration, merger_screen):
        with pytest.raises(ValueError, match="guideline 1999 is not known; use 2010 or 2023"):
            function(us_cars, guideline=1999)


def test_without_sales_both_are_absent(cars_1993):
    for function in (concentration, merger_screen):
        assert function(cars_1993).reason == "The data (Cars on sale in the US, 1993) have no sales."
        assert isinstance(function(market(3).window()), Absent)


# --- mergers ---


def screened(us_cars, year, *pair):
    return merger_screen(us_cars.window(year, year), pairs=[pair]).frame.iloc[0]


def test_mergers_of_us_cars(us_cars):
    # reference/competitive.md, V11.
    ford = screened(us_cars, 1990, "Ford", "Chrysler")
    assert ford[["hhi", "delta", "post"]].tolist() == pytest.approx([2160.80, 374.97, 2535.77], abs=0.005)
    assert ford["joint"] == pytest.approx(0.3066, abs=5e-5)
    assert ford["presumed_2023"]
    assert ford["presumed_2010"]
    amc = screened(us_cars, 1986, "Chrysler", "AMC")
    assert amc[["hhi", "delta"]].tolist() == pytest.approx([2394.16, 14.94], abs=0.005)
    assert not amc["presumed_2023"]
    assert not amc["presumed_2010"]
    honda = screened(us_cars, 1990, "Honda", "Mazda")
    assert honda["delta"] == pytest.approx(34.71, abs=0.005)
    assert not honda["presumed_2023"]


@quick
@given(sales)
def test_the_index_after_a_merger_is_that_of_the_merged_market(units):
    pair = merger_screen(market(*units), pairs=[("F0", "F1")]).frame.iloc[0]
    merged = (
        1e4 if len(units) == 2 else concentration(market(units[0] + units[1], *units[2:])).frame["hhi"].item()
    )
    assert pair["post"] == pytest.approx(pair["hhi"] + pair["delta"]) == pytest.approx(merged)


def test_the_presumptions_of_both_guidelines():
    new, old = GUIDELINES[2023], GUIDELINES[2010]
    assert new.presumes(101, 1801, 0.1)
    assert not new.presumes(100, 5000, 0.9)
    assert new.presumes(101, 1500, 0.31)  # a joint share above 30 % is enough
    assert not new.presumes(101, 1800, 0.30)
    assert old.presumes(201, 2501, 0.1)
    assert not old.presumes(201, 2500, 0.9)


def test_every_pair_once_the_focal_firm_first(us_cars):
    result = merger_screen(us_cars.window(1990, 1990), focal="Ford")
    assert len(result.frame) == 20 * 19 / 2
    own = (result.frame[["firm_a", "firm_b"]] == "Ford").any(axis=1)
    assert own.head(19).all()
    assert not own[19:].any()
    assert result.frame["delta"].head(19).is_monotonic_decreasing
    assert result.numbers[0].value == pytest.approx(5 / 19)
    assert result.title == "5 of Ford's 19 possible mergers are presumed harmful"
    assert result.headline == (
        "Under the 2023 guidelines US authorities would presume harm if Ford merged with "
        "General Motors, Honda, Toyota, Chrysler or Nissan."
    )
    assert result.finding == (
        "The 2023 guidelines presume harm in 5 of 19; the smallest, Ford + Nissan, "
        "would hold 26.0% and add 168 points to the HHI."
    )


def test_a_single_merger_is_spoken_of_as_one(us_cars):
    result = merger_screen(us_cars.window(1990, 1990), pairs=[("Chrysler", "Ford")], guideline=2010)
    assert result.title == "Ford + Chrysler is presumed harmful (2010 rules)"
    assert result.headline == (
        "Under the 2010 guidelines, since replaced, US authorities would have presumed harm "
        "from Ford + Chrysler."
    )
    assert result.finding == (
        "Together they hold 30.7%; a merger adds 375 points to the HHI, which makes 2,536 (2010 guidelines)."
    )


def test_a_market_with_one_seller_left_has_no_merger():
    frame = pd.concat([market(1, 2, period=2000).frame, market(1, 0, period=2001).frame])
    assert merger_screen(source(frame)).reason == "Only F0 sold anything in 2001."


def test_a_market_of_many_small_firms_has_no_harmful_merger():
    result = merger_screen(market(*[1] * 20))
    assert result.title == "None of 190 possible mergers are presumed harmful"
    assert (
        result.headline == "Under the 2023 guidelines US authorities would presume harm from no merger here."
    )


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (("Ford", "Ford"), "a merger is of two different firms; pairs has"),
        (("Ford", "AMC"), 'pairs has "AMC", which sold nothing in the newest period; set an earlier window'),
        (("Ford", "Frod"), 'rivals "Frod" is not a firm in us_cars; did you mean "Ford"'),
    ],
)
def test_a_pair_that_cannot_merge_is_refused(us_cars, pair, words):
    with pytest.raises(ValueError, match=words):
        merger_screen(us_cars, pairs=[pair])
