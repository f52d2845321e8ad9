"""Amounts that cannot all be right: some written in thousands among units, rows that sum up the others."""

import numpy as np
import pandas as pd

from pmlib.data.advice import leave_out
from pmlib.data.checked import Checked
from pmlib.data.facts import period_of
from pmlib.data.roles import MEASURES
from pmlib.data.rule import Rule
from pmlib.data.words import SOURCES, DataError, and_more, quoted, shown
from pmlib.sql import Name, sql

SPREAD = 1.5  # powers of ten that the amounts of a series may be apart
THOUSANDS = ((2.6, 3.4), (5.6, 6.4))  # powers of ten between amounts in units and in thousands or millions
ROUNDED = 0.02  # by which the sum of rounded amounts may miss that of the whole ones
FEWEST = 4  # amounts by which one tells what a series is like
RARE = 0.05  # share of a column's amounts that may be in another unit, where there are no series


def check_amounts(checked: Checked, frame: pd.DataFrame) -> None:
    """Refuse amounts that are a thousand times off their series, rows of totals, and a note below the rows.

    A series is what stands under one key but the period; without periods, or where they are few, the column.

    Raises
    ------
    DataError : the first such row, with the line of the declaration that would accept it.
    """
    _check_note(checked, frame)
    _check_totals(checked, frame)
    table, series = checked.table, _series(checked, frame)
    for name, rule in table.columns.items():
        if not _is_amount(name, rule, frame[name]) or name in table.unique:
            continue
        off = np.flatnonzero(_off(frame[name], series))
        if len(off):
            where, found = _written(checked, int(off[0]), name)
            problem = (
                f"about a thousand or a million times off the rest of its series{and_more(len(off) - 1)}"
            )
            remedy = f"correct it, or let it be with jumps = true in {SOURCES}"
            raise DataError(f"{where}, column {shown(name)}: found {found}, {problem}; {remedy}")


def _is_amount(name: str, rule: Rule, values: pd.Series) -> bool:
    """Whether values far off their series are worth a doubt: no rate, and nothing on both sides of 0."""
    if rule.type not in MEASURES or rule.jumps or "%" in f"{name} {rule.unit}":
        return False
    return not ((values < 0).any() and (values > 0).any())


def _series(checked: Checked, frame: pd.DataFrame) -> list[np.ndarray]:
    """Find the rows of each series."""
    period = period_of(checked.table)
    keys = [key for key in checked.table.unique if key != period] if period else []
    if not keys:
        return []
    number = frame.groupby(keys, observed=True).ngroup().to_numpy()
    order = np.argsort(number, kind="stable")
    found = np.split(order, np.flatnonzero(np.diff(number[order])) + 1)
    return [rows for rows in found if number[rows[0]] >= 0]  # a key with a blank in it is nobody's


def _off(amounts: pd.Series, series: list[np.ndarray]) -> np.ndarray:
    size = np.log10(amounts.astype(float).abs().where(lambda v: v > 0)).to_numpy()
    off = np.zeros(len(size), dtype=bool)
    if series and np.median([len(rows) for rows in series]) >= FEWEST:
        for rows in series:
            off[rows[_minority(size[rows], 0.5)]] = True
    elif len(size) >= 2 * FEWEST:
        off[_minority(size, RARE)] = True
    return off


def _minority(size: np.ndarray, most: float) -> np.ndarray:
    """Find the amounts on the smaller side of a gap as between units and thousands; both sides are close."""
    known = np.flatnonzero(np.isfinite(size))
    order = known[np.argsort(size[known], kind="stable")]
    nobody = order[:0]
    if len(order) < FEWEST:
        return nobody
    ranked = size[order]
    cut = int(np.argmax(np.diff(ranked))) + 1
    low, high = ranked[:cut], ranked[cut:]
    gap = np.median(high) - np.median(low)
    close = max(np.ptp(low), np.ptp(high)) <= SPREAD
    if not close or not any(least <= gap <= top for least, top in THOUSANDS):
        return nobody
    few = order[:cut] if len(low) < len(high) else order[cut:]
    return few if len(few) <= max(1, most * len(order)) else nobody


