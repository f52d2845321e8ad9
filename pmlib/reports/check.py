"""What can be said of a project without running anything."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from pmlib.reports import labels, plan
from pmlib.reports.style import problems as style_problems


def problems(root: Path) -> list[str]:
    """List what is wrong with the catalog, the parameters, the tables they name and the notebooks' style."""
    try:
        jobs = plan.jobs(root)
    except plan.PlanError as error:
        return str(error).splitlines()
    found = list(_with_tables(jobs))
    for notebook in sorted({job.entry.notebook for job in jobs}):
        found += style_problems(root / "notebooks" / f"{notebook}.ipynb")
    return found


def _with_tables(jobs: Sequence[plan.Job]) -> Iterator[str]:
    read = cache(_read)  # each table once, however many reports are on it
    for job in jobs:
        values, known = job.parameters, job.declared
        for name in labels.tables(values, known):
            held = read(name)
            wrong = [held] if isinstance(held, str) else labels.problems(values, known, name, held)
            yield from (f"{job.name}: {line}" for line in wrong)


def _read(name: str) -> labels.Held | str:
    """Read a table for its labels, or say what is wrong with it."""
    from pmlib import data

    try:
        return labels.held(data.read(name))
    except (ValueError, OSError) as error:
        return str(error)
