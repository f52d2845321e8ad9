"""How far a structural model errs over a window, learned from windows in which nothing happened.

A likelihood looks one period ahead; an effect needs the average of many. So every window of the past is
foreseen from what came before it, at several speeds of the level: a speed counts by how well it foresaw, and
the errors left tell how wide an interval must be.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from pmlib.stats.structural import FIXED, Structural, Unidentified, at_speeds, structural

RATIOS = (FIXED, 1e-3, 1e-2, 10**-1.5, 1e-1, 10**-0.5, 1.0, 10.0)  # of a level's steps to the noise
LEARNING = 2  # windows that must have passed before the first that is foreseen
OVERLAP = 4  # windows begin so many times in the length of one
MOST = 40  # windows foreseen: more tell little more
FEWEST = 2.0  # windows apart from each other, below which placebos tell nothing
PRIOR = 4.0  # windows that the model's own variance counts for; for how sure one is of it they count nothing


@dataclass(frozen=True, eq=False)
class Gaps:
    """What came less what was expected, over a window, on the model's scale; arrays are by period.

    gaps : nan where missing. mean : of those up to each period. se : of the means. around : of each gap.
    df : of Student's t for both. expected : what was expected.
    """

    expected: np.ndarray
    gaps: np.ndarray
    mean: np.ndarray
    se: np.ndarray
    around: np.ndarray
    df: float


@dataclass(frozen=True, eq=False)
class Foreseen(Gaps):
    """A window foreseen, and the placebo windows before it.

    starts : where they begin. errors : their mean gaps. alarms : 1 where an effect was "found" with an
        interval made from the windows that do not overlap it, else 0; nan where too few are left.
    apart : how many would lie side by side; 0 where the model's own error was taken.
    model : fitted to what came before, at the likeliest speed.
    """

    model: Structural
    starts: np.ndarray
    errors: np.ndarray
    alarms: np.ndarray
    apart: float

    @property
    def false_alarms(self) -> float:
        """Share of placebo windows in which an effect was found."""
        return float(np.nanmean(self.alarms)) if self.judged else float("nan")

    @property
    def judged(self) -> int:
        """How many placebo windows could be judged by the others."""
        return int((~np.isnan(self.alarms)).sum())


def first_window(ahead: int, least: int) -> int:
    """Where the first placebo window may begin: `least` periods are needed to tell seasons."""
    return max(LEARNING * ahead, least)


def apart(before: int, ahead: int, least: int) -> float:
    """Count the placebo windows that lie side by side before a launch."""
    room = before - first_window(ahead, least)
    return room / ahead if room >= ahead else 0.0


def weigh(errors: np.ndarray, count: float) -> np.ndarray:
    """Weigh speeds by the likelihood of the errors they made: a row a placebo, a column a speed.

    count : placebos that lie side by side: those that overlap do not count twice.
    """
    squares = np.maximum((errors**2).mean(axis=0), 1e-300)
    power = -0.5 * count * np.log(squares)
    weights = np.exp(power - power.max())
    return np.asarray(weights / weights.sum())


def stretch(squares: np.ndarray, count: float) -> np.ndarray:
    """Say how much larger than the model's a variance is, from squared errors over it, a row a placebo."""
    return np.asarray((PRIOR + count * squares.mean(axis=0)) / (PRIOR + count))


def foresee(
    y: np.ndarray,
    x: np.ndarray,
    ahead: int,
    *,
    least: int,
    level: float,
    ratios: Sequence[float] = RATIOS,
    placebos: bool = True,
) -> Foreseen:
    """Foresee the last periods from those before, with errors calibrated on the windows before.

    Parameters
    ----------
    y : nan where missing. x : regressors, known wherever y is. ahead : length of the window.
    least : periods that a season needs. level : of the intervals that decide about alarms.
    ratios : speeds of the level to weigh. placebos : whether to calibrate, or to take the model's own error.

    Raises
    ------
    Unidentified : a regressor cannot be told apart.
    """
    before = len(y) - ahead
    likely = structural(y, x, ahead=ahead, ratio=ratios[0] if len(ratios) == 1 else None)
    count = apart(before, ahead, least) if placebos else 0.0
    if count < FEWEST:
        return _uncalibrated(y, likely)
    starts, tried = _placebos(y[:before], x[:before], ahead, first_window(ahead, least), ratios)
    count = min(count, float(len(starts)))
    learned = _Learned(tried, starts, count, ahead)
    final = _Tried(at_speeds(y, x, ratios, ahead), y)
    found = learned.calibrated(final, np.full(len(starts), True))
    return Foreseen(
        **found.__dict__, model=likely, starts=starts, errors=learned.errors(), alarms=learned.alarms(level),
        apart=count,
    )  # fmt: skip


