"""The remedy for a wrong cell: the line of the declaration that would accept it, where there is one."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from pmlib.data.cells import MISSED, Wrong
from pmlib.data.declaration import FILLED, Table
from pmlib.data.propose.toml import pairs
from pmlib.data.roles import MEASURES
from pmlib.data.rule import Rule
from pmlib.data.total_row import is_total, may_be_total
from pmlib.data.words import SOURCES, quoted, shown

USUAL_DATES = (
    *("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y%m%d", "%Y-%m"),
    *("%m/%Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y"),
    *("%d-%b-%y", "%d-%b-%Y", "%b %Y", "%B %Y", "%b-%y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"),
    *("%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M"),
)
MISSING = re.compile(
    r"(n\.?/?a\.?|nan|null|none|nil|missing|unknown|k\.?\s?a\.?|tbd|-+|–|—|\.|\?|#n/?a|\*)", re.I
)
AROUND = re.compile(r"([+-]?)\s*(\D{0,4}?)\s*([+-]?[0-9][0-9.,]*)\s*(\D{0,8}?)")
MINUS = "-−–—"  # in any of these looks
BOUND = "<>~≈±≤≥"
TIMES = re.compile(r"[kKMB]|(?i:mn|mio\.?|mill?\.?|million|bn|billion|mrd\.?|tsd\.?|thousand)")
EXCEL_DAY_ZERO = date(1899, 12, 30)


def advice(table: Table, name: str, names: list[str], found: Any, wrong: Wrong) -> str:
    """Say what to do about a cell.

    Parameters
    ----------
    names : the header, by which one tells that it is repeated.
    found : what the cell holds.
    """
    rule = table.columns[name]
    if found == name and name in names:
        return "this is the header again; remove the row"
    if wrong.what == MISSED:
        return _missing(table, name)
    if not isinstance(found, str) or not wrong.what.startswith("not a"):
        return wrong.remedy
    text = found.strip()
    if MISSING.fullmatch(text) and name not in table.unique:
        return f"if that means missing, set nullable = true and na = [{quoted(text)}] in {SOURCES}"
    if rule.type == "date":
        return _date(text) or wrong.remedy
    if rule.type in MEASURES:
        return _number(table, rule, text) or wrong.remedy
    return wrong.remedy


def odd_row(table: Table, name: str, cells: Mapping[str, Any]) -> str:
    """Say what a whole row is, and how to leave it out, where that is what is wrong with a cell of it."""
    texts = {column: str(cell).strip() for column, cell in cells.items()}
    known = {column: text for column, text in texts.items() if text and text not in table.na}
    if not known:
        column = (table.unique or list(table.columns))[0]
        return f"a blank row; remove it, or leave such out with {keep_filled(table, column)}"
    if name in known:
        return ""
    for column, text in known.items():
        rule = table.columns[column]
        named = column in table.unique or rule.role in ("product", "firm", "name")
        if rule.type in ("text", "category") and (may_be_total(text) if named else is_total(text)):
            return (
                f"found {shown(text)} in column {shown(column)} and nothing in {shown(name)}, as in a row of "
                "totals, which would count twice; remove it, or leave such rows out with "
                f"{keep_filled(table, name)}"
            )
    return ""


def leave_out(table: Table, column: str, label: str) -> str:
    """Write the line of a declaration that leaves out rows with a label, too."""
    labels = [*table.drop.get(column, []), label]
    return f"{pairs({'drop': table.drop | {column: labels}})[0]} of the table in {SOURCES}"


def keep_filled(table: Table, column: str) -> str:
    """Write the line of a declaration that leaves out rows in which a column is blank, too."""
    return f"{pairs({'keep': table.keep | {column: FILLED}})[0]} of the table in {SOURCES}"


def _missing(table: Table, name: str) -> str:
    """Say what to do about a blank: a row must have what it is known by; an amount may do without a role."""
    role = table.columns[name].role
    if name in table.unique or role in ("product", "firm", "period"):
        return f"fill it, or leave such rows out with {keep_filled(table, name)}"
    if role in ("units", "revenue", "share"):
        return (
            f"fill it (0 for nothing sold), leave such rows out with {keep_filled(table, name)}, or go "
            f'without it: remove role = "{role}" there and set nullable = true'
        )
    return f"fill it, or allow it with nullable = true in {SOURCES}"


def _date(text: str) -> str:
    fitting = [form for form in USUAL_DATES if _parses(text, form)]
    if fitting:
        either = " or ".join(f'format = "{form}"' for form in fitting[:3])
        return f"if all dates are written so, set {either} in {SOURCES}"
    if re.fullmatch(r"[1-9]\d{4}(\.\d+)?", text):
        day = EXCEL_DAY_ZERO + timedelta(days=int(text[:5]))
        return f"it may be Excel's number of {day}; format the column as a date there, and export again"
    if re.search(r"(Z|[+-]\d\d:?\d\d)$", text):
        return f'if all have an offset, set format = "%Y-%m-%dT%H:%M:%S%z" and zone = "UTC" in {SOURCES}'
    return ""


def _parses(text: str, form: str) -> bool:
    try:
        return 1900 <= datetime.strptime(text, form).year <= 2100
    except ValueError:
        return False


def _number(table: Table, rule: Rule, text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    if re.fullmatch(r"\(.+\)", plain):
        return f"if (5) means −5, set parentheses = true in {SOURCES}"
    if plain != text and re.fullmatch(r"[+-]?[0-9.]+", plain):
        return "write it in plain digits, without hidden or full-width characters"
    if re.fullmatch(r"[^+-]*\d[^+-]*-", plain) and not re.search("[,.]-$", plain):
        remedy = "if 5- means −5, set format = { trailing_minus = true }"
        return f"write the hyphen before it, or {remedy} in {SOURCES}"
    if round_ := re.fullmatch(r"[0-9.' ]+([,.]-{1,2})", plain):  # 499,-
        return f"write the number alone, or take this off with strip = [{quoted(round_[1])}] in {SOURCES}"
    around = AROUND.fullmatch(plain)
    if around and (around[2] or around[4]):
        return _mark(around[2].strip(), around[4].strip())
    if table.format.decimal == "," and re.fullmatch(r"[+-]?\d+\.\d+", plain):
        return f'write a decimal comma, or correct decimal = "," of format in {SOURCES}'
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", plain):
        comma = ', or "decimal" if the comma is the decimal point' if plain.count(",") == 1 else ""
        return f'write it without commas, or set format = {{ thousands = "," }}{comma} in {SOURCES}'
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+,\d+", plain):
        return f'set format = {{ decimal = ",", thousands = "." }} in {SOURCES}'
    if re.fullmatch(r"[+-]?\d*,\d+", plain):
        if table.format.thousands == ",":  # elsewhere in the file it stands between thousands
            return "write a decimal point"
        return f'write a decimal point, or set format = {{ decimal = "," }} in {SOURCES}'
    if re.fullmatch(r"[+-]?\d{1,3}([ '’]\d{3})+([.,]\d*)?", plain):
        mark = re.sub(r"[\d+-]", "", plain)[0]
        return (
            f"write it without {shown(mark)}, or set format = {{ thousands = {quoted(mark)} }} in {SOURCES}"
        )
    if re.fullmatch(r"[+-]?0\d+", plain):
        return 'a number that begins with 0 is an id; declare the column as type = "text"'
    return ""


def _mark(before: str, after: str) -> str:
    """Say what to do about what stands beside a number; what changes its size is not just taken off."""
    mark = before or after
    if set(before) & set(MINUS) or mark in ("-", "−"):
        return "write a number below zero with a hyphen before it, as in -5"
    if set(mark) & set(BOUND):
        return "write the number that is meant, not a bound of it"
    accepts = f"strip = [{quoted(mark)}]"
    if mark in ("%", "‰") or TIMES.fullmatch(mark):
        scale = {"%": "0.01", "‰": "0.001"}.get(mark, "1000" if mark.lower()[0] in "kt" else "…")
        return f"write the number in full, or if all have it, set {accepts} and scale = {scale} in {SOURCES}"
    return f"write the number alone, or take this off with {accepts} in {SOURCES}"
