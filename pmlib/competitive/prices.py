"""The products that have a price, and the check that counts the others."""

import pandas as pd

from pmlib.competitive.market import priced
from pmlib.competitive.words import count
from pmlib.data import Source
from pmlib.result import Check


def prices(source: Source) -> tuple[pd.DataFrame, Check]:
    """Give the rows that have a price, and a Check that fails when there are others.

    Raises
    ------
    ValueError : a price is not above 0, or infinite.
    """
    rows, missing = priced(source)
    return rows, missing or Check("Every product has a price", True, f"{count(len(rows))} rows")
