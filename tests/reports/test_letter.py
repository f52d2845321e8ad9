"""Mails: the words and numbers of the page, in parts that mail programs look for, whatever the data say."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser

import pytest
from payloads import OWN, corpus
from printed import edition, shares

from pmlib.reports.deliver import letter, subject
from pmlib.reports.deliver.body import body
from pmlib.reports.deliver.brief import Brief, Chart, brief
from pmlib.reports.deliver.envelope import envelope, filled
from pmlib.reports.deliver.item import Failed, Item
from pmlib.reports.deliver.picture import Picture
from pmlib.visible import UNSEEN

HEADERS = {
    "from", "to", "reply-to", "subject", "date", "message-id", "auto-submitted", "mime-version",
    "x-auto-response-suppress", "content-type",
}  # fmt: skip
TAGS = {
    "html", "head", "meta", "title", "style", "body", "table", "tbody", "tr", "td", "h1", "h2", "h3",
    "div", "p", "b", "br", "ul", "li", "a", "img", "span", "code",
}  # fmt: skip
LINK = "https://research.example.org/reports"
FAILED = Failed(
    "cars", "The car market", "2026-11-29 06:00 UTC", "cell 3 of 25: DataError: no", "pmlib run cars"
)


def sent(*items, root, reader="car managers", **options):
    """The mail of a batch, and as a mail program reads it."""
    given = {"link": LINK, **options}
    return parsed(letter.digest(items, reader, **about(root), **given))


def told(*failed, root, **options):
    return parsed(letter.failures(failed, **about(root), **options))


def about(root):
    date = datetime(2026, 11, 30, 8, tzinfo=UTC)
    to = ["Anna <anna@example.org>"]
    return {
        "to": to,
        "sender": "R <r@example.org>",
        "message_id": "<1@example.org>",
        "date": date,
        "root": root,
    }


def parsed(message):
    return message_from_bytes(message.as_bytes(), policy=default)


def html_of(mail):
    return mail.get_body(("html",)).get_content().replace("\r\n", "\n")


def text_of(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def flat(text):
    return " ".join(text.split())


class Seen(HTMLParser):
    """What a mail's HTML holds."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.words = set(), set(), []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= set(attributes)

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return flat(" ".join(self.words))

    def values(self, name):
        return {value for key, value in self.attributes if key == name}


@pytest.fixture
def item(tmp_path):
    inputs = [{"name": "cars", "newest": "1990"}]
    parameters = {"owner": "Market team", "next_edition": "1991-11-30"}
    one = edition(tmp_path, shares(0.375, 0.36, 0.39), inputs=inputs, parameters=parameters)
    return Item("cars", one)


def test_the_parts_are_those_that_mail_programs_look_for(tmp_path, item):
    mail = sent(item, root=tmp_path)
    parts = [
        (part.get_content_type(), part.get_content_disposition(), part.get_filename()) for part in mail.walk()
    ]
    assert parts == [
        ("multipart/mixed", None, None),
        ("multipart/alternative", None, None),
        ("text/plain", None, None),
        ("multipart/related", None, None),
        ("text/html", None, None),
        ("image/png", "inline", "chart_1.png"),
        ("text/html", "attachment", "cars.html"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "attachment", "cars.xlsx"),
    ]
    page, workbook = mail.iter_attachments()
    assert page.get_content().encode() == (item.edition.folder / "index.html").read_bytes()
    assert workbook.get_content() == (item.edition.folder / "tables.xlsx").read_bytes()
    (picture,) = (part for part in mail.walk() if part.get_content_type() == "image/png")
    assert f'src="cid:{picture["content-id"].strip("<>")}"' in html_of(mail)
    assert picture.get_content().startswith(b"\x89PNG")


def test_its_headers_say_who_what_when_and_that_a_program_wrote_it(tmp_path, item):
    mail = sent(item, root=tmp_path, reply_to=["Owner <owner@example.org>"])
    assert mail["subject"] == "The car market: GM leads with 37.5% (36.0% to 39.0%)."
    assert mail["from"] == "R <r@example.org>" and mail["to"] == "Anna <anna@example.org>"
    assert mail["reply-to"] == "Owner <owner@example.org>"
    assert mail["date"].datetime == datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert mail["message-id"] == "<1@example.org>"
    assert mail["auto-submitted"] == "auto-generated"
    assert {name.lower() for name in mail.keys()} <= HEADERS  # noqa: SIM118 (a mail is no dictionary)


