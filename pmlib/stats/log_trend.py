"""Steady growth: a straight line through logs, with what it does not know."""

from dataclasses import dataclass

import numpy as np

FEWEST = 3  # points of a line and one for its error
ENOUGH = 8  # points to mend the bias of that correlation
MOST_ALIKE = 0.9  # neighbouring errors, beyond which a line is no model of the series


@dataclass(frozen=True)
class LogTrend:
    """Growth of a series a unit of time, on the scale of logs.

    slope, se : a unit of time. future, future_se : ahead of the last time, with the error of one more point.
    df : of Student's t for both. alike : correlation of neighbouring errors, which widens the line's errors
        and ties the future to the last value; 0 where it is negative.
    """

    slope: float
    se: float
    future: float
    future_se: float
    df: int
    alike: float


def log_trend(times: np.ndarray, values: np.ndarray, ahead: float) -> LogTrend:
    """Fit ln(value) = a + b time by least squares, and look ahead.

    Parameters
    ----------
    times, values : three points or more, at different times, values above zero. ahead : of the last time.

    Raises
    ------
    ValueError : too few points, or a value that has no log.
    """
    order = np.argsort(times)
    time, value = np.asarray(times, float)[order], np.asarray(values, float)[order]
    if len(np.unique(time)) < FEWEST:
        raise ValueError(f"a trend needs {FEWEST} times or more; found {len(np.unique(time))}")
    if not (np.isfinite(value) & (value > 0)).all():
        raise ValueError(f"a trend of logs needs values above zero; found {value[~(value > 0)][:1]}")
    log, middle, df = np.log(value), time.mean(), len(time) - 2
    moved = time - middle
    spread = float(moved @ moved)
    slope = float(moved @ log) / spread
    errors = log - log.mean() - slope * moved
    alike = _alike(errors)
    variance = float(errors @ errors) / df
    of_line = variance * (1 + alike) / (1 - alike)
    away = time[-1] + ahead - middle
    kept = alike ** (ahead / float(np.median(np.diff(np.unique(time)))))  # of the last error, so far ahead
    future = variance * (1 - kept**2) + of_line * (1 / len(time) + away**2 / spread)
    return LogTrend(
        slope=slope,
        se=float(np.sqrt(of_line / spread)),
        future=float(log.mean() + slope * away + kept * errors[-1]),
        future_se=float(np.sqrt(future)),
        df=df,
        alike=alike,
    )


def _alike(errors: np.ndarray) -> float:
    """Give the correlation of neighbouring errors, which makes a line look surer than it is."""
    total = float(errors @ errors)
    if total <= 1e-20 * len(errors):
        return 0.0
    found, count = float(errors[:-1] @ errors[1:]) / total, len(errors)
    if count >= ENOUGH:
        found = (found + 2 / count) / (
            1 - 4 / count
        )  # a line takes some of it away: near (2 + 4 found) / count
    return float(np.clip(found, 0.0, MOST_ALIKE))
