"""Damaged text files, made from a good one."""

import gzip
import io
import json
import unicodedata
import zipfile

from grids import (
    SALES_COLUMNS,
    SALES_KEY,
    Case,
    Grid,
    declare,
    each,
    put,
    put_all,
    sales,
    values,
    without,
    written,
)

GOOD = sales()
MEANS = values(GOOD, SALES_COLUMNS)
LINES = written(GOOD).splitlines(keepends=True)
DECLARED = declare(SALES_COLUMNS, SALES_KEY)


def broken(
    name: str, content: Grid | bytes, *says: str, row: int | None = None, column: str = "", **other
) -> Case:
    """A file that must be refused in these words, or read as `right` if that is given."""
    content = content if isinstance(content, bytes) else written(content)
    return Case(name, content, **{"declared": DECLARED, "says": says, "row": row, "column": column, **other})


def mended(name: str, content: Grid | bytes, **other) -> Case:
    """A file that is safely mended, and this is said."""
    content = content if isinstance(content, bytes) else written(content)
    kept = {"declared": DECLARED, "right": MEANS, "must_read": True, "said": True}
    return Case(name, content, **{**kept, **other})


def right(name: str, content: Grid | bytes, **other) -> Case:
    """A file that looks damaged to a careless reader, and is right."""
    return mended(name, content, **{"said": False, **other})


def cell(name: str, row: int, column: str, value: str, *says: str, **other) -> Case:
    """The good table with one cell changed, which the refusal must show."""
    shown = repr(value)[1:-1][:30]
    return broken(name, put(GOOD, row, column, value), shown, *says, row=row, column=column, **other)


def labels() -> list[Case]:
    """Text that a reader which guesses takes for something else."""
    nations = {"NO": "NO", "North": "TRUE", "South": "null"}
    named = each(GOOD, "region", nations.get)
    rules = {"region": 'type = "text"'}
    cut = each(GOOD, "order", lambda order: f"{float(order):.5E}")
    return [
        right("NA and None are labels", GOOD),
        right(
            "NO, TRUE and null are labels",
            named,
            declared=declare(SALES_COLUMNS, SALES_KEY, **rules),
            right=values(named, {**SALES_COLUMNS, **rules}),
        ),
        right(
            "007, 07 and 7 are three products",
            [GOOD[0], *(row for row in GOOD[1:] if row[2] != "Größe L")],
            right=values([GOOD[0], *(row for row in GOOD[1:] if row[2] != "Größe L")], SALES_COLUMNS),
        ),
        right(
            "16-digit ids are the key",
            GOOD,
            declared=declare(SALES_COLUMNS, ["order"]),
        ),
        broken("ids that a spreadsheet rounded", cut, "1.23457E+15", row=2, column="order"),
        broken(
            "ids that a spreadsheet rounded, as the key",
            cut,
            "1.23457E+15",
            declared=declare(SALES_COLUMNS, ["order"]),
        ),
        broken(
            "leading zeros lost since the last good read",
            each(GOOD, "sku", lambda sku: sku.lstrip("0") + "x"),
            "007|7x",
            before=written(GOOD),
        ),
        cell("a label of another case", 11, "segment", "NONE", "None", "accept|values"),
        cell("a label of another case where case tells nothing else", 12, "segment", "consumer", "Consumer"),
        cell("a label with a trailing space", 12, "segment", "Consumer ", "space"),
        cell("a label with a leading tab", 12, "segment", "\tConsumer", "space"),
        cell("a label with a no-break space at its end", 12, "segment", "Consumer\u00a0", "space"),
        cell("a label with a zero-width space", 12, "segment", "Con\u200bsumer"),
        cell(
            "a label with a character of control",
            12,
            "segment",
            "Con\x07sumer",
            'accept = ["Consumer", "Con\\u0007sumer"]',
        ),
        cell("a label escaped for a web page", 12, "segment", "Consumer&amp;", "web page", "accept"),
        cell("a label with a letter of another alphabet", 12, "segment", "\u0421onsumer"),
        cell("a label that is not declared", 12, "region", "West", "North", "values"),
        broken(
            "a label that differs in its inner space",
            put(each(GOOD, "segment", lambda label: f"{label} market"), 12, "segment", "Consumer  market"),
            "Consumer  market",
            row=12,
            column="segment",
        ),
        broken("a label decoded twice", put(GOOD, 13, "sku", "GrÃ¶ÃŸe L"), "GrÃ¶ÃŸe L", row=13, column="sku"),
        broken(
            "a label with a replacement character",
            put(GOOD, 13, "sku", "Gr\ufffd\ufffde L"),
            row=13,
            column="sku",
        ),
        cell("an Excel error among labels", 12, "segment", "#REF!"),
        cell("a flag in another word", 12, "promo", "TRUE", "no", "yes", "values"),
        cell("a blank label of the key", 12, "segment", "", 'keep = { segment = "filled" }'),
        mended(
            "labels decomposed (NFD) in one row",
            put(GOOD, 13, "sku", unicodedata.normalize("NFD", "Größe L")),
        ),
        mended(
            "the whole file decomposed (NFD)", unicodedata.normalize("NFD", written(GOOD).decode()).encode()
        ),
    ]


