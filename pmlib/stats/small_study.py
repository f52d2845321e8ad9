"""Whether small studies find more than large ones: Egger's regression."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

FEWEST = 10  # studies, below which the regression tells nothing (Cochrane Handbook, 13.3.5)


@dataclass(frozen=True)
class SmallStudies:
    """Estimates by their errors.

    slope : how much more an estimate is for each unit that its standard error is larger. t, df, p : of the
        test that it is none. limit : the estimate that a study without error would find.
    """

    slope: float
    slope_se: float
    t: float
    df: int
    p: float
    limit: float


def egger(estimates: np.ndarray, errors: np.ndarray) -> SmallStudies:
    """Regress estimates on their errors, weighted by precision (Egger et al. 1997, BMJ 315).

    Raises
    ------
    ValueError : fewer than three, or errors that are all alike.
    """
    y, se = np.asarray(estimates, float), np.asarray(errors, float)
    if len(y) < 3 or np.ptp(se) <= 1e-9 * se.max():
        raise ValueError("Egger's regression needs three estimates of unlike errors; leave it out")
    across = np.column_stack([1 / se, np.ones(len(y))])  # both sides over the error: errors of one size
    inverse = np.linalg.inv(across.T @ across)
    limit, slope = inverse @ across.T @ (y / se)
    left = y / se - across @ [limit, slope]
    df = len(y) - 2
    slope_se = float(np.sqrt(left @ left / df * inverse[1, 1]))
    t = float(slope / slope_se) if slope_se > 0 else float(np.copysign(np.inf, slope))
    return SmallStudies(float(slope), slope_se, t, df, float(2 * stdtr(df, -abs(t))), float(limit))
