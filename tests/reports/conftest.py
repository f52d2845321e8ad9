"""Fixtures of the press: small projects, and runs without a kernel."""

import json

import nbformat
import pytest
import small as project
from nbformat.v4 import new_output

from pmlib.reports import batch, imports, key, normalise
from pmlib.reports import execute as execution
from pmlib.reports.supervise import Server
from pmlib.reports.templates import PACKAGE


@pytest.fixture(scope="module")
def server():
    """The engine of a test file's reports."""
    with Server() as server:
        yield server


@pytest.fixture
def small(tmp_path_factory):
    """A function that makes a small project with one report, `tiny`."""

    def make(*code, **options):
        return project.make(tmp_path_factory.mktemp("root"), *code, **options)

    return make


@pytest.fixture
def machine_fonts(monkeypatch):
    """A function that says which fonts the machine has beside ours; to begin with, none."""
    from pmlib.chart import fonts as files
    from pmlib.reports.exports import fonts

    def forget():
        for remembered in (fonts._installed, fonts._font, fonts._faces):
            remembered.cache_clear()

    def have(*paths):
        monkeypatch.setattr(files, "installed", lambda: list(paths))
        forget()

    have()
    yield have
    monkeypatch.undo()
    forget()


@pytest.fixture
def without_kernel(monkeypatch, tmp_path_factory):
    """Run no kernel: the last cell's output is what data/payload.json holds; the cell `1/0` fails.

    Nor does an edit of pmlib while the tests run change a key.
    """

    def execute(job, run_dir, engine, progress=None):
        root = run_dir.parents[2]
        executed = nbformat.reads(json.dumps(job.document), as_version=4)
        if executed.cells[-1].source == "1/0":
            watch = execution.Watch(None, cells=[executed.cells[-1]], current=executed.cells[-1])
            raise watch.failed("ZeroDivisionError", "division by zero", [f"File {PACKAGE}/a.py:3, in f"])
        text = (root / "data" / "payload.json").read_text().replace("FOCAL", job.parameters["focal"])
        executed.cells[-1].outputs = [new_output("display_data", data=json.loads(text))]
        sha256 = project.sha256(root / "data" / "sales.csv")
        line = {"name": "sales", "path": "data/sales.csv", "sha256": sha256, "rows": 1, "newest": "1990"}
        (run_dir / "inputs.jsonl").write_text(json.dumps(line) + "\n")
        return execution.Executed(normalise.normalised(executed), ["pmlib", "pandas"])

    monkeypatch.setattr(execution, "execute", execute)
    monkeypatch.setattr(batch, "render", lambda server, work, progress, stop: project.rendered(work))
    package = tmp_path_factory.mktemp("pmlib")
    for module in (key, imports):
        monkeypatch.setattr(module, "PACKAGE", package)
