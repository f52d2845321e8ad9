"""Which attribute sets a firm's products apart from those of others, one attribute at a time."""

import numpy as np
import pandas as pd
from scipy.special import stdtrit  # quantiles of Student's t


def separation(standardised: pd.DataFrame, own: np.ndarray, others: np.ndarray, level: float) -> pd.DataFrame:
    """Compare two groups of products on each attribute, in the attribute's standard deviations.

    Welch's interval, widened so that those of all attributes hold at once: the largest of several is looked
    at. Where a group does not vary, which a few products cannot show to be true, the variance of all products
    stands in.

    Parameters
    ----------
    standardised : products by attributes. own, others : which products are in either group.

    Returns
    -------
    DataFrame : attribute × estimate, low, high (own minus others); no interval with fewer than two in a
        group.

    References
    ----------
    Welch (1947), Biometrika 34; Bonferroni's correction.
    """
    groups = [standardised.to_numpy()[which] for which in (own, others)]
    sizes = np.array([len(group) for group in groups])
    means = [group.mean(axis=0) if len(group) else np.full(standardised.shape[1], np.nan) for group in groups]
    estimate = means[0] - means[1]
    if sizes.min() < 2:
        half = np.full_like(estimate, np.nan)
    else:
        spread = np.array([group.var(axis=0, ddof=1) for group in groups])
        parts = np.where(spread > 1e-12, spread, 1.0) / sizes[:, None]
        error = np.sqrt(parts.sum(axis=0))
        freedom = parts.sum(axis=0) ** 2 / (parts**2 / (sizes - 1)[:, None]).sum(axis=0)
        half = error * stdtrit(freedom, 1 - (1 - level) / 2 / standardised.shape[1])
    found = {"estimate": estimate, "low": estimate - half, "high": estimate + half}
    return pd.DataFrame(found, standardised.columns)
