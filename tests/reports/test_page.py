"""One HTML file from an executed notebook: what is shown, what is folded, what is never let through."""

import re

import pandas as pd
import pytest
from nbformat import v4

from pmlib.reports.page import render
from pmlib.result import MIME, Absent, Result
from pmlib.table import Column

PROVENANCE = {
    "key": "0123456789abcdef",
    "parts": {},
    "inputs": [
        {"name": "cars", "path": "data/cars.csv", "sha256": "f" * 64, "rows": 3, "newest": "1990-01-01"}
    ],
    "packages": {"pandas": "3.1.1", "hidden": "1"},
}
BAD = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def shown(data, **metadata):
    return v4.new_output("display_data", data=data, metadata=metadata)


def result(title="Ada leads", **more):
    frame, columns = pd.DataFrame({"firm": ["Ada"]}), {"firm": Column("Firm")}
    return shown(Result(title=title, finding="F.", frame=frame, columns=columns, **more)._repr_mimebundle_())


def code(*outputs, tags=(), source="1"):
    return v4.new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)})


def page(tmp_path, *cells, **settings):
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("# Cars\n\nWho leads?"), *cells])
    notebook.metadata["pmlib"] = settings.pop("metadata", {})
    given = {"report": "cars", "parameters": {}, "provenance": PROVENANCE, "root": tmp_path}
    return render(notebook, **(given | settings))


def test_title_question_and_who_answers_stand_at_the_top(tmp_path):
    html = page(tmp_path, parameters={"owner": "Ann & Co", "decision": "", "focal": "Ada"})
    assert "<h1>Cars</h1>" in html
    assert "<p>Who leads?</p>" in html
    assert "<dt>Owner</dt><dd>Ann &amp; Co</dd>" in html
    assert "<dt>Decision</dt>" not in html
    assert "<title>Renamed</title>" in page(tmp_path, parameters={"title": "Renamed"})


def test_sections_are_listed_and_a_tagged_heading_is_folded(tmp_path):
    cells = [v4.new_markdown_cell(f"## {name}\n\nwords") for name in ("The answer", "Prices", "Method")]
    cells[2].metadata["tags"] = ["fold"]
    html = page(tmp_path, *cells)
    assert re.findall(r'<a href="(#[a-z-]+)">(\w+)</a>', html) == [
        ("#s-prices", "Prices"),
        ("#s-method", "Method"),
    ]
    assert '<details class="fold"><summary><h2>Method</h2></summary>' in html


def test_a_tagged_figure_is_folded_under_its_title_and_a_hidden_one_is_gone(tmp_path):
    html = page(tmp_path, code(result(), tags=["fold"]), code(result("Hidden"), tags=["hide-output"]))
    assert '<details class="fold"><summary><h3>Ada leads</h3></summary><figure' in html
    assert "<h3>Hidden</h3>" not in html


def test_what_stands_aside_is_folded_and_so_is_a_section_of_nothing_else(tmp_path):
    html = page(tmp_path, heading("Price"), code(result(aside=True)), heading("Shares"), code(result("Bob")))
    assert '<details class="fold"><summary><h3>Ada leads</h3></summary><figure' in html
    assert '<details class="fold"><summary><h2>Price</h2></summary>' in html
    assert "<h2>Shares</h2>" in html and "<summary><h2>Shares" not in html


def absent(title="Trend", reason="One period.", tags=()):
    return code(shown(Absent(title=title, reason=reason)._repr_mimebundle_()), tags=tags)


def heading(title, *tags):
    return v4.new_markdown_cell(f"## {title}\n\nWords on {title}.", metadata={"tags": list(tags)})


def sections(html):
    """The page's sections: title and what stands in each."""
    found = re.findall(r'<section id="s-([^"]*)">(.*?)</section>', html, re.S)
    assert [name for name, _ in found[1:]] == re.findall(r'<li><a href="#s-([^"]*)">', html)
    return dict(found)


WHY = "not-on-this-page-and-why"


def test_an_absent_section_is_one_line(tmp_path):
    html = page(tmp_path, absent())
    assert '<p class="absent"><b>Trend:</b> not shown. One period.</p>' in html


