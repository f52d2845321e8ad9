"""Editions: the published runs of a report, as they stand on disk."""

import json
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

NAME = re.compile(r"(\d{4,})-[0-9a-f]{8}")
RECORDED = {
    "key",
    "parts",
    "inputs",
    "previous",
    "title",
    "parameters",
}  # what run.json must say to be of use
HELD = ("index.html", "numbers.json")


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
    """List a report's editions, the oldest first; one that is damaged is left out, and named on stderr."""
    found = []
    for folder in _folders(home):
        record = _read(folder / "run.json")
        if record.keys() >= RECORDED and all((folder / name).is_file() for name in HELD):
            found.append(Edition(folder, record))
        else:
            _say_damaged(folder)
    return sorted(found, key=lambda edition: edition.number)


def next_number(home: Path) -> int:
    """Give the first number that no edition has, be it damaged."""
    return max((Edition(folder, {}).number for folder in _folders(home)), default=0) + 1


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
    if not path.exists():
        return None
    record = _read(path)
    return record if isinstance(record.get("when"), str) else {"when": ""}  # damaged, and failed all the same


def status(home: Path) -> str:
    """Say in words how a report stands."""
    failed = failure(home)
    if failed:
        return f"failed on {failed['when'][:10]}" if failed["when"] else "failed"
    last = newest(home)
    if last is None:
        return "not yet run"
    return "published, unchecked draft" if unchecked(last.record["inputs"]) else "published"


def unchecked(inputs: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Name the tables whose declaration holds guesses that nobody has confirmed, and count these."""
    found = {entry["name"]: len(entry["guesses"]) for entry in inputs if entry.get("guesses")}
    return [(name, "1 guess" if count == 1 else f"{count} guesses") for name, count in found.items()]


def newest_data(record: dict[str, Any]) -> str:
    """Give the newest date among an edition's inputs, or nothing."""
    return max((entry["newest"] or "" for entry in record["inputs"]), default="")


def _folders(home: Path) -> list[Path]:
    return [folder for folder in (home / "editions").glob("*") if NAME.fullmatch(folder.name)]


def _read(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


@cache
def _say_damaged(folder: Path) -> None:
    print(f"pmlib: {folder / 'run.json'}: this edition is damaged and left out", file=sys.stderr)
