"""An edition as slides: a title, a chart that can be edited and a table a finding; nothing runs over."""

import io
import json
import sys
import zipfile

import openpyxl
import pandas as pd
import pytest
from hostile import OWN
from lxml import etree
from ooxml import misplaced
from pptx import Presentation
from pptx.util import Inches
from printed import Shares, edition, shares

from pmlib import chart
from pmlib.reports.exports.deck import forms
from pmlib.reports.exports.deck.fits import cut, fit, height, measure
from pmlib.reports.exports.slides import slides
from pmlib.result import Answer, Check, Number, Result
from pmlib.table import Column

SHARE = Column("Share of sales", "%")
INPUTS = [{"name": "sales", "path": "data/sales.csv", "sha256": "0", "rows": 1, "newest": "1990"}]


class Drawn(Result):
    """A result drawn by the form that it is given."""

    draws: object = None

    def plot(self, ax=None):
        return type(self).draws(self.frame)


def result(draw, frame, columns=None, **said):
    kind = type("Drawn", (Drawn,), {"draws": staticmethod(draw)})
    words = {"title": "Who leads", "finding": "GM leads.", "subtitle": "Share", "source": "A count"}
    return kind(frame=frame, columns=columns or {"firm": Column("Firm")}, **(words | said))


def dots(**said):
    frame = pd.DataFrame(
        {"firm": ["GM", "Ford"], "estimate": [0.2, -0.1], "low": [0.1, -0.3], "high": [0.4, 0.05]}
    )
    columns = {
        "firm": Column("Firm"),
        "estimate": SHARE,
        "low": Column("Low", "%"),
        "high": Column("High", "%"),
    }
    return result(lambda f: chart.dots(f, "firm", spec=SHARE, highlight=["GM"]), frame, columns, **said)


def over_time():
    days = pd.date_range("1990-01-01", periods=3, freq="YS")
    return pd.DataFrame(
        {
            "day": days,
            "estimate": [0.2, 0.3, 0.1],
            "low": [0.1, 0.2, 0.0],
            "high": [0.3, 0.4, 0.2],
            "firm": "GM",
        }
    )


def deck(root, *results, **options):
    return Presentation(io.BytesIO(slides(edition(root, *results, inputs=INPUTS, **options))))


def words(slide):
    found = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    cells = [
        cell.text
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells
    ]
    return " ".join([*found, *cells])


def charts(deck):
    return [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]


def book(chart):
    return openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).worksheets[0]


def columns(chart):
    return {
        column[0].value: [cell.value for cell in column[1:] if cell.value is not None]
        for column in book(chart).columns
    }


def test_the_first_slide_says_the_answer_its_tiles_and_how_far_the_data_reach(tmp_path):
    found = deck(tmp_path, shares(0.375, 0.36, 0.39), title="The car market")
    assert (found.slide_width, found.slide_height) == (Inches(13.333), Inches(7.5))
    said = words(found.slides[0])
    for part in (
        "The car market",
        "Data up to 1990",
        "GM leads with 37.5% (36.0% to 39.0%).",
        "Defend small cars.",
    ):
        assert part in said
    assert (
        "37.5%" in said and "of cars sold are GM's, 1990" in said and "36.0% to 39.0%, 95% interval" in said
    )


def test_an_amount_is_smaller_where_its_unit_needs_room(tmp_path):
    profit = Number(name="profit", label="profit", value=198_492, unit="$ a year (2025)")
    said = words(deck(tmp_path, dots(numbers=(profit,))).slides[0])
    assert "$198,492 a year (2025)" in said


def test_a_finding_has_its_title_chart_table_source_and_notes(tmp_path):
    slide = deck(tmp_path, shares()).slides[1]
    assert slide.shapes.title.text == "GM leads"
    assert (
        sum(shape.has_chart for shape in slide.shapes) == sum(shape.has_table for shape in slide.shapes) == 1
    )
    assert "Source: A count · The car market, edition 1, data up to 1990" in words(slide)
    assert "GM leads with 37.5%." in slide.notes_slide.notes_text_frame.text


