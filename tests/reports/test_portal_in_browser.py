"""The list of reports in a real browser: found by what one types, by keyboard, on a phone, on paper."""

import re
from datetime import UTC, date, datetime, timedelta

import many
import pytest
from axe_playwright_python.sync_playwright import Axe

from pmlib.reports.index import write_index
from pmlib.reports.plan import CATALOG, PUBLISHED, SOURCES
from pmlib.reports.schedule.state import Record, State, keep

pytestmark = pytest.mark.browser

SHOWN = "[...document.querySelectorAll('.cards > li')].filter(e => !e.hidden).map(e => e.id)"
JOBS = "[...document.querySelectorAll('.jobs > li')].filter(e => e.checkVisibility()).length"
WIDER = """() => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() &&
  e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"""
DEAD = """() => [...document.querySelectorAll('a[href^="#"]')].filter(a =>
  !document.getElementById(a.hash.slice(1))).map(a => a.hash)"""
# Until the frame after a key was pressed stands, in milliseconds.
PAINTED = """() => { window.took = []; let began;
  addEventListener('keydown', () => { began = performance.now(); }, true);
  document.getElementById('Search').addEventListener('input', () => requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => window.took.push(performance.now() - began);
    after.port2.postMessage(0); })); }"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = many.make(tmp_path_factory.mktemp("listed") / "root", reports=40, editions=4, matrices=[20])
    write_index(root)
    return root


@pytest.fixture
def opened(browser, root):
    """Open the list; yields a function that takes the browser's settings."""
    contexts = []

    def open_page(path="index.html", **settings):
        contexts.append(browser.new_context(**settings))
        page = contexts[-1].new_page()
        page.asked, page.said, page.at = [], [], (root / PUBLISHED / path).as_uri()
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto(page.at)
        return page

    yield open_page
    for context in contexts:
        context.close()


def count(page):
    return page.locator("#Count").text_content()


# Quiet, accessible, whatever it is read on


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["index.html", "editions.html", "matrix_0/index.html"])
def test_it_asks_for_nothing_logs_nothing_and_axe_finds_nothing(opened, path, scheme):
    page = opened(path, color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []
    assert page.asked == [page.at] and page.said == []
    assert page.evaluate(DEAD) == []


@pytest.mark.parametrize("path", ["index.html", "editions.html", "matrix_0/index.html"])
def test_it_does_not_scroll_sideways_on_the_narrowest_phone(opened, path):
    page = opened(path, viewport={"width": 320, "height": 640})
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(WIDER) == []


def test_on_a_phone_the_number_stands_right_below_the_headline(opened):
    page = opened(viewport={"width": 390, "height": 844})
    tops = [page.locator(f"#report_0001 {part}").first.bounding_box()["y"] for part in ("p", ".figure", "dl")]
    assert tops == sorted(tops)


def test_it_prints_the_list_and_no_controls(opened):
    page = opened()
    page.emulate_media(media="print")
    assert not page.locator("#Find").is_visible() and not page.locator("nav").is_visible()
    assert page.locator("#report_0039 h3").is_visible()
    assert page.evaluate(JOBS) == 20
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_without_a_script_all_is_there_in_groups_with_links_to_them(opened):
    page = opened(java_script_enabled=False)
    assert not page.locator("#Find").is_visible()
    assert count(page) == "60 reports"
    assert page.locator(".cards > li:visible").count() == 41
    page.locator("nav a", has_text="Feature impact").click()
    assert page.url.endswith("#G3") and page.locator("#G3").bounding_box()["y"] < 100
    assert page.locator(".late").count() == 0
    page.locator("#matrix_0 summary").click()
    assert page.locator(".jobs > li:visible").count() == 20


# Found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("sao paulo", ["report_0001", "report_0010", "report_0019", "report_0028", "report_0037"]),
        ("KIA  cairo", ["report_0026"]),
        ("report_0007", ["report_0007"]),
        ("category voice", ["report_0033"]),
        ("Skoda features trucks", ["report_0020"]),
        ("<b>", []),
    ],
)
def test_a_report_is_found_by_what_is_said_of_it(opened, typed, found):
    page = opened()
    page.locator("#Search").fill(typed)
    assert sorted(name for name in page.evaluate(SHOWN) if name != "matrix_0") == found
    assert count(page) == f"{len(found) + page.evaluate(JOBS)} of 60 reports"
    headings = page.locator("h2:visible").all_text_contents()
    assert page.locator("nav a:visible").all_text_contents() == headings