def test_what_is_absent_stands_together_folded_and_before_the_method(tmp_path):
    cells = [
        *(heading("Shares"), code(result()), absent()),
        *(heading("Price"), code(result("Dear")), absent("Premium", "No price.", tags=["fold"])),
        *(heading("Method", "fold"), code(result("Columns"))),
    ]
    found = sections(page(tmp_path, *cells))
    assert list(found) == ["shares", "price", WHY, "method"]
    assert found[WHY].count("<p") == found[WHY].count('<p class="absent">') == 2
    assert '<details class="fold"><summary><h2>Not on this page, and why</h2></summary>' in found[WHY]
    assert found[WHY].index("Trend:") < found[WHY].index("Premium:")
    assert not any("absent" in found[name] for name in ("shares", "price", "method"))


@pytest.mark.parametrize("tags", [(), ("fold",)])
def test_a_heading_with_nothing_but_words_left_goes(tmp_path, tags):
    deals = [
        heading("Deals", *tags),
        absent("Deals won", "No table of deals."),
        v4.new_markdown_cell("More."),
    ]
    found = sections(page(tmp_path, heading("Shares"), code(result()), *deals))
    assert list(found) == ["shares", WHY]
    assert "Deals won:" in found[WHY]


def test_a_heading_stays_for_an_output_a_note_or_words_that_announce_nothing(tmp_path):
    note = v4.new_markdown_cell(
        "Ann, 2026-11-20\n\nStill.\n\nRests on: cars/share = 2", metadata={"tags": ["note"]}
    )
    cells = [
        *(heading("Shares"), absent(), code(v4.new_output("stream", name="stdout", text="printed"))),
        *(heading("Noted"), absent("Noted", "No data."), note),
        heading("Limits"),
        *(heading("Silent"), absent("Silent", "No."), code(v4.new_output("stream", name="stderr", text="x"))),
    ]
    assert list(sections(page(tmp_path, *cells))) == ["shares", "noted", "limits", WHY]
    assert "noted" not in sections(page(tmp_path, *cells, draft=True))  # where the note does not stand


def test_one_reason_is_told_once_and_a_hidden_one_not_at_all(tmp_path):
    found = sections(page(tmp_path, absent(), absent(), absent("Hidden", "x", tags=["hide-output"])))
    assert list(found) == [WHY]
    assert found[WHY].count("Trend:") == 1 and "Hidden" not in found[WHY]


def test_one_reason_is_told_once_for_all_that_it_keeps_away(tmp_path):
    none, titles = "No sales.", ("Shares", "A: b", BAD)
    cells = [absent(title, none) for title in titles] + [absent("Ladder", "No price.")]
    found = sections(page(tmp_path, *cells))[WHY]
    bad = BAD.replace("<", "&lt;").replace(">", "&gt;")
    assert f'<p class="absent"><b>Shares; A: b; {bad}:</b> not shown. No sales.</p>' in found
    assert '<p class="absent"><b>Ladder:</b> not shown. No price.</p>' in found
    assert found.count("<p") == 2


def test_what_another_program_calls_absent_is_shown_as_it_is(tmp_path):
    payload = {MIME: {"kind": "absent", "name": "x", "title": "x"}, "text/html": "<p>Nothing here</p>"}
    assert "<p>Nothing here</p>" in sections(page(tmp_path, code(shown(payload))))[WHY]


def test_a_section_of_the_analysts_may_be_called_the_same(tmp_path):
    cells = [heading("Not on this page, and why"), heading("Shares"), code(result()), absent()]
    assert list(sections(page(tmp_path, *cells))) == [WHY, "shares", f"{WHY}--3"]


def test_guesses_that_nobody_confirmed_stamp_the_page(tmp_path):
    assert "stamp" not in re.sub(r"<style>.*</style>", "", page(tmp_path), flags=re.S)
    guessed = {**PROVENANCE["inputs"][0], "name": "<b>cars</b>", "guesses": ["key", "price.unit"]}
    more = {**guessed, "name": "more", "guesses": ["key"]}
    html = page(tmp_path, provenance=PROVENANCE | {"inputs": [guessed, more, PROVENANCE["inputs"][0]]})
    assert '<html lang="en" class="stamped">' in html
    stamp = html.split('<aside class="stamp"')[1].split("</aside>")[0]
    words = " ".join(re.sub(r"<[^>]+>", "", stamp.partition(">")[2]).split())
    said = "2 guesses about &lt;b&gt;cars&lt;/b&gt;, 1 guess about more open: confirm in data/sources.toml"
    assert words == f"Unchecked draft. {said}"


