"""For which time of its schedule a report is run now, and which times are passed over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pmlib.reports.entry import Entry
from pmlib.reports.schedule import times
from pmlib.reports.schedule.state import State

TICK = timedelta(minutes=15)  # a time that is later than this was missed, where missed = "none"
EACH = 100  # times that are made up for at most, where missed = "each"


@dataclass(frozen=True)
class Choice:
    """The time that a report is to be run for, if there is one, and those before it that are passed over."""

    due: datetime | None
    passed: tuple[datetime, ...] = ()


def choose(entry: Entry, state: State, called: datetime, now: datetime) -> Choice | None:
    """Choose for what a report is run; None where nothing is due. One that is new is run for its newest time.

    called : when the scheduler was called: a report that waited for its turn since is not late.
    """
    if not entry.schedule:
        return None
    newest, since = times.around(entry, now)[0], state.settled(now)
    if newest is None or (since and newest <= since):
        return None
    missed = tuple(times.gone_by(entry, since, now)) if since else (newest,)
    if entry.missed == "each":
        return Choice(missed[-EACH:][0], missed[:-EACH])
    if entry.missed == "none" and (called if newest <= called else now) - newest > TICK:
        return Choice(None, missed)
    return Choice(missed[-1], missed[:-1])
