"""Reports that are known to be fresh: nothing that was looked at to find that out has another state now.

A file that is the same by size, times and inode is taken to hold what it held. In any doubt nothing is known,
and the report is looked at the long way. Nothing heavy is imported here: `pmlib run` starts with this.
"""

import glob
import math
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pmlib.disposable import keep, recall

if TYPE_CHECKING:
    from pmlib.reports.editions import Edition
    from pmlib.reports.plan import Job

CACHE, RUNS = ".pmlib/fresh.json", ".pmlib/runs"
CATALOG, SOURCES, PUBLISHED = "reports/catalog.toml", "data/sources.toml", "reports/published"
SETTLED = 2.0  # seconds; a file written just now may change again within one tick of its clock
State = list[int] | None


class Fresh(NamedTuple):
    """A report that is up to date: its name, its page (a path from the root), its tables' open guesses."""

    name: str
    page: str
    unchecked: list[tuple[str, str]]


def all_fresh(root: Path, names: Sequence[str] = ()) -> list[Fresh] | None:
    """List the reports that are asked for, if all of them are known to be fresh.

    names : names and globs, as on the command line; all reports when there are none.
    """
    known = Known(root)
    found = [known.fresh(name) for name in known.chosen(names)]
    fresh = [one for one in found if one]
    return fresh if fresh and len(fresh) == len(found) and not _is_left(root / RUNS) else None


class Known:
    """What is known of the reports of a root, kept from run to run in .pmlib/fresh.json.

    Made before the first report of a batch is looked at: a file that changes later is told by its times.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.began, self.now = root, time.time(), dict[str, State]()
        self.names, self.files = list[str](), list[tuple[str, State]]()
        self.jobs, self.added = dict[str, dict[str, Any]](), dict[str, dict[str, Any]]()
        match recall(root / CACHE):
            case {"about": about, "names": list(names), "files": list(files), "jobs": dict(jobs)}:
                if about == self._about():
                    self.names, self.files, self.jobs = names, files, jobs

    def chosen(self, patterns: Sequence[str]) -> list[str]:
        """List the reports that are asked for; none where a pattern fits none, or not all names are known."""
        fits = {p: [n for n in self.names if _fits(n, p)] for p in patterns}
        if not all(fits.values()):
            return []
        wanted = {name for some in fits.values() for name in some}
        return [name for name in self.names if name in wanted or not patterns]

    def fresh(self, name: str) -> Fresh | None:
        """Tell whether a report is known to be fresh."""
        try:
            job = self.jobs[name]
            if job["until"] and date.today().isoformat() > job["until"]:
                return None
            if job["within"] and not job["within"][0] <= time.time() < job["within"][1]:
                return None  # its schedule takes another day for today
            if any(self._state(self.files[i][0]) != self.files[i][1] for i in job["needs"]):
                return None
            return Fresh(name, job["page"], [(table, said) for table, said in job["unchecked"]])
        except (KeyError, IndexError, TypeError, ValueError):  # not known, or what was kept is damaged
            return None

    def add(self, job: "Job", edition: "Edition") -> None:
        """Note that a report has just been found fresh, if that can be told from the state of files."""
        from pmlib.reports import key, late
        from pmlib.reports.editions import unchecked

        tables, kinds = key.tables(self.root), {known.type.kind for known in job.declared.values()}
        if job.draft or "Secret" in kinds:  # a secret may be gone, which only a plan finds out
            return
        if edition.record.keys() & {"not_made", "boxes"}:  # which is said each time
            return
        if (needs := _needs(job, self.root, edition, tables)) is None:
            return
        paths = [self._short(path) for path in needs]
        if not all(self._is_settled(path) for path in paths):
            return
        if (within := self._within(job, edition)) is None:
            return
        last = late.due(job, edition.record, tables)
        by_clock = last is not None and not key.as_of(job) and last >= date.today()
        self.added[job.name] = {
            "page": self._short(job.home / "index.html"),
            "until": last.isoformat() if by_clock and last else "",
            "within": within,
            "unchecked": unchecked(edition.record["inputs"]),
            "needs": paths,
        }

    def save(self, names: Iterable[str] | None = None) -> None:
        """Keep what is known, after the last thing that a run writes.

        names : all reports that the catalog has; not given where only some were looked at.
        """
        kept = {
            name: {**job, "needs": [self.files[i][0] for i in job["needs"]]}
            for name, job in self.jobs.items()
            if name not in self.added and self.fresh(name)
        }
        jobs = {**kept, **self.added}
        paths = {
            path: number
            for number, path in enumerate(dict.fromkeys(p for j in jobs.values() for p in j["needs"]))
        }
        value = {
            "about": self._about(),
            "names": self.names if names is None else list(names),
            "files": [(path, self._state(path)) for path in paths],
            "jobs": {n: {**job, "needs": [paths[p] for p in job["needs"]]} for n, job in jobs.items()},
        }
        keep(self.root / CACHE, value)

    def _within(self, job: "Job", edition: "Edition") -> list[float] | None:
        """Say when its schedule takes the edition's day for today; None where that is not now."""
        if not job.entry.schedule or job.entry.as_of or os.environ.get("PMLIB_AS_OF"):
            return []
        from pmlib.reports.schedule import times

        now = datetime.fromtimestamp(self.began, UTC)
        latest, after = times.around(job.entry, now)
        if edition.record["parts"].get("as of", "") != times.day(job.entry, now):
            return None
        return [latest.timestamp() if latest else -math.inf, after.timestamp() if after else math.inf]

    def _about(self) -> list[Any]:
        """Say what else a decision depends on: Python, pmlib, where packages are, the as-of date."""
        as_of = os.environ.get("PMLIB_AS_OF", "")
        return [str(self.root), sys.executable, sys.version, sys.path[1:], as_of, __file__, _stat(__file__)]

    def _state(self, path: str) -> State:
        if path not in self.now:
            self.now[path] = _stat(os.path.join(self.root, path))
        return self.now[path]

    def _is_settled(self, path: str) -> bool:
        state = self._state(path)
        return state is None or max(state[1], state[2]) / 1e9 < self.began - SETTLED

    def _short(self, path: Path | str) -> str:
        text = str(path)
        return text.removeprefix(f"{self.root}{os.sep}")


