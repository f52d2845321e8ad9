"""What can be said of a project without running anything."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pmlib.reports import labels, plan
from pmlib.reports.style import problems as style_problems

if TYPE_CHECKING:
    from pmlib.data import Source


def problems(root: Path) -> list[str]:
    """List what is wrong with the catalog, parameters, declared tables, delivery and the notebooks' style."""
    try:
        jobs = plan.jobs(root)
    except plan.PlanError as error:
        return str(error).splitlines()
    found = [*_with_tables(root, jobs), *_delivered(root, jobs)]
    for notebook in sorted({job.entry.notebook for job in jobs}):
        found += style_problems(root / "notebooks" / f"{notebook}.ipynb")
    return found


def _with_tables(root: Path, jobs: Sequence[plan.Job]) -> Iterator[str]:
    from pmlib.data.declaration import declarations

    read, told = cache(_read), set[str]()  # each table once, however many reports are on it
    for job in jobs:
        values, known = job.parameters, job.declared
        found = {name: read(name) for name in labels.tables(values, known)}
        told |= set(found)
        wrong = [line for one in found.values() if isinstance(one, list) for line in one]
        sources = {name: one for name, one in found.items() if not isinstance(one, list)}
        held = {name: labels.held(sources[name]) if name in sources else labels.unread for name in found}
        wrong += labels.problems(values, known, held)
        if len(sources) == len(found):
            wrong += labels.lacks(values, known, list(sources.values()))
        yield from (f"{job.name}: {line}" for line in wrong)
    for name in declarations(root) if (root / plan.SOURCES).is_file() else []:
        source = read(name) if name not in told else []
        yield from (f"{name}: {line}" for line in (source if isinstance(source, list) else []))


def _delivered(root: Path, jobs: Sequence[plan.Job]) -> Iterator[str]:
    from pmlib.reports.deliver import whom
    from pmlib.reports.deliver.settings import settings

    try:
        found = settings(root)
    except plan.PlanError as error:
        yield from str(error).splitlines()
    else:
        yield from whom.problems(found, jobs) if found else ()


def _read(name: str) -> "Source | list[str]":
    """Read a table, or say what is wrong with it."""
    from pmlib import data

    try:
        return data.read(name)
    except (ValueError, OSError) as error:
        return [str(error), *getattr(error, "others", ())]
