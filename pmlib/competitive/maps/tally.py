"""How a source, or an analyst's own frame, gives a table of counts."""

from typing import NamedTuple

import pandas as pd

from pmlib.competitive.words import lower
from pmlib.data import Source
from pmlib.data.words import meant, shown
from pmlib.table import Column

LABELS = ("name", "product", "firm", "topic", "reason")  # roles that may label the rows, the first there is
FORMS = (
    "a label (such as firm) with count columns as attributes, or two labels to be counted against each other"
)


class Table(NamedTuple):
    """Counts, and what its rows and columns are called, one of them, in a sentence."""

    counts: pd.DataFrame
    row: str
    column: str


def tally(
    source: Source | pd.DataFrame, rows: str | None, columns: str | None, counts: str | None
) -> Table | str:
    """Lay out a table of counts; a text says why there is none.

    A frame is taken as it is, rows labelled by its index. A source is wide, a row of it a row of the table
    and its attributes the columns; or long, where `columns` names the column whose labels become columns:
    then `counts` (else units, else chosen, else one for each row) are added up, and a pair that never occurs
    counts 0.

    Raises
    ------
    ValueError : a column that is not there; a blank label; in the wide form a label twice.
    """
    if isinstance(source, pd.DataFrame):
        names = (source.index.name, source.columns.name)
        row, column = (
            lower(str(name)) if name else word for name, word in zip(names, ("row", "column"), strict=True)
        )
        return Table(source, row, column)
    rows = rows or next((role for role in LABELS if role in source.frame), None)
    if rows is None:
        return f"The data ({source.title}) have no label for the rows of a map; it takes {FORMS}."
    if columns is None and not source.attributes:
        return f"The data ({source.title}) have no counts to map; it takes {FORMS}."
    frame = source.frame
    for parameter, name in (("rows", rows), ("columns", columns), ("counts", counts)):
        if name is not None and name not in frame:
            raise ValueError(f'{source.name} has no column "{name}" for {parameter}; {meant(name, frame)}')
    for name in filter(None, (rows, columns)):
        if (blank := frame[name].isna()).any():
            at = int(blank.to_numpy().argmax()) + 1
            raise ValueError(
                f"{source.name}: row {at} of {len(frame)} has no {name}; fill it, or drop the row"
            )
    row = _noun(source, rows)
    if columns is not None:
        return Table(_crossed(source, rows, columns, counts), row, _noun(source, columns))
    labels = frame[rows].astype("str")
    if labels.duplicated().any():
        twice = labels[labels.duplicated()].iloc[0]
        raise ValueError(f'{source.name} has two rows of {rows} "{twice}"; add them up, or keep one')
    table = frame[list(source.attributes)].set_axis(pd.Index(labels), axis=0)
    called = {name: source.columns.get(name, Column(name)).label for name in source.attributes}
    return Table(table.rename(columns=called), row, "attribute")


def _crossed(source: Source, rows: str, columns: str, counts: str | None) -> pd.DataFrame:
    counts = counts or next((role for role in ("units", "chosen") if role in source.frame), None)
    frame = source.frame[[rows, columns]].astype("str")
    if counts is None:
        return pd.crosstab(frame[rows], frame[columns])
    values = source.frame[counts]
    if not pd.api.types.is_numeric_dtype(values.dtype):
        raise ValueError(f"{source.name}: {counts} holds {values.dtype}, not numbers; convert it first")
    bad = ~((values >= 0) & (values < float("inf"))).to_numpy(bool, na_value=False)
    if bad.any():
        row = int(bad.argmax())
        where = f'"{frame[rows].iloc[row]}" with "{frame[columns].iloc[row]}"'
        found = "missing" if pd.isna(values.iloc[row]) else shown(float(values.iloc[row]))
        raise ValueError(
            f"{source.name}, row {row + 1}: {counts} of {where} is {found}; "
            "write a number from 0 up (0 for none)"
        )
    return frame.assign(counted=values).pivot_table("counted", rows, columns, "sum", fill_value=0)


def _noun(source: Source, column: str) -> str:
    return lower(source.columns.get(column, Column(column)).label)
