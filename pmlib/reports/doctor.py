"""What a project needs of its machine: each thing looked at, and for each that is wrong what mends it."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement

from pmlib.reports import packages
from pmlib.reports.disk import MARK, lock, place
from pmlib.reports.exports.tools import PLACES, browser, lacking
from pmlib.reports.plan import PUBLISHED, PlanError, catalog
from pmlib.reports.press import STATE

LOCK = "requirements.lock"
LOCKED = re.compile(r"^([a-zA-Z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)(?: *; *([^\\\n]+))?", re.M)
LITTLE = 2e9  # bytes free: below it some hundred editions do not fit
NAMED = 3


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    state : "ok", "note" (it matters only to who needs it) or "wrong".
    fix : what mends it; empty where nothing needs mending.
    """

    about: str
    state: str
    saw: str
    fix: str = ""


def examine(root: Path) -> Iterator[Finding]:
    """Look at everything, one after the other; nothing is changed but in folders that runs write to."""
    yield Finding("python", "ok", f"{packages.python()} at {sys.executable}")
    yield _packages(root)
    yield _bytecode()
    yield from _fonts()
    yield from _forms(root)
    yield from _delivery(root)
    yield _zones()
    yield from _schedule(root)
    yield _writing(root)
    yield _space(root)


def _packages(root: Path) -> Finding:
    """Hold what is installed to the lock of the root, or to what pmlib itself asks for."""
    installed = {packages.normal(name): version for name, version in packages.installed().items()}
    if (root / LOCK).is_file():
        wanted = _locked((root / LOCK).read_text("utf-8", errors="replace"))
        if not wanted:
            return Finding(
                "packages", "wrong", f"{LOCK} names no package with its version", "lock them again"
            )
        off = [_drift(name, there, installed.get(name)) for name, there in wanted.items()]
        off = [line for line in off if line]
        if off:
            return Finding("packages", "wrong", f"not as {LOCK} says: {_few(off)}", _install(root))
        return Finding("packages", "ok", f"{len(wanted)} as {LOCK} says")
    lacking = [line for line in _required() if line]
    if lacking:
        return Finding("packages", "wrong", _few(lacking), "pip install --upgrade pmlib")
    return Finding("packages", "ok", "as pmlib asks for")


def _install(root: Path) -> str:
    return "run `make report` here" if (root / "Makefile").is_file() else f"pip install -r {LOCK}"


def _locked(text: str) -> dict[str, str]:
    from packaging.markers import Marker

    found = (match.groups() for match in LOCKED.finditer(text))
    return {
        packages.normal(name): version
        for name, version, marker in found
        if not marker or Marker(marker.strip()).evaluate()
    }


def _drift(name: str, wanted: str, there: str | None) -> str:
    if there is None:
        return f"{name} is missing"
    return "" if there == wanted else f"{name} is {there}, not {wanted}"


def _required() -> Iterator[str]:
    try:
        asked = [Requirement(line) for line in requires("pmlib") or []]
    except PackageNotFoundError:
        asked = []
    installed = packages.installed()
    for one in asked:
        if one.marker and not one.marker.evaluate({"extra": ""}):
            continue
        there = installed.get(packages.normal(one.name))
        if there is None:
            yield f"{one.name} is missing"
        elif not one.specifier.contains(there, prereleases=True):
            yield f"{one.name} is {there}, not {one.specifier}"


def _bytecode() -> Finding:
    import pandas

    cache = Path(pandas.__file__).parent / "__pycache__"
    if any(cache.glob("__init__.*.pyc")) or not os.environ.get("PYTHONDONTWRITEBYTECODE"):
        return Finding("bytecode", "ok", "imports are compiled, or will be")
    saw = "PYTHONDONTWRITEBYTECODE is set and pandas is not compiled: every run takes seconds more"
    return Finding("bytecode", "wrong", saw, f"{sys.executable} -m compileall -q {cache.parents[1]}")


def _fonts() -> Iterator[Finding]:
    from pmlib.reports.exports.fonts import coverage
    from pmlib.reports.exports.scripts import SCRIPTS

    found = coverage()
    there = [script for script, font in found.items() if font]
    yield Finding("fonts", "ok" if there else "wrong", f"pictures show {', '.join(there) or 'no letter'}")
    none: dict[str, list[str]] = {}
    for script, font in found.items():
        if not font:
            none.setdefault(SCRIPTS[script].package, []).append(script)
    for package, scripts in none.items():
        yield Finding("fonts", "note", f"no font for {', '.join(scripts)}", f"apt install {package}")


def _forms(root: Path) -> Iterator[Finding]:
    """Look at what other forms of a page take; who asks for none of them needs nothing."""
    for form in PLACES:
        if said := lacking(form):
            saw, _, fix = said.partition(": " if ": " in said else "; ")
            yield Finding(form, "wrong" if form in _formats(root) else "note", saw, fix)
        else:
            yield Finding(form, "ok", f"printed by {browser()}" if form == "pdf" else "can be made")


def _formats(root: Path) -> set[str]:
    try:
        return {name for entry in catalog(root).values() for name in entry.formats}
    except PlanError:
        return set()  # `pmlib check` says what is wrong with it


def _delivery(root: Path) -> Iterator[Finding]:
    from pmlib.reports.deliver.probe import probe
    from pmlib.reports.deliver.settings import DELIVERY

    if not (root / DELIVERY).is_file():
        yield Finding("delivery", "note", "nothing is delivered", f"write {DELIVERY.as_posix()}")
        return
    wrong = probe(root)
    for line in wrong:
        saw, _, fix = line.partition("; ")
        yield Finding("delivery", "wrong", saw, fix)
    if not wrong:
        yield Finding("delivery", "ok", "whatever delivers answers, and lets us in")


def _zones() -> Finding:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        return Finding("time zones", "wrong", "there are no data on them", "pip install tzdata")
    return Finding("time zones", "ok", "known")


def _schedule(root: Path) -> Iterator[Finding]:
    try:
        scheduled = [name for name, entry in catalog(root).items() if entry.schedule]
    except PlanError as error:
        yield Finding("catalog", "wrong", str(error).splitlines()[0], "`pmlib check` says all of it")
        return
    if scheduled:
        yield Finding("schedule", "ok", f"{len(scheduled)} reports have one")


def _writing(root: Path) -> Finding:
    """Write, flush and lock as a run does."""
    fix = "let this user write there"
    closed = [
        folder for folder in (root, root / PUBLISHED) if folder.exists() and not os.access(folder, os.W_OK)
    ]
    if closed:
        return Finding("disk", "wrong", f"a run may not write to {closed[0]}", fix)
    try:
        state = root / STATE
        state.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=MARK, dir=state) as scratch:
            place(Path(scratch, "file"), b"pmlib")
            with lock(Path(scratch, "lock"), root, patient=False):
                pass
    except (OSError, ValueError) as error:
        return Finding("disk", "wrong", f"a run could not write to {STATE}: {error}", fix)
    return Finding("disk", "ok", "a run can write, and hold a lock")


def _space(root: Path) -> Finding:
    free = shutil.disk_usage(root).free
    said = f"{free / 1e9:,.1f} GB free"
    if free < LITTLE:
        return Finding("space", "wrong", said, "make room, or keep fewer `editions` in the catalog")
    return Finding("space", "ok", said)


def _few(lines: list[str]) -> str:
    more = len(lines) - NAMED
    return "; ".join(lines[:NAMED]) + (f"; and {more} more" if more > 0 else "")
