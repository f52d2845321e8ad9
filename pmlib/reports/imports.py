"""What source text imports, found without running it."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from pmlib.reports.templates import PACKAGE

LINE = re.compile(r"^\s*(?:import|from)\s+(\w+(?:\.\w+)*)", re.M)
Stat = tuple[int, int, int, int]


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


def of_file(path: Path) -> set[str]:
    """List the modules that a source file imports; none where it cannot be read."""
    return set(_of_file(path, signature(path))[0])


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
            left += [name for name in _of_file(path, signature(path))[1] if name.split(".")[0] == "pmlib"]
    return found


@lru_cache(maxsize=10_000)
def _of_file(path: Path, _: Stat | None) -> tuple[frozenset[str], frozenset[str]]:
    """List what a file imports anywhere, and what it imports as it is loaded."""
    try:
        code = path.read_text("utf-8")
        tree = ast.parse(code)
    except (OSError, ValueError, SyntaxError):
        return frozenset(), frozenset()
    return frozenset(_names(ast.walk(tree))), frozenset(_names(tree.body))


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