def test_both_forms_say_the_answer_what_it_means_how_new_it_is_and_where_more_is(tmp_path, item):
    mail = sent(item, root=tmp_path)
    html, text = Seen(html_of(mail)), flat(text_of(mail))
    for words in (
        "GM leads with 37.5% (36.0% to 39.0%).",
        "For you: Defend small cars.",
        "Would change this: A survey would change this.",
        "Data up to: 1990",
        "Owner: Market team",
        "Next edition: 1991-11-30",
        "GM leads",
        "Source: A count",
        "Open the report",
        "Attached: cars.html (the whole page, ",
        "cars.xlsx (all tables, ",
        "For car managers.",
    ):
        assert words in html.text and words in text, words
    assert f"{LINK}/cars/index.html" in text
    assert html.values("href") == {f"{LINK}/cars/index.html"}
    assert html.values("alt") == {"GM leads with 37.5% (36.0% to 39.0%)."}


@pytest.mark.parametrize("values", [(0.375,), (0.375, 0.36, 0.39), (0.004, 0.0031, 0.0051)])
def test_a_tile_reads_as_on_the_page(tmp_path, values):
    one = edition(tmp_path, shares(*values), shares(0.25, name="second", firm="Ford"))
    mail = sent(Item("cars", one), root=tmp_path)
    page = (one.folder / "index.html").read_text("utf-8")
    tiles = re.findall(
        r"<li><b>(.*?)</b> <span>(.*?)</span>", re.search(r"<ul class=\"tiles\">.*?</ul>", page)[0]
    )
    assert len(tiles) == 2
    for value, words in tiles:
        label, _, ends = words.partition(" <i>")
        for said in (Seen(value).text, Seen(label).text, Seen(ends.removesuffix("</i>")).text):
            assert said in Seen(html_of(mail)).text and said in flat(text_of(mail))


def test_the_same_inputs_give_the_same_bytes(tmp_path, item):
    first, second = (letter.digest([item], "car managers", **about(tmp_path)).as_bytes() for _ in range(2))
    assert first == second
    other = letter.digest([item], "car managers", **(about(tmp_path) | {"message_id": "<2@example.org>"}))
    assert other.as_bytes() != first


def test_lines_are_short_enough_for_any_server(tmp_path, item):
    long = Item("cars", edition(tmp_path, shares(finding="word" * 2_000 + "."), title="ü" * 5_000))
    for mail in (
        letter.digest([item, long], "x" * 2_000, **about(tmp_path)),
        letter.failures([FAILED], **about(tmp_path)),
    ):
        assert max(map(len, mail.as_bytes().split(b"\r\n"))) <= 998


def test_several_reports_are_listed_and_told_those_with_alerts_first(tmp_path):
    items = [
        Item(name, edition(tmp_path, shares(firm=name.upper()), name=name, title=f"Market {name}"), alerts)
        for name, alerts in (("a", ()), ("b", ()), ("c", ("GM's share fell below its band.",)))
    ]
    mail = sent(*items, root=tmp_path)
    assert mail["subject"] == "Alert: Market c; 3 reports: Market c, Market a, Market b"
    text = text_of(mail)
    assert text.startswith("3 reports\n\n* Market c (alert)\n* Market a\n* Market b\n")
    assert "Alert: GM's share fell below its band." in text
    assert "Alert: GM's share fell below its band." in Seen(html_of(mail)).text
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        f"{name}.{ending}" for ending in ("html", "xlsx") for name in "cab"
    ]
    assert sum(part.get_content_type() == "image/png" for part in mail.walk()) == 3


def test_an_alert_stands_in_the_subject_of_its_report(tmp_path, item):
    alerting = Item(item.name, item.edition, ("of cars sold are GM's: 37.5%, above its band",))
    subject = "Alert: The car market: of cars sold are GM's: 37.5%, above its band"
    assert sent(alerting, root=tmp_path)["subject"] == subject


def test_a_long_subject_ends_at_a_word(tmp_path):
    mail = sent(
        Item("cars", edition(tmp_path, shares(finding="General Motors leads " * 9 + "."))), root=tmp_path
    )
    assert len(mail["subject"]) <= 100
    assert mail["subject"].endswith(("General…", "Motors…", "leads…"))


