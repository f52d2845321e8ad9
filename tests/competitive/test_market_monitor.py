"""What moved between the last two periods."""

import json
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.competitive import market_monitor
from pmlib.data import source
from pmlib.result import Absent, Number

ROWS = [
    ("A", "a1", 2000, 30, 10.0),
    ("A", "a2", 2000, 10, 20.0),
    ("B", "b1", 2000, 50, 5.0),
    ("C", "c1", 2000, 10, 8.0),
    ("A", "a1", 2001, 20, 11.0),
    ("A", "a3", 2001, 10, 20.0),
    ("B", "b1", 2001, 60, 5.0),
    ("D", "d1", 2001, 10, 9.0),
]


def market(rows=ROWS, names=("firm", "product", "period", "units", "price"), **columns):
    return source(pd.DataFrame(rows, columns=list(names)).assign(**columns), "market", line="made up")


def news(result):
    return list(result.frame[["who", "news", "move"]].itertuples(index=False, name=None))


def test_who_entered_and_left_and_what_moved():
    result = market_monitor(market(), focal="A")
    assert news(result) == [
        ("D", "firm entered", "+10.0 points"),
        ("C", "firm left", "−10.0 points"),
        ("A", "share moved", "−10.0 points"),
        ("B", "share moved", "+10.0 points"),
        ("A", "price moved", "+10.0%"),
        ("a1", "product's price moved", "+10.0%"),
        ("a3", "new product", "–"),
        ("d1", "new product", "–"),
        ("a2", "product gone", "–"),
        ("c1", "product gone", "–"),
    ]
    assert result.title == "A lost 10.0 points since 2000"
    assert result.finding == (
        "From 2000 to 2001 D entered; C left; A lost 10.0 points, B gained 10.0; "
        "prices, like for like: A +10.0%."
    )
    assert [(n.name, str(n)) for n in result.numbers] == [
        ("focal_share_move", "−10.0 points"), ("focal_price_move", "10.0%"),
    ]  # fmt: skip
    assert "<svg" in result.html()


def test_like_for_like_prices_weigh_by_what_was_spent():
    rows = [
        ("A", "x", 2000, 30, 10.0),
        ("A", "y", 2000, 10, 10.0),
        ("A", "x", 2001, 10, 20.0),
        ("A", "y", 2001, 20, 10.0),
    ]
    # Törnqvist: x had 3/4 of spending, then 1/2: ln 2 times 5/8
    change = market_monitor(market(rows), focal="A").prices["change"].iloc[0]
    assert np.log1p(change) == pytest.approx(np.log(2) * 0.625)
    without = market(rows).frame.drop(columns="units")
    change = market_monitor(source(without), focal="A").prices["change"].iloc[0]
    assert np.log1p(change) == pytest.approx(np.log(2) / 2)


def test_new_and_gone_products_move_no_price():
    rows = [
        ("A", "x", 2000, 1, 10.0),
        ("A", "y", 2000, 1, 99.0),
        ("A", "x", 2001, 1, 10.0),
        ("A", "z", 2001, 1, 1.0),
    ]
    result = market_monitor(market(rows), focal="A")
    assert result.prices["change"].tolist() == [0.0]
    assert "price moved" not in set(result.frame["news"])


def test_a_change_below_materiality_is_no_news():
    result = market_monitor(market(), focal="A", materiality=0.101)
    assert set(result.frame["news"]) == {"firm entered", "firm left", "new product", "product gone"}
    assert result.title == "A held its share; D entered"


def test_a_sample_must_move_beyond_its_interval():
    small = market_monitor(market(), focal="A", sampled=True)
    assert ("A", "share moved", "−10.0 points") not in news(small)
    row = small.shares.set_index("firm").loc["A"]
    assert row["low"] < 0 < row["high"]
    frame = market().frame.assign(units=lambda f: f["units"] * 50)
    large = market_monitor(source(frame), focal="A", sampled=True)
    assert ("A", "share moved", "−10.0 points") in news(large)
    assert large.numbers[0].level == 0.95
    with pytest.raises(ValueError, match=r"^market: a sample is judged by the units it bought"):
        market_monitor(market(), focal="A", basis="revenue", sampled=True)


def test_products_whose_codes_do_not_return_are_followed_by_name(us_cars):
    result = market_monitor(us_cars, focal="Ford", rivals=["General Motors"])
    assert result.checks[0].passed and result.checks[0].saw == "58 of 147 are there again by name"
    # AMC's last cars were sold in 1989; shares are those of V10 in reference: General Motors 37.5 % in 1990.
    assert result.title == "Ford held its share; AMC left"
    assert result.shares.set_index("firm").loc["General Motors", "now"] == pytest.approx(0.37506, abs=5e-6)
    assert result.frame["who"].iloc[1] == "General Motors"


def test_tables_without_sales_prices_or_products_show_what_they_can():
    frame = market().frame
    bare = market_monitor(source(frame[["firm", "period"]]), focal="A")
    assert news(bare) == [("D", "firm entered", "–"), ("C", "firm left", "–")]
    assert bare.plot() is None
    shares = market_monitor(source(frame[["firm", "period", "units"]]), focal="A")
    assert [(c.passed, c.label) for c in shares.checks] == [
        (False, "Products can be followed into the newest period")
    ]
    absent = market_monitor(source(frame[frame["period"] == frame["period"].min()]), focal="A")
    assert isinstance(absent, Absent)


def test_cars_of_one_year_have_no_news(cars_1993):
    assert market_monitor(cars_1993, focal="Ford").reason.endswith("have no period column.")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("AB<"), st.sampled_from("xyz"), st.sampled_from([2000, 2001, 2003]),
                  st.sampled_from([0, 1, 5]), st.sampled_from([None, 1.0, 7.5])),
        min_size=1, max_size=14, unique_by=lambda row: row[:3],
    )
)  # fmt: skip
def test_any_table_gets_a_result_or_a_reason(rows):
    made = market(rows, price=pd.array([row[4] for row in rows], "Float64").to_numpy(float, na_value=np.nan))
    before = made.frame.copy()
    sold = made.frame.groupby("period")["units"].sum()
    if not sold.all() and len(sold) > 1:
        with pytest.raises(ValueError, match="nothing was sold in"):
            market_monitor(made, focal=rows[0][0])
        return
    result = market_monitor(made, focal=rows[0][0])
    pd.testing.assert_frame_equal(made.frame, before)
    assert "nan" not in result.summary() and "<<" not in result.html()
    if not isinstance(result, Absent):
        assert result.shares["change"].sum() == pytest.approx(0, abs=1e-9)


def test_a_report_compares_with_the_period_of_its_last_edition(tmp_path, monkeypatch):
    early = [(firm, product, 1998, *rest) for firm, product, year, *rest in ROWS if year == 2000]
    told = Number(name="a_share", label="A's share", value=0.4, unit="%", period="1998", source="market")
    monkeypatch.setenv("PMLIB_RUN_DIR", str(tmp_path))
    (tmp_path / "previous.json").write_text(json.dumps({"numbers": [asdict(told)]}), "utf-8")
    assert market_monitor(market([*early, *ROWS]), focal="A").title == "A lost 10.0 points since 1998"
    (tmp_path / "previous.json").unlink()
    assert market_monitor(market([*early, *ROWS]), focal="A").title == "A lost 10.0 points since 2000"
