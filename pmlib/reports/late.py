"""When a report's data are too old: by the catalog's max_age, or by that of a table."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from pmlib.age import days
from pmlib.reports.editions import newest_data
from pmlib.reports.key import as_of
from pmlib.reports.plan import Job
from pmlib.reports.sources import last_day


def due(job: Job, record: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> date | None:
    """Give the last day on which the data of an edition are new enough; None where nothing says.

    record : the edition's run.json.
    tables : data/sources.toml.
    """
    allowed = [(newest_data(dict(record)), job.entry.max_age)]
    for entry in record["inputs"]:
        if age := tables.get(entry["name"], {}).get("max_age"):
            allowed.append((entry["newest"], timedelta(days(age))))
    return min((last_day(newest) + age for newest, age in allowed if newest and age), default=None)


def today(job: Job) -> date:
    """The day by which ages are counted: the job's as-of date, or else today."""
    given = as_of(job)
    return date.fromisoformat(given) if given else date.today()
