"""Pairs of brands laid out as the square table of a chart."""

from collections.abc import Sequence

import pandas as pd


def square(pairs: pd.DataFrame, down: str, across: str, value: str, shown: Sequence[str]) -> pd.DataFrame:
    """Give the cells of `value`, brands shown down and across; missing where there is no pair."""
    table = pairs.pivot_table(index=down, columns=across, values=value, aggfunc="first")
    return table.reindex(index=shown, columns=shown)
