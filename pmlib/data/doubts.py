"""What no single cell shows: repeated keys, labels that are no labels or near twins, days for months."""

import html
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

from pmlib.data.advice import leave_out
from pmlib.data.checked import Checked
from pmlib.data.facts import Facts
from pmlib.data.rule import Rule
from pmlib.data.time_axis import check_time
from pmlib.data.total_row import is_total
from pmlib.data.words import SOURCES, DataError, and_more, quoted, shown
from pmlib.sql import Sql, joined, sql

OF_GROUP = re.compile(r"(?:sub-?)?total (?:of )?(.+)|(.+) (?:sub-?)?total")  # as a pivot table adds them
EXCEL_ERRORS = {"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
ENTITY = re.compile(r"&(#x?[0-9a-fA-F]+|[a-zA-Z]+);")
MOST_BITS = 1 << 27  # 16 MB a thread
FEWEST = 4  # values by which one tells what a series is like
ALIKE = str.maketrans("АВЕКМНОРСТХаеорсухіΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEKMHOPCTXaeopcyxiABEZHIKMNOPTYXo")


def check_table(checked: Checked, relation: Sql, facts: Facts) -> None:
    """Refuse a table in which every cell is as declared and which is doubtful all the same.

    Parameters
    ----------
    relation : of the typed columns.

    Raises
    ------
    DataError : the first doubt, with the line of the declaration that would accept what raises it.
    """
    if facts.rows == 0:
        raise DataError(f"{checked.parts[0].path}: there is a header but no row; export the table again")
    known = {label.casefold() for labels in facts.labels.values() for label in labels}
    found = list[str]()
    for name, labels in facts.labels.items():
        try:
            _check_totals(checked, name, labels, known)
            _check_wreckage(checked, name, labels)
            _check_twins(checked, name, labels, facts.rows)
        except DataError as error:
            found.append(str(error))
    for name, rule in checked.table.columns.items():
        try:
            if rule.type == "date" and not rule.range:
                _check_order(checked, relation, name, rule)
        except DataError as error:
            found.append(str(error))
    if found:
        raise DataError.of(found)
    check_time(checked, facts)
    if not facts.different:
        _check_key(checked, relation, facts.rows)


def _check_totals(checked: Checked, name: str, labels: Sequence[str], known: set[str]) -> None:
    rule = checked.table.columns[name]
    for label in labels:
        if label in rule.accept or label in rule.allowed:
            continue
        group = OF_GROUP.fullmatch(label.casefold())
        sums_up = is_total(label) or (group and (group[1] or group[2]) in known)
        if sums_up or (label == name and len(labels) > 1):
            what = "a row of totals, which would count twice" if sums_up else "the header again"
            where = checked.place(*checked.first([name], sql("{} = {}", checked.column(name), label)))
            left = f" or leave it out with {leave_out(checked.table, name, label)}" if sums_up else ""
            remedy = f"remove the row{left}; if it is a real label, say so with {_accept([label])}"
            raise DataError(f"{where}, column {shown(name)}: found {shown(label)}, {what}; {remedy}")


def _check_wreckage(checked: Checked, name: str, labels: Sequence[str]) -> None:
    rule = checked.table.columns[name]
    for label in labels:
        wrong = "" if label in rule.accept or label in rule.allowed else _wreckage(label)
        if wrong:
            where = checked.place(*checked.first([name], sql("{} = {}", checked.column(name), label)))
            remedy = f"export the file again; if it is a real label, say so with {_accept([label])}"
            raise DataError(f"{where}, column {shown(name)}: found {shown(label)}, {wrong}; {remedy}")


def _wreckage(label: str) -> str:
    """Say what a label is that some program has made of another."""
    if label in EXCEL_ERRORS:
        return "an error of Excel's"
    if re.fullmatch(r"\d([.,]\d+)?E\+\d{2,}", label):
        return "a long number that a spreadsheet has rounded"
    if ENTITY.search(label) and html.unescape(label) != label:
        return "written as in a web page"
    for encoding in ("cp1252", "latin-1"):
        try:
            if label.encode(encoding).decode("utf-8") != label:
                return f"UTF-8 that was once read as {encoding}"
        except UnicodeError:
            continue
    return ""


def _check_twins(checked: Checked, name: str, labels: Sequence[str], rows: int) -> None:
    rule = checked.table.columns[name]
    named = rule.type == "category" or rule.role or name in checked.table.unique
    if not named and rows < 2 * len(labels):
        return  # prose, in which one writes as one likes
    alike = defaultdict[str, list[str]](list)
    for label in labels:
        alike[_folded(label)].append(label)
    for twins in alike.values():
        if len(twins) == 1 or len({*twins} - {*rule.accept, *rule.allowed}) < 2:
            continue
        usual, odd = twins[:2]
        where = checked.place(*checked.first([name], sql("{} = {}", checked.column(name), odd)))
        remedy = f"write them alike; if they are two, say so with {_accept([usual, odd])}"
        what = f"found {shown(odd)}, and elsewhere {shown(usual)}, which a reader takes for the same"
        raise DataError(f"{where}, column {shown(name)}: {what}; {remedy}")


def _accept(labels: list[str]) -> str:
    return f"accept = [{', '.join(map(quoted, labels))}] in {SOURCES}"


def _folded(label: str) -> str:
    """What two labels share that a reader takes for the same: case, width, look and space put aside."""
    plain = unicodedata.normalize("NFKC", label).translate(ALIKE).casefold()
    return re.sub(
        r"\s+", " ", re.sub(r"[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u2060\ufeff]", "", plain)
    ).strip()


def _check_order(checked: Checked, relation: Sql, name: str, rule: Rule) -> None:
    """Doubt dates whose days and months can all change places, and look more like a series when they do."""
    codes = re.findall("%[a-zA-Z]", rule.format)
    if not {"%d", "%m"} <= set(codes) or codes[:3] == ["%Y", "%m", "%d"]:
        return
    column = checked.column(name)
    found = checked.run(
        sql("select distinct {} as day from {} where {} is not null", column, relation, column)
    )
    days = found["day"].to_pylist()
    months = {day.month for day in days}
    if (
        len(days) < FEWEST
        or any(day.day > 12 for day in days)
        or len({day.day for day in days}) <= 2 * len(months)
    ):
        return
    swapped = rule.format.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")
    raise DataError(
        f"{checked.parts[0].path}, column {shown(name)}: found {len(days)} dates with no day above 12 in "
        f"{len(months)} month{'s' if len(months) > 1 else ''}, as if days and months had changed places; "
        f'set format = "{swapped}", or confirm the order by a range of two dates, in {SOURCES}'
    )


def _check_key(checked: Checked, relation: Sql, rows: int) -> None:
    unique = checked.table.unique
    keys = joined(", ", (checked.column(name) for name in unique))
    if not unique or _lies_close(checked, relation, rows) or _rises(checked, relation):
        return
    if not len(checked.run(sql("select 1 from {} group by {} having count(*) > 1 limit 1", relation, keys))):
        return
    groups = sql(
        "select list(row(part, i) order by part, i) as spots from ({}) group by {} having count(*) > 1",
        *(checked.numbered(unique), keys),
    )
    found = checked.run(
        sql(
            "select spots[1] as one, spots[2] as two, sum(len(spots) - 1) over () as n "
            "from ({}) order by two limit 1",
            groups,
        )
    )
    one, two = ([int(at) for at in found[which][0].as_py().values()] for which in ("one", "two"))
    where = checked.place(two[0], two[1])
    if one[0] == two[0]:
        row = checked.parts[one[0]].locate(one[1])
        where = (
            where.replace("row ", f"rows {row.removeprefix('row ')} and ", 1)
            if row.startswith("row ")
            else where
        )
    else:
        where = f"{where} and {checked.place(one[0], one[1])}"
    written = ", ".join(map(shown, checked.raw(two[0], two[1], unique)))
    more = and_more(int(found["n"][0].as_py()) - 1)
    problem = f"the same {' and '.join(unique)} ({written}){more}"
    raise DataError(f"{where}: {problem}; keep one row, or correct key in {SOURCES}")


def _lies_close(checked: Checked, relation: Sql, rows: int) -> bool:
    """Whether the key is a whole number, all of them close together and no two alike: a bit each shows it."""
    name, *more = checked.table.unique
    if more or checked.table.columns[name].type != "integer":
        return False
    key = checked.column(name)
    ends = checked.run(sql("select min({}) as low, max({}) as high from {}", key, key, relation))
    low, high = ends["low"][0].as_py(), ends["high"][0].as_py()
    if not isinstance(low, int) or high - low >= min(64 * rows, MOST_BITS):  # scaled, it is no whole number
        return False
    bits = sql("bitstring_agg({}, {}, {})", key, low, high)
    found = checked.run(sql("select bit_count({}) as different, count(*) as n from {}", bits, relation))
    return found["different"][0] == found["n"][0]


def _rises(checked: Checked, relation: Sql) -> bool:
    """Whether each row's key is above the one before: then none repeats, which no memory is needed to see."""
    key = sql("row({})", joined(", ", (checked.column(name) for name in checked.table.unique)))
    pairs = sql("select {} as here, lag({}) over () as before from {}", key, key, relation)
    found = checked.run(sql("select coalesce(bool_and(here > before), true) as rises from ({})", pairs))
    return found["rises"][0].as_py()
