"""Editions: the published runs of a report, as they stand on disk."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = re.compile(r"(\d{4,})-[0-9a-f]{8}")


@dataclass(frozen=True)
class Edition:
    """One published run: its folder and what its run.json records."""

    folder: Path
    record: dict[str, Any]

    @property
    def number(self) -> int:
        """Count of the edition, from 1."""
        return int(self.folder.name.split("-")[0])

    @property
    def numbers(self) -> bytes:
        """The bytes of its numbers.json."""
        return (self.folder / "numbers.json").read_bytes()


def editions(home: Path) -> list[Edition]:
    """List a report's editions, the oldest first; a folder without its record was never finished."""
    found = []
    for folder in (home / "editions").glob("*"):
        if NAME.fullmatch(folder.name) and (folder / "run.json").is_file():
            found.append(Edition(folder, json.loads((folder / "run.json").read_text("utf-8"))))
    return sorted(found, key=lambda edition: edition.number)


def newest(home: Path) -> Edition | None:
    """Give the newest edition of a report."""
    found = editions(home)
    return found[-1] if found else None


def compared(edition: Edition) -> Edition | None:
    """Give the edition that another one compares itself with."""
    name = edition.record["previous"]
    return next((e for e in editions(edition.folder.parents[1]) if e.folder.name == name), None)


def failure(home: Path) -> dict[str, Any] | None:
    """Say what failed in the last run; nothing after a good one."""
    path = home / "failed.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def status(home: Path) -> str:
    """Say in words how a report stands."""
    failed = failure(home)
    if failed:
        return f"failed on {failed['when'][:10]}"
    return "published" if newest(home) else "not yet run"


def newest_data(record: dict[str, Any]) -> str:
    """Give the newest date among an edition's inputs, or nothing."""
    return max((entry["newest"] or "" for entry in record["inputs"]), default="")
