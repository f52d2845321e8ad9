"""Looks a cell of a table up: table.column["label", 1978]."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmlib import data
from pmlib.data.words import meant, shown

CELL = re.compile(
    r"""(?P<of>[^\W\d]\w*)\s*\.\s*(?P<column>[^\W\d]\w*|"[^"]*")\s*\[(?P<keys>(?:[^\]"]|"[^"]*")*)\]"""
)
KEY = re.compile(r'\s*(?:"(?P<text>[^"]*)"|(?P<year>[0-9]{4}))\s*')
DAY = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", re.ASCII)


@dataclass(frozen=True)
class Cell:
    """A cell as it is asked for. keys : labels, and years."""

    table: str
    column: str
    keys: tuple[str | int, ...]

    def __str__(self) -> str:
        keys = ", ".join(f'"{key}"' if isinstance(key, str) else str(key) for key in self.keys)
        return f"{self.table}.{self.column}[{keys}]"


def cell(text: str) -> tuple[Cell, str] | None:
    """Read a cell at the start of a text, and give what follows it; None where there is none.

    Raises
    ------
    ValueError : a key is no text and no year.
    """
    match = CELL.match(text.strip())
    if match is None:
        return None
    keys: list[str | int] = []
    at, inside = 0, match["keys"]
    while inside.strip():
        key = KEY.match(inside, at)
        if key is None or inside[key.end() : key.end() + 1] not in ("", ","):
            raise ValueError(
                f'{shown(inside.strip())} picks no row; write labels and a year: ["Netherlands", 1978]'
            )
        keys.append(key["text"] if key["text"] is not None else int(key["year"]))
        at = key.end() + 1
        if at > len(inside):
            break
    return Cell(match["of"], match["column"].strip('"'), tuple(keys)), text.strip()[match.end() :]


def look_up(asked: Cell, tables: Mapping[str, data.Source]) -> tuple[float, str, str]:
    """Find the one cell.

    Returns
    -------
    value, unit of its column, the table's line of origin.

    Raises
    ------
    ValueError : there is no such table, column or row, or more than one; the cell is blank or no number.
    """
    source = _source(asked, tables)
    frame = source.frame
    if asked.column not in frame:
        raise ValueError(
            f"{asked.table} has no column {shown(asked.column)}; {meant(asked.column, frame, 'it has')}"
        )
    values = frame[asked.column]
    if not pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        raise ValueError(f"{asked}: {asked.column} holds no numbers; choose a column that does")
    kept = np.ones(len(frame), bool)
    for key in asked.keys:
        kept &= _years(asked, frame, key) if isinstance(key, int) else _labels(asked, frame, key)
        if not kept.any():
            raise ValueError(_none(asked, key, frame, source))
    rows = np.flatnonzero(kept)
    if len(rows) != 1:
        raise ValueError(_several(asked, frame, rows.tolist()))
    value = values.iloc[rows[0]]
    if pd.isna(value):
        raise ValueError(f"{asked} is blank; choose another row, or write the number")
    return float(value), source.columns[asked.column].unit, source.line or source.title


def _source(asked: Cell, tables: Mapping[str, data.Source]) -> data.Source:
    if asked.table in tables:
        found = tables[asked.table]
    else:
        try:
            found = data.read(asked.table)
        except data.DataError as refused:
            given = f"; the tree was given {', '.join(tables)}" if tables else ""
            raise ValueError(f"{refused}{given}") from None
    if not hasattr(found, "frame"):
        raise ValueError(
            f"the table {asked.table} is a {type(found).__name__}; make a Source with data.source(frame)"
        )
    if not found.given:
        raise ValueError(f"the table {asked.table} was not given; name one, or write the number")
    return found


def _label_columns(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame if _is_label(frame[name])]


def _is_label(values: pd.Series) -> bool:
    kind = values.dtype
    return isinstance(kind, pd.CategoricalDtype) or pd.api.types.is_string_dtype(kind) or kind.kind == "O"


def _labels(asked: Cell, frame: pd.DataFrame, key: str) -> np.ndarray:
    columns = _label_columns(frame)
    if not columns and not DAY.fullmatch(key):
        raise ValueError(f"{asked}: {asked.table} has no column of labels; leave {shown(key)} out")
    found = np.zeros(len(frame), bool)
    for name in columns:
        found |= (frame[name] == key).fillna(False).to_numpy(bool)
    if "period" in frame and DAY.fullmatch(key):
        found |= frame["period"].dt.strftime("%Y-%m-%d").str.startswith(key).fillna(False).to_numpy(bool)
    if found.any():
        return found
    there = [str(label) for name in columns for label in frame[name].dropna().unique()]
    raise ValueError(
        f"{asked}: {asked.table} has no row {shown(key)}; {meant(key, dict.fromkeys(there), 'it has')}"
    )


def _years(asked: Cell, frame: pd.DataFrame, key: int) -> np.ndarray:
    if "period" not in frame:
        raise ValueError(f"{asked}: {asked.table} has no period; leave {key} out")
    years = frame["period"].dt.year
    found: np.ndarray = (years == key).fillna(False).to_numpy(bool)
    if not found.any():
        raise ValueError(f"{asked}: {asked.table} has no year {key}; it has {_span(years)}")
    return found


def _span(years: pd.Series) -> str:
    first, last = f"{years.min():.0f}", f"{years.max():.0f}"
    return first if first == last else f"{first} to {last}"


def _none(asked: Cell, key: str | int, frame: pd.DataFrame, source: Any) -> str:
    others = asked.keys[: asked.keys.index(key)]
    before = np.ones(len(frame), bool)
    for other in others:
        before &= _years(asked, frame, other) if isinstance(other, int) else _labels(asked, frame, other)
    there = frame[before]
    of = " and ".join(map(str, others))
    if isinstance(key, int):
        return f"{asked}: {of} has no year {key}; it has {_span(there['period'].dt.year)}"
    names = [str(v) for name in _label_columns(frame) for v in there[name].dropna().unique()]
    return f"{asked}: {of} has no row {shown(key)}; {meant(key, dict.fromkeys(names), 'it has')}"


def _several(asked: Cell, frame: pd.DataFrame, rows: Sequence[int]) -> str:
    found = frame.iloc[list(rows)]
    for name in [*_label_columns(frame), "period"]:
        if name not in frame or found[name].nunique(dropna=False) < 2:
            continue
        if name == "period":
            years = found["period"].dt.year
            if years.nunique() > 1:
                return f"{asked} is {len(rows):,} rows; add a year from {_span(years)}"
            moment = f'"{found["period"].iloc[0]:%Y-%m}"'
            return f"{asked} is {len(rows):,} rows of one year; write a month such as {moment} for the year"
        labels = [shown(str(v)).replace("'", '"') for v in found[name].dropna().unique()]
        more = f" (and {len(labels) - 4:,} more)" if len(labels) > 4 else ""
        return f"{asked} is {len(rows):,} rows; add one of {', '.join(labels[:4])}{more}"
    return f"{asked} is {len(rows):,} rows that do not differ in any label; keep one of them in the table"