def test_what_is_aside_follows_after_a_divider_and_what_shows_nothing_is_left_out(tmp_path):
    silent = result(lambda f: None, pd.DataFrame())
    found = deck(tmp_path, Answer(shares()), silent, dots(title="An aside", aside=True), shares(name="other"))
    titles = [slide.shapes.title.text for slide in found.slides]
    assert titles == ["The car market", "GM leads", "Appendix", "An aside"]


def test_a_check_that_fails_is_said(tmp_path):
    slide = deck(
        tmp_path, dots(checks=(Check("Enough firms", False, "2"), Check("Known", True, "yes")))
    ).slides[1]
    assert "Does not hold: Enough firms: 2" in words(slide)
    assert "Known" not in words(slide)


def test_every_graphic_has_a_text_alternative_and_every_slide_its_number(tmp_path):
    for slide in deck(tmp_path, shares(), dots(aside=True)).slides:
        fields = slide.element.xpath(".//a:fld[@type='slidenum']")
        assert len(fields) == 1
        for shape in slide.shapes:
            told = shape._element._nvXxPr.cNvPr
            graphic = shape.has_chart or shape.has_table or shape.shape_type == 13
            assert bool(told.get("descr")) == graphic
            if shape.shape_type == 1:
                assert told.xpath(".//*[local-name()='decorative']"), "an ornament is not read aloud"


def test_bars_are_values_that_can_be_edited_in_the_pages_words(tmp_path):
    (drawn,) = charts(deck(tmp_path, shares(0.375)))
    (plot,) = drawn.plots
    assert list(plot.categories) == ["GM", "Other"]
    assert list(plot.series[0].values) == [37.5, 62.5]
    form = plot.series[0]._element.xpath("c:dLbls/c:numFmt/@formatCode")
    assert form == ['#,##0.0"%";−#,##0.0"%";#,##0.0"%"']
    assert columns(drawn) == {"": ["GM", "Other"], "Share": [37.5, 62.5]}


def test_a_bar_is_written_as_in_the_table_beside_it_at_a_half_and_below_nothing(tmp_path):
    values = [1234.5, -0.004, 2.25, 1_000_000.0]  # a spreadsheet would write 1,235 and −0
    frame = pd.DataFrame({"firm": list("abcd"), "sold": values})
    sold = Column("Sold", "cars", 0)
    found = deck(
        tmp_path, result(lambda f: chart.ranked(f, "sold", "firm", spec=sold), frame, {"sold": sold})
    )
    (drawn,) = charts(found)
    assert list(drawn.plots[0].series[0].values) == [1234.0, 0.0, 2.25, 1_000_000.0]
    assert all(text in words(found.slides[1]) for text in ("1,234", "1,000,000"))


def test_an_estimate_stands_with_its_range_in_chart_and_table(tmp_path):
    found = deck(tmp_path, dots())
    (drawn,) = charts(found)
    held = columns(drawn)
    assert held["low end, high end"] in ([10, 40, 40], [-30, 5, 5])
    spans = [
        list(series.iter_values()) for series in drawn.plots[0].series if series.name == "low end, high end"
    ]
    assert spans == [[1, 1, None], [2, 2, None]], "each a line in its row, parted by a blank"
    (table,) = (shape.table for shape in found.slides[1].shapes if shape.has_table)
    assert [cell.text for cell in table.rows[1].cells] == ["GM", "20.0", "10.0", "40.0"]
    assert [cell.text for cell in table.rows[2].cells] == ["Ford", "−10.0", "−30.0", "5.0"]


def test_a_band_is_stacked_upon_its_low_end(tmp_path):
    found = result(lambda f: chart.bands(f, "day", spec=SHARE), over_time())
    (drawn,) = charts(deck(tmp_path, found))
    area, line = drawn.plots
    assert [list(series.values) for series in area.series] == [[10, 20, 0], [20, 20, 20]]
    assert list(line.series[0].values) == [20, 30, 10]


