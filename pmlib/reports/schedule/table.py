"""How each schedule stands: when a report runs next, when it last did, how late, and how that went."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from pmlib.reports.disk import Busy, lock
from pmlib.reports.matrix import Row
from pmlib.reports.retain import lock_of
from pmlib.reports.schedule import times
from pmlib.reports.schedule.choice import choose
from pmlib.reports.schedule.look import Look
from pmlib.reports.schedule.state import PASSED, Record, State, recall
from pmlib.reports.schedule.turn import TRIES

HEAD = ("report", "schedule", "zone", "next", "last due", "late by", "result", "passed over", "failed")


@dataclass(frozen=True)
class Standing:
    """How the schedule of a report stands: the cells of its line, and what more there is to say of it."""

    cells: tuple[str, ...]
    more: tuple[str, ...] = ()


def standings(root: Path, found: Look, now: datetime) -> Iterator[Standing]:
    """Give how each report with a schedule stands that can be read."""
    for row in found.rows:
        if row.entry.schedule and row.name not in found.wrong:
            yield _standing(root, row, now)


def _standing(root: Path, row: Row, now: datetime) -> Standing:
    when, state = times.of(row.entry), recall(root, row.home(root))
    records = [one for one in state.records if one.due <= now]
    last = max(records, key=lambda one: one.due, default=None)
    after, choice = when.after(now), choose(row.entry, state, now, now)
    told = _local(after, when.clock) if after else "never"
    cells = (
        row.name,
        when.words,
        row.entry.zone,
        "now" if choice and choice.due else told,
        _local(last.due, when.clock) if last else "-",
        _late(last) if last else "-",
        _running(root, row, state) or (last.result if last else "not yet"),
        str(sum(one.passed for one in records) or "-"),
        _failures(records),
    )
    failed = last.line if last and last.result == "failed" else ""
    lines = [f"{row.name}: {failed}"] if failed else []
    if when.note:
        lines.append(f"{row.name}: {when.note}")
    return Standing(cells, tuple(lines))


def _running(root: Path, row: Row, state: State) -> str:
    """Say of a run that was begun whether it is on, or was cut off."""
    if not state.begun:
        return ""
    try:
        with lock(lock_of(row.home(root), root), root, patient=False):
            return f"cut off, {state.begun.tries} of {TRIES}"
    except Busy:
        return "running"


def _failures(records: list[Record]) -> str:
    runs = [one for one in records if one.result != PASSED]
    failed = sum(one.result == "failed" for one in runs)
    return f"{failed} of {len(runs)}" if failed else "-"


def _local(moment: datetime, clock: tzinfo) -> str:
    return moment.astimezone(clock).strftime("%Y-%m-%d %H:%M")


def _late(record: Record) -> str:
    return "-" if record.result == PASSED else span(record.began - record.due)


def span(time: timedelta) -> str:
    """Write a time that went by in its two largest units."""
    minutes, seconds = divmod(max(0, int(time.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    first = next((at for at, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count) or "0 s"
