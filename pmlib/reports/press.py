"""Run a job from plan to published page: skip what is fresh, keep the last good page when something fails."""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from pmlib.reports import key
from pmlib.reports.disk import lock, make_folder, note
from pmlib.reports.editions import Edition, compared, failure, newest
from pmlib.reports.failure import ExecutionFailed, Failure, plain
from pmlib.reports.plan import PUBLISHED, Job, unplanned
from pmlib.reports.publish import clear, publish, publish_failure, restore

STATE = Path(".pmlib")
LEDGER = STATE / "ledger.jsonl"
CLOCK = "%Y-%m-%d %H:%M UTC"


@dataclass(frozen=True)
class Outcome:
    """What became of a job: "fresh" or "published", where, and whether a rerun gave what it gave before."""

    state: str
    edition: Edition
    repeatable: bool = True


def run(
    job: Job,
    root: Path,
    *,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
    wait: Callable[[int], None] | None = None,
) -> Outcome:
    """Bring a report up to date.

    Parameters
    ----------
    force : run it even though nothing it depends on has changed.
    progress : called with the number of the cell that starts and how many there are.
    wait : called with the process id of another runner of this report, before waiting for it.

    Raises
    ------
    ExecutionFailed : the notebook did not run to its end; readers keep the last good page, marked.
    ValueError, OSError : the page could not be written; readers keep the last good page.
    """
    name = "-".join(job.home.relative_to(root).parts[2:])
    make_folder(job.home, root)
    with lock(root / STATE / "locks" / name, root, wait):
        clear(job.home)
        make_folder(root / STATE / "runs", root)
        for left in (root / STATE / "runs").glob(f"{name}.*"):
            shutil.rmtree(left)
        last = newest(job.home)
        same = last is not None and _is_fresh(job, root, last)
        if last and same and not force and not failure(job.home):
            restore(job.home, last, root)
            return Outcome("fresh", last)
        # A rerun of the same key compares with what the first run compared with.
        previous = (compared(last) if same else last) if last else None
        return _run(job, root, name, previous, progress)


def refuse(name: str, root: Path, why: str) -> None:
    """Mark the page of a report that can no longer be planned; one that has no page is left alone."""
    home = root / PUBLISHED / name
    last = newest(home)
    if last:
        with lock(root / STATE / "locks" / name, root):
            job = unplanned(root, name, last.record["title"])
            failed = Failure(0, 0, "", "the report cannot start", why)
            _mark(job, root, failed, [], datetime.now(UTC).strftime(CLOCK))


def _mark(job: Job, root: Path, failed: Failure, inputs: list[dict[str, Any]], when: str) -> None:
    publish_failure(job, failed, inputs, when, root)
    _note(job, root, when, outcome="failed", error=failed.line)


def _as_failure(error: Exception) -> ExecutionFailed:
    if isinstance(error, ExecutionFailed):
        return error
    name = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
    return ExecutionFailed(Failure(0, 0, "", "the page cannot be made", f"{name}{plain(str(error))}"))


def _inputs_so_far(run_dir: Path) -> list[dict[str, Any]]:
    try:
        return read_inputs(run_dir)
    except (ValueError, KeyError, OSError):  # a run that died may have cut its last line short
        return []


def _is_fresh(job: Job, root: Path, last: Edition) -> bool:
    before = compared(last)
    inputs = key.hashed(root, last.record["inputs"])
    return key.parts(job, root, inputs, before.numbers if before else None) == last.record["parts"]


def _run(job: Job, root: Path, name: str, previous: Edition | None, progress: Any) -> Outcome:
    when = datetime.now(UTC)
    said = when.strftime(CLOCK)
    run_dir = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=root / STATE / "runs"))
    try:
        try:
            files = _made(job, root, run_dir, previous, when, progress)
        except Exception as error:  # whatever it is, readers are told that the newest run gave no page
            failed = _as_failure(error)
            _mark(job, root, failed.failure, _inputs_so_far(run_dir), said)
            raise failed from error
        edition, same = publish(job, files, root)
    finally:
        shutil.rmtree(run_dir, ignore_errors=True)
    made = {name: edition.record[name] for name in ("key", "seconds")}
    _note(job, root, said, outcome="published", edition=edition.folder.name, **made)
    return Outcome("published", edition, same)


def _made(
    job: Job, root: Path, run_dir: Path, previous: Edition | None, when: datetime, progress: Any
) -> dict[str, bytes]:
    from pmlib.reports.build import (
        build,
    )  # these two load nbconvert and papermill, which a fresh report needs not
    from pmlib.reports.execute import execute

    began = time.monotonic()
    if previous:
        (run_dir / "previous.json").write_bytes(previous.numbers)
    executed = execute(job, root, run_dir, progress)
    inputs = read_inputs(run_dir)
    check_steady(inputs)
    files, record = build(job, root, executed, inputs, previous)
    record |= {
        "engine": "kernel",
        "code": revision(root),
        "started": when.isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - began, 2),
    }
    return files | {
        "run.json": json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
    }


def _note(job: Job, root: Path, when: str, **what: Any) -> None:
    draft = {"draft": job.overrides} if job.draft else {}
    note(root / LEDGER, root, {"report": job.report, "when": when, **draft, **what})


def read_inputs(run_dir: Path) -> list[dict[str, Any]]:
    """List what a run opened, each once, by path."""
    path = run_dir / "inputs.jsonl"
    lines = set(path.read_text("utf-8").splitlines()) if path.is_file() else set()
    return sorted(map(json.loads, lines), key=lambda entry: (entry["path"], entry["name"], entry["sha256"]))


def check_steady(inputs: list[dict[str, Any]]) -> None:
    """Refuse inputs that changed between two reads of them."""
    for one, other in pairwise(inputs):
        if one["path"] == other["path"] and one["sha256"] != other["sha256"]:
            message = f"{one['path']} changed while it was read; run again"
            raise ExecutionFailed(Failure(0, 0, "", "input", message))


def revision(root: Path) -> str:
    """Name the commit that the root is at, with a + where files differ; empty where there is no git."""
    git = ["git", "-C", str(root)]
    try:
        head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10)
        changed = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "") if head.returncode == 0 else ""
