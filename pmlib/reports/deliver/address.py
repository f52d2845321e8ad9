"""Addresses of mail: what is one, and what a header or a server would take for something else."""

import re
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.policy import SMTP

LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
PLAIN = re.compile(rf"(?=.{{1,254}}\Z)(?=[^@]{{1,64}}@){ATOM}([.]{ATOM})*@{LABEL}([.]{LABEL})*")
LIKE = 'write it as "anna@example.org" or "Anna <anna@example.org>"'
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True)
class Mailbox:
    """An address; written : with the name that a reader sees, fit for a header; plain : for the server."""

    written: str
    plain: str

    @property
    def domain(self) -> str:
        """What stands behind the @."""
        return self.plain.rpartition("@")[2]


def mailbox(text: str) -> Mailbox:
    """Read one address.

    Raises
    ------
    ValueError : it is none, or several, or holds the end of a line, which would be a header of its own.
    """
    if UNSEEN.search(text):
        raise ValueError(f"holds the end of a line or a character that nobody sees; {LIKE}")
    try:
        header = SMTP.header_factory("to", text)
        found: tuple[Address, ...] = header.addresses
        named = [group.display_name for group in header.groups if group.display_name]
    except (HeaderParseError, IndexError, ValueError):
        raise ValueError(f"is no address; {LIKE}") from None
    if len(found) != 1 or named:
        raise ValueError(f"is {'a group of' if named else len(found) or 'no'} addresses; {LIKE}")
    (one,) = found
    plain = f"{one.username}@{one.domain}"
    if not plain.isascii():
        raise ValueError("has letters beyond a to z in its address; write the domain as xn--…")
    if header.defects or plain not in text or not PLAIN.fullmatch(plain):
        raise ValueError(f"is no address; {LIKE}")
    return Mailbox(str(one), plain)
