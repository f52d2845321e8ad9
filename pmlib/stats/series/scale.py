"""The scale on which a series is forecast: logarithms where it has them; wild values are held back there."""

from dataclasses import dataclass

import numpy as np

ZEROS = 0.01  # share of the values that may be zero, and still the rest has logarithms
WILD = 8.0  # standard deviations, as the median has them, from what is usual around and in the season
SEASONS = 3  # from which on what is usual in a place of the season is known
AROUND = 15  # values whose median is what is usual


@dataclass(frozen=True)
class Scale:
    """How values are brought to the scale of the forecast, and back.

    log : whether logarithms are taken. floor : what a zero is lifted to before. positive : whether no value
        is below 0, so that none is foreseen there.
    """

    log: bool
    floor: float
    positive: bool

    def there(self, values: np.ndarray) -> np.ndarray:
        """Bring values to the scale."""
        return np.log(np.maximum(values, self.floor)) if self.log else values

    def back(self, scaled: np.ndarray) -> np.ndarray:
        """Bring them back."""
        if self.log:
            return np.exp(np.minimum(scaled, 700.0))
        return np.maximum(scaled, 0.0) if self.positive else scaled


def scale_of(values: np.ndarray) -> Scale:
    """Choose the scale: logarithms unless there are values below 0, or more than a few zeros."""
    known = values[~np.isnan(values)]
    above = known[known > 0]
    log = bool((known >= 0).all() and len(known) and (known == 0).mean() <= ZEROS)
    return Scale(log, float(above.min()) / 2 if log else 0.0, bool((known >= 0).all()))


def tamed(values: np.ndarray, period: int) -> np.ndarray:
    """Bring values far from all that is usual back to the edge of it; nan stays."""
    half = max(AROUND // 2, period)
    padded = np.concatenate([np.full(half, np.nan), values, np.full(half, np.nan)])
    middle = _median(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1), axis=1)
    off = values - middle
    for place in range(period if len(values) >= SEASONS * period else 0):
        off[place::period] -= _median(off[place::period][None], axis=1)
    usual = float(_median(np.abs(off)[None], axis=1)[0]) / 0.6745
    if usual <= 0:
        return values
    return values - off + np.clip(off, -WILD * usual, WILD * usual)


def _median(rows: np.ndarray, axis: int) -> np.ndarray:
    empty = np.isnan(rows).all(axis=axis, keepdims=True)
    return np.nanmedian(np.where(empty, 0.0, rows), axis=axis)
