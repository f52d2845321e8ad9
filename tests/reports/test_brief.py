"""What is news in an edition: Numbers beyond their interval, or a count of everything materially moved."""

import pytest
from printed import edition, shares

from pmlib.edition import Changes
from pmlib.reports.deliver.brief import APART, FIRST, GONE, OTHER, brief, news
from pmlib.reports.deliver.item import Item
from pmlib.table import Column


def watched(*names):
    """What a notebook shows that compares these Numbers between editions."""
    import pandas as pd

    frame = pd.DataFrame({"name": names, "label": names, "before": "", "now": "", "news": "no"})
    return Changes(title="Changes", finding="x.", frame=frame, columns={"label": Column("Number")})


def two(root, before, now, **parameters):
    """Two editions of a report; the second is given."""
    for one in (before, now):
        last = edition(root, *one, parameters=parameters)
    return last


def test_a_first_edition_is_news(tmp_path):
    assert news(edition(tmp_path, shares())) == [FIRST]


def test_an_estimate_is_news_where_its_last_value_lies_outside_its_interval(tmp_path):
    moved = two(tmp_path / "a", [shares(0.30, 0.28, 0.32)], [shares(0.375, 0.36, 0.39)])
    assert news(moved) == ["of cars sold are GM's: 30.0% (28.0% to 32.0%) then, 37.5% (36.0% to 39.0%) now"]
    assert news(two(tmp_path / "b", [shares(0.37, 0.35, 0.39)], [shares(0.375, 0.36, 0.39)])) == []


@pytest.mark.parametrize(
    ("before", "now", "materiality", "moved"),
    [(0.37, 0.375, 0.01, False), (0.36, 0.37, 0.01, True), (0.37, 0.375, 0, True), (0.37, 0.37, 0, False)],
)
def test_a_count_of_everything_is_news_from_the_reports_materiality_on(
    tmp_path, before, now, materiality, moved
):
    assert bool(news(two(tmp_path, [shares(before)], [shares(now)], materiality=materiality))) == moved


def test_every_move_of_a_count_is_news_in_a_report_that_says_no_materiality(tmp_path):
    assert news(two(tmp_path, [shares(0.37)], [shares(0.3701)])) == [
        "of cars sold are GM's: 37.0% then, 37.0% now"
    ]


def test_only_what_the_notebook_compares_counts_where_it_compares(tmp_path):
    before = [shares(0.2), shares(0.2, name="other"), watched("leader_share")]
    now = [shares(0.2), shares(0.9, name="other"), watched("leader_share")]
    assert news(two(tmp_path / "a", before, now)) == []
    assert len(news(two(tmp_path / "b", before[:2], now[:2]))) == 1


def test_another_edition_may_be_the_one_that_was_sent_last(tmp_path):
    """Small steps that are each no news add up to one that is."""
    sent, _, last = (
        edition(tmp_path, shares(v), parameters={"materiality": 0.01}) for v in (0.37, 0.376, 0.382)
    )
    assert news(last) == []
    assert news(last, sent) == ["of cars sold are GM's: 37.0% then, 38.2% now"]
    assert news(last, last) == []


def test_numbers_that_are_of_something_else_throughout_are_news(tmp_path):
    assert news(two(tmp_path, [shares(0.2, firm="Ford")], [shares(0.2, firm="GM")])) == [APART]


def test_a_number_of_something_else_a_new_one_and_one_that_is_gone_are_news_beside_others_that_stay(tmp_path):
    other = shares(0.2, name="other")
    assert news(two(tmp_path / "a", [shares(0.375), other], [shares(0.375, firm="Ford"), other])) == [
        "of cars sold are Ford's: 37.5% now; of cars sold are GM's: 37.5% then"
    ]
    assert news(two(tmp_path / "b", [other], [other, shares(0.375)])) == ["of cars sold are GM's: new, 37.5%"]
    assert news(two(tmp_path / "c", [other, shares(0.375)], [other])) == [
        "of cars sold are GM's: gone, was 37.5%"
    ]


def test_an_edition_that_is_gone_is_said(tmp_path):
    last = two(tmp_path, [shares()], [shares()])
    first = next(last.home.glob("editions/0001-*"))
    first.rename(tmp_path / "elsewhere")
    assert news(last) == [GONE]


def test_without_numbers_it_is_the_files_that_tell(tmp_path):
    assert news(two(tmp_path / "a", [], [])) == []
    first = edition(tmp_path / "b", more={"tables/a.csv": b"a\n"})
    assert news(edition(tmp_path / "b", more={"tables/a.csv": b"b\n"}), first) == [OTHER]


def test_a_number_that_is_not_finite_is_told_apart_and_stops_nothing(tmp_path):
    found = two(tmp_path / "a", [shares(), shares(float("nan"), name="n")], [shares(), shares(0.2, name="n")])
    assert news(found) == ["of cars sold are GM's: – then, 20.0% now"]
    assert news(two(tmp_path / "b", [shares(float("nan"))], [shares(float("nan"))])) == []


def test_words_are_on_one_line_and_show_what_is_unseen(tmp_path):
    said = brief(
        Item("cars", edition(tmp_path, shares(finding="a\n\nb \u202e c."), title="x\r\ny"), ("p\nq",))
    )
    assert (said.title, said.headline, said.alerts) == ("x y", "a b [U+202E] c.", ["p q"])