def test_a_body_stays_below_what_gmail_shows_however_many_reports_and_however_long(tmp_path):
    words = "<&\u202e" * 4_000
    long = shares(finding=f"{words}.", advice="é" * 9_000, unknown="<" * 9_000, subtitle="&" * 9_000)
    item = Item("cars", edition(tmp_path, long, title="<" * 9_000), ("<" * 9_000,) * 9)
    for count in (1, 2, 5, 13, 200):
        mail = sent(
            *[Item(f"cars{n}", item.edition, item.alerts) for n in range(count)], root=tmp_path, attach=()
        )
        assert len(html_of(mail).encode()) < 100_000 and len(text_of(mail).encode()) < 100_000
        assert count == 1 or f"{count} reports" in text_of(mail)
    named = re.search(r"Only named above.*?: (\d+) of the 200", flat(text_of(mail)))
    shown = text_of(mail).count("Open the report")
    assert int(named[1]) + shown == 200, "each is told, named or counted"


def test_what_does_not_fit_is_left_out_and_said(tmp_path, item):
    size = (item.edition.folder / "index.html").stat().st_size
    mail = sent(item, root=tmp_path, limit=round(size * 1.5), attach=("page", "workbook", "slides"))
    assert [part.get_filename() for part in mail.iter_attachments()] == ["cars.html"]
    for said in (Seen(html_of(mail)).text, flat(text_of(mail))):
        assert re.search(r"Not attached: all tables \(\d+ kB as sent; a mail takes \d+ kB in all\)\.", said)
        assert "Not attached: slides (this report has none)." in said


def test_a_mail_that_a_server_refused_for_its_size_goes_without_files_and_says_so(tmp_path, item):
    mail = sent(item, root=tmp_path, limit=0)
    assert not list(mail.iter_attachments())
    assert "kB as sent; the server takes no larger mail)" in flat(text_of(mail))


def test_attachments_as_sent_stay_within_the_limit(tmp_path, item):
    whole = sum(len(part.get_payload()) for part in sent(item, root=tmp_path).iter_attachments())
    for limit, count in ((whole + 100, 2), (whole - 1, 1)):
        mail = sent(item, root=tmp_path, limit=limit)
        assert len(list(mail.iter_attachments())) == count


def test_a_file_that_is_no_longer_what_was_published_is_not_sent(tmp_path, item):
    (item.edition.folder / "tables.xlsx").write_bytes(b"other")
    mail = sent(item, root=tmp_path)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["cars.html"]
    assert "Not attached: all tables (no longer what was published)." in flat(text_of(mail))


def test_two_reports_whose_names_make_one_file_name_keep_two_files(tmp_path, item):
    items = [Item(name, item.edition) for name in ("a/b", "a_b", "A_B")]
    mail = sent(*items, root=tmp_path, attach=("page",))
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        "a_b.html",
        "a_b_2.html",
        "A_B_3.html",
    ]


def test_two_editions_of_one_report_each_have_their_own_files(tmp_path):
    items = [Item("cars", edition(tmp_path, shares(value))) for value in (0.3, 0.4)]
    mail = sent(*items, root=tmp_path, attach=("page",))
    for part, item in zip(mail.iter_attachments(), items, strict=True):
        assert part.get_content().encode() == (item.edition.folder / "index.html").read_bytes()
    assert re.findall(r"Attached: (\S+)", flat(text_of(mail))) == ["cars.html", "cars_2.html"]


def test_without_an_address_of_the_pages_no_link_is_made_up(tmp_path, item):
    mail = sent(item, root=tmp_path, link="")
    assert not Seen(html_of(mail)).values("href")
    assert "Open the report" not in text_of(mail) + html_of(mail)


def test_an_address_is_quoted(tmp_path, item):
    mail = sent(Item('a "b"/ü', item.edition), root=tmp_path, link=f"{LINK}/")
    assert Seen(html_of(mail)).values("href") == {f"{LINK}/a%20%22b%22/%C3%BC/index.html"}


def test_guesses_that_nobody_confirmed_are_said_at_the_top(tmp_path):
    inputs = [{"name": "cars", "newest": "", "guesses": ["a", "b"]}]
    mail = sent(Item("cars", edition(tmp_path, shares(), inputs=inputs)), root=tmp_path)
    for said in (Seen(html_of(mail)).text, flat(text_of(mail))):
        assert "Unchecked draft: 2 guesses about cars open" in said


def test_a_report_without_an_answer_or_a_result_is_a_mail_all_the_same(tmp_path):
    mail = sent(Item("cars", edition(tmp_path)), root=tmp_path)
    assert mail["subject"] == "The car market"
    assert "Open the report" in text_of(mail) and "Attached: cars.html" in flat(text_of(mail))


