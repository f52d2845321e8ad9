"""The values of a JSON text, one after the other: numbers as written, no key twice, errors by row."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO, Any

from pmlib.data.words import SOURCES, DataError, listed, meant, shown

CHUNK = 1 << 20
LONGEST = 16 << 20  # bytes of one line
LARGEST = 256 << 20  # bytes of a file that is one JSON value, and so has to be held whole
SPACE = re.compile(r"[ \t\r\n]*")
CUT = "the file may be cut off, fetch it again"

Numbered = Iterator[tuple[int, Any]]


class _Twice(ValueError):
    """A key that stands twice in one object."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(next(key for key in keys if keys.count(key) > 1))
    return found


# Numbers stay as they are written, so that an id of 20 digits and 1.10 do; NaN is left to the column's type.
DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=str, strict=True
)


def numbered(stream: IO[bytes], path: str, records: str) -> Numbered:
    """Read the rows of a file with the number of each: of its line, or in its list.

    Parameters
    ----------
    records : the way to the list of rows, as in "data.items"; "" for a list or lines of rows.

    Raises
    ------
    DataError : not JSON, not UTF-8, cut off, a key twice in one object, or no list where it should be.
    """
    head = stream.read(CHUNK)
    lines = not records and _is_lines(head, path)
    return _by_line(head, stream, path) if lines else _whole(head, stream, path, records)


def _is_lines(head: bytes, path: str) -> bool:
    if re.search(r"\.(jsonl|ndjson)(\.gz)?$", path.lower()):
        return True
    first, _, rest = head.lstrip().partition(b"\n")
    try:
        return bool(rest.strip()) and isinstance(json.loads(first), dict)
    except ValueError:
        return False


def _by_line(head: bytes, stream: IO[bytes], path: str) -> Numbered:
    number = 0
    for block in _blocks(head.removeprefix(codecs.BOM_UTF8), stream, path):
        for line in _text(block, path, number + 1).split("\n"):
            number += 1
            if text := line.strip():
                row, end = _decoded(text, path, number)
                if end < len(text):
                    rest = f"found {shown(text[end:].strip()[:20])} after the object"
                    raise DataError(f"{path}, row {number}: not JSON, {rest}; write each on its own line")
                yield number, row


def _blocks(chunk: bytes, stream: IO[bytes], path: str) -> Iterator[bytes]:
    """Read whole lines, many at a time, each block without its last line end."""
    rest = b""
    while chunk:
        block, end, rest_of_chunk = (rest + chunk).rpartition(b"\n")
        if end:
            yield block
        rest = rest_of_chunk
        if len(rest) > LONGEST:
            raise DataError(f"{path}: a line is over {LONGEST >> 20} MB long; write each row on its own line")
        chunk = stream.read(CHUNK)
    yield rest


def _text(content: bytes, path: str, row: int = 0) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DataError(f"{path} is written in UTF-16; save it as UTF-8, as JSON should be")
    nul = max(content.find(b"\\u0000"), content.find(b"\0"))
    if nul >= 0:
        where = _row(path, row and row + content.count(b"\n", 0, nul))
        raise DataError(f"{where}: found a NUL character, which no text holds; export the file again")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = _row(path, row and row + content.count(b"\n", 0, error.start))
        found = shown(content[error.start : error.end])
        raise DataError(f"{where}: found {found}, not UTF-8; save the file as UTF-8") from None


def _row(path: str, number: int) -> str:
    return f"{path}, row {number}" if number else path


def _decoded(text: str, path: str, row: int = 0, start: int = 0) -> tuple[Any, int]:
    """Decode the value that starts there, and say where it ends."""
    try:
        return DECODER.raw_decode(text, start)
    except _Twice as key:
        wrong = f"key {shown(str(key))} stands twice in one object; keep one"
        raise DataError(f"{_row(path, row)}: {wrong}") from None
    except json.JSONDecodeError as error:
        what = f"{error.msg.lower().removesuffix(' at')} at {shown(text[error.pos : error.pos + 20])}"
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            what = "it ends before it is complete"
        raise DataError(f"{_row(path, row)}: not JSON, {what}; correct it, or {CUT}") from None
    except RecursionError:
        wrong = "objects are nested too deep; export a plain list of rows"
        raise DataError(f"{_row(path, row)}: {wrong}") from None


def _whole(head: bytes, stream: IO[bytes], path: str, records: str) -> Numbered:
    content = head
    while chunk := stream.read(CHUNK):
        content += chunk
        if len(content) > LARGEST:
            remedy = "save it with one object a line (.ndjson), or as Parquet"
            raise DataError(f"{path} is one JSON value of over {LARGEST >> 20} MB; {remedy}")
    text = _text(content, path)
    start = text.lstrip()[:1]
    if not start:
        raise DataError(f"{path}: the file is empty; put a list of rows in it")
    if start == "<":
        raise DataError(f"{path} is a web page, perhaps of an error or a login; fetch the table again")
    if start == "[" and not records:
        return _elements(text, path)
    value, end = _decoded(text, path, start=_after(text, 0))
    if rest := text[end:].strip():
        raise DataError(f"{path}: not JSON, found {shown(rest[:20])} after its end; remove it")
    return enumerate(_list_at(value, records, path), 1)


def _elements(text: str, path: str) -> Numbered:
    """Decode a list one element at a time: the objects of all rows at once would take ten times the text."""

    number, at = 0, _after(text, _after(text, 0) + 1)
    while text[at : at + 1] != "]":
        number += 1
        row, at = _decoded(text, path, number, at)
        yield number, row
        at = _after(text, at)
        if text[at : at + 1] == ",":
            at = _after(text, at + 1)
        elif text[at : at + 1] != "]":
            raise DataError(f"{path}: not JSON, the list does not end after row {number}; {CUT}")
    if rest := text[at + 1 :].strip():
        raise DataError(f"{path}: not JSON, found {shown(rest[:20])} after the list; remove it")


def _after(text: str, place: int) -> int:
    """Skip white space."""
    found = SPACE.match(text, place)
    assert found is not None
    return found.end()


def _list_at(value: Any, records: str, path: str) -> list[Any]:
    found = value
    for key in records.split(".") if records else []:
        if not isinstance(found, dict) or key not in found:
            there = meant(key, found) if isinstance(found, dict) else "there is no object"
            wrong = f"records = {json.dumps(records)} leads nowhere at {shown(key)}"
            raise DataError(f"{path}: {wrong}; {there}; correct records in {SOURCES}")
        found = found[key]
    if isinstance(found, list):
        return found
    lists = list(_lists(value, ()))
    if not lists:
        raise DataError(f"{path} holds no list of objects; export a list with one object a row")
    where = f"in records, as in format = {{ records = {json.dumps(lists[0])} }} in {SOURCES}"
    raise DataError(
        f"{path} is an object, not a list of rows, which it has at {listed(lists)}; say so {where}"
    )


def _lists(value: Any, way: tuple[str, ...]) -> Iterator[str]:
    """Find the ways to lists of objects."""
    if isinstance(value, dict) and len(way) < 4:
        for key, inner in value.items():
            yield from _lists(inner, (*way, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield ".".join(way)