def test_what_no_keyboard_has_is_found_by_what_one_types_instead(browser, tmp_path):
    root = many.make(tmp_path / "root", reports=2, editions=1)
    many.edition(
        root / PUBLISHED / "report_0001", 2, headline="Die Stra\u00dfe: \u2212$1.5M in \ufb01ve \u0130zmir"
    )
    write_index(root)
    page = browser.new_page()
    page.goto((root / PUBLISHED / "index.html").as_uri())
    for typed in ("strasse", "STRASSE", "stra\u00dfe", "-$1.5m", "five", "izmir"):
        page.locator("#Search").fill(typed)
        assert page.evaluate(SHOWN) == ["report_0001"], typed
    page.close()


def test_a_job_of_a_matrix_is_found_among_all_of_them(opened):
    page = opened()
    assert page.evaluate(JOBS) == 12
    page.locator("#Search").fill("matrix_0 region-17")
    assert page.evaluate(SHOWN) == ["matrix_0"] and page.evaluate(JOBS) == 1
    assert count(page) == "1 of 60 reports"
    page.locator("#Search").fill("matrix_0")
    assert page.evaluate(JOBS) == 12 and count(page) == "20 of 60 reports"
    page.locator("#Search").fill("")
    assert page.evaluate(JOBS) == 12 and count(page) == "60 reports"


def test_reports_are_filtered_by_how_they_stand(opened):
    page = opened()
    page.select_option("#State", "failed")
    assert page.evaluate(SHOWN) == ["report_0030", "matrix_0"]
    assert count(page) == "2 of 60 reports" and page.evaluate(JOBS) == 1
    page.select_option("#State", "unchecked")
    assert {"report_0012", "report_0025", "report_0038"} < set(page.evaluate(SHOWN))
    page.locator("#Search").fill("zurich")
    assert count(page) == "0 of 60 reports"


def test_groups_are_topics_or_audiences(opened):
    page = opened()
    topics = page.locator("h2").all_text_contents()
    assert "Market sizing" in topics and len(topics) == 6
    page.select_option("#By", "audience")
    assert page.locator("h2").all_text_contents() == [*many.AUDIENCES]
    assert page.locator("nav a").all_text_contents() == [*many.AUDIENCES]
    assert len(page.evaluate(SHOWN)) == 41 and page.evaluate(DEAD) == []
    page.locator("#Search").fill("market sizing")
    assert "report_0001" in page.evaluate(SHOWN), "its topic is still known"
    page.locator("#Search").fill("")
    page.select_option("#By", "topic")
    assert page.locator("h2").all_text_contents() == topics


def test_what_changed_last_comes_first(browser, tmp_path):
    root = many.make(tmp_path / "root", reports=3, editions=3)
    many.edition(root / PUBLISHED / "report_0001", 4, 1)
    write_index(root)
    page = browser.new_page()
    page.goto((root / PUBLISHED / "index.html").as_uri())
    page.select_option("#By", "change")
    assert page.locator("h2").all_text_contents() == ["2024-06", "2024-05"]
    assert page.evaluate(SHOWN) == ["report_0001", "report_0000", "report_0002"]
    page.close()


# By keyboard


