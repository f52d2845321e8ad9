import csv
import io
import itertools
import json
import re
import unicodedata

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
    "  =1",
    "\u00a0=1",
    "\ufeff=1",
    "﹦1",
    '"=1+1"',
    "'=1+1",
    "=cmd|' /C calc'!A0",
    "plain;=1+1;rest",  # a semicolon parts cells where the comma is the decimal sign
    'plain; "=1+1";rest',
    "plain\t=1+1\trest",
    "plain\n=1+1",
    "plain|@SUM(A1)|rest",
]
SIGNS = tuple("=+-@＝＋－＠﹦﹢﹣﹫")


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


def cells_as_read_anywhere(data):
    """Every cell that a spreadsheet may see in a CSV, whatever parts its cells, quotes kept or dropped."""
    text = data.decode("utf-8-sig")
    for separator in ",;\t|":
        yield from itertools.chain(*csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        if separator != ",":
            yield from re.split(rf"[{separator}\r\n]", text)


@pytest.mark.parametrize("text", LIVE)
def test_no_text_is_a_formula_in_a_csv_or_a_workbook(text):
    found = table([text, "b"], [[text, -1.5]], {"b": {"label": text, "unit": "", "digits": None}})
    written = export.tables(found)["t.csv"]
    assert read_csv(written)[1][0].replace("'", "") == text.replace("'", "")
    stripped = [cell.strip(' "\u00a0\ufeff\t\r\n') for cell in cells_as_read_anywhere(written)]
    assert [cell for cell in stripped if cell.startswith(SIGNS) and cell != "-1.5"] == []
    cells = [cell for row in sheet(found).iter_rows() for cell in row]
    assert [cell.data_type for cell in cells] == ["s", "s", "s", "n"]
    assert [cell.quotePrefix for cell in cells] == [True, True, True, False], "nor does editing make it one"
    assert all(cell.hyperlink is None for cell in cells)


@pytest.mark.parametrize("text", ["a - b", "Ford, -10%", "x; y", "A|B", "mail@example.org", "1=1", ""])
def test_a_text_that_is_no_formula_is_left_as_it_is(text):
    assert read_csv(export.tables(table(["a", "b"], [[text, 1]]))["t.csv"])[1][0] == text


@given(st.lists(st.text(min_size=1), max_size=6))
def test_a_table_is_a_file_of_its_own_in_its_folder(names):
    bundles = [payload(name=name, kind="result", value=at) for at, name in enumerate(names)]
    written = list(export.tables(results(*bundles)))
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in written}) == len(names)
    for name in written:
        assert re.fullmatch(r"[\w-]+\.csv", name) and len(name.encode()) < 255


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("market_shares", "market_shares.csv"),
        ("../../x", "x.csv"),
        ("/etc/passwd", "etc_passwd.csv"),
        ("..\\..\\x", "x.csv"),
        ("C:x", "C_x.csv"),
        ("nul", "nul_.csv"),
        ("a\0b", "a_b.csv"),
        ("", "table.csv"),
        ('x" onclick="alert(1)', "x_onclick_alert_1.csv"),
        ("市场", "市场.csv"),
    ],
)
def test_a_name_of_a_result_is_no_path(name, file):
    assert list(export.tables(results(payload(name=name, kind="result")))) == [file]


@pytest.mark.parametrize("text", ["\x00\x0b\x1f", "\ufffe\uffff", "\ud800", "😀" * 40_000], ids=ascii)
def test_a_workbook_opens_whatever_its_texts_hold(text):
    page = sheet(table([text[:100], "b"], [[text, 1]]))
    assert page.cell(2, 2).value == 1
    assert len(str(page.cell(2, 1).value).encode("utf-16-le")) <= 2 * export.CELL


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
        assert 0 < len(name.encode("utf-16-le")) <= 62
        assert not re.search(r"[\[\]:*?/\\]", name)
        assert name[0] != "'"
        assert name.lower() != "history"
