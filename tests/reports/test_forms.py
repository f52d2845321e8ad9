"""Slides, pictures and print beside a page: made with it, kept with it, and never the reason to lose it."""

import json
import sys
from unittest.mock import Mock

import pytest
from one_letter import font
from small import payload, rendered, tree

from pmlib.reports import plan, press
from pmlib.reports.exports import pdf
from pmlib.reports.exports.beside import Beside
from pmlib.reports.exports.scripts import NoGlyph
from pmlib.reports.verify import findings

pytestmark = pytest.mark.usefixtures("without_kernel")
TEXT = '<text x="9" y="20" style="fill: var(--ink, #1b1f24)">{}</text>'
CHART = f'<svg class="wide" viewBox="0 0 300 100">{TEXT}</svg>'


@pytest.fixture
def printer(monkeypatch):
    """A browser that is there; a function that says what printing gives."""
    monkeypatch.setenv("PMLIB_BROWSER", sys.executable)
    prints = []

    def gives(answer):
        def printed(html):
            prints.append(html)
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(pdf, "printed", printed)
        return prints

    return gives


def project(small, forms, words="Ford 25%"):
    root = small(entry=f"formats = {json.dumps(forms)}\n")
    said = payload()
    said["text/html"] = f'<div class="chart">{CHART.format(words)}</div>'
    (root / "data/payload.json").write_text(json.dumps(said))
    return root


def share(root, value):
    (root / "data/payload.json").write_text(json.dumps(payload(value=value)))
    (root / "data/sales.csv").write_text(f"firm,sales\nFord,{value}\n")


def run(root, **options):
    (job,) = plan.jobs(root, ["tiny"])
    return press.run(job, root, rendered, **options)


def home(root):
    return root / "reports/published/tiny"


def page(root):
    return (home(root) / "index.html").read_text()


def test_pictures_are_part_of_the_edition_linked_and_given_to_readers(small):
    root = project(small, ["png"])
    edition = run(root).edition
    assert edition.files.keys() >= {"figures/answer.png", "index.html"}
    assert (home(root) / "figures/answer.png").read_bytes().startswith(b"\x89PNG")
    assert '<a href="figures/answer.png">answer</a>' in page(root)
    assert "not_made" not in edition.record and not list(findings(home(root)))
    assert run(root).state == "fresh"
    before = tree(edition.folder)
    again = run(root, force=True)
    assert again.repeatable and again.edition.folder == edition.folder
    assert {name for name, data in tree(edition.folder).items() if before[name] != data} <= {
        "run.json",
        "run.json.sha256",
    }


def test_a_form_more_or_less_in_the_catalog_makes_a_report_stale(small, printer):
    printer(b"%PDF-1.4 print")
    root = project(small, [])
    assert "format" not in " ".join(run(root).edition.record["parts"])
    picture, print_ = "figures/answer.png", "page.pdf"
    for forms, made in (
        (["png"], {picture}),
        (["png", "pdf"], {picture, print_}),
        (["pdf"], {print_}),
        ([], set()),
    ):
        (root / plan.CATALOG).write_text(f'[tiny]\nnotebook = "tiny"\nformats = {json.dumps(forms)}\n')
        outcome = run(root)
        assert outcome.state == "published"
        assert outcome.edition.public.keys() & {picture, print_} == made
        assert not list(findings(home(root)))
        assert run(root).state == "fresh"
    share(root, 0.5)
    run(root)
    assert not {picture, print_} & tree(home(root)).keys(), "what no page links to any more is gone"
    assert not list(findings(home(root)))


