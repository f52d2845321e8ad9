"""What is to be run: the catalog's reports as jobs, every parameter checked before the first one starts."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from pmlib.reports import labels, secrets, upstream
from pmlib.reports.entry import CATALOG, NAME, NAMING, Entry, PlanError, catalog, read_toml, readable
from pmlib.reports.job import Job, as_template, filled
from pmlib.reports.matrix import PUBLISHED, Row, rows
from pmlib.reports.notebook import read_notebook
from pmlib.reports.parameters import REQUIRED, Parameter, check_parameters, declared, parse
from pmlib.reports.slug import canonical, draft_slug
from pmlib.reports.typed import did_you_mean, plain_date, shown

__all__ = [
    "CATALOG", "NAME", "NAMING", "PUBLISHED", "SOURCES", "Entry", "Job", "PlanError", "Row",
    "attempt", "canonical", "catalog", "chosen", "jobs", "read_notebook", "scheduled", "select", "unplanned",
]  # fmt: skip

SOURCES = Path("data", "sources.toml")

Notebook = tuple[dict[str, Any], dict[str, Parameter]]  # as JSON, and the parameters that it declares


@dataclass(frozen=True)
class _Project:
    """What is read once for a whole batch."""

    root: Path
    tables: Mapping[str, Any]
    reports: Collection[str]
    notebook: Callable[[str], Notebook]
    moments: Mapping[str, datetime]
    now: datetime

    def day(self, row: Row) -> str:
        """Give the day that a report's schedule takes for today: that of the time it was last due."""
        if not row.entry.schedule:
            return ""
        from pmlib.reports.schedule.times import day  # most catalogs have no schedule

        return day(row.entry, self.moments.get(row.name, self.now))


def select(entries: Mapping[str, Entry], names: Sequence[str] = ()) -> list[Row]:
    """Choose reports by name or glob, in the catalog's order; all of them when none is named.

    The name of a matrix stands for all its reports; each has the name report/slug.

    Raises
    ------
    PlanError : a name fits none, or two reports of a matrix would stand in one folder.
    """
    return chosen(_rows(entries), names)


def jobs(root: Path, names: Sequence[str] = (), overrides: Mapping[str, str] | None = None) -> list[Job]:
    """Make a checked job of each chosen report, or of none; one whose Numbers another reads comes first.

    Raises
    ------
    PlanError : one line for each thing wrong in any of them, naming report and parameter.
    """
    made, wrong = attempt(root, names, overrides)
    if wrong:
        lines = dict[tuple[str, str], list[str]]()
        for name, said in wrong.items():
            for line in said:
                lines.setdefault((name.partition("/")[0], line), []).append(name)
        raise PlanError("\n".join(f"{_counted(who)}: {line}" for (_, line), who in lines.items()))
    return made


def attempt(
    root: Path, names: Sequence[str] = (), overrides: Mapping[str, str] | None = None
) -> tuple[list[Job], dict[str, list[str]]]:
    """Make a checked job of each chosen report that can be run.

    Parameters
    ----------
    overrides : parameters from the command line, as typed there; they make drafts.

    Returns
    -------
    The jobs, and what is wrong with each of the other reports.
    """
    every = _rows(catalog(root))
    return _made(_project(root, every), chosen(every, names), overrides or {})


def scheduled(
    root: Path, every: Sequence[Row], due: Mapping[str, datetime]
) -> tuple[list[Job], dict[str, list[str]]]:
    """Make a checked job of each report that is due, for the time that it is due; else as `attempt`.

    Parameters
    ----------
    every : all reports, for whose Numbers a report may ask.
    """
    made, wrong = _made(_project(root, every, due), [row for row in every if row.name in due], {})
    return [replace(job, due=due[job.name].isoformat()) for job in made], wrong


def _project(root: Path, every: Sequence[Row], moments: Mapping[str, datetime] | None = None) -> _Project:
    _check_day()
    declarations = read_toml(root, SOURCES) if (root / SOURCES).is_file() else {}
    notebook = cache(lambda name: _notebook(root, name))
    reports = {row.name for row in every}
    return _Project(root, declarations, reports, notebook, moments or {}, datetime.now(UTC))


