"""No text runs, asks for anything, covers the page or turns it around, whichever way it comes onto a page.

Each page holds every payload and is opened in Chromium with scripts allowed: as it is published, and without
its content security policy, so that the sanitiser is shown to stand alone. Then everything on it is handled.
"""

import contextlib
import re

import pytest
from hostile import CHANNELS, build
from payloads import OWN, corpus
from playwright.sync_api import Error

from pmlib.reports.allowed import ATTRIBUTES, DEFINED, OUR_ATTRIBUTES, SHAPES, WORDS
from pmlib.visible import UNSEEN

pytestmark = [pytest.mark.browser, pytest.mark.slow]

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
TRAPS = """for (const name of ['alert', 'confirm', 'prompt', 'print', 'open', 'fetch', 'postMessage'])
  { const real = window[name];
    window[name] = (...given) => { window.ran(name); return real.apply(window, given); } }"""
# Where a click may lead on purpose: out by a link that the analyst wrote, and to the files beside the page.
OUT = (
    r"^(https?|mailto):|^(tables/[^/]+|tables|numbers|editions|((tiny|broken|many|many/b)/)?(index|failed)"
    r"|(tiny|many/b)/editions/[0-9-]+/index)\.(csv|xlsx|json|html)(#.*)?$"
)
HANDLE = """(out) => {
  const names = ['pointerover', 'mouseover', 'mouseenter', 'mousemove', 'mousedown', 'mouseup', 'dblclick',
    'wheel', 'contextmenu', 'focus', 'focusin', 'blur', 'keydown', 'keypress', 'keyup', 'input', 'change',
    'toggle', 'copy', 'cut', 'paste', 'drag', 'dragstart', 'drop', 'scroll', 'select', 'error', 'load',
    'animationstart', 'animationend', 'transitionend', 'beforetoggle', 'touchstart',
    'beforeprint', 'afterprint', 'hashchange'];
  document.querySelectorAll('details').forEach(d => d.open = true);
  for (const element of document.querySelectorAll('*')) {
    if (!element.attributes.length) continue;
    for (const name of names) element.dispatchEvent(new Event(name, {bubbles: false}));
    if (element.focus) element.focus();
    if (new RegExp(out, 'i').test(element.getAttribute('href') || '')) continue;
    element.dispatchEvent(new MouseEvent('click', {bubbles: false, cancelable: true}));
  }
}"""
LEADS_OUT = "(out) => new RegExp(out, 'i').test(document.activeElement.getAttribute('href') || '')"
HELD = """() => { const tags = {}, links = {}; let outside = 0;
  for (const e of document.querySelectorAll('*')) {
    const names = tags[e.localName] = tags[e.localName] || {};
    for (const a of e.attributes) names[a.name] = 1;
    const href = e.getAttribute('href');
    if (href !== null) links[e.localName + ' ' + href.split(':')[0].slice(0, 40)] = 1;
    if (e.closest('.own') && !['static', 'relative'].includes(getComputedStyle(e).position)
      && !e.matches('.unseen')) outside++;
  }
  return {tags, links: Object.keys(links), outside, headings: document.querySelectorAll('h1').length,
    boxes: [...document.querySelectorAll('.own')].every(e => getComputedStyle(e).contain == 'paint')}; }"""