def test_a_root_may_have_a_template_of_its_own(tmp_path, item):
    own = tmp_path / "templates" / "mail"
    own.mkdir(parents=True)
    (own / "digest.txt.j2").write_text("Ours: {{ parts[0].brief.title }}", "utf-8")
    mail = sent(item, root=tmp_path)
    assert text_of(mail) == "Ours: The car market\n"
    assert "The car market" in html_of(mail)


def test_the_html_has_its_styles_on_its_elements_and_needs_nothing_from_elsewhere(tmp_path, item):
    html = html_of(sent(item, root=tmp_path, attach=()))
    seen = Seen(html)
    assert seen.tags <= TAGS
    assert ("lang", "en") in seen.attributes
    assert {"light dark"} <= seen.values("content")
    assert "@media (prefers-color-scheme: dark)" in html
    outside = re.sub(r"<style>.*?</style>|<!--.*?-->", "", html, flags=re.S)
    assert len(re.findall(r'<td[^>]* style="[^"]*font-size', outside)) == len(re.findall("<td", outside))
    assert len(re.findall(r'<table[^>]*role="presentation"', outside)) == outside.count("<table")
    assert not re.search(r"url\(|@import|data:|<script|<svg|https?://(?!research\.example)", html)
    for image in re.findall("<img[^>]*>", html):
        assert re.search(r'src="cid:[^"]+" width="\d+" height="\d+" alt="[^"]+"', image)


def parts_of(texts):
    """Reports that say each of these texts, a dozen at a time, in every place."""
    for at in range(0, len(texts), 12):
        a, b, c, d, e, f, g, h, i, j, k, m = [text or "x" for text in [*texts[at : at + 12], *OWN]][:12]
        chart = Chart(a, b, c, d, "")
        pictures = [Picture(chart, "1@pmlib", b"", height=9), Picture(chart, missing=e)]
        lines, tiles = [(h, i), (j, k)], [(m, a, b), (c, d, e), (f, g, h)]
        said = Brief(a, e, f, g, lines, tiles, [chart], alerts=[a, b], facts=[(i, j)], doubts=[k])
        yield letter.Part(said, f"{LINK}/x/index.html", attached=[m], left=[a, b], charts=pictures)


def test_no_text_becomes_markup_or_turns_a_line_around(tmp_path):
    about = {"more": 3, "count": 9, "home": LINK}
    parts, plain = list(parts_of(corpus())), next(parts_of(["x"] * 12))
    for at in range(0, len(parts), 40):
        some = parts[at : at + 40]
        one, other = OWN[at % len(OWN)], OWN[-at % len(OWN)]
        made = body("digest", tmp_path, parts=some, named=some[:3], subject=one, foot=other, **about)
        seen = Seen(made.html)
        assert seen.tags <= TAGS
        assert not [name for name, _ in seen.attributes if name.startswith("on")]
        assert seen.values("href") == {f"{LINK}/x/index.html", LINK} and seen.values("src") == {"cid:1@pmlib"}
        assert not UNSEEN.search(made.html) and not UNSEEN.search(made.text)
        assert "<" not in "".join(re.findall(r' (?:alt|aria-label)="([^"]*)"', made.html))
        like = body(
            "digest", tmp_path, parts=[plain] * len(some), named=[plain] * 3, subject="", foot="", **about
        )
        assert shape(made.html) == shape(like.html), "no element is left open or closed early"


def shape(html):
    return re.findall(r"</?(?:table|tr|td|p|h[123]|ul|li|b|a|img|span)\b", html)


@pytest.mark.parametrize("text", [*OWN, "a\nBcc: b@far.invalid", "a\x00b", "a\u2028b", "ü" * 900, "x" * 900])
def test_no_text_becomes_a_header_or_a_name_with_a_path(tmp_path, text):
    mail = sent(
        Item(text, edition(tmp_path, shares(finding=text or "x"), title=text), (text,)),
        root=tmp_path,
        reader=text,
    )
    assert {name.lower() for name in mail.keys()} <= HEADERS  # noqa: SIM118 (a mail is no dictionary)
    assert mail["to"] == "Anna <anna@example.org>"
    assert not UNSEEN.search(mail["subject"]) and "\n" not in mail["subject"]
    for part in mail.iter_attachments():
        assert re.fullmatch(r"[\w-]{1,64}\.(html|xlsx)", part.get_filename())
        assert set(part.keys()) == {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"} | (
            {"MIME-Version"} & set(part.keys())
        )
    assert mail.defects == []


