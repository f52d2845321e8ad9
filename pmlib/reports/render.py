"""What the process of one report does: it runs the notebook and makes the files of an edition."""

import faulthandler
import json
import os
import pickle
import random
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pmlib.reports.editions import Edition
from pmlib.reports.failure import ExecutionFailed, Failure, plain
from pmlib.reports.inputs import check_steady, read_inputs
from pmlib.reports.key import as_of
from pmlib.reports.plan import Job
from pmlib.reports.secrets import secrets
from pmlib.secret import scrub

MADE, RECORD, FAILED = "made", "record.json", "failed.json"  # in a run's folder
STACKS = "stacks.log"  # there too: where every thread was when its time was up


@dataclass(frozen=True)
class Work:
    """What a report's process needs to know.

    run_dir : a folder for this run only, which the notebook sees as PMLIB_RUN_DIR.
    engine : "pmlib" or "kernel".
    previous : the edition that "what changed" compares with.
    """

    job: Job
    root: Path
    run_dir: Path
    engine: str
    previous: Edition | None


def main(line: socket.socket) -> None:
    """Do the work that comes through the line; what is made stands in the run's folder."""
    with line.makefile("rb") as told:
        work: Work = pickle.loads(told.read(int.from_bytes(told.read(8), "big")))

    def say(**what: Any) -> None:
        try:
            line.sendall(json.dumps(what).encode() + b"\n")
        except OSError:
            said = "a cell closed the descriptor on which its process is heard; close only what you opened"
            raise ExecutionFailed(Failure(0, 0, "", "Cut off", said)) from None

    hidden = secrets(work.job)  # now: a notebook may change its environment
    try:
        settle_in(work)
        make(work, say, hidden)
    except BaseException as error:  # whatever it is, it is told
        failure = scrub(asdict(as_failure(error).failure), hidden)
        (work.run_dir / FAILED).write_text(json.dumps(failure), "utf-8")


def settle_in(work: Work) -> None:
    """Make this process the report's: its folder, environment, streams and chance."""
    os.chdir(work.root)
    os.environ |= {"PMLIB_ROOT": str(work.root), "PMLIB_RUN_DIR": str(work.run_dir)}
    if day := as_of(work.job):
        os.environ["PMLIB_AS_OF"] = day
    if "" not in sys.path:
        sys.path.insert(0, "")  # a root's own modules, as in a kernel
    printed = os.open(work.run_dir / "printed.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (printed, 1), (printed, 2)):
        os.dup2(source, target)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 (open as long as the process is)
    faulthandler.register(signal.SIGUSR1, file=(work.run_dir / STACKS).open("w"), all_threads=True)
    random.seed()  # a fork would repeat what the last one drew
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()


def make(work: Work, say: Callable[..., None], hidden: Mapping[str, str]) -> None:
    """Execute the notebook, and write into the run's folder what the edition holds.

    hidden : secrets that nothing of it may hold, by their variables.
    """
    from pmlib.reports.build import build
    from pmlib.reports.execute import execute

    if work.previous:
        (work.run_dir / "previous.json").write_bytes(work.previous.numbers)
    executed = execute(work.job, work.run_dir, work.engine, lambda cell, cells: say(cell=cell, cells=cells))
    say(page=True)
    executed = replace(executed, notebook=scrub(executed.notebook, hidden))
    inputs = scrub(read_inputs(work.run_dir), hidden)
    check_steady(inputs)
    files, record = build(work.job, work.root, executed, inputs, work.previous)
    for path, data in files.items():
        target = work.run_dir / MADE / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (work.run_dir / RECORD).write_text(json.dumps(record), "utf-8")


def as_failure(error: BaseException) -> ExecutionFailed:
    """Say of whatever stopped a run how it failed."""
    if isinstance(error, ExecutionFailed):
        return error
    name = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
    return ExecutionFailed(Failure(0, 0, "", "the page cannot be made", f"{name}{plain(str(error))}"))
