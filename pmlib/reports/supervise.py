"""Run a report in a process of its own and watch its time, memory and end: it fails alone."""

import contextlib
import json
import os
import pickle
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pmlib.reports import warm
from pmlib.reports.entry import Entry
from pmlib.reports.failure import ExecutionFailed, Failure, failed, plain
from pmlib.reports.imports import brought, imported
from pmlib.reports.job import Job
from pmlib.reports.parameters import source
from pmlib.reports.render import FAILED, MADE, RECORD, STACKS, Work
from pmlib.reports.secrets import secrets
from pmlib.secret import scrub

LOOK = 0.2  # seconds between two looks at a process
PAGE = 300  # seconds that a page may take to be made
MB = 10**6  # bytes, as in the catalog

Progress = Callable[[int, int], None]


class Stopped(Exception):
    """The batch is being stopped."""


@dataclass(frozen=True)
class Rendered:
    """An edition's files by path, all but run.json, and what that one says; memory : MB at most."""

    files: dict[str, bytes]
    record: dict[str, Any]
    memory: int


class Server:
    """The warm process that forks a child for each report; it lives from the first report to the last.

    root : whose templates are compiled beforehand.
    jobs : whose notebooks may import what is slow to import.
    """

    def __init__(self, root: Path | None = None, jobs: Sequence[Job] = ()) -> None:
        self._root, self._jobs = root, jobs
        self._lock = threading.Lock()
        self._control: socket.socket | None = None

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: Any) -> None:
        if self._control:
            self._control.close()  # which it takes for the end
            self._process.wait()

    def line(self) -> socket.socket:
        """Start a child; give the line to it."""
        ours, theirs = socket.socketpair()
        with self._lock, theirs:
            for _ in range(2):
                self._control = self._control or self._started()
                with contextlib.suppress(OSError):  # it died: another one takes its place
                    socket.send_fds(self._control, [b"1"], [theirs.fileno()])
                    return ours
                self._control = None
        raise ExecutionFailed(Failure(0, 0, "", "the engine died", "it could not be started again"))

    def _started(self) -> socket.socket:
        control, theirs = socket.socketpair()
        with theirs, tempfile.TemporaryFile() as said:
            command = [
                sys.executable,
                "-m",
                "pmlib.reports.warm",
                str(theirs.fileno()),
                str(self._root or ""),
                *sorted(_named(self._jobs)),
            ]
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stderr=said,
                stdout=said,
                pass_fds=[theirs.fileno()],
                env=os.environ | warm.ENVIRONMENT,
            )
            theirs.close()
            if not control.recv(16):
                said.seek(0)
                lines = said.read().decode("utf-8", "replace").strip().splitlines() or ["it said nothing"]
                raise ExecutionFailed(Failure(0, 0, "", "the engine does not start", plain(lines[-1])))
        return control


def render(
    server: Server, work: Work, progress: Progress | None = None, stop: threading.Event | None = None
) -> Rendered:
    """Make a report's files in a child.

    Raises
    ------
    ExecutionFailed : it did not run to its end.
    Stopped : `stop` was set meanwhile.
    """
    stop = stop or threading.Event()
    child = _watched(server, work, progress, stop)
    if child.is_lost:  # the engine died, which may have been another report's doing: one of its own, then
        empty(work.run_dir)
        with Server(work.root) as own:
            child = _watched(own, work, progress, stop)
    return child.made()


def _watched(server: Server, work: Work, progress: Progress | None, stop: threading.Event) -> "Child":
    child = Child(server.line(), work, progress)
    try:
        child.watch(stop)
    finally:
        child.end()
    return child


