"""Numbers as words and frames as accessible HTML: the one place where a value becomes text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from math import floor, isfinite, log10
from typing import Any

import numpy as np
import pandas as pd

ROWS, WIDTH = 10, 6  # what a page shows of a table; all of it is in the CSV beside the page
HUGE = 1e15  # from here on a double has no decimals left to write
ROUNDING = 1e-9  # of a range's ends: a width below it is none
LARGE = ((1e9, " billion", "bn"), (1e6, " million", "M"))  # how prose writes them: in words, and of money
MINUS, MISSING = "−", "–"
CURRENCIES = ("$", "€", "£", "¥")
SCALED = re.compile(r"[$€£¥]?(k|K|M|bn|thousand|million|billion)\b")


@dataclass(frozen=True)
class Column:
    """How one column of a frame is named and written: in tables, on axes, in labels and in files.

    label : in words.
    unit : "" (a plain number or text), "%" (a fraction 0-1, written as a percentage), "points" (a difference
        of two fractions, written in percentage points), or free text such as "$k (1983)"; a leading currency
        sign is written before the number.
    digits : decimals; chosen from the values when None.
    better : "higher" or "lower" where one direction is good for the buyer, "" where none is.
    """

    label: str
    unit: str = ""
    digits: int | None = None
    better: str = ""

    @property
    def heading(self) -> str:
        """Label and unit, as written above a column and along an axis; a unit in the label stands once."""
        if not self.unit or self.unit.casefold() in self.label.casefold().split():
            return self.label
        return f"{self.label} ({self.unit.replace(' (', ', ').rstrip(')')})"


def scaled(value: Any, unit: str) -> Any:
    """Bring a value, or a column, to the scale it is written in: fractions become percent."""
    return value * 100 if unit in ("%", "points") else value


def decimals(value: float, significant: int = 3) -> int:
    """Count the decimals that show `significant` digits of a value already scaled."""
    if not value or not isfinite(value):
        return 0
    return max(0, significant - 1 - floor(log10(abs(value))))


def _places(value: float, unit: str) -> int:
    # Three digits in prose; a percentage, or a difference of two, has one decimal unless it is below 1.
    if unit in ("%", "points"):
        return min(decimals(value), 1) if abs(value) >= 1 else decimals(value)
    return 0 if value.is_integer() else decimals(value)


def plain(value: float, unit: str = "", digits: int | None = None, *, sign: bool = False) -> str:
    """Write a number without its unit: 37.5, −3, 2,161, – for missing."""
    if value is None or pd.isna(value) or not isfinite(value):
        return MISSING
    value = scaled(float(value), unit)
    places = _places(value, unit) if digits is None else max(0, digits)
    value = round(value, places) + 0.0  # no "−0.0"
    text = f"{abs(value):.2e}" if abs(value) >= HUGE else _written(abs(value), places)
    return (MINUS if value < 0 else "+" if sign and value > 0 else "") + text


@lru_cache(10_000)
def _written(value: float, places: int) -> str:
    from babel.numbers import format_decimal  # slow to import, and an analysis may write nothing

    return format_decimal(value, f"#,##0.{'0' * places}" if places else "#,##0", locale="en_US")


def number(value: float, unit: str = "", digits: int | None = None, *, sign: bool = False) -> str:
    """Write a number with its unit, as prose wants it: 37.5%, −3 points, $8.3k (1983)."""
    size, word, letter = _size(value, unit)
    if size > 1:
        value, most = value / size, _places(value / size, "")
        digits = most if digits is None else min(most, digits + round(log10(size)))
    text = plain(value, unit, digits, sign=sign)
    if text == MISSING:
        return text
    if unit == "%":
        return text + "%"
    if unit == "points":
        return f"{text} point" if text.lstrip("+" + MINUS) == "1" else f"{text} points"
    if unit[:1] not in CURRENCIES:
        return f"{text}{word} {unit}".rstrip()
    lead = text[0] if text[0] in "+" + MINUS else ""
    return f"{lead}{unit[0]}{text[len(lead) :]}{letter}{unit[1:]}"


def _size(value: float, unit: str) -> tuple[float, str, str]:
    # A million is written as one in prose; what has a scale of its own ("$k", "thousand cars") keeps it.
    if (
        unit in ("%", "points")
        or SCALED.match(unit)
        or value is None
        or pd.isna(value)
        or not isfinite(value)
    ):
        return 1, "", ""
    return next((large for large in LARGE if large[0] <= abs(value) < HUGE), (1, "", ""))


def percentage(fraction: float) -> str:
    """Write a level or another exact fraction with the decimals it has: 95%, 99.5%."""
    return f"{round(fraction * 100, 6):g}%"


def interval(low: float, high: float, unit: str = "", digits: int | None = None) -> str:
    """Write a range: 5% to 11%; by default to two digits of its width, which is all it knows."""
    digits = interval_digits(low, high, unit) if digits is None else digits
    first = number(low, unit, digits)
    size, word, _ = _size(low, unit)
    if size == _size(high, unit)[0] and (unit[:1].isalpha() or (size > 1 and not unit)):
        first = first.removesuffix(f"{word} {unit}".rstrip())  # 3.8 to 4.4 million cars, 8 to 54 points
    return f"{first} to {number(high, unit, digits)}"


def interval_digits(low: float, high: float, unit: str = "") -> int:
    """Count the decimals worth writing of a range and of the estimate in it; −5 is to hundred thousands."""
    width, size = (abs(scaled(float(end), unit)) for end in (high - low, max(abs(low), abs(high))))
    return 1 - floor(log10(width)) if isfinite(width) and width > ROUNDING * size else 0


def dates(values: pd.Series) -> pd.Series:
    """Write dates no finer than they vary: years, months or days."""
    return values.dt.strftime(date_form(pd.DatetimeIndex(values.dropna()))).fillna(MISSING)


def date_form(known: pd.DatetimeIndex) -> str:
    """Choose how to write dates, as strftime says it."""
    if not (known.day == 1).all():
        return "%Y-%m-%d"
    return "%Y" if (known.month == 1).all() else "%b %Y"


def column_digits(values: pd.Series, column: Column) -> int:
    """Choose the decimals of a column: three digits of its typical value, three decimals at most."""
    if column.digits is not None:
        return column.digits
    if pd.api.types.is_integer_dtype(values.dtype) and column.unit not in ("%", "points"):
        return 0
    sizes = np.abs(values.dropna().to_numpy(float))
    if not sizes.any():
        return 0
    typical = scaled(float(np.median(sizes[sizes > 0])), column.unit)
    return 1 if column.unit in ("%", "points") and typical >= 0.1 else min(3, decimals(typical))


def texts(frame: pd.DataFrame, columns: Mapping[str, Column]) -> pd.DataFrame:
    """Write every cell of a frame as the text a reader sees (not yet escaped)."""
    out = {}
    for name in frame:
        values, column = frame[name], columns.get(name, Column(str(name)))
        if pd.api.types.is_datetime64_any_dtype(values.dtype):
            out[name] = dates(values)
        elif pd.api.types.is_bool_dtype(values.dtype):
            out[name] = values.map({True: "yes", False: "no"})
        elif pd.api.types.is_numeric_dtype(values.dtype):
            digits, sign = column_digits(values, column), column.unit == "points"
            out[name] = values.map(lambda v, c=column, d=digits, s=sign: plain(v, c.unit, d, sign=s))
        else:
            out[name] = values.astype(object).where(values.notna(), MISSING).map(str)
    return pd.DataFrame(out, index=frame.index, dtype=object)


def is_number(values: pd.Series) -> bool:
    """Tell whether a column is right-aligned."""
    return pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)


def table(frame: pd.DataFrame, columns: Mapping[str, Column], *, caption: str = "", rows: int = ROWS) -> str:
    """Write a frame as an HTML table that a screen reader can walk; every text is escaped.

    Parameters
    ----------
    frame : any frame; only its declared columns are shown, the first six of them, and its first `rows` rows.
    columns : declaration by column name, in the order to show.
    caption : what the table holds; read aloud, not shown. A figure's table needs none.
    """
    # A page holds twenty of these: end tags that HTML does not need are left out, and columns of words are
    # marked once, by number, on the table.
    seen = shown(frame, columns, rows)
    names, forms = seen["names"], seen["forms"]
    words = " ".join(f"t{i}" for i, form in enumerate(forms, 1) if not isinstance(form, int))
    head = "".join(f"<th scope=col>{text(heading)}" for heading in seen["heads"])
    body = []
    for first, *rest in seen["cells"]:
        body.append(f"<tr><th scope=row>{text(first)}" + "".join(f"<td>{text(cell)}" for cell in rest))
    said = f"<caption class=unseen>{text(caption)}</caption>" if caption else ""
    more = ""
    if len(frame) > rows or len(names) < frame.shape[1]:
        hidden = "" if len(frame) <= rows else f"{rows} of {len(frame):,} rows. "
        more = f"<p class=more>{hidden}All rows and columns are in the CSV.</p>"
    return (
        f'<div class=scroll tabindex=0><table class="{words}">{said}<thead><tr>{head}<tbody>{"".join(body)}'
        f"</table></div>{more}"
    )


def shown(frame: pd.DataFrame, columns: Mapping[str, Column], rows: int = ROWS) -> dict[str, Any]:
    """Give what a table shows of a frame, written: wherever it stands again it must read the same.

    Returns
    -------
    As plain JSON: names of the columns, their heads, how each is written (decimals of a number, strftime's
    form of a date, None for words), the cells by rows, and how many rows there are in all.
    """
    names = [name for name in columns if name in frame][:WIDTH]
    part = frame[names].head(rows)
    return {
        "names": [str(name) for name in names],
        "heads": [columns[name].heading for name in names],
        "forms": [_form(part[name], columns[name]) for name in names],
        "cells": texts(part, columns).to_numpy().tolist(),
        "rows": len(frame),
    }


def _form(values: pd.Series, column: Column) -> int | str | None:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return date_form(pd.DatetimeIndex(values.dropna()))
    return max(0, column_digits(values, column)) if is_number(values) else None


def text(words: str) -> str:
    """Make text inert between tags; quotes may stay, so it is not for attributes."""
    return escape(words, quote=False)


def records(frame: pd.DataFrame) -> dict[str, Any]:
    """Turn a frame into plain JSON: {"columns": [...], "data": [[...]]}, NaN as null, dates as ISO text."""
    columns = [_listed(values) for _, values in frame.items()]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return {"columns": [str(name) for name in frame], "data": rows}


def _listed(values: pd.Series) -> list[Any]:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        values = values.dt.strftime("%Y-%m-%d")
    return [None if gone else _json(v) for v, gone in zip(values.tolist(), values.isna(), strict=True)]


def _json(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and not isfinite(value):
        return None
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)
