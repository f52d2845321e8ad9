"""From editions to readers: what a mail says, and how it goes out."""

from pmlib.reports.deliver.sending import again, send
from pmlib.reports.deliver.waiting import queue

__all__ = ["again", "queue", "send"]