def empty(folder: Path) -> None:
    """Remove what an attempt left in its run's folder."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


class Child:
    """A report's process as seen from outside."""

    def __init__(self, line: socket.socket, work: Work, progress: Progress | None) -> None:
        self._line, self._work, self._progress = line, work, progress
        self._pid: int | None = None
        self._status: int | None = None
        self._rest, self._error, self._prints = b"", "", False
        self._cell = self._cells = self._memory = 0
        self._deadline = time.monotonic() + PAGE
        told = pickle.dumps(work)
        with contextlib.suppress(OSError):  # it is gone already, which is noticed soon
            line.sendall(len(told).to_bytes(8, "big") + told)

    def watch(self, stop: threading.Event) -> None:
        """Follow it until it has ended, and end it where it goes too far."""
        entry = self._work.job.entry
        while self._status is None:
            if select.select([self._line], [], [], LOOK)[0]:
                if not (heard := self._heard()):
                    return  # its parent died, and it with that
                self._hear(heard)
            if stop.is_set():
                raise Stopped
            if not self._prints and self._measure() > memory_limit(entry):
                shown = memory_limit(entry) // MB
                raise self._failed("Memory", f"the run held more than its memory limit of {shown:,} MB")
            if time.monotonic() > self._deadline and self._status is None:
                raise self._too_slow()

    @property
    def is_lost(self) -> bool:
        """Tell whether nobody saw how it ended."""
        return self._status is None

    def end(self) -> None:
        """Have it ended, and wait until it is."""
        if self._pid and self._status is None:
            for kill in (os.killpg, os.kill):  # it leads a session of its own, or is about to
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    kill(self._pid, signal.SIGKILL)
            while self._status is None and (heard := self._heard()):
                self._hear(heard)
        self._line.close()

    def made(self) -> Rendered:
        """Read what it made, or say how it failed."""
        folder = self._work.run_dir
        if (folder / FAILED).is_file() and not self._error:
            told = json.loads((folder / FAILED).read_text("utf-8"))
            raise ExecutionFailed(Failure(**told).shortened())
        if self._status != 0 or not (folder / RECORD).is_file():
            raise self._failed("Died", self._obituary())
        return made(folder, self._memory // MB)

    def _heard(self) -> bytes:
        with contextlib.suppress(ConnectionError):  # it ended without reading all that it was told
            return self._line.recv(1 << 16)
        return b""

    def _hear(self, heard: bytes) -> None:
        *lines, self._rest = (self._rest + heard).split(b"\n")
        for line in filter(None, lines):
            try:
                said = json.loads(line)
            except ValueError:
                continue  # cut short by its death
            self._pid, self._status = said.get("pid", self._pid), said.get("status", self._status)
            self._error = said.get("error", self._error)
            if "cell" in said:
                self._cell, self._cells = said["cell"], said["cells"]
                self._deadline = time.monotonic() + self._work.job.entry.time_limit
                if self._progress:
                    self._progress(self._cell, self._cells)
            if "page" in said:
                self._prints = "pdf" in self._work.job.entry.formats  # a browser is no part of the report
                self._cell, self._deadline = 0, time.monotonic() + PAGE

    def _measure(self) -> int:
        """Bytes that it and its children hold now; 0 where the system does not tell."""
        held = sum(map(resident, warm.family(self._pid))) if self._pid else 0
        self._memory = max(self._memory, held)
        return held

    def _too_slow(self) -> ExecutionFailed:
        assert self._pid
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGUSR1)
        time.sleep(LOOK)
        path = self._work.run_dir / STACKS
        stacks = path.read_text("utf-8", "replace") if path.is_file() else ""
        if not self._cell:
            return self._failed("Timeout", f"the page took longer than {PAGE} s to be made", stacks)
        limit = self._work.job.entry.time_limit
        return self._failed("Timeout", f"the cell ran longer than its time limit of {limit} s", stacks)

    def _obituary(self) -> str:
        if self._error:
            return f"its process could not go on: {plain(self._error)}"
        if self.is_lost:
            return "it ended the engine that it ran in"
        how = f"exit code {self._status}"
        if self._status is not None and self._status < 0:
            how = signal.Signals(-self._status).name
        hint = "; it may have run out of memory" if how == "SIGKILL" else ""
        return f"its process ended ({how}) holding up to {self._memory // MB:,} MB{hint}"

    def _failed(self, name: str, message: str, traceback: str = "") -> ExecutionFailed:
        code = [c for c in self._work.job.document["cells"] if c["cell_type"] == "code" and source(c).strip()]
        text = source(code[self._cell - 1]) if 0 < self._cell <= len(code) else ""
        said = failed(self._cell, self._cells, text, name, message, traceback).failure
        hidden = secrets(self._work.job)  # they may stand where the process was, or in what ended it
        return ExecutionFailed(Failure(**scrub(asdict(said), hidden)).shortened())


def _named(jobs: Iterable[Job]) -> set[str]:
    """List what notebooks, or what they import of pmlib, need of packages that not every batch does."""
    cells = {source(cell) for job in jobs for cell in job.document["cells"] if cell["cell_type"] == "code"}
    names = brought(name for text in cells for name in imported(text))
    return {name for name in names if name.partition(".")[0] in warm.ANALYSTS}


def made(run_dir: Path, memory: int) -> Rendered:
    """Read what a report's process has made."""
    record = json.loads((run_dir / RECORD).read_text("utf-8"))
    paths = sorted(path for path in (run_dir / MADE).rglob("*") if path.is_file())
    files = {path.relative_to(run_dir / MADE).as_posix(): path.read_bytes() for path in paths}
    return Rendered(files, record, memory)


def memory_limit(entry: Entry) -> int:
    """Bytes that a report may hold: what the catalog says, or four fifths of the machine."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return entry.memory_limit or whole * 4 // 5


def resident(pid: int) -> int:
    """Bytes of memory that a process holds, shared or not."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
