"""Noise around a curve: how it grows with the level, lasts, and adds up."""

from dataclasses import dataclass

import numpy as np

LEAST_LEVEL = 0.003  # of the largest; noise is no smaller than at this level
POWERS = (0.0, 0.5, 1.0)
LASTING = {-0.3: 0.2, 0.0: 0.43, 0.3: 0.22, 0.6: 0.11, 0.8: 0.04}  # and how probable each is beforehand


@dataclass(frozen=True)
class Noise:
    """One kind of noise.

    Attributes
    ----------
    power : its size goes as the level to this power: 0 even, 1 a share of the level.
    lasting : correlation of two residuals one period apart.
    adds_up : every period adds its own (what was counted by adding sales), so that it never dies out.
    log_prior : log of how probable it is beforehand.
    """

    power: float
    lasting: float
    adds_up: bool
    log_prior: float

    def size(self, level: np.ndarray) -> np.ndarray:
        """Relative size of the noise at levels."""
        return np.maximum(level, LEAST_LEVEL) ** self.power

    def kept(self, gaps: np.ndarray) -> np.ndarray:
        """Correlation of residuals so many periods apart; what swings back does so over one period."""
        return self.lasting**gaps if self.lasting > 0 else self.lasting * (np.abs(gaps - 1) < 1e-6)

    def white(self, rows: np.ndarray, gaps: np.ndarray, size: np.ndarray) -> np.ndarray:
        """Turn rows (the last axis is time) into such whose noise is even and independent."""
        if self.adds_up:
            steps = np.diff(rows, axis=-1, prepend=0.0)
            return steps / (size * np.sqrt(gaps))
        even = rows / size
        kept = self.kept(gaps[1:])
        later = (even[..., 1:] - kept * even[..., :-1]) / np.sqrt(1 - kept**2)
        return np.concatenate([even[..., :1], later], axis=-1)

    def log_volume(self, gaps: np.ndarray, size: np.ndarray) -> float:
        """Log determinant of `white`."""
        if self.adds_up:
            return float(-np.log(size * np.sqrt(gaps)).sum())
        kept = self.kept(gaps[1:])
        return float(-np.log(size).sum() - 0.5 * np.log1p(-(kept**2)).sum())


def kinds(cumulative: bool) -> list[Noise]:
    """Return the kinds of noise that a series may have."""
    fading = [
        Noise(power, lasting, False, float(np.log(prior)))
        for power in POWERS
        for lasting, prior in LASTING.items()
    ]
    return fading + [Noise(power, 0.0, True, 0.0) for power in POWERS] if cumulative else fading
