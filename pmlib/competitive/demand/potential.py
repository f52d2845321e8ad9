"""How many could buy: shares of all potential buyers, from shares or from units and a market's size."""

from dataclasses import replace

import numpy as np
import pandas as pd

from pmlib.competitive.market import TOLERANCE, period_label, volumes
from pmlib.data import Source
from pmlib.table import number

SIZED = "say how many could buy (market_size: a number, or a column)"


def needs_size(source: Source, market_size: float | str | None) -> str:
    """Say why a market's size must be given; "" where it is, or shares are of all who could buy already."""
    if not source.has("share") and not source.has("units"):
        return f"{source.title} has revenue only; demand needs units or shares."
    if market_size is not None:
        return ""
    if not source.has("share"):
        return f"{source.title} counts what was sold, not who could have bought; {SIZED}."
    if source.partial:
        return f"Shares in {source.title} are of what was sold, and who bought nothing is not known; {SIZED}."
    return ""


def potential_shares(source: Source, market_size: float | str | None) -> pd.DataFrame:
    """Give the source's rows with `share` of all potential buyers, `rest` (who bought none) and `buyers`.

    Parameters
    ----------
    market_size : potential buyers of a period in what the source counts: units where it has them, else in
        its own shares (1.25 where a fifth of buyers is missing from them); a column where it differs
        between periods. None takes shares as they are.

    Raises
    ------
    ValueError : no such column; a size that is missing, not above 0 or not the same all over a period;
        shares of a period that leave nobody who bought none.
    """
    counted = source
    if market_size is None and source.has("units"):  # shares say of whom, units do not
        counted = replace(source, frame=source.frame.drop(columns="units"))
    frame, _ = volumes(counted)
    size = _sizes(source, frame, market_size)
    frame = frame.assign(share=frame["volume"] / size, buyers=size)
    if "units" in source.frame:
        frame["units"] = source.frame.loc[frame.index, "units"]
        if market_size is None:
            whole = frame.groupby("period", dropna=False)[["units", "share"]].transform("sum")
            frame["buyers"] = whole["units"] / whole["share"]
    held = frame.groupby("period", dropna=False)["share"].transform("sum")
    if (full := held >= 1 - TOLERANCE).any():
        when = period_label(frame["period"], frame.loc[full, "period"].iloc[0])
        mend = (
            "they must be fractions (0.375 for 37.5%) of all who could buy, or give a market_size"
            if market_size is None
            else f"market_size {market_size!r} is too small"
        )
        raise ValueError(
            f"{source.name}: shares{' of ' + when if when else ''} add up to {number(held[full].iloc[0])}, "
            f"which leaves nobody who bought none; {mend}"
        )
    return frame.assign(rest=1 - held)


def _sizes(source: Source, frame: pd.DataFrame, market_size: float | str | None) -> pd.Series:
    if market_size is None:
        return pd.Series(1.0, frame.index)
    if isinstance(market_size, str):
        if market_size not in frame:
            raise ValueError(f"market_size names no column of {source.name}; it has {list(source.frame)}")
        size = frame[market_size].astype(float)
        several = size.groupby(frame["period"], dropna=False).transform("nunique") > 1
        if several.any():
            when = period_label(frame["period"], frame.loc[several, "period"].iloc[0])
            raise ValueError(
                f"{source.name}: {market_size} differs within {when or 'the table'}; give one a period"
            )
    else:
        size = pd.Series(float(market_size), frame.index)
    if (bad := ~(size > 0) | np.isinf(size)).any():
        found = "missing" if size[bad].isna().iloc[0] else f"{size[bad].iloc[0]:g}"
        when = period_label(frame["period"], frame.loc[bad, "period"].iloc[0])
        raise ValueError(
            f"{source.name}: market_size{' of ' + when if when else ''} is {found}; it must be above 0"
        )
    return size
