"""The sha256 of files, taken once: what was hashed is remembered until the file changes."""

import glob
import hashlib
import os
import time
from collections.abc import Iterable
from pathlib import Path

from pmlib.disposable import keep, recall

CACHE = ".pmlib/digests.json"
WORTH_IT = 1_000_000  # bytes; a smaller file is hashed as fast as it is looked up
BLOCK = 1 << 20  # bytes read at a time
SETTLED = 2.0  # seconds; a file written just now may change again within one tick of its clock
MOST = 1000  # files remembered
OPEN_IN_EXCEL = "~$"  # begins the name of the file that Excel keeps beside a workbook while it is open


def sha256(root: Path, file: Path) -> str:
    """Hash a file's bytes.

    Raises
    ------
    OSError : the file cannot be read.
    """
    now, stat = time.time(), os.stat(file)
    if stat.st_size <= WORTH_IT:
        return _hashed(file)
    key, known = os.path.relpath(file, root), recall(root / CACHE)
    state = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
    match known.get(key):
        case [list(found), str(digest)] if found == state:
            return digest
    digest = _hashed(file)
    if now - max(stat.st_mtime, stat.st_ctime) > SETTLED:
        known.pop(key, None)  # so that it stands last, and the oldest are forgotten first
        keep(root / CACHE, dict(list({**known, key: [state, digest]}.items())[-MOST:]))
    return digest


def is_pattern(root: Path, path: str) -> bool:
    """Tell whether a path from the root stands for files, and is not the name of one."""
    return glob.has_magic(path) and not _exists(root / path)


def matching(root: Path, pattern: str) -> list[str]:
    """List the files that a pattern stands for, in the order of their names, as paths from the root."""
    found = glob.glob(pattern, root_dir=root, recursive=True)
    plain = [Path(one).as_posix() for one in found if not (root / one).is_dir()]
    return sorted(one for one in plain if not Path(one).name.startswith(OPEN_IN_EXCEL))


def of_several(hashes: Iterable[tuple[str, str]]) -> str:
    """Hash several files as one: their paths and their hashes."""
    return hashlib.sha256("".join(f"{path} {found}\n" for path, found in hashes).encode()).hexdigest()


def _exists(file: Path) -> bool:
    try:
        return file.exists()
    except ValueError:
        return False


def _hashed(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb", buffering=0) as opened:
        while block := opened.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
