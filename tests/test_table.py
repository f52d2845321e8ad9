"""Numbers become words in one place, and tables can be walked by a screen reader."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlib.table import Column, interval, number, plain, records, table


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.37506, "%", "37.5%"),
        (0.082, "%", "8.2%"),
        (0.0034, "%", "0.340%"),
        (-0.109, "points", "−10.9 points"),
        (0.01, "points", "1.0 points"),
        (8.25, "$k (1983)", "$8.25k (1983)"),
        (-8.25, "$", "−$8.25"),
        (2160.8, "", "2,161"),
        (2.0, "", "2"),
        (1e30, "", "1.00e+30"),
        (0.0128, "", "0.0128"),
        (26.4, "mpg", "26.4 mpg"),
        (float("nan"), "%", "–"),
        (float("inf"), "", "–"),
        (-0.0, "", "0"),
    ],
)
def test_prose_has_three_digits_a_unit_and_a_true_minus(value, unit, said):
    assert number(value, unit) == said


def test_one_point_is_singular():
    assert number(0.01, "points", 0) == "1 point"


def test_a_range_is_written_with_to():
    assert interval(-0.0123, 0.0511, "%") == "−1.2% to 5.1%"
    assert interval(-0.5497, -0.0074, "%") == "−55% to −1%", "no finer than its width allows"


@given(st.floats(-1e12, 1e12), st.sampled_from(["", "%", "points", "$", "kg"]), st.integers(0, 6))
def test_a_written_number_reads_back(value, unit, digits):
    text = plain(value, unit, digits).replace(",", "").replace("−", "-")
    scale = 100 if unit in ("%", "points") else 1
    assert float(text) == pytest.approx(value * scale, abs=0.51 * 10**-digits, rel=1e-9)
    assert text not in ("-0", "-0.0")


def test_a_table_has_headers_for_rows_and_columns_and_escapes_what_it_is_given():
    frame = pd.DataFrame({"firm": ["<script>alert(1)</script>"], "share": [0.25]})
    html = table(frame, {"firm": Column("Firm & co"), "share": Column("Share", "%")}, caption='"quoted"')
    assert "<script>" not in html
    assert '<table class="t1"><caption class=unseen>"quoted"</caption>' in html
    assert "<th scope=col>Firm &amp; co<th scope=col>Share (%)" in html
    assert "<th scope=row>&lt;script&gt;alert(1)&lt;/script&gt;<td>25.0" in html


def test_a_long_or_wide_table_shows_its_beginning_and_says_so():
    frame = pd.DataFrame({f"c{i}": range(30) for i in range(8)})
    html = table(frame, {f"c{i}": Column(f"C{i}") for i in range(8)}, caption="all")
    assert html.count("<tr>") == 1 + 10
    assert html.count("scope=col") == 6
    assert "10 of 30 rows." in html


def test_records_are_plain_json():
    frame = pd.DataFrame(
        {
            "d": pd.to_datetime(["1990-01-01", None]),
            "x": [1.5, float("nan")],
            "b": [True, False],
            "t": ["a", None],
        }
    )
    assert records(frame) == {
        "columns": ["d", "x", "b", "t"],
        "data": [["1990-01-01", 1.5, True, "a"], [None, None, False, None]],
    }


def test_dates_are_written_no_finer_than_they_vary():
    frame = pd.DataFrame({"year": pd.to_datetime(["1990-01-01"]), "day": pd.to_datetime(["1990-02-03"])})
    html = table(frame, {"year": Column("Year"), "day": Column("Day")}, caption="dates")
    assert ">1990<td" in html
    assert ">1990-02-03<" in html


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (4_056_123, "cars", "4.06 million cars"),
        (2e9, "", "2 billion"),
        (43.1e6, "$ (2025)", "$43.1M (2025)"),
        (-1.234e9, "€", "−€1.23bn"),
        (999_999, "cars", "999,999 cars"),
        (4056, "thousand cars", "4,056 thousand cars"),
        (float("inf"), "cars", "– cars"),
    ],
)
def test_prose_writes_millions_in_words(value, unit, said):
    assert number(value, unit).removesuffix(" cars") == said.removesuffix(" cars")


def test_a_range_of_millions_is_written_once_and_no_finer_than_it_is_wide():
    assert interval(3_812_345, 4_421_000, "cars") == "3.81 to 4.42 million cars"
    assert interval(24.2e6, 69.7e6, "€ (2025)") == "€24M (2025) to €70M (2025)"
    assert interval(3200, 5300, "thousand cars") == "3,200 to 5,300 thousand cars"
    assert interval(0.9e6, 1.2e6, "cars") == "900,000 cars to 1.20 million cars"


def test_a_unit_that_the_label_names_stands_once():
    assert Column("Rides", "rides").heading == "Rides"
    assert Column("Cigarette packs a head", "packs").heading == "Cigarette packs a head"
    assert Column("Price", "$").heading == "Price ($)"
