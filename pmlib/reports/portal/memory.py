"""What was read of reports before, known again by the state of the files that it was read from.

Reading twenty editions of a thousand reports takes a minute, looking at the state of their files a moment.
"""

import json
import os
import time
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from pmlib.disposable import keep, recall
from pmlib.reports.editions import NAME, editions, folders
from pmlib.reports.portal.facts import Facts, facts
from pmlib.reports.schedule import state as schedule
from pmlib.reports.seal import RUN, SEAL

CACHE = ".pmlib/portal.json"
SETTLED = 2.0  # seconds; a file written just now may change again within one tick of its clock
READERS = [Path(__file__).with_name(name) for name in ("facts.py", "history.py")]  # what they read may change
LOOKED_AT = (RUN, SEAL, "numbers.json", "index.html")


class Memory:
    """What is known of the reports of a root, kept in .pmlib/portal.json."""

    def __init__(self, root: Path) -> None:
        self.root, self.began = root, time.time()
        self.about = sha256(b"".join(path.read_bytes() for path in READERS)).hexdigest()
        self.known = _recalled(root / CACHE, self.about)
        self.seen = dict[str, Any]()

    def facts(self, home: Path) -> Facts | None:
        """Read what the editions of a report say; None where it has none."""
        name = home.relative_to(self.root).as_posix()
        state, newest = _state(home, schedule.path(self.root, home))
        if not state:
            return None
        if name in self.known and self.known[name][0] == state:
            self.seen[name] = self.known[name]
            return Facts(**self.known[name][1])
        whole = editions(home)
        found = facts(whole, self._settled(home)) if whole else None
        # What is damaged is read and named each time.
        if found and len(whole) == len(folders(home)) and newest < self.began - SETTLED:
            self.seen[name] = [state, asdict(found)]
        return found

    def _settled(self, home: Path) -> str:
        """Give the moment up to which all is done that a report's schedule asks for; "" where none is."""
        moment = schedule.recall(self.root, home).settled(datetime.max.replace(tzinfo=UTC))
        return moment.isoformat() if moment else ""

    def save(self) -> None:
        """Keep what is known of the reports that were asked for, if that is more or less than before."""
        if self.seen != self.known:
            text = json.dumps(self.seen, ensure_ascii=False, separators=(",", ":"))
            keep(self.root / CACHE, {"about": self.about, "sum": _sum(text), "reports": text})


def _recalled(file: Path, about: str) -> dict[str, Any]:
    match recall(file):
        case {"about": kept, "sum": said, "reports": str(text)} if kept == about and said == _sum(text):
            return dict(json.loads(text))
    return {}


def _sum(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _state(home: Path, scheduled: Path) -> tuple[str, float]:
    """Sum up the state of a report's editions, "" where it has none, and say when the newest file changed."""
    inside = f"{home}{os.sep}editions"
    try:
        names = sorted(name for name in os.listdir(inside) if NAME.fullmatch(name))
    except (FileNotFoundError, NotADirectoryError):
        return "", 0.0
    states = [
        (name, [_stat(f"{inside}{os.sep}{name}{os.sep}{file}") for file in LOOKED_AT]) for name in names
    ]
    states.append(("", [_stat(str(scheduled))]))
    newest = max((when for _, files in states for when in _times(files)), default=0)
    return (sha256(repr(states).encode()).hexdigest() if names else ""), newest / 1e9


def _times(files: Iterable[tuple[int, ...]]) -> Iterable[int]:
    return (when for file in files for when in file[1:3])


def _stat(path: str) -> tuple[int, ...]:
    try:
        found = os.lstat(path)
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
