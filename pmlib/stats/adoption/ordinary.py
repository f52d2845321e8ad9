"""Bass's own estimate of 1969: sales as a parabola of what was sold before, by ordinary least squares.

Sales = a + b·before + c·before² with a = p·m, b = q − p and c = −q/m. It takes sales of a period for the
slope at its beginning, so it is biased; it is here to compare with what is published. It can give a
negative p or no potential at all, which is said.

References
----------
Bass (1969), "A New Product Growth for Model Consumer Durables", Management Science 15(5).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pmlib.stats.adoption.observed import observed


@dataclass(frozen=True)
class Parabola:
    """Bass's regression: `a, b, c` with standard errors, and what they say; nan with a `reason` if nothing.

    `innovation` and `imitation` are by the unit of the times, `ceiling` in the unit of the values.
    """

    a: float
    b: float
    c: float
    errors: tuple[float, float, float]
    r2: float
    n: int
    innovation: float
    imitation: float
    ceiling: float
    reason: str

    @property
    def valid(self) -> bool:
        return not self.reason


def parabola(
    times: np.ndarray | Sequence[float], sales: np.ndarray | Sequence[float], *, name: str = "series"
) -> Parabola:
    """Estimate Bass's curve by regression from sales by even periods, from the first one on, none missing.

    Raises
    ------
    ValueError : a value is missing, or the series cannot be fitted.
    """
    seen = observed([times], [sales], "sales", None, [name])
    if not seen.weights.all():
        raise ValueError(
            f"{name}: a period is missing; what was sold before it is not known: fit it by `fit`"
        )
    values = seen.values[0] * seen.scale[0]
    before = values.cumsum() - values
    matrix = np.stack([np.ones_like(before), before / seen.scale[0], (before / seen.scale[0]) ** 2], axis=1)
    solution, _, rank, _ = np.linalg.lstsq(matrix, values)
    residual = values - matrix @ solution
    degrees = len(values) - 3
    spread = np.linalg.pinv(matrix.T @ matrix) * (residual @ residual) / degrees
    units = seen.scale[0] ** -np.arange(3.0)
    a, b, c = (float(x) for x in solution * units)
    errors = np.sqrt(np.diag(spread)) * units
    total = ((values - values.mean()) ** 2).sum()
    told = (
        solved(a, b, c)
        if rank == 3
        else (np.nan, np.nan, np.nan, "sales do not vary with what was sold before")
    )
    p, q, m, reason = told
    return Parabola(
        a,
        b,
        c,
        (float(errors[0]), float(errors[1]), float(errors[2])),
        float(1 - residual @ residual / total) if total > 0 else np.nan,
        len(values),
        float(p / seen.step[0]),
        float(q / seen.step[0]),
        m,
        f"{reason}; use least squares of the curve (`fit`)" if reason else "",
    )


def solved(a: float, b: float, c: float) -> tuple[float, float, float, str]:
    """Return p, q, m and why there are none."""
    inside = b * b - 4 * a * c
    if inside < 0:
        return np.nan, np.nan, np.nan, "the parabola has no root, so there is no potential"
    if c >= 0:
        return np.nan, np.nan, np.nan, f"c = {c:.3g} is not negative, so sales never turn"
    m = (-b - np.sqrt(inside)) / (2 * c)
    p, q = a / m, -m * c
    if p < 0:
        return np.nan, np.nan, np.nan, f"p = {p:.3g} is negative"
    return float(p), float(q), float(m), ""
