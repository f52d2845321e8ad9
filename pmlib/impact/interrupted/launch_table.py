"""The launches of a series, read from their table: when each was on."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.data import DataError, Source
from pmlib.data.words import listed, shown
from pmlib.impact.kpi import Kpi

MOST = 50  # launches that one series is asked about


@dataclass(frozen=True, eq=False)
class Launched:
    """One launch: its name, its first period's place, and by period whether it was on.

    until : its last day, missing where it lasts. runs : how often it was on. place : where the fact is from.
    """

    name: str
    start: int
    on: np.ndarray
    until: pd.Timestamp
    runs: int
    place: str

    @property
    def lasting(self) -> bool:
        return bool(self.on[self.start :].all())

    @property
    def length(self) -> int:
        """Periods of its first run."""
        off = np.flatnonzero(~self.on[self.start :])
        return int(off[0]) if len(off) else len(self.on) - self.start


def launched(kpi: Kpi, table: Source) -> tuple[list[Launched], list[str]]:
    """Read launches, the first one first; rows of the same name are one launch that comes again.

    Returns
    -------
    those within the data, and the names of those that are not.

    Raises
    ------
    DataError : a row without a name or a date, or that ends before it begins. ValueError : two launches that
        were on in the same periods.
    """
    frame = table.frame.reset_index(drop=True)
    ends = frame["until"] if table.has("until") else pd.Series(pd.NaT, index=frame.index)
    for column, values in {"launch": frame["launch"], "period": frame["period"], "until": ends}.items():
        if column != "launch" and not pd.api.types.is_datetime64_any_dtype(values.dtype):
            raise DataError(f"{table.name}: {column} holds {values.dtype}, not dates; convert it first")
        blank = values.isna() | (values.astype("str").str.strip() == "")
        if column != "until" and blank.any():
            raise DataError(f"{table.name}, row {int(blank.argmax())}: {column} is blank; fill it in")
    twice = frame.duplicated(["launch", "period"])
    if twice.any():
        row = int(twice.argmax())
        named = f"{shown(frame['launch'][row])} on {frame['period'][row].date()}"
        raise DataError(f"{table.name}, row {row}: a second row of {named}; keep one")
    begins, ends = (pd.DatetimeIndex(days).tz_localize(None) for days in (frame["period"], ends))
    early = np.asarray(ends < begins)
    if early.any():
        row = int(early.argmax())
        raise DataError(
            f"{table.name}, row {row}: {shown(frame['launch'][row])} ends on {ends[row].date()}, before it "
            f"begins on {begins[row].date()}; correct one of them"
        )
    found, outside = [], []
    for name, rows in frame.groupby(frame["launch"].astype(str), sort=False).indices.items():
        one = _one(kpi, str(name), begins[rows], ends[rows])
        if one is None:
            outside.append(str(name))
        else:
            place = str(frame["place"][rows[0]]) if table.has("place") else ""
            found.append(Launched(*one, place))
    if len(found) > MOST:
        raise ValueError(
            f"{table.name} has {len(found)} launches within the data; keep the {MOST} that matter most"
        )
    found.sort(key=lambda each: each.start)
    _check_apart(kpi, found)
    return found, outside


def _one(
    kpi: Kpi, name: str, begins: pd.DatetimeIndex, ends: pd.DatetimeIndex
) -> tuple[str, int, np.ndarray, pd.Timestamp, int] | None:
    dates = kpi.dates
    on, runs = np.zeros(len(dates), bool), 0
    for begin, end in zip(begins, ends, strict=True):
        run = np.asarray((dates >= begin) & (dates <= end if end is not pd.NaT else True))
        runs += bool(run.any() and begin > dates[0])
        on |= run
    if not runs or on[0]:
        return None
    return name, int(on.argmax()), on, ends[-1], runs


def _check_apart(kpi: Kpi, found: list[Launched]) -> None:
    for place, one in enumerate(found):
        for other in found[:place]:
            if (one.on == other.on).all():
                raise ValueError(
                    f"launches {listed([other.name, one.name])} were on in the same {kpi.step.name}s, from "
                    f"{kpi.dates[one.start].date()} on: their effects cannot be told apart; write them as one"
                )