def test_a_subject_reads_as_it_was_meant_whatever_the_language(tmp_path):
    given = {name: value for name, value in about(tmp_path).items() if name != "root"}
    long = ["ü x" * 50, "日本語 市場 レポート " * 8, "😀 " * 60, f"{'a' * 70} ü", "\ud800"]
    for text in [*OWN, *corpus()[::20], *long]:
        said = subject.header(text, subject.LONGEST)
        mail = parsed(filled(envelope(said, **given), letter.Body("<p>x</p>\n", "x\n")))
        assert mail["subject"] == said
        assert {name.lower() for name in mail.keys()} <= HEADERS  # noqa: SIM118 (a mail is no dictionary)


@pytest.mark.parametrize("where", ["to", "sender", "reply_to"])
def test_an_address_that_would_be_two_headers_is_refused(tmp_path, item, where):
    bad = "a@example.org\r\nBcc: b@far.invalid"
    given = about(tmp_path) | {where: bad if where == "sender" else [bad]}
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        letter.digest([item], "x", **given)


def test_owners_read_what_failed_since_when_how_to_see_it_and_what_readers_see(tmp_path, item):
    (item.edition.home / "failed.json").write_text('{"when": "2026-11-30"}')
    mail = told(FAILED, root=tmp_path, link=LINK)
    assert mail["subject"] == "Failed: The car market: cell 3 of 25: DataError: no"
    for said in (Seen(html_of(mail)).text, flat(text_of(mail))):
        assert "Failing since 2026-11-29 06:00 UTC." in said
        assert "Readers see the edition of data up to 1990, marked as such." in said
        assert "cell 3 of 25: DataError: no" in said and "pmlib run cars" in said
    assert re.search(r"<code[^>]*monospace[^>]*>pmlib run cars</code>", html_of(mail))
    assert Seen(html_of(mail)).values("href") == {f"{LINK}/cars/failed.html"}
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_what_failed_but_the_run_leaves_the_page_unmarked(tmp_path, item):
    text = flat(text_of(told(FAILED, root=tmp_path, link=LINK)))
    assert "Readers see the edition of data up to 1990." in text
    assert "failed.html" not in text


def test_owners_read_that_there_never_was_a_page(tmp_path):
    assert "There is no earlier page: readers see nothing." in flat(text_of(told(FAILED, root=tmp_path)))


def test_many_failures_are_told_named_or_counted(tmp_path):
    mail = told(*[FAILED] * 100, root=tmp_path)
    assert mail["subject"].startswith("100 failures: The car market, The car market")
    assert "88 more failed:" in text_of(mail)
    assert text_of(mail).count("What happened:") == 12
    long = Failed("cars", "<" * 5_000, "&" * 5_000, "<" * 5_000, "&" * 5_000)
    assert len(html_of(told(*[long] * 100, root=tmp_path)).encode()) < 100_000


def test_no_failure_becomes_markup_or_a_header(tmp_path):
    for text in OWN:
        mail = told(
            Failed("cars", text, text, text, text), Failed("cars", text, text, text, text), root=tmp_path
        )
        seen = Seen(html_of(mail))
        assert seen.tags <= TAGS and not seen.values("href") and not seen.values("src")
        assert {name.lower() for name in mail.keys()} <= HEADERS  # noqa: SIM118 (a mail is no dictionary)
        assert not UNSEEN.search(text_of(mail)) and not UNSEEN.search(mail["subject"])


def test_charts_are_the_first_two_that_the_page_does_not_fold(tmp_path):
    folded = shares(0.1, name="aside", title="Folded", aside=True)
    three = [shares(0.2 + at / 10, name=f"n{at}", title=f"Chart {at}") for at in range(3)]
    said = brief(Item("cars", edition(tmp_path, folded, *three)))
    assert [chart.title for chart in said.charts] == ["Chart 0", "Chart 1"]


def test_a_chart_that_cannot_be_drawn_is_said_in_words(tmp_path):
    one = edition(tmp_path, shares(firm="\U0001e900\U0001e901"))  # letters of Adlam, which few machines have
    mail = sent(Item("cars", one), root=tmp_path)
    for said in (Seen(html_of(mail)).text, flat(text_of(mail))):
        assert "leads with 37.5%. The chart is in the report: " in said
    assert "image/png" not in [part.get_content_type() for part in mail.walk()]
