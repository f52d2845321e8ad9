"""A notebook as a file: read as JSON, and refused by name where it is damaged."""

import json
from pathlib import Path
from typing import Any

from pmlib.reports.typed import did_you_mean


def read_notebook(root: Path, name: str) -> dict[str, Any]:
    """Read a notebook as JSON.

    Raises
    ------
    ValueError : there is none, or it is no notebook of format 4.
    """
    path = root / "notebooks" / f"{name}.ipynb"
    try:
        document = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        there = sorted(p.stem for p in path.parent.glob("*.ipynb"))
        raise ValueError(f"there is no notebooks/{path.name}{did_you_mean(name, there)}") from None
    except (ValueError, RecursionError) as error:  # or nested too deep for Python
        raise ValueError(f"notebooks/{path.name} is no notebook: {error}") from None
    except OSError as error:
        raise ValueError(f"notebooks/{path.name} cannot be read: {error.strerror}") from None
    if not isinstance(document, dict) or document.get("nbformat") != 4 or "cells" not in document:
        raise ValueError(f"notebooks/{path.name} is no notebook of format 4; save it again from JupyterLab")
    if not isinstance(document["cells"], list) or not isinstance(document.get("metadata", {}), dict):
        raise ValueError(f"notebooks/{path.name} is no notebook: its cells or its metadata are damaged")
    for number, cell in enumerate(document["cells"], start=1):
        if not _is_cell(cell):
            raise ValueError(f"notebooks/{path.name} is no notebook: its cell {number} is damaged")
    return document


def _is_cell(cell: Any) -> bool:
    """Tell whether a cell has its type, a source of text or lines, and metadata."""
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        return False
    text, metadata = cell.get("source"), cell.get("metadata")
    is_text = isinstance(text, str) or (isinstance(text, list) and all(isinstance(t, str) for t in text))
    return is_text and isinstance(metadata, dict) and isinstance(metadata.get("tags", []), list)
