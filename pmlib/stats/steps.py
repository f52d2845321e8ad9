"""Steps in a series: how far those that never were come out, so that intervals of real ones are honest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from pmlib.stats.foreseen import FEWEST, MOST, OVERLAP, apart, first_window, stretch, weigh
from pmlib.stats.structural import added


@dataclass(frozen=True, eq=False)
class Steps:
    """Placebo steps.

    starts : where they were put. weights : of the speeds of the level, by how little those steps came out.
    apart : how many lie side by side. wider : by how much real variances are stretched. df : of Student's t.
    alarms : 1 where one was taken for real, by an interval made from those that do not overlap it, else 0.
    """

    starts: np.ndarray
    weights: np.ndarray
    apart: float
    wider: float
    df: float
    alarms: np.ndarray

    @property
    def judged(self) -> int:
        """How many could be judged by the others."""
        return int((~np.isnan(self.alarms)).sum())

    @property
    def false_alarms(self) -> float:
        """Share taken for real."""
        return float(np.nanmean(self.alarms)) if self.judged else float("nan")


def placebo_steps(
    y: np.ndarray,
    x: np.ndarray,
    length: int,
    *,
    lasting: bool,
    least: int,
    level: float,
    ratios: Sequence[float],
) -> Steps | None:
    """Put a step at places of a series that has none, and estimate it; None where there are too few places.

    Parameters
    ----------
    y, x : up to the first real step; x with the steps of earlier launches. length : periods of a step, or
        that follow one at least. lasting : whether it lasts to the end of the series.
    least : periods that seasons need. ratios : speeds of the level to weigh. level : that decides of alarms.
    """
    count = apart(len(y), length, least)
    if count < FEWEST:
        return None
    first, last = first_window(length, least), len(y) - length
    starts = np.arange(last, first - 1, -max(1, length // OVERLAP, -(-(last - first + 1) // MOST)))
    since = np.arange(len(y))[:, None] - starts
    steps = ((since >= 0) & (lasting | (since < length))).astype(float)
    pairs = [added(y, x, steps, ratio) for ratio in ratios]
    estimates, errors = (np.column_stack(part) for part in zip(*pairs, strict=True))
    known = np.isfinite(estimates).all(axis=1) & np.isfinite(errors).all(axis=1)
    starts, estimates, variances = starts[known], estimates[known], errors[known] ** 2
    count = min(count, float(len(starts)))
    if count < FEWEST:
        return None
    weights = weigh(estimates, count)
    wider = float(stretch((estimates @ weights) ** 2 / (variances @ weights), count))
    alarms = np.full(len(starts), np.nan)
    for place, start in enumerate(starts):
        chosen = np.abs(starts - start) >= length
        others = count * float(chosen.mean())
        if others >= 1:
            own = weigh(estimates[chosen], others)
            scores = (estimates @ own) ** 2 / (variances @ own)
            far = student.ppf((1 + level) / 2, others)
            alarms[place] = scores[place] > far**2 * float(stretch(scores[chosen], others))
    return Steps(starts, weights, count, wider, count, alarms)
