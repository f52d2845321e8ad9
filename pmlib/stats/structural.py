"""A level that moves, plus regressors: a structural series model, solved as one band of equations.

    y_t = level_t + x_t b + noise_t,   level_t = level_{t-1} + step_t,   var(step) = ratio · var(noise)

Given the ratio, levels and coefficients minimise a penalised sum of squares whose matrix has three diagonals,
so that a fit of a thousand periods costs milliseconds. A Kalman filter with a diffuse start gives the same.

References
----------
Durbin & Koopman (2012), "Time Series Analysis by State Space Methods", 2nd ed., ch. 2 and 7.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve_banded, cholesky_banded
from scipy.optimize import minimize_scalar

LEAST, MOST = -8.0, 3.0  # log10 of the ratio: from a level that stands to one that is nearly all there is
FIXED = 10**LEAST
ALONE = 1e-8  # share of a regressor's variation that the level and the others must leave it


class Unidentified(ValueError):
    """A regressor says nothing that the level and the other regressors do not: `column` is its place."""

    def __init__(self, column: int) -> None:
        super().__init__(f"regressor {column} cannot be told apart from the level and the others")
        self.column = column


@dataclass(frozen=True, eq=False)
class Structural:
    """A fitted series.

    coefficients, covariance : of the regressors. expected : by period, level and regressors together.
    ratio : variance of the level's steps to the noise's. noise : standard deviation. freedom : observations
    less what was estimated. log_likelihood : diffuse, with the coefficients integrated out (REML).
    foreseen : covariance, in units of the data, of the errors with which `expected` foresees the last
        periods that were asked for, their noise included.
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    expected: np.ndarray
    ratio: float
    noise: float
    freedom: int
    log_likelihood: float
    foreseen: np.ndarray

    @property
    def se(self) -> np.ndarray:
        """Standard errors of the coefficients."""
        return np.sqrt(np.diag(self.covariance))


def structural(y: np.ndarray, x: np.ndarray, *, ratio: float | None = None, ahead: int = 0) -> Structural:
    """Fit the model; what is missing is left out.

    Parameters
    ----------
    y : one value a period, nan where missing. x : one row a period, one column a regressor, none missing
        where y is not. ratio : estimated (REML) when None; FIXED for a level that never moves.
    ahead : how many of the last periods are to be foreseen; y is not used there.

    Raises
    ------
    Unidentified : a regressor cannot be told apart from the level and the others.
    ValueError : fewer observations than what is to be estimated.
    """
    equations = _Equations(y, x, ahead)
    if ratio is None:
        ratio = _likeliest(equations)
    return equations.solution(ratio)


def at_speeds(y: np.ndarray, x: np.ndarray, ratios: Sequence[float], ahead: int = 0) -> list[Structural]:
    """Fit the model at each of several ratios."""
    equations = _Equations(y, x, ahead)
    return [equations.solution(ratio) for ratio in ratios]


def added(y: np.ndarray, x: np.ndarray, more: np.ndarray, ratio: float) -> tuple[np.ndarray, np.ndarray]:
    """Estimate what each of several further regressors adds, one at a time: estimates, standard errors.

    Parameters
    ----------
    y, x, ratio : as of `structural`. more : a column a further regressor; one that cannot be told apart from
        the others has nan.
    """
    return _Equations(y, x, 0).added(more, ratio)


def _likeliest(equations: "_Equations") -> float:
    found = minimize_scalar(
        lambda power: -equations.at(10**power).log_likelihood,
        bounds=(LEAST, MOST), method="bounded", options={"xatol": 0.02},
    )  # fmt: skip
    return float(10**found.x)


@dataclass(frozen=True, eq=False)
class _Solved:
    """The equations at one ratio: what is left of y and x when the level took its part."""

    bands: np.ndarray
    smooth: np.ndarray  # the level's share of y and of each regressor
    inverse: np.ndarray  # of the coefficients' information
    coefficients: np.ndarray
    variance: float
    log_likelihood: float


