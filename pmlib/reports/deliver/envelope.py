"""A mail as it travels: its headers, and its parts in the order in which programs look for them."""

from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

from pmlib.reports.deliver.attach import Attachment
from pmlib.reports.deliver.body import Body
from pmlib.reports.deliver.picture import Picture


class _Policy(EmailPolicy):
    """How mail is written for SMTP; Python 3.11 loses and doubles spaces of a subject that it folds."""

    def fold(self, name: str, value: Any) -> str:
        """Write a header."""
        if name != "Subject":
            return super().fold(name, value)
        text = str(value)  # short enough for a line of its own
        words = (
            text if text.isascii() else Header(text, "utf-8", header_name=name).encode(linesep=self.linesep)
        )
        return f"{name}: {words}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Write a header as bytes."""
        return self.fold(name, value).encode() if name == "Subject" else super().fold_binary(name, value)


POLICY = _Policy(linesep="\r\n")


def envelope(
    subject: str,
    *,
    to: Sequence[str],
    sender: str,
    message_id: str,
    date: datetime,
    reply_to: Sequence[str] = (),
) -> EmailMessage:
    """Write the headers of a mail that a program sends.

    Raises
    ------
    ValueError : an address holds the end of a line, and so would be a header of its own.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = sender
    message["To"] = ", ".join(to)
    if reply_to:
        message["Reply-To"] = ", ".join(reply_to)
    message["Subject"] = subject
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers it
    message["X-Auto-Response-Suppress"] = "All"  # the same, for Exchange
    return message


def filled(
    message: EmailMessage,
    body: Body,
    pictures: Sequence[Picture] = (),
    attachments: Sequence[Attachment] = (),
) -> EmailMessage:
    """Put the words, the pictures and the attachments into a mail."""
    # Neither form of words can hold the border between two parts: its = would be written =3D.
    message.set_content(body.text, cte="quoted-printable")
    message.add_alternative(body.html, subtype="html", cte="quoted-printable")
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)
    for number, one in enumerate(pictures, start=1):
        name = f"chart_{number}.png"
        html.add_related(one.png, "image", "png", cid=f"<{one.cid}>", filename=name, disposition="inline")
    for file in attachments:
        main, _, sub = file.kind.type.partition("/")
        message.add_attachment(file.data, main, sub, filename=file.name)
    several = [part for part in message.walk() if part.is_multipart()]
    for number, part in enumerate(several):
        part.set_boundary(f"=_{token(str(message['Message-ID']))}_{number}")
    return message


def token(text: str) -> str:
    """Make a word of letters and digits that stands for a text."""
    return sha256(text.encode()).hexdigest()[:24]
