"""Launches: the rows of a ledger that may be compared, checked one by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import ndtri

from pmlib.data import DataError, Source
from pmlib.data.source import check_amounts, check_sizes
from pmlib.data.words import meant, shown
from pmlib.impact.effect import GRADES

STATED = float(ndtri(0.975))  # standard errors between an estimate and an end of its interval, at 95%
MOST = 2000  # launches; nobody compares more, and pooling takes the square of them in memory
MADE_UP = ("synthetic", "made up", "made-up")
FIRST = "Synthetic: "  # of a name; a chart whose title has said it leaves it out
# How many times as large as stated an error is taken, by grade. On placebo launches, of which nothing came,
# common before/after methods (D) see an effect at 5% in 29 to 55% of cases, as if they stated half of their
# errors, and with controls (C) in 7 to 17%. Random ones (A), and comparison with others (B), stand as stated.
DOUBT: Mapping[str, float] = {"A": 1.0, "B": 1.0, "C": 1.4, "D": 2.0}


@dataclass(frozen=True, eq=False)
class Launches:
    """Comparable launches, in the order of the table.

    effects, errors : as measured, on the scale on which they are pooled. taken : errors after doubt of them.
    grades, dates, reach, places : by launch; None where the table has none.
    domain : "" where the table has none. others : launches of other domains, which are left out, by domain.
    logs : whether the scale is the log of one and the effect. synthetic : whether the table says that it is
        made up.
    """

    names: tuple[str, ...]
    effects: np.ndarray
    errors: np.ndarray
    taken: np.ndarray
    grades: tuple[str, ...] | None
    dates: pd.Series | None
    reach: np.ndarray | None
    places: tuple[str, ...] | None
    domain: str
    others: Mapping[str, int]
    logs: bool
    synthetic: bool


def launches(
    table: Source, domain: str | None, scale: str | None, doubt: Mapping[str, float] | None
) -> Launches:
    """Read the launches of a domain.

    Raises
    ------
    DataError : a launch that cannot be used; one line that names its row.
    ValueError : no such domain, or several and none chosen.
    """
    amounts = [c for c in ("effect", "effect_se", "effect_low", "effect_high", "reach") if table.has(c)]
    check_amounts(table, *amounts)
    for name in amounts:
        values = table.frame[name].to_numpy(float, na_value=np.nan)
        check_sizes(table.name, name, np.where(np.isfinite(values), values, 0.0))
    _check_names(table)
    kept, chosen, others = _of_domain(table, domain)
    if len(kept) > MOST:
        raise ValueError(f"{table.name} has {len(kept):,} launches to compare; choose {MOST:,} at most")
    rows = table.frame.iloc[kept]
    logs = scale == "log"
    effects, errors = _measured(table, rows, logs)
    grades = _grades(table, rows)
    times = dict.fromkeys(GRADES, 1.0) | dict(doubt or {})
    by = np.ones(len(rows)) if grades is None else np.array([times[grade] for grade in grades])
    dates = _dates(table, rows)
    return Launches(
        names=tuple(rows["launch"].astype("str")),
        effects=effects,
        errors=errors,
        taken=errors * by,
        grades=grades,
        dates=dates,
        reach=_reach(table, rows),
        places=tuple(rows["place"].astype("str").fillna("")) if table.has("place") else None,
        domain=chosen,
        others=others,
        logs=logs,
        synthetic=_made_up(table, rows),
    )


def _refuse(table: Source, row: int, what: str) -> DataError:
    launch = table.frame["launch"].iloc[row] if table.has("launch") else ""
    return DataError(f"{table.name}, row {row} ({shown(str(launch))}): {what}")


def _check_names(table: Source) -> None:
    names = table.frame["launch"].astype("str")
    blank = np.flatnonzero(names.isna() | names.fillna("").str.strip().eq(""))
    if len(blank):
        raise DataError(f"{table.name}, row {blank[0]}: launch is empty; name it")
    keys = ["launch", "domain"] if table.has("domain") else ["launch"]
    twice = np.flatnonzero(table.frame[keys].astype("str").duplicated())
    if len(twice):
        raise _refuse(table, int(twice[0]), "a second row of this launch; keep one, the better graded")


def _of_domain(table: Source, domain: str | None) -> tuple[np.ndarray, str, dict[str, int]]:
    """Choose the rows of one domain: unrelated ones are never pooled."""
    if not table.has("domain"):
        if domain is not None:
            raise ValueError(f"{table.name} has no column of role domain, so none to choose; leave it out")
        return np.arange(len(table.frame)), "", {}
    of = table.frame["domain"].astype("str")
    blank = np.flatnonzero(of.isna())
    if len(blank):
        raise _refuse(table, int(blank[0]), "domain is empty; say what kind of launch it was")
    counts = {str(name): int(count) for name, count in of.value_counts(sort=False).items() if count}
    if domain is None and len(counts) > 1:
        named = ", ".join(f"{shown(name)} ({count})" for name, count in counts.items())
        first = max(counts, key=lambda name: counts[name])
        raise ValueError(
            f"{table.name} has launches of {len(counts)} domains, which are not pooled: {named}; "
            f"choose one: domain={shown(first)}"
        )
    chosen = next(iter(counts), "") if domain is None else str(domain)
    if domain is not None and chosen not in counts:
        raise ValueError(f"{table.name} has no domain {shown(chosen)}; {meant(chosen, counts)}")
    return np.flatnonzero(of == chosen), chosen, {name: n for name, n in counts.items() if name != chosen}


def _measured(table: Source, rows: pd.DataFrame, logs: bool) -> tuple[np.ndarray, np.ndarray]:
    """Give effects and standard errors, of intervals where none are stated."""
    effects = rows["effect"].to_numpy(float, na_value=np.nan)
    _check_finite(table, rows, "effect", effects)
    least = -1 if logs or table.columns["effect"].unit == "%" else -np.inf
    for row, effect in zip(rows.index, effects, strict=True):
        if effect < least or (logs and effect == -1):
            raise _refuse(table, row, f"effect is {effect:g}, a loss of more than all there was; correct it")
    stated = rows["effect_se"].to_numpy(float, na_value=np.nan) if table.has("effect_se") else None
    errors = np.full(len(rows), np.nan) if stated is None else stated.copy()
    for row, error in zip(rows.index, errors, strict=True):
        if np.isinf(error) or error <= 0:
            raise _refuse(table, row, f"effect_se is {error:g}; an error is above 0, and finite")
    if logs:
        errors = errors / (1 + effects)
    if table.has("effect_low", "effect_high"):
        _check_around(table, rows, effects)
        low, high = (rows[end].to_numpy(float, na_value=np.nan) for end in ("effect_low", "effect_high"))
        if logs:
            low, high = _log(table, rows, low), _log(table, rows, high)
        errors = np.where(np.isnan(errors), (high - low) / (2 * STATED), errors)
    lost = np.flatnonzero(np.isnan(errors))
    if len(lost):
        row = rows.index[lost[0]]
        raise _refuse(
            table, row, "its error is missing; give effect_se, or effect_low and effect_high at 95%"
        )
    return (np.log1p(effects) if logs else effects), errors


def _log(table: Source, rows: pd.DataFrame, ends: np.ndarray) -> np.ndarray:
    for row, end in zip(rows.index, ends, strict=True):
        if end <= -1:
            raise _refuse(table, row, f"effect_low is {end:g}, which has no log; leave scale out")
    return np.log1p(ends)


def _check_finite(table: Source, rows: pd.DataFrame, column: str, values: np.ndarray) -> None:
    odd = np.flatnonzero(~np.isfinite(values))
    if len(odd):
        found = "missing" if np.isnan(values[odd[0]]) else "infinite"
        raise _refuse(
            table, rows.index[odd[0]], f"{column} is {found}; give what was measured, or drop the row"
        )


def _check_around(table: Source, rows: pd.DataFrame, effects: np.ndarray) -> None:
    for row, effect in zip(rows.index, effects, strict=True):
        low, high = rows.loc[row, "effect_low"], rows.loc[row, "effect_high"]
        if pd.isna(low) and pd.isna(high):
            continue
        if pd.isna(low) or pd.isna(high) or not (np.isfinite(low) and np.isfinite(high)):
            raise _refuse(table, row, "its interval has one end; give effect_low and effect_high")
        if not (low <= effect <= high and low < high):
            raise _refuse(
                table, row, f"effect {effect:g} is not within {low:g} to {high:g}; correct the interval"
            )


def _grades(table: Source, rows: pd.DataFrame) -> tuple[str, ...] | None:
    if not table.has("grade"):
        return None
    found = []
    for row, grade in zip(rows.index, rows["grade"].astype("str").fillna("D"), strict=True):
        letter = str(grade).strip().upper() or "D"  # nothing says how it was found
        if letter not in GRADES:
            raise _refuse(table, row, f"grade is {shown(grade)}; write one of {', '.join(GRADES)}")
        found.append(letter)
    return tuple(found)


def _dates(table: Source, rows: pd.DataFrame) -> pd.Series | None:
    if not table.has("period"):
        return None
    dates = rows["period"]
    if dates.dtype.kind != "M":
        raise DataError(f"{table.name}: period holds {dates.dtype}, not dates; convert it first")
    ahead = np.flatnonzero(dates.dt.tz_localize(None) > pd.Timestamp(date.today()))
    if len(ahead):
        when = dates.iloc[ahead[0]].date()
        raise _refuse(
            table, rows.index[ahead[0]], f"launched {when}, which is to come; a ledger is of the past"
        )
    return dates


def _reach(table: Source, rows: pd.DataFrame) -> np.ndarray | None:
    if not table.has("reach"):
        return None
    reach = rows["reach"].to_numpy(float, na_value=np.nan)
    for row, share in zip(rows.index, reach, strict=True):
        if not np.isnan(share) and not 0 < share <= 1:
            raise _refuse(table, row, f"reach is {share:g}; it is a share of users, above 0 and at most 1")
    return reach


def _made_up(table: Source, rows: pd.DataFrame) -> bool:
    said = [table.title, table.line, *rows["launch"].astype("str")]
    return any(word in text.lower() for text in said for word in MADE_UP)
