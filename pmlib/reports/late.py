"""When a report's data are too old: by the catalog's max_age, or by that of a table."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from pmlib.age import days
from pmlib.reports.entry import Entry
from pmlib.reports.key import as_of
from pmlib.reports.plan import Job
from pmlib.reports.sources import last_day


def due(job: Job, record: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> date | None:
    """Give the last day on which the data of an edition are new enough; None where nothing says.

    record : the edition's run.json.
    tables : data/sources.toml.
    """
    return good_until(job.entry, record["inputs"], tables)


def good_until(
    entry: Entry, inputs: Iterable[Mapping[str, Any]], tables: Mapping[str, Mapping[str, Any]]
) -> date | None:
    """Give the last day on which inputs are new enough for a report of the catalog.

    inputs : each with its name and the newest date in it.
    """
    newest = [(str(given["name"]), str(given["newest"] or "")) for given in inputs]
    allowed = [(max((day for _, day in newest), default=""), entry.max_age)]
    for name, day in newest:
        if age := tables.get(name, {}).get("max_age"):
            allowed.append((day, timedelta(days(age))))
    return min((last_day(day) + age for day, age in allowed if day and age), default=None)


def today(job: Job) -> date:
    """The day by which ages are counted: the job's as-of date, or else today."""
    given = as_of(job)
    return date.fromisoformat(given) if given else date.today()