def test_keys_lead_to_the_search_through_what_was_found_and_back(opened):
    page = opened()
    focused = "document.activeElement.id || document.activeElement.textContent"
    page.keyboard.press("/")
    assert page.evaluate(focused) == "Search"
    page.keyboard.type("fiat/")
    assert page.locator("#Search").input_value() == "fiat/", "only the first one leads here"
    page.keyboard.press("Backspace")
    titles = page.locator("h3 a:visible, .jobs a:visible").all_text_contents()
    assert len(titles) > 5
    for title in titles:
        page.keyboard.press("ArrowDown")
        assert page.evaluate(focused) == title
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == titles[-1]
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == titles[-2]
    page.keyboard.press("Escape")
    assert page.evaluate(focused) == "Search" and count(page) == "60 reports"


def test_tab_goes_as_the_page_reads_and_is_seen(opened):
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#List"
    for name in ("Search", "State", "By"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == name
        assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


def test_the_search_has_a_name_and_what_it_finds_is_announced(opened):
    page = opened()
    assert page.get_by_label("Search", exact=True).get_attribute("type") == "search"
    assert page.get_by_role("status").text_content() == "60 reports"
    assert page.get_by_role("search").is_visible()
    assert page.get_by_role("img", name=re.compile("Over 4 editions from")).count() > 30


# By the reader's clock


def test_data_are_late_from_the_day_after_they_were_good(browser, tmp_path):
    root = many.make(tmp_path / "root", reports=3, editions=3)
    today = date.today()
    for at, ago in enumerate((40, 41, 39)):
        inputs = [{"name": "sales", "newest": (today - timedelta(days=ago)).isoformat()}]
        many.edition(root / PUBLISHED / f"report_{at:04d}", 4, at, inputs=inputs)
    (root / SOURCES).write_text('[sales]\ntitle = "Sales"\nmax_age = "40 days"\n')
    write_index(root)
    page = browser.new_page()
    page.goto((root / PUBLISHED / "index.html").as_uri())
    day = (today - timedelta(days=1)).isoformat()
    assert page.locator("b.late").all_text_contents() == [f"late: its data were good until {day}"]
    page.select_option("#State", "late")
    assert page.evaluate(SHOWN) == ["report_0001"]
    page.close()


def test_a_run_is_late_an_hour_after_it_was_due(browser, tmp_path):
    root = many.make(tmp_path / "root", reports=2, editions=3)
    catalog = (root / CATALOG).read_text("utf-8")
    (root / CATALOG).write_text(catalog.replace("audience", 'schedule = "hourly"\naudience'), "utf-8")
    (root / SOURCES).write_text('[sales]\ntitle = "Sales"\n')
    for at, hours in enumerate((4, 0)):
        moment = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours)
        done = State().ended(Record(moment, "fresh", moment, moment))
        keep(done, root, root / PUBLISHED / f"report_{at:04d}")
    write_index(root)
    page = browser.new_page()
    page.goto((root / PUBLISHED / "index.html").as_uri())
    (said,) = page.locator("b.late").all_text_contents()
    assert re.fullmatch(r"late: was due \d{4}-\d\d-\d\d \d\d:00 UTC", said)
    page.select_option("#State", "late")
    assert page.evaluate(SHOWN) == ["report_0000"]
    page.close()


# A thousand


@pytest.mark.slow
def test_a_thousand_reports_load_and_are_searched_without_lag(browser, tmp_path):
    root = many.make(tmp_path / "root", reports=1_000, editions=20, matrices=[1_000])
    write_index(root)
    page = browser.new_page()
    loads = []
    for _ in range(5):
        page.goto((root / PUBLISHED / "index.html").as_uri())
        loads.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
    page.evaluate(PAINTED)
    page.focus("#Search")
    for key in ("k", "e", "n", "y", "a", "Space", "k", "i", "a", *["Backspace"] * 8):
        page.keyboard.press(key)
        page.wait_for_timeout(60)
    took = sorted(page.evaluate("took"))
    print(f"load {min(loads):.0f} ms; search {took[len(took) // 2]:.0f} ms, at most {took[-1]:.0f} ms")
    assert len(took) == 17
    assert min(loads) < 1_000, "500 on a quiet machine"
    assert took[len(took) // 2] < 50
    page.close()
