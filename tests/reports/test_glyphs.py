"""Letters that a font lacks: in an analyst's own figure they are named, our own charts have room for them."""

import io
import re

import nbformat
import numpy as np
import pandas as pd
import pytest
from matplotlib import font_manager
from nbformat.v4 import new_code_cell, new_notebook, new_output
from one_letter import font
from PIL import Image
from small import EMIT, RESULT

from pmlib import chart
from pmlib.chart.pen import Pen
from pmlib.reports import glyphs, plan
from pmlib.reports.exports.png import png
from pmlib.reports.render import Work
from pmlib.reports.supervise import render
from pmlib.table import Column

QUIET = "import warnings; warnings.filterwarnings('ignore')\n"
FIGURE = "import matplotlib.pyplot as plt\nplt.figure(figsize=(2, 1)); text = plt.title('Sales {}')"
SAID = "Boxes in this figure stand for letters that its font lacks: {}."


@pytest.fixture
def run(small, server):
    """A function that runs cells in a child, and gives the page, the notebook and what the run says."""

    def in_a_child(*code, engine="pmlib"):
        root = small(EMIT, *code)
        (job,) = plan.jobs(root)
        folder = root / ".pmlib/runs/one"
        folder.mkdir(parents=True)
        made = render(server, Work(job, root, folder, engine, None))
        notebook = nbformat.reads(made.files["notebook.ipynb"].decode(), as_version=4)
        return made.files["index.html"].decode(), notebook, made.record

    return in_a_child


def test_both_engines_name_the_letters_beneath_each_figure_whatever_is_filtered(run):
    cells = [
        QUIET + FIGURE.format("市场"),
        "1 + 1",
        FIGURE.format("市")
        + "\nplt.tight_layout()\nplt.show()\nplt.figure(figsize=(2, 1)); text = plt.title('한')",
        FIGURE.format("plain"),
    ]
    (page, warm, record), (other, cold, _) = (run(*cells, engine=engine) for engine in ("pmlib", "kernel"))
    assert (
        warm == cold
        and page.partition("How this page was made")[0] == other.partition("How this page was made")[0]
    )
    parts = re.findall(r"<img |Boxes in this figure[^<]*", page)
    assert parts == [
        "<img ",
        SAID.format("市 场"),
        "<img ",
        SAID.format("市"),
        "<img ",
        SAID.format("한"),
        "<img ",
    ]
    assert [line.partition(":")[0] for line in record["boxes"]] == [
        "cell 3 draws boxes for 市 场",
        "cell 5 draws boxes for 市",
        "cell 5 draws boxes for 한",
    ]


def test_formulas_and_drawings_in_svg_are_no_way_around(run):
    page, *_ = run(
        "import matplotlib_inline; matplotlib_inline.backend_inline.set_matplotlib_formats('svg')\n"
        + FIGURE.format("ก"),
        FIGURE.format("$市$"),
    )
    assert SAID.format("ก") in page and SAID.format("市") in page


def cell(*outputs):
    return new_code_cell("draw()", outputs=list(outputs))


def stderr(*letters):
    text = "".join(f"Glyph {ord(c)} (\\N{{X}}) missing from font(s) DejaVu Sans.\n" for c in letters)
    return new_output("stream", name="stderr", text=text)


PICTURE = new_output("display_data", data={"image/png": "AA=="})


def test_a_result_of_ours_is_not_blamed_for_what_its_browser_will_draw():
    ours = new_output("display_data", data={RESULT: {}, "text/html": "<p>"})
    assert glyphs.boxes([stderr("市"), ours, PICTURE]) == {}
    assert glyphs.boxes([stderr("市", "市", "场"), PICTURE, PICTURE, stderr("ก"), PICTURE]) == {
        1: "市场",
        4: "ก",
    }


def test_the_analyst_is_told_what_would_help(machine_fonts, tmp_path):
    notebook = new_notebook(cells=[new_code_cell("x = 1"), cell(stderr("ก"), PICTURE)])
    (line,) = glyphs.said(notebook, "injected")
    assert line == (
        "cell 2 draws boxes for ก: name a font that has them in plt.rcParams['font.family']; "
        "no font here has ก (Thai: install fonts-noto-core); `pmlib doctor` checks"
    )
    machine_fonts(font(tmp_path / "thai.ttf", "ก", "Thai of Ours"))
    (line,) = glyphs.said(notebook, "injected")
    assert line.endswith("plt.rcParams['font.family'] = ['DejaVu Sans', 'Thai of Ours'] has them")


def test_the_advice_helps(run, tmp_path):
    path = font(tmp_path / "thai.ttf", "ก", "Thai of Ours")
    page, _, record = run(
        f"from matplotlib import font_manager; font_manager.fontManager.addfont({str(path)!r})\n"
        "import matplotlib.pyplot as plt; plt.rcParams['font.family'] = ['DejaVu Sans', 'Thai of Ours']\n"
        + FIGURE.format("ก")
    )
    assert "<img " in page and "Boxes" not in page and "boxes" not in record


def test_a_chart_of_ours_leaves_room_for_letters_that_only_the_reader_has(machine_fonts, tmp_path, recwarn):
    firm = "市场份额市场份额"
    sales = pd.DataFrame({"firm": [firm, "Ford"], "share": [0.6, 0.4]})
    svg = chart.svg(lambda: chart.ranked(sales, "share", "firm", spec=Column("Share", "%")), alt="", name="a")
    assert not recwarn.list
    machine_fonts(font(tmp_path / "cjk.ttf", firm))
    wide = re.search(r'<svg class="wide".*?</svg>', svg)[0]
    seen = np.asarray(Image.open(io.BytesIO(png(wide, width=1000))).convert("L"))
    drawn = (seen < 120).any(axis=0).nonzero()[0]
    # Each letter is a square one em wide: the label is not cut at the left.
    assert drawn[0] > 0


def test_what_a_pen_measures_is_about_what_a_browser_draws():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2, 1), dpi=72)
    prop = font_manager.FontProperties(family=["DejaVu Sans"], size=10)
    pen = Pen(figure)

    def width(words):
        return pen.get_text_width_height_descent(words, prop, False)[0]

    assert width("市场份额") == pytest.approx(40, rel=0.05), "an em each"
    assert width("a\u0f71\u0eb4b") == pytest.approx(width("ab"), rel=0.01), "marks stand upon their letters"
    assert width("a\tb") == pytest.approx(width("ab"), rel=0.01)
    assert width("a\u202eb") == width("a[U+202E]b"), "what is written by its number is as wide as that"
