"""Weeks in the format of a date: `%V` and a year without a day, read as the Monday they begin with."""

import re
from datetime import date

from pmlib.sql import Sql, sql

DIGITS = {"%Y": r"(\d{4})", "%G": r"(\d{4})", "%y": r"(\d\d)", "%V": r"(\d{1,2})"}


def is_weekly(form: str) -> bool:
    """Tell whether dates are written as weeks: 2025-W12, KW 12/2025."""
    return "%V" in form and "%u" not in form


def monday(cell: Sql, form: str) -> Sql:
    """Read the Monday of a written ISO week; nothing of a week that its year does not have."""
    pattern, year_at, week_at = _pattern(form)
    year = sql("try_cast(regexp_extract({}, {}, {}) as integer)", cell, f"^{pattern}$", year_at)
    week = sql("try_cast(regexp_extract({}, {}, {}) as integer)", cell, f"^{pattern}$", week_at)
    year = sql("{} + {}", year, 0 if "%y" not in form else 2000)
    day = sql("date_trunc('week', make_date({}, 1, 4)) + to_days(7 * ({} - 1))", year, week)
    return sql("case when {} between 1 and 53 and isoyear({}) = {} then {} end", week, day, year, day)


def text_monday(cell: str, form: str) -> date:
    """Do the same to one text.

    Raises
    ------
    ValueError : it is not written so, or that year has no such week.
    """
    pattern, year_at, week_at = _pattern(form)
    found = re.fullmatch(pattern, cell)
    if not found:
        raise ValueError(f"{cell!r} is not written as {form}")
    return date.fromisocalendar(int(found[year_at]) + 2000 * ("%y" in form), int(found[week_at]), 1)


def _pattern(form: str) -> tuple[str, int, int]:
    """Give what a cell looks like, and which of its groups are the year and the week."""
    pieces = re.split("(%[a-zA-Z])", form)
    codes = [piece for piece in pieces if piece in DIGITS]
    pattern = "".join(DIGITS.get(piece, re.escape(piece)) for piece in pieces)
    year = next((i for i, code in enumerate(codes, 1) if code != "%V"), 0)
    return pattern, year, codes.index("%V") + 1
