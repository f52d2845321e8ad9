"""How a batch goes: live lines on a terminal, plain lines elsewhere."""

import contextlib
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from pmlib.cli.words import said
from pmlib.reports import editions
from pmlib.reports.batch import End, Listener
from pmlib.reports.failure import ExecutionFailed, command
from pmlib.reports.plan import Job


@contextlib.contextmanager
def listener(root: Path, count: int, debug: bool, *, brief: bool = False) -> Iterator[Listener]:
    """Give what tells of a batch of `count` reports.

    brief : nobody follows it: of each report only the end is told.
    """
    if not sys.stderr.isatty():
        yield Brief(root, count, debug) if brief else Plain(root, count, debug)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[said]}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as bars:
        yield Live(root, count, debug, bars)


class Plain(Listener):
    """Lines: each cell of a report that runs alone; of several when each starts and ends."""

    def __init__(self, root: Path, count: int, debug: bool) -> None:
        self._root, self._count, self._debug, self._done = root, count, debug, 0

    def _say(self, line: str, err: bool = False) -> None:
        click.echo(line, err=err)

    def cell(self, job: Job, number: int, count: int) -> None:
        if self._count == 1:
            self._say(f"{job.name}: cell {number} of {count}", err=True)
        elif number == 1:
            self._say(f"{job.name}: running, {count} cells", err=True)

    def waits(self, job: Job, holder: int) -> None:
        self._say(f"{job.name}: is being run by process {holder}; waiting for it", err=True)

    def ends(self, job: Job, end: End) -> None:
        self._done += 1
        if end.error:
            self._failed(job, end.error)
        elif end.outcome:
            self._ended(job, end.outcome)

    def _ended(self, job: Job, outcome: Any) -> None:
        shown = (job.home / "index.html").relative_to(self._root).as_posix()
        record = outcome.edition.record
        if outcome.state == "fresh":
            self._say(f"{job.name}: fresh, {shown}")
        else:
            kind = "draft" if job.draft else "published"
            place = f", {self._done} of {self._count}" if self._count > 1 else ""
            self._say(f"{job.name}: {kind} {shown} ({record['seconds']:.1f} s{place})")
        for name, guesses in editions.unchecked(record["inputs"]):
            self._say(f"{job.name}: an unchecked draft: {guesses} about {name} open", err=True)
        for line in record.get("not_made", ()):
            self._say(f"{job.name}: without {line}", err=True)
        for line in record.get("boxes", ()):
            self._say(f"{job.name}: {line}", err=True)
        if not outcome.repeatable:
            self._say(
                f"{job.name}: the same inputs gave another page than before; is there a seed?", err=True
            )

    def _failed(self, job: Job, error: Exception) -> None:
        if self._debug and isinstance(error, ExecutionFailed) and error.failure.traceback:
            self._say(error.failure.traceback, err=True)
        elif self._debug:
            self._say("".join(traceback.format_exception(error)), err=True)
        self._say(f"{job.name}: {said(error)}; try: {command(job)}", err=True)


class Brief(Plain):
    """A line for each report that ended."""

    def cell(self, job: Job, number: int, count: int) -> None:
        """Nobody waits for it."""


class Live(Plain):
    """A bar for the batch, with the time left, and one for each report that runs."""

    def __init__(self, root: Path, count: int, debug: bool, bars: Any) -> None:
        super().__init__(root, count, debug)
        self._bars, self._of = bars, dict[str, Any]()
        self._all = bars.add_task("reports", total=float(count), said=f"0 of {count}")

    def _say(self, line: str, err: bool = False) -> None:
        if err or sys.stdout.isatty():  # above the bars, which would wipe away what another writes below
            self._bars.console.print(line, markup=False, highlight=False, emoji=False, soft_wrap=True)
        else:
            super()._say(line)

    def cell(self, job: Job, number: int, count: int) -> None:
        if job.name not in self._of:
            self._of[job.name] = self._bars.add_task(job.name, total=count, said="")
        self._bars.update(self._of[job.name], completed=number - 1, said=f"cell {number} of {count}")

    def ends(self, job: Job, end: End) -> None:
        super().ends(job, end)
        if job.name in self._of:
            self._bars.remove_task(self._of.pop(job.name))
        self._bars.update(self._all, completed=self._done, said=f"{self._done} of {self._count}")
