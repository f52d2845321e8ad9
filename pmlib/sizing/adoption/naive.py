"""Futures in which nothing is known of adoption: the last value stays, or the average step goes on."""

import numpy as np

from pmlib.sizing.adoption.grid import positive

FARTHEST = 100.0  # logs; a walk of hardly known steps goes no farther, as there are no such numbers


def last_value(values: np.ndarray, steps: int, *, count: int = 1000, seed: int = 2) -> np.ndarray:
    """Walk at random from the last value, as far each step as the series did; one row a draw."""
    moves = np.diff(np.log(positive(values)))
    rng = np.random.default_rng(seed)
    spread = np.sqrt((moves**2).sum() / rng.chisquare(len(moves), count))
    walk = np.cumsum(spread[:, None] * rng.standard_normal((count, steps)), axis=1)
    return values[-1] * np.exp(np.clip(walk, -FARTHEST, FARTHEST))


def drift(
    times: np.ndarray,
    values: np.ndarray,
    steps: int,
    *,
    most: float = np.inf,
    count: int = 1000,
    seed: int = 2,
) -> np.ndarray:
    """Go on by the average step, which is itself uncertain; one row a draw, between 0 and `most`."""
    gaps, moves = np.diff(times), np.diff(values)
    known = len(moves)
    pace = moves.sum() / gaps.sum()
    squares = ((moves - pace * gaps) ** 2 / gaps).sum()
    rng = np.random.default_rng(seed)
    spread = np.sqrt(squares / rng.chisquare(max(known - 1, 1), count))
    paces = pace + spread / np.sqrt(gaps.sum()) * rng.standard_normal(count)
    walk = np.cumsum(paces[:, None] + spread[:, None] * rng.standard_normal((count, steps)), axis=1)
    return np.clip(values[-1] + walk, 0.0, most)
