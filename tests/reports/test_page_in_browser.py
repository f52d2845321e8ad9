"""The shipped pages in a real browser: quiet, accessible, light and dark, on a phone and on paper, short."""

import json
import re
import shutil
import subprocess

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe

from pmlib.reports.page import render

REPORTS = ("us_car_market", "nl_cars", "bikeshare")
pytestmark = pytest.mark.browser

WORDS = """(selector) => {
  document.querySelectorAll('svg, nav, .skip').forEach(e => e.remove());
  return document.querySelector(selector).innerText.split(/\\s+/).filter(w => /\\w/.test(w)).length;
}"""
CHARTS = "[...document.querySelectorAll('main .chart')].filter(c => !c.closest('details:not([open])')).length"
CUT = """() => [...document.querySelectorAll('figure')].filter(f => f.checkVisibility()).filter(f =>
  getComputedStyle(f).breakInside !== 'avoid' || f.getBoundingClientRect().height > 1000).map(f => f.id)"""
WIDER = """() => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() &&
  !e.closest('.scroll, pre, footer table') && e.getBoundingClientRect().right > innerWidth + 1
  ).map(e => e.outerHTML.slice(0, 80))"""
DEAD = """() => [...document.querySelectorAll('a[href^="#"]')].filter(a =>
  !document.getElementById(a.hash.slice(1))).map(a => a.hash)"""


@pytest.fixture(params=REPORTS)
def path(request, shipped):
    return shipped / "reports" / "published" / request.param / "index.html"


@pytest.fixture
def opened(browser, path):
    """Open the page; yields a function that takes the browser's settings."""
    contexts = []

    def open_page(**settings):
        contexts.append(browser.new_context(**settings))
        page = contexts[-1].new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_asks_for_nothing_logs_nothing_and_axe_finds_nothing(opened, path, scheme):
    page = opened(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []
    assert page.asked == [path.as_uri()]
    assert page.said == []


@pytest.mark.parametrize("unfolded", [False, True])
def test_it_does_not_scroll_sideways_on_the_narrowest_phone(opened, unfolded):
    page = opened(viewport={"width": 320, "height": 640})
    page.evaluate(f"document.querySelectorAll('details').forEach(d => d.open = {str(unfolded).lower()})")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(WIDER) == []


def test_dark_and_light_differ_and_print_is_light(opened):
    colours = "getComputedStyle(document.body).backgroundColor"
    assert opened(color_scheme="light").evaluate(colours) == "rgb(255, 255, 255)"
    dark = opened(color_scheme="dark")
    assert dark.evaluate(colours) == "rgb(20, 23, 27)"
    dark.emulate_media(media="print")
    assert dark.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--ink')") == "#1b1f24"


def test_a4_cuts_no_figure(opened):
    page = opened(viewport={"width": 658, "height": 1002})  # A4 less the page's margins, at 96 dpi
    page.emulate_media(media="print")
    assert page.evaluate(CUT) == []
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_it_is_short_as_opened(opened):
    page = opened()
    assert page.evaluate(CHARTS) <= 6
    assert page.evaluate(WORDS, ".tiles") <= 45
    assert page.evaluate(WORDS, ".answer") - page.evaluate(WORDS, ".tiles") <= 120, "words of the answer"
    assert page.evaluate(WORDS, "body") <= 900, "words as opened"


def test_the_first_screen_needs_no_dictionary(opened):
    words = opened().locator("main > section").first.text_content()
    assert not re.search(r"HHI|hedonic|regression|CR4|p-value|2SLS|standard error", words, re.I)


def test_it_is_small_and_mostly_figures(path):
    html = path.read_text("utf-8")
    assert len(html.encode()) < 300_000
    # a figure is its chart, the words about it and its folded numbers
    assert len(re.sub(r"<figure.*?</figure>", "", html, flags=re.S).encode()) < 30_000


def test_it_has_a_language_a_title_one_heading_and_a_way_to_skip(opened):
    page = opened()
    assert page.get_attribute("html", "lang") == "en"
    assert page.title() == page.locator("h1").text_content()
    assert page.locator("h1").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"


def test_every_link_within_the_page_leads_somewhere(opened):
    assert opened().evaluate(DEAD) == []


# A page from guesses says so wherever one looks


@pytest.fixture(scope="module")
def stamped(shipped, tmp_path_factory):
    """The longest page, as if two guesses about its table were open."""
    edition = next((shipped / "reports/published/us_car_market/editions").iterdir())
    record = json.loads((edition / "run.json").read_text("utf-8"))
    inputs = [{**entry, "guesses": ["key", "price.unit"]} for entry in record["inputs"]]
    notebook = nbformat.read(edition / "notebook.ipynb", as_version=4)
    known = {"report": "us_car_market", "parameters": record["parameters"], "root": shipped}
    page = tmp_path_factory.mktemp("stamped") / "index.html"
    page.write_text(render(notebook, provenance=record | {"inputs": inputs}, **known), "utf-8")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_stamp_stays_in_sight_slim_and_readable(browser, stamped, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 700}, color_scheme=scheme)
    page = context.new_page()
    page.goto(stamped.as_uri())
    for position in (0, 700, 10**6):
        page.evaluate(f"scrollTo(0, {position})")
        box = page.locator(".stamp").bounding_box()
        assert box["y"] == 0 and box["height"] < 60
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [v["id"] for v in Axe().run(page).response["violations"]] == []
    context.close()


def test_the_stamp_hides_nothing_that_a_link_or_a_key_leads_to(browser, stamped):
    context = browser.new_context(viewport={"width": 390, "height": 700})
    page = context.new_page()
    page.goto(stamped.as_uri())
    bottom = page.locator(".stamp").bounding_box()["height"]
    for target in page.evaluate("[...document.querySelectorAll('nav a')].map(a => a.hash)"):
        page.evaluate(f"location.hash = '{target}'")
        assert page.locator(f"{target} h2").first.bounding_box()["y"] >= bottom
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    for _ in range(30):  # from the last to the first: what gets the focus scrolls in from above
        page.keyboard.press("Shift+Tab")
        top = page.evaluate("document.activeElement.getBoundingClientRect().top")
        assert top >= bottom or page.evaluate("document.activeElement.matches('body, .skip')")
    context.close()


def test_the_stamp_stands_on_every_printed_sheet(browser, stamped, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext (Debian and Ubuntu: apt install poppler-utils)")
    context = browser.new_context()
    page = context.new_page()
    page.goto(stamped.as_uri())
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    context.close()
    done = subprocess.run(
        ["pdftotext", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True
    )
    sheets = done.stdout.rstrip("\f").split("\f")
    assert len(sheets) > 2
    assert all("Unchecked draft." in " ".join(sheet.split()) for sheet in sheets)
