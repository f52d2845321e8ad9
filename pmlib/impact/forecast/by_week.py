"""Charts of many days show weeks: their means, and ranges of these means from the same draws."""

import numpy as np
import pandas as pd

from pmlib.impact.kpi import Kpi

MOST = 60  # days ahead that a chart shows one by one
WEEK = 7


def chunk(kpi: Kpi, steps: int) -> int:
    """Say how many periods a point of the chart stands for."""
    return WEEK if kpi.step.name == "day" and steps > MOST else 1


def history(kpi: Kpi, before: pd.Timestamp, most: int, size: int) -> pd.DataFrame:
    """Give what was seen before a date: period, seen; at most so many points.

    size : periods that a point stands for, counted back from the date; a point without a value is left out.
    """
    values = kpi.values[kpi.dates < before]
    values = values.iloc[len(values) % size :].tail(most * size)
    rows = values.to_numpy(float).reshape(-1, size)
    known = ~np.isnan(rows).all(axis=1)
    frame = pd.DataFrame({"period": values.index[::size][known]})
    return frame.assign(seen=np.nanmean(rows[known], axis=1))


def means(futures: np.ndarray, size: int) -> np.ndarray:
    """Take `size` periods together: a row a draw, a column a point; what is left at the end is left out."""
    points = futures.shape[1] // size
    return futures[:, : points * size].reshape(len(futures), points, size).mean(axis=2)


def ahead(dates: pd.DatetimeIndex, futures: np.ndarray, size: int, level: float) -> pd.DataFrame:
    """Give period, estimate, low, high (at `level`), low_95 and high_95 of futures by point."""
    marks = [0.5, (1 - level) / 2, (1 + level) / 2, 0.025, 0.975]
    names = ["estimate", "low", "high", "low_95", "high_95"]
    found = dict(zip(names, np.quantile(means(futures, size), marks, axis=0), strict=True))
    return pd.DataFrame({"period": dates[::size][: len(dates) // size], **found})
