"""A KPI is put on a regular calendar; what is missing stays missing, what is broken is refused by name."""

import numpy as np
import pandas as pd
import pytest

from pmlib import data, impact


def days(values, start="2024-01-01", **more):
    dates = pd.date_range(start, periods=len(values))
    return pd.DataFrame({"date": dates, "rides": np.asarray(values, float), **more})


def read(frame, **more):
    more = {"period": "date", "kpis": ["rides"]} | more
    return data.source(frame, "bikes", **more)


def test_a_gap_of_ten_days_is_ten_missing_days_and_never_0():
    kpi = impact.kpi(read(days(range(1, 61)).drop(index=range(20, 30))))
    assert len(kpi.values) == 60 and kpi.step.name == "day"
    assert kpi.values.isna().sum() == 10 and kpi.values.min() == 1
    (found,) = kpi.found.to_dict("records")
    assert (found["rule"], found["rows"], found["done"]) == ("No row", 10, "left missing")
    assert found["when"] == "2024-01-21, 2024-01-22, 2024-01-23, … 2024-01-30"


def test_rows_out_of_order_give_what_sorted_rows_give():
    frame = days(range(1, 61))
    shuffled = frame.sample(frac=1, random_state=3)
    pd.testing.assert_series_equal(impact.kpi(read(shuffled)).values, impact.kpi(read(frame)).values)
    assert impact.kpi(read(shuffled)).found["rule"].tolist() == ["Rows out of order"]


def test_two_rows_of_a_day_are_refused_until_somebody_says_how_to_add_them():
    frame = pd.concat([days(range(1, 61)), days([5, 6])], ignore_index=True)
    with pytest.raises(data.DataError) as refused:
        impact.kpi(read(frame))
    assert str(refused.value) == (
        'bikes has two rows of 2024-01-01 (2 such rows); keep one, or give add="sum" or "mean"'
    )
    assert impact.kpi(read(frame), add="sum").values.iloc[:3].tolist() == [6, 8, 3]
    assert impact.kpi(read(frame), add="mean").values.iloc[:3].tolist() == [3, 4, 3]


def test_hours_are_added_up_to_days_of_their_own_clock_on_the_day_the_clock_changes_too():
    hours = pd.date_range("2024-03-20", "2024-04-09 23:00", freq="h", tz="Europe/Berlin")
    frame = pd.DataFrame({"date": hours, "rides": 1.0})
    kpi = impact.kpi(read(frame), add="sum")
    assert kpi.step.name == "day" and kpi.values["2024-03-31"] == 23
    assert set(kpi.values) == {23, 24}
    with pytest.raises(
        data.DataError, match=r'bikes, row 1: .* has a time of day; give add="sum" or "mean"$'
    ):
        impact.kpi(read(frame))


def test_a_period_that_was_observed_in_part_is_no_value():
    frame = days(range(1, 61), observed=[1.0] * 59 + [0.25])
    kpi = impact.kpi(read(frame, observed="observed"))
    assert np.isnan(kpi.values.iloc[-1])
    assert kpi.found["rule"].tolist() == ["Observed for less than 90% of the day"]
    assert impact.kpi(read(frame, observed="observed"), complete=0.2).values.iloc[-1] == 60


@pytest.mark.parametrize(
    ("start", "periods", "freq", "name"),
    [
        ("2020-01-06", 80, "W-MON", "week"),
        ("2020-01-31", 40, "ME", "month"),
        ("2020-02-01", 40, "MS", "month"),
        ("2020-01-01", 20, "QS", "quarter"),
        ("1990-01-01", 20, "YS", "year"),
    ],
)
def test_the_calendar_is_told_by_the_dates(start, periods, freq, name):
    dates = pd.date_range(start, periods=periods, freq=freq)
    frame = pd.DataFrame({"date": dates, "rides": np.arange(periods) + 1.0}).drop(index=5)
    kpi = impact.kpi(read(frame))
    assert kpi.step.name == name and len(kpi.values) == periods
    assert kpi.values.isna().sum() == 1 and kpi.values.iloc[4] == 5 and kpi.values.iloc[6] == 7
    assert (kpi.dates[-1].year, kpi.dates[-1].month) == (dates[-1].year, dates[-1].month)


