"""Seasons of a series: a short one that repeats by the period, a long one that is a smooth curve."""

from dataclasses import dataclass

import numpy as np

PAIRS = 8  # of sine and cosine that make the curve of a long season
KNOT = 1.0  # long seasons between the bends of the trend that is taken off
ENOUGH = 1.5  # long seasons known before the curve is drawn


@dataclass(frozen=True)
class Season:
    """How long seasons are, in periods.

    short : of the one whose every period has its own level (7, 12, 4); 1 where there is none.
    long : of the one that is drawn as a curve (365.25, 52.18); 0 where there is none.
    """

    short: int = 1
    long: float = 0.0

    @property
    def longest(self) -> int:
        """Periods until all repeats."""
        return round(max(self.short, self.long))

    @property
    def year_ago(self) -> int:
        """Whole short seasons that come nearest to a long one: 364 days, 52 weeks."""
        return round(self.long / self.short) * self.short


def seasons_of(lengths: tuple[float, ...]) -> Season:
    """Sort seasons into a short and a long one, as of a day's (7, 365.25) or a month's (12,)."""
    whole = [int(length) for length in lengths if float(length).is_integer() and length <= 24]
    rest = [float(length) for length in lengths if length not in whole]
    return Season(max(whole, default=1), max(rest, default=0.0))


def terms(places: np.ndarray, season: Season) -> np.ndarray:
    """Sines and cosines of the long season, then a mark for each place in the short one but the last."""
    turns = 2 * np.pi * np.outer(places / season.long, np.arange(1, PAIRS + 1)) if season.long else None
    curve = [] if turns is None else [np.sin(turns), np.cos(turns)]
    marks = np.equal.outer(places % season.short, np.arange(season.short - 1)) - 1 / season.short
    return np.hstack([*curve, marks])


def curves(values: np.ndarray, ends: np.ndarray, steps: int, season: Season) -> np.ndarray:
    """Draw the long season as each moment knows it; flat while less than a season and a half is known.

    The trend, a line that bends once a season, is taken off together with the short season. Fast turns
    of the curve are held back, the more the faster they are.

    Parameters
    ----------
    values : the series, nan where missing. ends : how many values are known at each moment.

    Returns
    -------
    A row a period, `steps` beyond the end too; a column a moment.
    """
    count = len(values)
    places = np.arange(count + steps)
    found = np.zeros((count + steps, len(ends)))
    if not season.long:
        return found
    seasonal = terms(places, season)
    shown = 2 * PAIRS
    bends = np.arange(0, count, max(1, round(KNOT * season.long)))
    trend = np.maximum(places[:count, None] - bends, 0) / season.long
    basis = np.column_stack([seasonal[:count], np.ones(count), trend])
    held = np.zeros(basis.shape[1])
    held[:shown] = np.tile(np.arange(1, PAIRS + 1) ** 2, 2)
    held[shown + season.short - 1 :] = 1e-3
    held[shown : shown + season.short - 1] = 1e-3
    known = ~np.isnan(values)
    rows, heights = basis[known], values[known]
    passed = np.cumsum(known)
    square, cross, done = np.diag(held), np.zeros(len(held)), 0
    for at in np.argsort(ends, kind="stable"):
        upto = passed[ends[at] - 1]
        part = rows[done:upto]
        square, cross, done = square + part.T @ part, cross + part.T @ heights[done:upto], upto
        if ends[at] >= ENOUGH * season.long:
            found[:, at] = seasonal[:, :shown] @ np.linalg.solve(square, cross)[:shown]
    return found
