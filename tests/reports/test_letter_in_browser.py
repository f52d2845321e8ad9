"""A mail as a mail program shows it: in a browser, with its pictures and without, on a phone, in the dark."""

import base64
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from axe_playwright_python.sync_playwright import Axe
from printed import edition, shares

from pmlib.reports.deliver import letter
from pmlib.reports.deliver.item import Failed, Item

pytestmark = pytest.mark.browser

ABOUT = {
    "to": ["a@example.org"],
    "sender": "r@example.org",
    "message_id": "<1@example.org>",
    "date": datetime(2026, 11, 30, tzinfo=UTC),
}
# A mail is a part of the mail program's page, whose landmarks are not the mail's.
PAGES = {"rules": {name: {"enabled": False} for name in ("landmark-one-main", "region")}}
LONG = "Weltraumschrottentsorgungsgesellschaft" * 4


def batch(root):
    inputs = [{"name": "cars", "newest": "1990", "guesses": ["a"]}]
    results = [shares(0.1 + at / 10, 0.05, 0.9, name=f"n{at}", firm=f"{LONG}{at}") for at in range(4)]
    one = edition(root, *results, title=LONG, inputs=inputs, parameters={"owner": "Market team"})
    items = [Item("cars", one, ("GM is below its band.", LONG)), Item("again", one)]
    return letter.digest(
        items, "car managers", **ABOUT, root=root, link="https://example.org/reports", limit=20_000
    )


def failure(root):
    failed = [Failed("cars", LONG, "2026-11-29", f"cell 1: {LONG}", f"pmlib run cars -p focal={LONG}")]
    return letter.failures(failed, **ABOUT, root=root, link="https://example.org/reports")


@pytest.fixture(params=[batch, failure])
def opened(browser, request, tmp_path):
    """A function that opens the HTML of a mail as a mail program would."""
    mail = message_from_bytes(request.param(tmp_path).as_bytes(), policy=default)
    html = mail.get_body(("html",)).get_content()
    contexts = []

    def open_mail(*, pictures=True, **settings):
        shown = html
        for part in mail.walk():
            if pictures and (cid := part["content-id"]):
                address = f"data:image/png;base64,{base64.b64encode(part.get_content()).decode()}"
                shown = shown.replace(f"cid:{cid.strip('<>')}", address)
        contexts.append(browser.new_context(**settings))
        page = contexts[-1].new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url.partition(",")[0]))
        page.set_content(shown)
        return page

    yield open_mail
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_asked_for(opened, scheme):
    page = opened(color_scheme=scheme, viewport={"width": 640, "height": 900})
    found = Axe().run(page, options=PAGES).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []
    assert set(page.asked) <= {"data:image/png;base64"}


@pytest.mark.parametrize("width", [320, 390, 640])
def test_it_does_not_scroll_sideways_and_is_no_wider_than_a_mail(opened, width):
    page = opened(viewport={"width": width, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelector('.sheet').getBoundingClientRect().width") <= 600


def test_the_dark_one_is_dark_and_the_charts_keep_their_paper(opened):
    colour = "s => [...document.querySelectorAll(s)].map(e => getComputedStyle(e).backgroundColor)"
    light, dark = opened(color_scheme="light"), opened(color_scheme="dark")
    assert set(light.evaluate(colour, ".paper")) == {"rgb(255, 255, 255)"}
    assert set(dark.evaluate(colour, ".paper")) == {"rgb(20, 23, 27)"}
    assert set(dark.evaluate(colour, ".chart")) <= {"rgb(255, 255, 255)"}


def test_without_pictures_each_chart_is_read_in_words(opened):
    page = opened(pictures=False)
    texts = page.evaluate("[...document.images].map(i => [i.alt, i.getBoundingClientRect().height])")
    assert all("leads with" in alt and height > 10 for alt, height in texts)
