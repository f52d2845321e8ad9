"""How many editions and drafts of a report are kept."""

import shutil
from contextlib import suppress
from pathlib import Path

from pmlib.reports.disk import Busy, discard, lock, refuse_link, sweep
from pmlib.reports.editions import folders, newest

DRAFTS = 20  # of one report; whoever wants to keep one puts its parameters into the catalog


def lock_of(home: Path, root: Path) -> Path:
    """Name the lock that whoever writes into a report's folder holds."""
    return root / ".pmlib" / "locks" / "-".join(home.relative_to(root).parts[2:])


def clear_runs(root: Path) -> None:
    """Remove what runs that were cut off left, also those of reports that are no more."""
    for left in (root / ".pmlib" / "runs").glob("*"):
        name = left.name.partition(".")[0]
        with suppress(Busy), lock(root / ".pmlib" / "locks" / name, root, patient=False):
            shutil.rmtree(left, ignore_errors=True)


def retain(home: Path, most: int) -> None:
    """Remove the oldest editions beyond `most`, but for the newest and the one that it compares with.

    The caller holds the report's lock.
    """
    last = newest(home)
    needed = {last.folder.name, last.record["previous"]} if last else set()
    kept = folders(home)
    for old in kept[: max(0, len(kept) - most)]:
        if old.name not in needed:
            discard(old)


def retain_drafts(home: Path, root: Path, most: int = DRAFTS) -> None:
    """Remove the oldest drafts of a report beyond `most`; one that is being written stays."""
    folder = home / "drafts"
    if not folder.is_dir():
        return
    refuse_link(folder, root)
    try:
        with lock(lock_of(folder, root), root, patient=False):
            sweep(folder)
            found = [path for path in folder.iterdir() if path.is_dir()]
            found.sort(key=lambda path: (path.stat().st_mtime_ns, path.name))
            for old in found[: max(0, len(found) - most)]:
                _discard_idle(old, root)
    except Busy:
        return  # somebody else is at it


def _discard_idle(draft: Path, root: Path) -> None:
    try:
        with lock(lock_of(draft, root), root, patient=False):
            discard(draft)
    except Busy:
        return