OURS = {
    "html",
    "head",
    "body",
    "meta",
    "title",
    "style",
    "main",
    "section",
    "header",
    "footer",
    "nav",
    "aside",
}
LISTS = {"script", "form", "label", "input", "select", "option", "time"}  # what only the list of reports has
ATTRIBUTES_OF_LISTS = {
    "type",
    "for",
    "hidden",
    "value",
    "autocomplete",
    "spellcheck",
    "aria-describedby",
    "aria-labelledby",
}
ATTRIBUTES_OF_OURS = {"content", "charset", "http-equiv", "name", "rel", "xmlns"}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A function that makes the page of a channel, once."""
    pages = {}

    def of(channel):
        if channel not in pages:
            pages[channel] = build(channel, tmp_path_factory.mktemp(channel))
        return pages[channel]

    return of


@pytest.fixture
def opened(browser, tmp_path):
    """A function that opens HTML from a file, and notes what ran and what was asked for."""
    contexts = []

    def of(html):
        path = tmp_path / "page.html"
        path.write_text(html, "utf-8")
        contexts.append(browser.new_context(accept_downloads=True))
        page = contexts[-1].new_page()
        page.ran, page.requests, page.at = [], [], path.as_uri()
        page.on("dialog", lambda dialog: (page.ran.append(dialog.message), dialog.dismiss()))
        page.on("popup", lambda popup: page.ran.append("popup"))
        page.on("pageerror", lambda error: page.ran.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        page.expose_function("ran", lambda name: page.ran.append(name))
        page.add_init_script(TRAPS)
        page.goto(page.at)
        return page

    yield of
    for context in contexts:
        context.close()


def handle(page):
    """Touch everything that a reader can touch."""
    page.evaluate(HANDLE, OUT)
    for _ in range(30):
        page.keyboard.press("Tab")
        if not page.evaluate(LEADS_OUT, OUT):
            page.keyboard.press("Enter")
    for spot in range(50, 600, 60):
        page.mouse.move(spot, spot)
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(200)


@pytest.mark.parametrize("wall", ["with its policy", "without"])
@pytest.mark.parametrize("channel", [*CHANNELS, "heading", "failure", "index"])
def test_nothing_runs_and_nothing_is_asked_for(opened, built, channel, wall):
    html = built(channel)
    assert POLICY.search(html)
    page = opened(html if wall == "with its policy" else POLICY.sub("", html))
    handle(page)
    assert page.ran == []
    assert {url for url in page.requests if not url.startswith("data:image/")} == {page.at}
    assert page.url.partition("#")[0] == page.at


@pytest.mark.parametrize("channel", [*CHANNELS, "heading", "failure", "index"])
def test_only_what_is_allowed_is_on_the_page(opened, built, channel):
    html = built(channel)
    held = opened(html).evaluate(HELD)
    lists = channel == "index"
    assert set(held["tags"]) <= WORDS | SHAPES | DEFINED | OURS | (LISTS if lists else set())
    assert html.count("<script") == lists
    names = {name for found in held["tags"].values() for name in found}
    known = set().union(*ATTRIBUTES.values(), *OUR_ATTRIBUTES.values())
    known |= ATTRIBUTES_OF_OURS | (ATTRIBUTES_OF_LISTS if lists else set())
    assert {name.lower() for name in names} <= {name.lower() for name in known}
    ours = r"a #.*|use #.*|a (tables/.+|tables\.xlsx|numbers\.json)"
    if lists:
        page = r"(tiny|broken|many(/b)?)/(index|failed)\.html|editions\.html.*"
        ours = rf"a (#.*|{page}|(tiny|many/b)/editions/.+)"
    out = r"|a (https?|mailto)" if channel == "written" else ""
    assert [link for link in held["links"] if not re.fullmatch(ours + out, link, re.I)] == []
    assert held["outside"] == 0 and held["boxes"] and held["headings"] == 1
    assert len(re.findall("<!--", html)) == (1 if channel not in ("failure", "index") else 0)
    assert not UNSEEN.search(html)


def test_the_collections_are_there_and_are_seen_through():
    texts = corpus()
    assert len(texts) > 4_500 and len(OWN) > 100
    assert sum("alert" in text for text in texts) > 2_000


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<b onmouseover=alert(1)>x</b>",
        "<a href='javascript:alert(1)'>x</a>",
        "<details ontoggle=alert(1)><summary>x</summary></details>",
        "<img src=http://far.invalid/a.png>",
        "<style>@import 'http://far.invalid/a.css'</style>",
        "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
        "<meta http-equiv=refresh content='0;url=http://far.invalid'>",
    ],
)
def test_this_test_sees_what_runs_where_nothing_is_sanitised(opened, text):
    page = opened(f"<!doctype html><title>x</title><body>{text}")
    with contextlib.suppress(Error):  # where the page goes elsewhere
        handle(page)
    assert page.ran or page.requests != [page.at]