def test_slides_are_the_same_whichever_edition_they_are_of(small):
    root = project(small, ["pptx"])
    edition = run(root).edition
    assert '<a href="slides.pptx">' in page(root) and (home(root) / "slides.pptx").read_bytes()[:2] == b"PK"
    again = run(root, force=True)
    assert again.repeatable and again.edition.folder == edition.folder
    before = (edition.folder / "slides.pptx").read_bytes()
    (root / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\nformats = ["pptx", "png"]\n')
    assert (run(root).edition.folder / "slides.pptx").read_bytes() == before, (
        "no number of an edition is in it"
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [(ValueError("too many series"), "too many series"), (KeyError("tiles"), "KeyError: 'tiles'")],
)
def test_slides_that_cannot_be_made_leave_the_page_as_it_is(small, monkeypatch, error, said):
    from pmlib.reports.exports import slides

    monkeypatch.setattr(slides, "slides", Mock(side_effect=error))
    root = project(small, ["pptx"])
    assert run(root).edition.record["not_made"] == [f"slides.pptx: {said}"]
    assert 'href="slides.pptx"' not in page(root) and run(root).state == "fresh"


def test_the_print_is_of_the_page_that_links_to_it(small, printer):
    prints = printer(b"%PDF-1.4 print")
    root = project(small, ["pdf"])
    edition = run(root).edition
    assert prints == [(edition.folder / "index.html").read_bytes()]
    assert '<a href="page.pdf">' in page(root) and (home(root) / "page.pdf").read_bytes() == b"%PDF-1.4 print"


def test_without_a_browser_the_page_is_published_and_says_so_until_there_is_one(small, printer, monkeypatch):
    root = project(small, ["png", "pdf"])
    monkeypatch.setenv("PMLIB_BROWSER", "/nowhere/chrome")
    edition = run(root).edition
    line = "page.pdf: PMLIB_BROWSER names /nowhere/chrome, which is no program; correct it"
    assert edition.record["not_made"] == [line]
    assert "page.pdf" not in edition.files and 'href="page.pdf"' not in page(root)
    assert f"Not made with this page: {line}." in page(root)
    assert run(root).state == "fresh"
    monkeypatch.setenv("PMLIB_BROWSER", sys.executable)
    printer(b"%PDF-1.4 print")
    outcome = run(root)
    assert outcome.state == "published" and "page.pdf" in outcome.edition.files
    assert "not_made" not in outcome.edition.record and "Not made" not in page(root)


def test_a_browser_that_fails_loses_the_print_only_in_the_same_words_each_time(small, printer):
    prints = printer(ValueError("chrome did not print the page: crash at 0x7f12"))
    root = project(small, ["pdf"])
    edition = run(root).edition
    assert edition.record["not_made"] == ["page.pdf: chrome did not print the page"]
    assert 'href="page.pdf"' not in page(root) and "0x7f12" not in page(root)
    assert run(root).state == "fresh" and len(prints) == 1, "a run of the notebook is not repeated for it"
    printer(ValueError("chrome did not print the page: crash at 0x9999"))
    assert run(root, force=True).repeatable
    printer(b"%PDF-1.4 print")
    assert "page.pdf" in run(root, force=True).edition.files


def test_a_chart_without_glyphs_loses_its_picture_only_until_there_is_a_font(small, machine_fonts, tmp_path):
    root = project(small, ["png"], "ตลาด 25%")
    edition = run(root).edition
    assert "figures/answer.png" not in edition.files and "ตลาด 25%" in page(root)
    (line,) = edition.record["not_made"]
    assert line.startswith("figures/answer.png: no font here has ด ต ล า (Thai: install fonts-noto-core)")
    assert line.replace("'", "&#39;") in page(root)
    assert run(root).state == "fresh"
    machine_fonts(font(tmp_path / "thai.ttf", "ตลาด"))
    outcome = run(root)
    assert outcome.state == "published" and "figures/answer.png" in outcome.edition.files


def test_a_print_without_glyphs_is_not_made_until_there_is_a_font(small, printer, machine_fonts, tmp_path):
    printer(NoGlyph({"ก"}))
    root = project(small, ["pdf"])
    (line,) = run(root).edition.record["not_made"]
    assert line.startswith("page.pdf: no font here has ก (Thai: install") and run(root).state == "fresh"
    machine_fonts(font(tmp_path / "thai.ttf", "ก"))
    printer(b"%PDF-1.4 print")
    assert "page.pdf" in run(root).edition.files


def test_one_reason_is_said_once():
    beside = Beside(unpictured={"a": "no font", "b": "no font", "c": "other"}, lacks={"pdf": "no font"})
    assert beside.missing == ["page.pdf, figures/a.png, figures/b.png: no font", "figures/c.png: other"]


def test_the_run_says_what_it_could_not_make(small, monkeypatch, capsys):
    from click.testing import CliRunner

    from pmlib.cli import main

    root = project(small, ["pdf"])
    monkeypatch.setenv("PMLIB_BROWSER", "/nowhere/chrome")
    for state in ("published", "fresh", "fresh"):
        ran = CliRunner().invoke(main, ["--root", str(root), "run"])
        assert ran.exit_code == 0 and f"tiny: {state}" in ran.stdout
        assert (
            "tiny: without page.pdf: PMLIB_BROWSER names /nowhere/chrome, which is no program" in ran.stderr
        )
