"""What became of a try to deliver."""

from dataclasses import dataclass

SENT, LATER, NEVER, UNKNOWN = "sent", "later", "never", "unknown"


@dataclass(frozen=True)
class Answer:
    """SENT; or to be tried later, never again, or one that nobody knows the outcome of; reason : in one line."""

    how: str
    reason: str = ""
