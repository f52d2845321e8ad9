"""When each unit of a panel got the feature: by a flag of its rows, a date of its own, or as we are told."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from pmlib.data import DataError, Source
from pmlib.data.words import meant, shown
from pmlib.impact.calendar import moment

NEVER = -1  # position of the launch of a unit that had none
Note = tuple[str, int, str, str]


def unit_names(table: Source) -> pd.Series:
    """Write the units as texts; a number that blanks made a fraction is whole again.

    Raises
    ------
    DataError : a row names none.
    """
    units = table.frame["unit"]
    gone = np.flatnonzero(units.isna())
    if len(gone):
        raise DataError(f"{table.name}, row {gone[0]}: no unit is named; fill it in, or leave the row out")
    written = units.astype("str")
    return written.str.removesuffix(".0") if pd.api.types.is_float_dtype(units.dtype) else written


def first_treated(
    table: Source,
    rows: pd.DataFrame,
    dates: pd.DatetimeIndex,
    treated: str | Sequence[str] | None,
    launch: str | date | None,
) -> tuple[pd.Series, list[Note]]:
    """Find the position of the first period with the feature of each unit, in the order of their names.

    Parameters
    ----------
    table : where names and labels come from. rows : its rows, by unit and period, with unit and period.
    dates : of the periods, in order. treated, launch : as of panel.

    Returns
    -------
    the positions by unit, -1 for never; what was found on the way.

    Raises
    ------
    DataError, ValueError : the flag is none, or goes back to 0; a unit with two dates; names or a date that
        the table does not have.
    """
    if launch is not None:
        names = _named(rows, treated) if treated is not None else _marked(table, rows)
        at = _position(moment(launch, "launch"), dates)
        if not 0 < at < len(dates):
            ends = f"{dates[0].date()} to {dates[-1].date()}"
            raise ValueError(f"launch {launch} leaves no period before or after it in {ends}; choose another")
        units = pd.Index(sorted(set(rows["unit"])))
        return pd.Series(np.where(units.isin(names), at, NEVER), index=units, name="first"), []
    if treated is not None:
        raise ValueError("treated names units without a date; give launch= too")
    return _by_date(table, rows, dates) if table.has("launched") else _by_flag(table, rows, dates)


def _named(rows: pd.DataFrame, treated: str | Sequence[str]) -> list[str]:
    names = [str(name) for name in ([treated] if isinstance(treated, str) else treated)]
    there = set(rows["unit"])
    for name in names:
        if name not in there:
            raise ValueError(f"treated names {name!r}, which is no unit; {meant(name, sorted(there))}")
    return names


def _marked(table: Source, rows: pd.DataFrame) -> list[str]:
    """The units that a flag or a date marks at any time; when is told by the parameter."""
    if not table.has("treated"):
        raise ValueError(f"launch is given, and {table.name} has no flag of role treated; name the units")
    marked = _flags(table, rows) == 1
    return list(rows["unit"][marked].unique())


def _flags(table: Source, rows: pd.DataFrame) -> pd.Series:
    flags = rows["treated"]
    odd = np.flatnonzero(~flags.isin([0, 1]).to_numpy(bool))
    if len(odd):
        row = rows.iloc[odd[0]]
        raise DataError(
            f"{table.name}, row {rows.index[odd[0]]}: treated of {shown(row['unit'])} is "
            f"{shown(rows['treated'].tolist()[odd[0]])}; write 1 for yes and 0 for no"
        )
    return flags.astype(int)


def _by_flag(table: Source, rows: pd.DataFrame, dates: pd.DatetimeIndex) -> tuple[pd.Series, list[Note]]:
    flags = _flags(table, rows)
    back = np.flatnonzero(flags.groupby(rows["unit"]).diff().to_numpy() < 0)
    if len(back):
        row = rows.iloc[back[0]]
        raise DataError(
            f"{table.name}: {shown(row['unit'])} had the feature and is 0 again on {row['period'].date()}; a "
            "launch that is taken back needs another design, or leave the unit out"
        )
    began = rows["period"][flags == 1].groupby(rows["unit"]).min()
    units = pd.Index(sorted(set(rows["unit"])))
    places = began.reindex(units)
    first = np.where(places.isna(), NEVER, dates.searchsorted(places.fillna(dates[0])))
    return pd.Series(first, index=units, name="first"), []


def _by_date(table: Source, rows: pd.DataFrame, dates: pd.DatetimeIndex) -> tuple[pd.Series, list[Note]]:
    launched = rows["launched"]
    if launched.dtype.kind != "M":
        raise DataError(
            f"{table.name}: launched holds {launched.dtype}, not dates; declare it with launched=, so "
            "that years become dates"
        )
    several = launched.groupby(rows["unit"]).nunique(dropna=False)
    if (several > 1).any():
        unit = several.index[several > 1][0]
        found = launched[rows["unit"] == unit].drop_duplicates().iloc[:2]
        when = " and ".join("never" if pd.isna(day) else str(day.date()) for day in found)
        raise DataError(f"{table.name}: {shown(unit)} was launched on {when}; a unit has one date, or none")
    own = launched.dt.tz_localize(None).groupby(rows["unit"]).min().sort_index()
    places = {day: _position(day, dates) for day in own.dropna().unique()}
    first = own.map(places).fillna(NEVER).astype(int).rename("first")
    later = first == len(dates)
    notes = (
        [("Launched after the last period", int(later.sum()), "", "untreated so far")] if later.any() else []
    )
    return first.where(~later, NEVER), notes


def _position(day: pd.Timestamp, dates: pd.DatetimeIndex) -> int:
    """Place a launch: the period it falls into, or the next there is."""
    if (dates.day != 1).any():
        return int(dates.searchsorted(day))
    length = "M" if (dates.month % 3 != 1).any() else "Q" if (dates.month != 1).any() else "Y"
    return int(dates.searchsorted(day.to_period(length).start_time))
