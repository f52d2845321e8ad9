"""`pmlib export`: any edition in any form, whole or not at all, and a line for what cannot be made."""

import json
import sys

import pytest
from click.testing import CliRunner
from exported import executed
from small import payload, rendered, tree

from pmlib.cli import main
from pmlib.reports import plan, press
from pmlib.reports.export import results, tables
from pmlib.reports.exports import pdf
from pmlib.reports.exports.pictures import pictures

pytestmark = pytest.mark.usefixtures("without_kernel")
CHART = '<svg class="wide" viewBox="0 0 300 100"><text x="9" y="20" style="fill: var(--ink)">{}</text></svg>'


@pytest.fixture
def root(small, monkeypatch):
    """A project whose report has two editions; the words of its one chart differ."""
    root = small()
    for words, value in (("Ford 25%", 0.25), ("Ford 50%", 0.5)):
        said = payload(value=value)
        said["text/html"] = f'<div class="chart">{CHART.format(words)}</div>'
        (root / "data/payload.json").write_text(json.dumps(said))
        (root / "data/sales.csv").write_text(f"firm,sales\nFord,{value}\n")
        (job,) = plan.jobs(root, ["tiny"])
        press.run(job, root, rendered)
    monkeypatch.setenv("PMLIB_BROWSER", sys.executable)
    monkeypatch.setattr(pdf, "printed", lambda html: b"%PDF-1.4 of " + html)
    return root


@pytest.fixture
def export(root, tmp_path):
    """A function that exports to a folder that is not there yet."""

    def run(*words):
        return CliRunner().invoke(
            main, ["--root", str(root), "export", "tiny", "--to", f"{tmp_path}/out", *words]
        )

    return run


def edition(root, number):
    (folder,) = (root / "reports/published/tiny/editions").glob(f"{number:04d}-*")
    return folder


def test_each_form_is_a_file_named_after_report_and_edition(root, export, tmp_path):
    ran = export("--as", "png,pdf,xlsx,csv")
    made, held = tree(tmp_path / "out"), tree(edition(root, 2))
    assert ran.exit_code == 0 and not ran.stderr
    assert ran.stdout.splitlines() == [
        f"{tmp_path}/out/tiny-0002{end}" for end in ("-answer.png", ".pdf", ".xlsx", "-answer.csv")
    ]
    assert made["tiny-0002.xlsx"] == held["tables.xlsx"]
    assert made["tiny-0002-answer.csv"] == held["tables/answer.csv"]
    assert made["tiny-0002.pdf"] == b"%PDF-1.4 of " + held["index.html"]
    assert made["tiny-0002-answer.png"].startswith(b"\x89PNG")


def test_an_old_edition_is_exported_as_it_was(root, export, tmp_path):
    assert export("--edition", "1", "--as", "png,csv").exit_code == 0
    assert export("--as", "png").exit_code == 0
    made = tree(tmp_path / "out")
    assert made["tiny-0001-answer.csv"] == tree(edition(root, 1))["tables/answer.csv"]
    assert made["tiny-0001-answer.png"] != made["tiny-0002-answer.png"]


def test_what_the_edition_holds_is_copied_and_not_made_again(root, export, tmp_path, monkeypatch):
    (root / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\nformats = ["pdf"]\n')
    (job,) = plan.jobs(root, ["tiny"])
    press.run(job, root, rendered)
    monkeypatch.setattr(pdf, "printed", None)
    assert export("--as", "pdf").exit_code == 0
    assert tree(tmp_path / "out")["tiny-0003.pdf"] == tree(edition(root, 3))["page.pdf"]


def test_pictures_that_the_edition_holds_are_copied_whatever_fonts_there_are_now(
    root, export, tmp_path, monkeypatch
):
    (root / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\nformats = ["png"]\n')
    (job,) = plan.jobs(root, ["tiny"])
    press.run(job, root, rendered)
    monkeypatch.setattr("pmlib.reports.exports.pictures.png", None)
    assert export("--as", "png").exit_code == 0
    assert tree(tmp_path / "out")["tiny-0003-answer.png"] == tree(edition(root, 3))["figures/answer.png"]


def test_a_picture_has_the_name_of_its_table_where_another_of_that_name_has_no_chart():
    plain, drawn = payload(name="bars", kind="result"), payload(name="bars", kind="result", title="Drawn")
    plain["text/html"], drawn["text/html"] = "", CHART.format("Ford 25%")
    notebook = executed(plain, drawn)
    assert list(tables(results(notebook))) == ["bars.csv", "bars_2.csv"]
    assert list(pictures(notebook)[0]) == ["bars_2"]


def test_what_cannot_be_made_is_a_line_and_the_rest_is_made(export, tmp_path, monkeypatch):
    def printed(html):
        raise ValueError("a PDF needs playwright: pip install 'pmlib[pdf]'")

    monkeypatch.setattr(pdf, "printed", printed)
    ran = export("--as", "pdf,csv")
    assert ran.exit_code == 1
    assert ran.stderr == f"{tmp_path}/out/tiny-0002.pdf: a PDF needs playwright: pip install 'pmlib[pdf]'\n"
    assert tree(tmp_path / "out").keys() == {"tiny-0002-answer.csv"}


def test_a_file_that_is_there_and_differs_is_replaced_by_force_only(export, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/tiny-0002.xlsx").write_text("somebody's own")
    ran = export("--as", "xlsx,csv")
    assert ran.exit_code == 1 and "tiny-0002.xlsx: is there and differs; --force replaces it" in ran.stderr
    assert (tmp_path / "out/tiny-0002.xlsx").read_text() == "somebody's own"
    assert export("--as", "xlsx", "--force").exit_code == 0
    assert export("--as", "xlsx,csv").exit_code == 0, "what is there already is no conflict"
    assert (tmp_path / "out/tiny-0002.xlsx").read_bytes()[:2] == b"PK"


def test_what_is_no_longer_what_was_published_is_not_handed_on(root, export, tmp_path):
    for name in ("notebook.ipynb", "index.html", "tables/answer.csv"):
        (edition(root, 2) / name).write_text("{}")
    ran = export("--as", "png,pdf,csv")
    assert ran.exit_code == 1 and not tree(tmp_path / "out")
    assert ran.stderr.count("is not what was published; see `pmlib verify`") == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--as", "pptx,pdff"), "'pdff' is no form; did you mean pdf?"),
        (("--edition", "7"), "tiny has no edition '7'; there are: 0001-"),
    ],
)
def test_a_form_or_an_edition_that_is_not_known_is_refused(export, tmp_path, words, said):
    ran = export(*words)
    assert ran.exit_code == 2 and said in ran.stderr and not (tmp_path / "out").exists()


def test_a_report_that_is_not_published_is_refused(root):
    ran = CliRunner().invoke(main, ["--root", str(root), "export", "tyny"])
    assert ran.exit_code == 2 and ran.stderr == "pmlib: nothing is published as 'tyny'; did you mean tiny?\n"
