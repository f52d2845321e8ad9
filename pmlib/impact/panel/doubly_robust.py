"""A change compared with that of like units, right if either the outcome's or the launch's model is."""

import numpy as np

LARGEST = 1 - 1e-6  # chance of the launch, above which no unit without it is alike


def doubly_robust(change: np.ndarray, treated: np.ndarray, matrix: np.ndarray) -> tuple[float, np.ndarray]:
    """Compare changes of units with and without the feature, holding what they were like before equal.

    Parameters
    ----------
    change : of the outcome, a value a unit. treated : 1 and 0. matrix : a column of ones, and covariates.

    Returns
    -------
    the effect on the treated, and what each unit adds to it (influence; its mean is 0).

    Raises
    ------
    ValueError : the covariates tell those with and without the feature apart entirely.

    References
    ----------
    Sant'Anna and Zhao (2020), "Doubly robust difference-in-differences estimators", J. Econometrics 219(1).
    """
    n = len(change)
    others = 1 - treated
    chance, spread = _chances(treated, matrix)
    below = np.linalg.pinv((others[:, None] * matrix).T @ matrix / n)
    line = below @ (matrix.T @ (others * change)) / n
    gap = change - matrix @ line
    odds = others * chance / (1 - chance)
    with_it, without = (treated * gap).mean() / treated.mean(), (odds * gap).mean() / odds.mean()
    from_line = (others * gap)[:, None] * matrix @ below
    from_chance = (treated - chance)[:, None] * matrix @ spread
    first = treated * (gap - with_it) - from_line @ (treated[:, None] * matrix).mean(axis=0)
    second = odds * (gap - without) + from_chance @ ((odds * (gap - without))[:, None] * matrix).mean(axis=0)
    second -= from_line @ (odds[:, None] * matrix).mean(axis=0)
    return float(with_it - without), first / treated.mean() - second / odds.mean()


def _chances(treated: np.ndarray, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The chance of the launch by a logit, and n times the covariance of its coefficients."""
    slopes = np.zeros(matrix.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(matrix @ slopes, -30, 30)))
        spread = np.linalg.pinv((matrix * (chance * (1 - chance))[:, None]).T @ matrix)
        step = spread @ (matrix.T @ (treated - chance))
        slopes += step
        if np.abs(step).max() < 1e-10:
            return np.minimum(chance, LARGEST), spread * len(treated)
    raise ValueError(
        "the covariates tell units with and without the feature apart entirely, so none of them are alike; "
        "leave a covariate out"
    )