FORMS = {
    "bars": lambda f: chart.ranked(f, "share", "firm", spec=SHARE, highlight=["b"]),
    "gains": lambda f: chart.ranked(
        f.assign(share=f["share"] - 0.3), "share", "firm", spec=Column("C", "points"), signed=True
    ),
    "levels": lambda f: chart.waterfall(f, "firm", "cut", spec=Column("Sales", "$"), highlight=["b"]),
    "tornado": lambda f: chart.tornado(f, "firm", middle=0.3, spec=SHARE),
    "lines": lambda f: chart.lines(f, "day", "share", "firm", spec=SHARE, levels={"half": 0.5}),
    "bands": lambda f: chart.bands(f, "day", spec=SHARE, zero=0.0),
    "fan": lambda f: chart.fan(
        f.drop(columns=["firm", "kind", "cut"]), "day", spec=SHARE, came="came", baseline="naive"
    ),
    "apart": lambda f: chart.apart(f, "day", spec=SHARE, launch=f["day"][2], seen="share"),
    "dots": lambda f: chart.dots(f, "firm", spec=SHARE, highlight=["b"], came="came"),
    "forest": lambda f: chart.forest(f, "firm", spec=SHARE, names=("raw", "shrunk"), highlight=["b"]),
    "bubble": lambda f: chart.bubble(
        f, "share", "high", "low", "firm", columns=dict.fromkeys(f, SHARE), cuts=(0.3, 0.3), highlight=["b"]
    ),
    "map": lambda f: chart.map2d(
        f, "share", "high", "firm", columns=dict.fromkeys(f, SHARE), diagonal=True, through=f
    ),
    "curves": lambda f: chart.curves(f, "share", "high", "kind", columns=dict.fromkeys(f, SHARE)),
}  # fmt: skip


@pytest.fixture
def frame():
    """What every form finds its columns in."""
    values = {"share": [0.5, 0.3, 0.15, 0.05], "low": [0.2, 0.25, 0.1, 0.01], "high": [0.6, 0.4, 0.3, 0.31]}
    seen = {"seen": [0.4, 0.5, None, None], "came": [None, None, 0.2, None], "naive": [None, None, 0.5, 0.5]}
    wide = {"low_95": [0.1, 0.2, 0.05, 0.0], "high_95": [0.7, 0.5, 0.4, 0.35]}
    raw = {"raw": [0.5, 0.3, 0.1, 0.0], "raw_low": [0.4, 0.2, 0.0, -0.1], "raw_high": [0.6, 0.4, 0.2, 0.1]}
    return pd.DataFrame(
        {"firm": list("abcd"), "kind": list("aabb"), "cut": list("wxyz"), "estimate": [0.5, 0.3, 0.15, 0.05]}
        | values | seen | wide | raw | {"day": pd.date_range("1990-01-01", periods=4, freq="MS")}
    )  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_a_chart_whose_parts_stand_in_order_and_whose_workbook_holds_what_is_drawn(
    name, frame, tmp_path
):
    before = frame.copy()
    found = result(FORMS[name], frame)
    assert len(json.dumps(found.payload()["chart"], allow_nan=False)) < 3_000
    (drawn,) = charts(deck(tmp_path, found))
    assert misplaced(drawn.part._element) == []
    sheet = book(drawn)
    for node in drawn.part._element.iter("{*}f"):
        kept = node.getparent().xpath(".//c:pt/c:v/text()", namespaces=drawn.part._element.nsmap)
        cells = sheet[node.text.removeprefix("Data!").replace("$", "")]
        cells = [row[0] for row in cells] if isinstance(cells, tuple) else [cells]
        held = [cell.value for cell in cells if cell.value is not None]
        if cells[0].is_date:
            held = [openpyxl.utils.datetime.to_excel(day) for day in held]
        assert kept == held if isinstance(held[0], str) else [float(value) for value in kept] == held
    pd.testing.assert_frame_equal(frame, before)


def test_a_map_without_a_chart_of_powerpoints_is_a_picture(frame, tmp_path):
    texts = frame[["share", "high"]].astype(str)
    found = result(lambda f: chart.heat(f[["share", "high"]], texts), frame)
    assert found.payload()["chart"] is None
    slide = deck(tmp_path, found).slides[1]
    (picture,) = (shape for shape in slide.shapes if shape.shape_type == 13)
    assert picture._element._nvXxPr.cNvPr.get("descr") == "GM leads."
    assert picture.left + picture.width <= Inches(13.333) and picture.top + picture.height <= Inches(6.9)


