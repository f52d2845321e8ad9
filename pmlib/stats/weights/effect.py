"""What weights cost: the respondents that would tell as much if all counted alike."""

import numpy as np


def kish_effect(weights: np.ndarray) -> float:
    """Give the design effect of unequal weights alone: 1 where all are alike.

    References
    ----------
    Kish (1965), Survey Sampling, section 11.7.
    """
    return float(len(weights) * (weights @ weights) / weights.sum() ** 2)


def kish_size(weights: np.ndarray) -> float:
    """Count the equally weighted respondents that would tell as much."""
    return float(weights.sum() ** 2 / (weights @ weights))