def numbers() -> list[Case]:
    """Numbers as people write them."""
    dressed = [
        ("a thousands separator", "1,234.50", "thousands"),
        ("thousands set apart by a no-break space", "1\u00a0234.50", "thousands"),
        ("thousands set apart by a narrow no-break space", "1\u202f234.50", "thousands"),
        ("thousands set apart by an apostrophe", "1'234.50", "thousands"),
        ("a thousands separator in the wrong place", "12,34.50", ""),
        ("a decimal comma", "984,50", "decimal"),
        ("a currency sign before", "$984.50", "strip"),
        ("a currency sign after", "984.50 €", "strip"),
        ("a currency code", "USD 984.50", "strip"),
        ("a percent sign", "98%", "scale = 0.01"),
        ("thousands by a letter", "984k", "scale = 1000"),
        ("a bound", "<984.50", "the number that is meant"),
        ("a unit", "984 pcs", "strip"),
        ("accountants' parentheses", "(984.50)", "parentheses"),
        ("a minus after", "984.50-", "hyphen"),
        ("a typographic minus", "−984.50", "hyphen"),
        ("full-width digits", "９８４.５", ""),
        ("Arabic digits", "٩٨٤", ""),
        ("a remark", "n.a. (est.)", ""),
        ("a mark for missing", "-", "na|nullable"),
        ("NA where a number is due", "NA", "na|nullable"),
        ("nan", "nan", ""),
        ("inf", "inf", ""),
        ("minus infinity", "-Infinity", ""),
        ("a number too large", "1e999", ""),
        ("an underscore", "1_000", ""),
        ("a hexadecimal number", "0x3E8", ""),
        ("a letter O for a zero", "98O.5", ""),
        ("two decimal points", "1.234.50", ""),
        ("two numbers", "984 / 990", ""),
        ("a date", "2024-03-01", ""),
        ("an error of Excel", "#DIV/0!", ""),
        ("a column too narrow", "########", ""),
        ("a formula", "=G9*1.1", ""),
        ("true", "TRUE", ""),
        ("space alone", "   ", "nullable"),
        ("nothing", "", "nullable"),
    ]
    return [
        *(cell(f"{name} in a number", 10, "revenue", value, says) for name, value, says in dressed),
        cell("a fraction in a whole number", 10, "units", "84.5", "whole"),
        cell("a German thousands point in a whole number", 10, "units", "1.234", "whole"),
        cell("a negative number out of range", 10, "units", "-84", "range"),
        cell("a number out of range", 10, "price", "12500", "range"),
        cell("a number a thousand times too large", 10, "revenue", "925000.00", "jumps"),
        cell("a number a thousand times too small", 34, "revenue", "1.675", "jumps"),
        broken(
            "a month that was counted in thousands",
            put_all(GOOD, "revenue", {row: f"{float(GOOD[row - 1][6]) / 1000:.4f}" for row in range(22, 26)}),
            "jumps",
            row=22,
            column="revenue",
        ),
        broken(
            "the last month a thousand times too large",
            put_all(GOOD, "revenue", {row: f"{float(GOOD[row - 1][6]) * 1000:.0f}" for row in range(46, 50)}),
            "jumps",
            row=46,
            column="revenue",
        ),
        broken(
            "the last quarter counted in thousands",
            put_all(GOOD, "revenue", {row: f"{float(GOOD[row - 1][6]) / 1000:.4f}" for row in range(38, 50)}),
            "jumps",
            row=38,
            column="revenue",
        ),
        broken(
            "every number with a currency sign",
            each(GOOD, "revenue", lambda cell: f"${cell}"),
            "$",
            "strip",
            row=2,
            column="revenue",
        ),
        broken(
            "every number with a decimal comma",
            each(GOOD, "revenue", lambda cell: cell.replace(".", ",")),
            "decimal",
            row=2,
            column="revenue",
        ),
        broken(
            "decimal commas under a declared point as thousands",
            GOOD,
            'correct decimal = ","',
            row=2,
            column="revenue",
            declared=declare(SALES_COLUMNS, SALES_KEY, 'format = { decimal = ",", thousands = "." }'),
        ),
    ]


