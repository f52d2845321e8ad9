"""What is remembered under .pmlib/ to save work: whatever is wrong with it, the work is done again."""

import json
import os
from pathlib import Path
from typing import Any


def recall(file: Path) -> dict[str, Any]:
    """Give what was kept; nothing where it is lost or damaged."""
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def keep(file: Path, value: dict[str, Any]) -> None:
    """Keep a value in one step; a root that may not be written to has no memory."""
    if file.parent.is_symlink():  # nothing is written through a link, which could lead anywhere
        return
    part = file.with_name(f".part-{os.getpid()}-{file.name}")
    try:
        file.parent.mkdir(exist_ok=True)
        for left in file.parent.glob(f".part-*-{file.name}"):
            if not _is_running(left.name.split("-")[1]):  # it was killed while it wrote
                left.unlink(missing_ok=True)
        part.write_text(json.dumps(value, separators=(",", ":")), encoding="utf-8")
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)


def _is_running(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except PermissionError:
        pass  # somebody else's
    return True
