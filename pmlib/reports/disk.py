"""Files that are whole or not there: written beside, flushed, then renamed; and one writer at a time."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MARK = ".part-"  # begins the name of whatever is not finished


def write(path: Path, data: bytes) -> None:
    """Replace a file in one step: a reader sees the old bytes or the new ones."""
    part = path.with_name(f"{MARK}{os.getpid()}-{path.name}")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    settle(path.parent)


def settle(folder: Path) -> None:
    """Have the disk remember what a folder holds."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path) -> None:
    """Remove what a run that was cut off left in a folder. The caller holds the folder's lock."""
    for path in folder.glob(f"{MARK}*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def make_folder(folder: Path, root: Path) -> None:
    """Make a folder below the root, refusing to go through a symbolic link, which could lead anywhere."""
    here = root
    for name in folder.relative_to(root).parts:
        here = here / name
        refuse_link(here, root)
        here.mkdir(exist_ok=True)


def refuse_link(path: Path, root: Path) -> None:
    """Refuse to write where a symbolic link stands."""
    if path.is_symlink():
        shown = path.relative_to(root).as_posix()
        raise ValueError(f"{shown} is a symbolic link, and nothing is written through one; remove it")


@contextmanager
def lock(path: Path, root: Path, wait: Callable[[int], None] | None = None) -> Iterator[None]:
    """Hold a lock that the system gives back when the process ends, however it ends.

    wait : called with the other's process id before waiting for it.
    """
    make_folder(path.parent, root)
    refuse_link(path, root)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip()
            if wait:
                wait(int(holder) if holder.isdigit() else 0)
            fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield


def note(path: Path, root: Path, entry: dict[str, Any]) -> None:
    """Add one line to a ledger, durably; a line that a crash cut short stays alone."""
    make_folder(path.parent, root)
    refuse_link(path, root)
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(json.dumps(entry, sort_keys=True, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
