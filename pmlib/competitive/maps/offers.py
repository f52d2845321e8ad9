"""A market's attributes as numbers, one row a product of the newest period."""

from dataclasses import dataclass

import pandas as pd

from pmlib.competitive.comparable import KNOWN, UNKNOWN, is_ordered, levels
from pmlib.competitive.market import newest, rows
from pmlib.competitive.words import lower
from pmlib.data import Source
from pmlib.table import Column


@dataclass(frozen=True)
class Offers:
    """Products by attributes.

    sold : the newest period's rows. table : their attributes as numbers, by position in `sold`. left :
        attributes that are no numbers, or mostly unknown, and why.
    """

    sold: pd.DataFrame
    table: pd.DataFrame
    left: dict[str, str]


def offers(source: Source) -> Offers:
    """Lay out the newest period: numbers and flags as they are, an ordered category as 0, 1, 2, …."""
    sold = newest(rows(source)).reset_index(drop=True)
    columns, left = {}, {}
    for name in source.attributes:
        values, label = sold[name], called(source, name)
        if values.notna().mean() < KNOWN:
            left[label] = UNKNOWN
        elif pd.api.types.is_numeric_dtype(values.dtype):
            columns[name] = values.astype("float64")
        elif is_ordered(values):
            order = {level: float(step) for step, level in enumerate(levels(values))}
            columns[name] = values.astype("object").map(order).astype("float64")
        else:
            left[label] = "no numbers"
    return Offers(sold, pd.DataFrame(columns, sold.index), left)


def called(source: Source, name: str) -> str:
    """Call an attribute as a sentence does."""
    return lower(source.columns.get(name, Column(name)).label)
