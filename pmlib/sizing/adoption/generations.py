"""Generations of a product: what each adds to the market, and when it gives way (Norton and Bass)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from pmlib.data import Source
from pmlib.given import ungiven
from pmlib.parameters import check_count, check_level
from pmlib.result import Absent, Check, Number, Result
from pmlib.sizing.adoption.history import check_until, check_values, even_times
from pmlib.stats.adoption import Generations as Fitted
from pmlib.stats.adoption import generations as fitted
from pmlib.table import Column, dates, interval, interval_digits, number, percentage

TITLE = "Generations"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Generations(Result):
    """One row per generation, oldest first: launch, p, q, and the potential it adds (estimate, low, high).

    path : one row per period and generation: seen, estimate, and what came later. fit : p, q, ceilings,
        their errors, sse, r2 and n. error : mean absolute error of the years held back, as a share of their
        mean; naive_error : last value's.
    """

    path: pd.DataFrame
    fit: Fitted
    level: float
    error: float | None
    naive_error: float | None

    def plot(self, ax: Any = None) -> Any:
        """Draw each generation's fitted course in colour over what was seen."""
        from pmlib import chart

        names = self.frame["generation"].tolist()
        course = self.path[["period", "generation", "estimate"]]
        seen = self.path[["period", "generation"]].assign(
            estimate=self.path["seen"].fillna(self.path["later"])
        )
        seen["generation"] = seen["generation"] + " seen"
        both = pd.concat([seen.dropna(), course], ignore_index=True)
        return chart.lines(
            both, "period", "estimate", "generation", spec=self.columns["estimate"], highlight=names, ax=ax
        )


def generations(
    source: Source, *, until: int | None = None, years: int = 5, common: bool = True, level: float = 0.95
) -> Generations | Absent:
    """Fit generations of a product together: each takes over the users of those before it.

    Parameters
    ----------
    source : one row per generation and period; roles product (the generation), period and units (in use).
    until : the last year to know; what came after it is compared. years : how far the courses go on.
    common : one p and q for all generations, or each its own. level : of the intervals of the potentials.

    Returns
    -------
    Generations : one row per generation; p and q a period, potentials in the unit of the source.

    Raises
    ------
    ValueError : uneven periods, a value below 0, a generation of fewer than two values, an `until` outside.
    """
    if absent := ungiven(TITLE, source, "table of generations"):
        return absent
    if lacks := source.lacks("product", "period", "units"):
        return Absent(title=TITLE, reason=f"{source.name} has no column of role {' or '.join(lacks)}.")
    check_count("years", years, 1, 30)
    check_level(level)
    check_until(until)
    for name, rows in source.frame.groupby("product", sort=False):
        check_values(source.name, str(name), rows, "units", "stock")
    wide = source.frame.pivot_table("units", "period", "product", aggfunc="sum", sort=True).fillna(0.0)
    wide = wide[(wide > 0).idxmax().sort_values(kind="stable").index]  # oldest first
    if wide.shape[1] < 2:
        return Absent(title=TITLE, reason=f"{source.name} holds one generation; two or more are needed.")
    known = wide if until is None else wide[wide.index.year <= until]
    if until is not None and (known.empty or until > wide.index[-1].year):
        ends = f"{wide.index[0].year} to {wide.index[-1].year}"
        raise ValueError(f"until is {until}; {source.name} is known from {ends}: take a year in it")
    known = known.loc[:, (known > 0).any()]
    times, ahead = even_times(source.name, known.index, years)
    found = fitted(times, known.to_numpy(float), common=common)
    names = [str(name) for name in known]
    frame = _frame(names, known, found, level)
    path = _path(names, known, wide, found, times, ahead)
    error, naive_error = _errors(path, known)
    return _said(source, frame, path, found, level, error, naive_error)


