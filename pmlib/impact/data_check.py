"""What a series holds and lacks, before anything is worked out from it."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from pmlib.given import ungiven
from pmlib.impact.kpi import TITLE, Kpi, check_kpi
from pmlib.result import Absent, Check, Result
from pmlib.table import Column, number
from pmlib.wording import listed

FAR = 8.0  # robust standard deviations from its neighbours, beyond which a value is named
NEAR = 7  # values of the same place in the shortest season that are its neighbours
DRAWN = 250  # points that a chart has room for
NAMED = 3  # dates in the sentence
FEW_YEARS = 2  # years, below which the season of a year cannot be told from a trend
COLUMNS = {
    "rule": Column("What"),
    "rows": Column("Periods", digits=0),
    "when": Column("When"),
    "done": Column("What was done"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DataCheck(Result):
    """What was found in a series and what was done with it, one row a rule.

    far : dates of the values that lie far from their neighbours; they are kept.
    """

    folded: ClassVar[bool] = True
    kpi: Kpi
    far: pd.DatetimeIndex

    def plot(self, ax: Any = None) -> Any:
        """Draw the whole series."""
        from pmlib import chart

        frame = thinned(self.kpi.values).rename("estimate").rename_axis("date").reset_index()
        return chart.lines(frame.assign(series=""), "date", "estimate", "series", spec=self.kpi.column, ax=ax)


def data_check(kpi: Kpi | Absent | None) -> DataCheck | Absent:
    """Say what is missing from a series, what is odd in it, and how far it reaches.

    A value is far off when it lies more than eight robust standard deviations (of all such differences) from
    where its neighbours put it: the level around it, and what the same weekday, month or quarter near it
    adds. Far values are named and kept: whoever knows what happened then can leave them blank.

    Parameters
    ----------
    kpi : as `kpi` gives it.
    """
    if absent := ungiven(TITLE, kpi, "KPI by period"):
        return absent
    check_kpi(kpi)
    assert isinstance(kpi, Kpi)
    far = far_off(kpi)
    known = int(kpi.values.notna().sum())
    rows = [("Known", known, f"{_day(kpi.dates[0])} to {_day(kpi.dates[-1])}", "used"), *_found(kpi)]
    if len(far):
        rows.append(("Far from its neighbours", len(far), _named(far), "kept"))
    constant = float(kpi.values.max()) == float(kpi.values.min())
    return DataCheck(
        title=_title(kpi, known, far),
        finding=_finding(kpi, known, far),
        subtitle=f"{kpi.label} a {kpi.step.name}",
        frame=pd.DataFrame(rows, columns=list(COLUMNS)),
        columns=COLUMNS,
        checks=(
            Check(
                "The series varies", not constant, "it does" if not constant else "every value is the same"
            ),
            *_years(kpi),
        ),
        source=kpi.source,
        aside=True,
        kpi=kpi,
        far=far,
    )


def far_off(kpi: Kpi) -> pd.DatetimeIndex:
    """Find the values far from where those beside them and their season put them, the farthest first."""
    values = np.log(kpi.values) if kpi.multiplies else kpi.values
    season = round(kpi.step.seasons[0]) if kpi.step.seasons else 1
    level = values.rolling(2 * season + 1, center=True, min_periods=season + 1).median()
    off = values - level
    places = pd.Series(np.arange(len(off)) % season, index=off.index)
    off -= off.groupby(places).transform(lambda one: one.rolling(NEAR, center=True, min_periods=3).median())
    spread = 1.4826 * float((off - off.median()).abs().median())
    if not spread > 0:
        return pd.DatetimeIndex([])
    odd = off.abs()[off.abs() > FAR * spread].sort_values(ascending=False, kind="stable")
    return pd.DatetimeIndex(odd.index)


def thinned(values: pd.Series, most: int = DRAWN) -> pd.Series:
    """Take a long series together by the months or years it runs over, as means."""
    for grain in ("MS", "YS"):
        if len(values) > most:
            values = values.resample(grain).mean()
    return values


def _years(kpi: Kpi) -> tuple[Check, ...]:
    if not kpi.step.seasons:
        return ()
    years = len(kpi.values) / kpi.step.year
    saw = f"{number(years, digits=1)} years; below {FEW_YEARS} a season cannot be told from a trend"
    return (Check("Two years or more", years >= FEW_YEARS, saw),)


def _found(kpi: Kpi) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in kpi.found.itertuples(index=False)]


def _title(kpi: Kpi, known: int, far: pd.DatetimeIndex) -> str:
    missing = len(kpi.values) - known
    if not missing and far.empty:
        return f"All {kpi.step.several(known)} are there"
    parts = [f"{missing:,} missing"] if missing else []
    parts += [f"{len(far):,} far off"] if len(far) else []
    return f"Of {kpi.step.several(len(kpi.values))}, {listed(parts)}"


def _finding(kpi: Kpi, known: int, far: pd.DatetimeIndex) -> str:
    span = f"from {_day(kpi.dates[0])} to {_day(kpi.dates[-1])}"
    lost = len(kpi.values) - known
    said = f"{number(known)} of {kpi.step.several(len(kpi.values))} {span} have a value."
    said += " What is missing is left out, never counted as nothing." if lost else ""
    if len(far):
        said += f" {len(far):,} lie far from their neighbours and are kept, above all {_named(far)}."
    return said


def _named(dates: pd.DatetimeIndex) -> str:
    return listed([_day(one) for one in dates[:NAMED]])


def _day(one: pd.Timestamp) -> str:
    return str(one.date())
