"""Start something new from a template: a report in a project, or a project."""

import json
import shutil
import tomllib
from pathlib import Path

from pmlib.reports import plan
from pmlib.reports.disk import write
from pmlib.reports.job import as_template
from pmlib.reports.parameters import TAG, source
from pmlib.reports.templates import shipped_notebook, template

SHIPPED = ("competitive_analysis", "market_sizing", "feature_impact")  # notebooks that a new project has


def new_report(root: Path, name: str, title: str = "") -> Path:
    """Make a notebook from the template and enter it in the catalog.

    Raises
    ------
    ValueError : the name is no name for a report, or is taken.
    """
    if not plan.NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a report; use {plan.NAMING}")
    if not title.isprintable():
        raise ValueError("a title is one line of plain text")
    path = root / "notebooks" / f"{name}.ipynb"
    if path.exists():
        raise ValueError(f"notebooks/{path.name} is there already; take another name")
    if name in plan.catalog(root):
        raise ValueError(f"{plan.CATALOG.as_posix()} has a report {name} already; take another name")
    title = title or name.replace("_", " ").capitalize()
    document = json.loads(template("notebook/report.ipynb", root).read_text("utf-8"))
    for cell in document["cells"]:
        cell["source"] = (
            source(cell).replace("TITLE", title) if cell["cell_type"] == "markdown" else source(cell)
        )
        if TAG in cell["metadata"].get("tags", []):
            cell["source"] = cell["source"].replace("SOURCE", _first_table(root))
    path.parent.mkdir(exist_ok=True)
    write(path, (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode())
    catalog = root / plan.CATALOG
    text = catalog.read_text("utf-8").rstrip("\n")
    entry = f'[{name}]\nnotebook = "{name}"\ntitle = {json.dumps(as_template(title), ensure_ascii=False)}\n'
    write(catalog, (f"{text}\n\n{entry}" if text else entry).encode())
    return path


def new_root(folder: Path) -> None:
    """Make a project that runs at once.

    Raises
    ------
    ValueError : the folder is there and holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{folder} is not empty; name a folder that is empty or not there yet")
    shutil.copytree(template("root"), folder, dirs_exist_ok=True)
    (folder / "gitignore").rename(folder / ".gitignore")  # under its own name it would act on this repository
    (folder / "notebooks").mkdir()
    for name in SHIPPED:
        shutil.copy(shipped_notebook(name), folder / "notebooks")


def _first_table(root: Path) -> str:
    path = root / plan.SOURCES
    tables = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    if not tables:
        raise ValueError(f"{plan.SOURCES.as_posix()} declares no table yet; a report needs one to read")
    return next(iter(tables))
