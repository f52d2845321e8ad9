"""What a mail is about: an edition for readers, or a run that failed for its owner."""

from dataclasses import dataclass

from pmlib.reports.editions import Edition


@dataclass(frozen=True)
class Item:
    """An edition that goes to readers.

    name : of the report, or of a job of it, as in "us_car_market" or "sizing/europe".
    alerts : what crossed a threshold, a line each.
    """

    name: str
    edition: Edition
    alerts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failed:
    """A run that failed, as its owner hears of it; secrets are scrubbed from it before.

    when : of the first run that failed after the last good one, in words.
    line : the failure in one line. command : what runs it again and shows everything.
    """

    name: str
    title: str
    when: str
    line: str
    command: str
