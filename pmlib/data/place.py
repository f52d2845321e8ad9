"""Where a table stands: its files, found or fetched, and the hash of what they hold."""

import os
import re
import stat
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pmlib.data.declaration import Table, declaration
from pmlib.data.words import SOURCES, DataError
from pmlib.digest import is_pattern, matching, of_several, sha256

UNPRINTED = re.compile("[\x01-\x1f\x7f\x85\u2028\u2029]")  # which would break an error's one line


@dataclass(frozen=True)
class Opened:
    """The files of one table while they are read.

    files : each local file, and how errors name it.
    hashed : the hash, which may be still in the making.
    """

    files: list[tuple[Path, str]]
    hashed: Future[str]

    @property
    def sha256(self) -> str:
        """The hash of the file's bytes; of several files, or a glob, of their paths and hashes.

        Raises
        ------
        DataError : a file cannot be read.
        """
        return self.hashed.result()


@contextmanager
def opened(home: Path, name: str, table: Table) -> Iterator[Opened]:
    """Find or fetch the files of a table, and hold that nothing changes them while they are read.

    Raises
    ------
    DataError : a file is not there, is no file, leads out of the project, or changed.
    """
    if table.url:
        from pmlib.data.fetch import fetched

        with fetched(name, table) as (file, digest):
            known = Future[str]()
            known.set_result(digest)
            yield Opened([(file, table.url)], known)
        return
    remedy = f"put the file in data/, or correct path of [{name}] in {SOURCES}"
    files = [found for path in (table.files.values() or [table.path]) for found in local(home, path, remedy)]
    before = [_state(file) for file, _ in files]
    several = files[0][1] != table.path
    try:
        with ThreadPoolExecutor(1) as beside:
            yield Opened(files, beside.submit(_digest, home, files, several=several, remedy=remedy))
    finally:
        for (file, path), state in zip(files, before, strict=True):
            if _state(file) != state:
                raise DataError(f"{path} changed while being read; run again") from None


def local(home: Path, path: str, remedy: str, folder: str = "") -> list[tuple[Path, str]]:
    """Find the file of a path, or the files of a glob in the order of their names.

    Parameters
    ----------
    path : from the root.
    remedy : what an error tells the reader to do.
    folder : what the files may not lead out of; the root when not given.

    Returns
    -------
    list : each local file with its path from the root, as errors name it.

    Raises
    ------
    DataError : nothing is there, it is no file, or it leads out of the project.
    """
    paths = [path]
    if is_pattern(home, path):
        paths = matching(home, path)
        if not paths:
            raise DataError(f"{path} matches no file; {remedy}")
    return [(_file(home, one, remedy, folder), one) for one in paths]


def digest(home: Path, name: str) -> str:
    """Say what a declared table holds now; "missing" where it cannot be told."""
    try:
        table = declaration(home, name)
        if table.database:
            from pmlib.data.database import digest as of_database

            return of_database(home, name, table)
        with opened(home, name, table) as found:
            return found.sha256
    except (DataError, OSError):
        return "missing"


def _file(home: Path, path: str, remedy: str, folder: str) -> Path:
    if UNPRINTED.search(path):
        raise DataError(f"{path!r}: its name holds a line end or the like; rename it; {remedy}")
    try:
        file = (home / path).resolve()
        if not file.is_relative_to((home / folder).resolve()):
            raise DataError(f"{path} leads out of {folder or 'the project'}; {remedy}")
        kind = os.stat(file).st_mode
        if stat.S_ISDIR(kind):
            raise DataError(f'{path} is a folder; name its files, as in "{path.rstrip("/")}/*.csv"; {remedy}')
        if not stat.S_ISREG(kind):  # a pipe or a device may hang, or never end
            raise DataError(f"{path} is not a file but a pipe or a device; {remedy}")
        with file.open("rb"):
            return file
    except (FileNotFoundError, NotADirectoryError):
        raise DataError(f"{path} is not there; {remedy}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); {remedy}") from None
    except (RuntimeError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        reason = "its links go in a circle" if isinstance(error, RuntimeError) else "its name holds a NUL"
        raise DataError(f"{path!r} cannot be read ({reason}); {remedy}") from None


def _state(file: Path) -> tuple[int, ...] | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _digest(home: Path, files: list[tuple[Path, str]], several: bool, remedy: str) -> str:
    try:
        hashes = [(path, sha256(home, file)) for file, path in files]
    except OSError as error:
        raise DataError(f"{files[0][1]} cannot be read ({error.strerror}); {remedy}") from None
    return of_several(hashes) if several else hashes[0][1]