def dates() -> list[Case]:
    """Dates in other orders, impossible ones, and moments."""

    def all_as(form: str) -> Grid:
        return each(GOOD, "month", lambda day: form.format(y=day[:4], m=day[5:7], d=day[8:]))

    def declared(form: str, *more: str) -> str:
        rule = f'type = "date", role = "period", format = "{form}"'
        return declare(SALES_COLUMNS, SALES_KEY, month=", ".join([rule, *more]))

    fifteenth = all_as("{m}/15/{y}")
    american = all_as("{m}/{d}/{y}")
    return [
        broken(
            "days first, declared year first",
            all_as("{d}/{m}/{y}"),
            "01/01/2024",
            "format",
            row=2,
            column="month",
        ),
        broken(
            "months first, declared days first",
            fifteenth,
            "01/15/2024",
            "format",
            row=2,
            column="month",
            declared=declared("%d/%m/%Y"),
        ),
        broken(
            "days first and months first mixed",
            put(all_as("15/{m}/{y}"), 20, "month", "05/15/2024"),
            "05/15/2024",
            "format",
            row=20,
            column="month",
            declared=declared("%d/%m/%Y"),
        ),
        broken(
            "the first of each month with day and month swapped",
            american,
            "format",
            column="month",
            declared=declared("%d/%m/%Y"),
        ),
        broken(
            "day and month swapped since the last good read",
            american,
            column="month",
            declared=declared("%d/%m/%Y"),
            before=written(all_as("{d}/{m}/{y}")),
        ),
        cell("a date that does not exist", 10, "month", "2024-02-30"),
        cell("the zeroth of a month", 10, "month", "2024-03-00"),
        cell("a date as Excel counts", 10, "month", "45352"),
        broken(
            "all dates as Excel counts",
            each(GOOD, "month", lambda day: "45352"),
            "45352",
            row=2,
            column="month",
        ),
        cell("a date long after today", 10, "month", "2204-03-01", "future"),
        cell("a date of the year 20024", 10, "month", "20024-03-01"),
        cell("a year of two digits", 10, "month", "24-03-01"),
        cell("a month in words", 10, "month", "March 2024", "format"),
        cell("slashes for dashes", 10, "month", "2024/03/01", "format"),
        cell("a date with a remark", 10, "month", "2024-03-01*"),
        cell("no date", 10, "month", ""),
        cell("a moment with a time zone", 10, "month", "2024-03-01T00:30:00+02:00", "zone"),
        cell("a moment in UTC", 10, "month", "2024-03-01T23:30:00Z", "zone"),
        cell("a time of day", 10, "month", "2024-03-01 17:45:00"),
        cell("midnight", 10, "month", "2024-03-01 00:00:00", right=MEANS),
    ]


