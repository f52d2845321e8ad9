"""What source text imports, found without running it."""

import ast
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pmlib.digest import SETTLED
from pmlib.disposable import keep, recall
from pmlib.reports.templates import PACKAGE

CACHE = ".pmlib/imports.json"

LINE = re.compile(r"^\s*(?:import|from)\s+(\w+(?:\.\w+)*)", re.M)
Stat = tuple[int, int, int, int]
_read: dict[str, Any] = {}  # by path: its state when it was read, and what was found


def signature(path: Path | str) -> Stat | None:
    """Say by what a changed file is known: its size, times and inode; None where nothing is there."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def imported(code: str) -> set[str]:
    """List the modules that code imports anywhere in it, in dotted form."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):  # a cell with a magic in it
        return set(LINE.findall(code))
    return set(_names(ast.walk(tree)))


@contextmanager
def remembered(root: Path) -> Iterator[None]:
    """Read source files only that have changed since an earlier run of the root read them."""
    began, kept = time.time(), recall(root / CACHE)
    _read.update(kept)
    yield
    settled = {path: found for path, found in _read.items() if _is_settled(found, began)}
    if any(kept.get(path) != found for path, found in settled.items()):
        keep(root / CACHE, settled)


def of_file(path: Path) -> list[str]:
    """List the packages that a source file imports anywhere in it; none where it cannot be read."""
    return _of_file(path)[0]


def module_file(name: str) -> Path | None:
    """Find the source of a module of pmlib."""
    base = PACKAGE.joinpath(*name.split(".")[1:])
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


def followed(names: Iterable[str]) -> set[Path]:
    """Find the sources of modules of pmlib and of those that they import as they are loaded."""
    found, left = set[Path](), list(names)
    while left:
        path = module_file(left.pop())
        if path and path not in found:
            found.add(path)
            left += [name for name in _of_file(path)[1] if name.partition(".")[0] == "pmlib"]
    return found


def brought(names: Iterable[str]) -> set[str]:
    """List what modules import, in dotted form: themselves, and what those of pmlib need to be loaded."""
    names = set(names)
    ours = followed(name for name in names if name.partition(".")[0] == "pmlib")
    return names | {name for path in ours for name in _of_file(path)[1]}


def _of_file(path: Path) -> tuple[list[str], list[str]]:
    """List the packages that a file imports anywhere, and the modules that it needs to be loaded."""
    state = list(signature(path) or ())
    match _read.get(str(path)):
        case [list(known), list(anywhere), list(first)] if known == state:
            return anywhere, first
    try:
        tree = ast.parse(path.read_text("utf-8"))
    except (OSError, ValueError, SyntaxError):
        return [], []
    anywhere = sorted({name.partition(".")[0] for name in _names(ast.walk(tree))})
    first = sorted(set(_names(tree.body)))
    _read[str(path)] = [state, anywhere, first]
    return anywhere, first


def _is_settled(found: Any, began: float) -> bool:
    """Tell whether a file will show by its times that it changed after it was read."""
    match found:
        case [[_, int(modified), int(changed), _], list(_), list(_)]:
            return max(modified, changed) / 1e9 < began - SETTLED
    return False


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
