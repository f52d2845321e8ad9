"""JSON: a list of objects, or one object a line, with every number as it is written."""

import codecs
import json
import re
import unicodedata
from array import array
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pmlib.data.declaration import Table
from pmlib.data.formats.plain import unpacked
from pmlib.data.part import Part, scratch
from pmlib.data.words import SOURCES, DataError, listed, meant, shown

CHUNK = 1 << 20
LONGEST = 16 << 20  # bytes of one line
LARGEST = 256 << 20  # bytes of a file that is one JSON value, and so has to be held whole
BATCH = 20_000  # rows; columns are those of the first batch, and the declared ones
SPACE = re.compile(r"[ \t\r\n]*")
CUT = "the file may be cut off, fetch it again"

Object = dict[str, Any]
Numbered = Iterator[tuple[int, Any]]


class _Twice(ValueError):
    """A key that stands twice in one object."""


def _object(pairs: list[tuple[str, Any]]) -> Object:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(next(key for key in keys if keys.count(key) > 1))
    return found


# Numbers stay as they are written, so that an id of 20 digits and 1.10 do; NaN is left to the column's type.
DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=str, strict=True
)


def open_(gate: duckdb.DuckDBPyConnection, file: Path, path: str, table: Table) -> list[Part]:
    """Open a JSON or NDJSON file, plain or gzip; a key that a row lacks is a blank.

    Raises
    ------
    DataError : not JSON, cut off, a key twice in one object, no list of rows where it is declared, or a
        declared column that holds lists or objects.
    """
    with unpacked(file, path) as stream:
        head = stream.read(CHUNK)
        lines = not table.format.records and _is_lines(head, path)
        rows = _by_line(head, stream, path) if lines else _whole(head, stream, path, table.format.records)
        return [_part(gate, rows, path, table)]


def _is_lines(head: bytes, path: str) -> bool:
    if re.search(r"\.(jsonl|ndjson)(\.gz)?$", path.lower()):
        return True
    first, _, rest = head.lstrip().partition(b"\n")
    try:
        return bool(rest.strip()) and isinstance(json.loads(first), dict)
    except ValueError:
        return False


def _by_line(head: bytes, stream: IO[bytes], path: str) -> Numbered:
    for number, line in enumerate(_lines(head.removeprefix(codecs.BOM_UTF8), stream, path), 1):
        if text := _text(line, path, number).strip():
            yield number, _decoded(DECODER.decode, text, f"{path}, row {number}")


def _lines(chunk: bytes, stream: IO[bytes], path: str) -> Iterator[bytes]:
    rest = b""
    while chunk:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
        if len(rest) > LONGEST:
            raise DataError(f"{path}: a line is over {LONGEST >> 20} MB long; write each row on its own line")
        chunk = stream.read(CHUNK)
    yield rest


def _text(content: bytes, path: str, number: int = 0) -> str:
    where = f"{path}, row {number}" if number else path
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DataError(f"{path} is written in UTF-16; save it as UTF-8, as JSON should be")
    if b"\\u0000" in content or b"\0" in content:
        raise DataError(f"{where}: found a NUL character, which no text holds; export the file again")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = shown(content[error.start : error.end])
        raise DataError(f"{where}: found {found}, not UTF-8; save the file as UTF-8") from None


def _decoded(decode: Callable[..., Any], text: str, where: str, *start: int) -> Any:
    try:
        return decode(text, *start)
    except _Twice as key:
        raise DataError(f"{where}: key {shown(str(key))} stands twice in one object; keep one") from None
    except json.JSONDecodeError as error:
        what = f"{error.msg.lower().removesuffix(' at')} at {shown(text[error.pos : error.pos + 20])}"
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            what = "it ends before it is complete"
        raise DataError(f"{where}: not JSON, {what}; correct it, or {CUT}") from None
    except RecursionError:
        raise DataError(f"{where}: objects are nested too deep; export a plain list of rows") from None


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
    return enumerate(_list_at(_decoded(DECODER.decode, text, path), records, path), 1)


