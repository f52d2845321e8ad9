"""The list of reports after scheduled runs: written at their end, or by the next call after a crash."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pmlib.reports.disk import make_folder, refuse_link
from pmlib.reports.entry import PlanError
from pmlib.reports.index import write_index
from pmlib.reports.retain import clear_runs
from pmlib.reports.schedule.idle import UNLISTED
from pmlib.reports.schedule.places import are_free


@contextmanager
def written(root: Path) -> Iterator[set[str]]:
    """Have the list of reports written after runs; the names of those that ended go into what this gives."""
    mark, ended = root / UNLISTED, set[str]()
    make_folder(mark.parent, root)
    refuse_link(mark, root)
    was_there = mark.exists()
    mark.touch()
    yield ended
    if ended:
        _write(root)
    elif not was_there:  # another scheduler runs them all
        mark.unlink(missing_ok=True)


def write_what_is_left(root: Path) -> None:
    """Write the list of reports where runs were cut off before they did."""
    if (root / UNLISTED).exists() and are_free(root):
        _write(root)


def _write(root: Path) -> None:
    with suppress(PlanError):  # a catalog that is broken was told of; once it is mended the list is written
        write_index(root)
        (root / UNLISTED).unlink(missing_ok=True)
    clear_runs(root)
