"""A scheduler in the foreground, for a container: calls for what is due as cron would, ends when told to."""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from pmlib.reports.entry import CATALOG

MINUTE = 60.0  # seconds between two calls at most, also by a clock that nobody sets
LOOK = 0.5  # seconds between two looks at clock and catalog
PATIENCE = 5.0  # seconds that a call may take to end


def serve(root: Path, command: Sequence[str], say: Callable[[str], None]) -> None:
    """Call a command as each minute begins, until an exception, such as that of Ctrl-C, ends it.

    Each call is a process of its own: a long one does not hold up the next, and what it took it gives back.
    """
    calls = list[subprocess.Popen[bytes]]()
    say("calling for what is due")
    try:
        while True:
            calls = [call for call in calls if call.poll() is None]
            calls.append(subprocess.Popen(command, stdin=subprocess.DEVNULL))
            if _wait(root):
                say(f"{CATALOG.as_posix()} has changed")
    finally:
        _end(calls)
        say("ended")


def _wait(root: Path) -> bool:
    """Wait until another minute begins, when reports are due; tell whether the catalog has changed before."""
    minute, end, catalog = time.time() // MINUTE, time.monotonic() + MINUTE, _signature(root)
    while time.time() // MINUTE == minute and time.monotonic() < end:
        time.sleep(LOOK)
        if _signature(root) != catalog:
            return True
    return False


def _signature(root: Path) -> tuple[int, ...]:
    try:
        found = os.stat(root / CATALOG)
    except OSError:
        return ()
    return (found.st_size, found.st_mtime_ns, found.st_ino)


def _end(calls: list[subprocess.Popen[bytes]]) -> None:
    """Have the calls that are on end in good order, or else at once."""
    for call in calls:
        call.terminate()
    end = time.monotonic() + PATIENCE
    for call in calls:
        with suppress(subprocess.TimeoutExpired):
            call.wait(max(0.0, end - time.monotonic()))
    for call in calls:
        call.kill()
        call.wait()