@pytest.mark.parametrize("values", [[], [float("nan")] * 3])
@pytest.mark.parametrize(
    "draw",
    [
        lambda f: chart.bands(f, "day", spec=SHARE),
        lambda f: chart.lines(f, "day", "estimate", "firm", spec=SHARE),
    ],
)
def test_a_chart_without_a_point_loses_no_slides(draw, values, tmp_path):
    frame = over_time().head(len(values)).assign(estimate=values, low=values, high=values)
    found = deck(tmp_path, result(draw, frame))
    assert "GM leads." in words(found.slides[1]) and not charts(found)


def test_two_forms_on_one_figure_and_charts_of_too_many_points_say_nothing(frame, tmp_path):
    def both(f):
        ax = chart.bands(f, "day", spec=SHARE)
        return chart.bands(f, "day", spec=SHARE, ax=ax)

    assert result(both, frame).payload()["chart"] is None
    days = pd.date_range("1980-01-01", periods=2_000)
    long = pd.DataFrame({"day": days, "estimate": 0.1, "low": 0.0, "high": 0.2})
    assert result(lambda f: chart.bands(f, "day", spec=SHARE), long).payload()["chart"] is None


def test_a_result_is_drawn_once_for_its_page_and_its_payload():
    drawn = []
    found = result(lambda f: drawn.append(1) or chart.dots(f, "firm", spec=SHARE), dots().frame)
    found._repr_mimebundle_()
    assert len(drawn) == 2, "once wide, once narrow"


def test_equal_editions_give_equal_bytes_without_a_clock(tmp_path):
    one = edition(tmp_path, shares(), dots(aside=True), inputs=INPUTS)
    made = slides(one)
    assert made == slides(one)
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        books = [parts.read(name) for name in parts.namelist() if name.endswith(".xlsx")]
        assert len(books) == 2
        for held in books:
            assert b"2000-01-01" in zipfile.ZipFile(io.BytesIO(held)).read("docProps/core.xml")
    core = Presentation(io.BytesIO(made)).core_properties
    assert core.created == core.modified and core.modified.year == 2000


def test_a_table_shows_eight_rows_and_says_how_many_more_there_are(tmp_path):
    frame = pd.DataFrame({"firm": [f"Firm {i}" for i in range(1_000)], "share": 0.001})
    found = Shares(title="t", finding="f.", frame=frame, columns={"firm": Column("Firm"), "share": SHARE})
    slide = deck(tmp_path, found).slides[1]
    (table,) = (shape.table for shape in slide.shapes if shape.has_table)
    assert len(table.rows) == 9
    assert "992 more rows are in the workbook." in words(slide)


def test_a_chart_of_more_rows_than_a_slide_has_room_for_is_said_to_be_on_the_page(tmp_path):
    frame = pd.DataFrame({"firm": [f"Firm {i}" for i in range(200)], "share": 0.005})
    slide = deck(tmp_path, Shares(title="t", finding="f.", frame=frame, columns={"share": SHARE})).slides[1]
    assert "This chart is on the page only: it has more rows than a slide has room for." in words(slide)


def test_a_letter_that_no_font_has_is_said_where_the_picture_would_be(tmp_path):
    texts = pd.DataFrame({"x": ["\U0001fbca"]}, index=["a"])
    slide = deck(
        tmp_path,
        result(lambda f: chart.heat(f, texts), pd.DataFrame({"x": [0.5]}, index=["a"]), {"x": SHARE}),
    ).slides[1]
    assert "This chart is on the page only: no font" in words(slide)


