"""The same number reads the same in page, workbook, slides and mail: every tile, every table."""

import io
import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

import openpyxl
import pytest
from bs4 import BeautifulSoup
from pptx import Presentation

from pmlib.reports.deliver.item import Item
from pmlib.reports.deliver.letter import digest
from pmlib.reports.editions import newest
from pmlib.reports.exports.slides import slides
from pmlib.reports.plan import PUBLISHED
from pmlib.reports.told import told

FORM = re.compile(r'(?P<sign>[+−]?)(?:#,##)?0(?:\.(?P<places>0+))?(?P<percent>%?)(?:" pts")?')
DATES = {"yyyy": "%Y", "mmm yyyy": "%b %Y", "yyyy-mm-dd": "%Y-%m-%d"}


class Told:
    """An edition as its readers see it."""

    def __init__(self, edition):
        self.edition = edition
        self.page = BeautifulSoup((edition.folder / "index.html").read_bytes(), "html.parser")
        self.results = [one for one in told(edition) if one.payload.get("table")]
        self.slides = list(Presentation(io.BytesIO(slides(edition))).slides)

    def tiles(self):
        """Value, words and range of each tile on the page."""
        for tile in self.page.select("ul.tiles > li"):
            ends = tile.i.extract() if tile.i else None
            yield flat(tile.b.text), flat(tile.span.text), flat(ends.text) if ends else ""

    def table(self, one):
        """Rows of texts of a result's table on the page, found by its finding."""
        for figure in self.page.select("figure.result"):
            if flat(figure.select_one("p.finding").text) == flat(one.payload["finding"]):
                return [[cell.text for cell in row.select("th, td")] for row in figure.select("tbody tr")]
        raise AssertionError(f"the page does not show {one.name}")


@pytest.fixture(scope="module", params=["us_car_market", "nl_cars", "bikeshare"])
def report(request, shipped):
    return Told(newest(shipped / PUBLISHED / request.param))


def flat(text):
    return " ".join(text.split())


def words(slide):
    return [flat(shape.text_frame.text) for shape in slide.shapes if shape.has_text_frame]


def test_a_tile_reads_the_same_on_page_and_slide_and_in_mail(report, shipped):
    first = words(report.slides[0])
    mail = digest(
        [Item("report", report.edition)], "managers", to=["a@example.org"], sender="R <r@example.org>",
        message_id="<1@example.org>", date=datetime(2026, 11, 30, tzinfo=UTC), root=shipped,
    )  # fmt: skip
    html = flat(BeautifulSoup(mail.get_body(("html",)).get_content(), "html.parser").get_text(" "))
    plain = flat(mail.get_body(("plain",)).get_content())
    tiles = list(report.tiles())
    assert tiles
    for value, said, ends in tiles:
        assert value in first and said in first and (ends in first or not ends)
        for text in (html, plain):
            assert value in text and said in text and ends in text


def test_a_slides_table_is_the_first_rows_of_the_pages(report):
    by_title = {}
    for slide in report.slides[1:]:
        tables = [shape.table for shape in slide.shapes if shape.has_table]
        by_title.setdefault(slide.shapes.title.text, []).extend(tables)
    numbers = 0
    for one in report.results:
        table = by_title[flat(one.payload["title"])].pop(0)
        page, forms = report.table(one), one.payload["table"]["forms"]
        shown = [[cell.text for cell in row.cells] for row in table.rows][1:]
        assert len(shown) == min(8, len(page))
        for row, whole in zip(shown, page, strict=False):
            for cell, text, form in zip(row, whole, forms, strict=False):
                numbers += isinstance(form, int)
                cut = cell.endswith("…") and not isinstance(form, int) and flat(text).startswith(cell[:-1])
                assert cell == flat(text) or cut, f"{one.name}: {cell} is {text} on the page"
    assert numbers > 50 and not any(by_title.values())


def test_a_cell_of_the_workbook_is_formatted_as_the_page_writes_it(report):
    book = openpyxl.load_workbook(report.edition.folder / "tables.xlsx")
    sheets = {sheet.title: sheet for sheet in book.worksheets[1:]}
    names = {name.value: title.value for name, title, *_ in book.worksheets[0].iter_rows() if name.hyperlink}
    for one in report.results:
        table = one.payload["table"]
        at = [one.payload["frame"]["columns"].index(name) for name in table["names"]]
        own = [sheets[name] for name, title in names.items() if flat(title) == flat(one.payload["title"])]
        held = [[said(row[i]) for i in at] for sheet in own for row in sheet.iter_rows(min_row=2)]
        for row in report.table(one):
            texts = list(map(bare, row))
            alike = (all(text in cell for text, cell in zip(texts, cells, strict=True)) for cells in held)
            assert any(alike), f"{one.name}: {row}"


def bare(text):
    """A cell without what says its unit, and without the sign of what is rounded to nothing."""
    text = text.removesuffix(" pts").removesuffix("%")
    return text.lstrip("+−") if re.fullmatch(r"[+−]0(\.0+)?", text) else text


def said(cell):
    """What Excel shows of a cell, for the formats that we write; at a tie a page may round the other way."""
    value = cell.value
    if value is None:
        return {"–"}
    if isinstance(value, bool):
        return {"yes" if value else "no"}
    if isinstance(value, datetime):
        return {value.strftime(DATES[cell.number_format])}
    if isinstance(value, str):
        return {bare(value)}
    return {bare(written(value, cell.number_format, way)) for way in (ROUND_HALF_UP, ROUND_HALF_DOWN)}


def written(value, form, way=ROUND_HALF_UP):
    above, *others = form.split(";")
    part = above if value > 0 or not others else others[0] if value < 0 else others[-1]
    found = FORM.fullmatch(part)
    exact = Decimal(f"{abs(value):.12g}") * (100 if found["percent"] else 1)
    rounded = exact.quantize(Decimal(1).scaleb(-len(found["places"] or "")), way)
    return f"{found['sign']}{rounded:,}{found['percent']}"


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.375, "0.0%", "37.5%"),
        (-0.0312, '+0.0%" pts";−0.0%" pts";0.0%" pts"', "−3.1%"),
        (0.0312, '+0.0%" pts";−0.0%" pts";0.0%" pts"', "+3.1%"),
        (1234.5, "#,##0", "1,235"),
        (-2.25, "#,##0.0;−#,##0.0", "−2.3"),
    ],
)
def test_formats_are_read_as_excel_reads_them(value, form, text):
    assert written(value, form) == text
