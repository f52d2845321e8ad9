"""From an executed notebook to one HTML file, by the template in templates/report/."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from nbformat import NotebookNode

from pmlib.reports import export, outputs
from pmlib.reports.editions import unchecked
from pmlib.reports.export import RESULT
from pmlib.reports.failure import CSP
from pmlib.reports.note import Note
from pmlib.reports.outputs import markdown
from pmlib.reports.templates import template_folders
from pmlib.table import text
from pmlib.visible import visible

META = {"owner": "Owner", "decision": "Decision", "next_edition": "Next edition"}
TEMPLATE = "index.html.j2"
SHOWN = ("pmlib", "pandas", "numpy", "scipy", "statsmodels", "matplotlib", "papermill")


def environment(root: Path) -> Environment:
    """Compile the templates of a root; a second call costs nothing until a file of theirs has changed."""
    folders = [folder / "report" for folder in template_folders(root)]
    files = sorted(path for folder in folders for path in folder.glob("*") if path.is_file())
    return _environment(tuple(folders), tuple((path, *_stamp(path)) for path in files))


@dataclass
class Section:
    """What stands beneath one second-level heading; id : to link to, another one for each."""

    title: str
    folded: bool = False
    blocks: list[str] = field(default_factory=list)
    id: str = ""

    @property
    def html(self) -> Markup:
        """All blocks, in order; each is clean already."""
        return Markup("\n".join(self.blocks))


def render(
    notebook: NotebookNode,
    *,
    report: str,
    parameters: dict[str, Any],
    provenance: dict[str, Any],
    root: Path,
    draft: bool = False,
    changed: Sequence[str] = (),
) -> str:
    """Write the page of an executed notebook.

    Parameters
    ----------
    parameters : as the run had them; owner, decision, next_edition and title are printed at the top.
    provenance : key, inputs (name, path, sha256, rows, newest) and packages (name to version) of the run;
        nothing in it depends on the clock or the machine.
    root : the project, whose own templates/report/ goes before the shipped one.
    changed : what else differs from the last edition, beside the Numbers, a line each.
    """
    results = export.results(notebook)
    title, question, sections = _sections(notebook, report, results, draft)
    page = {
        "title": parameters.get("title") or title,
        "question": Markup(question),
        "meta": [(label, parameters[name]) for name, label in META.items() if parameters.get(name)],
        "sections": sections,
        "draft": draft,
        "changed": changed,
        "report": report,
        "policy": Markup(CSP),
        "checks": _checks(results),
        "files": [r["name"] for r in results if r["frame"]["columns"]],
        "parameters": [(name, _said(value)) for name, value in parameters.items()],
        "inputs": provenance.get("inputs", []),
        "unchecked": unchecked(provenance.get("inputs", [])),
        "key": provenance.get("key", ""),
        "packages": _packages(provenance.get("packages", {})),
        "code": _code(notebook) if notebook.metadata.get("pmlib", {}).get("appendix") else [],
    }
    html = environment(root).get_template(TEMPLATE).render(page=page)
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


def _sections(
    notebook: NotebookNode, report: str, results: list[dict[str, Any]], draft: bool
) -> tuple[str, str, list[Section]]:
    title, question = report, ""
    sections = [Section("")]
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and "hide-output" not in tags:
            sections[-1].blocks += _outputs(cell, "fold" in tags)
        elif cell.cell_type == "markdown" and "note" in tags:
            if draft:  # a note speaks of what is published
                continue
            sections[-1].blocks += Note.parse(cell.source).html(report, results, markdown)
        elif cell.cell_type == "markdown":
            for head, words in _headings(cell.source):
                if head.startswith("# "):
                    title, question = head[2:].strip(), markdown(words)
                elif head:
                    sections.append(Section(head[3:].strip(), "fold" in tags, [markdown(words)]))
                else:
                    sections[-1].blocks.append(markdown(words))
    shown = [section for section in sections if section.title or section.html.strip()]
    for number, section in enumerate(shown, start=1):
        words = re.sub(r"[^a-z0-9]+", "-", section.title.lower()).strip("-")
        is_taken = f"s-{words}" in {other.id for other in shown}
        section.id = f"s-{words}" if words and not is_taken else f"s-{words}--{number}"
    return title, question, shown


def _headings(source: str) -> Iterator[tuple[str, str]]:
    # A cell may hold several headings; what precedes the first belongs to the section above it.
    parts = re.split(r"^(##? .+)$", source, flags=re.M)
    if parts[0].strip():
        yield "", parts[0]
    yield from zip(parts[1::2], parts[2::2], strict=True)


def _outputs(cell: NotebookNode, fold: bool) -> list[str]:
    blocks = []
    for output in cell.outputs:
        data = output.get("data", {})
        html = outputs.shown(output)
        result = data.get(RESULT, {})
        if html and fold and result.get("kind") != "absent":
            # the title of a folded figure is what unfolds it
            title = f"<h3>{text(result.get('title', 'More'))}</h3>"
            html = f'<details class="fold"><summary>{title}</summary>{html.replace(title, "", 1)}</details>'
        if html:
            blocks.append(html)
    return blocks


def _checks(results: list[dict[str, Any]]) -> str:
    checks = {(c["label"], c["saw"]): c["passed"] for r in results for c in r["checks"]}
    failed = [label for (label, _), passed in checks.items() if not passed]
    if not failed:
        return f"All {len(checks)} checks hold." if checks else ""
    verb = "does" if len(failed) == 1 else "do"
    return f"{len(failed)} of {len(checks)} checks {verb} not hold: {'; '.join(failed)}."


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
