"""The house style of a notebook, as checks: mostly prose, tiny cells, no logic, no number typed by hand."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

CELLS, LINES, WORDS = 26, 3, 8  # code cells at most; median lines of one at most; words of prose a code line
COMPARED = "nbval-check-output"
YEAR = re.compile(r"\b(?:19|20)\d\d\b")  # the only digits prose may hold, names of guidelines included


def problems(path: Path) -> list[str]:
    """List what a notebook does against the house style, one line each; empty when it keeps it."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [f"{path.name}: {problem}" for problem in _problems(cells)]


def _problems(cells: list[dict[str, Any]]) -> Iterator[str]:
    code = [cell for cell in cells if cell["cell_type"] == "code" and _source(cell).strip()]
    prose = [cell for cell in cells if cell["cell_type"] == "markdown"]
    yield from _shape(code, prose)
    yield from _logic(cells)
    yield from _digits(cells)
    yield from _outputs(cells)


def _shape(code: list[dict[str, Any]], prose: list[dict[str, Any]]) -> Iterator[str]:
    if len(code) > CELLS:
        yield f"{len(code)} code cells; at most {CELLS}: fold two figures into one call, or split the report"
    lines = [len(_lines(cell)) for cell in code]
    if lines and median(lines) > LINES:
        yield f"half of the code cells have over {LINES} lines (median {median(lines):g}); move logic away"
    words = sum(len(_source(cell).split()) for cell in prose)
    told = sum(
        len(_lines(cell)) for cell in code if "parameters" not in _tags(cell)
    )  # whose comments tell them
    if words < WORDS * told:
        yield f"{words} words of prose for {told} lines of code; write at least {WORDS} words a line"
    if not any("parameters" in _tags(cell) for cell in code):
        yield "no cell is tagged parameters: a report needs one, even if it is short"


def _logic(cells: list[dict[str, Any]]) -> Iterator[str]:
    for place, cell in enumerate(cells, 1):
        if cell["cell_type"] != "code":
            continue
        try:
            nodes = list(ast.walk(ast.parse(_source(cell))))
        except SyntaxError:
            yield f"cell {place} is not plain Python (no ! or % lines in a report)"
            continue
        if any(
            isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda))
            for node in nodes
        ):
            yield f"cell {place} defines a function or class; move it into a module and call it"


def _digits(cells: list[dict[str, Any]]) -> Iterator[str]:
    for place, cell in enumerate(cells, 1):
        if cell["cell_type"] == "markdown" and "note" not in _tags(cell):
            words = YEAR.sub("", re.sub(r"`[^`]*`|\]\([^)]*\)|^\d+\. ", "", _source(cell), flags=re.M))
            found = re.search(r"\S*\d\S*", words)
            if found:
                yield f"cell {place} types the number {found[0]!r} by hand; let a Result say it"


def _outputs(cells: list[dict[str, Any]]) -> Iterator[str]:
    if not any(COMPARED in _tags(cell) and cell.get("outputs") for cell in cells):
        yield f"no cell tagged {COMPARED} keeps its output: nbval would compare nothing"
    for place, cell in enumerate(cells, 1):
        if cell.get("outputs") and COMPARED not in _tags(cell):
            yield f"cell {place} keeps an output; clear it (only cells tagged {COMPARED} keep theirs)"


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def _lines(cell: dict[str, Any]) -> list[str]:
    return [line for line in _source(cell).splitlines() if line.strip()]


def _tags(cell: dict[str, Any]) -> list[str]:
    return cell.get("metadata", {}).get("tags", [])
