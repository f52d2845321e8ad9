"""A level that moves, plus regressors: a structural series model, solved as one band of equations.

    y_t = level_t + x_t b + noise_t,   level_t = level_{t-1} + step_t,   var(step) = ratio · var(noise)

Given the ratio, levels and coefficients minimise a penalised sum of squares whose matrix has three diagonals,
so that a fit of a thousand periods costs milliseconds. A Kalman filter with a diffuse start gives the same.

References
----------
Durbin & Koopman (2012), "Time Series Analysis by State Space Methods", 2nd ed., ch. 2 and 7.
"""

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
    information: np.ndarray
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
        information = left[1:, 1:]
        self._check_apart(information)
        coefficients = np.linalg.solve(information, left[1:, 0])
        squares = max(float(left[0, 0] - left[1:, 0] @ coefficients), 1e-300)
        variance = squares / self.freedom
        # Of what is observed, less one for the diffuse level, the steps' determinant and the coefficients'.
        log_likelihood = -0.5 * (
            self.freedom * (np.log(2 * np.pi * variance * self.scale**2) + 1)
            + (count - 1) * np.log(ratio)
            + 2 * np.log(bands[1]).sum()
            + np.linalg.slogdet(information)[1]
        )
        return _Solved(bands, smooth, information, coefficients, variance, float(log_likelihood))

    def _check_apart(self, information: np.ndarray) -> None:
        if not len(information):
            return
        inverse = np.diag(np.linalg.pinv(information, rcond=1e-14, hermitian=True))
        alone = 1 / np.maximum(inverse, 1e-300) / self.weight.sum()
        if np.linalg.cond(information) > 1 / ALONE**1.5 or (np.diag(information) <= 0).any():
            raise Unidentified(int(alone.argmin()))

    def added(self, more: np.ndarray, ratio: float) -> tuple[np.ndarray, np.ndarray]:
        solved, weight = self.at(ratio), self.weight[:, None]
        bare = (more - more[self.seen].mean(axis=0)) * weight
        bare = bare - weight * cho_solve_banded((solved.bands, False), bare, check_finite=False)
        across = self.x.T @ bare
        left = (more * bare).sum(axis=0) - (across * np.linalg.solve(solved.information, across)).sum(axis=0)
        left = np.where(left > ALONE * self.seen.sum(), left, np.nan)
        together = (self.y @ bare) - across.T @ solved.coefficients
        squares = solved.variance * self.freedom - together**2 / left
        se = np.sqrt(squares / (self.freedom - 1) / left)
        return self.scale * together / left, self.scale * se

    def solution(self, ratio: float) -> Structural:
        solved = self.at(ratio)
        covariance = np.linalg.inv(solved.information) * solved.variance
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
