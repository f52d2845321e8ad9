"""What a declared column becomes, and what is wrong with a cell, as SQL for every row."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pmlib.data.declaration import Format, Table
from pmlib.data.quarter import with_month
from pmlib.data.roles import LABELS
from pmlib.data.rule import Rule
from pmlib.data.week import is_weekly, monday
from pmlib.data.words import SOURCES, listed
from pmlib.sql import Name, Sql, joined, sql

# All that Unicode calls white space, and what is as invisible. A pattern is far quicker here than trim() is.
SPACE = (
    r"[\s\v\x1c-\x1f\x{85}\x{a0}\x{1680}\x{2000}-\x{200f}\x{2028}-\x{202f}"
    r"\x{205f}-\x{2064}\x{3000}\x{feff}]"
)
PADDED = f"^{SPACE}|{SPACE}$"
LARGEST = 1.7976931348623157e308
SPACES = " \xa0\u202f\u2009"  # that stand between thousands; where one does, all do
MISSED = "a missing value"
REMEDY = {
    "number": "write digits and a decimal point only, as in 1234.5",
    "integer": "write digits only, as in 1234, or declare it as number or text",
}
INTEGERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
)
LONG = ("HUGEINT", "UBIGINT")  # longer than what a whole number becomes
FLOATS = ("FLOAT", "DOUBLE")
WIDEST: dict[str, tuple[Any, Any]] = {  # between which a value of a type is beyond doubt
    "number": (-LARGEST, LARGEST),
    "integer": (1 - 10**15, 10**15 - 1),
    "date": (date(1000, 1, 1), date(9999, 12, 31)),
    "year": (1000, 2999),
}


@dataclass(frozen=True)
class Wrong:
    """One thing that may be wrong with a cell.

    when : a condition on the row; not known counts as no.
    what, remedy : what an error says of a cell for which it holds.
    """

    when: Sql
    what: str
    remedy: str


@dataclass(frozen=True)
class Cell:
    """A declared column as SQL.

    raw : the column as it is in the part.
    known : over raw: the cell without space around it, NULL where that means a missing value.
    value : over raw: what it becomes, in the unit it is written in.
    name : what the value is called.
    result : over the value by its name: what it is in the unit it is declared in.
    wrong : over raw and the named value: what may be wrong with it, in the order in which it is said.
    fine : over the same: enough, and quick, to tell that nothing is.
    glance : over raw of all rows: enough, and quicker still, to tell that nothing is in any of them.
    """

    raw: Name
    known: Sql
    value: Sql
    name: Name
    result: Sql
    wrong: tuple[Wrong, ...]
    fine: Sql
    glance: Sql | None = None

    @property
    def right(self) -> Sql:
        """Whether nothing is wrong with the cell in any of all rows; not known counts as no."""
        return self.glance or sql("not bool_or({})", self.bad)

    @property
    def bad(self) -> Sql:
        """Whether anything is wrong with the cell."""
        found = joined(" or ", (sql("coalesce({}, false)", wrong.when) for wrong in self.wrong), "false")
        return sql("(case when {} then false else {} end)", self.fine, found)


def cell(rule: Rule, table: Table, raw: Name, kind: str, today: date) -> Cell:
    """Compile what is declared of a column.

    Parameters
    ----------
    kind : DuckDB's type of the raw column; VARCHAR is read as text, whatever it may look like.
    today : the day after which a date lies in the future.

    Raises
    ------
    ValueError : a column of that type cannot hold what is declared; says what it holds.
    """
    if kind.startswith("ENUM"):
        return cell(rule, table, raw, "VARCHAR", today)
    value, glance = Name(f"value_{raw}"), None
    text = sql("{}", raw) if kind == "VARCHAR" else _as_text(rule, raw, kind)
    if text is not None:
        known = sql("nullif(trim({}), '')", text)
        if table.na:
            known = sql("case when {} not in ({}) then {} end", known, joined(", ", table.na), known)
        becomes, wrong, fine = _from_text(rule, table, text, known, sql("{}", value))
    else:
        known = sql("case when not isnan({}) then {} end", raw, raw) if kind in FLOATS else sql("{}", raw)
        reader, wrong, whole = _native(rule, known, kind)
        becomes, fine = reader(known), whole or Sql("true")
        if not whole and "ZONE" not in kind:  # where clocks go back, a later moment may lie on an earlier day
            glance = _at_a_glance(rule, known, reader, today)
    limits = _limits(rule, sql("{}", value), today)
    missing = [] if rule.nullable else [_missing(known)]
    result = sql("{} * {}", value, rule.scale) if rule.scale != 1 else sql("{}", value)
    if rule.type not in LABELS:
        fine = sql("{} and {}", _within(rule, sql("{}", value), today), fine)
    return Cell(raw, known, becomes, value, result, (*missing, *wrong, *limits), fine, glance)


def _missing(known: Sql) -> Wrong:
    return Wrong(sql("{} is null", known), MISSED, "fill it")  # or what advice.py says of its role


def _limits(rule: Rule, value: Sql, today: date) -> Iterator[Wrong]:
    if rule.range:
        low, high = rule.range
        remedy = f"correct it, or range in {SOURCES}"
        yield Wrong(sql("{} < {}", value, low), f"below {_written(low)}", remedy)
        yield Wrong(sql("{} > {}", value, high), f"above {_written(high)}", remedy)
    if rule.type in ("date", "year") and not rule.future and not rule.range:
        latest = today if rule.type == "date" else today.year
        remedy = f"correct it, or allow it with future = true in {SOURCES}"
        yield Wrong(sql("{} > {}", value, latest), "in the future", remedy)


def _written(end: float | date) -> str:
    return end.isoformat() if isinstance(end, date) else f"{end:.15g}"


def _within(rule: Rule, value: Sql, today: date) -> Sql:
    """Whether a value is one, and within all limits."""
    low, high = WIDEST[rule.type]
    if rule.range:
        low, high = max(low, rule.range[0]), min(high, rule.range[1])
    elif rule.type in ("date", "year") and not rule.future:
        high = today if rule.type == "date" else today.year
    return sql("{} between {} and {}", value, low, high)


Reader = Callable[[Sql], Sql]  # from a cell to what it becomes, or to whether it is fine


def _at_a_glance(rule: Rule, known: Sql, reader: Reader, today: date) -> Sql:
    """Whether the least and the greatest value, which a file may keep, are right, and none is missing."""
    ends = [reader(sql("min({})", known)), reader(sql("max({})", known))]
    limits = joined(" and ", (_within(rule, end, today) for end in ends))
    return limits if rule.nullable else sql("{} and count({}) = count(*)", limits, known)


# What a column becomes, what may be wrong with it, and what a value within its limits is right by.
Compiled = tuple[Sql, list[Wrong], Sql]


def _from_text(rule: Rule, table: Table, text: Sql, known: Sql, value: Sql) -> Compiled:
    match rule.type:
        case "text" | "category" | "flag":
            return _label(rule, table, text, known)
        case "date":
            compiled = _date(rule, known, value)
        case "year":
            compiled = _year(known, value)
        case _:
            compiled = _number(rule, table.format, known, value)
    becomes, wrong, fine = compiled
    if table.na:
        return becomes(known), wrong, fine(text)
    # Few cells have space around them, which takes longer to look for than a number to read.
    quick = becomes(text)
    return sql("case when {} is null then {} else {} end", quick, becomes(known), quick), wrong, fine(text)


def _label(rule: Rule, table: Table, text: Sql, known: Sql) -> Compiled:
    label = sql("nullif({}, '')", text)  # space around it is wrong, so none has to be taken off
    if table.na:
        label = sql("case when {} not in ({}) then {} end", text, joined(", ", table.na), label)
    label, width, allowed = sql("nfc_normalize({})", label), len(table.columns), rule.allowed
    if rule.type == "flag":
        label, allowed = sql("lower({})", label), [one.lower() for one in allowed]
    wrong = [
        Wrong(
            sql("regexp_matches({}, {})", text, PADDED),
            "with space around it, which makes it another label",
            "remove the spaces",
        ),
        Wrong(
            sql("contains({}, {})", known, "\ufffd"),
            "a character that was lost in reading or saving",
            f"export the file again, or set encoding in {SOURCES}",
        ),
    ]
    if width > 2:  # a line in the cell that is a row of its own
        row = "|".join(rf"\n(?:[^\n{mark}]*{mark}){{{width - 1}}}" for mark in (",", ";", "\t", r"\|"))
        swallowed = sql("contains({}, chr(10)) and regexp_matches({}, {})", known, known, row)
        problem = "a cell with whole rows in it, from a quote that was not closed"
        wrong.append(Wrong(swallowed, problem, "close the quote where the cell ends"))
    if rule.allowed:
        wrong.append(
            Wrong(
                sql("{} not in ({})", label, joined(", ", allowed)),
                f"not one of {listed(rule.allowed)}",
                f"correct it, or values in {SOURCES}",
            )
        )
    if rule.type == "flag":
        return sql("cast({} = {} as bigint)", label, allowed[1]), wrong, Sql("false")
    return label, wrong, Sql("false")


Readers = tuple[Reader, list[Wrong], Reader]


def _year(known: Sql, value: Sql) -> Readers:
    pattern = sql("not regexp_full_match({}, {})", known, "[12][0-9]{3}")
    wrong = Wrong(pattern, "not a year", "write four digits, as in 1990")
    return _as_integer, [wrong], lambda cell: _is_plain(cell, value)


def _as_integer(cell: Sql) -> Sql:
    return sql("try_cast({} as bigint)", cell)


def _is_plain(cell: Sql, value: Sql) -> Sql:
    return sql("cast({} as varchar) = {}", value, cell)


def _date(rule: Rule, known: Sql, value: Sql) -> Readers:
    def day(cell: Sql) -> Sql:
        if is_weekly(rule.format):
            return sql("cast({} as timestamp)", monday(cell, rule.format))
        cell, form = with_month(cell, rule.format)
        if form.endswith("%z"):  # of which DuckDB does not know that Z is an offset too
            cell = sql("regexp_replace({}, 'Z$', '+00:00')", cell)
        moment = sql("try_strptime({}, {})", cell, form)
        if rule.zone:
            moment = sql("date_trunc('day', timezone({}, {}))", rule.zone, moment)
        return sql("cast({} as timestamp)", moment)

    example = datetime(1990, 12, 31).strftime(rule.format.replace("%q", "4"))
    remedy = f"write dates as {example}, or set format in {SOURCES}"
    wrong = [
        Wrong(sql("{} is null and {} is not null", value, known), "not a date", remedy),
        Wrong(sql("year({}) < 1000", value), "not a date of our time", remedy),
    ]
    return day, wrong, lambda cell: Sql("true")


def _number(rule: Rule, form: Format, known: Sql, value: Sql) -> Readers:
    is_plain = not form.thousands and form.decimal == "."

    def bare(cell: Sql) -> Sql:
        if rule.parentheses:
            cell = sql("regexp_replace({}, {}, {})", cell, r"^\((.+)\)$", r"-\1")
        for around in rule.strip:
            pattern = "^([+-]?){0}*{1}{0}*|{0}*{1}$".format(SPACE, re.escape(around))
            cell = sql("regexp_replace({}, {}, {})", cell, pattern, r"\1")
        if form.trailing_minus:
            cell = sql("regexp_replace({}, {}, {})", cell, r"^([^+-].*?)\s*-$", r"-\1")
        return cell

    def number(cell: Sql) -> Sql:
        cell = bare(cell)
        if form.thousands:
            marks = SPACES if form.thousands.isspace() else form.thousands
            cell = sql("translate({}, {}, '')", cell, marks)
        if form.decimal == ",":
            cell = sql("replace({}, ',', '.')", cell)
        return sql("try_cast({} as double)", cell) if rule.type == "number" else _as_integer(cell)

    def odd(cell: Sql) -> Sql:
        if rule.type == "number" and is_plain:  # try_cast, which is quick, knows all else that is none
            return sql("contains({}, '_')", bare(cell))
        return sql("not regexp_full_match({}, {})", bare(cell), _pattern(rule, form))

    def fine(cell: Sql) -> Sql:
        if rule.type == "integer" and is_plain:
            return _is_plain(bare(cell), value)
        return sql("not {}", odd(cell))

    is_a = "a number" if rule.type == "number" else "a whole number of at most 15 digits"
    lost = sql("{} or {} is null and {} is not null", odd(known), value, known)
    wrong = [Wrong(lost, f"not {is_a}", REMEDY[rule.type])]
    if rule.type == "number":
        wrong.append(Wrong(sql("isinf({}) or isnan({})", value, value), "not a finite number", "correct it"))
    return number, wrong, fine


def _pattern(rule: Rule, form: Format) -> str:
    # Simple enough for RE2 to run in one pass; what it lets by ("", ".") is no number to try_cast.
    if form.thousands:
        mark = f"[{SPACES}]" if form.thousands.isspace() else re.escape(form.thousands)
        whole = f"(?:[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|[0-9]*)"
    else:
        whole = "[0-9]*" if rule.type == "number" else "(?:0|[1-9][0-9]{0,14})"  # 007 is an id
    if rule.type == "integer":
        return f"[+-]?{whole}"
    return rf"[+-]?{whole}(?:{re.escape(form.decimal)}[0-9]*)?(?:[eE][+-]?[0-9]+)?"


def _as_text(rule: Rule, raw: Name, kind: str) -> Sql | None:
    """What a typed column is as text, where labels are declared; None where its type may stay."""
    if rule.type not in LABELS:
        return None
    if kind == "BOOLEAN" and rule.type == "flag" and not rule.values:
        return sql("cast(cast({} as integer) as varchar)", raw)
    if kind in ("BOOLEAN", "UUID", *INTEGERS):
        return sql("cast({} as varchar)", raw)
    raise ValueError(f"holds {kind}, which is no {rule.type}")


def _native(rule: Rule, known: Sql, kind: str) -> tuple[Reader, list[Wrong], Sql | None]:
    """How a typed column is read, what may be wrong, and what shows a number whole where it may be none."""
    if rule.type == "date":
        if kind == "TIMESTAMP WITH TIME ZONE" and not rule.zone:
            raise ValueError('holds moments, which are dates in one zone only; add zone = "UTC" to it')
        if not kind.startswith(("DATE", "TIMESTAMP")):
            raise ValueError(f"holds {kind}, which is no date")

        def day(cell: Sql) -> Sql:
            moment = sql("date_trunc('day', timezone({}, {}))", rule.zone, cell) if "ZONE" in kind else cell
            return sql("cast({} as timestamp)", moment)

        return day, [], None
    if kind.split("(")[0] not in (*INTEGERS, *FLOATS, "DECIMAL"):
        raise ValueError(f"holds {kind}, which is no {rule.type}")
    wrong, whole = [], None
    if kind not in INTEGERS:
        outside = sql("{} not between {} and {}", known, -LARGEST, LARGEST)
        wrong.append(Wrong(outside, "not a finite number", "correct it"))
    if rule.type == "number":
        return lambda cell: sql("cast({} as double)", cell), wrong, None
    if kind not in INTEGERS:
        whole = sql("{} = floor({})", known, known)
        part = sql("{} <> floor({})", known, known)
        wrong.append(Wrong(part, "not a whole number", REMEDY["integer"]))
    if rule.type == "year":
        wrong.append(
            Wrong(sql("{} not between 1000 and 2999", known), "not a year", "write four digits, as in 1990")
        )
    if kind in LONG or whole:
        lost = sql("{} is null and {} is not null", _as_integer(known), known)
        wrong.append(Wrong(lost, "too large for a whole number", REMEDY["integer"]))
        return _as_integer, wrong, whole
    return lambda cell: sql("cast({} as bigint)", cell), wrong, None