def _check_totals(checked: Checked, frame: pd.DataFrame) -> None:
    """Refuse rows that hold, in each amount that adds up, the sum of all other rows of their period.

    One amount is that sum to the digit; the others may be blank, or rounded in the rows or in the sum.
    """
    table, period = checked.table, period_of(checked.table)
    adds = [
        name
        for name, rule in table.columns.items()
        if rule.type in MEASURES and rule.role not in ("price", "attribute") and name not in table.unique
    ]
    labels = [name for name, rule in table.columns.items() if rule.type in ("text", "category")]
    labels.sort(key=lambda name: table.columns[name].role not in ("product", "name", "firm"))
    accepted = {label for rule in table.columns.values() for label in rule.accept}
    if not adds or not labels:
        return
    amounts = frame[adds].astype(float)
    groups = frame[period] if period else pd.Series(0, index=frame.index)
    rest = amounts.groupby(groups).transform("sum") - amounts
    others = amounts.groupby(groups)[adds[0]].transform("size") - 1
    shares = [name for name in adds if table.columns[name].role == "share"]
    is_whole = amounts[shares].groupby(groups).transform("sum").sub(1).abs().lt(ROUNDED).any(axis=1)
    exact = np.isclose(amounts, rest, rtol=1e-9, atol=0) & (amounts > 0)
    alike = exact | np.isclose(amounts, rest, rtol=ROUNDED, atol=0) | amounts.isna()
    is_sum = ~is_whole & exact.any(axis=1) & alike.all(axis=1) & (others >= 3)
    # Where shares come to one with the row, it is one of them: the largest, which has half of the market.
    # Small numbers are sums of others by chance; two amounts, several periods or large numbers are not.
    evidence = amounts.notna().sum(axis=1) + 2 * (amounts.max(axis=1) >= 1000) + (is_sum.sum() - 1)
    for row in np.flatnonzero(is_sum & (evidence >= 2)):
        if not accepted & set(frame.loc[row, labels].astype("str")):
            where, _ = _written(checked, int(row), labels[0])
            label = str(frame.loc[row, labels[0]])
            problem = (
                f"the sum of all other rows{' of its period' if period else ''}, which would count twice"
            )
            left = leave_out(table, labels[0], label)
            remedy = (
                f"remove the row, leave it out with {left}, or say that it is none with "
                f"accept = [{quoted(label)}] in {SOURCES}"
            )
            raise DataError(f"{where}: found {shown(label)}, {problem}; {remedy}")


def _check_note(checked: Checked, frame: pd.DataFrame) -> None:
    """Refuse a last row with nothing but one label in it, where no other row is as empty."""
    filled = frame.notna().sum(axis=1).to_numpy()
    if len(filled) > 1 and frame.shape[1] > 2 and filled[-1] == 1 and (filled[:-1] > 1).all():
        (name,) = frame.columns[frame.iloc[-1].notna()]
        where, found = _written(checked, len(frame) - 1, name)
        accepted = checked.table.columns[name].accept
        if frame[name].iloc[-1] not in accepted:
            remedy = f"remove it, or set format = {{ footer = 1 }} in {SOURCES}"
            raise DataError(
                f"{where}: found {found} and nothing else, as in a note below the table; {remedy}"
            )


def _written(checked: Checked, row: int, name: str) -> tuple[str, str]:
    """Say where a row stands, and what a cell of it holds as it is written."""
    for number in range(len(checked.parts)):
        (count,) = checked.run(sql("select count(*) from {}", Name(f"part_{number}"))).columns
        if row < count[0].as_py():
            return checked.place(number, row), shown(checked.raw(number, row, [name])[0])
        row -= count[0].as_py()
    raise AssertionError("a row beyond the last")
