"""Small files that unpack to something huge."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from damage import GOOD
from grids import written
from workbooks import book, calculated, repacked

MEGABYTE = 1_000_000


def blown_up(head: bytes, filling: bytes, times: int, tail: bytes) -> tuple[bytes, int, int]:
    """Deflate head + filling * times + tail without holding it; also its checksum and size."""
    parts, check, size = [], 0, 0
    for piece, repeats in ((head, 1), (filling, times), (tail, 1)):
        packer = zlib.compressobj(9, wbits=-15)
        packed = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
        parts.append(packed * repeats)
        for _ in range(repeats):
            check = zlib.crc32(piece, check)
        size += len(piece) * repeats
    return b"".join(parts) + b"\x03\0", check, size


def gzipped(head: bytes, filling: bytes, times: int) -> bytes:
    """A gzip file."""
    packed, check, size = blown_up(head, filling, times, b"")
    return gzip.compress(b"", mtime=0)[:10] + packed + struct.pack("<II", check, size % 2**32)


def stuffed(part: str, filling: bytes, times: int, said: int | None = None) -> bytes:
    """The good workbook with one part blown up before its last closing tags.

    said : the size that the archive claims for that part; the true one when none is given.
    """
    content = calculated()
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        inner = old.read(part)
        end = inner.rindex(b"</sheetData>") if b"</sheetData>" in inner else inner.rindex(b"</")
        packed, check, size = blown_up(inner[:end], filling, times, inner[end:])
        out, catalogue = io.BytesIO(), io.BytesIO()
        names = old.namelist()
        for name in names:
            body, crc, length = old.read(name), zlib.crc32(old.read(name)), len(old.read(name))
            method = 0
            if name == part:
                body, crc, length, method = packed, check, said or size, 8
            at, raw = out.tell(), name.encode()
            fields = struct.pack("<HHHHHIIIHH", 20, 0, method, 0, 33, crc, len(body), length, len(raw), 0)
            out.write(b"PK\3\4" + fields + raw + body)
            catalogue.write(b"PK\1\2\x14\0" + fields + bytes(10) + struct.pack("<I", at) + raw)
    start, listed = out.tell(), catalogue.getvalue()
    end = struct.pack("<HHHHIIH", 0, 0, len(names), len(names), len(listed), start, 0)
    return out.getvalue() + listed + b"PK\5\6" + end


def multiplying() -> bytes:
    """Entities that unfold to gigabytes."""
    entities = b'<!DOCTYPE x [<!ENTITY a0 "ha">' + b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)
    )
    return repacked(
        book(),
        "xl/worksheets/sheet1.xml",
        lambda inner: entities + b"]>" + inner.replace(b"<v>", b"<v>&a9;", 1),
    )


def cornered() -> bytes:
    """One cell in the last corner of a sheet, which a dense table would make 17 thousand million cells."""
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return repacked(book(), "xl/worksheets/sheet1.xml", lambda inner: inner.replace(b"</sheetData>", corner))


def crowded() -> bytes:
    """An archive of very many parts."""
    out = io.BytesIO(book())
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(50_000):
            archive.writestr(f"xl/media/{number}.png", b"")
    return out.getvalue()


SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
LONG = b"A" * MEGABYTE
ROWS = b'<row><c t="n"><v>1</v></c></row>' * 30_000
TEXTS = b"<si><t>B</t></si>" * 60_000
BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip of one endless cell": (
        "data/sales.csv.gz",
        lambda: gzipped(written(GOOD[:1]), b"0" * MEGABYTE, 3000),
    ),
    "gzip of one row for ever": (
        "data/sales.csv.gz",
        lambda: gzipped(written(GOOD[:1]), written(GOOD[1:2]) * 15_000, 3000),
    ),
    "gzip of empty lines": ("data/sales.csv.gz", lambda: gzipped(written(GOOD), b"\n" * MEGABYTE, 3000)),
    "a cell of two gigabytes": ("data/sales.xlsx", lambda: stuffed(SHEET, LONG, 2000)),
    "a cell of two gigabytes that claims to be small": (
        "data/sales.xlsx",
        lambda: stuffed(SHEET, LONG, 2000, said=5000),
    ),
    "sixty million rows": ("data/sales.xlsx", lambda: stuffed(SHEET, ROWS, 2000)),
    "shared strings without end": ("data/sales.xlsx", lambda: stuffed(STRINGS, TEXTS, 2000)),
    "styles without end": ("data/sales.xlsx", lambda: stuffed(STYLES, LONG, 2000)),
    "entities that multiply": ("data/sales.xlsx", multiplying),
    "a cell in the last corner": ("data/sales.xlsx", cornered),
    "fifty thousand parts": ("data/sales.xlsx", crowded),
}
