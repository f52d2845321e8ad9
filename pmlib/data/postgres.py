"""PostgreSQL: batches of columns through ADBC, totals added up in the server."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.compute as pc

from pmlib.data.binding import marked
from pmlib.data.declaration import Table
from pmlib.data.roles import LABELS
from pmlib.data.rule import Rule
from pmlib.data.words import DataError, shown
from pmlib.sql import Name, Sql, joined, sql

SECONDS = 15  # a server that is not there is given up after
WHOLE = ("int2", "int4", "int8")
AS_THEY_ARE = (*WHOLE, "bool", "float8", "text", "varchar", "date", "timestamp", "timestamptz")
DATES = ("date", "timestamp", "timestamptz")
UNIT = Sql(str(2**60))  # as in checked.py
MICROSECONDS = 1_000_000
FIRST, LAST = -62_135_596_800, 253_402_300_800  # seconds from 1970 to the years 1 and 10000


@contextmanager
def connected(url: str) -> Iterator:
    """Open one transaction that sees one state of the database and can change nothing.

    url : as SQLAlchemy has it; a driver that it names is left out.
    """
    from adbc_driver_postgresql import dbapi

    url = re.sub(r"^\w+(\+\w+)?://", "postgresql://", url)
    if "connect_timeout" not in url:
        url += ("&" if "?" in url else "?") + f"connect_timeout={SECONDS}"
    with dbapi.connect(url, autocommit=False) as connection, connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")

        def stream(query: Sql) -> pa.RecordBatchReader:
            text = marked(query, "${}".format)
            cursor.execute(text, query.parameters or None)
            return cursor.fetch_record_batch()

        yield stream


def types(reader: pa.RecordBatchReader) -> dict[str, str]:
    """Name the types of a result as the server does: int4, numeric, _text for an array of text."""
    found = {}
    for field in reader.schema:
        told = field.metadata or {}
        found[field.name] = (
            told.get(b"POSTGRESQL:type") or told.get(b"ADBC:postgresql:typname") or b""
        ).decode()
    return found


def declared(path: str, query: Sql, types: Mapping[str, str], table: Table) -> Sql:
    """Select the declared columns as the server gives them without loss; all of them where one is missing.

    Decimals come as text: a float could not hold all their digits.
    """
    names = list(table.columns) if set(table.columns) <= set(types) else list(types)
    columns = []
    for name in names:
        type_ = types[name]
        if type_ == "bytea" or type_.startswith("_") or type_ in ("record", ""):
            kind = "arrays" if type_.startswith("_") else type_ or "values without a type"
            remedy = "turn it into a number, a date or text in the query"
            raise DataError(f"{path}, column {shown(name)}: it holds {kind}, which no column can; {remedy}")
        column = sql("source.{}", Name(name))
        if type_ == "float4":
            column = sql("cast(cast({} as text) as float8)", column)  # 0.1, not 0.10000000149011612
        elif type_ == "numeric":
            column = sql("cast(trim_scale({}) as text)", column)
        elif type_ == "money":
            column = sql("cast(cast({} as numeric) as text)", column)
        elif type_ not in AS_THEY_ARE:
            column = sql("cast({} as text)", column)
        columns.append(sql("{} as {}", column, Name(name)))
    return sql("select {} from ({}) as source", joined(", ", columns), query)


def hashed(rows: Sql) -> Sql:
    """Hash rows whatever their order."""
    each = sql("select hash_record_extended(source, 0) as h from ({}) as source", rows)
    return sql("select count(*), sum(h), bit_xor(h) from ({}) as hashes", each)


def checked(path: str, batch: pa.RecordBatch, before: int) -> pa.RecordBatch:
    """Refuse what Arrow cannot hold: a date without end, text that is not UTF-8.

    before : rows of the batches before this one.
    """
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if pa.types.is_string(column.type):
            try:
                column.validate(full=True)
            except pa.ArrowInvalid:
                raise DataError(f"{path}, column {shown(name)}: it holds bytes that are not UTF-8") from None
        elif pa.types.is_temporal(column.type):
            day = 86_400 if pa.types.is_date(column.type) else 1
            seconds = pc.divide(column.cast("int32" if day > 1 else "int64"), 1 if day > 1 else MICROSECONDS)
            wrong = pc.or_(pc.less(seconds, FIRST // day), pc.greater_equal(seconds, LAST // day))
            if pc.any(wrong).as_py():
                row = before + pc.index(pc.fill_null(wrong, False), True).as_py() + 1
                remedy = "leave such rows out in the query, or make it null"
                raise DataError(
                    f"{path}, row {row}, column {shown(name)}: found a date without end; {remedy}"
                )
    return batch


def typed(rule: Rule, type_: str, name: str, na: list[str]) -> Sql | None:
    """What a declared column becomes, in the server's words; None where only the engine can tell."""
    column = sql("source.{}", Name(name))
    if rule.type in LABELS:
        if type_ == "bool" and rule.type == "flag" and not rule.values:
            column = sql("cast({} as int)", column)
        elif type_ not in ("text", "varchar", "bpchar", "bool", "uuid", *WHOLE):
            return None
        # Rows that have passed hold no label with space around it, and plain ASCII is its own normal form.
        text = sql("cast({} as text)", column)
        normal = sql(
            "case when octet_length({}) = length({}) then {} else normalize({}, NFC) end", *[text] * 4
        )
        gone = joined(", ", ["", *na])
        label = sql('(case when {} not in ({}) then {} end) collate "C"', text, gone, normal)
        if rule.type == "flag":
            return sql("cast(cast({} = {} as int) as bigint)", label, rule.allowed[1])
        return label
    if rule.type == "date":
        if type_ not in DATES:
            return None
        moment = sql("timezone({}, {})", rule.zone, column) if type_ == "timestamptz" else column
        return sql("cast({} as timestamp)", moment)
    if type_ not in (*WHOLE, "numeric", "float8"):
        return None
    if rule.type != "number":
        return sql("cast({} as bigint)", column)
    number = sql("nullif(cast({} as float8), 'NaN')", column)
    return sql("({} * {})", number, rule.scale) if rule.scale != 1 else number


def total(column: Name) -> Sql:
    """Add floats up without an error that depends on their order, as checked.py does."""
    whole = sql("sum(cast(floor({}) as bigint))", column)
    rest = sql("sum(cast(({} - floor({})) * {} as bigint))", column, column, UNIT)
    return sql("cast({} * {} + {} as float8) / {}", whole, UNIT, rest, UNIT)
