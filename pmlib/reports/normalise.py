"""What an executed notebook keeps: nothing that differs between two runs, no output without end."""

import re
import tempfile

from nbformat import NotebookNode

KERNEL = "python3"
TEMPORARY = re.escape(tempfile.gettempdir())
CELL = re.compile(rf"{TEMPORARY}/ipykernel_\d+/\d+\.py|<ipython-input-\d+-[0-9a-f]+>")  # a cell, in a warning
LONGEST = 1_000_000  # characters of plain text that one cell may add to a page


def normalised(notebook: NotebookNode) -> NotebookNode:
    """Take out what differs between two runs of the same notebook: ids, times, and papermill's notes."""
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number}"
        if cell.cell_type == "code":
            cell.outputs = shortened(merged(cell.outputs))
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
    for name in ("papermill", "widgets"):
        notebook.metadata.pop(name, None)
    notebook.metadata.language_info = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
    notebook.metadata.kernelspec = {"name": KERNEL, "display_name": "Python 3", "language": "python"}
    return notebook


def merged(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join the streams of one name that no other output parts, in linear time.

    How a kernel cuts and interleaves them is chance. A line that was written over shows its last state.
    """
    kept, streams = list[NotebookNode](), dict[str, list[str]]()
    for output in outputs:
        if output.output_type != "stream":
            streams = {}
        elif output.name in streams:
            streams[output.name].append(output.text)
            continue
        else:
            streams[output.name] = output.pieces = [output.text]
        kept.append(output)
    for output in kept:
        if output.output_type == "stream":
            lines = "".join(output.pop("pieces")).split("\n")
            text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
            output.text = CELL.sub("cell", text)
    return kept


def shortened(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Cut the plain text of a cell at LONGEST characters, and say so in its last line."""
    left = LONGEST
    for output in outputs:
        holder, name = (
            (output, "text") if output.output_type == "stream" else (output.get("data", {}), "text/plain")
        )
        length = len(holder.get(name, ""))
        if length > left:
            said = f"[cut: {length - left:,} more characters; a cell may show {LONGEST:,}]"
            holder[name] = f"{holder[name][:left]}\n{said}\n"
        left = max(0, left - length)
    return outputs
