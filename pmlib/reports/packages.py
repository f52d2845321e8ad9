"""The distributions that code needs: those it imports, and those they say they require."""

import importlib.metadata as metadata
import json
import os
import platform
import re
import sys
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from pmlib.digest import SETTLED
from pmlib.disposable import keep, recall
from pmlib.reports.imports import Stat, signature

CACHE = ".pmlib/packages.json"
DISTRIBUTION = re.compile(r"(?P<name>[^-]+)-(?P<version>[^-]+).*\.(dist|egg)-info")
Folders = tuple[tuple[str, Stat], ...]
Known = dict[str, dict[str, list[str]]]


def python() -> str:
    """The version of Python."""
    return platform.python_version()


def versions(names: Iterable[str]) -> dict[str, str]:
    """Give the versions of distributions; of one that is not installed, "missing"."""
    found = installed()
    return {name: found.get(name) or _asked(name) for name in names}


def installed() -> dict[str, str]:
    """Give the versions of all distributions that there are."""
    return _installed(folders())


def needed(root: Path, modules: Iterable[str]) -> set[str]:
    """Find the distributions of modules, and all that these require.

    modules : as they are imported; those of the standard library and the project's own belong to none.
    """
    known = _known(root, folders())
    tops = {name.partition(".")[0] for name in modules}
    left = [name for top in tops for name in known["owners"].get(top, [])]
    found = set[str]()
    while left:
        node = left.pop()
        if node not in found:
            found.add(node)
            left += known["needs"].get(node, [])
    return {node.partition("[")[0] for node in found}


def folders() -> Folders:
    """List where packages are installed, with the state of each folder: it changes with what is installed.

    Other folders on the path depend on how Python was started, and from where.
    """
    found = ((entry, signature(entry)) for entry in dict.fromkeys(sys.path))
    return tuple((entry, there) for entry, there in found if there and _names(entry, there))


def normal(name: str) -> str:
    """Write a distribution's name in the one way that all its spellings share."""
    return re.sub(r"[-_.]+", "-", name).lower()


@lru_cache(maxsize=4)
def _installed(state: Folders) -> dict[str, str]:
    found = dict[str, str]()
    for folder, there in reversed(state):  # where one is installed twice, the first on the path wins
        found |= _names(folder, there)
    return found


@lru_cache(maxsize=100)
def _names(folder: str, _: Stat) -> dict[str, str]:
    """List the distributions that stand in a folder, with their versions; none in an archive."""
    try:
        named = filter(None, map(DISTRIBUTION.fullmatch, sorted(os.listdir(folder or "."))))
    except OSError:
        return {}
    return {normal(match["name"]): match["version"] for match in named}


def _asked(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"


@lru_cache(maxsize=4)
def _known(root: Path, state: Folders) -> Known:
    as_json = json.loads(json.dumps(state))
    kept = recall(root / CACHE)
    if kept.get("state") == as_json and kept.get("python") == sys.version:
        return {"owners": kept["owners"], "needs": kept["needs"]}
    known = _looked_up(state)
    youngest = max((max(there[1], there[2]) for _, there in state), default=0)
    if time.time() - youngest / 1e9 > SETTLED:
        keep(root / CACHE, {"state": as_json, "python": sys.version, **known})
    return known


@lru_cache(maxsize=4)
def _looked_up(_: Folders) -> Known:
    owners = {
        top: sorted({normal(name) for name in names})
        for top, names in metadata.packages_distributions().items()
    }
    return {"owners": owners, "needs": _needs({name for names in owners.values() for name in names})}


def _needs(names: Iterable[str]) -> dict[str, list[str]]:
    """Say of each distribution, and of each of its extras that another one asks for, what it requires."""
    needs, left = dict[str, list[str]](), list(names)
    while left:
        node = left.pop()
        if node not in needs:
            needs[node] = sorted(set(_required(node)))
            left += needs[node]
    return needs


def _required(node: str) -> Iterator[str]:
    from packaging.requirements import InvalidRequirement, Requirement

    name, _, extra = node.rstrip("]").partition("[")
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:  # required, for a case that is not ours, or an extra
        return
    if name == "pmlib":  # it requires all that any report may need; what one needs is seen in its imports
        return
    for line in lines:
        try:
            required = Requirement(line)
        except InvalidRequirement:
            continue
        if required.marker is None or required.marker.evaluate({"extra": extra}):
            yield normal(required.name)
            yield from (f"{normal(required.name)}[{more}]" for more in required.extras)
