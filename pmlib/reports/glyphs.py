"""Boxes in an analyst's own figures: the letters that they stand for are named, never lost in silence."""

import re
from collections.abc import Sequence

from nbformat import NotebookNode

from pmlib.reports.export import RESULT

# Run before the cells, in whichever process runs them. Matplotlib draws a box each time, and warns once if
# nobody has switched warnings off; this says it each time.
WATCH = r"""
import sys
from matplotlib import _text_helpers

def say(codepoint, fonts):
    name = chr(codepoint).encode("ascii", "namereplace").decode("ascii")
    print(f"Glyph {codepoint} ({name}) missing from font(s) {fonts}.", file=sys.stderr)

_text_helpers.warn_on_missing_glyph = say
"""
MISSING = re.compile(r"^Glyph (\d+) \(.*\) missing from font\(s\) .*\.$", re.M)
IN_FORMULA = re.compile(r"^Font .* does not have a glyph for .* \[U\+([0-9a-f]+)\], substituting", re.M)


def boxes(outputs: Sequence[NotebookNode]) -> dict[int, str]:
    """Find the figures of a cell that have boxes: the place of the output, and the letters they stand for."""
    found, letters = dict[int, str](), list[str]()
    for place, output in enumerate(outputs):
        if output.output_type != "stream":
            if letters and RESULT not in output.get(
                "data", {}
            ):  # our own charts leave letters to the browser
                found[place] = "".join(dict.fromkeys(letters))
            letters = []
        elif output.name == "stderr":
            letters += [chr(int(number)) for number in MISSING.findall(output.text)]
            letters += [chr(int(number, 16)) for number in IN_FORMULA.findall(output.text)]
    return found


def said(notebook: NotebookNode, injected: str) -> list[str]:
    """Say for the analyst which cells draw boxes, and what would help.

    injected : the tag of a cell that is not the analyst's.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    own = [cell for cell in cells if injected not in cell.metadata.get("tags", [])]
    return [
        f"cell {number} draws boxes for {' '.join(letters)}: {_help(letters)}"
        for number, cell in enumerate(own, start=1)
        for letters in boxes(cell.outputs).values()
    ]


def note(letters: str) -> str:
    """Say beneath a figure what its boxes stand for."""
    return f"Boxes in this figure stand for letters that its font lacks: {' '.join(letters)}."


def _help(letters: str) -> str:
    from pmlib.reports.exports.fonts import missing, runs
    from pmlib.reports.exports.scripts import lacking

    if lost := missing(letters):
        return f"name a font that has them in plt.rcParams['font.family']; {lacking(lost)}"
    families = dict.fromkeys(["DejaVu Sans", *(font.family for _, font in runs(letters) if font)])
    return f"plt.rcParams['font.family'] = {list(families)} has them"
