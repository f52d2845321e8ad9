"""What calls `pmlib run --due` each minute, and how a project is told from another there."""

import hashlib
import sys
from pathlib import Path

LOG = Path(".pmlib", "schedule.log")


def command(root: Path) -> list[str]:
    """Give the command that runs what is due in a project, wherever and with whatever PATH it is called.

    Raises
    ------
    ValueError : a path in it has a line break, which no crontab and no unit can hold.
    """
    words = [sys.executable, "-m", "pmlib", "--root", str(root), "run", "--due"]
    for word in words:
        if not word.isprintable():
            raise ValueError(f"no scheduler's file can hold the path {word!r}; rename the folder")
    return words


def mark(root: Path) -> str:
    """Name a project in few plain letters."""
    return f"pmlib-{hashlib.sha256(bytes(root)).hexdigest()[:12]}"