def rows() -> list[Case]:
    """Rows that are too many, too few, too long or too short."""
    twice = [*LINES, LINES[5]]
    other = [*LINES, LINES[5].replace(b",yes", b",xx").replace(b",no", b",yes").replace(b",xx", b",no")]
    total = f"Total,,,,,5000,{sum(float(row[6]) for row in GOOD[1:]):.2f},,\n".encode()
    shifted = [list(row) for row in GOOD]
    shifted[9] = ["", *shifted[9][:-1]]
    left = [list(row) for row in GOOD]
    left[9] = [*left[9][1:], ""]
    quote = b"".join(LINES)
    return [
        broken("a row twice", b"".join(twice), "2024-02-01", "key", row=50),
        broken("a key twice with other numbers", b"".join(other), "2024-02-01", "key", row=50),
        broken("the table twice", b"".join([*LINES, *LINES[1:]]), "key", row=50),
        broken("the file appended to itself", b"".join(LINES * 2), "month", row=50),
        broken(
            "the header again in the middle", b"".join([*LINES[:20], LINES[0], *LINES[20:]]), "month", row=21
        ),
        broken("a totals row", b"".join([*LINES, total]), "Total", row=50),
        *(
            broken(
                f"a row of {name}",
                [*GOOD, ["2024-12-01", "Consumer", name, "1", "NO", "500", "9999", "12", "no"]],
                f'accept = ["{name}"]',
                row=50,
                column="sku",
            )
            for name in ("Total Consumer", "Consumer total", "Subtotal of 007")
        ),
        broken("a note under the table", b"".join([*LINES, b"Source: order system\n"]), "footer", row=50),
        broken(
            "a note under the table and an empty line",
            b"".join([*LINES, b"\n", b"Source: orders\n"]),
            "footer",
            row=51,
        ),
        broken(
            "a note filled up with commas",
            b"".join([*LINES, b"Source: order system,,,,,,,,\n"]),
            "Source",
            row=50,
        ),
        broken(
            "title rows", b"".join([b"Sales by month\n", b"Exported 2025-01-02\n", b"\n", *LINES]), "skip"
        ),
        broken(
            "a title row filled up with commas",
            b"".join([b"Sales by month,,,,,,,,\n", *LINES]),
            "skip",
            row=1,
        ),
        broken("no header", b"".join(LINES[1:]), "2024-01-01", 'header = ["month", "segment", ', row=1),
        broken("the first rows cut off", b"".join(LINES[7:]), "month", row=1),
        broken(
            "a short row", b"".join([*LINES[:9], LINES[9].rpartition(b",")[0] + b"\n", *LINES[10:]]), row=10
        ),
        broken("a long row", b"".join([*LINES[:9], LINES[9].strip() + b",x\n", *LINES[10:]]), row=10),
        broken(
            "a long row whose last cell is empty",
            b"".join([*LINES[:9], LINES[9].strip() + b",\n", *LINES[10:]]),
            row=10,
            right=MEANS,
        ),
        broken(
            "a comma that is not quoted",
            b"".join([*LINES[:9], LINES[9].replace(b"NA", b"NA, north"), *LINES[10:]]),
            row=10,
        ),
        broken("a row shifted right", shifted, row=10),
        broken("a row shifted left", left, row=10),
        broken(
            "one field more on every row", b"".join([LINES[0], *(b"x," + line for line in LINES[1:])]), row=2
        ),
        broken(
            "a comma more at the end of every row",
            b"".join([LINES[0], *(line.strip() + b",\n" for line in LINES[1:])]),
            row=2,
            right=MEANS,
        ),
        broken(
            "a comma more at the start of every row",
            b"".join([LINES[0], *(b"," + line for line in LINES[1:])]),
            row=2,
        ),
        broken("two rows joined", b"".join([*LINES[:9], LINES[9].strip(), *LINES[10:]]), row=10),
        broken(
            "a row broken in two",
            b"".join([*LINES[:9], LINES[9].replace(b",North", b"\n,North"), *LINES[10:]]),
            row=10,
        ),
        broken("a line of a merge conflict", b"".join([*LINES[:9], b"<<<<<<< HEAD\n", *LINES[9:]]), row=10),
        broken("a quote that is not closed", quote.replace(b",Consumer,", b',"Consumer,', 1), "quote", row=4),
        broken(
            "a quote that is not closed in the last row",
            quote.rstrip().rpartition(b",")[0] + b',"yes\n',
            "quote",
        ),
        broken(
            "a quote that opens where another closes, far below",
            quote.replace(b",Consumer,", b',"Consumer,', 1)[:-400]
            + quote[-400:].replace(b",Consumer,", b',Consumer",', 1),
            row=4,
        ),
        broken(
            "text after a closing quote",
            quote.replace(b",Consumer,", b',"Consumer" x,', 1),
            "quote|Consumer",
            row=4,
        ),
        cell("a line break in a number", 10, "revenue", "984\n.50"),
        right(
            "a line break in a label",
            put(GOOD, 10, "order", "12\n34"),
            right=values(put(GOOD, 10, "order", "12\n34"), SALES_COLUMNS),
        ),
    ]


