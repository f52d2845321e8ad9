"""The outbox: what is to be delivered to whom, and what became of it, kept through any crash.

A delivery is waiting, then sending, then sent, or waiting again after a failure. One that is found sending
when nobody sends was cut off, and may or may not have arrived.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pmlib.reports.disk import make_folder, refuse_link
from pmlib.sql import Name, Sql, joined, sql

OUTBOX = Path(".pmlib", "deliveries.db")
WAITING, SENDING, SENT, QUIET, GIVEN_UP, DROPPED = (
    "waiting",
    "sending",
    "sent",
    "quiet",
    "given up",
    "dropped",
)
FARTHEST = timedelta(hours=4)  # of two tries
PATIENCE = 60  # seconds for another process that writes into it
KEPT = 10_000  # deliveries that are over, before those are forgotten that can never be asked for again


@dataclass(frozen=True)
class Delivery:
    """One thing for one place.

    id : the same for the same thing, so that it is never queued twice.
    kind : "mail", "notify", "command", or "failure" (a mail to an owner); address : where it goes.
    edition : the folder's name; about : JSON of a failure, or of what alerts.
    batch : the message that it is a part of, from its first try on; begun : when that was made.
    tries, unknown : how often it was tried, and how often without anybody saying what became of it.
    queued, due, ended : moments, in ISO and UTC; due is that of its next try.
    """

    id: str
    kind: str
    address: str
    reader: str
    report: str
    edition: str
    about: str
    queued: str
    state: str = WAITING
    batch: str = ""
    begun: str = ""
    tries: int = 0
    unknown: int = 0
    due: str = ""
    ended: str = ""
    reason: str = ""


COLUMNS = [field.name for field in fields(Delivery)]
SCHEMA = (
    f"create table if not exists deliveries ({', '.join(COLUMNS)}, primary key (id))",
    "create index if not exists by_state on deliveries (state)",
    "create index if not exists by_reader on deliveries (reader, report)",
)


@contextmanager
def opened(root: Path) -> Iterator[sqlite3.Connection]:
    """Open the outbox for changes that are kept all together, or not at all.

    Raises
    ------
    OSError : it cannot be read or written.
    """
    path = root / OUTBOX
    make_folder(path.parent, root)
    refuse_link(path, root)
    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as box:
            box.row_factory = sqlite3.Row
            box.execute("pragma synchronous = extra")  # the disk has it before we go on
            box.execute("begin immediate")
            for words in SCHEMA:
                box.execute(words)
            try:
                yield box
            except BaseException:
                box.execute("rollback")
                raise
            box.execute("commit")
    except sqlite3.Error as error:
        raise OSError(
            0, f"{error}; if it is damaged, move it away: the newest editions are sent once more", str(path)
        ) from None


def has_due(root: Path, now: datetime) -> bool:
    """Tell whether there is anything to send now, or to take up after a crash."""
    if not (root / OUTBOX).is_file():
        return False
    with opened(root) as box:
        return bool(due(box, now) or find(box, state=SENDING))


def due(box: sqlite3.Connection, now: datetime) -> list[Delivery]:
    """Give what waits and is to be tried now; a time far off is that of a clock that was set back since."""
    return [
        one
        for one in find(box, state=WAITING)
        if not one.due or not now < datetime.fromisoformat(one.due) <= now + FARTHEST
    ]


def add(box: sqlite3.Connection, deliveries: Iterable[Delivery]) -> None:
    """Put deliveries in that are not there yet."""
    for one in deliveries:
        asked = sql("insert or ignore into deliveries values ({})", joined(", ", asdict(one).values()))
        box.execute(asked.text, asked.parameters)


def mark(box: sqlite3.Connection, ids: Iterable[str], **facts: Any) -> None:
    """Note what became of deliveries."""
    changes = joined(", ", _equal(facts))
    for one in ids:
        asked = sql("update deliveries set {} where id = {}", changes, one)
        box.execute(asked.text, asked.parameters)


def find(box: sqlite3.Connection, **facts: str) -> list[Delivery]:
    """Give the deliveries of which all that holds, the oldest first."""
    asked = sql("select * from deliveries where {} order by rowid", joined(" and ", _equal(facts), "1"))
    return [Delivery(**row) for row in box.execute(asked.text, asked.parameters)]


def forget(box: sqlite3.Connection, root: Path, most: int = KEPT) -> None:
    """Forget what is over and can never be asked for again, once there is much of it.

    An edition that is kept no longer is not queued again, nor is a failure after which its owner was told of
    another one of the same report.
    """
    over = [one for one in find(box) if one.state not in (WAITING, SENDING)]
    if len(over) <= most:
        return
    last = {(one.kind, one.address, one.report): one.id for one in over if not one.edition}
    gone = [
        one.id
        for one in over
        if (one.id not in last.values() if not one.edition else not place(root, one).is_dir())
    ]
    box.executemany("delete from deliveries where id = ?", [(one,) for one in gone])


def place(root: Path, one: Delivery) -> Path:
    """Name the folder of the edition that is to be delivered."""
    from pmlib.reports.matrix import PUBLISHED

    return root / PUBLISHED / one.report / "editions" / one.edition


def _equal(facts: Mapping[str, Any]) -> Iterator[Sql]:
    return (sql("{} = {}", Name(name), value) for name, value in facts.items())
