"""The house style of notebooks: the shipped ones keep it, and each breach is named."""

import json
from pathlib import Path

import pytest

from pmlib.reports.style import COMPARED, problems

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
TEMPLATES = sorted((Path(__file__).parents[2] / "templates" / "notebook").glob("*.ipynb"))


def cell(kind, source, *tags, outputs=()):
    made = {"cell_type": kind, "source": source, "metadata": {"tags": list(tags)}}
    return made | ({"outputs": list(outputs)} if kind == "code" else {})


GOOD = [
    cell("markdown", "# A question\n\n" + "word " * 40),
    cell("code", "focal = 'Ada'  # the firm", "parameters"),
    cell(
        "code",
        "print(focal)",
        COMPARED,
        outputs=[{"output_type": "stream", "name": "stdout", "text": "Ada\n"}],
    ),
]


def said(tmp_path, *cells):
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"cells": cells}), "utf-8")
    return problems(path)


@pytest.mark.parametrize("path", NOTEBOOKS + TEMPLATES, ids=lambda p: p.name)
def test_shipped_notebooks_keep_the_style(path):
    assert problems(path) == []


def test_a_good_notebook_has_no_problems(tmp_path):
    assert said(tmp_path, *GOOD) == []


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (cell("code", "def f():\n    return 1"), "defines a function or class"),
        (cell("code", "f = lambda: 1"), "defines a function or class"),
        (cell("code", "!ls"), "is not plain Python"),
        (cell("markdown", "We hold 37.5% of it."), "types the number '37.5%' by hand"),
        (cell("code", "1", outputs=[{"output_type": "stream"}]), "keeps an output; clear it"),
    ],
)
def test_each_breach_is_named(tmp_path, bad, problem):
    (line,) = said(tmp_path, *GOOD, bad)
    assert line.startswith("n.ipynb: cell 4 ")
    assert problem in line


def test_years_code_and_notes_may_hold_digits(tmp_path):
    prose = cell("markdown", "Since 1980, under the guidelines of 2023, see `f(10)`.\n\n1. first")
    note = cell("markdown", "Ann, 2026-11-20\n\nRests on: r/x = 37.5%", "note")
    assert said(tmp_path, *GOOD, prose, note) == []


def test_too_much_code_is_counted(tmp_path):
    long = cell("code", "a = 1\n" * 8)
    assert any("median 8" in line for line in said(tmp_path, *GOOD, long, long, long))
    assert any("words of prose for" in line for line in said(tmp_path, *GOOD, long, long, long))
    many = [cell("code", "1")] * 26
    assert any("28 code cells; at most 26" in line for line in said(tmp_path, *GOOD, *many))


def test_stripped_outputs_and_missing_parameters_are_named(tmp_path):
    stripped = [cell("markdown", "word " * 40), cell("code", "1")]
    assert [line.partition(": ")[2][:30] for line in said(tmp_path, *stripped)] == [
        "no cell is tagged parameters: ",
        "no cell tagged nbval-check-out",
    ]
