"""Rolling-origin hindcasts: forecast from each past moment, and see how far what came lay from it.

A forecaster is anything that turns what was known into a Fan for the next steps. The naive ones stand here
too: what cannot beat them on the same moments should not be relied on.

References
----------
Tashman (2000), "Out-of-sample tests of forecasting accuracy", IJF 16(4).
Hyndman and Koehler (2006), "Another look at measures of forecast accuracy", IJF 22(4).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

CAP = 3.0  # a scaled error beyond it is plain nonsense; how much beyond does not matter


@dataclass(frozen=True, eq=False)
class Fan:
    """A forecast: the middle (median) of each next step, and an interval around it."""

    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray


Forecaster = Callable[[np.ndarray, int], Fan]


@dataclass(frozen=True, eq=False)
class Hindcast:
    """How one forecaster did from each moment.

    origins : how many values were known, one each.
    errors : mean absolute error over the steps, as a share of the series' mean.
    inside : share of the steps at which what came lay within the interval.
    """

    origins: np.ndarray
    errors: np.ndarray
    inside: np.ndarray

    @property
    def median(self) -> float:
        return float(np.median(self.errors))

    @property
    def capped_mean(self) -> float:
        return float(np.minimum(self.errors, CAP).mean())

    @property
    def coverage(self) -> float:
        return float(self.inside.mean())


def origins(count: int, first: int, steps: int, most: int = 12, whole: bool = True) -> np.ndarray:
    """Choose moments to forecast from, by how many values are known then, evenly where there are many.

    Parameters
    ----------
    whole : whether all the steps must have come; otherwise one is enough.
    """
    last = count - (steps if whole else 1)
    every = np.arange(first, last + 1)
    if len(every) <= most:
        return every
    return np.unique(np.linspace(first, last, most).round().astype(int))


def hindcast(
    values: np.ndarray,
    forecaster: Forecaster,
    *,
    steps: int = 3,
    at: np.ndarray | None = None,
    first: int = 4,
) -> Hindcast:
    """Forecast a series from past moments with what was known then only, and compare with what came.

    Parameters
    ----------
    values : the series. at : how many values are known at each moment; by default every one from `first` on
        that leaves `steps` to come.

    Raises
    ------
    ValueError : the series leaves no moment to forecast from.
    """
    values = np.asarray(values, float)
    at = origins(len(values), first, steps, most=len(values)) if at is None else at
    if not len(at):
        needed = first + steps
        raise ValueError(
            f"a hindcast needs {needed} values, {first} known and {steps} to come; found {len(values)}"
        )
    scored = [score(values, forecaster(values[:n], steps), n) for n in at]
    errors, inside = np.array(scored).T
    return Hindcast(np.asarray(at), errors, inside)


def score(values: np.ndarray, fan: Fan, known: int) -> tuple[float, float]:
    """Compare a forecast made when `known` values were known: scaled error, and share inside the interval."""
    came = values[known : known + len(fan.middle)]
    steps = len(came)
    error = np.abs(fan.middle[:steps] - came).mean() / np.abs(values).mean()
    inside = (came >= fan.low[:steps]) & (came <= fan.high[:steps])
    return float(error), float(inside.mean())


def last_value(level: float = 0.8) -> Forecaster:
    """Nothing changes any more; the interval is a random walk's."""

    def forecast(known: np.ndarray, steps: int) -> Fan:
        moves = np.diff(known)
        spread = np.sqrt((moves**2).mean()) if len(moves) else np.nan
        width = spread * np.sqrt(np.arange(1, steps + 1)) * stats.t.ppf((1 + level) / 2, max(len(moves), 1))
        return _around(np.full(steps, known[-1], float), width)

    return forecast


def drift(level: float = 0.8) -> Forecaster:
    """It goes on as it went on average from the first value to the last."""

    def forecast(known: np.ndarray, steps: int) -> Fan:
        moves, ahead = np.diff(known), np.arange(1, steps + 1)
        count = len(moves)
        spread = moves.std(ddof=1) if count > 1 else np.nan
        width = (
            spread
            * np.sqrt(ahead * (1 + ahead / max(count, 1)))
            * stats.t.ppf((1 + level) / 2, max(count - 1, 1))
        )
        return _around(known[-1] + ahead * (moves.mean() if count else 0.0), width)

    return forecast


def linear_trend(level: float = 0.8) -> Forecaster:
    """A straight line through all that is known."""

    def forecast(known: np.ndarray, steps: int) -> Fan:
        count = len(known)
        time = np.arange(count) - (count - 1) / 2
        slope = time @ known / (time @ time)
        off = known - known.mean() - slope * time
        spread = np.sqrt(off @ off / (count - 2)) if count > 2 else np.nan
        ahead = time[-1] + np.arange(1, steps + 1)
        width = spread * np.sqrt(1 + 1 / count + ahead**2 / (time @ time))
        return _around(known.mean() + slope * ahead, width * stats.t.ppf((1 + level) / 2, max(count - 2, 1)))

    return forecast


def damped_growth(level: float = 0.8, kept: float = 0.5) -> Forecaster:
    """The last growth rate goes on, `kept` of it each step; values must be above 0."""

    def forecast(known: np.ndarray, steps: int) -> Fan:
        growth = np.diff(np.log(known))
        path = np.cumsum(kept ** np.arange(1, steps + 1)) * (growth[-1] if len(growth) else 0.0)
        spread = np.sqrt((growth**2).mean()) if len(growth) else np.nan
        width = spread * np.sqrt(np.arange(1, steps + 1)) * stats.t.ppf((1 + level) / 2, max(len(growth), 1))
        return Fan(*(known[-1] * np.exp(path + side * width) for side in (0, -1, 1)))

    return forecast


def _around(middle: np.ndarray, width: np.ndarray) -> Fan:
    return Fan(middle, middle - width, middle + width)
