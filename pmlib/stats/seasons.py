"""Seasons as regressors: a dummy a place in short ones, sines and cosines in long or uneven ones."""

from collections.abc import Sequence

import numpy as np

SHORT = 12  # periods, up to which each place in a season has an effect of its own
HARMONICS = 3  # of a long season


def seasons(times: np.ndarray, lengths: Sequence[float]) -> np.ndarray:
    """Lay out seasons, one row a time.

    Parameters
    ----------
    times : numbers of the periods; neighbours differ by one. lengths : of the seasons, in periods.

    Returns
    -------
    np.ndarray : columns average about 0 over a season, so that the level stays the level.
    """
    columns = [np.empty((len(times), 0))]
    for length in lengths:
        if length <= SHORT and float(length).is_integer():
            columns.append(_dummies(times, int(length)))
        else:
            columns.append(_waves(times, length))
    return np.hstack(columns)


def _dummies(times: np.ndarray, length: int) -> np.ndarray:
    at = times.astype(int) % length
    return (at[:, None] == np.arange(1, length)) - 1.0 * (at == 0)[:, None]


def _waves(times: np.ndarray, length: float) -> np.ndarray:
    turns = 2 * np.pi * times[:, None] * np.arange(1, HARMONICS + 1) / length
    return np.hstack([np.sin(turns), np.cos(turns)])
