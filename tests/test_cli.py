"""The command line as a shell sees it."""

import json
import subprocess
import sys
import time

import pytest

HEAVY = ("pandas", "papermill", "nbconvert", "nbformat", "matplotlib", "rich")


def shell(*words, cwd=None, env=None):
    command = [
        sys.executable,
        "-m",
        "pmlib",
        *(word if isinstance(word, bytes) else str(word) for word in words),
    ]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=env, timeout=120)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project from `pmlib init`, with a report from `pmlib new`."""
    root = tmp_path_factory.mktemp("made") / "project"
    done = shell("init", root)
    assert done.returncode == 0, done.stderr
    done = shell("--root", root, "new", "mine", "--title", 'What "we" <want> to know')
    assert done.returncode == 0, done.stderr
    return root


def test_help_is_quick():
    shell("--help")  # bytecode
    times = []
    for _ in range(5):
        began = time.perf_counter()
        done = shell("--help")
        times.append(time.perf_counter() - began)
    assert done.returncode == 0
    assert min(times) < 0.3


@pytest.mark.parametrize("words", [["--help"], ["list"], ["run", "--help"]])
def test_nothing_heavy_is_imported_to_help_or_to_list(made, words):
    code = (
        "import sys\nfrom pmlib.cli import main\n"
        f"try: main({['--root', str(made), *words]!r})\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


@pytest.mark.parametrize("command", ["run", "schedule", "list", "check", "new", "init", "completion"])
def test_each_command_explains_itself_with_an_example(command):
    done = shell(command, "--help")
    assert done.returncode == 0
    assert f"pmlib {command}" in done.stdout.split("Example:")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "smaple_market"], "pmlib: no report is called 'smaple_market'; did you mean sample_market?"),
        (
            ["run", "sample_market", "-p", "focl=x"],
            "pmlib: sample_market: the notebook declares no parameter focl",
        ),
        (["--root", "/nonexist", "list"], "pmlib: --root names /nonexist, which is not a folder; correct it"),
        (["run", "-p", b"focal=\xff"], "is not UTF-8"),
        (["run", "-p", "focal"], "write it as name=value"),
        (["run", "-p", "focal=a", "-p", "focal=b"], "focal is given twice"),
        (["new", "Bad Name"], "pmlib: 'Bad Name' is no name for a report; use at most 80 of a-z, 0-9 and _"),
        (["new", "mine"], "pmlib: notebooks/mine.ipynb is there already; take another name"),
        (["init", "."], "is not empty; name a folder that is empty or not there yet"),
    ],
)
def test_what_cannot_start_says_so_in_one_line(made, words, said):
    done = shell("--root", made, *words, cwd=made)
    assert done.returncode == 2
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_outside_a_project_the_way_in_is_named(tmp_path):
    done = shell("list", cwd=tmp_path)
    assert done.returncode == 2
    assert "pmlib init DIR" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_bug_is_said_in_one_line_and_shown_with_debug(made):
    code = (
        "import sys\nfrom pmlib.reports import plan\nfrom pmlib.cli import main\n"
        "plan.catalog = lambda root: 1 / 0\nmain()"
    )
    command = [sys.executable, "-c", code, "--root", str(made)]
    done = subprocess.run([*command, "list"], capture_output=True, text=True)
    assert done.returncode == 1
    said = "pmlib: internal error ZeroDivisionError: division by zero; run again with --debug\n"
    assert done.stderr == said
    shown = subprocess.run([*command, "--debug", "list"], capture_output=True, text=True)
    assert "Traceback" in shown.stderr


def test_list_shows_each_report(made):
    rows = shell("--root", made, "list").stdout.splitlines()
    assert [row.split()[0] for row in rows] == ["report", "sample_market", "mine"]
    assert "not yet run" in rows[1]


def test_report_names_complete(made):
    import os

    words = {
        "_PMLIB_COMPLETE": "bash_complete",
        "COMP_WORDS": f"pmlib --root {made} run sam",
        "COMP_CWORD": "4",
    }
    done = shell(env=os.environ | words)
    assert done.stdout.split(",")[-1].strip() == "sample_market"


def test_what_new_makes_runs_at_once(made):
    done = shell("run", "mine", cwd=made / "notebooks")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("mine: published reports/published/mine/index.html (")
    assert done.stderr.splitlines()[-1] == "mine: cell 6 of 6"
    page = (made / "reports/published/mine/index.html").read_text()
    assert "What &#34;we&#34; &lt;want&gt; to know" in page
    assert "<want>" not in page
    again = shell("run", "mine", cwd=made)
    assert again.stdout == "mine: fresh, reports/published/mine/index.html\n"


@pytest.mark.slow
def test_what_init_makes_runs_at_once(made):
    done = shell("run", "sample_market", cwd=made)
    assert done.returncode == 0, done.stderr
    published = made / "reports/published"
    assert json.loads((published / "sample_market/numbers.json").read_text())["numbers"]
    assert "made-up market" in (published / "index.html").read_text()


def test_a_failure_is_one_line_and_its_traceback_on_request(made):
    notebook = made / "notebooks/broken.ipynb"
    cell = {
        "cell_type": "code",
        "id": "a",
        "source": "1/0",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    notebook.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}))
    catalog = made / "reports/catalog.toml"
    before = catalog.read_text()
    catalog.write_text(before + '\n[broken]\nnotebook = "broken"\n')
    done = shell("run", "broken", "--debug", cwd=made)
    catalog.write_text(before)
    assert done.returncode == 1
    *traceback, last = done.stderr.splitlines()
    assert last == "broken: cell 1 of 1: ZeroDivisionError: division by zero; try: pmlib run broken --debug"
    assert any("ZeroDivisionError" in line for line in traceback)
