"""The times of a report's schedule around a moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from pmlib.reports.entry import Entry
from pmlib.reports.schedule.when import When, when

COUNTED = 1000  # times that went by of which each is known; of more, only the newest


def of(entry: Entry) -> When:
    """Read a report's schedule.

    Raises
    ------
    ValueError : it cannot be read, or its time zone is not known here.
    """
    return when(entry.schedule, entry.zone)


def day(entry: Entry, moment: datetime) -> str:
    """Give the local day of the newest time up to a moment; nothing where there is none yet."""
    return _day(entry.schedule, entry.zone, moment)


def around(entry: Entry, moment: datetime) -> tuple[datetime | None, datetime | None]:
    """Give the newest time up to a moment, and the next after it."""
    return _around(entry.schedule, entry.zone, moment)


def gone_by(entry: Entry, since: datetime, now: datetime) -> Sequence[datetime]:
    """List the times after one moment and up to another, the oldest first; of very many the newest."""
    return _gone_by(entry.schedule, entry.zone, since, now)


@lru_cache(maxsize=10_000)  # many reports share a schedule
def _day(schedule: str, zone: str, moment: datetime) -> str:
    times = when(schedule, zone)
    latest = times.latest(moment)
    return times.day(latest).isoformat() if latest else ""


@lru_cache(maxsize=10_000)
def _around(schedule: str, zone: str, moment: datetime) -> tuple[datetime | None, datetime | None]:
    times = when(schedule, zone)
    return times.latest(moment), times.after(moment)


@lru_cache(maxsize=100)
def _gone_by(schedule: str, zone: str, since: datetime, now: datetime) -> tuple[datetime, ...]:
    times, found = when(schedule, zone), list[datetime]()
    time = times.latest(now)
    while time and time > since and len(found) < COUNTED:
        found.append(time)
        time = times.latest(time - timedelta(microseconds=1))
    return tuple(reversed(found))