def _uncalibrated(y: np.ndarray, likely: Structural) -> Foreseen:
    gap, own = _window(y, likely)
    mean, se = _running(gap, likely.foreseen)
    none = np.empty(0)
    return Foreseen(
        expected=own,
        gaps=gap,
        mean=mean,
        se=se,
        around=np.sqrt(np.diag(likely.foreseen)),
        df=float(likely.freedom),
        model=likely,
        starts=none.astype(int),
        errors=none,
        alarms=none,
        apart=0.0,
    )


class _Tried:
    """One window foreseen at each speed: arrays are speeds by periods."""

    def __init__(self, fits: Sequence[Structural], y: np.ndarray) -> None:
        pairs = [_window(y, fit) for fit in fits]
        self.gaps = np.array([gap for gap, _ in pairs])
        self.expected = np.array([own for _, own in pairs])
        running = [_running(gap, fit.foreseen) for (gap, _), fit in zip(pairs, fits, strict=True)]
        self.mean = np.array([mean for mean, _ in running])
        self.variance = np.array([se**2 for _, se in running])
        self.around = np.array([np.diag(fit.foreseen) for fit in fits])


class _Learned:
    """What placebo windows tell: weights of the speeds, and how much wider than the model says."""

    def __init__(self, tried: Sequence[_Tried], starts: np.ndarray, count: float, ahead: int) -> None:
        self.starts, self.count, self.ahead = starts, count, ahead
        self.gaps = np.array([each.gaps for each in tried])  # windows, speeds, periods
        self.mean = np.array([each.mean for each in tried])
        self.variance = np.array([each.variance for each in tried])
        self.around = np.array([each.around for each in tried])

    def weights(self, chosen: np.ndarray) -> np.ndarray:
        return weigh(self.mean[chosen, :, -1], self.count * float(chosen.mean()))

    def errors(self) -> np.ndarray:
        return np.asarray(self.mean[:, :, -1] @ self.weights(np.full(len(self.starts), True)))

    def calibrated(self, final: _Tried, chosen: np.ndarray) -> Gaps:
        weights, count = self.weights(chosen), self.count * chosen.mean()
        errors = np.einsum("wqt,q->wt", self.mean[chosen], weights)
        spread = np.einsum("wqt,q->wt", self.variance[chosen], weights)
        wider = stretch(errors**2 / spread, count)
        single = np.einsum("wqt,q->wt", self.gaps[chosen], weights) ** 2
        each = single / np.einsum("wqt,q->wt", self.around[chosen], weights)
        each_wider = stretch(np.nanmean(each, axis=1, keepdims=True), count)
        return Gaps(
            expected=weights @ final.expected,
            gaps=weights @ final.gaps,
            mean=weights @ final.mean,
            se=np.sqrt(weights @ final.variance * wider),
            around=np.sqrt(weights @ final.around * each_wider),
            df=count,
        )

    def alarms(self, level: float) -> np.ndarray:
        """Judge each window as a launch, by the windows that share no period with it."""
        found = np.full(len(self.starts), np.nan)
        for place, start in enumerate(self.starts):
            chosen = np.abs(self.starts - start) >= self.ahead
            if self.count * chosen.mean() < 1:
                continue
            weights, count = self.weights(chosen), self.count * chosen.mean()
            errors, spread = self.mean[:, :, -1] @ weights, self.variance[:, :, -1] @ weights
            wider = stretch((errors[chosen] ** 2 / spread[chosen])[:, None], count)[0]
            far = student.ppf((1 + level) / 2, count)
            found[place] = abs(errors[place]) > far * np.sqrt(spread[place] * wider)
        return found


def _placebos(
    y: np.ndarray, x: np.ndarray, ahead: int, first: int, ratios: Sequence[float]
) -> tuple[np.ndarray, list[_Tried]]:
    last = len(y) - ahead
    step = max(1, ahead // OVERLAP, -(-(last - first + 1) // MOST))
    starts, tried = [], []
    for start in range(last, first - 1, -step):
        end = start + ahead
        if 2 * np.isnan(y[start:end]).sum() > ahead:
            continue
        try:
            fits = at_speeds(y[:end], x[:end], ratios, ahead)
        except Unidentified:  # a control that did not move yet: that window cannot be foreseen
            continue
        starts.append(start)
        tried.append(_Tried(fits, y[:end]))
    return np.array(starts, int), tried


def _window(y: np.ndarray, fit: Structural) -> tuple[np.ndarray, np.ndarray]:
    """Give what came less what was expected, and what was expected, over the window of a fit."""
    ahead = len(fit.foreseen)
    expected = fit.expected[-ahead:]
    return y[-ahead:] - expected, expected


def _running(gaps: np.ndarray, covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Average the gaps seen up to each period, with the standard errors of the averages."""
    seen = ~np.isnan(gaps)
    count = np.maximum(np.cumsum(seen), 1)
    inside = covariance * np.outer(seen, seen)
    variance = np.diag(np.cumsum(np.cumsum(inside, axis=0), axis=1)) / count**2
    variance = np.where(variance > 0, variance, np.diag(covariance))  # nothing seen yet: as of the first
    return np.cumsum(np.where(seen, gaps, 0.0)) / count, np.sqrt(variance)
