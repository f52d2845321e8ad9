"""Whether mail, notifications and commands could leave now: tried unheard, or by a test that is read."""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

from pmlib.reports.deliver import notify, smtp, variables
from pmlib.reports.deliver.address import Mailbox, mailbox
from pmlib.reports.deliver.answer import SENT
from pmlib.reports.deliver.envelope import envelope
from pmlib.reports.deliver.settings import DELIVERY, Mail, Settings, settings
from pmlib.reports.plan import PlanError
from pmlib.reports.typed import did_you_mean, shown

SUBJECT = "A test of how reports are delivered"
TEXT = "This is a test: reports can reach you here. There is nothing for you to do.\n"


def probe(root: Path) -> list[str]:
    """Say what would keep deliveries from going out now, and what to do about each; nobody gets anything.

    The mail server is connected with, and logged in to.
    """
    try:
        found = settings(root)
    except PlanError as error:
        return str(error).splitlines()
    if found is None:
        return []
    wrong = [*_notified(found), *_commanded(root, found)]
    if found.mail:
        try:
            with smtp.connected(found.mail):
                pass
        except smtp.Unreachable as error:
            wrong.append(str(error))
    return wrong


def trial(found: Settings, whom: str) -> Iterator[tuple[str, str]]:
    """Send a test to a reader, by mail and by notification, or to an address.

    Returns
    -------
    Each place, and what keeps it from getting anything; nothing where it took the test.

    Raises
    ------
    ValueError : there is no such reader, and it is no address.
    """
    if "@" in whom:
        boxes, services = [mailbox(whom)], list[str]()
    elif whom in found.readers:
        boxes, services = found.readers[whom].mail, found.readers[whom].notify
    else:
        near = did_you_mean(whom, found.readers)
        raise ValueError(f"{DELIVERY.as_posix()} has no reader {shown(whom)}{near}")
    if boxes and not found.mail:
        raise ValueError(f"{DELIVERY.as_posix()} has no [mail], which says by which server mail leaves")
    if boxes and found.mail:
        yield from _mailed(found.mail, boxes)
    for service in services:
        answer = notify.tell(service, SUBJECT, TEXT)
        yield service, "" if answer.how == SENT else variables.told(answer.reason, found.secrets)


def _mailed(mail: Mail, boxes: list[Mailbox]) -> Iterator[tuple[str, str]]:
    message = envelope(
        SUBJECT,
        to=[box.written for box in boxes],
        sender=mail.sender.written,
        message_id=make_msgid(domain=mail.sender.domain),
        date=datetime.now(UTC),
    )
    message.set_content(TEXT, cte="quoted-printable")
    yield from _handed(mail, [box.plain for box in boxes], message)


def _handed(mail: Mail, to: list[str], message: EmailMessage) -> Iterator[tuple[str, str]]:
    try:
        with smtp.connected(mail) as server:
            answers = smtp.deliver(server, mail.sender.plain, to, message.as_bytes(), lambda: None)
    except (smtp.Unreachable, smtp.TooLarge) as error:
        yield from ((one, str(error)) for one in to)
    else:
        for one, answer in answers.items():
            yield one, variables.told(answer.reason, (mail.user, mail.password))


def _notified(found: Settings) -> Iterator[str]:
    services = dict.fromkeys(one for reader in found.readers.values() for one in reader.notify)
    if services and not importlib.util.find_spec("apprise"):
        yield notify.MISSING
        return
    for one in services:
        try:
            notify.service(one)
        except ValueError as error:
            yield variables.told(error, found.secrets)


def _commanded(root: Path, found: Settings) -> Iterator[str]:
    for name, reader in found.readers.items():
        if reader.command:
            program = reader.command[0]
            there = os.access(root / program, os.X_OK) if "/" in program else shutil.which(program)
            if not there:
                where = f"{DELIVERY.as_posix()}, [readers.{name}]"
                yield f"{where}: command {shown(program)} is no program here; correct it, or allow to run it"
