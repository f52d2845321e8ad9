"""Make an edition again, from the notebook and the parameters that it was made of, and compare."""

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pmlib.reports.compare import compare_files, words
from pmlib.reports.disk import make_folder
from pmlib.reports.editions import Edition, compared
from pmlib.reports.job import Job
from pmlib.reports.parameters import INJECTED
from pmlib.reports.render import Work
from pmlib.reports.supervise import Rendered


def reproduce(job: Job, root: Path, edition: Edition, render: Callable[[Work], Rendered]) -> list[str]:
    """Say what differs between an edition and the same made today; nothing where it is the same to the byte.

    Nothing is published. What it depends on, such as data that have changed since, is said before the files.

    Parameters
    ----------
    job : the report as it is planned today; notebook, parameters and its schedule's day are the edition's.
    """
    document = _without_outputs(json.loads((edition.folder / "notebook.ipynb").read_text("utf-8")))
    given = edition.record["given"]  # sorted; a run has them in the order of the notebook
    given = {name: given[name] for name in [*job.declared, *given] if name in given}
    then = replace(job, document=document, given=given, as_of=edition.record["parts"].get("as of", ""))
    make_folder(root / ".pmlib" / "runs", root)
    run_dir = Path(tempfile.mkdtemp(prefix="reproduce.", dir=root / ".pmlib" / "runs"))
    try:
        made = render(Work(then, root, run_dir, edition.record["engine"], compared(edition)))
    finally:
        shutil.rmtree(run_dir, ignore_errors=True)
    return words(edition.record["parts"], made.record["parts"]) + compare_files(edition, made.files)


def _without_outputs(document: dict[str, Any]) -> dict[str, Any]:
    cells = [cell for cell in document["cells"] if INJECTED not in cell["metadata"].get("tags", [])]
    for cell in cells:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return document | {"cells": cells}
