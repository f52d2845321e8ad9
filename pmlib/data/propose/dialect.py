"""How a text file is written: its encoding and separator, where its header stands and where its rows end."""

import csv
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from pmlib.data.propose.vocabulary import is_year
from pmlib.data.total_row import is_total
from pmlib.data.words import DataError

SEPARATORS = (",", ";", "\t", "|")
SAMPLE = 500  # records that decide on the separator
DIGITS = re.compile(r"[\d.,' \u00a0\u202f%+-]*\d[\d.,' \u00a0\u202f%+-]*")

Records = list[tuple[int, int, list[str]]]  # the line each starts at, from 0, the one after it, and its cells


@dataclass(frozen=True)
class Look:
    """The cells of a file, as far as they were looked at.

    names : the header. columns : the cells under each name, stripped; "" for a blank one.
    format : the settings that differ from those of a plain CSV.
    is_text : whether numbers are written in the file's own way, rather than typed.
    labels : what the file itself says of a column.
    blank : how many rows between the others have nothing in them.
    """

    names: list[str]
    columns: list[list[str]]
    format: dict[str, Any]
    is_text: bool = True
    labels: tuple[tuple[str, str], ...] = ()
    blank: int = 0


def read_text(content: bytes, path: str) -> Look:
    """Find the table in a text file.

    Raises
    ------
    DataError : there is no table of two or more columns in it.
    """
    text, encoding = decoded(content)
    separator = max(SEPARATORS, key=lambda mark: _evidence(_records(text, mark, SAMPLE)))
    found = table(_records(text, separator), path, len(text.rstrip().splitlines()))
    said = {"encoding": encoding} if encoding else {}
    if separator != ",":
        said = {"separator": separator, **said}
    return Look(found.names, found.columns, {**said, **found.format}, blank=found.blank)


def decoded(content: bytes) -> tuple[str, str]:
    """Decode text, and name the encoding where it has to be declared."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content[: len(content) // 2 * 2].decode(encoding, "replace"), ""
    head = content[:2000]
    if head.count(0) > len(head) // 4:  # UTF-16 without its mark
        encoding = "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
        return content[: len(content) // 2 * 2].decode(encoding, "replace"), encoding
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        if error.start > len(content) - 4:  # the sample ends within a character
            return content[: error.start].decode("utf-8-sig"), ""
    return content.decode("cp1252", "replace"), "cp1252"


def table(records: Records, path: str, end: int) -> Look:
    """Find header and rows among records: title lines come before, totals and notes after.

    Parameters
    ----------
    end : the line after the last that is not empty.
    """
    empty = [record for record in records if not any(cell.strip() for cell in record[-1])]
    records = [record for record in records if any(cell.strip() for cell in record[-1])]
    filled = [len([cell for cell in cells if cell.strip()]) for *_, cells in records]
    widths = Counter(len(cells) for *_, cells in records if len(cells) > 1)
    if not widths:
        raise DataError(f"{path}: found no table of two or more columns; export it again, as CSV")
    width = widths.most_common(1)[0][0]
    body = sorted(n for n, (*_, cells) in zip(filled, records, strict=True) if len(cells) == width)
    typical = body[len(body) // 2]
    top = next(
        i
        for i, (*_, cells) in enumerate(records)
        if len(cells) == width and filled[i] >= min(typical, max(2, 0.6 * typical))
    )
    header = [_clean(cell) for cell in records[top][-1]]
    rows = records[top + 1 :]
    notes = list(takewhile(lambda record: _is_note(record[-1], typical), reversed(rows)))
    rows = rows[: len(rows) - len(notes)]
    said: dict[str, Any] = {"skip": records[top][0]} if records[top][0] else {}
    last = rows[-1][1] if rows else end
    if end > last:  # empty lines above and among the notes count, too
        said["footer"] = end - last
    if rows and (units := _units(rows[0][-1], [cells for *_, cells in rows[1:]])):
        header = [f"{name} ({unit})" if unit else name for name, unit in zip(header, units, strict=True)]
        said |= {"skip": rows[0][1], "header": header}
        rows = rows[1:]
    elif _is_row(header, [cells for *_, cells in rows]):
        rows = [records[top], *rows]
        header = [f"column_{i}" for i in range(1, width + 1)]
        said["header"] = header
    if not rows:
        raise DataError(f"{path}: there is a header but no row; export the table again")
    cells = [[_clean(cell) for cell in row] for *_, row in rows if len(row) == width]
    blank = len([start for start, *_, row in empty if row and records[top][0] < start < last])
    return Look(header, [list(column) for column in zip(*cells, strict=True)], said, blank=blank)


def _records(text: str, separator: str, most: int | None = None) -> Records:
    found, start = Records(), 0
    lines = csv.reader(text.replace("\0", "").splitlines(keepends=True), delimiter=separator)
    try:
        for cells in lines:
            found.append((start, lines.line_num, cells))
            start = lines.line_num
            if most and len(found) >= most:
                break
    except csv.Error:
        pass  # the gate will say what is wrong with it; what came before suffices to look at
    return found


def _evidence(records: Records) -> tuple[float, int]:
    """Weigh a separator: the share of records with the most common number of cells, and that number."""
    records = [record for record in records if any(cell.strip() for cell in record[-1])]
    widths = Counter(len(cells) for *_, cells in records if len(cells) > 1)
    if not widths:
        return 0, 0
    width, count = widths.most_common(1)[0]
    return round(count / len(records), 1), width


def _is_note(cells: list[str], typical: int) -> bool:
    known = [cell.strip() for cell in cells if cell.strip()]
    return is_total(known[0]) or (len(known) == 1 and typical > 2)


def _is_row(header: list[str], rows: list[list[str]]) -> bool:
    """Tell whether what stands where a header should is a row: it has numbers where the rows have them."""
    numbers = [i for i, cell in enumerate(header) if DIGITS.fullmatch(cell) and not is_year(cell)]
    below = [[row[i] for row in rows[:50] if i < len(row)] for i in numbers]
    return any(cells and all(DIGITS.fullmatch(cell.strip()) for cell in cells) for cells in below)


def _units(second: list[str], rows: list[list[str]]) -> list[str]:
    """Tell whether the row below the header holds the units of the columns of numbers, and nothing else."""
    below = [[row[i].strip() for row in rows[:50] if i < len(row)] for i in range(len(second))]
    is_number = [bool(cells) and all(DIGITS.fullmatch(cell) for cell in cells if cell) for cells in below]
    units = [cell.strip() for cell in second]
    held = [(unit, number) for unit, number in zip(units, is_number, strict=True) if unit]
    are_units = all(number and not DIGITS.fullmatch(unit) for unit, number in held)
    return units if held and are_units and "" in units else []


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip()
