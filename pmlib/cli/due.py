"""`pmlib run --due`: runs what is due by its schedule and not yet done."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pmlib.reports.outgoing import send

if TYPE_CHECKING:
    from pmlib.cli.how import How
    from pmlib.reports.batch import End
    from pmlib.reports.job import Job
    from pmlib.reports.schedule.look import Look
    from pmlib.reports.schedule.turn import Turn


FIRST = datetime(2020, 1, 1, tzinfo=UTC)  # some machines start with a clock of 1970


def moment(text: str) -> datetime:
    """Read a moment from the command line."""
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"--at is {text!r}; write a moment with its offset, as in 2026-11-30T07:00+01:00")


def run_due(here: Path, names: tuple[str, ...], at: str | None, how: "How") -> bool:
    """Run what is due, and send what waits; tell whether all went well."""
    from pmlib.reports.schedule import idle

    fixed = moment(at) if at else None
    now = fixed or datetime.now(UTC)
    if now < FIRST and not fixed:
        raise ValueError(f"the clock says {now:%Y-%m-%d %H:%M} UTC; nothing is run until it is right")
    say = partial(click.echo, err=True)
    try:
        well = (not names and idle.is_known(here, now)) or _look(here, names, now, fixed, how)
    except ValueError:  # a catalog that cannot be read keeps back nothing that waits
        send(here, say)
        raise
    return not send(here, say) and well


def _look(here: Path, names: tuple[str, ...], now: datetime, fixed: datetime | None, how: "How") -> bool:
    from pmlib.reports.schedule import idle
    from pmlib.reports.schedule.listing import write_what_is_left
    from pmlib.reports.schedule.look import look
    from pmlib.reports.schedule.turn import Turn

    found = look(here, now, names)
    for line in found.said:
        click.echo(line, err=True)
    turn = Turn(here, now, lambda: fixed or datetime.now(UTC))
    for row in found.over:
        turn.pass_over(row)
    write_what_is_left(here)
    well = not found.wrong
    if found.due:
        well = _run(here, found, turn, how) and well
    elif well and not names:
        idle.note(here, now, found.next)
    for name, lines in found.wrong.items():  # last, so that it keeps no report from its turn
        turn.cannot_tell(name, "; ".join(lines))
    return well


def _run(here: Path, found: "Look", turn: "Turn", how: "How") -> bool:
    """Run reports for their times; those that make up for each that was missed go round again."""
    from pmlib.reports.fresh import Known
    from pmlib.reports.schedule import listing
    from pmlib.reports.schedule.look import look
    from pmlib.reports.schedule.places import is_free

    if not (how.dask or is_free(here, how.here)):
        return True  # those that are on run what is due next, and whoever is called after them
    known, well, due = Known(here), True, found.due
    each = {row.name for row in found.rows if row.entry.missed == "each"}
    with listing.written(here) as told:
        while due:
            ended = set[str]()
            for job, end in _round(here, found, due, turn, how):
                well &= not end.error
                ended |= {job.name} if end.outcome or end.error else set()
                if end.outcome and end.outcome.state == "fresh":
                    known.add(job, end.outcome.edition)
            told.update(ended)
            again = each & ended if well or how.keep_going else set()
            later = look(here, turn.called).due if again else {}
            due = {name: later[name] for name in again & later.keys() if later[name] > due[name]}
    known.save()
    return well


def _round(
    here: Path, found: "Look", due: Mapping[str, datetime], turn: "Turn", how: "How"
) -> Iterator[tuple["Job", "End"]]:
    from pmlib.reports import plan

    planned, wrong = plan.scheduled(here, found.rows, due)
    for row in found.rows:
        if row.name in wrong:
            why = "; ".join(wrong[row.name])
            job, end = turn.refuse(row, why)
            if end.error:
                click.echo(f"{row.name}: {why}", err=True)
            yield job, end
    with how.run(here, planned, turn) as ends:
        yield from ends
