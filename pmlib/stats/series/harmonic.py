"""Regression on the seasons with errors that remember, from many moments at once."""

import numpy as np

from pmlib.stats.series.naive import filled
from pmlib.stats.series.season import Season, terms

MEMORY = 3.0  # long seasons that the regression looks back on
LAGS = (1, 2, 7, 14)


def harmonic(
    values: np.ndarray,
    curve: np.ndarray,
    ends: np.ndarray,
    steps: int,
    season: Season,
    controls: np.ndarray | None = None,
) -> np.ndarray:
    """Follow the long season's curve, the short season, and what is left by its own last values.

    Parameters
    ----------
    curve : the long season as each moment knows it, `steps` beyond the end too.
    """
    known = filled(values, season.short)
    places = np.arange(len(values) + steps)
    marks = terms(places, Season(season.short))
    if controls is not None:
        marks = np.hstack([marks, controls])
    found = np.empty((len(ends), steps))
    span = round(MEMORY * season.longest)
    for at, end in enumerate(ends):
        drawn = curve[: end + steps, at if season.long else 0]
        rest = known[:end] - drawn[:end]
        lags = [lag for lag in LAGS if lag <= min(max(2, 2 * season.short), max(1, end // 3))]
        rows = np.arange(max(max(lags), end - span), end)
        basis = np.column_stack([np.ones(len(rows)), marks[rows], *(rest[rows - lag] for lag in lags)])
        held = np.diag([1e-9] + [0.1] * (basis.shape[1] - 1))
        fit = np.linalg.solve(basis.T @ basis + held, basis.T @ rest[rows])
        steady = fit[0] + marks @ fit[1 : 1 + marks.shape[1]]
        path = np.append(rest, np.zeros(steps))
        for ahead in range(end, end + steps):
            path[ahead] = steady[ahead] + sum(
                weight * path[ahead - lag] for weight, lag in zip(fit[-len(lags) :], lags, strict=True)
            )
        found[at] = path[end:] + drawn[end:]
    return found
