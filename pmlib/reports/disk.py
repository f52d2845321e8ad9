"""Files that are whole or not there: written beside, flushed, read back, renamed; one writer at a time."""

import errno
import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

MARK = ".part-"  # begins the name of whatever is not finished
LOOK = 0.1  # seconds between two looks at whether a lock is free


class Busy(ValueError):
    """Another process is at it."""


def write(path: Path, data: bytes) -> None:
    """Replace a file in one step: a reader sees the old bytes or the new ones."""
    part = path.with_name(f"{MARK}{os.getpid()}")
    with named(path):
        try:
            place(part, data)
            part.replace(path)
        except BaseException:
            with suppress(OSError):  # what stays is swept away by the next run
                part.unlink()
            raise
        settle(path.parent)


def place(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, have the disk keep it, and see that it holds what it should."""
    with named(path):
        with path.open("xb", buffering=0) as file:
            _pour(data, file)
            os.fsync(file.fileno())
        if read(path) != data:
            raise OSError(errno.EIO, "what was written reads back as something else")


def read(path: Path) -> bytes:
    """Read a file; an error names it, which one that comes while reading does not by itself."""
    with named(path):
        return path.read_bytes()


def _pour(data: bytes, file: Any) -> None:
    left = memoryview(data)
    while left:
        taken = file.write(left)  # the system may take less than it is given
        if not taken:
            raise OSError(errno.EIO, "the system takes no more bytes")
        left = left[taken:]


def settle(folder: Path) -> None:
    """Have the disk remember what a folder holds."""
    with named(folder):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def discard(path: Path) -> None:
    """Remove a folder so that a crash leaves it whole, or marked as rubbish."""
    with named(path):
        part = path.with_name(f"{MARK}{path.name}")
        path.rename(part)
        settle(path.parent)
        _remove(part)


def sweep(folder: Path) -> None:
    """Remove what a run that was cut off left in a folder. The caller holds the folder's lock."""
    with named(folder):
        for path in folder.glob(f"{MARK}*"):
            _remove(path)


def make_folder(folder: Path, root: Path) -> None:
    """Make a folder below the root, refusing to go through a symbolic link, which could lead anywhere."""
    here = root
    for name in folder.relative_to(root).parts:
        here = here / name
        refuse_link(here, root)
        if not here.is_dir():
            here.mkdir(exist_ok=True)
            settle(here.parent)


def refuse_link(path: Path, root: Path) -> None:
    """Refuse to write where a symbolic link stands."""
    if path.is_symlink():
        shown = path.relative_to(root).as_posix()
        raise ValueError(f"{shown} is a symbolic link, and nothing is written through one; remove it")


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Have errors of the system name the file that is meant, not one beside it or none."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextmanager
def lock(
    path: Path, root: Path, wait: Callable[[int], None] | None = None, *, patient: bool = True
) -> Iterator[None]:
    """Hold a lock that the system gives back when the process ends, however it ends.

    wait : called with the other's process id, again and again while it is waited for; an error of its own
        ends the wait.
    patient : wait for another holder.

    Raises
    ------
    Busy : another process holds it, and we are not patient.
    """
    make_folder(path.parent, root)
    refuse_link(path, root)
    with path.open("a+b", buffering=0) as file:
        while not _is_ours(file):
            file.seek(0)
            holder = file.read().strip()
            number = int(holder) if holder.isdigit() else 0
            if not patient:
                raise Busy(f"{path.name} is being written by process {number}; try again later")
            if wait:
                wait(number)
            time.sleep(LOOK)
        with named(path):
            file.truncate(0)
            file.write(str(os.getpid()).encode())
        yield


def undisturbed(path: Path, root: Path, wait: Callable[[int], None] | None = None) -> ExitStack:
    """Hold a lock in order to read; who may not write here goes without it."""
    held = ExitStack()
    try:
        held.enter_context(lock(path, root, wait))
    except OSError as error:
        if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise
    return held


def _is_ours(file: Any) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def note(path: Path, root: Path, entry: dict[str, Any]) -> None:
    """Add one line to a ledger, durably; a line that a crash cut short stays alone."""
    make_folder(path.parent, root)
    refuse_link(path, root)
    line = json.dumps(entry, sort_keys=True, ensure_ascii=False).encode() + b"\n"
    with named(path), path.open("a+b", buffering=0) as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                line = b"\n" + line
        _pour(line, file)
        os.fsync(file.fileno())


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
