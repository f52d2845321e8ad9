import csv
import io
import json
import re

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output
from small import payload

from pmlib.reports import export

LIVE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＠SUM(A1)",
    '=HYPERLINK("http://x")',
]


def executed(*bundles):
    return new_notebook(
        cells=[new_code_cell("x", outputs=[new_output("display_data", data=data)]) for data in bundles]
    )


def results(*bundles):
    return export.results(executed(*bundles))


def table(columns, data, declared=None):
    bundle = payload(
        name="t", kind="result", frame={"columns": columns, "data": data}, columns=declared or {}
    )
    return results(bundle)


def read_csv(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def sheet(found):
    return openpyxl.load_workbook(io.BytesIO(export.workbook(found))).worksheets[0]


def test_numbers_are_listed_once_by_name():
    found = results(payload(name="answer"), payload(name="shares", kind="result"))
    written = json.loads(export.numbers("tiny", found))
    assert written["report"] == "tiny"
    assert [n["name"] for n in written["numbers"]] == ["share"]
    assert written["numbers"][0]["value"] == 0.25


def test_a_number_that_says_whose_it_is_is_listed_once():
    number = payload()[export.RESULT]["numbers"][0] | {"result": "shares"}
    found = results(payload(numbers=[number]), payload(name="shares", kind="result", numbers=[number]))
    assert json.loads(export.numbers("tiny", found))["numbers"] == [number]


def test_two_results_of_one_name_are_told_apart():
    found = results(payload(name="a", kind="result"), payload(name="a", kind="result", value=0.5))
    assert [r["name"] for r in found] == ["a", "a_2"]
    assert list(export.tables(found)) == ["a.csv", "a_2.csv"]
    assert [n["name"] for n in json.loads(export.numbers("t", found))["numbers"]] == ["share", "share_2"]


def test_what_an_answer_leads_with_is_exported_and_what_is_absent_is_not():
    lead = payload(name="shares", kind="result")[export.RESULT]
    found = results(payload(lead=lead), payload(name="trend", kind="absent"))
    assert [r["name"] for r in found] == ["answer", "shares"]


def test_a_missing_number_is_null():
    assert b'"value": null' in export.numbers("t", results(payload(value=float("nan"))))


def test_a_csv_says_label_and_unit_and_keeps_full_precision():
    declared = {
        "share": {"label": "Share", "unit": "%", "digits": 1},
        "p": {"label": "Price", "unit": "$", "digits": 0},
    }
    found = table(["share", "p", "other"], [[1 / 3, 10.123456789, "é"], [None, 2, ""]], declared)
    assert read_csv(export.tables(found)["t.csv"]) == [
        ["Share (fraction)", "Price ($)", "other"],
        [str(1 / 3), "10.123456789", "é"],
        ["", "2", ""],
    ]


@pytest.mark.parametrize("text", LIVE)
def test_no_text_is_a_formula_in_a_csv_or_a_workbook(text):
    found = table([text, "b"], [[text, -1.5]], {"b": {"label": text, "unit": "", "digits": None}})
    for row in read_csv(export.tables(found)["t.csv"]):
        assert row[0] == f"'{text}"
    cells = [cell for row in sheet(found).iter_rows() for cell in row]
    assert [cell.data_type for cell in cells] == ["s", "s", "s", "n"]
    assert all(cell.hyperlink is None for cell in cells)


def test_a_workbook_formats_by_unit_and_freezes_its_header():
    declared = {
        "share": {"label": "Share", "unit": "%", "digits": 1},
        "n": {"label": "Cars", "unit": "", "digits": 0},
    }
    found = table(["share", "n", "day"], [[0.25, 1000, "1990-01-31"], [None, 2, None]], declared)
    page = sheet(found)
    assert page.freeze_panes == "A2"
    assert [page.cell(2, i).number_format for i in (1, 2, 3)] == ["0.0%", "#,##0", "yyyy-mm-dd"]
    assert page.cell(2, 3).is_date
    assert page.cell(3, 1).value is None


def test_text_that_only_looks_like_a_date_stays_text():
    page = sheet(table(["day"], [["1990-13-45"]]))
    assert page.cell(2, 1).value == "1990-13-45"


def test_equal_results_give_equal_bytes():
    found = results(payload())
    assert export.workbook(found) == export.workbook(found)


def test_a_report_without_tables_still_has_a_workbook():
    assert sheet([]).cell(1, 1).value == "This report has no tables."


@given(st.lists(st.text(min_size=1), max_size=6))
def test_sheet_names_are_legal_and_unique(names):
    taken = set()
    given = [export.sheet_name(name, taken) for name in names]
    assert len({name.lower() for name in given}) == len(given)
    for name in given:
        assert 0 < len(name) <= 31
        assert not re.search(r"[\[\]:*?/\\]", name)
        assert name[0] != "'"
        assert name.lower() != "history"
