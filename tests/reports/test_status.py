"""What `pmlib status` and `pmlib why` say, and that neither loads what only a run needs."""

import json
import subprocess
import sys
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from published import DECLARED, edition

from pmlib.cli import main
from pmlib.reports import plan

HEAVY = ("pandas", "numpy", "papermill", "nbconvert", "nbformat", "IPython", "duckdb", "pmlib.data")


@pytest.fixture
def root(small):
    """A project whose report has one edition."""
    made = small()
    (made / plan.SOURCES).write_text(DECLARED)
    edition(plan.jobs(made)[0], made)
    return made


def say(root, *words, code=0):
    done = CliRunner().invoke(main, ["--root", str(root), *words])
    assert done.exit_code == code, done.output
    return done.output.splitlines()


def rows(root, *names):
    """The table's rows, each as its cells: report, state, what, edition, data up to."""
    head, *found = say(root, "status", *names)
    starts = [head.index(name) for name in ("report", "state", "what", "edition", "data up to")]
    ends = [*starts[1:], None]
    return [[row[a:b].strip() for a, b in zip(starts, ends, strict=True)] for row in found]


def test_a_fresh_report(root):
    name = plan.jobs(root)[0].home / "editions"
    (folder,) = name.iterdir()
    assert rows(root) == [["tiny", "fresh", "", folder.name, "1990"]]
    assert say(root, "why", "tiny") == [
        f"tiny: fresh, edition {folder.name}",
        "  it was made of what is there now",
    ]


def test_a_stale_report_names_what_changed_and_counts_the_rest(root):
    parameters = '[tiny.parameters]\nfocal = "GM"\ncount = 4\nlevel = 0.9\nowner = "Bo"\n'
    (root / plan.CATALOG).write_text(f'[tiny]\nnotebook = "tiny"\n{parameters}')
    ((_, state, what, *_),) = rows(root)
    assert (state, what) == ("stale", "parameter count, parameter focal, parameter level and 1 more")
    lines = say(root, "why", "tiny")
    assert lines[1:] == [
        "  parameter count is 4, was 3",
        '  parameter focal is "GM", was "Ford"',
        "  parameter level is 0.9, was 0.95",
        '  parameter owner is "Bo", was "Ann"',
    ]


def test_a_report_that_never_ran(root):
    (root / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\n[other]\nnotebook = "tiny"\n')
    assert rows(root, "other") == [["other", "never run", "", "-", "-"]]
    assert say(root, "why", "other") == ["other: never run", "  it has no edition yet"]


def test_a_failed_report_says_what_failed_and_what_has_changed_since(root):
    failed = {"when": "2026-11-30 10:00 UTC", "cell": 2, "cells": 5, "error": "KeyError", "message": "'x'"}
    (root / "reports/published/tiny/failed.json").write_text(json.dumps(failed))
    (root / "data/sales.csv").write_text("x")
    ((_, *cells),) = rows(root)
    assert cells[:2] == ["failed", "on 2026-11-30"]
    assert say(root, "why", "tiny")[1:] == [
        "  the run of 2026-11-30 10:00 UTC failed: cell 2 of 5: KeyError: 'x'",
        "  data/sales.csv changed",
    ]


def test_a_failure_whose_record_is_damaged_is_a_failure(root):
    (root / "reports/published/tiny/failed.json").write_text("{")
    assert rows(root)[0][1:3] == ["failed", ""]
    assert say(root, "why", "tiny")[1:] == ["  the last run failed"]


def test_a_report_that_cannot_start(root):
    (root / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\nparameters = {count = "x"}\n')
    ((name, state, what, *_),) = rows(root)
    assert (name, state) == ("tiny", "cannot start")
    assert "parameter count" in what
    assert "parameter count" in say(root, "why", "tiny")[1]


@pytest.mark.parametrize("where", ["the catalog", "the table"])
def test_a_report_whose_data_are_too_old(root, where):
    newest = (date.today() - timedelta(11)).isoformat()
    if where == "the catalog":
        (root / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\nmax_age = "10 days"\n')
    else:
        (root / plan.SOURCES).write_text(DECLARED.replace("origin", 'max_age = "10 days"\norigin'))
    (root / "data/sales.csv").write_text(newest)
    edition(plan.jobs(root)[0], root, newest=newest)
    due = (date.today() - timedelta(1)).isoformat()
    assert rows(root)[0][1:3] == ["late", f"since {due}"]
    assert say(root, "why", "tiny")[1:] == [f"  its data are of {newest}, good until {due}"]


def test_a_day_counts_as_old_by_the_as_of_date(root, monkeypatch):
    (root / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\nmax_age = "10 days"\nas_of = 1991-01-10\n')
    (root / "data/sales.csv").write_text("1990-12-31")
    edition(plan.jobs(root)[0], root, newest="1990-12-31")
    assert rows(root)[0][1] == "fresh"


def test_an_address_is_not_asked_and_that_is_said(root):
    place = 'url = "https://127.0.0.1:1/x.csv"'
    (root / plan.SOURCES).write_text(DECLARED.replace('path = "data/sales.csv"', place))
    edition(plan.jobs(root)[0], root)
    assert rows(root)[0][1] == "fresh"
    assert say(root, "why", "tiny")[-1] == "  sales stands elsewhere and was not asked; a run asks it"


def test_reports_are_chosen_by_name_and_glob(root):
    (root / plan.CATALOG).write_text('[tiny]\nnotebook = "tiny"\n[other]\nnotebook = "tiny"\n')
    assert [row[0] for row in rows(root)] == ["tiny", "other"]
    assert [row[0] for row in rows(root, "t*")] == ["tiny"]
    assert "no report is called 'tony'" in say(root, "status", "tony", code=2)[-1]
    assert "no report is called 'tony'" in say(root, "why", "tony", code=2)[-1]


def test_what_stands_in_names_cannot_act_on_a_terminal(root):
    title = '"\\u001b[31mred"'
    (root / plan.CATALOG).write_text(f'[tiny]\nnotebook = "tiny"\n[tiny.parameters]\nfocal = {title}\n')
    assert not any("\x1b" in line for line in say(root, "why", "tiny") + say(root, "status"))


@pytest.mark.parametrize("words", [["status"], ["why", "tiny"], ["--help"], ["run"]])
def test_nothing_heavy_is_imported(root, words):
    pattern = DECLARED.replace("sales.csv", "s*.csv")  # several files are told by their hashes, too
    (root / plan.SOURCES).write_text(pattern)
    edition(plan.jobs(root)[0], root)
    code = (
        "import sys\nfrom pmlib.cli import main\n"
        f"try: main({['--root', str(root), *words]!r})\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


@pytest.mark.parametrize("command", ["status", "why"])
def test_each_command_explains_itself_with_an_example(root, command):
    assert f"  pmlib {command}" in "\n".join(say(root, command, "--help")).split("Example:")[1]
