import csv
import io
import itertools
import json
import re
import unicodedata

import pytest
from exported import results, sheet, table
from hypothesis import given
from hypothesis import strategies as st
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


def read_csv(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


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
