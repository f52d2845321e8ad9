"""How the data gate speaks: one line that says where, what was found and what to do."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from difflib import get_close_matches

SOURCES = "data/sources.toml"
RENAMED = "column names had space around them or were not in NFC"  # said where it was mended


class DataError(ValueError):
    """Data, or their declaration, that cannot be trusted; one line that says where, what and what to do.

    others : what else is wrong with the same table, a line each; for whoever mends all of it at once.
    """

    def __init__(self, line: str, others: Sequence[str] = ()) -> None:
        super().__init__(line)
        self.others = tuple(others)

    @classmethod
    def of(cls, lines: Sequence[str]) -> "DataError":
        """Make one of several lines, the first of which is what a run says."""
        return cls(lines[0], lines[1:])


def meant(name: object, options: Iterable[str], says: str = "it has", most: int = 6) -> str:
    """Say what there is instead, the likely one first: did you mean 'us_cars'? It has …."""
    names = [str(option) for option in options]
    lower = {option.casefold(): option for option in names}
    close = get_close_matches(str(name).casefold().strip(), lower, n=1)
    there = f"{says} {listed(names, most)}"
    return f"did you mean {shown(lower[close[0]])}? {there[0].upper()}{there[1:]}" if close else there


def listed(names: list[str], most: int = 6) -> str:
    """Quote names for an error, the first few of them."""
    return (", ".join(map(shown, names[:most])) or "none") + and_more(len(names) - most)


def shown(value: object, width: int = 40) -> str:
    """Quote a found value, shortened, on one line."""
    text = " ".join(repr(_written(value) if isinstance(value, date) else value).splitlines())
    return text if len(text) <= width else text[: width - 1] + "…"


def _written(moment: date) -> str:
    """Write a day, and its time only where there is one."""
    text = moment.isoformat(" ") if isinstance(moment, datetime) else moment.isoformat()
    return text.removesuffix(" 00:00:00")


def quoted(text: str) -> str:
    """Write a text as a declaration holds it; what cannot be seen is written as its code."""
    plain = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in plain)


def and_more(count: int) -> str:
    """Count what one line leaves out."""
    return f" (and {count:,} more)" if count > 0 else ""
