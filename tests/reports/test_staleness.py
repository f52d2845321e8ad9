"""The staleness matrix: after a real run one thing is changed, and each decision about it is right."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import small
from published import DECLARED

from pmlib.reports.templates import PACKAGE

CODE = """\
import helpers, tinydep
from pmlib import data
firms = data.read("sales").frame
"""


class Project:
    """A project, a pmlib of its own and a package, all of which may be changed."""

    def __init__(self, folder):
        self.root, self.site, self.pmlib = folder / "root", folder / "site", folder / "lib" / "pmlib"
        shutil.copytree(PACKAGE, self.pmlib, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(PACKAGE.parent / "templates", folder / "lib" / "templates")
        self.root.mkdir()
        small.make(self.root, CODE, small.EMIT)
        self.catalog('count = 3\nfocal = "GM"')
        (self.root / "data/sources.toml").write_text(DECLARED)
        (self.root / "helpers.py").write_text("from lib import deep\n")
        (self.root / "lib").mkdir()
        (self.root / "lib/deep.py").write_text("x = 1\n")
        (self.root / "unused.py").write_text("x = 1\n")
        for name, required in (("tinydep", "Requires-Dist: subdep>=1\n"), ("subdep", ""), ("otherdep", "")):
            info = self.site / f"{name}-1.0.dist-info"
            info.mkdir(parents=True)
            (self.site / f"{name}.py").write_text("")
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{required}")
            (info / "top_level.txt").write_text(f"{name}\n")

    def catalog(self, parameters, entry=""):
        text = f'[tiny]\nnotebook = "tiny"\n{entry}\n[tiny.parameters]\n{parameters}\n'
        (self.root / "reports/catalog.toml").write_text(text)

    def notebook(self, change):
        path = self.root / "notebooks/tiny.ipynb"
        document = json.loads(path.read_text())
        change(document["cells"])
        path.write_text(json.dumps(document, indent=3))

    def install(self, name, version):
        (self.site / f"{name}-1.0.dist-info").rename(self.site / f"{name}-{version}.dist-info")

    def run(self, *words, cwd=None, **env):
        env = os.environ | {"PYTHONPATH": f"{self.pmlib.parent}:{self.site}"} | env
        command = [sys.executable, "-m", "pmlib", "--root", str(self.root), *words]
        done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=cwd or self.site)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project whose report has been run."""
    project = Project(tmp_path_factory.mktemp("made"))
    assert "tiny: published" in project.run("run")
    return project


@pytest.fixture
def project(made):
    """The same, put back afterwards as it was: its files with their bytes."""
    folder = made.root.parent
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    yield made
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and path not in before:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    for path, data in before.items():
        if not path.is_file() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def saved_again(cells):
    """What JupyterLab changes when a notebook is run and saved."""
    for number, cell in enumerate(cells):
        cell["id"] = f"new-{number}"
        if cell["cell_type"] == "code":
            cell["execution_count"] = 40 + number
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
            cell["source"] = "".join(cell["source"])


def append(path, text="\n# changed\n"):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(text)


