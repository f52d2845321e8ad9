"""A Kpi as the engines take it: its values from the first to the last known, its seasons, its controls."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlib.data import DataError
from pmlib.impact.kpi import Kpi
from pmlib.parameters import check_count
from pmlib.stats.series.season import Season, seasons_of

STEPS = {"day": 28, "week": 13, "month": 12, "quarter": 8, "year": 3}  # ahead, by default
SHARE = 2  # a series shows at most its length divided by this ahead


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of a series.

    values : from the first to the last that is known; nan where missing. last : date of the last.
    controls : a row a period, `steps` beyond the last too; empty without any.
    """

    values: np.ndarray
    season: Season
    steps: int
    last: pd.Timestamp
    controls: np.ndarray | None


def known(kpi: Kpi, steps: int | None, controls: bool) -> Known:
    """Take what is known of a Kpi, and refuse to look further ahead than it shows."""
    there = np.flatnonzero(kpi.values.notna())
    first, last = int(there[0]), int(there[-1])
    values = kpi.values.to_numpy(float)[first : last + 1]
    most = len(values) // SHARE
    if steps is None:
        steps = min(STEPS[kpi.step.name], most)
    check_count("steps", steps, 1, most, f"; {kpi.step.several(len(values))} are known")
    future = _future(kpi, first, last, steps) if controls else None
    return Known(values, seasons_of(kpi.step.seasons), steps, kpi.dates[last], future)


def _future(kpi: Kpi, first: int, last: int, steps: int) -> np.ndarray:
    if kpi.covariates.empty or not len(kpi.covariates.columns):
        raise ValueError(f"{kpi.name} has no covariate to control for; leave out controls=True")
    needed = kpi.covariates.iloc[first : last + 1 + steps]
    given = int(needed.iloc[last + 1 - first :].notna().all(axis=1).sum())
    if given < steps:
        raise DataError(
            f"{kpi.name}: controls ahead are known for {given} of {kpi.step.several(steps)}; add rows with "
            "the KPI blank and the controls as planned, or leave out controls=True"
        )
    gaps = needed.isna().any(axis=1)
    if gaps.any():
        column = needed.columns[needed.isna().any()][0]
        raise DataError(
            f"{kpi.name}: {column} is missing on {gaps[gaps].index[0].date()}; fill it, or leave out "
            "controls=True"
        )
    centred = needed - needed.iloc[: last + 1 - first].mean()
    spread = centred.iloc[: last + 1 - first].std().replace(0, 1)
    return np.asarray((centred / spread).to_numpy(float))