def test_a_last_date_hides_what_came_later():
    kpi = impact.kpi(read(days(range(1, 61))), until="2024-01-31")
    assert kpi.dates[-1] == pd.Timestamp("2024-01-31")
    assert kpi.known(pd.Timestamp("2024-01-10")).values.iloc[-1] == 10
    with pytest.raises(
        ValueError, match="until 2023-01-01 is before the first date, 2024-01-01; choose later"
    ):
        impact.kpi(read(days(range(1, 61))), until="2023-01-01")


@pytest.mark.parametrize("when", ["2024-01-01", "2023-12-01", "2024-03-01"])
def test_a_launch_lies_within_the_data(when):
    kpi = impact.kpi(read(days(range(1, 61))))
    with pytest.raises(ValueError) as refused:
        kpi.at(when)
    assert str(refused.value) == (
        f"launch {when} is not within the data, 2024-01-01 to 2024-02-29; choose a date in it"
    )
    assert kpi.at("2024-02-29") == 59


@pytest.mark.parametrize("when", ["03/07/2024", "7.3.2024", "soon", 20240307])
def test_day_and_month_are_never_guessed(when):
    with pytest.raises(ValueError, match=r"launch is .*; write a date such as 2024-03-07"):
        impact.kpi(read(days(range(1, 61)))).at(when)


@pytest.mark.parametrize(
    ("frame", "line"),
    [
        (days([1, 2, np.inf, 4]), "bikes, row 2: rides is infinite; correct it, or leave it missing"),
        (days([1, 2]), "bikes has 2 days; a series needs 8"),
        (
            days([1.0] * 4 + [np.nan] * 5 + [1.0]),
            "bikes: 5 of 10 days are missing, more than 30%; choose a time in which it was observed",
        ),
        (
            days(range(9)).assign(date=pd.date_range("2024-01-01", periods=9, freq="3D")),
            "bikes: most dates are 3 days apart, which is no day, week, month, quarter or year; "
            "add the rows up to one of these first",
        ),
        (
            days(range(9)).assign(
                date=[*pd.date_range("2024-01-01", periods=8, freq="MS"), pd.Timestamp("2024-09-15")]
            ),
            "bikes: months begin on different days, as on 2024-01-01 and 2024-09-15; "
            "let all begin on the same",
        ),
    ],
)
def test_what_is_no_series_is_refused_in_a_line(frame, line):
    with pytest.raises(data.DataError) as refused:
        impact.kpi(read(frame))
    assert str(refused.value) == line


def test_missing_can_be_refused():
    frame = days(range(1, 61)).drop(index=20)
    with pytest.raises(data.DataError) as refused:
        impact.kpi(read(frame), missing="refuse")
    assert str(refused.value) == 'bikes: 1 day without a value, the first 2024-01-21; fill in, or "mask"'


def test_text_is_no_kpi_and_another_column_is_named():
    with pytest.raises(data.DataError, match="bikes: rides holds str, not numbers; convert it first"):
        impact.kpi(read(days(range(9)).astype({"rides": "str"})))
    with pytest.raises(ValueError, match=r"bikes has no kpi 'ride'; did you mean 'rides'?"):
        impact.kpi(read(days(range(9))), "ride")


def test_without_a_table_or_a_role_the_section_is_absent():
    assert impact.kpi(data.read(None)).reason == "No table of a KPI by period was given."
    plain = data.source(days(range(9)), "bikes", period="date")
    assert impact.kpi(plain).reason == "bikes has no column of role kpi."
    assert impact.data_check(impact.kpi(plain)).reason == "bikes has no column of role kpi."


def test_the_check_names_what_is_missing_and_what_is_far_off():
    season = 100 * np.exp(0.1 * np.sin(np.arange(400) * 2 * np.pi / 7) + np.arange(400) / 1000)
    noise = np.random.default_rng(1).normal(0, 0.02, 400)
    frame = days(season * np.exp(noise), start="2022-01-01")
    frame.loc[200, "rides"] *= 3
    check = impact.data_check(impact.kpi(read(frame.drop(index=7))))
    assert check.title == "Of 400 days, 1 missing and 1 far off"
    assert check.far.tolist() == [pd.Timestamp("2022-07-20")]
    assert "above all 2022-07-20" in check.finding
    assert [one.passed for one in check.checks] == [True, False]


def test_a_constant_series_does_not_vary():
    check = impact.data_check(impact.kpi(read(days([5.0] * 30))))
    assert not check.checks[0].passed and check.checks[0].saw == "every value is the same"
    assert check.far.empty
