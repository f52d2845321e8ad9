"""Claims about rivals: their age, their contradictions, what changed, and the market they make."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.competitive import facts_market, feature_parity, price_ladder, rival_facts, rival_monitor
from pmlib.data import source
from pmlib.data.source import no_source
from pmlib.result import Absent
from pmlib.table import Column

# An invented table: firm, topic, claim, price, place, day seen, confidence.
ROWS = [
    ("Acme", "Pro", None, 50.0, "https://acme.example/pricing", "2025-01-10", "high"),
    ("Acme", "Pro", "per seat", 45.0, "https://acme.example/pricing", "2025-06-01", "high"),
    ("Acme", "Basic", None, 20.0, "https://acme.example/pricing", "2025-06-01", "high"),
    ("Acme", "SSO", "no", None, "forum", "2025-03-01", "low"),
    ("Acme", "SSO", "yes", None, "docs", "2025-05-01", "medium"),
    ("Acme", "Seats", "500", None, "docs", "2024-11-03", "high"),
    ("Beta", "SSO", "no", None, "docs", "2025-06-03", "low"),
    ("Beta", "Seats", "1,000", None, "docs", "2025-06-03", "high"),
    ("Beta", "Team", None, 0.0, "<script>alert(1)</script>", "2025-02-01", "high"),
    ("Us", "SSO", "yes", None, "own", "2025-06-01", "high"),
    ("Us", "Seats", "300", None, "own", "2025-06-01", "high"),
    ("Us", "One", None, 30.0, "own", "2025-06-01", "high"),
]
NAMES = ["firm", "topic", "claim", "price", "place", "period", "confidence"]
PRICE = {"price": Column("Price", "$ a month")}


def facts(rows=ROWS, **columns):
    frame = pd.DataFrame(rows, columns=NAMES).assign(**columns)
    frame = frame.astype({"price": float})
    frame["period"] = pd.to_datetime(frame["period"])
    return source(frame, "facts", columns=PRICE, line="made up")


def by_matter(result):
    return result.frame.set_index(["firm", "topic"])


def test_what_a_reader_is_told():
    result = rival_facts(facts(), rivals=["Acme", "Beta"])
    assert result.title == "1 of 7 facts about rivals is stale"
    assert result.finding == (
        "7 facts about 2 rivals as of 2025-06-03: 1 is older than 180 days, 2 are contradicted by another "
        "recent claim and 1 is of low confidence."
    )
    assert result.advice == "Look again at Acme, Seats: last seen 212 days before."
    rows = by_matter(result)
    assert rows.loc[("Acme", "Pro"), "said"] == "per seat, $45 a month"
    assert rows.loc[("Beta", "Team"), "said"] == "free"
    assert rows.loc[("Acme", "SSO"), "note"] == "also claimed: “no” on 2025-03-01"
    assert rows.loc[("Acme", "Seats"), ["age", "note"]].tolist() == [212, "stale"]


def test_the_day_of_the_report_is_given_or_the_newest_of_the_table():
    past = rival_facts(facts(), as_of="2025-03-05", rivals=["Acme"])
    assert by_matter(past).loc[("Acme", "SSO"), ["said", "age", "unsure"]].tolist() == ["no", 4, True]
    assert [(c.passed, c.saw) for c in past.checks] == [(False, "8 seen after 2025-03-05 are left out")]
    later = rival_facts(facts(), as_of="2026-06-03")
    assert later.frame["stale"].all() and not later.frame["otherwise"].any()


def test_of_one_day_the_surest_claim_stands_then_the_last():
    rows = [
        ("A", "SSO", claim, None, "", "2025-01-01", sure) for claim, sure in [("yes", "high"), ("no", "low")]
    ]
    assert rival_facts(facts(rows)).frame.loc[0, ["said", "otherwise"]].tolist() == [
        "yes", "“no” on 2025-01-01",
    ]  # fmt: skip
    alike = facts(rows, confidence=0.8)
    assert rival_facts(alike).frame["said"].tolist() == ["no"]
    same = facts([("A", "SSO", claim, None, "", "2025-01-01", "high") for claim in ("Yes ", "yes")])
    assert rival_facts(same).frame["note"].tolist() == ["none"]


def test_claims_are_shown_as_text_only():
    html = rival_facts(facts()).html()
    assert "<script>" not in html and "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "https://acme.example/pricing" in html and "<a " not in html


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"firm": None}, r"facts: firm is missing \(row 1 of 12\); fill it, or drop the row"),
        ({"topic": None}, r"facts: topic is missing \(row 1 of 12\); fill it, or drop the row"),
        ({"price": -1.0}, r"facts: price is -1 \(row 1 of 12\); write what is asked, 0 where it is free"),
        ({"confidence": 80}, r"facts: confidence is 80 \(row 1 of 12\); write a fraction from 0 to 1"),
        ({"confidence": "so-so"}, r"facts: confidence is 'so-so' \(row 1 of 12\); write low, unsure, rumour"),
    ],
)
def test_claims_that_cannot_be_are_refused_by_row(changed, line):
    with pytest.raises(ValueError, match=f"^{line}"):
        rival_facts(facts(**changed))


def test_days_and_ages_are_checked():
    with pytest.raises(ValueError, match=r"^as_of is 'soon'; write a day, as in 2026-03-31$"):
        rival_facts(facts(), as_of="soon")
    with pytest.raises(
        ValueError, match=r"^facts has no claim seen by 2020-01-01; the first is of 2024-11-03"
    ):
        rival_facts(facts(), as_of="2020-01-01")
    with pytest.raises(ValueError, match=r"^max_age is 'old'"):
        rival_facts(facts(), max_age="old")
    with pytest.raises(ValueError, match=r"^since is 2025-07-01, which is not before 2025-06-03"):
        rival_monitor(facts(), since="2025-07-01")


def test_a_table_without_claims_is_said_to_be():
    made = source(pd.DataFrame({"firm": ["A"], "topic": ["x"], "period": [2020]}), "facts")
    for method in (rival_facts, rival_monitor):
        absent = method(made)
        assert isinstance(absent, Absent)
        assert absent.reason == "The data (facts) have no claim and no price column."
    with pytest.raises(ValueError, match=r"^The data \(facts\) have no claim and no price column\.$"):
        facts_market(made)
    with pytest.raises(ValueError, match=r"^The data \(facts\) have no rows\.$"):
        facts_market(facts([]))


def test_a_table_that_was_not_given_is_said_to_be():
    for method in (rival_facts, rival_monitor):
        assert method(no_source()).reason == "No table of facts was given."
    assert price_ladder(facts_market(no_source()), focal="Us").reason.startswith("No table of products")


def test_news_between_two_days():
    result = rival_monitor(facts(), since="2025-03-05", rivals=["Acme", "Beta"])
    rows = by_matter(result)
    assert rows["change"].to_dict() == {
        ("Acme", "Pro"): "price moved",
        ("Acme", "SSO"): "changed",
        ("Acme", "Basic"): "new",
        ("Beta", "SSO"): "new",
        ("Beta", "Seats"): "new",
        ("Acme", "Seats"): "not seen again",
        ("Beta", "Team"): "not seen again",
    }
    assert rows.loc[("Acme", "Pro"), "move"] == pytest.approx(-0.1)
    assert result.title == "Acme: Pro costs 10% less"
    assert result.finding == (
        "From 2025-03-05 to 2025-06-03 1 price moved, 1 claim changed, 3 claims are new and 2 were not seen "
        "again. First of all: Acme, Pro: $50 a month then, per seat, $45 a month now."
    )
    pd.testing.assert_frame_equal(
        result.frame, rival_monitor(facts(), since="90 days", rivals=["Acme", "Beta"]).frame
    )


def test_who_was_not_looked_at_again_has_lost_nothing():
    rows = [
        ("A", "SSO", "yes", None, "", "2025-01-01", "high"),
        ("B", "SSO", "yes", None, "", "2025-06-01", "high"),
    ]
    assert rival_monitor(facts(rows)).frame["firm"].tolist() == ["B"]


def test_news_against_an_earlier_table():
    before = facts(
        [row for row in ROWS if row[1] != "Basic"] + [("Acme", "Old", "yes", None, "", "2025-01-01", "low")]
    )
    result = rival_monitor(facts(), before=before)
    assert by_matter(result)["change"].to_dict() == {("Acme", "Basic"): "new", ("Acme", "Old"): "gone"}
    assert rival_monitor(facts(), before=facts()).title == "Nothing changed about rivals"


def test_a_small_move_of_a_price_is_no_news():
    rows = [
        ("A", "Pro", None, price, "", day, "high")
        for price, day in [(100, "2025-01-01"), (101, "2025-06-01")]
    ]
    assert rival_monitor(facts(rows), materiality=0.02).frame.empty
    assert rival_monitor(facts(rows), materiality=0.01).frame["change"].tolist() == ["price moved"]
    free = [
        ("A", "Pro", None, price, "", day, "high") for price, day in [(0, "2025-01-01"), (5, "2025-06-01")]
    ]
    assert rival_monitor(facts(free)).title == "A: Pro is no longer free"


def test_claims_become_a_market_for_parity_and_the_ladder():
    market = facts_market(facts(), better={"Seats": "higher"})
    rows = market.frame.set_index("name")
    assert rows["price"].dropna().to_dict() == {"Acme Basic": 20, "Acme Pro": 45, "Us One": 30}
    assert rows["SSO"].to_dict() == {"Acme Basic": 1, "Acme Pro": 1, "Beta Team": 0, "Us One": 1}
    assert rows.loc["Beta Team", "Seats"] == 1000
    assert market.said == ("left out: 1 stale claim and the price of what is free",)
    parity = feature_parity(market, focal="Us").frame.set_index("attribute")
    assert parity["verdict"].to_dict() == {"Seats": "behind", "SSO": "level"}
    assert price_ladder(market, focal="Us").frame.set_index("firm").loc["Acme", ["low", "high"]].tolist() == [
        20,
        45,
    ]


def test_features_of_other_words_are_left_out_and_named():
    rows = [*ROWS, ("Beta", "Support", "by mail", None, "", "2025-06-01", "high")]
    market = facts_market(facts(rows))
    assert "Support" not in market.frame
    assert "Support (“by mail” is neither yes, no nor a number)" in market.said[0]


def test_products_named_in_the_table_have_features_of_their_own():
    rows = [
        ("A", "Price", None, 10.0, "", "2025-01-01", "high", "Small"),
        ("A", "Price", None, 20.0, "", "2025-01-01", "high", "Large"),
        ("A", "SSO", "yes", None, "", "2025-01-01", "high", "Large"),
        ("A", "SSO", "no", None, "", "2025-01-01", "high", None),
        ("A", "firm", "yes", None, "", "2025-01-01", "high", None),
    ]
    frame = pd.DataFrame(rows, columns=[*NAMES, "product"])
    frame["period"] = pd.to_datetime(frame["period"])
    market = facts_market(source(frame, "facts")).frame.set_index("product")
    assert market["SSO"].to_dict() == {"Large": 1, "Small": 0}
    assert market["firm (feature)"].tolist() == [1, 1]
    assert rival_facts(source(frame, "facts")).frame["matter"].tolist()[:2] == ["SSO", "firm"]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["A", "<b>", "C & D"]),
            st.sampled_from(["SSO", "price", "claim", "株"]),
            st.sampled_from(["yes", "NO", "12", "x<y", "", None]),
            st.sampled_from([None, 0.0, 9.5]),
            st.just("web"),
            st.sampled_from(["2025-01-01", "2025-02-01", "2025-06-01"]),
            st.sampled_from(["low", "high", None]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_any_table_gets_a_result_or_a_reason(rows):
    made = facts(rows)
    before = made.frame.copy()
    for method in (rival_facts, rival_monitor):
        result = method(made)
        assert "<b>" not in result.html().replace("<b>Facts about", "").replace("<b>What changed", "")
        assert "nan" not in result.summary()
    known = rival_facts(made)
    if not isinstance(known, Absent):
        assert not known.frame.duplicated(["firm", "product", "topic"]).any()
        market = facts_market(made)
        assert set(market.frame["firm"]) <= set(made.frame["firm"])
    pd.testing.assert_frame_equal(made.frame, before)


def test_news_without_a_before_names_none():
    rows = [
        ("A", "SSO", "no", None, "", "2025-01-01", "high"),
        ("A", "API", "yes", None, "", "2025-03-01", "high"),
    ]
    finding = rival_monitor(facts(rows), since="2025-02-01").finding
    assert finding.endswith("First of all: A, API: yes now.")