def bytes_() -> list[Case]:
    """Bytes that are no text, or not this text."""
    good = written(GOOD)
    return [
        broken("a NUL byte in a label", good.replace(b"Consumer", b"Con\0umer", 1), "NUL|x00", row=4),
        broken("a NUL byte in a number", good.replace(b",12.50,", b",12\x0050,", 1), "NUL|x00", row=2),
        broken("nothing but NUL bytes", bytes(len(good)), "NUL|x00|empty"),
        broken("an end of NUL bytes", good[:1800] + bytes(len(good) - 1800), "NUL|x00"),
        broken("no byte", b"", "empty"),
        broken("a BOM alone", b"\xef\xbb\xbf", "empty"),
        broken("empty lines alone", b"\n\r\n  \n", "empty|header|month"),
        broken("a header alone", LINES[0], "no row|rows"),
        broken("a header alone, without a line end", LINES[0].strip(), "no row|rows"),
        broken("another encoding", good.decode().encode("cp1252"), "encoding|UTF-8", row=5),
        broken(
            "UTF-16 without a byte order mark",
            good.decode().encode("utf-16-le"),
            "encoding|UTF-16|NUL",
            right=MEANS,
        ),
        broken("half a character", good[: good.index("ö".encode()) + 1], "encoding|UTF-8"),
        mended("a BOM", b"\xef\xbb\xbf" + good),
        mended("line ends of an old Mac", good.replace(b"\n", b"\r")),
        mended(
            "line ends mixed",
            b"".join(line.replace(b"\n", (b"\n", b"\r\n", b"\r")[i % 3]) for i, line in enumerate(LINES)),
            must_read=False,
            says=("line",),
            said=False,
        ),
        mended("UTF-16 with a byte order mark", good.decode().encode("utf-16"), said=False),
        broken("cut in the middle of a row", good[: good.rindex(b",101.00")], "cut off", row=49),
        broken("a note without a line end", good + b"Source: orders", "footer = 1", row=50),
        broken(
            "cut in the middle of a row, since the last good read",
            good[: good.rindex(b",101.00")],
            row=49,
            before=good,
        ),
        broken("cut at a line end within a month", b"".join(LINES[:43]), "shrink|rows", before=good),
        broken("the last row gone", b"".join(LINES[:-1]), "shrink|rows", before=good),
        broken("the last month gone", b"".join(LINES[:-4]), "2024-", before=good),
        broken("a month gone in the middle", b"".join([*LINES[:17], *LINES[21:]]), "2024-05", before=good),
        broken("a product gone", [row for row in GOOD if row[2] != "07"], "07", before=good),
        broken(
            "a segment renamed",
            each(GOOD, "segment", lambda name: name.replace("Business", "Firms")),
            "Business",
            before=good,
        ),
        broken(
            "cut at a line end, sorted by product",
            written([GOOD[0], *sorted(GOOD[1:], key=lambda row: row[2])][:-5]),
            "shrink|rows|2024-",
            before=good,
        ),
    ]


def columns() -> list[Case]:
    """Columns under other names."""

    def header(*names: tuple[str, str]) -> Grid:
        swap = dict(names)
        return [[swap.get(name, name) for name in GOOD[0]], *GOOD[1:]]

    umlaut = {**SALES_COLUMNS, "Größe": 'type = "text"'}
    sized = [[*GOOD[0], "Größe"], *([*row, "L"] for row in GOOD[1:])]
    decomposed = [[*GOOD[0], unicodedata.normalize("NFD", "Größe")], *sized[1:]]
    return [
        broken("a column renamed", header(("revenue", "net_revenue")), "revenue", "net_revenue", row=1),
        broken("a column in another case", header(("revenue", "Revenue")), "revenue", "Revenue", row=1),
        broken("a column missing", without(GOOD, "price"), "price", row=1),
        broken("a column twice", [[*row, row[6]] for row in GOOD], "revenue", "twice", row=1),
        broken(
            "a column twice with other values",
            [[*GOOD[0], "revenue"], *([*row, "1"] for row in GOOD[1:])],
            "revenue",
            "twice",
            row=1,
        ),
        broken(
            "two names swapped", header(("units", "revenue"), ("revenue", "units")), row=2, column="units"
        ),
        broken("a nameless column", header(("price", "")), "price", row=1),
        broken("another separator", written(GOOD, ";"), "separator", ";", right=MEANS),
        broken("tabs for commas", written(GOOD, "\t"), "separator", right=MEANS),
        broken(
            "a declared separator that is not there",
            GOOD,
            "separator",
            declared=declare(SALES_COLUMNS, SALES_KEY, 'format = { separator = ";" }'),
        ),
        mended("names with space around them", [[f" {name} " for name in GOOD[0]], *GOOD[1:]], said=False),
        mended(
            "names with no-break spaces around them",
            [[f"{name}\u00a0" for name in GOOD[0]], *GOOD[1:]],
            said=False,
            must_read=False,
            says=("month",),
        ),
        mended(
            "a decomposed name",
            decomposed,
            said=False,
            declared=declare(umlaut, SALES_KEY),
            right=values(sized, umlaut),
        ),
        broken(
            "a name with a zero-width space",
            header(("revenue", "revenue\u200b")),
            "revenue",
            row=1,
            right=MEANS,
        ),
    ]