def _made(
    project: _Project, every: Sequence[Row], overrides: Mapping[str, str]
) -> tuple[list[Job], dict[str, list[str]]]:
    made, wrong = dict[str, Job](), dict[str, list[str]]()
    for row in every:
        try:
            job = _job(project, row, overrides)
        except ValueError as error:
            wrong[row.name] = str(error).splitlines()
        else:  # drafts of a matrix are one where their axis is what was given
            made.setdefault(canonical([job.report, job.given]) if job.draft else job.name, job)
    ordered, circles = upstream.ordered(list(made.values()))
    return ordered, wrong | circles


def unplanned(root: Path, name: str, title: str) -> Job:
    """Stand in for the job of a report that cannot be planned, so that its failure can be told."""
    report, _, slug = name.partition("/")
    known = readable(root)[0].get(report) or Entry(notebook=report)
    entry = known.model_copy(update={"title": as_template(title)})
    given = dict(known.parameters)  # among them who is to hear of it
    return Job(report, entry, {"cells": []}, {}, given, {}, root / PUBLISHED / name, slug)


def _check_day() -> None:
    """Refuse a day that is none, which would become a part of every key."""
    if given := os.environ.get("PMLIB_AS_OF"):
        try:
            plain_date(given)
        except ValueError as error:
            raise PlanError(f"PMLIB_AS_OF {error}") from None


def _rows(entries: Mapping[str, Entry]) -> list[Row]:
    return [row for report, entry in entries.items() for row in rows(report, entry)]


def chosen(every: list[Row], names: Sequence[str]) -> list[Row]:
    """Choose reports by name or glob, in their order; all of them when none is named.

    Raises
    ------
    PlanError : a name fits none.
    """
    wanted = set[str]()
    for name in names:
        found = [r.name for r in every if fnmatchcase(r.report, name) or fnmatchcase(r.name, name)]
        if not found:
            there = list(dict.fromkeys(row.name if "/" in name else row.report for row in every))
            raise PlanError(f"no report is called {shown(name)}{did_you_mean(name, there)}")
        wanted.update(found)
    return [row for row in every if row.name in wanted or not names]


def _notebook(root: Path, name: str) -> Notebook:
    document = read_notebook(root, name)
    return document, declared(document["cells"], f"notebooks/{name}.ipynb")


def _job(project: _Project, row: Row, overrides: Mapping[str, str]) -> Job:
    document, known = project.notebook(row.entry.notebook)
    given, unread = row.entry.parameters | row.values, dict[str, str]()
    for key, text in overrides.items():
        try:
            given[key] = parse(known[key], text) if key in known else text
        except ValueError as error:
            unread[key] = f"parameter {key} {error}"
    readable = {key: parameter for key, parameter in known.items() if key not in unread}
    given = {key: value for key, value in given.items() if key not in unread}
    values, wrong = check_parameters(readable, given, project.tables)
    home = row.home(project.root)
    if unread or wrong:
        raise PlanError("\n".join([*unread.values(), *wrong]))
    if overrides:
        home = home / "drafts" / draft_slug({key: values[key] for key in overrides})
    given = {name: value for name, value in values.items() if not _is_default(value, known[name].default)}
    job = Job(
        row.report, row.entry, document, known, given, dict(overrides), home, row.slug, as_of=project.day(row)
    )
    _check(job, project)
    return job


def _is_default(value: Any, default: Any) -> bool:
    return default is not REQUIRED and canonical(value) == canonical(default)


def _check(job: Job, project: _Project) -> None:
    """Refuse what each parameter alone does not show to be wrong."""
    values, known = job.parameters, job.declared
    wrong = [
        *secrets.problems(values, known),
        *upstream.problems(values, known, project.reports),
    ]
    tables = {name: labels.declared(project.tables[name]) for name in labels.tables(values, known)}
    wrong += labels.problems(values, known, tables)
    try:
        filled(job.entry.title, values)
    except ValueError as error:
        wrong.append(str(error))
    if wrong:
        raise PlanError("\n".join(wrong))


def _counted(names: Sequence[str]) -> str:
    return f"{names[0]} and {len(names) - 1} more" if names[1:] else names[0]
