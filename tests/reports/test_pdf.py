"""A page in print: A4, tagged, the same bytes each time, asking for nothing; and one line where it fails."""

import http.server
import re
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from pmlib.chart import fonts as files
from pmlib.reports.exports import pdf as module
from pmlib.reports.exports import tools
from pmlib.reports.exports.pdf import pdf

PAGE = """<!doctype html><html lang="en"><head><title>The market</title>
<style>@page { size: A4; margin: 16mm } @media print { details:not([open]) { display: none } }</style></head>
<body><h1>The market</h1><h2>Who leads</h2><p>Ford. <a href="tables.xlsx">all tables</a></p>
<details><summary>How</summary>folded</details>MORE</body></html>"""


@pytest.fixture
def page(tmp_path):
    """A function that writes a page and gives its path."""

    def write(more=""):
        (tmp_path / "index.html").write_text(PAGE.replace("MORE", more))
        return tmp_path / "index.html"

    return write


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A function that makes a shell script the browser."""

    def make(script):
        path = tmp_path / "browser"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PMLIB_BROWSER", str(path))
        return path

    return make


def runs(pid):
    """Tell whether a process is there, and not only waits to be waited for."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def refusal(page):
    with pytest.raises(ValueError) as error:
        pdf(page)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.browser
@pytest.mark.usefixtures("browser")
def test_two_prints_are_equal_to_the_byte_and_say_no_time(page):
    first = pdf(page())
    assert first == pdf(page())
    assert set(re.findall(rb"\(D:(\d{8})", first)) == {b"20000101"}
    assert re.search(rb"/MediaBox \[0 0 59[45][.\d]* 84[12][.\d]*\]", first), "A4"
    for part in (b"/StructTreeRoot", b"/Outlines", b"/Title (The market)", b"/Lang (en)"):
        assert part in first, part
    start = int(re.search(rb"startxref\n(\d+)\n", first)[1])
    assert first[start : start + 4] == b"xref", "what was replaced is as long as what replaces it"


def test_letters_that_would_be_boxes_on_paper_are_named(page, machine_fonts, program, monkeypatch):
    program("exit 3")
    machine_fonts(files.own("normal"))
    folded, shown = (
        "<details><summary>ก</summary>ข<br>ค</details><nav>ง</nav>",
        "<h2>Caf\u0065\u0301 &#x5e02;</h2>",
    )
    assert "no font" not in refusal(page(folded))
    assert refusal(page(folded + shown)).startswith("no font here has 市 (Chinese: install fonts-noto-cjk)")
    assert "no font" in refusal(page("<details open>ก</details>"))
    machine_fonts()
    assert refusal(page()).startswith("no font here has "), "a machine without any font"


@pytest.mark.browser
@pytest.mark.usefixtures("browser")
def test_a_print_asks_for_nothing_runs_nothing_and_names_no_place(page, tmp_path):
    asked = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)

        log_message = print

    with http.server.HTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        there = f"http://127.0.0.1:{server.server_port}"
        parts = (
            f'<img src="{there}/a.png"><iframe src="{there}/b"></iframe>'
            f'<link rel="stylesheet" href="{there}/c">'
            f'<iframe src="file:///etc/passwd"></iframe><script>fetch("{there}/d")</script>'
            '<script>document.body.innerHTML = "x".repeat(10)</script>'
        )
        data = pdf(page(parts))
        server.shutdown()
    assert not asked
    assert b"page.invalid" not in data and str(tmp_path).encode() not in data
    assert data.count(b"/S /H") >= 2, "no script took the headings away"


def test_without_playwright_one_line_says_what_to_install(page, monkeypatch):
    monkeypatch.setattr(tools, "find_spec", lambda name: None)
    assert refusal(page()) == "a PDF needs playwright: pip install 'pmlib[pdf]'"


def test_without_a_browser_one_line_says_what_to_do(page, monkeypatch):
    monkeypatch.delenv("PMLIB_BROWSER", raising=False)
    monkeypatch.setenv("PATH", "")
    assert refusal(page()).startswith("a PDF needs Chromium, Chrome or Edge: install one")
    monkeypatch.setenv("PMLIB_BROWSER", "/nowhere/chrome")
    assert refusal(page()) == "PMLIB_BROWSER names /nowhere/chrome, which is no program; correct it"


def test_a_browser_that_dies_fails_in_one_line(page, program):
    path = program("echo it is broken >&2; exit 3")
    assert refusal(page()).startswith(f"{path.name} did not print the page: ")


def test_a_browser_that_hangs_is_ended_with_all_that_it_started(page, program, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LIMIT", 3)
    path = program(f"echo $$ > {tmp_path}/pid; exec sleep 1000")
    assert refusal(page()) == f"{path.name} did not print the page within 3 s"
    pid = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 10
    while runs(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not runs(pid)
