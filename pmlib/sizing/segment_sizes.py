"""What each segment sold, period by period, and how it grew."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.data import Source
from pmlib.data.source import check_amounts, check_source
from pmlib.data.words import meant, shown
from pmlib.given import ungiven
from pmlib.result import Absent
from pmlib.stats.log_trend import FEWEST, log_trend
from pmlib.table import Column, date_form

TITLE = "Segments by size, growth and fit"
ROLES = ("segment", "market", "product")  # that part a market, the first that a table has
DAYS = 365.25
FASTEST = 10.0  # a year: growth beyond it is a percentage that was not made a fraction


@dataclass(frozen=True, eq=False)
class SegmentSizes:
    """Segments of the newest period.

    frame : a row a segment: segment, size (now), growth (a year, of logs), growth_se, future (log),
        future_se, df (0 where growth is given, not worked out), periods, fit_given (0-1 of the best).
    parts : what parts the market, in words. size : how sizes are written. period : the newest, in words.
    left_out : segments that have no growth or are not sold any more, with why.
    """

    frame: pd.DataFrame
    parts: Column
    size: Column
    period: str
    left_out: tuple[str, ...]


def segment_sizes(source: Source | None, value: str, horizon: float) -> SegmentSizes | Absent:
    """Add up what each segment sold and work out its growth.

    Raises
    ------
    ValueError : no such column; a size that is missing, zero or below, by segment and period.
    """
    if absent := ungiven(TITLE, source, "table of segments"):
        return absent
    check_source(source)
    assert source is not None
    role = next((role for role in ROLES if source.has(role)), None)
    if role is None:
        return Absent(title=TITLE, reason=f"{source.name} has no segment, market or product column.")
    found = _sizes(source, value)
    if isinstance(found, Absent):
        return found
    sizes, column = found
    if not source.has("period") and not source.has("growth"):
        return Absent(title=TITLE, reason=f"{source.name} has neither periods nor a growth column.")
    rows = pd.DataFrame({"segment": source.frame[role].astype("str"), "size": sizes})
    rows["period"] = source.frame["period"] if source.has("period") else pd.Timestamp(0)
    _check_rows(source.name, rows, role, value)
    summed = rows.groupby(["segment", "period"], sort=True)["size"].sum().reset_index()
    _check_sums(source.name, summed, value)
    newest = summed["period"].max()
    given = _given(source, role, newest)
    out, left_out = [], []
    for name, own in summed.groupby("segment", sort=True):
        row = _segment(str(name), own, newest, horizon, given)
        left_out.append(row) if isinstance(row, str) else out.append(row)
    if len(out) < 2:
        why = "; ".join(left_out)
        return Absent(
            title=TITLE, reason=f"Fewer than two segments can be compared{f': {why}' if why else ''}."
        )
    frame = pd.DataFrame(out).merge(given, on="segment", how="left")
    when = (
        newest.strftime(date_form(pd.DatetimeIndex(summed["period"].unique())))
        if source.has("period")
        else ""
    )
    return SegmentSizes(frame, source.columns[role], column, when, tuple(left_out))


def _sizes(source: Source, value: str) -> tuple[pd.Series, Column] | Absent:
    frame, columns = source.frame, source.columns
    if value in frame:
        if not pd.api.types.is_numeric_dtype(frame[value].dtype):
            raise ValueError(f"value is {shown(value)}, which holds no numbers; {_has(source)}")
        return frame[value].astype(float), columns[value]
    counted = next((name for name in ("units", "share") if name in frame), None)
    if value == "units" and counted == "share":
        return frame["share"].astype(float), columns["share"]
    if value == "revenue" and counted and "price" in frame:
        each = "sale of the market" if source.partial else "potential buyer"
        per = f" a {each}" if counted == "share" else ""
        label = Column(f"Revenue{per}", columns["price"].unit)
        return frame[counted].astype(float) * frame["price"].astype(float), label
    if value in ("units", "revenue"):
        return Absent(title=TITLE, reason=f"{source.name} does not know {value}.")
    raise ValueError(f"value is {shown(value)}, which is no column of {source.name}; {_has(source, value)}")


def _has(source: Source, value: str = "") -> str:
    frame = source.frame
    numbers = [str(name) for name in frame if pd.api.types.is_numeric_dtype(frame[name].dtype)]
    return meant(value, numbers, "it has")


def _check_rows(name: str, rows: pd.DataFrame, role: str, value: str) -> None:
    if (unnamed := rows["segment"].isna().to_numpy()).any():
        raise ValueError(
            f"{name}, row {int(unnamed.argmax())}: it has no {role}; name it, or leave the row out"
        )
    size = rows["size"].to_numpy(float, na_value=np.nan)
    if (bad := ~((size >= 0) & np.isfinite(size))).any():
        row = int(bad.argmax())
        found = "missing" if np.isnan(size[row]) else f"{size[row]:g}"
        raise ValueError(
            f"{name}, row {row}: {value} is {found}; a size is 0 or more: correct it, or leave it out"
        )


def _check_sums(name: str, summed: pd.DataFrame, value: str) -> None:
    none = summed[summed["size"] == 0]
    if len(none):
        row = none.iloc[0]
        when = "" if row["period"] == pd.Timestamp(0) else f" in {row['period'].date()}"
        raise ValueError(
            f"{name}: {value} of {shown(row['segment'])}{when} is 0, from which growth is not known; "
            "leave out the periods before its start"
        )


def _given(source: Source, role: str, newest: pd.Timestamp) -> pd.DataFrame:
    """Take growth and fit from the newest rows; where a segment has several, they must agree."""
    frame = source.frame
    now = frame[frame["period"] == newest] if source.has("period") else frame
    out = pd.DataFrame({"segment": sorted(now[role].astype("str").unique())})
    for name in ("growth", "fit"):
        if not source.has(name):
            continue
        check_amounts(source, name)
        own = now.groupby(now[role].astype("str"))[name].agg(["min", "max"]).astype(float)
        for segment, ends in own.iterrows():
            if ends["min"] != ends["max"] and not ends.isna().all():
                both = f"{ends['min']:g} and {ends['max']:g}"
                raise ValueError(f"{source.name}: {name} of {shown(segment)} is {both}; keep one")
        _check_given(source, name, own["min"])
        scaled = own["min"] if name == "growth" or source.columns["fit"].unit == "%" else own["min"] / 5
        out[f"{name}_given"] = out["segment"].map(scaled)
    return out


def _check_given(source: Source, name: str, values: pd.Series) -> None:
    most = FASTEST if name == "growth" else 1 if source.columns["fit"].unit == "%" else 5
    least = -1 if name == "growth" else 0
    for segment, value in values.dropna().items():
        if not least <= value <= most or value == -1:
            remedy = "give fractions, 0.05 for 5%" if name == "growth" else f"a fit lies in 0 to {most}"
            raise ValueError(f"{source.name}: {name} of {shown(segment)} is {value:g}; {remedy}")


def _segment(
    name: str, own: pd.DataFrame, newest: pd.Timestamp, horizon: float, given: pd.DataFrame
) -> dict[str, object] | str:
    if own["period"].max() < newest:
        return f"{name} is not sold any more"
    now = float(own["size"].iloc[-1])
    row: dict[str, object] = {"segment": name, "size": now, "periods": len(own)}
    if "growth_given" in given:
        rate = given.set_index("segment")["growth_given"].get(name, np.nan)
        if np.isnan(rate):
            return f"{name} has no growth"
        steady = float(np.log1p(rate))
        return row | {
            "growth": steady,
            "growth_se": 0.0,
            "future": np.log(now) + steady * horizon,
            "future_se": 0.0,
            "df": 0,
        }
    if len(own) < FEWEST:
        return f"{name} has only {len(own)} periods"
    years = (own["period"] - newest).dt.days.to_numpy(float) / DAYS
    trend = log_trend(years, own["size"].to_numpy(float), horizon)
    return row | {
        "growth": trend.slope,
        "growth_se": trend.se,
        "future": trend.future,
        "future_se": trend.future_se,
        "df": trend.df,
    }
