"""When a report is due: the moments that a schedule names on the clock of a place.

A run is due at the first moment when the clock there shows the named time or has passed it. So a time that
the spring change leaves out is due when the clock has jumped over it, one that the autumn change shows twice
is due the first time, and each local day has its run once. A schedule that names no hour, such as "every 15
minutes", runs on in real time through both. The calendar is the cronsim package's, asked without a time zone:
with one it gives moments that have passed (inside the autumn hour) and leaves some out (where clocks change
by half an hour).
"""

import heapq
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo, available_timezones

from pmlib.reports.schedule import cron
from pmlib.reports.schedule.words import crons, tidied
from pmlib.reports.typed import did_you_mean, shown

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
LONGEST = 200  # characters of a schedule


@dataclass(frozen=True)
class When:
    """The moments at which a schedule is due: aware, and in UTC.

    words : the schedule, tidied; of a cron expression what it says.
    crons : the cron expressions that it means.
    clock : the time zone by which they are read.
    note : what a reader may not expect of it; mostly empty.
    """

    words: str
    crons: tuple[str, ...]
    clock: tzinfo
    note: str = ""

    def after(self, moment: datetime) -> datetime | None:
        """Give the first due moment after this one; None where the calendar ends."""
        return next(self._runs(_utc(moment)), None)

    def latest(self, moment: datetime) -> datetime | None:
        """Give the last due moment that is not after this one; None where the calendar begins."""
        return max(filter(None, (self._latest(line, _utc(moment)) for line in self.crons)), default=None)

    def between(self, start: datetime, end: datetime) -> list[datetime]:
        """Give the due moments after start, up to and with end."""
        end = _utc(end)
        return list(takewhile(lambda due: due <= end, self._runs(_utc(start))))

    def day(self, moment: datetime) -> date:
        """Give the date that the clock shows: the as-of date of a run that is due then."""
        return self._shown(_utc(moment)).date()

    def _runs(self, last: datetime) -> Iterator[datetime]:
        for due in heapq.merge(*(self._line(line, last) for line in self.crons)):
            if due > last:  # times that one change leaves out are due at one moment, once
                last = due
                yield due

    def _line(self, line: str, moment: datetime) -> Iterator[datetime]:
        """Give the moments of one expression in order, from about this one on."""
        if cron.flows(line):
            return self._ticks(line, moment, 1)
        return filter(None, map(self._reached, cron.walls(line, self._shown(moment))))

    def _latest(self, line: str, moment: datetime) -> datetime | None:
        if cron.flows(line):
            return next(self._ticks(line, moment, -1), None)
        here = moment.astimezone(self.clock)
        # In the second autumn hour the clock has already shown later times than it shows now.
        ahead = moment - here.replace(fold=0).astimezone(UTC)
        start = self._shown(moment).replace(microsecond=0) + ahead + SECOND
        reached = map(self._reached, cron.walls(line, start, back=True))
        return next((due for due in reached if due and due <= moment), None)

    def _ticks(self, line: str, moment: datetime, way: int) -> Iterator[datetime]:
        minutes, due = cron.minutes(line), moment.replace(second=0, microsecond=0)
        while True:
            if self._shown(due).minute in minutes:
                yield due
            try:
                due += way * MINUTE
            except OverflowError:
                return

    def _shown(self, moment: datetime) -> datetime:
        return moment.astimezone(self.clock).replace(tzinfo=None, fold=0)

    def _reached(self, wall: datetime) -> datetime | None:
        """Give the first moment when the clock shows this time or a later one; None if it skips the day."""
        due = wall.replace(tzinfo=self.clock).astimezone(UTC)
        if self._shown(due) == wall:
            return due
        before = wall.replace(tzinfo=self.clock, fold=1).astimezone(UTC)  # the clock jumps between these two
        if due - before >= DAY:
            return None
        seconds = range((due - before) // SECOND)
        jump = bisect_left(seconds, True, key=lambda s: self._shown(before + s * SECOND) >= wall)
        return before + jump * SECOND


@lru_cache(maxsize=4096)  # hundreds of reports share a schedule
def when(schedule: str, zone: str) -> When:
    """Read a schedule: five cron fields, or words such as "weekdays 07:00".

    Parameters
    ----------
    schedule : as in reports/catalog.toml.
    zone : by whose clock it is read, such as "Europe/Berlin".

    Raises
    ------
    ValueError : it cannot be read or never comes, or the zone is unknown; one line that says what is allowed.
    """
    clock = _clock(zone)
    if len(schedule) > LONGEST:
        raise ValueError(f"schedule is {shown(schedule)}; write it in at most {LONGEST} characters")
    is_cron = cron.looks_like(schedule)
    lines = [cron.checked(schedule)] if is_cron else crons(schedule)
    if not cron.comes(lines[0]):
        raise ValueError(f"schedule is {shown(schedule)}, which never comes; correct its day or its month")
    words = cron.told(lines[0]) if is_cron else tidied(schedule)
    return When(words=words, crons=tuple(lines), clock=clock, note=cron.note(lines[0]))


def _clock(zone: str) -> tzinfo:
    if zone == "UTC":  # needs no data
        return UTC
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # not there, no name of a zone, or a folder of zones
        pass
    known = available_timezones()
    if not known:
        raise ValueError(f"zone is {shown(zone)}, and this machine has no time-zone data; pip install tzdata")
    same = [name for name in sorted(known) if zone and name.lower().endswith(zone.lower().replace(" ", "_"))]
    near = f"; did you mean {same[0]}?" if same else did_you_mean(zone, known)
    raise ValueError(f"zone is {shown(zone)}, which is unknown{near or '; write it as in Europe/Berlin'}")


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"the moment {moment} has no offset; write it as in 2026-03-31T07:00+02:00")
    if not 1900 <= moment.year <= 9000:
        raise ValueError(f"the moment {moment} is in no year that schedules know; write 1900 to 9000")
    return moment.astimezone(UTC)
