"""A project small enough to run in a moment: one notebook that emits a result without any topic."""

import hashlib
import json
import os

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from pmlib.reports import plan, render, supervise
from pmlib.reports.secrets import secrets

RESULT = "application/vnd.pmlib.result+json"
PARAMETERS = """\
focal = "Ford"  # the firm
count = 3  # of rivals
level: "0 < float < 1" = 0.95  # of every interval
owner = "Ann"  # who answers for it
"""
EMIT = """\
import json, pathlib
from IPython.display import publish_display_data
text = pathlib.Path("data/payload.json").read_text()
publish_display_data(json.loads(text.replace("FOCAL", json.dumps(focal)[1:-1])))
"""


def payload(name="answer", kind="answer", value=0.25, **other):
    """What a result says of itself, as a MIME bundle."""
    number = {
        "name": "share",
        "label": "of FOCAL",
        "value": value,
        "unit": "%",
        "period": "1990",
        "source": "",
    }
    said = {
        "kind": kind,
        "name": name,
        "title": "Who leads",
        "subtitle": "",
        "finding": "FOCAL leads.",
        "headline": "FOCAL leads the market.",
        "alt": "",
        "source": "made up",
        "numbers": [{**number, "low": None, "high": None, "level": None}],
        "checks": [],
        "columns": {"share": {"label": "Share", "unit": "%", "digits": 1}},
        "frame": {"columns": ["firm", "share"], "data": [["FOCAL", value], ["=1+1", None]]},
    }
    html = "<p>FOCAL leads.</p>"
    return {"text/plain": "FOCAL leads.", "text/html": html, RESULT: said | other}


def notebook(*code, parameters=PARAMETERS):
    """A report of a heading, a parameters cell and the given code cells."""
    cells = [new_markdown_cell("# Who leads\n\nWho leads the market?")]
    if parameters is not None:
        cells.append(new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    return new_notebook(cells=[*cells, *map(new_code_cell, code)])


def make(root, *code, entry="", parameters=PARAMETERS):
    """Make a project with one report, `tiny`, of the given code cells."""
    for name in ("notebooks", "reports", "data"):
        (root / name).mkdir()
    write(root, *(code or (EMIT,)), parameters=parameters)
    (root / plan.CATALOG).write_text(f'[tiny]\nnotebook = "tiny"\n{entry}')
    (root / plan.SOURCES).write_text('[sales]\ntitle = "Sales"\n')
    (root / "data" / "sales.csv").write_text("firm,sales\nFord,3\n")
    (root / "data" / "payload.json").write_text(json.dumps(payload()))
    return root


def write(root, *code, parameters=PARAMETERS):
    """Write the notebook of a project anew."""
    nbformat.write(notebook(*code, parameters=parameters), root / "notebooks" / "tiny.ipynb")


def sha256(path):
    """The sha256 of a file, as data.read records it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tree(folder):
    """Every file below a folder and its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def alive(pid):
    """Tell whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def rendered(work):
    """Make a report's files in this process."""
    render.make(work, lambda **_: None, secrets(work.job))
    return supervise.made(work.run_dir, memory=0)
