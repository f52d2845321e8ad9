"""Moments at which nothing is due, known from the last look; telling imports nothing heavy, every minute."""

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import TZPATH

from pmlib.disposable import keep, recall

CACHE = Path(".pmlib", "idle.json")
UNLISTED = Path(".pmlib", "unlisted")  # is there while the list of reports may lack what was published
ABOUT = ("reports/catalog.toml", ".pmlib/schedule", UNLISTED)
SETTLED = 2.0  # seconds; a file written just now may change again within one tick of its clock
LONGEST = timedelta(hours=1)  # then it is looked at again all the same


def is_known(root: Path, now: datetime) -> bool:
    """Tell whether it is known that nothing is due."""
    match recall(root / CACHE):
        case {"about": about, "from": float(start), "until": float(end)}:
            return bool(start <= now.timestamp() < end and about == _about(root))
    return False


def note(root: Path, now: datetime, until: datetime | None) -> None:
    """Note that nothing is due until a moment."""
    about, end = _about(root), min(until or now + LONGEST, now + LONGEST)
    if (root / UNLISTED).exists():
        return
    if max(about[0][1:3]) / 1e9 < now.timestamp() - SETTLED:
        keep(root / CACHE, {"about": about, "from": now.timestamp(), "until": end.timestamp()})


def _about(root: Path) -> list[Any]:
    """Say what else it depends on: the catalog, what was done, pmlib, its packages, the time zones."""
    paths: list[Path | str] = [*(root / path for path in ABOUT), __file__, *sys.path[1:], *TZPATH]
    return [[str(path), *_stat(path)] for path in paths]


def _stat(path: str | Path) -> list[int]:
    try:
        found = os.stat(path)
    except OSError:
        return []
    return [found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino]
