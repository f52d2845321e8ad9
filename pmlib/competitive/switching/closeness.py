"""How close products are, beyond what their sizes alone would have buyers do."""

import numpy as np

ROUNDS, SETTLED = 1000, 1e-10


def proportional(moves: np.ndarray) -> np.ndarray:
    """Fit what moves would be if each product drew on every other in one and the same proportion.

    Rows and columns add up as they do in `moves` (quasi-independence: Goodman 1968, JASA 63; where diversion
    is in proportion to share, this is that diversion).

    moves : from (rows) to (columns), rates or counts; the last two axes; the diagonal does not count.
    """
    many = moves.shape[-1]
    off = 1.0 - np.eye(many)
    given, won = (moves * off).sum(axis=-1), (moves * off).sum(axis=-2)
    fitted = off * np.ones_like(moves)
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(ROUNDS):
            fitted = np.nan_to_num(fitted * (given / fitted.sum(axis=-1))[..., :, None])
            rise = np.nan_to_num(won / fitted.sum(axis=-2))
            fitted = fitted * rise[..., None, :]
            if np.abs(fitted.sum(axis=-1) - given).max() <= SETTLED * max(1.0, given.max()):
                break
    return fitted


def closeness(moves: np.ndarray) -> np.ndarray:
    """Divide the moves between two products, both ways together, by what `proportional` says they would be.

    Returns
    -------
    symmetric; 1 on the diagonal and where nothing is known, 2 where two products trade twice what sizes
    predict.
    """
    moves = moves * (1.0 - np.eye(moves.shape[-1]))
    expected = proportional(moves)
    both, norm = (m + np.swapaxes(m, -1, -2) for m in (moves, expected))
    return np.where(norm > 0, both / np.where(norm > 0, norm, 1.0), 1.0)
