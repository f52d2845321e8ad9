"""From an executed notebook to one HTML file, by the template in templates/report/."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from nbformat import NotebookNode

from pmlib.reports import export, sections, sliders
from pmlib.reports.editions import unchecked
from pmlib.reports.exports.beside import Beside
from pmlib.reports.failure import CSP
from pmlib.reports.templates import template_folders
from pmlib.visible import visible

META = {"owner": "Owner", "decision": "Decision", "next_edition": "Next edition"}
TEMPLATE = "index.html.j2"
NAMED = 4  # checks that do not hold, in the footer
SHOWN = ("pmlib", "pandas", "numpy", "scipy", "statsmodels", "matplotlib", "papermill")


def environment(root: Path) -> Environment:
    """Compile the templates of a root; a second call costs nothing until a file of theirs has changed."""
    folders = [folder / "report" for folder in template_folders(root)]
    files = sorted(path for folder in folders for path in folder.glob("*") if path.is_file())
    return _environment(tuple(folders), tuple((path, *_stamp(path)) for path in files))


def render(
    notebook: NotebookNode,
    *,
    report: str,
    parameters: dict[str, Any],
    provenance: dict[str, Any],
    root: Path,
    draft: bool = False,
    changed: Sequence[str] = (),
    forms: Beside | None = None,
) -> str:
    """Write the page of an executed notebook.

    Parameters
    ----------
    parameters : as the run had them; owner, decision, next_edition and title are printed at the top.
    provenance : key, inputs (name, path, sha256, rows, newest) and packages (name to version) of the run;
        nothing in it depends on the clock or the machine.
    root : the project, whose own templates/report/ goes before the shipped one.
    changed : what else differs from the last edition, beside the Numbers, a line each.
    forms : what stands beside it in other forms.
    """
    results = export.results(notebook)
    made = environment(root)
    title, question, shown = sections.read(notebook, report, results, draft, sliders.controls(made))
    moves = any(section.has_sliders for section in shown)
    script = sliders.script(made) if moves else ""
    page = {
        "title": parameters.get("title") or title,
        "question": Markup(question),
        "meta": [(label, parameters[name]) for name, label in META.items() if parameters.get(name)],
        "sections": shown,
        "draft": draft,
        "changed": changed,
        "report": report,
        "policy": Markup(f"{CSP}; {sliders.allowed(script)}" if script else CSP),
        "script": script,
        "checks": _checks(results),
        "files": [r["name"] for r in results if r["frame"]["columns"]],
        "forms": forms or Beside(),
        "parameters": [(name, _said(value)) for name, value in parameters.items()],
        "inputs": provenance.get("inputs", []),
        "unchecked": unchecked(provenance.get("inputs", [])),
        "key": provenance.get("key", ""),
        "packages": _packages(provenance.get("packages", {})),
        "code": _code(notebook) if notebook.metadata.get("pmlib", {}).get("appendix") else [],
    }
    html = made.get_template(TEMPLATE).render(page=page)
    return visible(html.rstrip()) + "\n"


@lru_cache(maxsize=4)
def _environment(folders: tuple[Path, ...], stamps: tuple[tuple[Path, int, int], ...]) -> Environment:
    made = Environment(loader=FileSystemLoader(folders), autoescape=True, auto_reload=False)
    made.filters["squeeze"] = _squeeze
    for path, *_ in stamps:
        made.get_template(path.name)
    return made


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _checks(results: list[dict[str, Any]]) -> str:
    checks = {(c["label"], c["saw"]): c["passed"] for r in results for c in r["checks"]}
    failed = [label for (label, _), passed in checks.items() if not passed]
    if not failed:
        return f"All {len(checks)} checks hold." if checks else ""
    verb = "does" if len(failed) == 1 else "do"
    more = f"; and {len(failed) - NAMED} more" if len(failed) > NAMED else ""
    named = "; ".join(failed[:NAMED])
    return (
        f"{len(failed)} of {len(checks)} checks {verb} not hold, each said beside its figure: {named}{more}."
    )


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _packages(versions: dict[str, str]) -> str:
    return (
        "Made with " + ", ".join(f"{n} {versions[n]}" for n in SHOWN if n in versions) + "."
        if versions
        else ""
    )


def _squeeze(css: str) -> Markup:
    return Markup(re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r"/\*.*?\*/|\s+", " ", css, flags=re.S)))


def _code(notebook: NotebookNode) -> list[str]:
    return [c.source for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