def test_hostile_texts_are_words_wherever_they_stand(tmp_path):
    texts = [
        text for text in [*OWN, "a\x00b\x0bc", "=1+1", "@SUM(A1)", "שלום עולם", "x" * 5_000] if text.strip()
    ]
    frame = pd.DataFrame({"firm": texts[:15], "share": 0.05, "estimate": 0.1, "low": 0.0, "high": 0.3})
    for at in range(0, len(texts), 15):
        part = frame.assign(firm=(texts * 2)[at : at + 15])
        bad = {"title": texts[at], "subtitle": texts[at], "source": texts[at], "finding": texts[at] + "."}
        columns = {"firm": Column(texts[at]), "share": Column(texts[at], "%")}
        found = Shares(frame=part, columns=columns, **bad)
        spread = result(lambda f: chart.dots(f, "firm", spec=SHARE), part, columns, **bad)
        one = edition(tmp_path / str(at), found, spread, title=texts[at])
        made = slides(one)
        with zipfile.ZipFile(io.BytesIO(made)) as parts:
            for name in parts.namelist():
                if name.endswith((".xml", ".rels")):
                    root = etree.fromstring(parts.read(name))
                    assert not root.xpath("//*[local-name()='hlinkClick']")
                    if name.endswith(".rels"):
                        assert "External" not in root.xpath("//@TargetMode")
        for drawn in charts(Presentation(io.BytesIO(made))):
            assert {cell.data_type for row in book(drawn).iter_rows() for cell in row} <= {"s", "n"}


def test_what_is_written_from_right_to_left_is_marked_so(tmp_path):
    slide = deck(tmp_path, shares(), title="שלום").slides[0]
    assert slide.shapes.title.text_frame.paragraphs[0]._p.pPr.get("rtl") == "1"


def test_nothing_runs_over(tmp_path):
    long = "A very long sentence that goes on about the market of cars in many words " * 12
    found = dots(title=long, finding=long, subtitle=long, source=long, checks=(Check(long, False, long),))
    answer = shares(0.375, 0.36, 0.39, finding=long, advice=long, unknown=long)
    whole = deck(tmp_path, answer, found, title=long)
    for slide in whole.slides:
        bottoms = []
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= whole.slide_width
            if shape.has_text_frame and shape.text_frame.text.strip():
                if not (runs := shape.text_frame.paragraphs[0].runs):
                    continue  # the slide's number
                size = runs[0].font.size
                tall = sum(
                    height(
                        paragraph.text, size.pt, shape.width.inches, bold=bool(paragraph.runs[0].font.bold)
                    )
                    for paragraph in shape.text_frame.paragraphs
                )
                bottoms.append(
                    (shape.top.inches, shape.left.inches, shape.top.inches + tall, shape.width.inches)
                )
                assert shape.top.inches + tall <= 7.5
        for top, left, bottom, width in bottoms:
            for other, at, _, wide in bottoms:
                if other > top and at < left + width and left < at + wide:
                    assert other >= bottom - 0.05, "no text stands upon another"


def test_words_are_made_smaller_and_then_cut_at_a_word():
    assert fit("short", (20.0, 10.0), 5, 1) == ("short", 20.0)
    words, size = fit("some words that need more room than that", (20.0, 10.0), 2.2, 1)
    assert size == 10.0 and words.endswith("…") and words[:-1] in "some words that need more room than that"
    assert not cut("word " * 50, 10, 2, 2).endswith(" …")
    assert measure(cut("unbroken" * 50, 10, 2, 1), 10) <= 2


@pytest.mark.parametrize(
    ("form", "written"),
    [
        (forms.bar("%", 1), '#,##0.0"%";−#,##0.0"%";#,##0.0"%"'),
        (forms.bar("$", 0), "#,##0;−#,##0;#,##0"),
        (forms.axis("%", 0, 30, 7.5), '#,##0.0"%";−#,##0.0"%";#,##0.0"%"'),
        (forms.axis("cars", 0, 4e6, 5e5), '#,##0.0,,"M";−#,##0.0,,"M";0'),
    ],
)
def test_a_number_format_writes_what_the_page_writes(form, written):
    assert form == written


def test_without_python_pptx_one_line_says_what_to_do(tmp_path, monkeypatch):
    one = edition(tmp_path, shares())
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(ValueError, match=r"^slides need python-pptx: pip install 'pmlib\[slides\]'$"):
        slides(one)
