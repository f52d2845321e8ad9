"""Bands that hold all of several estimates at once, by giving each cluster a random sign."""

import numpy as np

DRAWS = 1999
CHUNK = 20_000_000  # signs at a time


def widening(by_cluster: np.ndarray, level: float, seed: int, draws: int = DRAWS) -> float:
    """How many standard errors wide a band must be on each side, that all estimates lie in together.

    Parameters
    ----------
    by_cluster : a row a cluster, what it adds to each estimate.

    References
    ----------
    Callaway and Sant'Anna (2021), J. Econometrics 225(2), algorithm 1.
    """
    scale = np.sqrt((by_cluster**2).sum(axis=0))
    parts = by_cluster[:, scale > 0] / scale[scale > 0]
    if not parts.size:
        return float("nan")
    rng = np.random.default_rng(seed)
    largest: list[np.ndarray] = []
    step = max(1, CHUNK // len(parts))
    for start in range(0, draws, step):
        signs = rng.integers(0, 2, (min(step, draws - start), len(parts)), dtype=np.int8) * 2.0 - 1
        largest.append(np.abs(signs @ parts).max(axis=1))
    return float(np.quantile(np.concatenate(largest), level))