def _frame(names: list[str], known: pd.DataFrame, found: Fitted, level: float) -> pd.DataFrame:
    wide = stats.norm.ppf((1 + level) / 2) * found.errors[2]
    return pd.DataFrame(
        {
            "generation": names,
            "since": (known > 0).idxmax().to_numpy(),
            "estimate": found.ceilings,
            "low": np.maximum(found.ceilings - wide, 0.0),
            "high": found.ceilings + wide,
            "innovation": found.innovation,
            "imitation": found.imitation,
        }
    )


def _path(
    names: list[str],
    known: pd.DataFrame,
    wide: pd.DataFrame,
    found: Fitted,
    times: np.ndarray,
    ahead: pd.DatetimeIndex,
) -> pd.DataFrame:
    later = times[-1] + np.arange(1, len(ahead) + 1)
    expected = found.at(np.concatenate([times, later]))
    path = pd.DataFrame(expected, index=known.index.append(ahead), columns=names)
    path = (
        path.rename_axis("period").reset_index().melt("period", var_name="generation", value_name="estimate")
    )
    table = wide.rename(columns=str).rename_axis("period").reset_index()
    came = table.melt("period", var_name="generation", value_name="value")
    path = path.merge(came, on=["period", "generation"], how="left")
    past = path["period"] <= known.index[-1]
    return path.assign(seen=path["value"].where(past), later=path["value"].where(~past)).drop(columns="value")


def _errors(path: pd.DataFrame, known: pd.DataFrame) -> tuple[float | None, float | None]:
    rows = path[path["later"].notna()]
    if rows.empty or not rows["later"].mean() > 0:
        return None, None
    last = rows["generation"].map(known.rename(columns=str).iloc[-1])
    mean = rows["later"].mean()
    off = (rows["estimate"] - rows["later"]).abs().mean() / mean
    return float(off), float((last - rows["later"]).abs().mean() / mean)


def _said(
    source: Source,
    frame: pd.DataFrame,
    path: pd.DataFrame,
    found: Fitted,
    level: float,
    error: float | None,
    naive_error: float | None,
) -> Generations:
    unit, column = source.columns["units"].unit, source.columns["units"]
    newest, end = frame.iloc[-1], path["period"].max()
    digits = interval_digits(newest["low"], newest["high"], unit)
    last = path[path["period"] == end].set_index("generation")["estimate"]
    when = str(dates(path["period"].drop_duplicates().sort_values()).iloc[-1])
    checks = [
        Check(
            "The best fit was found from several starts", found.agree > 1, f"{found.agree} of {found.starts}"
        )
    ]
    if error is not None and naive_error is not None:
        saw = f"{number(error, '%')} off, last value {number(naive_error, '%')}"
        checks.append(
            Check("Held-back years are foreseen better than by the last value", error < naive_error, saw)
        )
    return Generations(
        title=f"{last.idxmax()} leads {len(frame)} generations by {when}",
        finding=(
            f"{newest['generation']}, the newest of {len(frame)} generations, adds about "
            f"{number(newest['estimate'], unit, digits)} to the market "
            f"({interval(newest['low'], newest['high'], unit)}, {percentage(level)}). "
            f"By {when}, {last.idxmax()} leads with {number(last.max(), unit, digits)} in use."
        ),
        subtitle=f"{column.label} by generation, seen in grey and fitted, to {when}.",
        frame=frame,
        columns={
            "generation": Column("Generation"),
            "since": Column("Since"),
            "estimate": Column("Potential it adds", unit),
            "low": Column("Low", unit),
            "high": Column("High", unit),
            "innovation": Column("Innovation p", "", 4),
            "imitation": Column("Imitation q", "", 4),
        },
        source=source.line,
        numbers=(
            Number(
                name="newest_potential",
                label=f"potential that {newest['generation']} adds",
                value=float(newest["estimate"]),
                low=float(newest["low"]),
                high=float(newest["high"]),
                level=level,
                unit=unit,
                source=source.name,
            ),
        ),
        checks=tuple(checks),
        path=path,
        fit=found,
        level=level,
        error=error,
        naive_error=naive_error,
    )