LFS = b"""version https://git-lfs.github.com/spec/v1
oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
size 132735
"""
HTML = b"""<!DOCTYPE html>
<html><head><title>Sign in</title></head>
<body><h1>401, Authorization required</h1></body></html>
"""


def strangers() -> list[Case]:
    """Other things under the name of a CSV."""
    good = written(GOOD)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("sales.csv", good)
    records = [dict(zip(GOOD[0], row, strict=True)) for row in GOOD[1:]]
    denied = b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>\n'
    packed, at = gzip.compress(good, mtime=0), "data/sales.csv.gz"
    zipped_ = declare(SALES_COLUMNS, SALES_KEY, path=at)
    damaged = packed[:300] + bytes([packed[300] ^ 0xFF]) + packed[301:]
    return [
        broken("a page in place of the table", HTML, "HTML|web page"),
        broken("a page without a doctype", b"\n  " + HTML.partition(b"\n")[2].lower(), "HTML|web page"),
        broken("an error in XML", denied, "XML|web page"),
        broken("a Git LFS pointer", LFS, "Git LFS|git lfs"),
        broken("JSON", json.dumps(records).encode(), "JSON"),
        broken("an error in JSON", b'{"message": "API rate limit exceeded", "status": 403}\n', "JSON"),
        broken("JSON lines", "\n".join(map(json.dumps, records)).encode(), "JSON"),
        broken("gzip", packed, "gzip", right=MEANS),
        broken("a zip archive", archive.getvalue(), "zip|Excel|xlsx"),
        broken("Parquet", b"PAR1" + bytes(range(256)) * 4 + b"PAR1", "Parquet"),
        broken("a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\n", "PDF"),
        broken("a database", b"SQLite format 3\0" + bytes(84) + bytes(3996), "SQLite"),
        broken("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(200)), ""),
        broken(
            "a stack trace",
            b'Traceback (most recent call last):\n  File "export.py", line 3, in <module>\n',
            "month",
        ),
        broken("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2040), "Excel|xls|workbook"),
        broken("a CSV under the name of gzip", good, "gzip", path=at, declared=zipped_, right=MEANS),
        broken("gzip cut short", packed[:-200], "gzip|damaged", path=at, declared=zipped_),
        broken("gzip without its last bytes", packed[:-4], "gzip|damaged", path=at, declared=zipped_),
        broken("gzip with a byte changed", damaged, "gzip|damaged", path=at, declared=zipped_),
        broken("gzip of nothing", gzip.compress(b"", mtime=0), "empty", path=at, declared=zipped_),
        broken(
            "gzip with other bytes behind it",
            packed + b"<html>later</html>",
            "gzip|damaged",
            path=at,
            declared=zipped_,
        ),
        broken(
            "a pickle",
            b"cos\nsystem\n(S'touch pwned'\ntR.",
            "pickle",
            path="data/sales.pkl",
            declared=declare(SALES_COLUMNS, SALES_KEY, path="data/sales.pkl"),
        ),
        broken("a pickle under the name of a CSV", b"\x80\x04\x95\x1a\0\0\0\0\0\0\0\x8c\x05posix\x94.", ""),
    ]


def damaged() -> list[Case]:
    """Every damaged text file."""
    parts = (
        labels,
        numbers,
        dates,
        rows,
        bytes_,
        columns,
        strangers,
    )
    return [case for part in parts for case in part()]
