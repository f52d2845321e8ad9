"""What waits, put together into messages, which stay what they are over all their tries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from sqlite3 import Connection

from pmlib.reports.deliver import outbox
from pmlib.reports.deliver.outbox import Delivery
from pmlib.reports.deliver.settings import Settings
from pmlib.reports.slug import canonical


@dataclass(frozen=True)
class Batch:
    """One message.

    id : made from what it is about; its Message-ID is made from it.
    deliveries : those that it is tried for now, the oldest first.
    """

    id: str
    deliveries: list[Delivery]

    @classmethod
    def of(cls, some: list[Delivery]) -> "Batch":
        """Put deliveries of one way together."""
        about = sorted({(one.report, one.edition or one.id) for one in some})
        return cls(sha256(canonical([_way(some[0]), about]).encode()).hexdigest()[:32], some)

    @property
    def kind(self) -> str:
        """The way that it goes."""
        return self.deliveries[0].kind

    @property
    def reader(self) -> str:
        """For whom it is; nobody where it is for an owner."""
        return self.deliveries[0].reader

    @property
    def begun(self) -> datetime:
        """When it was put together."""
        return datetime.fromisoformat(self.deliveries[0].begun)

    @property
    def ids(self) -> list[str]:
        """The ids of its deliveries."""
        return [one.id for one in self.deliveries]

    @property
    def addresses(self) -> list[str]:
        """Where it goes."""
        return list(dict.fromkeys(one.address for one in self.deliveries))

    @property
    def words(self) -> str:
        """What it is, in a line of a list."""
        if self.kind == "failure":
            return f"failures to {self.addresses[0]}"
        count = len({(one.report, one.edition) for one in self.deliveries})
        about = self.deliveries[0].report if count == 1 else f"{count} reports"
        return f"{self.kind} to {self.reader}: {about}"


def due(box: Connection, found: Settings, now: datetime) -> list[Batch]:
    """Give the messages to be tried now; what waits and is in none yet becomes one for each place."""
    moment = now.isoformat(timespec="seconds")
    waiting = list(_wanted(box, found, outbox.find(box, state=outbox.WAITING), moment))
    fresh = dict[tuple[str, ...], list[Delivery]]()
    for one in waiting:
        if not one.batch:
            fresh.setdefault(_way(one), []).append(one)
    for some in fresh.values():
        outbox.mark(box, [one.id for one in some], batch=Batch.of(some).id, begun=moment)
    batches = dict[str, list[Delivery]]()
    for one in outbox.due(box, now):
        batches.setdefault(one.batch, []).append(one)
    return [Batch(number, some) for number, some in batches.items()]


def _way(one: Delivery) -> tuple[str, ...]:
    """Name what a delivery is one message with: mail of a reader, failures of an owner; commands none."""
    return {
        "mail": (one.kind, one.reader),
        "failure": (one.kind, one.address),
        "notify": (one.kind, one.reader, one.address),
    }.get(one.kind, (one.kind, one.reader, one.id))


def _wanted(box: Connection, found: Settings, waiting: list[Delivery], moment: str) -> Iterator[Delivery]:
    """Give those whose place the settings still name; the others are dropped, and that is noted."""
    there = {("failure", "", one.plain) for some in found.owners.values() for one in some}
    for name, reader in found.readers.items():
        there |= {("mail", name, one.plain) for one in reader.mail}
        there |= {("notify", name, one) for one in reader.notify}
        there |= {("command", name, "")} if reader.command else set()
    for one in waiting:
        if (one.kind, one.reader, one.address) in there:
            yield one
        else:
            gone = "reports/delivery.toml names it no longer"
            outbox.mark(box, [one.id], state=outbox.DROPPED, reason=gone, ended=moment)
