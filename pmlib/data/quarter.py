"""Quarters in the format of a date: `%q`, which neither Python nor DuckDB read."""

import re

from pmlib.sql import Sql, sql

FIRST_MONTH = {1: "01", 2: "04", 3: "07", 4: "10"}
DIGITS = {"%Y": r"\d{4}", "%y": r"\d\d"}


def with_month(cell: Sql, form: str) -> tuple[Sql, str]:
    """Write the first month of its quarter into a cell, and the format that reads it."""
    if "%q" not in form:
        return cell, form
    before, after = map(_pattern, form.split("%q", 1))
    for quarter, month in FIRST_MONTH.items():  # one digit becomes two, so that no cell is changed twice
        cell = sql("regexp_replace({}, {}, {})", cell, f"^({before}){quarter}({after})$", rf"\1{month}\2")
    return cell, _read_by(form)


def text_with_month(cell: str, form: str) -> tuple[str, str]:
    """Do the same to one text."""
    if "%q" not in form:
        return cell, form
    before, after = map(_pattern, form.split("%q", 1))
    found = re.fullmatch(f"({before})([1-4])({after})", cell)
    return (f"{found[1]}{FIRST_MONTH[int(found[2])]}{found[3]}" if found else ""), _read_by(form)


def _read_by(form: str) -> str:
    return form.replace("%q", "%m", 1)


def _pattern(form: str) -> str:
    return "".join(DIGITS.get(part, re.escape(part)) for part in re.split("(%[a-zA-Z])", form))
