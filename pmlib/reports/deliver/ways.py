"""The ways that messages go: mail, notify, command. Each says for every delivery what became of it."""

import json
from collections.abc import Callable
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from urllib.parse import quote

from pmlib.reports.deliver import command, messages, notify, outbox, smtp, variables
from pmlib.reports.deliver.answer import LATER, NEVER, Answer
from pmlib.reports.deliver.batches import Batch
from pmlib.reports.deliver.item import Item
from pmlib.reports.deliver.outbox import Delivery
from pmlib.reports.deliver.settings import Settings
from pmlib.reports.deliver.short import short
from pmlib.reports.editions import edition

GONE = "the edition is damaged or no longer kept"

Sending = Callable[[], None]
Answers = dict[str, Answer]


class Way:
    """Takes messages the way that they go; a server that could not be reached is not asked again by it."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self._root, self._settings = root, settings
        self._down = ""

    def __call__(self, batch: Batch, sending: Sending) -> Answers:
        """Try a message.

        Parameters
        ----------
        sending : called when it may be that from now on somebody has it.
        """
        if batch.kind == "failure":
            return self._mailed(
                batch, lambda limit: messages.failures(self._root, self._settings, batch), sending
            )
        items = {one.id: _item(self._root, one) for one in batch.deliveries}
        gone = {one: Answer(NEVER, GONE) for one, item in items.items() if item is None}
        there = [one for one in batch.deliveries if one.id not in gone]
        if not there:
            return gone
        left = Batch(batch.id, there)
        told = list({(item.name, item.edition.folder): item for item in items.values() if item}.values())
        if batch.kind == "mail":
            return gone | self._mailed(
                left, lambda limit: messages.digest(self._root, self._settings, left, told, limit), sending
            )
        sending()
        tell = self._notified if batch.kind == "notify" else self._commanded
        return gone | dict.fromkeys(left.ids, tell(left, told))

    def _mailed(self, batch: Batch, write: Callable[[int], EmailMessage], sending: Sending) -> Answers:
        mail = self._settings.mail
        assert mail is not None  # the settings name addresses
        if self._down:
            return dict.fromkeys(batch.ids, Answer(LATER, self._down))
        try:
            with smtp.connected(mail) as server:
                hand = partial(smtp.deliver, server, mail.sender.plain, batch.addresses, sending=sending)
                try:
                    answers = hand(write(mail.limit).as_bytes())
                except smtp.TooLarge:
                    answers = hand(write(0).as_bytes())
        except smtp.Unreachable as error:
            self._down = str(error)
            return dict.fromkeys(batch.ids, Answer(LATER, self._down))
        except smtp.TooLarge as error:
            return dict.fromkeys(batch.ids, Answer(NEVER, f"too large even without attachments: {error}"))
        return {one.id: answers[one.address] for one in batch.deliveries}

    def _notified(self, batch: Batch, told: list[Item]) -> Answer:
        return notify.post(batch.addresses[0], [short(item, self._link(item)) for item in told])

    def _commanded(self, batch: Batch, told: list[Item]) -> Answer:
        (item,) = told  # a command is run for each edition
        one = short(item, self._link(item))
        page = item.edition.folder / "index.html"
        values = {
            "page": str(page),
            "report": item.name,
            "edition": item.edition.folder.name,
            "title": one.title,
            "link": one.link,
        }
        words = command.filled(self._settings.readers[batch.reader].command, values)
        hidden = set(filter(None, map(variables.name, self._settings.secrets)))
        return command.run(words, self._root, one.data() | values, hidden)

    def _link(self, item: Item) -> str:
        return f"{self._settings.link}/{quote(item.name)}/index.html" if self._settings.link else ""


def _item(root: Path, one: Delivery) -> Item | None:
    found = edition(outbox.place(root, one))
    return Item(one.report, found, tuple(json.loads(one.about))) if found else None
