"""Text files as DuckDB and Python read alike: UTF-8, no NUL, one kind of line end, unpacked within bounds."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pmlib.data.declaration import Format
from pmlib.data.words import SOURCES, DataError, shown

CHUNK = 1 << 20
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# Tables shrink 5 to 50 times; what shrinks more, and is large, is there to fill a disk.
BOMB_SIZE, BOMB_RATIO = 30 << 20, 200
KINDS = {  # how a file begins that is no text table, and what it is
    b"PK\x03\x04": "a zip archive or an Excel workbook; unpack it, or name it .xlsx",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; name it .xls",
    b"\x1f\x8b": "gzip; add .gz to its name",
    b"PAR1": "Parquet; name it .parquet",
    b"SQLite format 3": "an SQLite database; declare it with database and query",
    b"%PDF": "a PDF; export the table itself",
    b"version https://git-lfs": "a Git LFS pointer, not the file; run git lfs pull",
}
MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<body", b"<table", b"<!--")
JSON = (b'{"', b'[{"', b"[[", b"{}", b"[]")


@dataclass(frozen=True)
class Plain:
    """A text file in UTF-8, and what was mended on the way."""

    file: Path
    said: tuple[str, ...] = ()


def plain(file: Path, path: str, form: Format, folder: Path) -> Plain:
    """Give the file itself where it is plain already, else a copy of it that is.

    Parameters
    ----------
    folder : where the copy goes.

    Raises
    ------
    DataError : not text, or not in its encoding, or it holds NUL bytes, or unpacks beyond all measure.
    """
    with unpacked(file, path) as stream:
        head = stream.read(4096)
        _check_kind(head, path)
        encoding, said = _encoding(head, form)
        counted = not encoding.startswith(("utf-16", "utf-32"))  # those are copied anyway
        ends = _line_ends(head, stream, path) if counted else set()
    if len(ends) > 1 and "\r" in ends:
        said.append("lines ended in different ways")
    elif "\r" in ends:
        said.append("lines ended in CR")
    is_plain = encoding in ("utf-8", "utf-8-sig") and len(ends) < 2 and "\r" not in ends
    if is_plain and not form.footer and not path.lower().endswith(".gz"):
        return Plain(file, tuple(said))
    return Plain(_copied(file, path, encoding, form.footer, folder), tuple(said))


@contextmanager
def unpacked(file: Path, path: str) -> Iterator[IO[bytes]]:
    """Open a file as bytes; what is gzip is unpacked, within bounds."""
    if not path.lower().endswith(".gz"):
        with file.open("rb") as stream:
            yield stream
        return
    try:
        with file.open("rb") as packed, gzip.GzipFile(fileobj=packed) as stream:
            yield _Bounded(stream, packed, path)  # type: ignore[misc]
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise DataError(f"{path} is damaged or not gzip; fetch the file again") from None


class _Bounded(io.RawIOBase):
    """A stream that ends in an error where more comes out than any table would hold."""

    def __init__(self, stream: gzip.GzipFile, packed: IO[bytes], path: str) -> None:
        self.stream, self.packed, self.path, self.out = stream, packed, path, 0

    def read(self, size: int = -1) -> bytes:
        found = self.stream.read(size)
        self.out += len(found)
        if self.out > max(BOMB_SIZE, BOMB_RATIO * self.packed.tell()):
            raise DataError(f"{self.path} unpacks to over {BOMB_RATIO} times its size; unpack it yourself")
        return found


def _check_kind(head: bytes, path: str) -> None:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if not start:
        raise DataError(f"{path}: the file is empty; put a header and rows in it")
    if not head.strip(b"\0"):
        raise DataError(f"{path} holds nothing but NUL bytes; it was never written to its end, copy it again")
    for magic, kind in KINDS.items():
        if head.startswith(magic):
            raise DataError(f"{path} is {kind}")
    if start.startswith(MARKUP):
        raise DataError(f"{path} is a web page, perhaps of an error or a login; fetch the table again")
    if start.translate(None, b" \t\r\n").startswith(JSON):
        raise DataError(f"{path} is JSON; name it .json")


def _encoding(head: bytes, form: Format) -> tuple[str, list[str]]:
    found = next((name for bom, name in BOMS.items() if head.startswith(bom)), "")
    if found == "utf-16" and not form.encoding:
        return found, ["written in UTF-16"]
    if found == "utf-8-sig" and form.encoding.lower() in ("", "utf-8", "utf8"):
        return found, ["began with a byte-order mark"]
    return form.encoding.lower() or "utf-8", []


def _line_ends(head: bytes, stream: IO[bytes], path: str) -> set[str]:
    """Read to the end, and find how lines end; NUL bytes are refused on the way."""
    ends, seen, chunk = set[str](), 0, head
    while chunk:
        if b"\0" in chunk:
            raise _nul(_line(stream, seen + chunk.index(b"\0")), path)
        seen += len(chunk)
        if chunk.endswith(b"\r"):  # its \n may come next
            more = stream.read(1)
            chunk, seen = chunk + more, seen + len(more)
        if b"\r" not in chunk:  # found out far more quickly than counted
            ends |= {"\n"} if b"\n" in chunk else set()
        else:
            both = chunk.count(b"\r\n")
            crs, lfs = chunk.count(b"\r") - both, chunk.count(b"\n") - both
            ends |= {end for end, count in (("\r\n", both), ("\r", crs), ("\n", lfs)) if count}
        chunk = stream.read(CHUNK)
    return ends


def _line(stream: IO[bytes], position: int) -> int:
    """Count the line that a byte stands in."""
    stream.seek(0)
    return stream.read(position).count(b"\n") + 1


def _nul(row: int, path: str) -> DataError:
    remedy = f'copy the file again, or set encoding = "utf-16-le" in {SOURCES} if it is that'
    return DataError(f"{path}, row {row}: found a NUL byte, which no text holds; {remedy}")


def _copied(file: Path, path: str, encoding: str, footer: int, folder: Path) -> Path:
    copy = folder / f"{len(list(folder.iterdir()))}.txt"
    held, before, rows = list[str](), "", 0
    with unpacked(file, path) as stream, copy.open("w", encoding="utf-8", newline="") as out:
        for text in _decoded(stream, path, encoding):
            if not footer:
                out.write(text)
                continue
            rows += text.count("\n")
            held = ("".join(held) + text).splitlines(keepends=True)
            while held and not held[-1].strip():  # empty lines at the end are nobody's footer
                rows -= held.pop().count("\n")
            out.writelines(held[:-footer])
            before = held[-footer - 1] if len(held) > footer else before
            held = held[-footer:]
        if footer and held and _are_alike(held[-1], before):
            found = shown(held[-1].strip())
            where = f"{path}, row {rows + (not held[-1].endswith(chr(10)))}"
            raise DataError(f"{where}: found {found}, a row like the others; correct footer in {SOURCES}")
    return copy


def _are_alike(line: str, before: str) -> bool:
    """Whether a line has as many cells as the one before, as many filled, and the same kind of first one."""
    separator = max(",;\t|", key=before.count)
    cells, others = line.split(separator), before.split(separator)
    filled, usual = (sum(bool(cell.strip()) for cell in one) for one in (cells, others))
    digits = [any(letter.isdigit() for letter in one[0]) for one in (cells, others)]
    return len(cells) == len(others) > 1 and filled >= usual and digits[0] == digits[1]


def _decoded(stream: IO[bytes], path: str, encoding: str) -> Iterator[str]:
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    row = 1
    while True:
        chunk = stream.read(CHUNK)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise not_in(encoding, row + error.object.count(b"\n", 0, error.start), path, error) from None
        except UnicodeError:  # UTF-16 that does not say which end of a number comes first
            raise DataError(
                f"{path}: not {encoding.upper()}; correct encoding of format in {SOURCES}"
            ) from None
        if "\0" in text:
            raise _nul(row + text.count("\n", 0, text.index("\0")), path)
        row += text.count("\n")
        yield text
        if not chunk:
            return


def not_in(encoding: str, row: int, path: str, error: UnicodeDecodeError) -> DataError:
    """Say which bytes are not in the encoding."""
    found = shown(error.object[error.start : error.end])
    name = encoding.removesuffix("-sig").upper()
    remedy = f'save the file as UTF-8, or set format = {{ encoding = "cp1252" }} in {SOURCES}'
    return DataError(f"{path}, row {row}: found {found}, not {name}; {remedy}")
