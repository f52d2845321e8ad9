"""Run a job from plan to published page: skip what is fresh, keep the last good page when something fails."""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pmlib.reports import key
from pmlib.reports.disk import lock, make_folder, note
from pmlib.reports.editions import Edition, compared, failure, newest
from pmlib.reports.failure import ExecutionFailed, Failure, recorded
from pmlib.reports.inputs import inputs_so_far
from pmlib.reports.plan import PUBLISHED, Job, unplanned
from pmlib.reports.publish import Damaged, clear, complete, publish, publish_failure, restore
from pmlib.reports.render import Work, as_failure
from pmlib.reports.retain import lock_of
from pmlib.reports.supervise import Rendered, Stopped

STATE = Path(".pmlib")
LEDGER = STATE / "ledger.jsonl"
START = "the report cannot start"
CLOCK = "%Y-%m-%d %H:%M UTC"


@dataclass(frozen=True)
class Outcome:
    """What became of a job: "fresh" or "published", where, and whether a rerun gave what it gave before."""

    state: str
    edition: Edition
    repeatable: bool = True


Render = Callable[[Work], Rendered]


def run(
    job: Job,
    root: Path,
    render: Render,
    *,
    engine: str = "pmlib",
    force: bool = False,
    wait: Callable[[int], None] | None = None,
) -> Outcome:
    """Bring a report up to date.

    Parameters
    ----------
    render : makes the files of an edition, in a process apart from this one.
    engine : "pmlib", or "kernel" for an ordinary kernel.
    force : run it even though nothing it depends on has changed.
    wait : called with the process id of another runner of this report, again and again while it runs.

    Raises
    ------
    ExecutionFailed : the notebook did not run to its end; readers keep the last good page, marked.
    ValueError, OSError : the page could not be written; readers keep the last good page.
    """
    with held(job.home, root, wait):
        return update(job, root, render, engine=engine, force=force)


@contextmanager
def held(
    home: Path, root: Path, wait: Callable[[int], None] | None = None, *, patient: bool = True
) -> Iterator[None]:
    """Hold a report's folder as who writes there does; Busy where another does, and we are not patient."""
    make_folder(home, root)
    with lock(lock_of(home, root), root, wait, patient=patient):
        yield


def update(job: Job, root: Path, render: Render, *, engine: str = "pmlib", force: bool = False) -> Outcome:
    """Bring a report up to date, as `run` does; the caller holds its folder."""
    name = lock_of(job.home, root).name
    clear(job.home)
    make_folder(root / STATE / "runs", root)
    for left in (root / STATE / "runs").glob(f"{name}.*"):
        shutil.rmtree(left)
    last = newest(job.home)
    if job.due and (known := done(job, root)):
        return known
    same = last is not None and _is_fresh(job, root, last)
    if last and same and not force and not failure(job.home):
        with suppress(Damaged):  # a new run takes its place
            restore(job.home, last, root)
            return Outcome("fresh", last)
    # A rerun of the same key compares with what the first run compared with.
    previous = (compared(last) if same else last) if last else None
    run_dir = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=root / STATE / "runs"))
    try:
        return _run(Work(job, root, run_dir, engine, previous), render)
    finally:
        shutil.rmtree(run_dir, ignore_errors=True)


def done(job: Job, root: Path) -> Outcome | None:
    """Tell what became of the run for this very time, if one ended before it was cut off.

    Raises
    ------
    ExecutionFailed : it failed.
    """
    clear(job.home)
    failed, last = failure(job.home), newest(job.home)
    if failed and failed.get("due") == job.due:
        raise recorded(failed)
    if last is None or last.record.get("due") != job.due:
        return None
    with suppress(Damaged):  # a new run takes its place
        if failed is None or failed["when"] <= _clock(last.record["started"]):
            complete(job.home, last, root)  # a mark that is older than the page is of a run before it
        return Outcome("published", last)
    return None


def _clock(moment: str) -> str:
    return datetime.fromisoformat(moment).strftime(CLOCK)


def refuse(name: str, root: Path, why: str) -> None:
    """Mark the page of a report that can no longer be planned; one that has no page is left alone."""
    home = root / PUBLISHED / name
    last = newest(home)
    if last:
        with held(home, root):
            mark(unplanned(root, name, last.record["title"]), root, START, why)


def mark(job: Job, root: Path, error: str, why: str) -> ExecutionFailed:
    """Mark the page of a report that did not come to run, and give what is said there."""
    failed = Failure(0, 0, "", error, why)
    _mark(job, root, failed, [], datetime.now(UTC).strftime(CLOCK))
    return ExecutionFailed(failed)


def _mark(job: Job, root: Path, failed: Failure, inputs: list[dict[str, Any]], when: str) -> None:
    publish_failure(job, failed, inputs, when, root)
    _note(job, root, when, outcome="failed", error=failed.line)


def _is_fresh(job: Job, root: Path, last: Edition) -> bool:
    before, now = key.changed(job, root, last)
    return before == now


def _run(work: Work, render: Render) -> Outcome:
    job, root = work.job, work.root
    when, began = datetime.now(UTC), time.monotonic()
    said = when.strftime(CLOCK)
    try:
        made = render(work)
    except Stopped:
        raise
    except Exception as error:  # whatever it is, readers are told that the newest run gave no page
        failed = as_failure(error)
        try:
            _mark(job, root, failed.failure, inputs_so_far(work.run_dir), said)
        except (OSError, ValueError) as unmarked:
            raise ExecutionFailed(failed.failure, f"its page cannot be marked: {unmarked}") from error
        raise failed from error
    record = made.record | {
        "engine": work.engine,
        "code": revision(root),
        "memory": made.memory,
        "started": when.isoformat(timespec="seconds"),
        **({"due": job.due} if job.due else {}),
        "seconds": round(time.monotonic() - began, 2),
    }
    text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    edition, same = publish(job, made.files | {"run.json": text.encode()}, root)
    _note(
        job,
        root,
        said,
        outcome="published",
        edition=edition.folder.name,
        key=record["key"],
        seconds=record["seconds"],
    )
    return Outcome("published", edition, same)


def _note(job: Job, root: Path, when: str, **what: Any) -> None:
    more: dict[str, Any] = {"draft": job.overrides} if job.draft else {}
    if job.due:
        more["due"] = job.due
    note(root / LEDGER, root, {"report": job.report, "when": when, **more, **what})


@cache
def revision(root: Path) -> str:
    """Name the commit that the root is at, with a + where files differ; empty where there is no git."""
    git = ["git", "-C", str(root)]
    try:
        head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10)
        changed = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "") if head.returncode == 0 else ""