# What is changed; which part of the key says so, or None; what `pmlib why` says of it.
MATRIX = {
    "nothing": (lambda p: None, None, "it was made of what is there now"),
    "a code cell": (
        lambda p: p.notebook(lambda cells: cells[2].update(source=CODE + "1\n")),
        "notebook",
        "notebooks/tiny.ipynb, cell 3 changed",
    ),
    "a markdown cell": (
        lambda p: p.notebook(lambda cells: cells[0].update(source="# Who follows")),
        "notebook",
        "notebooks/tiny.ipynb, cell 1 changed",
    ),
    "the notebook saved again": (lambda p: p.notebook(saved_again), None, ""),
    "a parameter": (
        lambda p: p.catalog('count = 3\nfocal = "Ford"'),
        "parameter focal",
        'parameter focal is "Ford", was "GM"',
    ),
    "the order of parameters": (lambda p: p.catalog('focal = "GM"\ncount = 3'), None, ""),
    "who it is for": (lambda p: p.catalog('count = 3\nfocal = "GM"', 'audience = "x"'), None, ""),
    "the title": (
        lambda p: p.catalog('count = 3\nfocal = "GM"', 'title = "x"'),
        "title",
        "the title is set now, and was not before",
    ),
    "the data's bytes": (
        lambda p: append(p.root / "data/sales.csv", "GM,4\n"),
        "input data/sales.csv",
        "data/sales.csv changed",
    ),
    "the data's times": (lambda p: os.utime(p.root / "data/sales.csv", (1, 1)), None, ""),
    "the data gone": (
        lambda p: (p.root / "data/sales.csv").unlink(),
        "input data/sales.csv",
        "data/sales.csv is missing",
    ),
    "data that it does not read": (lambda p: append(p.root / "data/other.csv"), None, ""),
    "the table's declaration": (
        lambda p: append(p.root / "data/sources.toml", 'note = "x"\n'),
        "source sales",
        "the declaration of sales changed",
    ),
    "another declaration": (
        lambda p: append(p.root / "data/sources.toml", DECLARED.replace("sales", "other")),
        None,
        "",
    ),
    "a helper of the project": (
        lambda p: append(p.root / "helpers.py"),
        "code helpers.py",
        "helpers.py changed",
    ),
    "a helper's helper": (
        lambda p: append(p.root / "lib/deep.py"),
        "code lib/deep.py",
        "lib/deep.py changed",
    ),
    "a helper that is not used": (lambda p: append(p.root / "unused.py"), None, ""),
    "a module of pmlib that ran": (
        lambda p: append(p.pmlib / "data/reading.py"),
        "code pmlib/data/reading.py",
        "pmlib/data/reading.py changed",
    ),
    "a module of pmlib that makes the page": (
        lambda p: append(p.pmlib / "reports/page.py"),
        "code pmlib/reports/page.py",
        "pmlib/reports/page.py changed",
    ),
    "a module of pmlib that is not used": (lambda p: append(p.pmlib / "competitive/shares.py"), None, ""),
    "a format that is not read": (lambda p: append(p.pmlib / "data/formats/excel.py"), None, ""),
    "the command line": (lambda p: append(p.pmlib / "cli/run.py"), None, ""),
    "a package": (
        lambda p: p.install("tinydep", "1.1"),
        "package tinydep",
        "tinydep is 1.1, was 1.0",
    ),
    "a package that a package requires": (
        lambda p: p.install("subdep", "2.0"),
        "package subdep",
        "subdep is 2.0, was 1.0",
    ),
    "a package that is not used": (lambda p: p.install("otherdep", "1.1"), None, ""),
    "the template": (
        lambda p: append(p.pmlib.parent / "templates/report/report.css"),
        "template pmlib's report/report.css",
        "template pmlib's report/report.css changed",
    ),
    "a template of the project's own": (
        lambda p: append(p.root / "templates/report/x.css"),
        "template templates/report/x.css",
        "template templates/report/x.css is used now, and was not before",
    ),
    "the template of a new project": (
        lambda p: append(p.pmlib.parent / "templates/root/README.md"),
        None,
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", MATRIX)
def test_each_change_is_seen_or_rightly_left_alone(project, what):
    change, part, said = MATRIX[what]
    change(project)
    (line,) = project.run("status").splitlines()[1:]
    assert line.split()[:2] == ["tiny", "stale" if part else "fresh"]
    if part:
        assert f"  {part}  " in line
    lines = project.run("why", "tiny").splitlines()[1:]
    assert lines == [f"  {said or 'it was made of what is there now'}"]


def test_the_as_of_date_is_seen(project):
    assert "  as of  " in project.run("status", PMLIB_AS_OF="2026-03-31")


def test_the_folder_that_one_is_in_does_not_matter(project, tmp_path):
    for folder in (tmp_path, project.root / "data", Path("/")):
        assert "  fresh  " in project.run("status", cwd=folder)


def test_the_run_decides_as_the_list_says(project):
    assert project.run("run").startswith("tiny: fresh")
    append(project.root / "lib/deep.py")
    assert project.run("run").startswith("tiny: published")
    assert project.run("run").startswith("tiny: fresh")
    assert project.run("run", "--engine", "kernel", "--force").startswith("tiny: published")
    editions = list((project.root / "reports/published/tiny/editions").iterdir())
    assert len(editions) == 2  # the two engines import the same, and so have the same key
