"""What every competitive analysis asks of a table first: who is in it, what was sold, and when."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from pmlib.competitive.words import lower
from pmlib.data import Source
from pmlib.data.source import check_source
from pmlib.given import ungiven
from pmlib.result import Absent, Check
from pmlib.table import date_form, dates, number

TOLERANCE = 1e-6  # shares of a period may pass 1 by rounding, no further
UNPRICED = 0.01  # of a period's sales may lack a price; beyond that its revenue is not known
SOURCES = "data/sources.toml"
BASES = {"units": "units sold", "revenue": "revenue"}
# What a column of units may be called that says no more than that.
PIECES = {"units", "units sold", "unit sales", "sales", "sold", "volume", "quantity", "qty", "pieces", "u"}


def check_firms(source: Source, focal: str | None, rivals: Sequence[str] = ()) -> list[str]:
    """List the firms a reader asked for, focal first, each once.

    Raises
    ------
    ValueError : a name is not among the firms; says which it may have meant.
    """
    if isinstance(rivals, str):
        raise ValueError(f'rivals is the text "{rivals}"; write a list of names: ["{rivals}"]')
    firms = sorted(source.frame["firm"].dropna().astype(str).unique())
    asked = {**({"focal": [focal]} if focal is not None else {}), "rivals": list(rivals)}
    for parameter, names in asked.items():
        for name in names:
            if not isinstance(name, str) and str(name) in firms:
                raise ValueError(f'{parameter} is {name!r}; firms are called by texts: write "{name}"')
            if name not in firms:
                raise ValueError(
                    f'{parameter} "{name}" is not a firm in {source.name}; {_meant(name, firms)}'
                )
    return list(dict.fromkeys(name for names in asked.values() for name in names))


def _meant(name: str, firms: list[str]) -> str:
    lower = {firm.casefold(): firm for firm in firms}
    lower |= {"".join(word[0] for word in firm.casefold().split()): firm for firm in firms if " " in firm}
    close = get_close_matches(str(name).casefold(), lower, n=1)
    meant = f'did you mean "{lower[close[0]]}"? ' if close else ""
    more = f" and {len(firms) - 6} more" if len(firms) > 6 else ""
    return f"{meant}It has {', '.join(firms[:6])}{more}"


def lacking(
    title: str, source: Source, *roles: str, sales: bool = False, periods: int = 1, firms: int = 2
) -> Absent | None:
    """Say why a section cannot be filled from these data, or None when it can.

    Parameters
    ----------
    title : of the section.
    roles : columns it needs; `sales` asks for units, shares or revenue, whichever there is.
    periods, firms : how many it needs at least.
    """
    if absent := ungiven(title, source, "table of products, prices or sales"):
        return absent
    check_source(source)
    missing = [f"no {role} column" for role in source.lacks(*roles)]
    if sales and not any(source.has(role) for role in ("units", "share", "revenue")):
        missing.append("no sales")
    frame = source.frame
    if not missing and periods > 1 and (not source.has("period") or frame["period"].nunique() < periods):
        missing.append("only one period" if periods == 2 else f"fewer than {periods} periods")
    if not missing and "firm" in frame and frame["firm"].nunique() < firms:
        missing.append(f"only {frame['firm'].nunique()} firm")
    if not missing:
        return None
    return Absent(title=title, reason=f"The data ({source.title}) have {' and '.join(missing)}.")


def rows(source: Source) -> pd.DataFrame:
    """Copy the frame with `product`, `name`, `firm` as text and a `period` (NaT where the source has none).

    Raises
    ------
    ValueError : a row has no firm or, where there are periods, no period.
    """
    frame = source.frame.copy()
    if "period" not in frame:
        frame["period"] = pd.NaT
    elif frame["period"].isna().any():
        raise ValueError(
            f"{source.name}: {_first(frame, frame['period'].isna())} has no period; fill it or drop the row "
            f"(with keep in {SOURCES})"
        )
    if frame["firm"].isna().any():
        raise ValueError(
            f"{source.name}: {_first(frame, frame['firm'].isna())} has no firm; fill it or drop the row "
            f"(with keep in {SOURCES})"
        )
    if "name" not in frame:
        frame["name"] = frame["product"].astype(str) if "product" in frame else frame["firm"].astype(str)
    return frame.assign(firm=frame["firm"].astype(str))


def volumes(source: Source, basis: str = "units") -> tuple[pd.DataFrame, Check | None]:
    """Give the source's rows with a `volume` column, and a Check when some had to be left out.

    Parameters
    ----------
    basis : "units" takes units, else shares of potential buyers; "revenue" takes revenue, else units or
        shares times price (then relative: right between firms, not in money), without the few rows that lack
        a price.

    Raises
    ------
    ValueError : an unknown basis; a missing or negative value; shares of a period beyond 1; nothing sold; so
        few prices that revenue is not known.
    """
    if basis not in BASES:
        raise ValueError(f'basis is "{basis}"; write "units" or "revenue"')
    frame = rows(source)
    if basis == "revenue" and source.has("revenue"):
        return _sold(frame.assign(volume=_amounts(source, frame, "revenue")), source), None
    if not source.has("units") and not source.has("share"):
        raise ValueError(f'{source.name} has no units and no shares; set basis to "revenue"')
    amounts = _amounts(source, frame, "units" if source.has("units") else "share")
    sold = _sold(frame.assign(volume=amounts), source)
    if basis == "units":
        return sold, None
    if not source.has("price"):
        raise ValueError(f'{source.name} has no revenue and no price; set basis to "units"')
    frame, check = priced(source)
    if gap := revenue_gap(source):
        remedy = 'fill prices in, leave out the whole period, or set basis to "units"'
        raise ValueError(f"{source.name}: {gap}; {remedy}")
    return _sold(frame.assign(volume=amounts.loc[frame.index] * frame["price"]), source), check


def knows_revenue(source: Source) -> bool:
    """Tell whether revenue is given, or follows from prices and what was sold."""
    sales = source.has("units") or source.has("share")
    return source.has("revenue") or (source.has("price") and sales and not revenue_gap(source))


def revenue_gap(source: Source) -> str:
    """Say which prices revenue lacks; "" where they hardly matter.

    They matter beyond 1 % of a period's sales, and where a firm's whole sales of a period have no price: left
    out, they would read as share lost.
    """
    frame = rows(source)
    sold = sales_weights(source, frame)
    if sold is None:
        return ""
    lost = sold.where(frame["price"].isna(), 0.0)
    by_period, by_firm = frame["period"], [frame["period"], frame["firm"]]
    part = _sums(lost, by_period) / _sums(sold, by_period)
    matters = (lost > 0) & ((part > UNPRICED) | (_sums(lost, by_firm) >= _sums(sold, by_firm)))
    if not matters.any():
        return ""
    largest = frame.index == lost.where(matters, 0.0).idxmax()
    return (
        f"{_first(frame, largest)} (firm {frame.loc[largest, 'firm'].iloc[0]}) has no price; rows without "
        f"one hold {number(part[largest].iloc[0], '%')} of the period's sales"
    )


def _sums(values: pd.Series, by: Any) -> pd.Series:
    return values.groupby(by, dropna=False).transform("sum")


def sold_words(source: Source, basis: str) -> tuple[str, str]:
    """Name what shares are of: in short for sentences, and in full for a subtitle."""
    short = BASES[basis]
    if basis == "units" and source.has("units") and source.columns["units"].label.casefold() not in PIECES:
        short = lower(re.sub(r"\s*\(.*\)$", "", source.columns["units"].label))
    if source.partial and not source.has("units") and not (basis == "revenue" and source.has("revenue")):
        short += " by the firms listed"
    return short, short if basis == "units" or source.has("revenue") else f"{short} (units times price)"


def _amounts(source: Source, frame: pd.DataFrame, role: str) -> pd.Series:
    values = frame[role].astype(float)
    bad = ~(values >= 0) | np.isinf(values)
    if bad.any():
        row = int(bad.to_numpy().argmax()) + 1
        raise ValueError(
            f"{source.name}: {role}{_called(source, role)} of {_first(frame, bad)} is {_found(values[bad])} "
            f"(row {row} of {len(frame)}); write a number from 0 up (0 for nothing sold), "
            f"drop the row (with keep or drop in {SOURCES}), or take its role from the column"
        )
    sums = values.groupby(frame["period"], dropna=False).sum()
    if role == "share" and sums.max() > 1 + TOLERANCE:
        when = period_label(frame["period"], sums.idxmax())
        here = values.where(frame["period"].isna() | (frame["period"] == sums.idxmax()))
        raise ValueError(
            f"{source.name}: shares{' of ' + when if when else ''} add up to {number(sums.max())}, beyond 1 "
            f"(largest: {_first(frame, here == here.max())}); "
            "write fractions of the whole, 0.375 for 37.5%"
        )
    return values


def _called(source: Source, role: str) -> str:
    """Say what the data call a role, where that is another word."""
    label = source.columns[role].label if role in source.columns else role
    return "" if label == role else f' ("{label}")'


def _sold(frame: pd.DataFrame, source: Source) -> pd.DataFrame:
    totals = frame.groupby("period", dropna=False)["volume"].sum()
    if (totals <= 0).any() or totals.empty:
        when = period_label(frame["period"], totals.idxmin()) if len(totals) else ""
        raise ValueError(f"{source.name}: nothing was sold{' in ' + when if when else ''}; drop that period")
    return frame


def _first(frame: pd.DataFrame, bad: pd.Series) -> str:
    row = frame[bad].iloc[0]
    product = row.get("name", row.get("product", row.get("firm")))
    period = row.get("period")
    return f'"{product}"' + (f" in {period_label(frame['period'], period)}" if pd.notna(period) else "")


def _found(values: pd.Series) -> str:
    value = float(values.iloc[0])
    return "missing" if np.isnan(value) else "infinite" if np.isinf(value) else f"{value:g}"


def firm_shares(source: Source, basis: str = "units") -> pd.DataFrame:
    """Add the products up to firms.

    Returns
    -------
    DataFrame : one row per period and firm, newest period first, then by rank; columns period (NaT without
        periods), firm, volume (units, fraction of potential buyers, or money), share (0-1 of what was sold in
        the period) and rank (1 is the largest; equals share a rank).
    """
    sold, _ = volumes(source, basis)
    frame = sold.groupby(["period", "firm"], dropna=False, as_index=False)["volume"].sum()
    frame["share"] = frame["volume"] / _sums(frame["volume"], frame["period"])
    frame["rank"] = ranks(frame)
    return frame.sort_values(["period", "rank", "firm"], ascending=[False, True, True], ignore_index=True)


def ranks(shares: pd.DataFrame) -> pd.Series:
    """Rank the firms of each period by share, 1 the largest; equals share a rank, whatever the rounding."""
    by_period = shares["share"].round(12).groupby(shares["period"], dropna=False)
    return by_period.rank(ascending=False, method="min").astype(int)


def priced(source: Source) -> tuple[pd.DataFrame, Check | None]:
    """Give the rows that have a price, and a Check that counts the others when there are any.

    Raises
    ------
    ValueError : a price is not above 0, or infinite.
    """
    frame = rows(source)
    check_prices(source, frame)
    known = frame["price"].notna()
    if known.all():
        return frame, None
    saw = f"{(~known).sum()} of {len(frame)} rows left out, the first is {_first(frame, ~known)}"
    return frame[known], Check("Every product has a price", False, saw)


def check_prices(source: Source, frame: pd.DataFrame) -> None:
    """Refuse a price that is not above 0, or infinite; a missing one is none."""
    price = frame["price"].astype(float)
    bad = (price <= 0) | np.isinf(price)
    if bad.any():
        raise ValueError(
            f"{source.name}: price of {_first(frame, bad)} is {_found(price[bad])}; "
            "prices are above 0: correct it, or leave it empty to drop the row"
        )


def sales_weights(source: Source, frame: pd.DataFrame) -> pd.Series | None:
    """Give each row's weight by sales (units, else shares); None when the source has neither."""
    role = next((role for role in ("units", "share") if source.has(role)), None)
    return None if role is None else _amounts(source, frame, role)


def newest(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of the newest period; all of them without periods."""
    return frame if frame["period"].isna().all() else frame[frame["period"] == frame["period"].max()]


def period_label(periods: pd.Series, value: pd.Timestamp) -> str:
    """Write one of these periods no finer than they vary (1990, Mar 1990, 1990-03-07); "" without periods."""
    if pd.isna(value):
        return ""
    return value.strftime(date_form(pd.DatetimeIndex([value, *periods.dropna().unique()])))


def period_noun(periods: pd.Series) -> str:
    """Name what the periods are: year where each is written as one, else period."""
    return "year" if dates(periods).str.fullmatch(r"\d{4}").all() else "period"


def span(periods: pd.Series) -> str:
    """Write the first and the last of these periods: 1980 to 1990, or 1990, or nothing."""
    if periods.isna().all():
        return ""
    first, last = (period_label(periods, end) for end in (periods.min(), periods.max()))
    return first if first == last else f"{first} to {last}"


def years_between(first: pd.Timestamp, last: pd.Timestamp) -> float:
    """Count the years from one period to another; whole between the same days."""
    months = 12 * (last.year - first.year) + last.month - first.month
    return (months + (last.day - first.day) / 31) / 12
