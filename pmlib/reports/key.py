"""The key of a page: a hash of all that the page depends on. Same key, same bytes, nothing to do."""

import hashlib
import platform
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pmlib import __version__
from pmlib.digest import sha256
from pmlib.reports.parameters import source
from pmlib.reports.plan import SOURCES, Job, canonical
from pmlib.reports.templates import PACKAGE, template_folders


def parts(
    job: Job, root: Path, inputs: Iterable[Mapping[str, Any]], previous: bytes | None
) -> dict[str, str]:
    """Hash each thing the page depends on, so that one can say which has changed.

    Parameters
    ----------
    inputs : what the run opened: name, path from the root, sha256 of the bytes that were read.
    previous : numbers.json of the edition that "what changed" compares with.
    """
    inputs = list(inputs)
    return {
        "notebook": _sha(canonical(normalised(job.document))),
        "parameters": _sha(canonical({"report": job.report, "title": job.entry.title, "given": job.given})),
        **{f"input {entry['path']}": entry["sha256"] for entry in inputs},
        "sources": _sha(canonical(_declarations(root, {entry["name"] for entry in inputs}))),
        "code": _tree(sorted(p for p in PACKAGE.rglob("*.py")), PACKAGE),
        "packages": _sha(canonical(packages())),
        "template": _templates(root),
        "previous": _sha(previous or b""),
    }


def digest(parts: Mapping[str, str]) -> str:
    """Make one key of the parts."""
    return _sha(canonical(dict(parts)))


def hashed(root: Path, inputs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Say of each input what it holds now; one that has vanished counts as changed."""
    return [{**entry, "sha256": _now(root, entry)} for entry in inputs]


def normalised(document: Mapping[str, Any]) -> dict[str, Any]:
    """Take from a notebook what its page can depend on: no outputs, ids or counts."""
    cells = [
        [cell["cell_type"], source(cell), sorted(cell.get("metadata", {}).get("tags", []))]
        for cell in document["cells"]
    ]
    return {"cells": cells, "pmlib": document.get("metadata", {}).get("pmlib")}


def packages() -> dict[str, str]:
    """List the installed distributions and their versions."""
    found = {"python": platform.python_version()}
    for folder in map(Path, reversed(sys.path)):  # where one is installed twice, the first on the path wins
        if folder.is_dir():
            names = (p.name.removesuffix(".dist-info") for p in folder.glob("*.dist-info"))
            found |= dict(name.rsplit("-", 1) for name in names if "-" in name)
    return found | {"pmlib": __version__}


def _now(root: Path, entry: Mapping[str, Any]) -> str:
    try:
        if (file := root / entry["path"]).is_file():
            return sha256(root, file)
    except OSError:
        return "missing"
    from pmlib.data.place import digest as held  # several files, an address or a query; loads the engine

    return held(root, entry["name"])


def _declarations(root: Path, names: set[str]) -> dict[str, Any]:
    path = root / SOURCES
    tables = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    return {name: repr(tables[name]) for name in sorted(names) if name in tables}  # repr: TOML has dates


def _templates(root: Path) -> str:
    digests = []
    for folder in template_folders(root):
        digests.append(_tree(sorted(p for p in (folder / "report").rglob("*") if p.is_file()), folder))
    return _sha(canonical(digests))


def _tree(paths: Iterable[Path], base: Path) -> str:
    return _sha(canonical([[path.relative_to(base).as_posix(), _file(path)] for path in paths]))


def _file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "missing"


def _sha(data: str | bytes) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()
