"""Intervals of a forecast from the errors that the same forecast made before, of points and of sums.

Errors of overlapping windows say less than their number: over a span of origins, errors `h` steps ahead count
as span / h windows. How far errors scatter is smoothed over steps, and drawn towards a power law of the
steps where windows are few; so is the shape of their quantiles, towards Student's; and all is widened by what
so few windows leave open. Errors of near steps go together: whole paths are drawn, and sums follow from them.

References
----------
Lei et al. (2018), "Distribution-free predictive inference for regression", JASA 113(523).
Chatfield (1993), "Calculating interval forecasts", JBES 11(2).
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

# One set for all series, checked on some fifty published ones (tests/honesty/forecast.py).
PRIOR = 3.0  # windows that the power law, and the usual ties between steps, count for
FREE = 5.0  # degrees of freedom of the scale when there are no windows at all
SHAPE = 20.0  # windows at which half of the quantiles' shape is the errors' own
TAIL = 5.0  # degrees of freedom of the Student distribution that errors usually look like
GROWTH = 0.7  # usual power of the steps that the variance grows with: 0 noise, 1 a random walk
WILD = 5.0  # standard deviations, as the median has them, beyond which an error counts no more
NEAR = 0.3  # width of the smoothing, in logarithms of the steps
LEAST = 1e-9
MEDIAN = 0.6745  # of absolute normal errors
KNOTS = np.linspace(-4, 4, 81)  # normal scores between which a drawn error is interpolated


@dataclass(frozen=True, eq=False)
class Spread:
    """How errors scatter, an element a step.

    scale : standard deviation, on the scale of the forecast. windows : that do not overlap, as many as the
        errors are worth. ties : correlation of errors by their distance, from 0 steps on.
    shape : errors in their standard deviations, all steps together, sorted.
    """

    scale: np.ndarray
    windows: np.ndarray
    ties: np.ndarray
    shape: np.ndarray

    def quantile(self, share: np.ndarray) -> np.ndarray:
        """Give the errors below which each share of them lies, a row a step."""
        normal = special.ndtri(share)
        usual = special.stdtrit(TAIL, share) * np.sqrt(1 - 2 / TAIL)
        trust = self.windows.mean() / (self.windows.mean() + SHAPE)
        if len(self.shape):
            places = (np.arange(len(self.shape)) + 0.5) / len(self.shape)
            own = np.interp(share, places, self.shape)
            usual = trust * own + (1 - trust) * usual
        tails = special.stdtrit((self.windows + FREE)[:, None], share)
        safe = np.where(np.abs(normal) > LEAST, normal, 1.0)
        wider = np.where(np.abs(normal) > LEAST, tails / safe, 1.0)
        return np.asarray(self.scale[:, None] * usual * wider)

    def draw(self, count: int, seed: int) -> np.ndarray:
        """Draw paths of errors, a row each, whose steps go together as errors do."""
        steps = len(self.scale)
        distance = np.abs(np.subtract.outer(np.arange(steps), np.arange(steps)))
        values, vectors = np.linalg.eigh(self.ties[distance])
        root = vectors * np.sqrt(np.maximum(values, 0))
        root = root / np.sqrt((root**2).sum(axis=1, keepdims=True))
        normal = np.random.default_rng(seed).standard_normal((count, steps)) @ root.T
        errors = self.quantile(special.ndtr(KNOTS))
        return np.column_stack([np.interp(normal[:, at], KNOTS, errors[at]) for at in range(steps)])


def worth(ends: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Count the windows that errors are worth, by step.

    Parameters
    ----------
    ends : of the moments. known : whether there is an error, a row a moment, a column a step.
    """
    found = np.zeros(known.shape[1])
    for step in range(known.shape[1]):
        at = ends[known[:, step]]
        if len(at):
            found[step] = min(len(at), 1 + (at.max() - at.min()) / (step + 1))
    return found


def spread(errors: np.ndarray, ends: np.ndarray) -> Spread:
    """Learn from errors how they scatter; a moment counts by how much was known then.

    Parameters
    ----------
    errors : what came less what was forecast, a row a moment, a column a step; nan where unknown.
    ends : how many values were known at each moment.
    """
    known = ~np.isnan(errors)
    windows = worth(ends, known)
    clean = np.where(known, errors, 0.0)
    usual = np.array([np.median(np.abs(column[here])) if here.any() else 0.0
                      for column, here in zip(errors.T, known.T, strict=True)]) / MEDIAN  # fmt: skip
    most = np.where(usual > 0, WILD * usual, np.inf)
    clean = np.clip(clean, -most, most)
    counts = known * (ends / ends.max())[:, None]
    variance = (counts * clean**2).sum(axis=0) / np.maximum(counts.sum(axis=0), LEAST)
    scale = np.sqrt(_smoothed(np.maximum(variance, LEAST**2), windows))
    ratio = clean / scale
    return Spread(scale, windows, _ties(ratio, known, windows), np.sort(ratio[known]))


def _smoothed(variance: np.ndarray, windows: np.ndarray) -> np.ndarray:
    """Smooth over near steps, and towards a power law of the steps."""
    steps, height = np.log(np.arange(1, len(variance) + 1)), np.log(variance)
    weights = np.maximum(windows, LEAST)
    centre, level = (weights @ part / weights.sum() for part in (steps, height))
    about = steps - centre
    power = (weights @ (about * (height - level)) + 2 * GROWTH) / (weights @ about**2 + 2)
    law = np.exp(level + np.clip(power, 0, 2) * about)
    near = np.exp(-(((steps[:, None] - steps) / NEAR) ** 2) / 2) * weights
    own = near @ variance / near.sum(axis=1)
    return np.asarray((windows * own + PRIOR * law) / (windows + PRIOR))


def _ties(ratio: np.ndarray, known: np.ndarray, windows: np.ndarray) -> np.ndarray:
    steps = ratio.shape[1]
    usual = _usual_ties(steps)
    found = np.ones(steps)
    for lag in range(1, steps):
        both = known[:, lag:] & known[:, :-lag]
        late, soon = ratio[:, lag:] * both, ratio[:, :-lag] * both
        size = np.sqrt((late**2).sum() * (soon**2).sum())
        own = (late * soon).sum() / size if size > 0 else 0.0
        weight = windows[lag] if size > 0 else 0.0
        found[lag] = (weight * own + PRIOR * usual[lag]) / (weight + PRIOR)
    return found


def _usual_ties(steps: int) -> np.ndarray:
    """Tie errors of noise and of a part that stays, as the usual growth of the variance implies."""
    size = np.arange(1.0, steps + 1) ** GROWTH
    stays = [((size[:-lag] - 1) / np.sqrt(size[:-lag] * size[lag:])).mean() for lag in range(1, steps)]
    return np.array([1.0, *stays])
