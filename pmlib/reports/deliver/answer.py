"""What became of a try to deliver."""

from dataclasses import dataclass

SENT, LATER, NEVER, UNKNOWN = "sent", "later", "never", "unknown"


@dataclass(frozen=True)
class Answer:
    """How a try ended: SENT, LATER again, NEVER again, or UNKNOWN to us; reason : in one line."""

    how: str
    reason: str = ""
