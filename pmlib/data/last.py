"""The last good read of a source: what a new one is compared with, so that lost rows do not pass for news."""

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

import duckdb

from pmlib.data.declaration import PLACES, Table
from pmlib.data.facts import Facts
from pmlib.data.words import SOURCES, DataError, and_more, shown

FOLDER = ".pmlib/reads"


@dataclass(frozen=True)
class Read:
    """A read that passed: where it stood, the hash of its bytes, that of the rules it passed, its facts.

    settled : whether nothing of its declaration was a guess; else nobody has called it good yet.
    """

    place: str
    sha256: str
    rules: str
    facts: Facts
    settled: bool = True


def last(home: Path, name: str) -> Read | None:
    """Recall the last good read; None where there was none, or its record is lost."""
    try:
        found = json.loads(_file(home, name).read_text(encoding="utf-8"))
        return Read(**(found | {"facts": Facts(**found["facts"])}))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(home: Path, name: str, read: Read) -> None:
    """Keep a good read for the next to be compared with; a root that cannot be written to has no memory."""
    file = _file(home, name)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=file.parent, encoding="utf-8", delete=False) as draft:
            json.dump(asdict(read), draft, ensure_ascii=False)
        os.replace(draft.name, file)
    except OSError:
        return


def forget(home: Path, name: str) -> None:
    """Let the next read be the good one, whatever it lacks."""
    _file(home, name).unlink(missing_ok=True)


def compare(name: str, table: Table, path: str, before: Facts, now: Facts) -> None:
    """Refuse a table that has lost rows, periods or labels since the last good read.

    Raises
    ------
    DataError : more is gone than the declaration's `shrink` allows.
    """
    remedy = (
        f"export it whole; if that is right, accept it once with pmlib sources {name} --accept, "
        f"or always up to a share with shrink = 0.1 in {SOURCES}"
    )
    gone = [day for day in before.periods if day not in now.periods]
    if gone and len(gone) > table.shrink * len(before.periods):
        found = f"no rows of {min(gone)}{and_more(len(gone) - 1)}, which the last good read had"
        raise DataError(f"{path}: {found}; {remedy}")
    lost = dict[str, list[str]]()
    for column, labels in before.labels.items():
        missing = [label for label in labels if column in now.labels and label not in now.labels[column]]
        if len(missing) > table.shrink * len(labels):
            lost[column] = missing
    if lost:
        found = ", ".join(
            f"{shown(some[0])}{and_more(len(some) - 1)} in {column}" for column, some in lost.items()
        )
        raise DataError(f"{path}: no {found}, which the last good read had; {remedy}")
    for day, rows in before.periods.items():
        if now.periods.get(day, 0) < rows and day not in gone and not table.shrink:
            found = f"{now.periods[day]:,} rows of {day} where the last good read had {rows:,}"
            raise DataError(f"{path}: {found}; {remedy}")
    if now.rows < before.rows * (1 - table.shrink):
        raise DataError(f"{path}: {now.rows:,} rows where the last good read had {before.rows:,}; {remedy}")
    if before.ended and not now.ended and not table.shrink:
        raise DataError(f"{path}: the last line has no end, which it had at the last good read; {remedy}")


def place(table: Table) -> str:
    """Say all that a declaration does of where a table stands: another place is another table."""
    stands = table.model_dump(mode="json", include={*PLACES, "query", "parameters"}, exclude_defaults=True)
    inside = table.format.model_dump(include={"sheet", "records"}, exclude_defaults=True)
    return ", ".join(f"{setting} {value}" for setting, value in (stands | inside).items())


def rules(declared: object) -> str:
    """Hash what a table is checked by: its declaration, and the code that checks."""
    return hashlib.sha256(f"{declared!r} {_code()}".encode()).hexdigest()


@cache
def _code() -> str:
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.rglob("*.py")))
    return hashlib.sha256(code + duckdb.__version__.encode()).hexdigest()


def _file(home: Path, name: str) -> Path:
    return home / FOLDER / f"{quote(name, safe='')}.json"
