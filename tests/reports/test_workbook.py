"""A workbook of a report's tables: listed, formatted as the page, noted, and inert."""

import io
import re
import zipfile

import openpyxl
import pytest
from exported import results, sheet, table
from hostile import OWN
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from small import payload

from pmlib.reports.workbook import CELL, number_format, sheet_name, workbook


def contents(found, *about):
    return openpyxl.load_workbook(io.BytesIO(workbook(found, *about))).worksheets[0]


@pytest.mark.parametrize("text", ["\x00\x0b\x1f", "\ufffe\uffff", "\ud800", "😀" * 40_000], ids=ascii)
def test_a_workbook_opens_whatever_its_texts_hold(text):
    page = sheet(table([text[:100], "b"], [[text, 1]]))
    assert page.cell(2, 2).value == 1
    assert len(str(page.cell(2, 1).value).encode("utf-16-le")) <= 2 * CELL


def test_a_workbook_formats_by_unit_and_freezes_its_header():
    declared = {
        "share": {"label": "Share", "unit": "%", "digits": 1},
        "n": {"label": "Cars", "unit": "", "digits": 0},
    }
    found = table(["share", "n", "day"], [[0.25, 1000, "1990-01-31"], [None, 2, None]], declared)
    page = sheet(found)
    assert page.freeze_panes == "A2"
    assert [page.cell(2, i).number_format for i in (1, 2, 3)] == ["0.0%", "#,##0", "yyyy-mm-dd"]
    assert page.auto_filter.ref == "A1:C3"
    assert page.cell(2, 3).is_date
    assert page.cell(3, 1).value is None


def test_text_that_only_looks_like_a_date_stays_text():
    page = sheet(table(["day"], [["1990-13-45"]]))
    assert page.cell(2, 1).value == "1990-13-45"


def test_equal_results_give_equal_bytes():
    found = results(payload())
    assert workbook(found) == workbook(found)


def test_a_table_that_is_larger_than_a_sheet_says_so(monkeypatch):
    monkeypatch.setattr("pmlib.reports.workbook.ROWS", 2)
    book = openpyxl.load_workbook(io.BytesIO(workbook(table(["a"], [[1], [2], [3]]))))
    assert book["t"].max_row == 3
    said = [cell.value for row in book["Contents"].iter_rows() for cell in row]
    assert 3 in said and "More than a sheet holds: all of it is in the CSV." in said


def test_a_report_without_tables_still_has_a_workbook():
    assert contents([]).cell(1, 1).value == "This report has no tables."


def test_the_first_sheet_lists_the_others_and_says_how_far_the_data_reach():
    found = results(payload(name="it's", kind="result"), payload(name="b", kind="result", value=1))
    page = contents(found, "The market", ["Data up to 1990", ""])
    rows = [[cell for cell in row if cell is not None] for row in page.iter_rows(values_only=True)]
    assert rows == [
        ["The market"], ["Data up to 1990"], [], ["Sheet", "Title", "Finding", "Source", "Rows"],
        ["it_s", "Who leads", "FOCAL leads.", "made up", 2], ["b", "Who leads", "FOCAL leads.", "made up", 2],
    ]  # fmt: skip
    assert [page.cell(row, 1).hyperlink.location for row in (5, 6)] == ["'it_s'!A1", "'b'!A1"]


@pytest.mark.parametrize("text", OWN)
def test_whatever_texts_hold_a_workbook_asks_for_nothing(text):
    shown = {
        "title": text,
        "finding": text,
        "source": text,
        "columns": {"b": {"label": text, "unit": text, "digits": None}},
    }
    found = results(
        payload(name=text, kind="result", frame={"columns": [text, "b"], "data": [[text, 1]]}, **shown)
    )
    made = workbook(found, text, [text])
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        for name in parts.namelist():
            root = etree.fromstring(parts.read(name)) if name.endswith((".xml", ".rels", ".vml")) else None
            assert root is None or not root.xpath("//@TargetMode[.='External']")
    listed = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    assert {cell.data_type for row in listed.iter_rows() for cell in row} <= {"s", "n"}


def test_a_heading_has_a_note_of_its_unit_its_name_and_of_which_interval_it_is_an_end():
    declared = {"low": {"label": "Low", "unit": "%", "digits": 1}}
    number = {"name": "n", "label": "", "value": 1.0, "unit": "", "period": "", "source": "", "level": 0.95}
    found = results(
        payload(
            name="t",
            kind="result",
            frame={"columns": ["firm", "low"], "data": [["a", 0.1]]},
            columns=declared,
            numbers=[number],
        )
    )
    page = sheet(found)
    assert page.cell(1, 1).comment.text == "Column: firm"
    assert page.cell(1, 2).comment.text == (
        "Low\nUnit: a fraction, shown as a percentage\nColumn: low\nAn end of the 95% interval"
    )


@pytest.mark.parametrize(
    ("values", "unit", "digits", "form"),
    [
        ([0.1, 0.2], "%", 1, "0.0%"),
        ([0.1, -0.2], "%", 2, "0.00%;−0.00%"),
        ([0.1], "points", 1, '+0.0%" pts";−0.0%" pts";0.0%" pts"'),
        ([1, None], "", None, "#,##0"),
        ([1.5, -2.0], "$", 0, "#,##0;−#,##0"),
        ([1.5], "", None, "General"),
    ],
)
def test_a_number_is_formatted_as_the_page_writes_it(values, unit, digits, form):
    assert number_format(values, unit, digits) == form


def test_dates_are_written_no_finer_than_on_the_page():
    for form, excel in (("%Y", "yyyy"), ("%b %Y", "mmm yyyy"), ("%Y-%m-%d", "yyyy-mm-dd")):
        table = {"names": ["day"], "heads": ["Day"], "forms": [form], "cells": [], "rows": 1}
        bundle = payload(
            name="t", kind="result", frame={"columns": ["day"], "data": [["1990-01-01"]]}, table=table
        )
        assert sheet(results(bundle)).cell(2, 1).number_format == excel


@given(st.lists(st.text(min_size=1), max_size=6))
def test_sheet_names_are_legal_and_unique(names):
    taken = set()
    given = [sheet_name(name, taken) for name in names]
    assert len({name.lower() for name in given}) == len(given)
    for name in given:
        assert 0 < len(name.encode("utf-16-le")) <= 62
        assert not re.search(r"[\[\]:*?/\\]", name)
        assert name[0] != "'"
        assert name.lower() != "history"
