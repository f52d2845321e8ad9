"""A message as the settings have it: from whom, to whom, with which attachments, and where answers go."""

import json
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

from pmlib.reports.deliver import letter, whom
from pmlib.reports.deliver.batches import Batch
from pmlib.reports.deliver.item import Failed, Item
from pmlib.reports.deliver.settings import Settings


def digest(
    root: Path, found: Settings, batch: Batch, items: Sequence[Item], limit: int | None = None
) -> EmailMessage:
    """Write the mail of a batch to its reader; answers go to the owners of what is in it.

    limit : bytes that attachments may take; that of the settings by default.
    """
    mail, reader = found.mail, found.readers[batch.reader]
    assert mail is not None  # the settings name addresses
    owners = [whom.owner_then(item.edition) for item in items]
    answering = {box.plain: box.written for name in owners for box in found.owners.get(name, [])}
    return letter.digest(
        items,
        reader.audience or batch.reader.replace("_", " "),
        to=[box.written for box in reader.mail],
        sender=mail.sender.written,
        message_id=message_id(batch, found),
        date=batch.begun,
        root=root,
        link=found.link,
        attach=reader.attach,
        limit=mail.limit if limit is None else limit,
        reply_to=list(answering.values()),
    )


def failures(root: Path, found: Settings, batch: Batch) -> EmailMessage:
    """Write the mail of a batch to an owner."""
    assert found.mail is not None  # the settings name addresses
    (address,) = batch.addresses
    boxes = {box.plain: box.written for some in found.owners.values() for box in some}
    return letter.failures(
        [Failed(**json.loads(one.about)) for one in batch.deliveries],
        to=[boxes.get(address, address)],
        sender=found.mail.sender.written,
        message_id=message_id(batch, found),
        date=batch.begun,
        root=root,
        link=found.link,
    )


def message_id(batch: Batch, found: Settings) -> str:
    """Name a message: the same each time it is tried, so that a mail program shows a second copy as one."""
    assert found.mail is not None
    return f"<{batch.id}@{found.mail.sender.domain}>"
