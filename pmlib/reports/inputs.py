"""What a run opened, as data.read noted it in the run's folder."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from pmlib.reports.failure import ExecutionFailed, Failure


def read_inputs(run_dir: Path) -> list[dict[str, Any]]:
    """List what a run opened, each once, by path."""
    path = run_dir / "inputs.jsonl"
    lines = set(path.read_text("utf-8").splitlines()) if path.is_file() else set()
    return sorted(map(json.loads, lines), key=lambda entry: (entry["path"], entry["name"], entry["sha256"]))


def inputs_so_far(run_dir: Path) -> list[dict[str, Any]]:
    """List what a run that failed had opened; one that died may have cut its last line short."""
    try:
        return read_inputs(run_dir)
    except (ValueError, KeyError, OSError):
        return []


def check_steady(inputs: list[dict[str, Any]]) -> None:
    """Refuse inputs that changed between two reads of them."""
    for one, other in pairwise(inputs):
        if one["path"] == other["path"] and one["sha256"] != other["sha256"]:
            message = f"{one['path']} changed while it was read; run again"
            raise ExecutionFailed(Failure(0, 0, "", "input", message))