def _needs(job: "Job", root: Path, edition: "Edition", tables: dict[str, Any]) -> list[Path | str] | None:
    """List the files and folders that a report's freshness can be seen by; None where it cannot."""
    from pmlib.reports import key
    from pmlib.reports.templates import template_folders

    parts, templates = edition.record["parts"], key.template_files(root)
    used = [templates.get(name, root) for name in key.named("template", parts)]
    code = [key.code_file(path, root) for path in key.named("code", parts)]
    inputs = _inputs(root, edition.record["inputs"], tables)
    there = [
        root / CATALOG,
        root / "notebooks" / f"{job.entry.notebook}.ipynb",
        *code,
        *used,
        *(inputs or []),
    ]
    if inputs is None or root in used or not all(map(os.path.exists, there)):
        return None
    # What of these is not there is noticed when it comes.
    folders = {
        root / "templates",
        root / "templates" / "report",
        *(path.parent for path in templates.values()),
    }
    lists = [folder / "portal" for folder in template_folders(root)]
    listing = [root / PUBLISHED, root / PUBLISHED / "index.html", root / "templates" / "portal", *lists]
    listing += [path for folder in lists for path in sorted(folder.glob("*"))]
    return [*there, *sys.path[1:], root / SOURCES, *sorted(folders), *listing, *_own(job.home, edition)]


def _own(home: Path, edition: "Edition") -> Iterator[Path]:
    """List what stands on disk of a report: the edition, what it compares with, and the readers' copy."""
    yield from (
        home,
        home / "tables",
        home / "figures",
        home / "failed.json",
        edition.folder.parent,
        edition.folder,
    )
    for path in edition.folder.rglob("*"):
        yield from (path, home / path.relative_to(edition.folder))
    for folder in (home / "tables", home / "figures"):
        yield from folder.rglob("*")
    if past := edition.record["previous"]:
        yield from (edition.folder.with_name(past) / name for name in ("run.json", "numbers.json"))


def _inputs(
    root: Path, inputs: Iterable[dict[str, Any]], tables: dict[str, dict[str, Any]]
) -> list[Path] | None:
    """List the files of inputs, and the folders where more could come; None where files do not tell."""
    found = list[Path]()
    for entry in inputs:
        table = tables.get(entry["name"], {})
        if "url" in table or "database" in table:
            return None
        for path in table.get("files", {"": entry["path"]}).values():
            if (root / path).is_file():
                found.append(root / path)
                continue
            folder, name = os.path.split(path)
            if glob.has_magic(folder) or "**" in name or not glob.has_magic(name):
                return None
            found += [root / folder, *(root / folder).glob(name)]
    return found


def _fits(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern) or fnmatchcase(name.partition("/")[0], pattern)


def _is_left(folder: Path) -> bool:
    """Tell whether a run is on, or left something when it was cut off."""
    return folder.is_dir() and any(folder.iterdir())


def _stat(path: str) -> State:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
