"""What a scheduler did about a report, kept durably under .pmlib/schedule; who writes it holds the report.

What counts as done is kept as spans of a schedule's times, so that years of a report that is due every minute
take a line; of each run there is a record besides, and the last of these are kept.
"""

import json
import sys
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from pmlib.reports.disk import make_folder, read, refuse_link, sweep, write
from pmlib.reports.retain import lock_of

FOLDER = Path(".pmlib", "schedule")
KEPT = 100  # records, and spans, of a report


@dataclass(frozen=True)
class Span:
    """Times of a schedule from the first to the last, all of them run, or all passed over."""

    first: datetime
    last: datetime
    passed: bool = False

    def counts(self, now: datetime) -> bool:
        """Tell whether it says anything of what is due now.

        What was passed over by a clock that was wrong, and is right again, was not passed over.
        """
        return self.first <= now and not (self.passed and self.last > now)


@dataclass(frozen=True)
class Record:
    """What became of a time of the schedule.

    result : "published", "fresh", "failed" or "passed over".
    passed : how many times before it were passed over for it, or with it; a thousand stands for more, too.
    line : why it failed.
    """

    due: datetime
    result: str
    began: datetime
    ended: datetime
    passed: int = 0
    line: str = ""


@dataclass(frozen=True)
class Begun:
    """A run that was begun; one that is not on any more was cut off. tries : how often for this time."""

    due: datetime
    began: datetime
    tries: int = 1


@dataclass(frozen=True)
class State:
    """All that is kept of a report."""

    spans: tuple[Span, ...] = ()
    records: tuple[Record, ...] = ()
    begun: Begun | None = None

    def settled(self, now: datetime) -> datetime | None:
        """Give the moment up to which all is done; None for a report that is new."""
        return max((min(span.last, now) for span in self.spans if span.counts(now)), default=None)

    def begin(self, due: datetime, now: datetime) -> Self:
        """Note that a run is begun."""
        tries = self.begun.tries + 1 if self.begun and self.begun.due == due else 1
        return replace(self, begun=Begun(due, now, tries))

    def passed_over(self, times: tuple[datetime, ...], now: datetime) -> Self:
        """Note that times went by without a run; the caller says of which one more is to be told."""
        return self._with(Span(times[0], times[-1], passed=True), now) if times else self

    def ended(self, record: Record) -> Self:
        """Note what became of a run."""
        found = self._with(Span(record.due, record.due), record.ended) if record.result != PASSED else self
        return replace(found, records=(*self.records, record)[-KEPT:], begun=None)

    def _with(self, span: Span, now: datetime) -> Self:
        """Add what follows all that is settled."""
        since = self.settled(span.first)
        kept = [one for one in self.spans if not (one.passed and one.last > now)]
        for at, one in enumerate(kept):
            if one.last == since and one.passed == span.passed:
                kept[at] = replace(one, last=span.last)
                break
        else:
            kept.append(span)
        return replace(self, spans=tuple(sorted(kept, key=lambda one: one.first)[-KEPT:]))


PASSED = "passed over"


def recall(root: Path, home: Path) -> State:
    """Read what is kept of a report; where that is damaged it counts as new, and its page is mostly fresh.

    Raises
    ------
    OSError : the disk could not be read, which says nothing about what is on it.
    """
    file = path(root, home)
    try:
        text = read(file)
    except FileNotFoundError:
        return State()
    try:
        return _state(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError):
        _say_damaged(file.relative_to(root).as_posix(), text)
        return State()


@lru_cache(maxsize=1000)  # once, though it is read again before it is written
def _say_damaged(path: str, text: bytes) -> None:
    print(f"pmlib: {path}: what was done of the schedule is damaged, and begun anew", file=sys.stderr)


def keep(state: State, root: Path, home: Path) -> None:
    """Write what is kept of a report in one step."""
    file = path(root, home)
    make_folder(file.parent, root)
    refuse_link(file, root)
    sweep(file.parent)
    write(file, json.dumps(asdict(state), default=datetime.isoformat, indent=1).encode() + b"\n")


def path(root: Path, home: Path) -> Path:
    """Name the file that holds what is kept of a report."""
    return root / FOLDER / lock_of(home, root).name / "state.json"


def _state(found: dict[str, Any]) -> State:
    return State(
        tuple(_made(Span, one) for one in found["spans"]),
        tuple(_made(Record, one) for one in found["records"]),
        _made(Begun, found["begun"]) if found["begun"] else None,
    )


def _made(kind: type[Any], found: dict[str, Any]) -> Any:
    """Make one of a kind, its moments aware of their offset."""
    values = {field.name: found[field.name] for field in fields(kind)}
    for field in fields(kind):
        if field.type is datetime:
            values[field.name] = moment = datetime.fromisoformat(values[field.name])
            if moment.tzinfo is None:
                raise ValueError(f"{moment} has no offset")
    return kind(**values)
