"""Many reports at once: each in a process of its own, those first that others read numbers of."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pmlib.reports import press
from pmlib.reports.disk import Busy
from pmlib.reports.failure import ExecutionFailed
from pmlib.reports.plan import Job
from pmlib.reports.render import Work
from pmlib.reports.supervise import Rendered, Server, Stopped, empty, render

PAUSE = 2.0  # seconds before a second try, doubled before each further one


@dataclass
class Listener:
    """Hears how a batch goes; each call may come from another thread, one at a time."""

    def starts(self, job: Job) -> None:
        """A report is looked at."""

    def cell(self, job: Job, number: int, count: int) -> None:
        """A cell of it starts."""

    def waits(self, job: Job, holder: int) -> None:
        """Another process runs it."""

    def ends(self, job: Job, end: "End") -> None:
        """It is fresh, published or failed."""


@dataclass(frozen=True)
class End:
    """What became of a job: an outcome, an error, or neither where the batch was stopped meanwhile."""

    outcome: press.Outcome | None = None
    error: Exception | None = None


Turn = Callable[[Job, Callable[[Job], End]], End]


def _without(jobs: list[Job], name: str) -> list[Job]:
    """Leave out the jobs that come after one, directly or not; each comes after those that it waits for."""
    gone, kept = {name}, list[Job]()
    for job in jobs:
        if gone & set(job.after):
            gone.add(job.name)
        else:
            kept.append(job)
    return kept


def _end(attempt: Callable[[], End]) -> End:
    try:
        return attempt()
    except (Stopped, Busy):
        return End()
    except Exception as error:  # it fails alone
        return End(error=error)


@dataclass
class Batch:
    """Jobs that are run together.

    workers : reports at a time.
    keep_going : whether a report that fails leaves the others their turn.
    turn : what a scheduler does about each, given how it is run, while its folder is held; then a report that
        another process holds is not waited for.
    place : where a scheduled run waits until the machine has room for it.
    """

    root: Path
    workers: int
    listener: Listener
    engine: str = "pmlib"
    force: bool = False
    keep_going: bool = True
    turn: Turn | None = None
    place: Callable[[Callable[[], None]], AbstractContextManager[None]] | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(
        self, jobs: Sequence[Job], rendered: Callable[..., Rendered] | None = None
    ) -> Iterator[tuple[Job, End]]:
        """Run the jobs; give each that is done, and what became of it. Those without a turn are not given.

        rendered : makes a report's files elsewhere: called with work, progress and an event that stops it.
        """
        with Server(self.root, jobs) as server, ThreadPoolExecutor(self.workers) as pool:
            here = rendered or (lambda work, progress, stop: render(server, work, progress, stop))
            try:
                for job, end in self._done(pool, list(jobs), here):
                    self._tell("ends", job, end)
                    yield job, end
                    if end.error and not self.keep_going:
                        break
            finally:  # also when Ctrl-C comes: the children end before the pool does
                self._stop.set()
                pool.shutdown(cancel_futures=True)

    def _done(
        self, pool: ThreadPoolExecutor, left: list[Job], rendered: Callable[..., Rendered]
    ) -> Iterator[tuple[Job, End]]:
        """Start jobs as soon as those that they wait for are done; yield each that is done."""
        running = dict[Future[End], Job]()
        while left or running:
            pending = {job.name for job in (*left, *running.values())}
            ready = [job for job in left if not pending & set(job.after)][: 2 * self.workers - len(running)]
            left = [job for job in left if job not in ready]
            running |= {pool.submit(self._one, job, rendered): job for job in ready}
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                job, end = running.pop(future), future.result()
                if end == End():  # another process is at it, or will be: at what reads its Numbers, too
                    left = _without(left, job.name)
                yield job, end

    def _one(self, job: Job, rendered: Callable[..., Rendered]) -> End:
        if self._stop.is_set():
            return End()
        self._tell("starts", job)

        def progress(number: int, count: int) -> None:
            self._tell("cell", job, number, count)

        @cache
        def told(holder: int) -> None:
            self._tell("waits", job, holder)

        def waiting(holder: int) -> None:
            self._look()
            told(holder)

        def act(job: Job) -> End:
            outcome = press.update(
                job,
                self.root,
                lambda work: self._patiently(work, lambda: rendered(work, progress, self._stop)),
                engine=self.engine,
                force=self.force,
            )
            return End(outcome)

        def held() -> End:
            with (
                self.place(self._look) if self.place else nullcontext(),
                press.held(job.home, self.root, waiting, patient=self.turn is None),
            ):
                return self.turn(job, lambda job: _end(lambda: act(job))) if self.turn else act(job)

        return _end(held)

    def _look(self) -> None:
        if self._stop.is_set():
            raise Stopped

    def _patiently(self, work: Work, attempt: Callable[[], Rendered]) -> Rendered:
        """Try again where a report fails for a reason that the catalog calls transient."""
        entry = work.job.entry
        for number in range(entry.retries):
            try:
                return attempt()
            except ExecutionFailed as error:
                if error.failure.error not in entry.transient or self._stop.wait(PAUSE * 2**number):
                    raise
                empty(work.run_dir)
        return attempt()

    def _tell(self, what: str, *about: Any) -> None:
        with self._lock:
            getattr(self.listener, what)(*about)
