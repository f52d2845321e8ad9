"""What a scheduler does about a report while it holds its folder: each time is run once, whatever is cut off.

Before a run it is noted that it is begun, and after it what became of it. Where the second is missing, it was
cut off: it is run again, unless its edition, or its failure, says that it had come to its end.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pmlib.reports.batch import End
from pmlib.reports.disk import Busy, lock
from pmlib.reports.editions import newest
from pmlib.reports.failure import ExecutionFailed, Failure
from pmlib.reports.job import Job
from pmlib.reports.matrix import PUBLISHED, Row
from pmlib.reports.outgoing import queue
from pmlib.reports.plan import PlanError, unplanned
from pmlib.reports.press import START, done, mark
from pmlib.reports.retain import lock_of
from pmlib.reports.schedule import times
from pmlib.reports.schedule.choice import Choice, choose
from pmlib.reports.schedule.state import PASSED, Record, State, keep, recall

TRIES = 3  # runs for one time that are cut off, until that counts as a failure


@dataclass(frozen=True)
class Turn:
    """The turn of a report.

    called : when the scheduler was called.
    clock : tells what time it is.
    """

    root: Path
    called: datetime
    clock: Callable[[], datetime]

    def __call__(self, job: Job, act: Callable[[Job], End]) -> End:
        """Run a report for the time that is due by now, if none has done so meanwhile."""
        before, began = recall(self.root, job.home), self._now()
        choice = choose(job.entry, before, self.called, began)
        if choice is None or choice.due is None:
            return End()
        job = replace(job, due=choice.due.isoformat(), as_of=times.day(job.entry, choice.due))
        begun = before.begin(choice.due, began)
        keep(begun, self.root, job.home)
        try:
            end = act(job) if begun.begun and begun.begun.tries <= TRIES else self._given_up(job)
            if end.outcome or end.error:
                queue(self.root, job, end, choice.due)
                keep(_ended(begun, choice, end, began, self._now()), self.root, job.home)
                return end
        except BaseException:
            with suppress(OSError, ValueError):  # the one that is on its way says more
                keep(before, self.root, job.home)
            raise
        keep(before, self.root, job.home)  # it was stopped in good order
        return end

    def refuse(self, row: Row, why: str) -> tuple[Job, End]:
        """Note that a report cannot be run for the time that is due, and say so on its page if it has one."""
        home = row.home(self.root)
        last = newest(home)
        job = unplanned(self.root, row.name, last.record["title"] if last else row.entry.title or row.name)

        def act(job: Job) -> End:
            return End(error=mark(job, self.root, START, why) if last else PlanError(why))

        with suppress(Busy), lock(lock_of(home, self.root), self.root, patient=False):
            return job, self(job, act)
        return job, End()

    def cannot_tell(self, name: str, why: str) -> None:
        """Have the owner hear that nobody can tell when a report is due; its page stays as it is."""
        if name.isprintable():
            last = newest(self.root / PUBLISHED / name)
            job = unplanned(self.root, name, last.record["title"] if last else name)
            failed = ExecutionFailed(Failure(0, 0, "", START, why))
            queue(self.root, job, End(error=failed), self.called)

    def pass_over(self, row: Row) -> None:
        """Note that times of a report go by without a run."""
        home = row.home(self.root)
        with suppress(Busy), lock(lock_of(home, self.root), self.root, patient=False):
            state, now = recall(self.root, home), self._now()
            choice = choose(row.entry, state, self.called, now)
            if choice and choice.due is None:
                passed = Record(choice.passed[-1], PASSED, now, now, len(choice.passed))
                keep(state.passed_over(choice.passed, now).ended(passed), self.root, home)

    def _now(self) -> datetime:
        return max(self.called, self.clock())  # a clock that is set back meanwhile makes nothing undone

    def _given_up(self, job: Job) -> End:
        try:
            if outcome := done(job, self.root):
                return End(outcome)
        except ExecutionFailed as error:
            return End(error=error)
        why = f"{TRIES} runs for {job.due} were cut off, by a kill or a crash; run it by hand to see why"
        return End(error=mark(job, self.root, "the run was cut off", why))


def _ended(state: State, choice: Choice, end: End, began: datetime, now: datetime) -> State:
    assert choice.due
    result = end.outcome.state if end.outcome else "failed"
    line = " ".join(str(end.error or "").split())
    record = Record(choice.due, result, began, now, len(choice.passed), line)
    return state.passed_over(choice.passed, now).ended(record)