class _Equations:
    """A series laid out: scaled, with weight 0 where nothing was observed."""

    def __init__(self, y: np.ndarray, x: np.ndarray, ahead: int) -> None:
        seen = ~np.isnan(y)
        seen[len(y) - ahead :] = False
        self.ahead, self.seen, self.weight = ahead, seen, seen.astype(float)
        self.freedom = int(seen.sum()) - 1 - x.shape[1]
        if self.freedom < 1:
            raise ValueError(
                f"{int(seen.sum())} observations cannot tell a level and {x.shape[1]} regressors"
            )
        self.centre = y[seen].mean()
        self.scale = y[seen].std() or 1.0
        self.middles = x[seen].mean(axis=0)
        self.spreads = x[seen].std(axis=0)
        if (self.spreads == 0).any():
            raise Unidentified(int((self.spreads == 0).argmax()))
        # A regressor is only asked for where it is known; elsewhere it may be missing.
        self.x = np.nan_to_num((x - self.middles) / self.spreads)
        self.y = np.where(seen, (y - self.centre) / self.scale, 0.0)
        self.both = np.column_stack([self.y, self.x]) * self.weight[:, None]

    def at(self, ratio: float) -> _Solved:
        count = len(self.y)
        bands = np.empty((2, count))
        bands[0], bands[1] = -1 / ratio, self.weight + 2 / ratio
        bands[1, 0] -= 1 / ratio
        bands[1, -1] -= 1 / ratio
        bands = cholesky_banded(bands, check_finite=False)
        smooth = cho_solve_banded((bands, False), self.both, check_finite=False)
        left = self.both.T @ (self.both - smooth * self.weight[:, None])
        inverse, spread = self._inverse(left[1:, 1:])
        coefficients = inverse @ left[1:, 0]
        squares = max(float(left[0, 0] - left[1:, 0] @ coefficients), 1e-300)
        variance = squares / self.freedom
        # Of what is observed, less one for the diffuse level, the steps' determinant and the coefficients'.
        log_likelihood = -0.5 * (
            self.freedom * (np.log(2 * np.pi * variance) + 2 * np.log(self.scale) + 1)
            + (count - 1) * np.log(ratio)
            + 2 * np.log(bands[1]).sum()
            + spread
        )
        return _Solved(bands, smooth, inverse, coefficients, variance, float(log_likelihood))

    def _inverse(self, information: np.ndarray) -> tuple[np.ndarray, float]:
        """Invert the coefficients' information, and give the logarithm of its determinant."""
        sizes = np.diag(information)
        alone = np.zeros(len(sizes))
        if (sizes > ALONE).all():
            stretch = np.sqrt(sizes)
            values, vectors = np.linalg.eigh(information / np.outer(stretch, stretch))
            if values.min(initial=1.0) > ALONE:
                inverse = (vectors / values) @ vectors.T / np.outer(stretch, stretch)
                return inverse, float(np.log(values).sum() + np.log(sizes).sum())
            alone = -np.abs(vectors[:, 0])
        alone = np.where(sizes > ALONE, alone, -2.0)
        raise Unidentified(int((alone < alone.min() / 3).argmax()))  # the first that has a part in it

    def added(self, more: np.ndarray, ratio: float) -> tuple[np.ndarray, np.ndarray]:
        solved, weight = self.at(ratio), self.weight[:, None]
        bare = (more - more[self.seen].mean(axis=0)) * weight
        bare = bare - weight * cho_solve_banded((solved.bands, False), bare, check_finite=False)
        across = self.x.T @ bare
        left = (more * bare).sum(axis=0) - (across * (solved.inverse @ across)).sum(axis=0)
        left = np.where(left > ALONE * self.seen.sum(), left, np.nan)
        together = (self.y @ bare) - across.T @ solved.coefficients
        squares = solved.variance * self.freedom - together**2 / left
        se = np.sqrt(squares / (self.freedom - 1) / left)
        return self.scale * together / left, self.scale * se

    def solution(self, ratio: float) -> Structural:
        solved = self.at(ratio)
        covariance = solved.inverse * solved.variance
        level = solved.smooth[:, 0] - solved.smooth[:, 1:] @ solved.coefficients
        expected = self.centre + self.scale * (level + self.x @ solved.coefficients)
        stretch = self.scale / self.spreads
        return Structural(
            coefficients=solved.coefficients * stretch,
            covariance=covariance * np.outer(stretch, stretch),
            expected=expected,
            ratio=ratio,
            noise=float(np.sqrt(solved.variance)) * self.scale,
            freedom=self.freedom,
            log_likelihood=solved.log_likelihood,
            foreseen=self._foreseen(solved, covariance) * self.scale**2,
        )

    def _foreseen(self, solved: _Solved, covariance: np.ndarray) -> np.ndarray:
        count, ahead = len(self.y), self.ahead
        if not ahead:
            return np.empty((0, 0))
        last = np.zeros((count, ahead))
        last[count - ahead :] = np.eye(ahead)
        level = cho_solve_banded((solved.bands, False), last, check_finite=False)[count - ahead :]
        moved = self.x[count - ahead :] - solved.smooth[count - ahead :, 1:]
        return solved.variance * (level + np.eye(ahead)) + moved @ covariance @ moved.T