@pytest.mark.parametrize(
    "cell",
    [
        v4.new_markdown_cell(f"Words {BAD} and [a link](javascript:alert(1))"),
        code(shown({"text/html": f"<p>fine</p>{BAD}<a href='javascript:alert(1)'>x</a>"})),
        code(shown({"text/plain": BAD})),
        code(v4.new_output("stream", name="stdout", text=BAD)),
        code(shown({"application/javascript": "alert(1)", "text/plain": "x"})),
        code(shown({"text/vnd.mermaid": BAD, "text/plain": "x"})),
        code(shown({"image/svg+xml": f"<svg>{BAD}</svg>", "text/plain": "<Figure>"})),
        v4.new_markdown_cell(f"# {BAD}\n\n{BAD}"),
        v4.new_markdown_cell(f"## {BAD}"),
    ],
    ids=["markdown", "html", "plain", "stdout", "javascript", "mermaid", "svg", "title", "heading"],
)
def test_text_in_cells_and_outputs_is_inert(tmp_path, cell):
    html = page(tmp_path, cell)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_parameters_and_provenance_are_escaped(tmp_path):
    html = page(tmp_path, parameters={"owner": BAD, BAD: [BAD]}, report=BAD, draft=True)
    assert "<script" not in html
    assert "<img" not in html


def test_what_libraries_log_is_not_for_readers(tmp_path):
    assert "password" not in page(tmp_path, code(v4.new_output("stream", name="stderr", text="password")))


def test_an_output_that_needs_a_script_is_named(tmp_path):
    html = page(tmp_path, code(shown({"application/javascript": "alert(1)"})))
    assert "An output that needs a script is left out." in html


def test_the_page_forbids_scripts_and_requests_and_leaves_room_for_a_banner(tmp_path):
    html = page(tmp_path)
    assert "default-src 'none'" in html
    assert html.count("<!--pmlib:banner-->") == 1
    assert "http" not in re.sub(r"http-equiv", "", html)


def test_a_draft_says_so(tmp_path):
    assert "<b>Draft.</b>" in page(tmp_path, draft=True)
    assert "<b>Draft.</b>" not in page(tmp_path)


def test_the_foot_names_inputs_key_and_versions(tmp_path):
    html = page(tmp_path, code(result()))
    for said in (
        "data/cars.csv",
        "<code>ffffffffffff</code>",
        "<code>0123456789ab</code>",
        "pandas 3.1.1",
        "tables.xlsx",
    ):
        assert said in html
    assert "hidden" not in html.partition("</style>")[2]


def test_code_stands_in_an_appendix_only_when_asked_for(tmp_path):
    cell = code(source="secret_sauce = '<b>'")
    assert "secret_sauce" not in page(tmp_path, cell)
    assert "secret_sauce = &#39;&lt;b&gt;&#39;" in page(tmp_path, cell, metadata={"appendix": True})


def test_a_roots_own_template_goes_first(tmp_path):
    (tmp_path / "templates" / "report").mkdir(parents=True)
    (tmp_path / "templates" / "report" / "report.css").write_text("body { color: rebeccapurple }", "utf-8")
    assert "rebeccapurple" in page(tmp_path)


def test_the_same_notebook_is_the_same_page(tmp_path):
    assert page(tmp_path, code(result())) == page(tmp_path, code(result()))


def test_the_bundle_the_press_reads_is_the_one_results_write():
    from pmlib.reports.export import RESULT

    assert RESULT == MIME


def test_what_precedes_the_first_heading_has_none(tmp_path):
    made = page(tmp_path, code(shown({"text/plain": "early"})))
    assert "early" in made
    assert "<h2></h2>" not in made


def test_each_section_has_a_name_of_its_own_to_link_to(tmp_path):
    heads = ("## 3 Who leads", "## Who leads?", "## Who leads!", "## 谁领先", "## 谁在后")
    made = page(tmp_path, *(v4.new_markdown_cell(f"{head}\n\nWords.") for head in heads))
    ids = re.findall(r'<section id="([^"]*)"', made)
    assert len(set(ids)) == 5
    assert re.findall(r'<a href="#(s-[^"]*)"', made) == ids[1:]
    assert ids[:2] == ["s-3-who-leads", "s-who-leads"]
