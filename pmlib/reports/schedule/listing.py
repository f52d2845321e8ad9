"""The list of reports after scheduled runs: written at their end, or by the next call after a crash."""

from contextlib import suppress
from pathlib import Path

from pmlib.reports.disk import make_folder, refuse_link
from pmlib.reports.entry import PlanError
from pmlib.reports.index import write_index
from pmlib.reports.retain import clear_runs
from pmlib.reports.schedule.idle import UNLISTED
from pmlib.reports.schedule.places import are_free


def begin(root: Path) -> None:
    """Note that pages may be published which the list of reports does not show yet."""
    make_folder((root / UNLISTED).parent, root)
    refuse_link(root / UNLISTED, root)
    (root / UNLISTED).touch()


def write(root: Path) -> None:
    """Write the list of reports, and clear away what runs left."""
    with suppress(PlanError):  # a catalog that is broken was told of; once it is mended the list is written
        write_index(root)
        (root / UNLISTED).unlink(missing_ok=True)
    clear_runs(root)


def write_what_is_left(root: Path) -> None:
    """Write the list of reports where runs were cut off before they did."""
    if (root / UNLISTED).exists() and are_free(root):
        write(root)