def _elements(text: str, path: str) -> Numbered:
    """Decode a list one element at a time: the objects of all rows at once would take ten times the text."""

    def after(place: int) -> int:
        found = SPACE.match(text, place)
        assert found is not None
        return found.end()

    number, at = 0, after(after(0) + 1)
    while text[at : at + 1] != "]":
        number += 1
        row, at = _decoded(DECODER.raw_decode, text, f"{path}, row {number}", at)
        yield number, row
        at = after(at)
        if text[at : at + 1] == ",":
            at = after(at + 1)
        elif text[at : at + 1] != "]":
            raise DataError(f"{path}: not JSON, the list does not end after row {number}; {CUT}")
    if rest := text[after(at + 1) :]:
        raise DataError(f"{path}: not JSON, found {shown(rest[:20])} after the list; remove it")


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


def _part(gate: duckdb.DuckDBPyConnection, rows: Numbered, path: str, table: Table) -> Part:
    first = list(islice(rows, BATCH))
    if not first:
        raise DataError(f"{path} holds no row; export the table again")
    numbers, keys = array("L"), dict.fromkeys(table.columns, False)
    for number, row in first:
        _check_row(row, number, path)
        keys |= dict.fromkeys(row, True)
    schema = pa.schema([(f"c{index}", pa.string()) for index in range(len(keys))])
    folder = scratch(gate)
    store = folder / f"{len(list(folder.iterdir()))}.parquet"
    # Into a file, as a list of millions of rows would not fit, and DuckDB reads only what it needs of it.
    with pq.ParquetWriter(store, schema) as out:
        while first:
            arrays = [_column(first, key, path, table) for key in keys]
            for key, cells in zip(keys, arrays, strict=True):
                keys[key] |= cells.null_count < len(cells)
            out.write_batch(pa.record_batch(arrays, schema=schema))
            numbers.extend(number for number, _ in first)
            first = list(islice(rows, BATCH))
            for number, row in first:
                _check_row(row, number, path)
    there = [index for index, key in enumerate(keys) if keys[key]]
    names = [unicodedata.normalize("NFC", key).strip() for key in keys if keys[key]]
    for name in names:
        if names.count(name) > 1:
            raise DataError(f"{path}: key {shown(name)} is written in two ways; rename one")
    columns = [duckdb.ColumnExpression(f"c{index}").alias(f"c{place}") for place, index in enumerate(there)]
    relation = gate.read_parquet(str(store)).select(*columns)
    return Part(path, names, relation, lambda index: f"row {numbers[index]}")


def _check_row(row: Any, number: int, path: str) -> None:
    if not isinstance(row, dict):
        wrong = f"found {shown(row)}, not an object"
        raise DataError(f'{path}, row {number}: {wrong}; write each row as in {{"name": "x", "price": 1}}')


def _column(rows: list[tuple[int, Any]], key: str, path: str, table: Table) -> pa.Array:
    cells = [row.get(key) for _, row in rows]
    try:
        return pa.array(cells, pa.string())
    except (pa.ArrowException, TypeError, UnicodeError):  # a truth, a list or an object; half a character
        where = [f"{path}, row {number}, column {shown(key)}" for number, _ in rows]
        return pa.array(
            [_cell(cell, key, place, table) for cell, place in zip(cells, where, strict=True)], pa.string()
        )


def _cell(cell: Any, key: str, where: str, table: Table) -> str | None:
    rule = table.columns.get(key)
    if isinstance(cell, bool):
        return str(int(cell)) if rule and rule.type == "flag" and not rule.values else str(cell).lower()
    if isinstance(cell, dict | list):
        if rule:
            kind = "an object" if isinstance(cell, dict) else "a list"
            raise DataError(f"{where}: found {kind}, not one value; export its parts as keys of their own")
        return json.dumps(cell)
    if isinstance(cell, str) and not cell.isascii():
        try:
            cell.encode()
        except UnicodeError:
            raise DataError(f"{where}: found {shown(cell)}, half a character; export it again") from None
    text: str | None = cell
    return text
