"""Editions: the published runs of a report, as they stand on disk."""

import json
import re
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from pmlib.reports.seal import RUN, SEAL, unsealed
from pmlib.reports.typed import did_you_mean, shown

NAME = re.compile(r"(\d{4,})-[0-9a-f]{8}")
# What run.json must say to be of use.
RECORDED = {"files", "inputs", "key", "parameters", "parts", "previous", "title"}
HELD = ("index.html", "numbers.json")
PRIVATE = ("notebook.ipynb", RUN, SEAL)  # stay in the edition; the readers' copy is what readers need
INNER = ("editions", "tables", "figures")  # folders of a report that hold no report of their own


@dataclass(frozen=True)
class Edition:
    """One published run: its folder and what its run.json records."""

    folder: Path
    record: dict[str, Any]

    @property
    def number(self) -> int:
        """Count of the edition, from 1."""
        return _number(self.folder)

    @property
    def home(self) -> Path:
        """Folder of the report that it is an edition of."""
        return self.folder.parents[1]

    @property
    def numbers(self) -> bytes:
        """The bytes of its numbers.json."""
        return (self.folder / "numbers.json").read_bytes()

    @property
    def files(self) -> dict[str, str]:
        """The sha256 of each of its files but run.json, by path, as they were published."""
        return dict(self.record["files"])

    @property
    def public(self) -> dict[str, str]:
        """Those of its files that readers get."""
        return {path: digest for path, digest in self.files.items() if path not in PRIVATE}


def editions(home: Path) -> list[Edition]:
    """List a report's editions, the oldest first; one that is damaged is left out, and named on stderr."""
    return [found for folder in folders(home) if (found := edition(folder))]


def newest(home: Path) -> Edition | None:
    """Give the newest edition of a report."""
    return next((found for folder in reversed(folders(home)) if (found := edition(folder))), None)


def earlier(one: Edition) -> Edition | None:
    """Give the edition that was published before another one."""
    before = [folder for folder in folders(one.home) if _number(folder) < one.number]
    return next((found for folder in reversed(before) if (found := edition(folder))), None)


def compared(one: Edition) -> Edition | None:
    """Give the edition that another one compares itself with."""
    name = one.record["previous"]
    folder = one.folder.with_name(name) if name else None
    return edition(folder) if folder and folder in folders(one.home) else None


def edition(folder: Path) -> Edition | None:
    """Read an edition; nothing, and a line on stderr, where it is damaged."""
    record = unsealed(folder) or {}
    if record.keys() >= RECORDED and all((folder / name).is_file() for name in HELD):
        return Edition(folder, record)
    _say_damaged(folder)
    return None


def next_number(home: Path) -> int:
    """Give the first number that no edition has, be it damaged."""
    return max(map(_number, folders(home)), default=0) + 1


def folders(home: Path) -> list[Path]:
    """List the folders of a report's editions, the oldest first, damaged ones too."""
    inside = home / "editions"  # not by glob, which takes a folder that cannot be read for an empty one
    found = [path for path in inside.iterdir() if NAME.fullmatch(path.name)] if inside.is_dir() else []
    return sorted(found, key=lambda folder: (_number(folder), folder.name))


def homes(folder: Path) -> Iterator[Path]:
    """Find whatever has been published below a folder: reports, jobs of a matrix, drafts."""
    if (folder / "editions").is_dir():
        yield folder
    for child in sorted(folder.glob("[!.]*")):
        if child.name not in INNER and child.is_dir() and not child.is_symlink():
            yield from homes(child)


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


def published(folder: Path, names: Collection[str] = ()) -> dict[str, Path]:
    """Find what has been published, by name: all of it, or what is named, its jobs and drafts included.

    Parameters
    ----------
    names : as in "us_car_market", "us_*" or "sizing/europe".
    """
    found = {
        home.relative_to(folder).as_posix(): home
        for child in sorted(folder.glob("[!.]*"))
        if child.is_dir() and not child.is_symlink()
        for home in homes(child)
    }
    for name in names:
        if not any(_is_called(one, name) for one in found):
            raise ValueError(f"nothing is published as {shown(name)}{did_you_mean(name, found)}")
    return {
        one: home for one, home in found.items() if not names or any(_is_called(one, name) for name in names)
    }


def pick(home: Path, text: str) -> Edition:
    """Choose an edition of a report by its number or by how its name begins."""
    there = editions(home)
    if text.isascii() and text.isdigit():
        found = [one for one in there if one.number == int(text)]
    else:
        found = [one for one in there if text and one.folder.name.startswith(text)]
    if len(found) != 1:
        listed = ", ".join(one.folder.name for one in there) or "none"
        raise ValueError(f"{home.name} has no edition {shown(text)}; there are: {listed}")
    return found[0]


def _is_called(one: str, name: str) -> bool:
    path = PurePosixPath(one)
    return any(fnmatchcase(str(part), name) for part in (path, *path.parents))


def _number(folder: Path) -> int:
    return int(folder.name.split("-")[0])


def _read(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


@cache
def _say_damaged(folder: Path) -> None:
    said = "this edition is damaged, or of an earlier pmlib, and left out"
    print(f"pmlib: {folder / RUN}: {said}", file=sys.stderr)
