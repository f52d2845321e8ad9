"""The mail that a reader would get now, as files to look at; nothing is sent or noted."""

import base64
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from pmlib.reports.deliver import messages, outbox, whom
from pmlib.reports.deliver.batches import Batch
from pmlib.reports.deliver.item import Item
from pmlib.reports.deliver.settings import DELIVERY, Settings
from pmlib.reports.editions import newest
from pmlib.reports.plan import attempt
from pmlib.reports.typed import did_you_mean, shown

EML, HTML = "mail.eml", "mail.html"


def preview(root: Path, found: Settings, reader: str, folder: Path) -> list[Path]:
    """Write the mail of the newest editions that a reader reads, and its body as a page; give the files.

    Raises
    ------
    ValueError : there is no such reader, it gets no mail, or no report of it is published.
    """
    if reader not in found.readers:
        near = did_you_mean(reader, found.readers)
        raise ValueError(f"{DELIVERY.as_posix()} has no reader {shown(reader)}{near}")
    if not found.readers[reader].mail:
        raise ValueError(f"{DELIVERY.as_posix()}, [readers.{reader}]: gives no mail address; add mail")
    items = [
        Item(job.name, last, tuple(last.record.get("alerts", ())))
        for job in attempt(root)[0]
        if reader in whom.readers(found, job) and (last := newest(job.home))
    ]
    if not items:
        raise ValueError(f"no report of {reader} is published yet; pmlib run makes them")
    message = messages.digest(root, found, _batch(reader, items), items)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / EML).write_bytes(message.as_bytes())
    (folder / HTML).write_text(_page(message), "utf-8")
    return [folder / EML, folder / HTML]


def _batch(reader: str, items: list[Item]) -> Batch:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    about = [(item.name, item.edition.folder.name) for item in items]
    made = [outbox.Delivery("", "mail", "", reader, *one, "[]", now, begun=now) for one in about]
    return Batch.of(made)


def _page(message: EmailMessage) -> str:
    """Give the body as a mail program shows it: its pictures are parts of the mail, and here of the page."""
    body = message.get_body(("html",))
    assert isinstance(body, EmailMessage)
    pictures = {
        str(part["Content-ID"]).strip("<>"): base64.b64encode(part.get_content()).decode()
        for part in message.walk()
        if part["Content-ID"]
    }
    return re.sub(
        r'(?<=")cid:([^"]+)(?=")',
        lambda found: f"data:image/png;base64,{pictures[found[1]]}" if found[1] in pictures else found[0],
        body.get_content(),
    )
