"""What correlated scores would be if some of them were known."""

from collections.abc import Sequence

import numpy as np


def conditioned(
    z: np.ndarray, correlation: np.ndarray | None, known: Sequence[int], given: np.ndarray
) -> np.ndarray:
    """Move draws of correlated scores to where they would be if some of them had given values.

    What is not given keeps its distance from what the given ones foretell, so it follows its conditional law
    (Matheron's rule).

    Parameters
    ----------
    z : scores, a row an input. correlation : of the rows; None where they are independent.
    known : the rows given. given : their scores, a row each of one value or of one a draw.
    """
    out = z.copy()
    given = np.broadcast_to(given, (len(known), z.shape[1]))
    if correlation is not None and len(known):
        rest = [row for row in range(len(z)) if row not in known]
        slopes = correlation[np.ix_(rest, known)] @ np.linalg.pinv(correlation[np.ix_(known, known)])
        out[rest] += slopes @ (given - z[known])
    out[list(known)] = given
    return out
