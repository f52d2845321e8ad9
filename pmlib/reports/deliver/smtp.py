"""One mail to a server: over TLS, recipients told apart, and what nobody can know said as such."""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any

from pmlib.reports.deliver.answer import LATER, NEVER, SENT, UNKNOWN, Answer
from pmlib.reports.deliver.settings import DELIVERY, Mail
from pmlib.reports.deliver.trouble import line, words
from pmlib.reports.deliver.variables import Unset, value

# Seconds for each answer of a server, for that to a whole mail, which it may scan, and for all of it.
TIMEOUT, SCAN, LONGEST = 30.0, 300.0, 900.0
FULL = (552, 523)  # a mail too large; of a recipient, a mailbox too full, which is emptied some day
LOGIN = (530, 534, 535, 538)  # the server wants another login, or one at all


class Unreachable(ValueError):
    """No mail can leave by the server now; in words, with the remedy."""


class TooLarge(ValueError):
    """The server does not take a mail of this size."""


@contextmanager
def connected(mail: Mail) -> Iterator[smtplib.SMTP]:
    """Connect, go over to TLS, and log in.

    Raises
    ------
    Unreachable : any of it is refused, hangs, or is not safe.
    """
    server = _open(mail)
    end = Timer(LONGEST, _cut, [server])
    end.daemon = True
    end.start()
    try:
        try:
            _enter(server, mail)
        except (OSError, smtplib.SMTPException, Unset, UnicodeError) as error:
            raise Unreachable(words(error, mail)) from None
        yield server
        with suppress(OSError, smtplib.SMTPException):  # what it took, it has
            server.quit()
    finally:
        end.cancel()
        server.close()


def deliver(
    server: smtplib.SMTP, sender: str, to: Sequence[str], message: bytes, sending: Callable[[], None]
) -> dict[str, Answer]:
    """Hand a mail over; say for each recipient what became of it.

    Parameters
    ----------
    sending : called when the server is about to take the mail: from then on it may have it.

    Raises
    ------
    TooLarge : the server takes no mail of that size; nobody got it.
    """
    try:
        refused = _addressed(server, sender, to, len(message))
        if len(refused) == len(to):
            return refused
        _expect(354, *server.docmd("DATA"))
    except smtplib.SMTPResponseException as error:
        return dict.fromkeys(to, _answer(error.smtp_code, error.smtp_error))
    except (OSError, smtplib.SMTPException) as error:
        return dict.fromkeys(to, Answer(LATER, f"the server ended the talk: {_named(error)}"))
    sending()
    try:
        if server.sock:
            server.sock.settimeout(SCAN)
        server.send(re.sub(rb"(?m)^\.", b"..", message).removesuffix(b"\r\n") + b"\r\n.\r\n")
        code, said = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        lost = Answer(UNKNOWN, f"the server did not say whether it took the mail: {_named(error)}")
        return dict.fromkeys(to, lost) | refused
    if code in FULL:
        raise TooLarge(line(code, said))
    if code // 100 not in (2, 4, 5):  # no answer to a mail that there is: it may have it all the same
        lost = Answer(UNKNOWN, f"the server did not say whether it took the mail: {line(code, said)}")
        return dict.fromkeys(to, lost) | refused
    return dict.fromkeys(to, _answer(code, said)) | refused


def _open(mail: Mail) -> smtplib.SMTP:
    context = ssl.create_default_context()
    host = mail.at[0]
    tls = mail.security == "tls"
    server = smtplib.SMTP_SSL(timeout=TIMEOUT, context=context) if tls else smtplib.SMTP(timeout=TIMEOUT)
    # Whose certificate is looked at. Given to the constructor, it would be connected with at once, while no
    # timer runs yet that ends what takes too long.
    server._host = host  # type: ignore[attr-defined]
    return server


def _enter(server: smtplib.SMTP, mail: Mail) -> None:
    code, said = server.connect(*mail.at)
    if code != 220:
        raise smtplib.SMTPConnectError(code, said)
    server.ehlo_or_helo_if_needed()
    if mail.security == "starttls":
        code, said = server.starttls(context=ssl.create_default_context())
        if code != 220:
            raise smtplib.SMTPResponseException(code, said)
        server.ehlo_or_helo_if_needed()
    if mail.user:
        where = f"{DELIVERY.as_posix()}, [mail]: "
        server.login(value(mail.user, f"{where}user"), value(mail.password, f"{where}password"))


def _addressed(server: smtplib.SMTP, sender: str, to: Sequence[str], size: int) -> dict[str, Answer]:
    """Say from whom and to whom a mail is; give those whom the server refuses."""
    most = str(server.esmtp_features.get("size", ""))
    if most.isdigit() and 0 < int(most) < size:
        raise TooLarge(f"the server takes {int(most):,} bytes")
    code, said = server.mail(sender, [f"SIZE={size}"] if "size" in server.esmtp_features else [])
    if code in FULL:
        raise TooLarge(line(code, said))
    _expect(250, code, said)
    answers = {one: _answer(*server.rcpt(one), full=LATER) for one in to}
    return {one: answer for one, answer in answers.items() if answer.how != SENT}


def _answer(code: int, said: Any, full: str = NEVER) -> Answer:
    text = line(code, said)
    if code in LOGIN:
        return Answer(LATER, f"{text}; the server wants another login: see user and password in [mail]")
    if 200 <= code < 300:
        return Answer(SENT)
    how = full if code in FULL else NEVER if 500 <= code < 600 else LATER
    return Answer(how, text)


def _expect(wanted: int, code: int, said: Any) -> None:
    if code != wanted:
        raise smtplib.SMTPResponseException(code, said)


def _named(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _cut(server: smtplib.SMTP) -> None:
    """End a talk that takes too long, from beside it."""
    with suppress(OSError):
        if server.sock:
            server.sock.shutdown(socket.SHUT_RDWR)
