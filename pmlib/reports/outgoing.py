"""What goes from runs to readers' desks, where reports/delivery.toml says who gets what."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pmlib.reports.batch import End
    from pmlib.reports.job import Job

DELIVERY = Path("reports", "delivery.toml")


def queue(root: Path, job: "Job", end: "End", due: datetime | None) -> None:
    """Put what became of a report where it waits to be sent; due : the time it was run for, None by hand."""
    if (root / DELIVERY).is_file():
        from pmlib.reports import deliver

        deliver.queue(root, job, end, due)


def send(root: Path, say: Callable[[str], None]) -> int:
    """Send what waits; give how many deliveries failed."""
    if not (root / DELIVERY).is_file():
        return 0
    from pmlib.reports import deliver

    return deliver.send(root, say)
