"""A Result shows itself whole: words, chart, source, numbers, checks; the press reads one bundle."""

import json
from html.parser import HTMLParser

import pandas as pd
import pytest

from pmlib import chart
from pmlib.result import MIME, Absent, Answer, Check, Number, Result, first_present
from pmlib.table import Column


class Seen(HTMLParser):
    """What a browser would take for markup."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def tags(html):
    return Seen(html).tags


def attributes(html):
    return Seen(html).attributes


class Shares(Result):
    """Two firms."""

    def plot(self, ax=None):
        return chart.ranked(self.frame, "share", "firm", spec=self.columns["share"], ax=ax)


def shares(**changed):
    given = {
        "title": "Ada leads",
        "finding": "Ada has 60.0% of units sold.",
        "headline": "Ada leads with 60.0%.",
        "subtitle": "Share of units, 1990",
        "frame": pd.DataFrame({"firm": ["Ada", "Bob"], "share": [0.6, 0.4]}),
        "columns": {"firm": Column("Firm"), "share": Column("Share", "%")},
        "numbers": (Number(name="ada_share", label="of units sold are Ada's", value=0.6, unit="%"),),
        "checks": (Check("Shares add up", True, "100%"),),
        "source": "Made up",
        "advice": "Watch Bob.",
    }
    return Shares(**(given | changed))


def test_the_bundle_holds_words_numbers_and_the_whole_frame():
    bundle = shares()._repr_mimebundle_()
    payload = bundle[MIME]
    json.dumps(payload, allow_nan=False)
    assert (payload["kind"], payload["name"], payload["title"]) == ("result", "shares", "Ada leads")
    assert payload["numbers"][0]["value"] == 0.6
    assert payload["frame"] == {"columns": ["firm", "share"], "data": [["Ada", 0.6], ["Bob", 0.4]]}
    assert payload["columns"]["share"] == {"label": "Share", "unit": "%", "digits": None}
    assert bundle["text/plain"].startswith("Ada leads\nAda has 60.0% of units sold.\nada_share: 60.0%")


def test_the_figure_has_title_text_alternative_source_and_folded_numbers():
    html = shares().html()
    for part in (
        "<h3>Ada leads</h3>",
        'role="img" aria-label="Ada has 60.0% of units sold."',
        "Source: Made up",
        "<summary>The numbers</summary>",
        "Checks: all hold",
    ):
        assert part in html


def test_a_failed_check_is_shown_and_the_others_are_folded():
    html = shares(checks=(Check("Adds up", False, "93%"), Check("Other", True, "fine"))).html()
    assert "<p class=fails>✗ Does not hold: Adds up: 93%</p>" in html
    assert "<details class=checks><summary>Checks: 1 of 2 hold</summary>" in html


def test_a_result_without_a_chart_shows_its_table_unfolded():
    html = Result(title="T", finding="F", frame=pd.DataFrame({"a": [1]}), columns={"a": Column("A")}).html()
    assert "<svg" not in html
    assert "<details" not in html
    assert "<table" in html


def test_text_from_data_is_inert_everywhere():
    bad = '<img src=x onerror="alert(1)">'
    frame = pd.DataFrame({"firm": [bad, "Bob"], "share": [0.6, 0.4]})
    number = Number(name="n", label=bad, value=1.0)
    hostile = shares(
        title=bad, finding=bad, headline=bad, subtitle=bad, source=bad, advice=bad, frame=frame,
        columns={"firm": Column(bad), "share": Column(bad, "%")}, numbers=(number,),
        checks=(Check(bad, True, bad),),
    )  # fmt: skip
    for html in (
        hostile.html(),
        Answer(hostile, changed=hostile).html(),
        Absent(title=bad, reason=bad).html(),
    ):
        assert "img" not in tags(html)
        assert not [name for name in attributes(html) if name.startswith("on")]


def test_the_answer_reads_the_headlines_in_order_and_leaves_out_what_is_absent():
    answer = Answer(shares(), Absent(title="Trend", reason="One period."), shares(headline="Bob is next."))
    assert answer.html().startswith(
        '<div class="answer"><p class="lead"><b>Ada leads with 60.0%.</b> Bob is next.</p>'
    )
    assert "<b>For you:</b> Watch Bob.</p>" in answer.html()
    assert answer.payload()["kind"] == "answer"


def test_an_answer_without_any_result_says_why():
    with pytest.raises(ValueError, match=r"Answer has nothing to say: Trend: not shown\. One period\."):
        Answer(Absent(title="Trend", reason="One period."))


def test_an_estimate_is_said_with_its_range():
    assert str(Number(name="n", label="", value=0.02, low=-0.01, high=0.05, level=0.95, unit="%")) == (
        "2.0% (−1.0% to 5.0%)"
    )


def test_the_first_that_is_there_is_taken():
    gone, there = (Absent(title=t, reason="No sales.") for t in ("A", "B"))
    assert first_present(gone, there) is gone
    found = shares()
    assert first_present(gone, found, there) is found
