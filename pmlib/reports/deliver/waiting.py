"""What a run gives its readers and owners to hear of: put into the outbox, once, before anything is sent."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from sqlite3 import Connection

from pmlib.reports.alerts import standing
from pmlib.reports.batch import End
from pmlib.reports.deliver import outbox, whom
from pmlib.reports.deliver.item import Failed
from pmlib.reports.deliver.outbox import Delivery
from pmlib.reports.deliver.settings import Reader, Settings, settings
from pmlib.reports.editions import Edition, edition, failure, folders, newest
from pmlib.reports.failure import command
from pmlib.reports.job import Job
from pmlib.reports.press import CLOCK
from pmlib.reports.render import as_failure
from pmlib.reports.secrets import secrets
from pmlib.reports.slug import canonical
from pmlib.secret import scrub

CHANGING = re.compile(r"0x[0-9a-fA-F]+|\d+")  # what differs each time in the words of one failure
GOES = (outbox.WAITING, outbox.SENDING, outbox.SENT)
UNMOVED, CALM = "nothing moved beyond its interval", "no alert"
UNOWNED = "[owners] names nobody who hears of it"


def queue(root: Path, job: Job, end: End, due: datetime | None = None) -> None:
    """Have readers get an edition, or owners hear of a failure; a second call for the same does nothing.

    Where reports/delivery.toml is not there, nothing is delivered; nor are drafts.

    Parameters
    ----------
    due : the time that the run was for; now, by default.

    Raises
    ------
    PlanError : reports/delivery.toml says what it may not.
    OSError : the outbox cannot be written.
    """
    found = settings(root)
    if found is None or job.draft:
        return
    when = (due or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    if end.error:
        failed, ids = _failed(job, end.error)
        to = [one.plain for one in whom.owners(found, whom.owner(job))]
        told = [_failure(one, job.name, ids, failed, when) for one in to]
        if not to:
            nobody = _failure("", job.name, ids, failed, when)
            told = [replace(nobody, state=outbox.QUIET, reason=UNOWNED, ended=when)]
        with outbox.opened(root) as box:
            outbox.add(box, told)
    elif end.outcome:
        with outbox.opened(root) as box:
            for name, reader in whom.readers(found, job).items():
                _queue(box, name, reader, job, end.outcome.edition, when)


def undelivered(box: Connection, found: Settings, root: Path, lost: list[Delivery], when: str) -> None:
    """Have the owners of reports hear what was given up; of a mail to an owner itself nobody does."""
    alike = dict[tuple[str, str, str, str], list[Delivery]]()
    for one in lost:
        if one.kind != "failure":
            alike.setdefault((one.report, one.kind, one.reader, one.reason), []).append(one)
    for (report, kind, reader, reason), some in alike.items():
        last = edition(outbox.place(root, some[0]))
        places = ", ".join(one.address for one in some if kind == "mail")
        line = f"{kind} to {reader}{places and f' ({places})'} was given up: {reason}"
        failed = Failed(report, last.record["title"] if last else report, when, line, "pmlib deliver --again")
        to = whom.owners(found, whom.owner_then(last))
        about = ["undelivered", when, *(one.id for one in some)]
        outbox.add(box, [_failure(address.plain, report, about, failed, when) for address in to])


def _queue(box: Connection, name: str, reader: Reader, job: Job, now: Edition, when: str) -> None:
    alerts = list(now.record.get("alerts", ()))
    what = (name, job.name, now.folder.name)
    made = [
        Delivery(_id(kind, address, what), kind, address, *what, canonical(alerts), when)
        for kind, address in _places(reader)
    ]
    if all(outbox.find(box, id=one.id) for one in made):
        return
    if quiet := _quiet(outbox.find(box, reader=name, report=job.name), reader, now, alerts):
        made = [replace(one, state=outbox.QUIET, reason=quiet, ended=when) for one in made]
    outbox.add(box, made)


def _places(reader: Reader) -> Iterator[tuple[str, str]]:
    yield from (("mail", one.plain) for one in reader.mail)
    yield from (("notify", one) for one in reader.notify)
    if reader.command:
        yield "command", ""


def _quiet(before: Sequence[Delivery], reader: Reader, now: Edition, alerts: list[str]) -> str:
    """Say why a reader does not want an edition, who got others before; nothing if it is wanted."""
    if reader.when == "alert":
        return "" if alerts else CALM
    told = [one for one in before if one.state in GOES and one.edition != now.folder.name]
    if reader.when == "always" or not told:
        return ""
    from pmlib.reports.deliver.brief import news

    last = edition(now.folder.with_name(told[-1].edition)) if told[-1].edition in _kept(now) else None
    if last is None:  # how far it moved since then nobody can tell
        return ""
    known = {standing(line) for line in json.loads(told[-1].about)}
    return "" if {standing(line) for line in alerts} - known or news(now, last) else UNMOVED


def _kept(one: Edition) -> set[str]:
    return {folder.name for folder in folders(one.home)}


def _failed(job: Job, error: Exception) -> tuple[Failed, list[str]]:
    """Say what failed, and what tells it from other failures: its words, and since when it has gone on."""
    why = as_failure(error).failure
    record, last = failure(job.home) or {}, newest(job.home)
    since = str(record.get("since") or (last.folder.name if last else ""))
    words = CHANGING.sub("#", f"{why.error}: {why.message}")
    line, shown = scrub([why.line, command(job)], secrets(job))
    when = str(record.get("since") or datetime.now(UTC).strftime(CLOCK))
    about = [since, last.folder.name if last else "", str(why.cell), scrub(words, secrets(job))]
    return Failed(job.name, job.title, when, line, shown), about


def _failure(address: str, report: str, about: list[str], failed: Failed, when: str) -> Delivery:
    number = _id("failure", address, (report, *about))
    return Delivery(number, "failure", address, "", report, "", canonical(asdict(failed)), when)


def _id(kind: str, address: str, what: Sequence[str]) -> str:
    return sha256(canonical([kind, address, what]).encode()).hexdigest()[:32]
