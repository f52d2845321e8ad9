"""How often deals are won, why they were lost as stated, and whether that changes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_deals import deals, table
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from pmlib.competitive import loss_reasons, win_loss, win_trend
from pmlib.competitive.proportion import difference, effective_size, wilson
from pmlib.data import source
from pmlib.data.source import no_source
from pmlib.result import Absent


def few(**columns):
    return source(pd.DataFrame(columns), "deals", **{c: c for c in ("won", "firm", "reason") if c in columns})


@settings(deadline=None)
@given(st.integers(1, 500), st.data())
def test_wilson_is_that_of_statsmodels(size, data):
    won = data.draw(st.integers(0, size))
    assert wilson(won / size, size, 0.95) == pytest.approx(
        proportion_confint(won, size, 0.05, "wilson"), abs=1e-12
    )


def test_the_interval_of_a_difference_is_newcombes():
    # Newcombe (1998), Table II, example (a): 56/70 and 48/80, method 10: 0.0524 to 0.3339.
    assert difference(56 / 70, 70, 48 / 80, 80, 0.95) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert difference(5 / 56, 56, 0.0, 29, 0.9)[1:] == pytest.approx(
        confint_proportions_2indep(5, 56, 0, 29, method="newcomb", alpha=0.1), abs=1e-9
    )


def test_customers_who_decide_alike_count_once():
    won, customers = np.repeat([1.0, 0.0] * 10, 5), np.repeat(np.arange(20), 5)
    # 20 customers, each all won or all lost: as much as 20 deals, less one for the mean of theirs
    assert effective_size(won, customers) == pytest.approx(19)
    assert effective_size(won, None) == 100
    assert effective_size(np.ones(100), customers) == 20


def test_what_a_reader_is_told():
    result = win_loss(table(deals(1, 600)), focal="We", rivals=["Acme", "Gamma"])
    assert result.title == "We: 46% of decided deals won, least often against Acme"
    assert result.headline == (
        "Of 600 decided deals 46% (43% to 51%) were won; against Acme 37% (32% to 43%), "
        "against Gamma 57% (48% to 65%)."
    )
    assert result.advice == "Ask buyers why deals against Acme go elsewhere: 194 were lost."
    assert result.subtitle == "Share of decided deals won, by rival, Jan 2022 to Dec 2024; 95% intervals."
    assert [n.name for n in result.numbers] == ["win_rate", "win_rate_acme", "win_rate_gamma"]
    assert "<svg" in result.html()


def test_a_rate_of_few_deals_is_withheld():
    frame = win_loss(few(won=[1, 0] * 20 + [1] * 7, firm=["A"] * 40 + ["B"] * 7)).frame.set_index("group")
    assert frame.loc["B", ["decided", "won", "verdict"]].tolist() == [7, 7, "too few: 7 decided"]
    assert frame.loc["B", ["estimate", "low", "high"]].isna().all()
    absent = win_loss(few(won=[1, 0, None] * 10))
    assert absent.summary() == "Deals won and lost: not shown. Too few: 20 decided; a rate needs 30."


def test_undecided_deals_are_counted_and_left_out():
    result = win_loss(few(won=[1, 0] * 20 + [None] * 5))
    assert result.frame["decided"].tolist() == [40]
    assert [(c.passed, c.saw) for c in result.checks] == [(False, "5 undecided, left out")]


def test_a_deal_that_met_two_rivals_counts_once_in_all():
    rows = [(f"D{i}", firm, i % 2) for i in range(40) for firm in (["A", "B"] if i < 30 else ["A"])]
    frame = pd.DataFrame(rows, columns=["id", "firm", "won"])
    result = win_loss(source(frame, "deals", occasion="id"))
    assert result.frame.set_index("group")["decided"].to_dict() == {"All deals": 40, "A": 40, "B": 30}
    assert result.subtitle.endswith("30 met several rivals.")
    # what all deals have in common cannot be compared with others
    assert result.frame.set_index("group").loc["A", "verdict"] == ""


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([("D1", "A", 1), ("D1", "B", 0)], "deals: deal 'D1' is both won and lost; keep what is true of it"),
        ([("D1", "A", 1), ("D1", "B", None)], "deals: deal 'D1' is both decided and undecided; keep what is"),
        (
            [("D1", "A", 1), ("D1", "A", 1)],
            r"deals: deal 'D1' has the same row twice \(row 2 of 2\); keep one",
        ),
        (
            [("D1", "A", 1), (None, "A", 1)],
            r"deals: occasion is missing \(row 2 of 2\); fill it, or drop the",
        ),
    ],
)
def test_deals_that_cannot_be_are_refused_by_name(rows, line):
    frame = pd.DataFrame(rows, columns=["id", "firm", "won"])
    with pytest.raises(ValueError, match=f"^{line}"):
        win_loss(source(frame, "deals", occasion="id"))


def test_a_deal_has_one_value_of_what_it_has_once():
    frame = pd.DataFrame({"id": ["D1", "D1"], "firm": ["A", "B"], "won": [1, 1], "size": [5, 6]})
    with pytest.raises(ValueError, match=r"^deals: deal 'D1' has two values of size: '5', '6'; keep one$"):
        win_loss(source(frame, "deals", occasion="id", attributes=["size"]))


def test_outcomes_may_be_true_and_false():
    kinds = [
        [True, False] * 20,
        pd.array([True, False] * 20, "boolean"),
        np.array([1.0, 0.0] * 20),
        pd.Series([True, False, None] * 20, dtype=object),
    ]
    assert [win_loss(few(won=kind)).frame["estimate"].tolist() for kind in kinds] == [[0.5]] * 4


def test_parameters_are_checked():
    made = table(deals(1))
    with pytest.raises(ValueError, match=r'^rivals "Acmee" is not a firm in deals; did you mean "Acme"'):
        win_loss(made, rivals=["Acmee"])
    with pytest.raises(ValueError, match=r"^by is 'colour', which is no column of deals"):
        win_loss(made, by="colour")
    with pytest.raises(ValueError, match=r"^deals: size has 300 different values; group it into at most 30"):
        win_loss(made, by="size")
    with pytest.raises(ValueError, match=r"^minimum is 0"):
        win_loss(made, minimum=0)


def test_rates_by_any_column():
    frame = deals(1, 600)
    rates = win_loss(table(frame), by="segment").frame.set_index("group")["estimate"]
    assert rates["Mid"] == pytest.approx(frame.loc[frame["segment"] == "Mid", "won"].mean())
    assert win_loss(table(frame), by="trial").frame["group"].tolist() == ["All deals", "no", "yes"]
    assert win_loss(table(frame), by="reason").reason.startswith("Reasons are stated of lost deals only")


def test_stated_reasons_of_lost_deals():
    frame = deals(1, 600)
    result = loss_reasons(table(frame))
    lost = frame[frame["won"] == 0]
    assert result.frame["lost"].tolist() == lost["why"].value_counts().tolist()
    top = result.frame.iloc[0]
    assert (top["low"], top["high"]) == pytest.approx(
        proportion_confint(top["lost"], len(lost), 0.05, "wilson")
    )
    assert result.title == "“Price” is stated most, not clearly"
    assert loss_reasons(table(deals(2, 900))).title == "“Price” is stated most"
    assert "what was stated need not be what decided" in result.subtitle
    assert result.unknown == "Stated reasons are not causes; interviews with buyers would tell more."


def test_few_or_unstated_reasons_are_said():
    frame = deals(1, 600)
    assert loss_reasons(table(frame.head(30))).reason.startswith("Too few: ")
    frame.loc[frame.index % 2 == 0, "why"] = None
    stated = next(c for c in loss_reasons(table(frame)).checks if c.label == "Most lost deals state a reason")
    assert not stated.passed


def test_a_trend_is_found_and_none_is_not():
    frame = deals(2, 900)
    years = (frame["decided"] - frame["decided"].min()).dt.days / 365.25
    draw = np.random.default_rng(1)
    frame["won"] = (draw.random(900) < 0.2 + 0.15 * years).astype(int)
    rising = win_trend(table(frame))
    assert rising.title == "The win rate rises"
    assert rising.low < 0.15 < rising.high
    assert rising.frame["period"].is_monotonic_decreasing
    frame["won"] = (draw.random(900) < 0.4).astype(int)
    level = win_trend(table(frame))
    assert level.title == "No clear trend of the win rate"
    assert "we cannot tell whether the win rate rises or falls" in level.finding


def test_few_periods_bear_no_trend_or_say_so():
    frame = deals(1, 300)
    assert win_trend(table(frame.head(50))).reason.startswith("Too few: 50 decided on")
    frame["decided"] = pd.to_datetime(np.where(frame.index < 150, "2022-01-01", "2022-07-01"))
    checks = {c.label: c.passed for c in win_trend(table(frame)).checks}
    assert not checks["Dates span a year or more"]
    assert not checks["At least 3 periods have enough deals"]
    frame["won"] = 1
    assert win_trend(table(frame)).reason == "All decided deals went one way."
    frame["won"] = (frame.index < 150).astype(int)
    assert win_trend(table(frame)).reason.startswith("Deals went one way before a date")


def test_tables_without_the_roles_say_what_is_missing():
    made = source(pd.DataFrame({"firm": ["A"]}), "deals")
    for method in (win_loss, loss_reasons, win_trend):
        absent = method(made)
        assert isinstance(absent, Absent)
        assert absent.reason.startswith("The data (deals) have no won column")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABC<&"), st.sampled_from([0, 1, None])), min_size=1, max_size=90))
def test_any_table_gets_a_result_or_a_reason(rows):
    made = few(won=[won for _, won in rows], firm=[firm for firm, _ in rows])
    before = made.frame.copy()
    result = win_loss(made, minimum=5)
    pd.testing.assert_frame_equal(made.frame, before)
    if not isinstance(result, Absent):
        known = result.frame.dropna(subset="estimate")
        assert ((known["low"] <= known["estimate"]) & (known["estimate"] <= known["high"])).all()
        assert result.frame["decided"].iloc[1:].sum() == result.frame["decided"].iloc[0]
        assert "<&" not in result.html() and "nan" not in result.summary()


def test_a_table_that_was_not_given_is_said_to_be():
    for method in (win_loss, loss_reasons, win_trend):
        assert method(no_source()).reason == "No table of deals was given."
