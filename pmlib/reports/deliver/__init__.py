"""From editions to readers: what a mail says, and how it goes out."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pmlib.reports.batch import End
    from pmlib.reports.job import Job

# Nothing heavy is imported up here: a scheduler asks every minute whether there is anything to send.


def queue(root: Path, job: "Job", end: "End", due: datetime | None = None) -> None:
    """Have readers get what a run made, or owners hear that it failed (see waiting.queue)."""
    from pmlib.reports.deliver import waiting

    waiting.queue(root, job, end, due)


def send(root: Path, say: Callable[[str], None], now: datetime | None = None) -> int:
    """Send what waits; give the number of messages that did not go out whole (see sending.send)."""
    from pmlib.reports.deliver import outbox

    moment = (now or datetime.now(UTC)).astimezone(UTC)
    if not outbox.has_due(root, moment):
        return 0
    from pmlib.reports.deliver import sending

    return sending.send(root, say, moment)
