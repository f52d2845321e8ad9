"""The sha256 of a file, taken once: what was hashed is remembered until the file changes."""

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

CACHE = ".pmlib/digests.json"  # disposable: whatever is wrong with it, the files are hashed again
WORTH_IT = 1_000_000  # bytes; a smaller file is hashed as fast as it is looked up
BLOCK = 1 << 20  # bytes read at a time
SETTLED = 2.0  # seconds; a file written just now may change again within one tick of its clock
MOST = 1000  # files remembered


def sha256(root: Path, file: Path) -> str:
    """Hash a file's bytes.

    Raises
    ------
    OSError : the file cannot be read.
    """
    now, stat = time.time(), os.stat(file)
    if stat.st_size <= WORTH_IT:
        return _hashed(file)
    key, known = os.path.relpath(file, root), _remembered(root)
    state = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
    match known.get(key):
        case [list(found), str(digest)] if found == state:
            return digest
    digest = _hashed(file)
    if now - max(stat.st_mtime, stat.st_ctime) > SETTLED:
        known.pop(key, None)  # so that it stands last, and the oldest are forgotten first
        _remember(root, dict(list({**known, key: [state, digest]}.items())[-MOST:]))
    return digest


def _hashed(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb", buffering=0) as opened:
        while block := opened.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _remembered(root: Path) -> dict[str, Any]:
    try:
        known = json.loads((root / CACHE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}


def _remember(root: Path, known: dict[str, Any]) -> None:
    cache = root / CACHE
    if cache.parent.is_symlink():  # nothing is written through a link, which could lead anywhere
        return
    part = cache.with_name(f".part-{os.getpid()}-{cache.name}")
    try:
        cache.parent.mkdir(exist_ok=True)
        part.write_text(json.dumps(known), encoding="utf-8")
        part.replace(cache)
    except OSError:  # a root that may not be written to is hashed each time
        part.unlink(missing_ok=True)
