"""From an executed notebook to the files of an edition; nothing here looks at the clock."""

import json
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from pmlib.reports import export, glyphs, key, page
from pmlib.reports.alerts import raised
from pmlib.reports.compare import since
from pmlib.reports.editions import Edition, newest_data
from pmlib.reports.execute import Executed
from pmlib.reports.exports.beside import Beside, beside
from pmlib.reports.parameters import INJECTED
from pmlib.reports.plan import Job
from pmlib.reports.workbook import workbook
from pmlib.result import Number


def build(
    job: Job, root: Path, executed: Executed, inputs: list[dict[str, Any]], previous: Edition | None
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Make what an edition holds.

    Parameters
    ----------
    inputs : what the run opened.
    previous : the edition that "what changed" compares with.

    Returns
    -------
    All files but run.json, by path inside the edition, and what run.json says of how they came about.
    """
    parameters = job.parameters | ({"title": job.title} if job.entry.title else {})
    notebook = executed.notebook
    results = export.results(notebook)
    files = {
        "numbers.json": export.numbers(job.name, results),
        **{f"tables/{name}": data for name, data in export.tables(results).items()},
        "tables.xlsx": workbook(results, job.title, [_reach(inputs)]),
        "notebook.ipynb": _written(notebook),
    }
    said = {
        "report": job.name,
        "title": job.title,
        "headline": _headline(results),
        "answer": _answer(results),
        "parameters": parameters,
        "given": job.given,
        "alerts": _alerts(job, files["numbers.json"], previous),
        "seed": parameters.get("seed"),
        "previous": previous.folder.name if previous else None,
        "inputs": inputs,
    }

    def paged(forms: Beside) -> tuple[str, dict[str, Any]]:
        before = previous.numbers if previous else None
        parts = key.parts(job, root, inputs, executed.modules, before, forms.parts)
        made_of = {
            "key": key.digest(parts),
            "parts": parts,
            "inputs": inputs,
            "packages": key.versions(parts),
        }
        changed = since(previous, parts) if previous else []
        html = page.render(
            notebook,
            report=job.name,
            parameters=parameters,
            provenance=made_of,
            root=root,
            draft=job.draft,
            changed=changed,
            forms=forms,
        )
        return html, made_of

    forms = beside(job.entry.formats, notebook, said, files)
    html, made_of = paged(forms)
    if "pdf" in forms.forms and "pdf" not in forms.lacks:
        forms = forms.printed(html)
        html, made_of = paged(forms) if "pdf" in forms.lacks else (html, made_of)
    flaws = {"not_made": forms.missing, "boxes": glyphs.said(notebook, INJECTED)}
    said |= made_of | {name: lines for name, lines in flaws.items() if lines}
    return {"index.html": html.encode(), **files, **forms.files}, said


def _written(notebook: NotebookNode) -> bytes:
    """Write a notebook on one line, in a tenth of the time that nbformat takes to write it on many."""
    nbformat.validate(notebook)
    text = json.dumps(notebook, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode() + b"\n"


def _alerts(job: Job, numbers: bytes, previous: Edition | None) -> list[str]:
    if not job.entry.alerts:
        return []
    return raised(job.entry.alerts, _by_name(numbers), _by_name(previous.numbers) if previous else None)


def _by_name(numbers: bytes) -> dict[str, Number]:
    return {one["name"]: Number(**one) for one in json.loads(numbers)["numbers"]}


def _reach(inputs: list[dict[str, Any]]) -> str:
    data = newest_data({"inputs": inputs})
    return f"Data up to {data}" if data else ""


def _headline(results: list[dict[str, Any]]) -> str:
    return next((r.get("headline") or r["finding"] for r in results if r["kind"] == "answer"), "")


def _answer(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Say in short what the answer says, for lists of reports that open no notebook."""
    said = next((r for r in results if r["kind"] == "answer"), {})
    return {key: said.get(key, []) for key in ("lines", "tiles")}
