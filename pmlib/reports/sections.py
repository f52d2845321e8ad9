"""The sections of a page: what stands beneath each heading, and what these data could not fill."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from pmlib.reports import glyphs, outputs
from pmlib.reports.export import RESULT
from pmlib.reports.note import Note
from pmlib.reports.outputs import markdown
from pmlib.reports.sliders import Controls
from pmlib.table import text

ABSENT = "Not on this page, and why"
FIGURE_END = "</figure>"


@dataclass
class Section:
    """What stands beneath one second-level heading; id : to link to, another one for each.

    absent : a line for each result that the data could not fill.
    is_filled : whether anything but words of the notebook stands there; is_open : and not folded.
    has_sliders : whether a script is needed there.
    """

    title: str
    folded: bool = False
    blocks: list[str] = field(default_factory=list)
    id: str = ""
    absent: list[str] = field(default_factory=list)
    is_filled: bool = False
    is_open: bool = False
    has_sliders: bool = False

    @property
    def html(self) -> Markup:
        """All blocks, in order; each is clean already."""
        return Markup("\n".join(self.blocks))

    @property
    def is_shown(self) -> bool:
        """Whether readers find anything there: words that announce what is absent are nothing."""
        return bool(self.title or self.html.strip()) and (self.is_filled or not self.absent)

    def fill(self, blocks: list[str], *, fold: bool = False) -> None:
        """Add what a cell showed, folded or not."""
        self.blocks += blocks
        self.is_filled |= bool(blocks)
        self.is_open |= bool(blocks) and not fold


def read(
    notebook: NotebookNode, report: str, results: list[dict[str, Any]], draft: bool, controls: Controls
) -> tuple[str, str, list[Section]]:
    """Take the title, the question beneath it and the sections from an executed notebook.

    controls : writes the sliders of a result that has a model, at the end of its figure.

    What is absent stands together in a section of its own near the end; a section whose figures are all
    folded is folded itself.
    """
    title, question = report, ""
    sections = [Section("")]
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and "hide-output" not in tags:
            _add_outputs(sections[-1], cell, "fold" in tags, controls)
        elif cell.cell_type == "markdown" and "note" in tags:
            if not draft:  # a note speaks of what is published
                sections[-1].fill(Note.parse(cell.source).html(report, results, markdown))
        elif cell.cell_type == "markdown":
            for head, words in _headings(cell.source):
                if head.startswith("# "):
                    title, question = head[2:].strip(), markdown(words)
                elif head:
                    sections.append(Section(head[3:].strip(), "fold" in tags, [markdown(words)]))
                else:
                    sections[-1].blocks.append(markdown(words))
    return title, question, _named(_gathered(sections))


def _headings(source: str) -> Iterator[tuple[str, str]]:
    # A cell may hold several headings; what precedes the first belongs to the section above it.
    parts = re.split(r"^(##? .+)$", source, flags=re.M)
    if parts[0].strip():
        yield "", parts[0]
    yield from zip(parts[1::2], parts[2::2], strict=True)


def _add_outputs(section: Section, cell: NotebookNode, fold: bool, controls: Controls) -> None:
    boxes = glyphs.boxes(cell.outputs)
    for place, output in enumerate(cell.outputs):
        html = outputs.shown(output)
        result = output.get("data", {}).get(RESULT, {})
        if result.get("kind") == "absent":
            section.absent.append(html)
            continue
        if result.get("model"):
            end = FIGURE_END if html.endswith(FIGURE_END) else ""
            html = f"{html.removesuffix(FIGURE_END)}{controls(result['model'])}{end}"
            section.has_sliders = True
        html += outputs.boxed(boxes.get(place, ""))
        folded = fold or bool(result.get("aside"))
        if html and folded:
            # the title of a folded figure is what unfolds it
            title = f"<h3>{text(result.get('title', 'More'))}</h3>"
            html = f'<details class="fold"><summary>{title}</summary>{html.replace(title, "", 1)}</details>'
        section.fill([html] if html else [], fold=folded)


def _gathered(sections: list[Section]) -> list[Section]:
    """Put what is absent together: at the end, or before the last section where that is folded."""
    shown = [section for section in sections if section.is_shown]
    for section in shown:
        section.folded |= bool(section.title) and section.is_filled and not section.is_open
    absent = [line for section in sections for line in section.absent]
    if absent:
        place = len(shown) - bool(shown and shown[-1].folded)
        shown.insert(place, Section(ABSENT, True, outputs.by_reason(absent)))
    return shown


def _named(sections: list[Section]) -> list[Section]:
    for number, section in enumerate(sections, start=1):
        words = re.sub(r"[^a-z0-9]+", "-", section.title.lower()).strip("-")
        is_taken = f"s-{words}" in {other.id for other in sections}
        section.id = f"s-{words}" if words and not is_taken else f"s-{words}--{number}"
    return sections
