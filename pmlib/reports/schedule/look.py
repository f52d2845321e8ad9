"""Which reports are due: told from the catalog and from what was done, without planning anything."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pmlib.reports.entry import Entry, PlanError, readable
from pmlib.reports.matrix import Row, rows
from pmlib.reports.plan import chosen
from pmlib.reports.schedule import state, times
from pmlib.reports.schedule.choice import choose


@dataclass
class Look:
    """What there is to do at a moment.

    rows : all reports that the catalog has and that can be read.
    due : the time that each report is to be run for, by name.
    over : reports of which times are passed over, and none is run.
    wrong : what is wrong with reports of which it cannot be told when they are due, by name; it names them.
    next : when there will be something to do.
    """

    rows: list[Row] = field(default_factory=list)
    due: dict[str, datetime] = field(default_factory=dict)
    over: list[Row] = field(default_factory=list)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    next: datetime | None = None

    @property
    def said(self) -> list[str]:
        """What is wrong, line by line."""
        return [line for lines in self.wrong.values() for line in lines]


def look(root: Path, now: datetime, names: Sequence[str] = ()) -> Look:
    """See which reports are due; one that is wrong leaves the others their turn.

    names : names and globs, as on the command line; all reports when there are none.

    Raises
    ------
    PlanError : the catalog cannot be read at all, a name fits no report, or nothing named has a schedule.
    """
    entries, wrong = readable(root)
    found = Look(wrong=wrong)
    found.rows = list(_rows(entries, wrong))
    wanted = chosen(found.rows, names)
    if names and not any(row.entry.schedule for row in wanted):
        raise PlanError(f"{wanted[0].name} has no schedule, and so is never due; give it one in the catalog")
    for row in wanted:
        if row.entry.schedule:
            try:
                _look(found, row, root, now)
            except (ValueError, OSError) as error:
                wrong[row.name] = [f"{row.name}: {error}"]
    return found


def _look(found: Look, row: Row, root: Path, now: datetime) -> None:
    after = times.around(row.entry, now)[1]
    choice = choose(row.entry, state.recall(root, row.home(root)), now, now)
    if choice and choice.due:
        found.due[row.name] = choice.due
    elif choice:
        found.over.append(row)
    if after and (found.next is None or after < found.next):
        found.next = after


def _rows(entries: Mapping[str, Entry], wrong: dict[str, list[str]]) -> Iterator[Row]:
    for name, entry in entries.items():
        try:
            yield from rows(name, entry)
        except ValueError as error:
            wrong[name] = str(error).splitlines()
